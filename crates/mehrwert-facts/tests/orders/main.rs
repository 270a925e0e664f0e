//! Order files through the whole reader. One binary, so that the engine's libraries are linked once.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod attributes;
mod contracts;
mod errors;
mod formats;
mod parquet;
mod properties;
mod real_data;
mod support;
