//! Importing files: every kind, twice, overlapping, corrected, in any order.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod kinds;
mod orders;
mod properties;
mod restating;
mod support;
