//! What it means: what every customer is worth, from orders and from contracts.

pub mod contracts;
pub mod value;
