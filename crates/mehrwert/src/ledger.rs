//! `mehrwert ledger PERSON`: every entry behind one customer's value, with the evidence of each.

use clap::Args;
use mehrwert_core::{AliasId, PersonId};
use mehrwert_insight::ledger::entries_of_person;
use mehrwert_state::{Identity, IdentityKind, Recognised, State};

use crate::Failure;
use crate::cli::Format;
use crate::data::{Absent, Data};
use crate::question::{Moment, QuestionArguments, check_rates};
use crate::show::{self, ledger::Statement};
use crate::terminal;

const EXAMPLES: &str = "Examples:
  mehrwert ledger eva@example.com
  mehrwert ledger main/1047 --as-of 2026-03-31 --format csv";

/// The words of the command.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct LedgerArguments {
    /// Who: an e-mail address, a telephone number, a shop's customer number as shop/number, or the id of a person or alias.
    #[arg(value_name = "PERSON")]
    pub person: String,

    #[command(flatten)]
    pub question: QuestionArguments,
}

/// Why there is no ledger of someone.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PersonError {
    #[error(
        "nobody is known as '{0}'; expected an e-mail address, a telephone number, a customer number as shop/number, or an id"
    )]
    Unknown(String),
}

pub(crate) fn run(arguments: &LedgerArguments) -> Result<(), Failure> {
    let question = &arguments.question;
    let (person, moment) = question.data.work(Absent::Refuse, async |data: &mut Data| {
        let person = find(&data.state, &arguments.person).await?;
        let moment = Moment::take(data, question.as_of).await?;
        // Who they were then: at an earlier version a merge may not have been known.
        let version = moment.dimensions.alias_version;
        let person = data.state.survivor(person, Some(version)).await.map_err(Failure::work)?;
        Ok((person, moment))
    })?;
    let moment = moment.not_empty(question.as_of)?;
    let (engine, terms) = moment.engine(question.currency)?;
    check_rates(&engine, &terms)?;
    let entries = entries_of_person(&engine, person, moment.until).map_err(Failure::work)?;
    let statement = Statement { person, currency: terms.currency, until: moment.until, entries };
    let style = terminal::style(question.lang);
    match question.format {
        Format::Table => terminal::print(|out| out.write_all(show::ledger::table(&statement, &style).as_bytes())),
        Format::Json => terminal::print(|out| out.write_all(show::ledger::json(&statement).as_bytes())),
        Format::Csv => terminal::print(|out| show::ledger::csv(&statement, out)),
    }
}

/// The person meant: an id as it stands, or whoever is known by that name, most telling kinds first.
async fn find(state: &State, text: &str) -> Result<PersonId, Failure> {
    if let Ok(id) = text.parse::<PersonId>() {
        let alias = AliasId::from_bytes(id.bytes());
        let resolved = state.resolve(&[alias], None).await.map_err(Failure::work)?;
        return Ok(resolved.get(&alias).copied().unwrap_or(id));
    }
    let kinds =
        [IdentityKind::Email, IdentityKind::Shop, IdentityKind::Given, IdentityKind::Phone, IdentityKind::Anonymous];
    let named = kinds.into_iter().map(|kind| Identity::new(kind, text));
    // A customer number without its shop is one of the shop that nobody named.
    let of_main = Identity::new(IdentityKind::Shop, &format!("main/{text}"));
    let identities: Vec<Identity> = named.chain([of_main]).flatten().collect();
    for found in state.look_for(&identities).await.map_err(Failure::work)? {
        if let Some(Recognised::Person { person, .. }) = found {
            return Ok(person);
        }
    }
    Err(Failure::input(PersonError::Unknown(text.chars().take(80).collect())))
}
