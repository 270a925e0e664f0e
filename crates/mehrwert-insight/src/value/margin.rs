//! The margin: named by the user, or taken from the goods costs that the log states.

use mehrwert_core::{Amount, Day, Share};
use mehrwert_facts::engine::{Columns, ColumnsError, Engine, EngineError, Known};

use super::purchases::date;
use super::result::Warning;

/// A smaller share of revenue without goods costs is not worth a word.
pub(super) const NOTICEABLE: f64 = 0.0005;

/// A margin as a share of revenue, and what to know about it.
pub(super) struct Margin {
    /// `None` when neither a margin nor goods costs are known.
    pub share: Option<f64>,
    /// Goods costs are missing for part of the revenue.
    pub warning: Option<Warning>,
    /// Where the ledger tells what each customer brought: the share of goods in revenue, for lines whose goods cost is not
    /// known. Then what was brought so far is the ledger's, and the margin is for the forecast alone.
    pub goods_share: Option<f64>,
}

impl Margin {
    /// A margin that every purchase has alike.
    pub fn flat(share: Option<f64>, warning: Option<Warning>) -> Margin {
        Margin { share, warning, goods_share: None }
    }
}

/// The margin up to a day. One that the user named goes before goods costs.
pub(super) fn margin(engine: &Engine, named: Option<Share>, known: Known, until: Day) -> Result<Margin, EngineError> {
    if let Some(share) = named {
        return Ok(Margin::flat(known.amounts.then(|| share.fraction()), None));
    }
    if !(known.amounts && known.goods_costs) {
        return Ok(Margin::flat(None, None));
    }
    let (revenue, costed, cost) = sums(engine, until)?;
    if costed <= Amount::ZERO {
        return Ok(Margin::flat(None, None));
    }
    let missing = ((revenue - costed).to_f64() / revenue.to_f64()).max(0.0);
    let warning = (missing > NOTICEABLE).then_some(Warning::GoodsCostMissing { share: missing });
    Ok(Margin::flat(Some(1.0 - cost.to_f64() / costed.to_f64()), warning))
}

/// Revenue, revenue of the lines whose goods cost is known, and that cost.
fn sums(engine: &Engine, until: Day) -> Result<(Amount, Amount, Amount), EngineError> {
    const QUERY: &str = "goods_costs";
    let rows = engine.query(QUERY, include_str!("sql/goods_costs.sql"), &[("until", date(until))])?;
    let columns = Columns::new(&rows);
    let read = |column: &str| -> Result<Amount, ColumnsError> { Ok(columns.amounts(column)?.into_iter().sum()) };
    let answer = |source| EngineError::Answer { query: QUERY, source };
    Ok((read("revenue").map_err(answer)?, read("costed").map_err(answer)?, read("cost").map_err(answer)?))
}
