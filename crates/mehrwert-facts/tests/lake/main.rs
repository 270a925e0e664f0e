//! The lake: what is added once is there once, in its newest words, whatever order it comes in.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod adding;
mod querying;
mod support;
