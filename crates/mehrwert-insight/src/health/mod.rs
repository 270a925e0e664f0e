//! How healthy the data are: what is missing or does not fit together, counted, with an example.
//!
//! Each part asks how many rows there are to judge and how many of them fall short. The score is the mean of the parts' shares
//! that are in order; parts with nothing to judge are left out. It is a number to watch, and its parts are what to work on.

use mehrwert_facts::engine::{Columns, ColumnsError, Engine, EngineError, NamedQuery};

/// The parts, each the name of its query.
const PARTS: [(Part, &str); 12] = [
    (Part::TouchesOfNobody, include_str!("sql/touches_of_nobody.sql")),
    (Part::OrdersOfNobody, include_str!("sql/orders_of_nobody.sql")),
    (Part::OrdersWithoutSource, include_str!("sql/orders_without_source.sql")),
    (Part::OrdersOnlyReported, include_str!("sql/orders_only_reported.sql")),
    (Part::OrdersTwice, include_str!("sql/orders_twice.sql")),
    (Part::RefundsWithoutOrder, include_str!("sql/refunds_without_order.sql")),
    (Part::PaymentsWithoutOrder, include_str!("sql/payments_without_order.sql")),
    (Part::CostsOfNobody, include_str!("sql/costs_of_nobody.sql")),
    (Part::SalesWithoutGoodsCost, include_str!("sql/sales_without_goods_cost.sql")),
    (Part::DaysWithoutOrders, include_str!("sql/days_without_orders.sql")),
    (Part::DaysWithoutCosts, include_str!("sql/days_without_costs.sql")),
    (Part::AmountsWithoutRate, include_str!("sql/amounts_without_rate.sql")),
];

/// What is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Touches that no known person stands behind.
    TouchesOfNobody,
    /// Sold lines without a customer.
    OrdersOfNobody,
    /// Orders of which no source is known.
    OrdersWithoutSource,
    /// Orders that only a browser has reported.
    OrdersOnlyReported,
    /// Orders of one number with two customers.
    OrdersTwice,
    /// Refunds and cancellations whose order is unknown.
    RefundsWithoutOrder,
    /// Payments whose order is unknown.
    PaymentsWithoutOrder,
    /// Costs that no customer bears.
    CostsOfNobody,
    /// Sold lines whose goods cost is unknown.
    SalesWithoutGoodsCost,
    /// Days without any order that are not like the shop.
    DaysWithoutOrders,
    /// Days without a cost of a source that has one on most days.
    DaysWithoutCosts,
    /// Amounts in currencies without an exchange rate.
    AmountsWithoutRate,
}

impl Part {
    /// Its name, in outputs for programs and among queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Part::TouchesOfNobody => "touches_of_nobody",
            Part::OrdersOfNobody => "orders_of_nobody",
            Part::OrdersWithoutSource => "orders_without_source",
            Part::OrdersOnlyReported => "orders_only_reported",
            Part::OrdersTwice => "orders_twice",
            Part::RefundsWithoutOrder => "refunds_without_order",
            Part::PaymentsWithoutOrder => "payments_without_order",
            Part::CostsOfNobody => "costs_of_nobody",
            Part::SalesWithoutGoodsCost => "sales_without_goods_cost",
            Part::DaysWithoutOrders => "days_without_orders",
            Part::DaysWithoutCosts => "days_without_costs",
            Part::AmountsWithoutRate => "amounts_without_rate",
        }
    }
}

/// What a part came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What was judged.
    pub part: Part,
    /// So many there are.
    pub total: u64,
    /// So many of them fall short.
    pub affected: u64,
    /// One of these, by what a person would look it up with.
    pub example: Option<String>,
}

impl Judged {
    /// The share that is in order; none where there is nothing to judge.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.total > 0).then(|| 1.0 - self.affected.min(self.total) as f64 / self.total as f64)
    }
}

/// How healthy the data are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Every part, in the order of [`Part`].
    pub parts: Vec<Judged>,
}

impl Health {
    /// The mean of the shares that are in order, from 0 to 100; none where there is nothing to judge at all.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        let shares: Vec<f64> = self.parts.iter().filter_map(Judged::share).collect();
        (!shares.is_empty()).then(|| 100.0 * shares.iter().sum::<f64>() / shares.len() as f64)
    }
}

/// Judges the data of an engine over which the ledger is laid.
///
/// # Errors
/// [`EngineError`] when the tables or views are not registered.
pub fn health(engine: &Engine) -> Result<Health, EngineError> {
    let parts = PARTS.iter().map(|(part, sql)| judge(engine, *part, sql)).collect::<Result<_, _>>()?;
    Ok(Health { parts })
}

fn judge(engine: &Engine, part: Part, sql: &str) -> Result<Judged, EngineError> {
    let rows = engine.query(part.name(), sql, &[])?;
    let columns = Columns::new(&rows);
    let read = || -> Result<Judged, ColumnsError> {
        let (totals, affected) = (columns.counts("total")?, columns.counts("affected")?);
        let example = columns.optional_texts("example")?.into_iter().next().flatten();
        let first = |counts: &[u64]| counts.first().copied().unwrap_or(0);
        Ok(Judged { part, total: first(&totals), affected: first(&affected), example })
    };
    read().map_err(|source| EngineError::Answer { query: part.name(), source })
}

/// The queries of all parts, for the conformance suite.
#[must_use]
pub fn queries() -> Vec<NamedQuery> {
    let query =
        |(part, sql): &(Part, &str)| NamedQuery { name: part.name(), sql: (*sql).to_owned(), parameters: Vec::new() };
    PARTS.iter().map(query).collect()
}
