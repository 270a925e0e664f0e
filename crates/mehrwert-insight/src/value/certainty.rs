//! How far sums over customers may be off: what is expected of a segment, in simulated futures.
//!
//! A future draws the models' parameters, whether each customer is still there and how often it buys, what the spend model
//! leaves uncertain, chance in what single customers spend, and how far models usually miss totals: that one factor is the
//! same for all segments of a future.

use mehrwert_clv::posterior::IntervalError;
use rayon::prelude::*;

use super::forecaster::{CONFIDENCE, Forecaster};
use super::histories::CustomerHistories;
use super::result::{CustomerScores, Estimate};

/// What a segment brings in simulated futures, relative to what is expected of it; each ascending.
#[derive(Debug, Clone)]
pub(super) struct Futures {
    orders: Vec<f64>,
    value: Vec<f64>,
}

impl Futures {
    /// The interval around an expected number of orders.
    pub(super) fn around_orders(&self, expected: f64) -> Estimate {
        around(&self.orders, expected)
    }

    /// The interval around an expected value.
    pub(super) fn around_value(&self, expected: f64) -> Estimate {
        around(&self.value, expected)
    }
}

fn around(ascending: &[f64], expected: f64) -> Estimate {
    let outside = 0.5 * (1.0 - CONFIDENCE);
    let at = |share: f64| {
        let place = (share * ascending.len() as f64).ceil() as usize;
        expected * ascending[place.clamp(1, ascending.len()) - 1]
    };
    let (one, other) = (at(outside), at(1.0 - outside));
    // A negative expectation, as under a negative margin, turns the bounds round.
    Estimate { value: expected, low: one.min(other), high: one.max(other) }
}

/// The futures of segments, given by their rows.
pub(super) fn futures(
    forecaster: &Forecaster,
    histories: &CustomerHistories,
    scores: &CustomerScores,
    segments: &[Vec<u32>],
    days: u32,
) -> Result<Vec<Futures>, IntervalError> {
    let purchases = forecaster.futures(segments, days)?;
    let of_segment = |(segment, orders): (usize, Vec<f64>)| {
        let mut value = orders.clone();
        let rows = &segments[segment];
        if rows.first().is_some_and(|&row| forecaster.spending(row as usize).is_some()) {
            let spend = forecaster.spend_futures(histories, &scores.expected_orders, rows);
            let deviation = spend_deviation(forecaster, histories, scores, rows);
            let chance = forecaster.chance(segment);
            for ((value, spend), chance) in value.iter_mut().zip(&spend).zip(chance) {
                *value *= spend * (deviation * chance - 0.5 * deviation * deviation).exp();
            }
        }
        Futures { orders: ascending(orders), value: ascending(value) }
    };
    Ok(purchases.into_par_iter().enumerate().map(of_segment).collect())
}

fn ascending(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// The relative deviation of a segment's value that comes from not knowing what each customer spends on average: given
/// x repeat purchases that is inverse-gamma of shape p x + q, with the relative variance 1 / (shape - 2).
fn spend_deviation(
    forecaster: &Forecaster,
    histories: &CustomerHistories,
    scores: &CustomerScores,
    rows: &[u32],
) -> f64 {
    let (mut sum, mut squares) = (0.0, 0.0);
    for &row in rows {
        let Some(spending) = forecaster.spending(row as usize) else { continue };
        let [(_, p), (_, q), _] = spending.model.parameters();
        let value = scores.value[row as usize];
        let shape = p * f64::from(histories.purchases[row as usize].saturating_sub(1)) + q;
        sum += value;
        // Close to two the variance has no bound; it counts as that of shape three.
        squares += value * value / (shape - 2.0).max(1.0);
    }
    if sum == 0.0 { 0.0 } else { (squares / (sum * sum)).ln_1p().sqrt() }
}
