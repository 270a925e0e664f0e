//! The ledger's sums by account and currency, and which currencies it cannot report.

use mehrwert_core::{Amount, Currency};
use mehrwert_facts::engine::{Columns, ColumnsError, Engine, EngineError};

use super::Account;

pub(super) const SUMS: &str = include_str!("sql/sums.sql");

/// The entries of one account, currency and fact table, those without a person apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// The account.
    pub account: Account,
    /// The currency; none where the facts state none.
    pub currency: Option<Currency>,
    /// The fact table.
    pub evidence: String,
    /// Whether no person bears or brought it.
    pub unassigned: bool,
    /// So many entries.
    pub entries: u64,
    /// Their sum.
    pub amount: Amount,
}

/// All sums of the ledger.
///
/// # Errors
/// [`EngineError`] when the views are not registered.
pub fn sums(engine: &Engine) -> Result<Vec<Sum>, EngineError> {
    let rows = engine.query("sums", SUMS, &[])?;
    let columns = Columns::new(&rows);
    let read = || -> Result<Vec<Sum>, ColumnsError> {
        let accounts = columns.texts("account")?;
        let currencies = columns.optional_texts("currency")?;
        let evidence = columns.texts("evidence")?;
        let unassigned = columns.flags("unassigned")?;
        let (entries, amounts) = (columns.counts("entries")?, columns.amounts("amount")?);
        let sum = |row: usize| -> Result<Sum, ColumnsError> {
            Ok(Sum {
                account: account(&accounts[row])?,
                currency: currencies[row].as_ref().and_then(|code| code.parse().ok()),
                evidence: evidence[row].clone(),
                unassigned: unassigned[row],
                entries: entries[row],
                amount: amounts[row],
            })
        };
        (0..columns.rows()).map(sum).collect()
    };
    read().map_err(|source| EngineError::Answer { query: "sums", source })
}

pub(super) fn account(name: &str) -> Result<Account, ColumnsError> {
    Account::from_name(name).ok_or_else(|| ColumnsError::Type {
        column: "account".to_owned(),
        expected: "an account of the ledger",
        found: name.to_owned(),
    })
}

/// Currencies of entries that no rate of the user leads from to the reporting currency, with the number of entries and the
/// first day without one.
///
/// # Errors
/// [`EngineError`] when the views are not registered.
pub fn currencies_without_rate(engine: &Engine) -> Result<Vec<(String, u64, mehrwert_core::Day)>, EngineError> {
    const QUERY: &str = "currencies_without_rate";
    let rows = engine.query(QUERY, include_str!("sql/currencies_without_rate.sql"), &[])?;
    let columns = Columns::new(&rows);
    let read = || -> Result<Vec<_>, ColumnsError> {
        let counted = columns.counts("entries")?.into_iter().zip(columns.days("first_day")?);
        Ok(columns.texts("currency")?.into_iter().zip(counted).map(|(code, (count, day))| (code, count, day)).collect())
    };
    read().map_err(|source| EngineError::Answer { query: QUERY, source })
}

/// The currency that most order lines are in, to report in where the user names none; none where no fact states one.
///
/// # Errors
/// [`EngineError`] when the facts are not registered.
pub fn main_currency(engine: &Engine) -> Result<Option<Currency>, EngineError> {
    const QUERY: &str = "main_currency";
    let rows = engine.query(QUERY, include_str!("sql/main_currency.sql"), &[])?;
    let codes = Columns::new(&rows).texts("currency").map_err(|source| EngineError::Answer { query: QUERY, source })?;
    Ok(codes.first().and_then(|code| code.parse().ok()))
}
