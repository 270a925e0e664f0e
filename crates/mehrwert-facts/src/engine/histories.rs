//! The purchase histories of all aliases straight from the lake: the query that every model begins with.
//!
//! Grouped once, by the alias as a number, with an aggregate of our own; rows are first brought to the thread that keeps
//! their alias, so that each history is put together in one place. docs/engine-speed.md has what was tried and measured.

use arrow::array::RecordBatch;
use datafusion::error::Result;
use datafusion::logical_expr::{Partitioning, ident};
use datafusion::scalar::ScalarValue;
use mehrwert_core::Day;

use super::{Engine, EngineError};

/// The name of the query.
const QUERY: &str = "purchase_histories";

/// What is made of each history.
const COLUMNS: [&str; 7] = [
    "key_id(customer) AS who",
    "get_field(history, 'purchases') - 1 AS repeats",
    "get_field(history, 'first_day') AS first_day",
    "get_field(history, 'last_day') AS last_day",
    "CAST($until AS INT) - CAST(get_field(history, 'first_day') AS INT) AS age",
    "get_field(history, 'revenue') AS revenue",
    "CAST(get_field(history, 'revenue') - get_field(history, 'first_amount') AS DOUBLE)
        / nullif(get_field(history, 'purchases') - 1, 0) AS repeat_mean",
];

impl Engine {
    /// One row for each alias that bought: `who`, `repeats` (days with a sale after the first), `first_day`, `last_day`,
    /// `age` (days from the first to `until`), `revenue`, and `repeat_mean`, the mean of those days without the first
    /// (nothing where there is no other). Sales after `until` are not seen.
    ///
    /// # Errors
    /// [`EngineError::Query`] when the lake is not registered or cannot be read.
    pub fn purchase_histories(&self, until: Day) -> std::result::Result<Vec<RecordBatch>, EngineError> {
        let error = |source| EngineError::Query { query: QUERY, source: Box::new(source) };
        self.runtime.block_on(self.histories(until)).map_err(error)
    }

    async fn histories(&self, until: Day) -> Result<Vec<RecordBatch>> {
        let partitions = self.context.state().config().target_partitions();
        let until = ScalarValue::Date32(Some(until.epoch()));
        let sales = self.context.sql(include_str!("sql/sales.sql")).await?;
        let sales = sales.with_param_values(vec![("until", until.clone())])?;
        let spread = sales.repartition(Partitioning::Hash(vec![ident("customer")], partitions))?;
        let history = spread.parse_sql_expr("purchase_history(day, net)")?.alias("history");
        let histories = spread.aggregate(vec![ident("customer")], vec![history])?;
        histories.select_exprs(&COLUMNS)?.with_param_values(vec![("until", until)])?.collect().await
    }
}
