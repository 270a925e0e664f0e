//! What every customer is worth.

mod result;

pub use result::*;
