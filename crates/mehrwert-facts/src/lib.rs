//! What happened: readers of outside formats and the engine session.

pub mod engine;
pub mod orders;
