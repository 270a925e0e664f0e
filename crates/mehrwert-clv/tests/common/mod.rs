//! The CDNOW data as purchase histories.

// Every test file uses its own part of this.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use mehrwert_clv::spend::SpendHistory;
use mehrwert_clv::{Days, Fit, FitOptions, Histories, History, ModelKind, fit};

/// A day as its number since 1997-01-01.
pub type Day = u32;

/// The end of the calibration period, 1997-09-30, and of the data, 1998-06-30.
pub const CALIBRATION_END: Day = 272;
pub const DATA_END: Day = 545;

/// One line of a file: who, when, how much.
pub struct Purchase {
    pub customer: String,
    pub day: Day,
    pub amount: f64,
}

/// The full data: customer, date, discs, amount.
pub fn full() -> Vec<Purchase> {
    read("../../examples/cdnow.txt.gz", 0, 1, 3)
}

/// The sample of a tenth: master id, id, date, discs, amount.
pub fn sample() -> Vec<Purchase> {
    read("tests/data/cdnow_sample.txt.gz", 1, 2, 4)
}

fn read(path: &str, customer: usize, date: usize, amount: usize) -> Vec<Purchase> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut text = String::new();
    GzDecoder::new(File::open(&path).expect("the data file")).read_to_string(&mut text).expect("gzipped text");
    let mut purchases = Vec::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        // A header or an empty line has no date of eight digits.
        if fields.len() <= amount || fields[date].len() != 8 || fields[date].parse::<u32>().is_err() {
            continue;
        }
        purchases.push(Purchase {
            customer: fields[customer].to_owned(),
            day: day_of(fields[date]),
            amount: fields[amount].parse().expect("an amount"),
        });
    }
    purchases
}

fn day_of(date: &str) -> Day {
    const DAYS_BEFORE_MONTH: [u32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let number = |from: usize, to: usize| date[from..to].parse::<u32>().expect("digits");
    // 1997 and 1998 are no leap years.
    (number(0, 4) - 1997) * 365 + DAYS_BEFORE_MONTH[number(4, 6) as usize - 1] + number(6, 8) - 1
}

/// What is known of a customer at the end of the calibration period, and what came after.
pub struct Customer {
    pub id: String,
    pub history: History,
    pub spend: SpendHistory,
    /// Purchase days in the holdout period.
    pub later: u32,
    /// Amount spent in the holdout period.
    pub later_amount: f64,
}

pub fn customers(purchases: &[Purchase]) -> Vec<Customer> {
    let mut by_customer: BTreeMap<&str, BTreeMap<Day, f64>> = BTreeMap::new();
    for purchase in purchases {
        *by_customer.entry(&purchase.customer).or_default().entry(purchase.day).or_default() += purchase.amount;
    }
    // Who came only in the holdout period is not known yet.
    let known = |days: &BTreeMap<Day, f64>| days.keys().next().is_some_and(|&first| first <= CALIBRATION_END);
    by_customer.into_iter().filter(|(_, days)| known(days)).map(|(id, days)| customer(id, &days)).collect()
}

fn customer(id: &str, days: &BTreeMap<Day, f64>) -> Customer {
    let first = *days.keys().next().expect("a purchase");
    let repeats: Vec<(Day, f64)> = days.range(first + 1..=CALIBRATION_END).map(|(d, a)| (*d, *a)).collect();
    let last = repeats.last().map_or(first, |repeat| repeat.0);
    let count = repeats.len() as u32;
    let amount: f64 = repeats.iter().map(|repeat| repeat.1).sum();
    let history = History::new(count, last - first, CALIBRATION_END - first).expect("a possible history");
    Customer {
        id: id.to_owned(),
        history,
        spend: SpendHistory { repeats: count, mean: if count > 0 { amount / f64::from(count) } else { 0.0 } },
        later: days.range(CALIBRATION_END + 1..).count() as u32,
        later_amount: days.range(CALIBRATION_END + 1..).map(|(_, amount)| amount).sum(),
    }
}

pub fn histories(customers: &[Customer]) -> Histories {
    Histories::compress(customers.iter().map(|customer| customer.history))
}

pub fn fitted(kind: ModelKind, histories: &Histories) -> Fit {
    fit(kind, histories, &FitOptions::default()).expect("a fit")
}

pub fn weeks(count: f64) -> Days {
    Days::from_weeks(count)
}

/// Fails unless `found` is `expected` to within `tolerance`.
#[track_caller]
pub fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "found {found}, expected {expected} within {tolerance}");
}
