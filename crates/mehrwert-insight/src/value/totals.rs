//! From customers to the whole: the total with its interval, and the value pyramid.

use mehrwert_clv::{Days, DiscountRate, History, model_with};
use mehrwert_core::Amount;

use super::forecast::Fitted;
use super::histories::CustomerHistories;
use super::result::{CustomerScores, Estimate, PyramidStep};

/// Probability that an interval holds.
pub(super) const CONFIDENCE: f64 = 0.9;
/// Standard deviations from the middle to the bounds of a 90 % interval.
const DEVIATIONS: f64 = 1.644_853_626_951_472_6;
/// Borders of the pyramid's steps, as shares of the customers.
const STEPS: [(f64, f64); 5] = [(0.0, 0.01), (0.01, 0.05), (0.05, 0.2), (0.2, 0.5), (0.5, 1.0)];
/// Histories looked at when asking how a total moves with the parameters: relative moves need no more.
const MOST_HISTORIES: usize = 4_000;
/// A step on the logarithm of a parameter, small enough for a difference and large enough for its digits.
const STEP: f64 = 1e-4;

/// How far totals may be off, as variances of their logarithm.
#[derive(Debug, Clone, Copy)]
pub(super) struct Uncertainty {
    /// Because the parameters are estimated.
    pub parameters: f64,
    /// Because people differ from their expectation.
    pub individuals: f64,
    /// Because no model is true: the mean squared error of totals, at the rolling cuts and by experience.
    pub misspecification: f64,
}

impl Uncertainty {
    /// The interval around a total; it never reaches zero, because the errors multiply.
    pub(super) fn around(&self, total: f64) -> Estimate {
        let deviation = (self.parameters + self.individuals + self.misspecification).sqrt();
        let factor = (DEVIATIONS * deviation).min(50.0).exp();
        Estimate { value: total, low: total / factor, high: total * factor }
    }
}

/// How far the total of expected purchases may be off; `misspecification` is what the rolling cuts tell of it.
pub(super) fn uncertainty(
    fitted: &Fitted,
    histories: &CustomerHistories,
    days: u32,
    misspecification: f64,
) -> Uncertainty {
    Uncertainty {
        parameters: parameter_variance(fitted, histories, days),
        individuals: individual_variance(fitted, histories, days),
        misspecification: misspecification * misspecification,
    }
}

/// The delta method: the gradient of ln(total) on the log parameters, through their covariance.
fn parameter_variance(fitted: &Fitted, histories: &CustomerHistories, days: u32) -> f64 {
    let Some(covariance) = fitted.fit.log_covariance else { return 0.0 };
    let distinct = histories.compressed.distinct();
    let stride = distinct.len().div_ceil(MOST_HISTORIES).max(1);
    let sample: Vec<History> = distinct.iter().copied().step_by(stride).collect();
    let weights: Vec<f64> = histories.compressed.weights().iter().copied().step_by(stride).collect();
    let model = &fitted.fit.model;
    let mut parameters = [0.0; 4];
    for (place, (_, value)) in parameters.iter_mut().zip(model.parameters()) {
        *place = value;
    }
    let log_total = |parameters: [f64; 4]| -> Option<f64> {
        let model = model_with(model.kind(), parameters, model.time_unit()).ok()?;
        let scores = model.score(&sample, Days::new(f64::from(days)), DiscountRate::NONE);
        let total: f64 = scores.iter().zip(&weights).map(|(score, weight)| score.expected_purchases * weight).sum();
        (total > 0.0).then(|| total.ln())
    };
    let slope = |index: usize| -> Option<f64> {
        let moved = |by: f64| {
            let mut moved = parameters;
            moved[index] *= by.exp();
            log_total(moved)
        };
        Some((moved(STEP)? - moved(-STEP)?) / (2.0 * STEP))
    };
    let gradient: [f64; 4] = std::array::from_fn(|index| slope(index).unwrap_or(0.0));
    let variance: f64 = (0..4)
        .flat_map(|row| (0..4).map(move |column| (row, column)))
        .map(|(row, column)| gradient[row] * covariance[row][column] * gradient[column])
        .sum();
    variance.max(0.0)
}

/// Purchases scatter around each customer's rate, and the rate around what the history tells of it (a gamma
/// distribution of shape r + x): Var = E + E^2 / (r + x), or more where the customer may have left.
fn individual_variance(fitted: &Fitted, histories: &CustomerHistories, days: u32) -> f64 {
    let shape = fitted.fit.model.parameters().first().map_or(1.0, |(_, r)| *r);
    let scores = fitted.scores(histories, days, DiscountRate::NONE);
    let mut total = 0.0;
    let mut variance = 0.0;
    let distinct = histories.compressed.distinct().iter().zip(histories.compressed.weights());
    for (score, (history, weight)) in scores.iter().zip(distinct) {
        let alive = score.probability_alive.clamp(1e-9, 1.0);
        let if_alive = score.expected_purchases / alive;
        let second = if_alive + if_alive * if_alive * (1.0 + 1.0 / (shape + f64::from(history.repeats())));
        total += weight * score.expected_purchases;
        variance += weight * (alive * second - score.expected_purchases * score.expected_purchases).max(0.0);
    }
    if total > 0.0 { variance / (total * total) } else { 0.0 }
}

/// Customers from most to least valuable, in steps.
pub(super) fn pyramid(scores: &CustomerScores) -> Vec<PyramidStep> {
    let mut ranked: Vec<u32> = (0..u32::try_from(scores.value.len()).unwrap_or(u32::MAX)).collect();
    ranked.sort_unstable_by(|&left, &right| scores.value[right as usize].total_cmp(&scores.value[left as usize]));
    let total: f64 = scores.value.iter().sum();
    let count = ranked.len();
    let place = |share: f64| (share * count as f64).round() as usize;
    STEPS
        .iter()
        .map(|&(from, to)| {
            let members = &ranked[place(from)..place(to)];
            let value: f64 = members.iter().map(|&row| scores.value[row as usize]).sum();
            let revenue: Amount = members.iter().map(|&row| scores.revenue[row as usize]).sum();
            PyramidStep {
                from,
                to,
                customers: members.len() as u64,
                value,
                share: if total > 0.0 { value / total } else { 0.0 },
                revenue: revenue.to_f64(),
            }
        })
        .collect()
}
