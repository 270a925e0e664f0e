//! Order files through the whole reader. One binary, so that the engine's libraries are linked once.

mod errors;
mod formats;
mod parquet;
mod properties;
mod real_data;
mod support;
