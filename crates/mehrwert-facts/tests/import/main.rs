//! Importing files: every kind, twice, overlapping, corrected, in any order.

mod kinds;
mod orders;
mod properties;
mod restating;
mod support;
