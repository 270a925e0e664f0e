//! The functions of our own, registered in one place: a cluster's executors register the same.
//!
//! Standard functions are taken wherever they serve. What is here is here because plain SQL takes twice as long
//! (docs/engine-speed.md).
//!
//! | function | |
//! |---|---|
//! | `purchase_history(day, amount)` | aggregate: purchases (days with one), first and last day, revenue, amount of the first day |
//! | `id_key(id)` | the 16 bytes of an id as a number, which groups and joins several times faster |
//! | `key_id(key)` | and back |

mod history;
mod keys;

use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use datafusion::prelude::SessionContext;

/// The aggregate functions of our own.
#[must_use]
pub fn aggregates() -> Vec<AggregateUDF> {
    vec![AggregateUDF::from(history::PurchaseHistory::new())]
}

/// The scalar functions of our own.
#[must_use]
pub fn scalars() -> Vec<ScalarUDF> {
    vec![ScalarUDF::from(keys::IdKey::new()), ScalarUDF::from(keys::KeyId::new())]
}

/// Registers all of them.
pub(super) fn register(context: &SessionContext) {
    aggregates().into_iter().for_each(|function| context.register_udaf(function));
    scalars().into_iter().for_each(|function| context.register_udf(function));
}
