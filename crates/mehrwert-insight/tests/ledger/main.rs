//! The ledger on small lakes whose entries can be worked out by hand, and on random ones.

mod conformance;
mod entries;
mod properties;
mod shop;
mod value;
