//! The answer as JSON: our wire format, known here and nowhere below.
//!
//! Stable: fields are added, never renamed or given another meaning. Exact amounts come twice where a program might want
//! either: `revenue` is a JSON number with exactly the decimals of the sum (`1234.50`), written from its decimal text
//! and never through a float; everything under `amounts` and every amount of a warning or reason is a string. Without
//! amounts in the files they are `null`. Estimates are floats; what is not finite is `null`. Shares and errors are
//! fractions (`-0.12` is 12 % too few), days are `2024-12-31`, rates are per week, standard errors stand under the
//! parameter's name. `models[].holdout` is there only when days were held out.

mod contracts;
mod cuts;
mod exact;
mod explained;
mod import;
mod segments;
mod warnings;
mod wire;

use mehrwert_insight::contracts::ContractResult;
use mehrwert_insight::value::ValueResult;
use serde::Serialize;

pub use import::{added, import};

/// The answer as JSON, indented, with a line feed at the end.
#[must_use]
pub fn render(result: &ValueResult) -> String {
    text(&wire::Answer::new(result))
}

/// The answer about contracts as JSON, indented, with a line feed at the end.
#[must_use]
pub fn render_contracts(result: &ContractResult) -> String {
    text(&contracts::Answer::new(result))
}

fn text(answer: &impl Serialize) -> String {
    // Strings, numbers and maps with string keys always have a JSON form.
    let mut json = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut json, exact::ExactFormatter::default());
    let written = answer.serialize(&mut serializer);
    debug_assert!(written.is_ok());
    json.push(b'\n');
    String::from_utf8(json).unwrap_or_default()
}
