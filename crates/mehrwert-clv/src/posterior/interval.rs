//! Intervals of predictions: what the parameters leave uncertain, what customers leave to chance, and by how much the
//! model itself is usually off.

use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;
use thiserror::Error;

use super::Posterior;
use crate::{Days, History};

/// How sure an interval is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntervalOptions {
    /// The probability that the truth lies within, between 0 and 1 (exclusive): 0.9 leaves 5 % on either side.
    pub confidence: f64,
    /// By how much the model is usually off beyond chance, as the standard deviation of the logarithm of actual over
    /// predicted purchases, at least 0. The data within the model cannot tell it; fits to earlier times, held against
    /// what came after, can. It widens the interval by a log-normal factor whose median is one, and does not move the
    /// mean.
    pub misspecification: f64,
    /// Simulated futures, at least 100.
    pub simulations: usize,
}

impl Default for IntervalOptions {
    fn default() -> IntervalOptions {
        IntervalOptions { confidence: 0.9, misspecification: 0.0, simulations: 4000 }
    }
}

/// Why there is no interval.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum IntervalError {
    /// An option that cannot be met.
    #[error("{option} is {value}: expected {expected}")]
    BadOption {
        /// The name of the option.
        option: &'static str,
        /// What was handed in.
        value: f64,
        /// What can be used.
        expected: &'static str,
    },
    /// Over an infinite horizon purchases have no interval.
    #[error("the horizon is infinite: expected a span of time that ends")]
    EndlessHorizon,
    /// A group names a customer that there is none of.
    #[error("group {group} names customer {customer}: expected numbers from 0 to below {customers}")]
    NoCustomer {
        /// The position of the group, from zero.
        group: usize,
        /// The number it names.
        customer: usize,
        /// How many customers there are.
        customers: usize,
    },
    /// A name that is no parameter's.
    #[error("no parameter {0} in this model")]
    NoParameter(String),
}

/// What lies between two quantiles, the same probability being left on either side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The expected value.
    pub mean: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The probability of lying within.
    pub confidence: f64,
}

/// Parameter draws that an interval is made from.
pub(super) const DRAWS: usize = 128;
impl Posterior {
    /// The interval of a parameter, by its name.
    ///
    /// # Errors
    /// If there is no such parameter, or the confidence is not between 0 and 1.
    pub fn parameter(&self, name: &str, confidence: f64) -> Result<Interval, IntervalError> {
        check(&IntervalOptions { confidence, ..IntervalOptions::default() }, Days::ZERO)?;
        let names = self.kind.parameter_names();
        let place = names.iter().position(|known| *known == name);
        let place = place.ok_or_else(|| IntervalError::NoParameter(name.to_owned()))?;
        let mut weighted: Vec<(f64, f64)> =
            self.draws.iter().zip(&self.weights).map(|(draw, &weight)| (draw[place], weight)).collect();
        let mean = weighted.iter().map(|(value, weight)| value * weight).sum();
        weighted.sort_by(|one, other| one.0.total_cmp(&other.0));
        let [low, high] = ends(confidence).map(|share| weighted_quantile(&weighted, share));
        Ok(Interval { mean, low, high, confidence })
    }

    /// The interval of the purchases that one customer makes within `over`: whole numbers, by simulating the customer's
    /// future under parameters drawn from the posterior. A misspecification quickens or slows the customer's purchases.
    ///
    /// # Errors
    /// If an option cannot be used or the horizon is infinite.
    pub fn purchases(
        &self,
        history: &History,
        over: Days,
        options: &IntervalOptions,
        rng: &mut dyn Rng,
    ) -> Result<Interval, IntervalError> {
        check(options, over)?;
        let mut rng = Pcg64Mcg::seed_from_u64(rng.next_u64());
        let models = self.models(DRAWS, &mut rng);
        let mean = models.iter().map(|model| model.expected_purchases(history, over)).sum::<f64>() / DRAWS as f64;
        let each = options.simulations.div_ceil(DRAWS);
        let mut counts: Vec<u32> = Vec::with_capacity(each * DRAWS);
        for model in &models {
            let mut pace = || {
                let normal: f64 = StandardNormal.sample(&mut rng);
                (options.misspecification * normal).exp()
            };
            let paces: Vec<f64> = (0..each).map(|_| pace()).collect();
            counts.extend(model.simulate_purchases(history, over, &paces, &mut rng));
        }
        counts.sort_unstable();
        let [low, high] = ends(options.confidence).map(|share| f64::from(quantile(&counts, share)));
        Ok(Interval { mean, low, high, confidence: options.confidence })
    }
}

pub(super) fn check(options: &IntervalOptions, over: Days) -> Result<(), IntervalError> {
    let IntervalOptions { confidence, misspecification, simulations } = *options;
    let bad = |option, value, expected| Err(IntervalError::BadOption { option, value, expected });
    if !(confidence > 0.0 && confidence < 1.0) {
        return bad("confidence", confidence, "a number between 0 and 1");
    }
    if !(misspecification >= 0.0 && misspecification.is_finite()) {
        return bad("misspecification", misspecification, "a finite number from 0 on");
    }
    if simulations < 100 {
        return bad("simulations", simulations as f64, "at least 100");
    }
    if over == Days::FOREVER { Err(IntervalError::EndlessHorizon) } else { Ok(()) }
}

/// The shares below the two ends.
pub(super) fn ends(confidence: f64) -> [f64; 2] {
    let outside = 0.5 * (1.0 - confidence);
    [outside, 1.0 - outside]
}

/// Of ascending values, at least one.
pub(super) fn quantile<T: Copy>(ascending: &[T], share: f64) -> T {
    let place = (share * ascending.len() as f64).ceil() as usize;
    ascending[place.clamp(1, ascending.len()) - 1]
}

/// Of ascending values, at least one, with weights that sum to one.
fn weighted_quantile(ascending: &[(f64, f64)], share: f64) -> f64 {
    let mut cumulated = 0.0;
    for &(value, weight) in ascending {
        cumulated += weight;
        if cumulated >= share {
            return value;
        }
    }
    ascending[ascending.len() - 1].0
}
