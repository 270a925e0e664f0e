//! The intake: what browsers, shops and payment providers send becomes facts, once, whatever comes twice or out of turn.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod mapping;
mod once;
mod people;
mod reading;
mod support;
mod vendors;
