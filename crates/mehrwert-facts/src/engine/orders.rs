//! The order lines of files as a table of the engine.

use super::{Engine, EngineError};
use crate::orders::{OrderLog, attribute_column};

/// Columns that a file may lack, with the type of their empty stand-in.
const OPTIONAL: [(&str, &str); 5] = [
    ("order", "INT UNSIGNED"),
    ("product", "INT UNSIGNED"),
    ("source", "INT UNSIGNED"),
    ("quantity", "DECIMAL(28, 6)"),
    ("goods_cost", "DECIMAL(28, 6)"),
];

/// What an order log does and does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Amounts; without them the column `amount` counts orders: a sale is one, a refund or cancellation minus one.
    pub amounts: bool,
    /// Goods costs, for some line at least.
    pub goods_costs: bool,
}

impl Engine {
    /// Registers the lines of an order log, takes them out of the log, and lays the view `orders` over them: it has every
    /// column that queries may ask for (customer, day, kind, amount, order, product, source, quantity, goods_cost), those
    /// that no file has being empty, and the attributes asked for as `attribute_0` and so on.
    ///
    /// # Errors
    /// [`EngineError`] when the batches do not agree with each other.
    pub fn register_orders(&self, log: &mut OrderLog) -> Result<Known, EngineError> {
        let batches = std::mem::take(&mut log.batches);
        let schema = log.schema.clone();
        let has = |column: &str| schema.column_with_name(column).is_some();
        let known = Known { amounts: has("amount"), goods_costs: has("goods_cost") };
        let amount = if known.amounts {
            // The later lines of an order whose amount stands in its first line have none of their own.
            "coalesce(amount, CAST(0 AS DECIMAL(28, 6)))"
        } else {
            "CAST(CASE WHEN kind = 'sale' THEN 1 ELSE -1 END AS DECIMAL(28, 6))"
        };
        let mut columns = vec!["customer, day, kind, file, \"row\"".to_owned(), format!("{amount} AS amount")];
        for (column, kind) in OPTIONAL {
            columns.push(if has(column) {
                format!("\"{column}\"")
            } else {
                format!("CAST(NULL AS {kind}) AS \"{column}\"")
            });
        }
        columns.extend((0..log.attributes.len()).map(attribute_column));
        self.register_batches("order_lines", schema, batches)?;
        let view = format!("CREATE OR REPLACE VIEW orders AS SELECT {} FROM order_lines", columns.join(", "));
        self.query("orders", &view, &[])?;
        Ok(known)
    }
}
