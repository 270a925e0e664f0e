//! Every entry behind one customer's value.

use datafusion::scalar::ScalarValue;
use mehrwert_core::{AccountId, Amount, Currency, Day, PersonId};
use mehrwert_facts::engine::{Columns, ColumnsError, Engine, EngineError};

use super::{Account, sums};

/// One amount, one person, one account, one piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The day on the shop's own clock.
    pub day: Day,
    /// How much, costs negative.
    pub amount: Amount,
    /// Its currency; none where the fact states none.
    pub currency: Option<Currency>,
    /// The amount in the reporting currency; none where no rate is known.
    pub reported: Option<Amount>,
    /// The account.
    pub account: Account,
    /// What a cost was spent for.
    pub purpose: Option<String>,
    /// The source of the order, or that a cost was spent on.
    pub source: Option<String>,
    /// The measure.
    pub measure: Option<String>,
    /// The rung of the value ladder.
    pub rung: Option<String>,
    /// The fact table of the evidence.
    pub evidence: String,
    /// The id of its row there.
    pub id: [u8; 16],
    /// The firm that the person belongs to.
    pub firm: Option<AccountId>,
}

/// The entries of a person up to a day, in the order in which they happened.
///
/// # Errors
/// [`EngineError`] when the views are not registered.
pub fn entries_of_person(engine: &Engine, person: PersonId, until: Day) -> Result<Vec<Entry>, EngineError> {
    const QUERY: &str = "entries_of_person";
    let parameters = [
        ("person", ScalarValue::FixedSizeBinary(16, Some(person.bytes().to_vec()))),
        ("until", ScalarValue::Date32(Some(until.epoch()))),
    ];
    let rows = engine.query(QUERY, include_str!("sql/entries_of_person.sql"), &parameters)?;
    read(&Columns::new(&rows)).map_err(|source| EngineError::Answer { query: QUERY, source })
}

fn read(columns: &Columns<'_>) -> Result<Vec<Entry>, ColumnsError> {
    let (days, amounts, reported) =
        (columns.days("day")?, columns.amounts("amount")?, columns.optional_amounts("reported")?);
    let (accounts, evidence, ids) = (columns.texts("account")?, columns.texts("evidence")?, columns.ids("id")?);
    let texts = |name| columns.optional_texts(name);
    let (currency, purpose, source) = (texts("currency")?, texts("purpose")?, texts("source")?);
    let (measure, rung, firms) = (texts("measure")?, texts("rung")?, columns.optional_ids("firm")?);
    let entry = |row: usize| -> Result<Entry, ColumnsError> {
        Ok(Entry {
            day: days[row],
            amount: amounts[row],
            currency: currency[row].as_ref().and_then(|code| code.parse().ok()),
            reported: reported[row],
            account: sums::account(&accounts[row])?,
            purpose: purpose[row].clone(),
            source: source[row].clone(),
            measure: measure[row].clone(),
            rung: rung[row].clone(),
            evidence: evidence[row].clone(),
            id: ids[row],
            firm: firms[row].map(AccountId::from_bytes),
        })
    };
    (0..columns.rows()).map(entry).collect()
}
