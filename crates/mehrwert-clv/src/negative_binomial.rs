//! Purchases at a gamma-distributed rate, what all the models build on: the negative binomial distribution (Ehrenberg
//! 1959). `r` is the shape and `alpha` the rate of the gamma distribution, parameters 0 and 1 of every model.

use crate::jet::{Jet, NONE};
use crate::special::{ln_gamma, log_rising_factorial};

/// `ln(gamma(r + x) / gamma(r) / alpha^x)`: x purchases at their times, before the time without purchases.
pub(crate) fn log_purchases(r: f64, alpha: f64, repeats: u32) -> Jet<NONE> {
    purchases_term(r, alpha, repeats)
}

/// [`log_purchases`], with a Hessian where one is wanted.
pub(crate) fn purchases_term<const H: usize>(r: f64, alpha: f64, repeats: u32) -> Jet<H> {
    let count = f64::from(repeats);
    let rising = log_rising_factorial(r, repeats);
    let of_alpha = Jet::of_one(1, -count * alpha.ln(), -count, 0.0);
    Jet::positive_parameter(0, r).map(rising.value, rising.first, rising.second) + of_alpha
}

/// `ln(1 + t / parameter)` as a function of the parameter's logarithm.
pub(crate) fn log_one_plus_ratio<const H: usize>(parameter: usize, value: f64, time: f64) -> Jet<H> {
    let share = time / (value + time);
    Jet::of_one(parameter, (time / value).ln_1p(), -share, share * value / (value + time))
}

/// Log of the probability of exactly `count` purchases in `time`, if nobody leaves.
pub(crate) fn log_probability(r: f64, alpha: f64, count: u32, time: f64) -> f64 {
    // With no count there is nothing to multiply an infinite logarithm by.
    let purchases = if count == 0 { 0.0 } else { f64::from(count) * (alpha / time).ln_1p() };
    log_ways(r, count) - r * (time / alpha).ln_1p() - purchases
}

/// `ln(gamma(r + count) / (gamma(r) count!))`.
pub(crate) fn log_ways(r: f64, count: u32) -> f64 {
    log_rising_factorial(r, count).value - ln_gamma(f64::from(count) + 1.0).value
}
