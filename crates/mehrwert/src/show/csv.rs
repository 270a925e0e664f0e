//! A row per customer as CSV, for `--format csv` and `--out FILE.csv`.
//!
//! UTF-8, comma, a header, days as `2024-12-31`, a point before decimals, in every language: programs read it.
//! Revenue is exact; estimates have as many digits as a float needs to be read back the same. A cell is empty where
//! nothing is known: revenue of a log without amounts, P(alive) where the model cannot tell.
//!
//! A spreadsheet would run a customer id such as `=cmd|...` as a formula. An id that begins with `=`, `+`, `-`, `@`, a
//! tab or a carriage return therefore gets an apostrophe before it, unless it is a plain signed number, which no
//! spreadsheet takes for a formula. Parquet keeps every id as it is.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

use mehrwert_facts::orders::AmountBasis;
use mehrwert_insight::value::ValueResult;
use rayon::prelude::*;

/// The columns, the same as in Parquet.
/// Rows written in one go, and how many such blocks side by side.
const BLOCK: usize = 8_192;
const BLOCKS_AT_ONCE: usize = 16;

pub(super) const COLUMNS: [&str; 14] = [
    "customer",
    "orders",
    "revenue",
    "first_order",
    "last_order",
    "p_alive",
    "expected_orders",
    "expected_orders_low",
    "expected_orders_high",
    "value",
    "value_low",
    "value_high",
    "value_from_acquisition",
    "group",
];

/// Writes a header and a row per customer, in the order of first appearance.
///
/// # Errors
/// What the writer says.
pub fn write(result: &ValueResult, out: &mut dyn Write) -> io::Result<()> {
    let mut header = csv::Writer::from_writer(Vec::new());
    header.write_record(COLUMNS)?;
    out.write_all(&header.into_inner().map_err(|error| error.into_error())?)?;
    // Writing numbers as text takes longer than finding them: blocks are written side by side, some at a time.
    let customers = result.scores.customer.len();
    for start in (0..customers).step_by(BLOCK * BLOCKS_AT_ONCE) {
        let end = customers.min(start + BLOCK * BLOCKS_AT_ONCE);
        let blocks: Vec<usize> = (start..end).step_by(BLOCK).collect();
        let written: Vec<io::Result<Vec<u8>>> =
            blocks.par_iter().map(|&first| block(result, first..end.min(first + BLOCK))).collect();
        for block in written {
            out.write_all(&block?)?;
        }
    }
    out.flush()
}

/// The rows of some customers.
fn block(result: &ValueResult, rows: Range<usize>) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 16).from_writer(Vec::new());
    let scores = &result.scores;
    let has_amounts = result.basis != AmountBasis::NoAmounts;
    let mut cell = String::new();
    for row in rows {
        writer.write_field(harmless(&scores.customer[row]).as_ref())?;
        let mut field = |text: std::fmt::Arguments<'_>| -> io::Result<()> {
            cell.clear();
            // Writing to a string cannot fail.
            let _ = cell.write_fmt(text);
            Ok(writer.write_field(&cell)?)
        };
        field(format_args!("{}", scores.orders[row]))?;
        if has_amounts {
            field(format_args!("{}", scores.revenue[row]))?;
        } else {
            field(format_args!(""))?;
        }
        field(format_args!("{}", scores.first_order[row]))?;
        field(format_args!("{}", scores.last_order[row]))?;
        match scores.probability_alive[row].filter(|probability| probability.is_finite()) {
            Some(probability) => field(format_args!("{probability}"))?,
            None => field(format_args!(""))?,
        }
        field(format_args!("{}", scores.expected_orders[row]))?;
        field(format_args!("{}", scores.expected_orders_range[row].low))?;
        field(format_args!("{}", scores.expected_orders_range[row].high))?;
        field(format_args!("{}", scores.value[row]))?;
        field(format_args!("{}", scores.value_range[row].low))?;
        field(format_args!("{}", scores.value_range[row].high))?;
        field(format_args!("{}", scores.from_acquisition[row]))?;
        writer.write_field(harmless(result.group_of(row).unwrap_or_default()).as_ref())?;
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(|error| error.into_error())
}

/// The id, with an apostrophe before it where a spreadsheet would take it for a formula.
pub(super) fn harmless(customer: &str) -> std::borrow::Cow<'_, str> {
    let is_risky = customer.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_risky && !is_signed_number(customer) { format!("'{customer}").into() } else { customer.into() }
}

fn is_signed_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_stay() {
        assert_eq!(harmless("=1+2"), "'=1+2");
        assert_eq!(harmless("@handle"), "'@handle");
        assert_eq!(harmless("-2+3"), "'-2+3");
        assert_eq!(harmless("+49170123"), "+49170123");
        assert_eq!(harmless("-17"), "-17");
        assert_eq!(harmless("C-17"), "C-17");
    }
}
