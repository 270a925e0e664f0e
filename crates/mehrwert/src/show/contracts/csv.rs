//! A row per contract as CSV, written as the rows of customers are (see [`crate::show::csv`]).
//!
//! Cells are empty where nothing is known: the end of a contract that runs, and every forecast of contracts for which no
//! model could be fitted.

use std::io::{self, Write};

use mehrwert_insight::contracts::{ContractResult, ContractState};

use crate::show::csv::harmless;

/// The columns, the same as in Parquet.
pub(super) const COLUMNS: [&str; 15] = [
    "customer",
    "contract",
    "product",
    "start",
    "end",
    "price",
    "interval",
    "state",
    "renewals",
    "paid",
    "p_renew",
    "expected_payments",
    "value",
    "value_low",
    "value_high",
];

/// Writes a header and a row per contract, in the order of the files.
///
/// # Errors
/// What the writer says.
pub fn write(result: &ContractResult, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 16).from_writer(out);
    writer.write_record(COLUMNS)?;
    let scores = &result.scores;
    let number = |number: Option<f64>| number.map_or_else(String::new, |number| number.to_string());
    for row in 0..scores.customer.len() {
        let value = scores.value[row];
        for name in [&scores.customer[row], &scores.contract[row], &scores.product[row]] {
            writer.write_field(harmless(name).as_ref())?;
        }
        writer.write_record([
            scores.start[row].to_string(),
            scores.end[row].map_or_else(String::new, |end| end.to_string()),
            scores.price[row].to_string(),
            scores.interval[row].name().to_owned(),
            state(scores.state[row]).to_owned(),
            scores.renewals[row].to_string(),
            scores.paid[row].to_string(),
            number(scores.renews[row]),
            number(scores.payments[row]),
            number(value.map(|value| value.value)),
            number(value.map(|value| value.low)),
            number(value.map(|value| value.high)),
        ])?;
    }
    writer.flush()
}

/// A state by its name for programs.
pub(in crate::show) const fn state(state: ContractState) -> &'static str {
    match state {
        ContractState::Running => "running",
        ContractState::Ending => "ending",
        ContractState::Ended => "ended",
        ContractState::Changed => "changed",
        ContractState::Later => "later",
    }
}
