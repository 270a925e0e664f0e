//! What it means: the ledger, and what every customer is worth, from orders and from contracts.

pub mod contracts;
pub mod health;
pub mod ledger;
pub mod value;
