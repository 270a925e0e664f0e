//! That the ledger says what the facts say: two sums made in different ways, currency by currency.

use std::collections::BTreeMap;

use mehrwert_core::{Amount, Currency};
use mehrwert_facts::engine::{Columns, ColumnsError, Engine, EngineError};

use super::{Account, sums};

pub(super) const FACTS_SUMS: &str = include_str!("sql/facts_sums.sql");

/// A sum of the ledger that is not the facts'.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The fact table.
    pub evidence: String,
    /// The currency.
    pub currency: Option<Currency>,
    /// What the facts sum to.
    pub facts: Amount,
    /// What the ledger sums to.
    pub ledger: Amount,
}

/// Where ledger and facts disagree; nowhere, unless something is wrong with this program or with the files.
///
/// Goods are not among it, as facts do not state all of them: what the product list adds has no other sum. Nor are contracts,
/// whose payments are no facts.
///
/// # Errors
/// [`EngineError`] when the views are not registered.
pub fn disagreements(engine: &Engine) -> Result<Vec<Disagreement>, EngineError> {
    let mut compared: BTreeMap<(String, Option<Currency>), (Amount, Amount)> = BTreeMap::new();
    for (evidence, currency, amount) in facts_sums(engine)? {
        compared.entry((evidence, currency)).or_default().0 += amount;
    }
    let is_compared = |sum: &sums::Sum| {
        let is_goods = sum.account == Account::Goods && sum.evidence == "orders";
        !is_goods && sum.evidence != "contracts"
    };
    for sum in sums::sums(engine)?.into_iter().filter(is_compared) {
        compared.entry((sum.evidence, sum.currency)).or_default().1 += sum.amount;
    }
    let differing = compared.into_iter().filter(|(_, (facts, ledger))| facts != ledger);
    let found =
        differing.map(|((evidence, currency), (facts, ledger))| Disagreement { evidence, currency, facts, ledger });
    Ok(found.collect())
}

fn facts_sums(engine: &Engine) -> Result<Vec<(String, Option<Currency>, Amount)>, EngineError> {
    let rows = engine.query("facts_sums", FACTS_SUMS, &[])?;
    let columns = Columns::new(&rows);
    let read = || -> Result<Vec<_>, ColumnsError> {
        let currencies = columns.optional_texts("currency")?;
        let amounts = columns.amounts("amount")?.into_iter();
        let currency = |code: Option<String>| code.and_then(|code| code.parse().ok());
        let named = columns.texts("evidence")?.into_iter().zip(currencies);
        Ok(named.zip(amounts).map(|((evidence, code), amount)| (evidence, currency(code), amount)).collect())
    };
    read().map_err(|source| EngineError::Answer { query: "facts_sums", source })
}
