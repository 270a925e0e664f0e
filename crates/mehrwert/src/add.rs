//! `mehrwert add`: one cost, count or event that has no file. The same said again is recognised by its words, or by `--id`.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mehrwert_core::{Amount, Currency, Day};
use mehrwert_facts::import::{Place, SingleFact, add_single, cost_words};
use mehrwert_state::{Identity, IdentityKind};

use crate::Failure;
use crate::cli::{Format, Lang};
use crate::data::{Absent, DataArguments};
use crate::import::{FreshIds, rehearsed, time, zone};
use crate::show;
use crate::terminal::{language, print, style};

const EXAMPLES: &str = "Examples:
  mehrwert add cost --amount 4800 --kind other --purpose acquire --source trade-fair --from 2024-05-06 --to 2024-05-08
  mehrwert add tally --stage lead --count 37 --source trade-fair --from 2024-05-06 --to 2024-05-08
  mehrwert add event --name 'Phone Call' --email eva@example.com --at 2024-05-09T10:30";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct AddArguments {
    #[command(subcommand)]
    pub fact: Fact,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Fact {
    /// Something was spent: a trade fair, a salary, a tool.
    Cost(CostArguments),
    /// Somebody was counted: visitors of a shop, calls, talks.
    Tally(TallyArguments),
    /// Something was done: a call, a quote, a visit.
    Event(EventArguments),
}

#[derive(Debug, Args)]
pub(crate) struct CostArguments {
    /// How much, without VAT; negative for commissions received.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub amount: Amount,
    /// ads, staff, tools, goods, carrier, service, commission, reward or other; German words serve too.
    #[arg(long, value_name = "KIND", default_value = "other")]
    pub kind: String,
    /// acquire, retain, serve or overhead; without it the kind decides.
    #[arg(long, value_name = "PURPOSE")]
    pub purpose: Option<String>,
    /// The source it was spent on.
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,
    /// The campaign.
    #[arg(long, value_name = "CAMPAIGN")]
    pub campaign: Option<String>,
    /// The measure.
    #[arg(long, value_name = "MEASURE")]
    pub measure: Option<String>,
    /// The currency.
    #[arg(long, value_name = "CODE", default_value = "EUR")]
    pub currency: Currency,
    #[command(flatten)]
    pub days: DayArguments,
    #[command(flatten)]
    pub common: CommonArguments,
}

#[derive(Debug, Args)]
pub(crate) struct TallyArguments {
    /// What was counted: suspect, lead, prospect, or words of your own.
    #[arg(long, value_name = "STAGE")]
    pub stage: String,
    /// How many.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(0..))]
    pub count: i64,
    /// Where from.
    #[arg(long, value_name = "SOURCE")]
    pub source: Option<String>,
    #[command(flatten)]
    pub days: DayArguments,
    #[command(flatten)]
    pub common: CommonArguments,
}

#[derive(Debug, Args)]
pub(crate) struct EventArguments {
    /// What was done.
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// When: a day or a time; now unless said.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// The e-mail address of who did it.
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// Their telephone number.
    #[arg(long, value_name = "NUMBER")]
    pub phone: Option<String>,
    /// Their customer number.
    #[arg(long, value_name = "NUMBER")]
    pub customer: Option<String>,
    /// To what: a product, a case, a quote.
    #[arg(long, value_name = "OBJECT")]
    pub object: Option<String>,
    /// An amount, as of a quote.
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    pub amount: Option<Amount>,
    /// The currency of the amount.
    #[arg(long, value_name = "CODE", default_value = "EUR")]
    pub currency: Currency,
    /// The shop of the customer number.
    #[arg(long, value_name = "NAME", default_value = "main")]
    pub shop: String,
    #[command(flatten)]
    pub common: CommonArguments,
}

#[derive(Debug, Args)]
pub(crate) struct DayArguments {
    /// The first day; today unless said.
    #[arg(long, value_name = "DAY")]
    pub from: Option<Day>,
    /// The last day; the first unless said.
    #[arg(long, value_name = "DAY")]
    pub to: Option<Day>,
}

