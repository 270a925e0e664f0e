//! What questions about the data directory have in common: the facts of a moment, the dimensions, and the ledger over both.
//!
//! The state is asked first, in one go; then the engine works on files alone, so that a long question holds no transaction
//! open. `--as-of` takes the files and the alias map as they were then: a month as it was reported can be reproduced.

use std::str::FromStr;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use mehrwert_core::{Allocation, Currency, Day, Sharing};
use mehrwert_facts::engine::{Dimensions, Engine};
use mehrwert_facts::lake::Lake;
use mehrwert_insight::ledger::{self, LedgerTerms};
use mehrwert_state::{Snapshot, State};
use serde::Deserialize;

use crate::Failure;
use crate::cli::{Format, Lang};
use crate::data::{Data, DataArguments};

/// Where derived files lie in the data directory.
const DERIVED: &str = "derived";
/// Under which kind and name the allocation rules are kept among the definitions.
const ALLOCATION: (&str, &str) = ("allocation", "default");

/// The words that every question understands.
#[derive(Debug, Args)]
pub(crate) struct QuestionArguments {
    /// Answers as it would have been answered at the end of this day (UTC) or at this time: what came later is not known.
    #[arg(long, value_name = "DAY|TIME", help_heading = "Asking")]
    pub as_of: Option<AsOf>,

    /// The currency to report in; without it the one of most orders.
    #[arg(long, value_name = "CODE", help_heading = "Asking")]
    pub currency: Option<Currency>,

    /// What is printed: a table for people, JSON or CSV.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: Format,

    /// Language of the table; without it LC_ALL, LC_MESSAGES or LANG decides.
    #[arg(long, value_enum, value_name = "LANGUAGE", help_heading = "Output")]
    pub lang: Option<Lang>,

    #[command(flatten)]
    pub data: DataArguments,
}

/// A point in time to report from: a day stands for its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AsOf(pub Timestamp);

impl FromStr for AsOf {
    type Err = String;

    fn from_str(text: &str) -> Result<AsOf, String> {
        let end_of = |date: Date| {
            let next = date.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
            next.checked_sub(jiff::SignedDuration::from_micros(1)).ok()
        };
        let day = text.parse::<Date>().ok().filter(|_| text.trim().len() == 10).and_then(end_of);
        let time = || text.parse::<Timestamp>().ok();
        day.or_else(time)
            .map(AsOf)
            .ok_or_else(|| "expected a day such as 2026-03-31, or a time such as 2026-03-31T18:00:00Z".to_owned())
    }
}

impl AsOf {
    /// Its day (UTC).
    pub fn day(self) -> Day {
        Day::from(self.0.to_zoned(TimeZone::UTC).date())
    }
}

/// Why a question cannot be answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QuestionError {
    #[error(
        "the data directory holds no facts yet{0}; fill it with `mehrwert import FILE` or point a shop at `mehrwert serve`"
    )]
    Empty(String),
    #[error(
        "{entries} amounts in {currency} have no exchange rate to {into} (the first on {day}); import rates, or report in another currency with --currency"
    )]
    NoRate { currency: String, into: String, entries: u64, day: Day },
    #[error("the definition 'allocation' cannot be used: {0}")]
    Allocation(String),
}

/// The facts of a moment, ready for the engine.
pub(crate) struct Moment {
    pub snapshot: Snapshot,
    pub dimensions: Dimensions,
    pub lake: Lake,
    pub allocation: Allocation,
    pub until: Day,
}

impl Moment {
    /// Takes it from an open data directory.
    pub async fn take(data: &mut Data, as_of: Option<AsOf>) -> Result<Moment, Failure> {
        let now = Timestamp::now();
        let generation = match as_of {
            Some(as_of) => Some(data.state.generation_at(as_of.0).await.map_err(Failure::work)?),
            None => None,
        };
        let snapshot = data.state.snapshot(generation).await.map_err(Failure::work)?;
        let version = match as_of {
            Some(as_of) => Some(data.state.alias_version_at(as_of.0).await.map_err(Failure::work)?),
            None => None,
        };
        let derived = data.directory.join(DERIVED);
        let dimensions = Dimensions::prepare(&data.state, &derived, version, now).await.map_err(Failure::work)?;
        let allocation = allocation(&data.state).await?;
        let today = Day::from(jiff::Zoned::now().date());
        let until = as_of.map_or(today, |as_of| as_of.day().min(today));
        Ok(Moment { snapshot, dimensions, lake: data.lake.clone(), allocation, until })
    }

