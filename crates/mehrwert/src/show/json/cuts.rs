//! The shape of the rolling cuts, in full.

use mehrwert_insight::value::{Calibration, CutReport, Judged};
use serde::Serialize;

use super::super::names;
use super::wire::{Errors, baseline, errors_of};

#[derive(Serialize)]
pub(super) struct Cut {
    day: String,
    days: u32,
    customers: u64,
    forecasts: Vec<Forecast>,
    without_fit: Vec<WithoutFit>,
}

#[derive(Serialize)]
struct Forecast {
    name: &'static str,
    errors: Errors,
    /// Shares by tenth of the randomised probability integral transform.
    pit: [f64; 10],
    calibration: Vec<Tenth>,
}

#[derive(Serialize)]
struct WithoutFit {
    name: &'static str,
    reason: String,
}

#[derive(Serialize)]
struct Tenth {
    customers: usize,
    expected: f64,
    low: f64,
    high: f64,
    actual: u64,
}

pub(super) fn cut(report: &CutReport) -> Cut {
    let models = report.models.iter().map(|(kind, judged)| forecast(names::model(*kind), judged));
    let naive = report.baselines.iter().map(|(kind, judged)| forecast(baseline(*kind), judged));
    let without_fit = report.without_fit.iter();
    Cut {
        day: report.day.to_string(),
        days: report.days,
        customers: report.customers,
        forecasts: models.chain(naive).collect(),
        without_fit: without_fit
            .map(|(kind, reason)| WithoutFit { name: names::model(*kind), reason: reason.clone() })
            .collect(),
    }
}

fn forecast(name: &'static str, judged: &Judged) -> Forecast {
    let tenth = |&Calibration { customers, expected, low, high, actual }: &Calibration| Tenth {
        customers,
        expected,
        low,
        high,
        actual,
    };
    Forecast {
        name,
        errors: errors_of(judged.accuracy),
        pit: judged.pit,
        calibration: judged.calibration.iter().map(tenth).collect(),
    }
}
