//! What it means: purchase histories, the choice among models, what every customer is worth.

pub mod value;
