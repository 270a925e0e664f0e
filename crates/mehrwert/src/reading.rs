//! How a shop's files are read, kept in the data directory under a name: columns, kind, notation, VAT, currency. `value` and
//! `import` read alike.
//!
//! `--remember NAME` keeps what the command line says, after the files were read with it; `--as NAME` uses it again, and
//! whatever the command line says beside it goes before.

use clap::ValueEnum;
use jiff::Timestamp;
use mehrwert_core::{Currency, Share};
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::cli::{AmountsAre, Dates, Decimal, Kind};
use crate::data::{Absent, DataArguments};

/// What such a definition is called among those of the state.
const DEFINITION: &str = "reading";

/// How files are read; what is left out is found out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    pub map: Option<String>,
    pub kind: Option<Kind>,
    pub dates: Option<Dates>,
    pub decimal: Option<Decimal>,
    pub vat: Option<Share>,
    pub currency: Option<Currency>,
    pub amounts: Option<AmountsAre>,
}

/// The same as it is kept: the words of the command line.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    #[serde(skip_serializing_if = "Option::is_none")]
    map: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dates: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decimal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vat: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amounts: Option<String>,
}

/// Why a kept reading cannot be used.
#[derive(Debug, thiserror::Error)]
enum ReadingError {
    #[error("--as {name}: nothing of that name is kept in {place}; kept are: {known}; keep one with --remember {name}")]
    Unknown { name: String, place: String, known: String },
    #[error("--as {name}: what is kept in {place} cannot be used ({found}); keep it anew with --remember {name}")]
    Unusable { name: String, place: String, found: String },
    #[error("--as and --remember look into the data directory {0}, which does not exist; name it with --data")]
    NoDirectory(String),
}

/// What the command line says, over what is kept under the name it gives.
pub(crate) fn reading(own: Reading, name: Option<&String>, data: &DataArguments) -> Result<Reading, Failure> {
    let Some(name) = name else { return Ok(own) };
    if !data.exists() {
        let directory = data.data.display().to_string();
        return Err(Failure::input(ReadingError::NoDirectory(directory)));
    }
    let kept = data.work(Absent::Refuse, async |data| {
        let found = data.state.definition(DEFINITION, name, None).await.map_err(Failure::work)?;
        let known = data.state.definitions(DEFINITION).await.map_err(Failure::work)?;
        let found = found.filter(|found| !found.body.is_null());
        Ok((found, known.into_iter().map(|one| one.name).collect::<Vec<_>>()))
    })?;
    let url = data.url();
    let (name, place) = (name.clone(), url.to_string());
    let (found, known) = kept;
    let Some(found) = found else {
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        return Err(Failure::input(ReadingError::Unknown { name, place, known }));
    };
    let kept: Result<Kept, _> = serde_json::from_value(found.body);
    let kept = kept.map_err(|error| error.to_string()).and_then(|kept| Reading::from_kept(&kept));
    let kept = kept.map_err(|found| Failure::input(ReadingError::Unusable { name, place, found }))?;
    Ok(own.over(kept))
}

/// Keeps a reading under the name that the command line gives, if it gives one.
pub(crate) fn remember(reading: &Reading, name: Option<&String>, data: &DataArguments) -> Result<(), Failure> {
    let Some(name) = name else { return Ok(()) };
    // Words of the command line are always JSON.
    let body = serde_json::to_value(reading.kept()).unwrap_or_default();
    data.work(Absent::Make, async |data| {
        let latest = data.state.definition(DEFINITION, name, None).await.map_err(Failure::work)?;
        if latest.as_ref().is_some_and(|latest| latest.body == body) {
            return Ok(());
        }
        let version = latest.map_or(0, |latest| latest.version);
        let saved = data.state.save_definition(DEFINITION, name, version, &body, Timestamp::now()).await;
        saved.map(drop).map_err(Failure::work)
    })
}

impl Reading {
    /// This, and for what it leaves out the other.
    fn over(self, other: Reading) -> Reading {
        Reading {
            map: self.map.or(other.map),
            kind: self.kind.or(other.kind),
            dates: self.dates.or(other.dates),
            decimal: self.decimal.or(other.decimal),
            vat: self.vat.or(other.vat),
            currency: self.currency.or(other.currency),
            amounts: self.amounts.or(other.amounts),
        }
    }

    fn kept(&self) -> Kept {
        Kept {
            map: self.map.clone(),
            kind: self.kind.map(word),
            dates: self.dates.map(word),
            decimal: self.decimal.map(word),
            vat: self.vat.map(|share| share.to_string()),
            currency: self.currency.map(|currency| currency.to_string()),
            amounts: self.amounts.map(word),
        }
    }

    fn from_kept(kept: &Kept) -> Result<Reading, String> {
        Ok(Reading {
            map: kept.map.clone(),
            kind: kept.kind.as_deref().map(meant).transpose()?,
            dates: kept.dates.as_deref().map(meant).transpose()?,
            decimal: kept.decimal.as_deref().map(meant).transpose()?,
            vat: kept.vat.as_deref().map(|text| text.parse().map_err(|error| format!("{error}"))).transpose()?,
            currency: kept
                .currency
                .as_deref()
                .map(|text| text.parse().map_err(|error| format!("{error}")))
                .transpose()?,
            amounts: kept.amounts.as_deref().map(meant).transpose()?,
        })
    }
}

/// A choice by the word that the command line has for it.
fn word(choice: impl ValueEnum) -> String {
    choice.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

fn meant<T: ValueEnum>(word: &str) -> Result<T, String> {
    T::from_str(word, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let reading = Reading {
            map: Some("customer=Kunde".into()),
            kind: Some(Kind::Woocommerce),
            dates: Some(Dates::Dmy),
            decimal: Some(Decimal::Comma),
            vat: "19%".parse().ok(),
            currency: "EUR".parse().ok(),
            amounts: Some(AmountsAre::Gross),
        };
        let back = Reading::from_kept(&reading.kept()).unwrap();
        assert_eq!(format!("{back:?}"), format!("{reading:?}"));
        let own = Reading { vat: "7%".parse().ok(), ..Reading::default() };
        let both = own.over(reading);
        assert_eq!((both.vat, both.map.as_deref()), ("7%".parse().ok(), Some("customer=Kunde")));
        assert!(Reading::from_kept(&Kept { kind: Some("fax".into()), ..Kept::default() }).is_err());
    }
}
