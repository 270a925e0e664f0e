//! What has no file: one cost, count or event that a person states (a trade fair, visitors of a shop, a call).
//!
//! It is recognised by an id of its own. Without one its words are the id: the same said again is the same.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mehrwert_core::{Amount, Currency, Day};
use mehrwert_state::{Identity, StateError};

use super::changes::{self, ChangeSaid};
use super::clock::ShopClock;
use super::costs::{kind_named, purpose_named, usual_purpose};
use super::counts::tally_unit;
use super::error::ImportError;
use super::file::{Place, Tabled};
use crate::identities::{self, Fresh, Said};
use crate::lake::{Addition, LookUp};
use crate::tables::{Authority, Cost, Event, FactRows, FactTable, Head, Rank, Tally, Unit, Version};

/// One fact that a person states.
#[derive(Debug, Clone)]
pub enum SingleFact {
    /// Something was spent.
    Cost {
        /// First and last day.
        days: (Day, Day),
        /// The kind, German or English.
        kind: String,
        /// What for; by the kind where nothing is said.
        purpose: Option<String>,
        /// The source it was spent on.
        source: Option<String>,
        /// The campaign.
        campaign: Option<String>,
        /// The measure.
        measure: Option<String>,
        /// How much, net.
        amount: Amount,
        /// The currency.
        currency: Option<Currency>,
    },
    /// Somebody was counted.
    Tally {
        /// First and last day.
        days: (Day, Day),
        /// What was counted.
        stage: String,
        /// Where from.
        source: Option<String>,
        /// How many.
        count: i64,
    },
    /// Something was done.
    Event {
        /// When.
        at: Timestamp,
        /// What.
        name: String,
        /// By whom.
        who: Vec<Identity>,
        /// To what.
        object: Option<String>,
        /// An amount, as of a quote.
        amount: Option<Amount>,
        /// Its currency.
        currency: Option<Currency>,
    },
}

/// A word that is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WordError {
    /// No such kind of cost.
    #[error(
        "there is no kind of cost '{0}'; kinds are ads, staff, tools, goods, carrier, service, commission, reward, other"
    )]
    Kind(String),
    /// No such purpose.
    #[error("there is no purpose '{0}'; purposes are acquire, retain, serve, overhead")]
    Purpose(String),
}

/// What adding one fact came to.
#[derive(Debug, Clone, PartialEq)]
pub struct SingleAdded {
    /// The table and whether it was new, changed or there already.
    pub table: Tabled,
    /// What changed, where something did.
    pub changes: Vec<ChangeSaid>,
}

/// The kind and purpose of a cost in our words.
///
/// # Errors
/// [`WordError`] when one of them is not known.
pub fn cost_words(kind: &str, purpose: Option<&str>) -> Result<(&'static str, &'static str), WordError> {
    let kind = kind_named(kind).ok_or_else(|| WordError::Kind(kind.to_owned()))?;
    let purpose = match purpose {
        Some(purpose) => purpose_named(purpose).ok_or_else(|| WordError::Purpose(purpose.to_owned()))?,
        None => usual_purpose(kind),
    };
    Ok((kind, purpose))
}

/// Adds one fact, or looks what it would come to.
///
/// # Errors
/// [`ImportError`] when the lake or state cannot be read or written; a word that is not known is
/// [`StateError::Refused`](mehrwert_state::StateError) there, so ask [`cost_words`] first.
pub async fn add_single(
    place: Place<'_>,
    fact: &SingleFact,
    id: Option<&str>,
    zone: &TimeZone,
    rehearsal: bool,
    fresh: &mut dyn Fresh,
    now: Timestamp,
) -> Result<SingleAdded, ImportError> {
    let who = match fact {
        SingleFact::Event { who, .. } if !rehearsal && !who.is_empty() => {
            let reason = "named together on the command line".to_owned();
            let said = Said { identities: who.clone(), declared: false, reason };
            identities::recognise(place.state, &[said], fresh, now).await?.who.first().and_then(|who| who.alias())
        }
        _ => None,
    };
    let clock = ShopClock::new(zone);
    let mut rows = FactRows::default();
    let version = Version::new(Authority::Record, now, Rank::Import);
    let head = |unit, at: Timestamp, day| Head {
        unit,
        place: 0,
        version,
        origin: "command line",
        at,
        day,
        received_at: now,
        who,
    };
    let table = match fact {
        SingleFact::Cost { days, kind, purpose, source, campaign, measure, amount, currency } => {
            let (kind, purpose) = cost_words(kind, purpose.as_deref()).map_err(refused)?;
            let (said, text) = (format!("{} {} {amount}", days.0, days.1), Option::as_deref);
            let words = [
                kind,
                purpose,
                text(source).unwrap_or(""),
                text(campaign).unwrap_or(""),
                text(measure).unwrap_or(""),
                &said,
            ];
            let unit = unit_of(FactTable::Costs, "cost", id, &words);
            let row = Cost {
                from: days.0,
                to: days.1,
                kind,
                purpose,
                source: source.as_deref(),
                campaign: campaign.as_deref(),
                measure: measure.as_deref(),
                shop: None,
                order_id: None,
                amount: *amount,
                currency: *currency,
            };
            rows.costs.push(&head(unit, clock.midnight(days.0), days.0), &row);
            FactTable::Costs
        }
        SingleFact::Tally { days, stage, source, count } => {
            let source = source.as_deref();
            let unit = match id {
                Some(_) => unit_of(FactTable::Tallies, "tally", id, &[]),
                None => tally_unit(stage, source, &format!("{} {}", days.0, days.1)),
            };
            let row = Tally { from: days.0, to: days.1, stage, source, count: *count };
            rows.tallies.push(&head(unit, clock.midnight(days.0), days.0), &row);
            FactTable::Tallies
        }
        SingleFact::Event { at, name, who: names, object, amount, currency } => {
            let (at_said, amount_said) = (at.to_string(), amount.unwrap_or_default().to_string());
            let mut words = vec![name.as_str(), &at_said, object.as_deref().unwrap_or(""), &amount_said];
            words.extend(names.iter().map(Identity::value));
            let unit = unit_of(FactTable::Events, "event", id, &words);
            let row = Event {
                name,
                object: object.as_deref(),
                offer: None,
                amount: *amount,
                currency: currency.filter(|_| amount.is_some()),
                detail: None,
            };
            rows.events.push(&head(unit, *at, clock.day_of(at.as_microsecond())), &row);
            FactTable::Events
        }
    };
    let rows = rows.finish().map_err(|source| ImportError::Rows { path: "command line".into(), source })?;
    let added = if rehearsal {
        place.lake.preview(place.state, rows).await?
    } else {
        let addition = Addition { readings: vec![rows], read: None, reason: format!("added to {}", table.name()) };
        place.lake.add(place.state, addition, LookUp::All, &mut || fresh.file(), now).await?
    };
    let counted = added.counted.first().map(|(_, counted)| *counted).unwrap_or_default();
    let changes = added.examples.iter().map(changes::said).collect();
    Ok(SingleAdded { table: Tabled { name: table.name(), counted }, changes })
}

fn unit_of(table: FactTable, kind: &str, id: Option<&str>, words: &[&str]) -> Unit {
    match id {
        Some(id) => Unit::of(table, &[kind, id]),
        None => {
            let mut parts = vec![kind, "said"];
            parts.extend(words);
            Unit::of(table, &parts)
        }
    }
}

fn refused(error: WordError) -> ImportError {
    StateError::Refused { operation: "add a cost", reason: error.to_string() }.into()
}
