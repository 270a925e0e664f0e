//! What the files tell of customers beside their orders: the first known value of a column, customer by customer.

use mehrwert_facts::engine::{Columns, ColumnsError, EngineError};
use mehrwert_facts::orders::attribute_column;

use super::ValueError;
use super::purchases::Purchases;

impl Purchases<'_> {
    /// The values of the attribute with this number, as keys of its names, for customers in the order given.
    pub(super) fn attribute(&self, number: usize, customers: &[u32]) -> Result<Vec<Option<u32>>, ValueError> {
        const QUERY: &str = "attribute";
        let sql = include_str!("sql/attribute.sql").replace("attribute_0", &attribute_column(number));
        let rows = self.engine.query(QUERY, &sql, &[])?;
        let columns = Columns::new(&rows);
        let answer = |source: ColumnsError| EngineError::Answer { query: QUERY, source };
        let keys = columns.keys("customer").map_err(answer)?;
        let values = columns.keys("value").map_err(answer)?;
        let size = customers.iter().chain(&keys).max().map_or(0, |&key| key as usize + 1);
        let mut by_key = vec![None; size];
        for (key, value) in keys.into_iter().zip(values) {
            by_key[key as usize] = Some(value);
        }
        Ok(customers.iter().map(|&customer| by_key[customer as usize]).collect())
    }
}