    /// Refuses where there is nothing to ask.
    pub fn not_empty(self, as_of: Option<AsOf>) -> Result<Moment, Failure> {
        if self.snapshot.files.is_empty() {
            let when = as_of.map_or_else(String::new, |as_of| format!(" at {}", as_of.0));
            return Err(Failure::input(QuestionError::Empty(when)));
        }
        Ok(self)
    }

    /// An engine over it with the ledger laid on, and the terms of that. Blocks; not for async code.
    pub fn engine(&self, currency: Option<Currency>) -> Result<(Engine, LedgerTerms), Failure> {
        let engine = Engine::new().map_err(Failure::work)?;
        engine.register_lake(&self.lake, &self.snapshot).map_err(Failure::work)?;
        engine.register_dimensions(&self.dimensions).map_err(Failure::work)?;
        let currency = match currency {
            Some(currency) => Some(currency),
            None => ledger::main_currency(&engine).map_err(Failure::work)?,
        };
        let terms = LedgerTerms { allocation: self.allocation.clone(), currency, until: self.until };
        ledger::register(&engine, &terms).map_err(Failure::work)?;
        Ok((engine, terms))
    }
}

/// Refuses, by name, a currency that cannot be reported.
pub(crate) fn check_rates(engine: &Engine, terms: &LedgerTerms) -> Result<(), Failure> {
    let missing = ledger::currencies_without_rate(engine).map_err(Failure::work)?;
    match missing.into_iter().next() {
        None => Ok(()),
        Some((currency, entries, day)) => {
            let into = terms.currency.map_or_else(String::new, |currency| currency.to_string());
            Err(Failure::input(QuestionError::NoRate { currency, into, entries, day }))
        }
    }
}

/// The rules as they are kept: each purpose with its ways of sharing by name.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Rules {
    acquire: Option<Vec<String>>,
    retain: Option<Vec<String>>,
    serve: Option<Vec<String>>,
    contracts: Option<bool>,
}

/// The allocation rules: kept ones, and for what they leave out those that are stated.
async fn allocation(state: &State) -> Result<Allocation, Failure> {
    let (kind, name) = ALLOCATION;
    let kept = state.definition(kind, name, None).await.map_err(Failure::work)?;
    match kept.map(|kept| kept.body).filter(|body| !body.is_null()) {
        None => Ok(Allocation::default()),
        Some(body) => rules(body).map_err(|reason| Failure::input(QuestionError::Allocation(reason))),
    }
}

fn rules(body: serde_json::Value) -> Result<Allocation, String> {
    let rules: Rules = serde_json::from_value(body).map_err(|error| error.to_string())?;
    let ways = |named: Option<Vec<String>>, stated: Vec<Sharing>| match named {
        None => Ok(stated),
        Some(names) => names.iter().map(|name| name.parse::<Sharing>().map_err(|error| error.to_string())).collect(),
    };
    let stated = Allocation::default();
    Ok(Allocation {
        acquire: ways(rules.acquire, stated.acquire)?,
        retain: ways(rules.retain, stated.retain)?,
        serve: ways(rules.serve, stated.serve)?,
        contracts: rules.contracts.unwrap_or(stated.contracts),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_day_stands_for_its_end() {
        let end: AsOf = "2026-03-31".parse().unwrap();
        assert_eq!(end.0.to_string(), "2026-03-31T23:59:59.999999Z");
        assert_eq!(end.day().to_string(), "2026-03-31");
        let time: AsOf = "2026-03-31T18:00:00Z".parse().unwrap();
        assert_eq!(time.0.to_string(), "2026-03-31T18:00:00Z");
        assert!("last month".parse::<AsOf>().is_err());
    }

    #[test]
    fn kept_rules_go_before_the_stated_ones() {
        let rules_of = |body| rules(body);
        let kept = rules_of(json!({"acquire": ["nobody"], "contracts": false})).unwrap();
        assert_eq!((kept.acquire, kept.contracts), (vec![Sharing::Nobody], false));
        assert_eq!(kept.retain, Allocation::default().retain);
        assert!(rules_of(json!({"acquire": ["everyone"]})).unwrap_err().contains("everyone"));
        assert!(rules_of(json!({"aquire": []})).unwrap_err().contains("aquire"));
    }
}
