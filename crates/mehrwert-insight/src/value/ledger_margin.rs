//! The margin and the cost of acquisition as the ledger has them.
//!
//! Figures are value as soon as goods costs are known for some of the revenue; until then they are revenue, whatever other
//! costs are known, as a margin without goods would be far too high. For the lines whose goods cost is not known the share of
//! the others stands in, and a warning says for how much.

use std::collections::BTreeMap;

use mehrwert_core::{Amount, Day};
use mehrwert_facts::engine::{Columns, ColumnsError, Engine, EngineError};

use super::margin::{Margin, NOTICEABLE};
use super::purchases::date;
use super::result::{Segment, SegmentName, Warning};
use super::worth::Worth;

/// The margin of the customers' contributions up to a day.
pub(super) fn margin(engine: &Engine, until: Day) -> Result<Margin, EngineError> {
    let known = sums(engine, "goods_known", include_str!("sql/goods_known.sql"), ["costed", "revenue", "cost"], until)?;
    let [costed, sold, goods] = known;
    if costed <= Amount::ZERO || sold <= Amount::ZERO {
        return Ok(Margin::flat(None, None));
    }
    let goods_share = goods.to_f64() / costed.to_f64();
    let missing = ((sold - costed).to_f64() / sold.to_f64()).max(0.0);
    let columns = ["amount", "revenue", "uncosted"];
    let sql = include_str!("sql/contribution_sums.sql");
    let [amount, revenue, uncosted] = sums(engine, "contribution_sums", sql, columns, until)?;
    if revenue <= Amount::ZERO {
        return Ok(Margin::flat(None, None));
    }
    Ok(Margin {
        share: Some((amount.to_f64() - goods_share * uncosted.to_f64()) / revenue.to_f64()),
        warning: (missing > NOTICEABLE).then_some(Warning::GoodsCostMissing { share: missing }),
        goods_share: Some(goods_share),
    })
}

fn sums<const N: usize>(
    engine: &Engine,
    name: &'static str,
    sql: &str,
    names: [&str; N],
    until: Day,
) -> Result<[Amount; N], EngineError> {
    let rows = engine.query(name, sql, &[("until", date(until))])?;
    let columns = Columns::new(&rows);
    let mut found = [Amount::ZERO; N];
    for (place, column) in names.into_iter().enumerate() {
        let amounts = columns.amounts(column).map_err(|source| EngineError::Answer { query: name, source })?;
        found[place] = amounts.into_iter().sum();
    }
    Ok(found)
}

/// What winning customers cost.
pub(super) struct Spent {
    by_month: BTreeMap<i32, Amount>,
    by_source: BTreeMap<Option<String>, Amount>,
}

/// What was spent to win customers until a day: every cost of that purpose, by its month and its source.
pub(super) fn acquisition_costs(engine: &Engine, until: Day) -> Result<Spent, EngineError> {
    const QUERY: &str = "acquisition_costs";
    let rows = engine.query(QUERY, include_str!("sql/acquisition_costs.sql"), &[("until", date(until))])?;
    let columns = Columns::new(&rows);
    let read = || -> Result<Spent, ColumnsError> {
        let mut spent = Spent { by_month: BTreeMap::new(), by_source: BTreeMap::new() };
        let rows = columns.days("month")?.into_iter().zip(columns.optional_texts("source")?);
        for ((month, source), cost) in rows.zip(columns.amounts("cost")?) {
            *spent.by_month.entry(month.month_number()).or_default() += cost;
            *spent.by_source.entry(source).or_default() += cost;
        }
        Ok(spent)
    };
    read().map_err(|source| EngineError::Answer { query: QUERY, source })
}

impl Spent {
    /// Enters what a customer of each segment cost to win. Where nothing was spent at all, nothing is said; a source on which
    /// nothing was spent cost nothing.
    pub(super) fn enter(&self, worth: &mut Worth) {
        if self.by_month.is_empty() {
            return;
        }
        let acquired = &mut worth.from_acquisition;
        let grouped = worth.groups.iter_mut().flat_map(|groups| groups.groups.iter_mut());
        for segment in std::iter::once(&mut acquired.all).chain(&mut acquired.cohorts).chain(grouped) {
            let cost = self.of(&segment.name);
            segment.acquisition_cost = cost.map(|cost| a_customer(segment, cost));
        }
    }

    fn of(&self, name: &SegmentName) -> Option<Amount> {
        match name {
            SegmentName::All => Some(self.by_month.values().copied().sum()),
            SegmentName::Cohort { from, to } => {
                Some(self.by_month.range(from.month_number()..=to.month_number()).map(|(_, cost)| *cost).sum())
            }
            SegmentName::Group(source) => Some(self.by_source.get(&Some(source.clone())).copied().unwrap_or_default()),
            // Costs of no source were spent on all of them.
            SegmentName::Unknown | SegmentName::Others(_) => None,
        }
    }
}

fn a_customer(segment: &Segment, cost: Amount) -> f64 {
    cost.to_f64() / segment.customers.max(1) as f64
}
