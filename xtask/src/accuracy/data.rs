//! The public data sets whose format needs no reader.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use mehrwert_clv::Timelines;
use mehrwert_core::Day;

use crate::run::{Failure, root};

/// CDNOW: 23,570 customers won in the first quarter of 1997, their purchases until mid-1998. Customer, date, discs and
/// amount stand in a line, below the names of the columns. Days count from the epoch.
pub fn cdnow() -> Result<Timelines, Failure> {
    read(&root().join("examples").join("cdnow.txt.gz"), 1, 0)
}

/// Every tenth of them, with two numbers of each customer and without names of the columns.
pub fn cdnow_sample() -> Result<Timelines, Failure> {
    read(&root().join("crates/mehrwert-clv/tests/data/cdnow_sample.txt.gz"), 0, 1)
}

/// Lines from the first with data on; the customer stands in this column and the date in the next.
fn read(path: &Path, first: usize, column: usize) -> Result<Timelines, Failure> {
    let failure = |source| Failure::File { path: path.to_owned(), source };
    let mut text = String::new();
    GzDecoder::new(File::open(path).map_err(failure)?).read_to_string(&mut text).map_err(failure)?;
    let mut customers: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
    for line in text.lines().skip(first).filter(|line| !line.trim().is_empty()) {
        let mut fields = line.split_whitespace().skip(column);
        let purchase = fields.next().zip(fields.next().and_then(day));
        let (customer, day) =
            purchase.ok_or_else(|| Failure::Promise(format!("{}: no purchase in {line:?}", path.display())))?;
        customers.entry(customer).or_default().push(day);
    }
    Timelines::from_customers(customers.into_values()).map_err(|error| Failure::Promise(error.to_string()))
}

/// A day from eight digits.
fn day(digits: &str) -> Option<i32> {
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<i32>().ok();
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let day = Day::from_calendar(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)?;
    Some(day.epoch())
}

/// The end of the calibration period of the literature, 1997-09-30, and the days of its holdout.
pub const CDNOW_SPLIT: (&str, u32) = ("19970930", 273);

/// The day on which CDNOW is split.
pub fn cdnow_until() -> Option<i32> {
    day(CDNOW_SPLIT.0)
}