#[derive(Debug, Args)]
pub(crate) struct CommonArguments {
    /// An id of your own: adding it again corrects it.
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Says what would change, and writes nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// The shop's time zone.
    #[arg(long, value_name = "ZONE", default_value = "Europe/Berlin", env = "MEHRWERT_TIME_ZONE")]
    pub time_zone: String,
    /// What is printed.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "table")]
    pub format: Format,
    /// Language of what is printed.
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub lang: Option<Lang>,
    #[command(flatten)]
    pub data: DataArguments,
}

/// A wish that cannot be met.
#[derive(Debug, thiserror::Error)]
enum WordError {
    #[error("--to {to} lies before --from {from}")]
    EndBeforeStart { from: Day, to: Day },
    #[error("{name}: {source}")]
    Identity { name: &'static str, source: mehrwert_state::IdentityError },
}

pub(crate) fn run(arguments: &AddArguments) -> Result<(), Failure> {
    let common = match &arguments.fact {
        Fact::Cost(cost) => &cost.common,
        Fact::Tally(tally) => &tally.common,
        Fact::Event(event) => &event.common,
    };
    let zone = zone(&common.time_zone)?;
    let now = Timestamp::now();
    let fact = single(&arguments.fact, &zone, now)?;
    let (place, _rehearsal) = rehearsed(&common.data, common.dry_run)?;
    let added = place.work(Absent::Make, async |data| {
        let mut fresh = FreshIds { chance: &mut data.chance, now };
        let place = Place { state: &data.state, lake: &data.lake };
        let id = common.id.as_deref();
        add_single(place, &fact, id, &zone, common.dry_run, &mut fresh, now).await.map_err(Failure::work)
    })?;
    let language = language(common.lang);
    match common.format {
        Format::Table => {
            let text = show::import::added(&added, common.dry_run, &style(language));
            print(|out| out.write_all(text.as_bytes()))
        }
        Format::Json => print(|out| writeln!(out, "{}", show::json::added(&added, common.dry_run))),
        Format::Csv => print(|out| show::import::added_csv(&added, out)),
    }
}

fn single(fact: &Fact, zone: &TimeZone, now: Timestamp) -> Result<SingleFact, Failure> {
    match fact {
        Fact::Cost(cost) => {
            cost_words(&cost.kind, cost.purpose.as_deref()).map_err(Failure::input)?;
            Ok(SingleFact::Cost {
                days: days(&cost.days, zone, now)?,
                kind: cost.kind.clone(),
                purpose: cost.purpose.clone(),
                source: cost.source.clone(),
                campaign: cost.campaign.clone(),
                measure: cost.measure.clone(),
                amount: cost.amount,
                currency: Some(cost.currency),
            })
        }
        Fact::Tally(tally) => Ok(SingleFact::Tally {
            days: days(&tally.days, zone, now)?,
            stage: tally.stage.clone(),
            source: tally.source.clone(),
            count: tally.count,
        }),
        Fact::Event(event) => Ok(SingleFact::Event {
            at: event.at.as_deref().map_or(Ok(now), |text| time("--at", text, zone, false))?,
            name: event.name.clone(),
            who: who(event)?,
            object: event.object.clone(),
            amount: event.amount,
            currency: Some(event.currency),
        }),
    }
}

fn days(days: &DayArguments, zone: &TimeZone, now: Timestamp) -> Result<(Day, Day), Failure> {
    let today = || Day::from(zone.to_datetime(now).date());
    let from = days.from.or(days.to).unwrap_or_else(today);
    let to = days.to.unwrap_or(from);
    if to < from {
        return Err(Failure::input(WordError::EndBeforeStart { from, to }));
    }
    Ok((from, to))
}

fn who(event: &EventArguments) -> Result<Vec<Identity>, Failure> {
    let customer = event.customer.as_ref().map(|number| format!("{}/{number}", event.shop));
    let names = [
        ("--email", IdentityKind::Email, event.email.clone()),
        ("--customer", IdentityKind::Shop, customer),
        ("--phone", IdentityKind::Phone, event.phone.clone()),
    ];
    let identity = |(name, kind, text): (&'static str, IdentityKind, Option<String>)| {
        let made = Identity::new(kind, text.as_deref()?);
        Some(made.map_err(|source| Failure::input(WordError::Identity { name, source })))
    };
    names.into_iter().filter_map(identity).collect()
}
