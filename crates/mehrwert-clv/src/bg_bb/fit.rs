//! Maximum likelihood for the BG/BB.

use rand::Rng;
use rayon::prelude::*;

use super::model::NAMES;
use super::{BgBb, OccasionHistories, OccasionHistory};
use crate::draw::draw_parameters;
use crate::fit::{Boundary, Convergence, ConvergenceState, FitError, FittedParameter};
use crate::jet::Jet;
use crate::model::check_parameters;
use crate::newton::{Evaluation, Limits, Outcome};
use crate::prior::{LogPrior, SearchOptions};
use crate::search::search;
use crate::special::log_rising_factorial;
use crate::symmetric::{inverse_positive_definite, log_standard_errors};

/// A fitted BG/BB and how well the data determine it.
#[derive(Debug, Clone, PartialEq)]
pub struct BgBbFit {
    /// The model at the maximum of the likelihood, with a prior at that of the posterior density.
    pub model: BgBb,
    /// The log-likelihood there; a prior has no part in it.
    pub log_likelihood: f64,
    /// The parameters with their standard errors.
    pub parameters: [FittedParameter; 4],
    /// Covariance of the logarithms of the parameters; `None` at a boundary and where the likelihood is flat
    /// in some direction.
    pub log_covariance: Option<[[f64; 4]; 4]>,
    /// How the search ended.
    pub convergence: Convergence,
    /// The number of customers fitted to.
    pub customers: f64,
}

impl BgBbFit {
    /// A model whose parameters are drawn from what the data leave uncertain of them (normal in the logarithms), for
    /// intervals of predictions. `None` where the data do not determine all parameters.
    pub fn draw_model(&self, rng: &mut dyn Rng) -> Option<BgBb> {
        Some(BgBb::of(draw_parameters(self.model.values(), self.log_covariance?, &limits(), rng)))
    }
}

/// Two occasions have four outcomes, too few for four parameters.
const LEAST_OCCASIONS: u32 = 3;
/// The box of the search.
const LEAST: f64 = 1e-8;
const MOST: f64 = 1e7;

fn limits() -> Limits<4> {
    Limits { lower: [LEAST.ln(); 4], upper: [MOST.ln(); 4] }
}

/// Parameters beyond these bounds are at a boundary: the likelihood no longer tells them from the limit.
const SMALL: f64 = 1e-5;
const LARGE: f64 = 1e5;
/// Less than this in log-likelihood separates the fit from a model without dropout at the boundary.
const NO_DIFFERENCE: f64 = 1e-6;

/// How to fit the BG/BB.
pub type OccasionOptions = SearchOptions<4>;

impl LogPrior<4> {
    /// A weak prior of the BG/BB: buying at every second occasion and leaving at every fifth on average; the shapes of buying
    /// and the first of leaving within a factor of `exp(1.5)` = 4.5 at two thirds, the second, which rare leaving makes
    /// great, within one of `exp(2)` = 7. Some tens of customers outweigh it.
    pub fn weak_of_occasions() -> LogPrior<4> {
        LogPrior { log_mean: [0.0, 0.0, 0.0, 4f64.ln()], log_deviation: [1.5, 1.5, 1.5, 2.0] }
    }
}

/// Fits the BG/BB by maximum likelihood: [`fit_bg_bb_with`] with the default options.
///
/// # Errors
/// As [`fit_bg_bb_with`].
pub fn fit_bg_bb(histories: &OccasionHistories) -> Result<BgBbFit, FitError> {
    fit_bg_bb_with(histories, &OccasionOptions::default())
}

/// Fits the BG/BB: Newton's method in a trust region on the logarithms of the parameters, with exact derivatives, from
/// several starts. The cost goes by the pairs of occasions and repeats, not by customers.
///
/// ```
/// use mehrwert_clv::bg_bb::{OccasionHistories, OccasionHistory, OccasionOptions, fit_bg_bb, fit_bg_bb_with};
/// use mehrwert_clv::LogPrior;
/// // Nobody bought at the only two occasions so far: by likelihood alone nothing can be said.
/// let few = OccasionHistories::compress([OccasionHistory::new(0, 0, 2)?; 8]);
/// assert!(fit_bg_bb(&few).is_err());
/// let options = OccasionOptions { prior: Some(LogPrior::weak_of_occasions()), ..OccasionOptions::default() };
/// let fit = fit_bg_bb_with(&few, &options)?;
/// assert!(fit.log_covariance.is_some() && fit.model.probability_of_purchases(0, 1) > 0.6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If there are no customers; without a prior, if there are no repeat purchases or nobody was seen for three occasions or
/// more; if the start is no parameter set or the prior none; or if the search does not converge. A maximum at a boundary is
/// not an error: see [`ConvergenceState::AtBoundary`].
pub fn fit_bg_bb_with(histories: &OccasionHistories, options: &OccasionOptions) -> Result<BgBbFit, FitError> {
    check(histories, options)?;
    let evaluate = |at: &[f64; 4]| {
        let sum = log_likelihood(at.map(f64::exp), histories);
        let mut found = Evaluation { value: sum.value, gradient: sum.gradient, hessian: sum.full_hessian() };
        if let Some(prior) = &options.prior {
            prior.add_to(&mut found, at);
        }
        found
    };
    let starts = starts(histories);
    let found = search(evaluate, options, &starts, &limits());
    match found {
        Some(found) if found.converged => Ok(fit_from(&found, histories, options.prior.as_ref())),
        found => Err(FitError::NotConverged {
            iterations: found.map_or(0, |found| found.iterations),
            gradient_norm: found.map_or(f64::NAN, |found| found.gradient_norm),
            parameters: found.map_or(starts[0], |found| found.at).map(f64::exp).to_vec(),
        }),
    }
}

fn check(histories: &OccasionHistories, options: &OccasionOptions) -> Result<(), FitError> {
    if histories.distinct().is_empty() {
        return Err(FitError::NoCustomers);
    }
    if let Some(start) = options.start {
        check_parameters(NAMES, start)?;
    }
    if let Some(prior) = &options.prior {
        return prior.check();
    }
    if histories.distinct().iter().all(|history| history.repeats() == 0) {
        return Err(FitError::NoRepeatPurchases { customers: histories.customers() });
    }
    let seen = histories.most_occasions();
    if seen < LEAST_OCCASIONS {
        return Err(FitError::TooFewOccasions { seen, needed: LEAST_OCCASIONS });
    }
    Ok(())
}

/// With dropout and nearly without, from the share of occasions that were used until the last purchase.
fn starts(histories: &OccasionHistories) -> [[f64; 4]; 3] {
    let (mut bought, mut until_last) = (0.0, 0.0);
    for (history, weight) in histories.iter() {
        bought += weight * f64::from(history.repeats());
        until_last += weight * f64::from(history.last());
    }
    // Without any purchase the ratio is no number.
    let share = if until_last > 0.0 { (bought / until_last).clamp(0.02, 0.98) } else { 0.02 };
    let odds = (1.0 - share) / share;
    [[1.0, odds, 0.7, 3.0], [2.0, 2.0 * odds, 0.05, 1.0], [0.5, odds, 5.0, 20.0]].map(|start| start.map(f64::ln))
}

fn fit_from(outcome: &Outcome<4>, histories: &OccasionHistories, prior: Option<&LogPrior<4>>) -> BgBbFit {
    let values = outcome.at.map(f64::exp);
    let log_likelihood = outcome.evaluation.value - prior.map_or(0.0, |prior| prior.log_density(&outcome.at));
    // A prior bounds every parameter: whatever the box leaves free is determined.
    let is_bounded = prior.is_some() && outcome.free == [true; 4];
    let explanations = if is_bounded { Vec::new() } else { boundaries(values, log_likelihood, histories) };
    // At a boundary the likelihood has no normal shape to read errors from.
    let log_covariance = if explanations.is_empty() {
        inverse_positive_definite(outcome.evaluation.hessian.map(|row| row.map(|h| -h)))
    } else {
        None
    };
    let errors = log_standard_errors(log_covariance, &outcome.evaluation.hessian, outcome.free);
    let state = if explanations.is_empty() {
        ConvergenceState::Converged
    } else {
        ConvergenceState::AtBoundary { explanations }
    };
    BgBbFit {
        model: BgBb::of(values),
        log_likelihood,
        parameters: std::array::from_fn(|i| FittedParameter {
            name: NAMES[i],
            value: values[i],
            standard_error: errors[i].map(|error| values[i] * error),
        }),
        log_covariance,
        convergence: Convergence {
            state,
            iterations: outcome.iterations,
            gradient_norm: outcome.gradient_norm,
            hessian_condition: outcome.condition,
        },
        customers: histories.customers(),
    }
}

fn boundaries(values: [f64; 4], reached: f64, histories: &OccasionHistories) -> Vec<Boundary> {
    let [alpha, beta, gamma, delta] = values;
    let mut found = Vec::new();
    let without_dropout: f64 = histories.iter().map(|(history, weight)| weight * buying(alpha, beta, &history)).sum();
    if reached - without_dropout < NO_DIFFERENCE {
        found.push(Boundary::NoDropoutSeen);
    } else if gamma > LARGE && delta > LARGE {
        found.push(Boundary::DropoutDoesNotVary);
    } else if gamma < SMALL && delta < SMALL {
        found.push(Boundary::DropoutAllOrNothing);
    } else if gamma > LARGE || delta < SMALL {
        found.push(Boundary::EverybodyLeavesAtOnce);
    }
    if alpha > LARGE || (beta < SMALL && alpha > SMALL) {
        // Either both are large, or everybody buys at every occasion.
        found.push(Boundary::PurchaseRatesDoNotVary);
    } else if beta > LARGE || (alpha < SMALL && beta > SMALL) {
        found.push(Boundary::HardlyAnybodyBuysAgain);
    }
    found
}

/// The log-likelihood of a history without dropout: the beta-binomial distribution.
fn buying(alpha: f64, beta: f64, history: &OccasionHistory) -> f64 {
    let (x, n) = (history.repeats(), history.occasions());
    log_rising_factorial(alpha, x).value + log_rising_factorial(beta, n - x).value
        - log_rising_factorial(alpha + beta, n).value
}

/// The log-likelihood with its derivatives by the logarithms of alpha, beta, gamma and delta.
pub(super) fn log_likelihood(values: [f64; 4], histories: &OccasionHistories) -> Jet {
    let terms = Terms::new(values, histories.most_occasions());
    let mut groups = Vec::new();
    let mut rest = histories.distinct();
    let mut weights = histories.weights();
    while let Some(first) = rest.first() {
        let pair = (first.occasions(), first.repeats());
        let count = rest.partition_point(|history| (history.occasions(), history.repeats()) <= pair);
        let (group, others) = rest.split_at(count);
        let (of_group, of_others) = weights.split_at(count);
        groups.push((group, of_group));
        (rest, weights) = (others, of_others);
    }
    // Summed in order, so that the result does not depend on the number of threads.
    let sums: Vec<Jet> = groups.par_iter().map(|&(group, weights)| terms.of_group(group, weights)).collect();
    sums.iter().fold(Jet::ZERO, |sum, jet| sum + *jet)
}

/// Logarithms of rising factorials, by their length.
struct Terms {
    alpha: Vec<Jet>,
    beta: Vec<Jet>,
    /// Of alpha + beta.
    buying: Vec<Jet>,
    /// The probability to have stayed for so many occasions.
    stayed: Vec<Jet>,
    /// The probability to have stayed for so many and left at the next.
    left: Vec<Jet>,
}

impl Terms {
    fn new(values: [f64; 4], occasions: u32) -> Terms {
        let [alpha, beta, gamma, delta] = std::array::from_fn(|i| Jet::positive_parameter(i, values[i]));
        let rising = |of: Jet| -> Vec<Jet> {
            let at = |n| {
                let found = log_rising_factorial(of.value, n);
                of.map(found.value, found.first, found.second)
            };
            (0..=occasions + 1).map(at).collect()
        };
        let (delta_rising, sum_rising) = (rising(delta), rising(gamma + delta));
        let log_gamma = gamma.ln();
        Terms {
            alpha: rising(alpha),
            beta: rising(beta),
            buying: rising(alpha + beta),
            stayed: delta_rising.iter().zip(&sum_rising).map(|(&above, &below)| above - below).collect(),
            left: delta_rising.iter().zip(&sum_rising[1..]).map(|(&above, &below)| log_gamma + above - below).collect(),
        }
    }

    /// Histories of equal occasions and repeats, in ascending order of the last purchase: they share the terms of the
    /// occasions after it.
    fn of_group(&self, histories: &[OccasionHistory], weights: &[f64]) -> Jet {
        let mut sum = Jet::ZERO;
        let Some(first) = histories.first() else { return sum };
        let (x, n) = (first.repeats() as usize, first.occasions() as usize);
        let not_bought = |k: usize| self.beta[k - x] - self.buying[k];
        let mut explained = not_bought(n) + self.stayed[n];
        let mut seen = n;
        for (history, &weight) in histories.iter().zip(weights).rev() {
            while seen > history.last() as usize {
                seen -= 1;
                let mut either = Jet::ZERO;
                either.add_scaled_log_sum(1.0, &explained, &(not_bought(seen) + self.left[seen]));
                explained = either;
            }
            sum.add_scaled(weight, &(self.alpha[x] + explained));
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_equal_finite_differences() {
        let histories = [(0, 0, 6), (1, 3, 6), (2, 6, 6), (2, 3, 6), (0, 0, 2), (5, 5, 9)]
            .map(|(x, last, n)| OccasionHistory::new(x, last, n).unwrap());
        let histories = OccasionHistories::compress(histories);
        for logs in [[0.2, -0.3, -0.4, 1.0], [-4.0, 3.0, -3.0, -6.0], [6.0, 7.0, 5.0, 8.0]] {
            let at = |logs: [f64; 4]| log_likelihood(logs.map(f64::exp), &histories);
            let jet = at(logs);
            for i in 0..4 {
                let moved = |by: f64| {
                    let mut to = logs;
                    to[i] += by;
                    at(to)
                };
                let (up, down) = (moved(1e-5), moved(-1e-5));
                assert!(((up.value - down.value) / 2e-5 - jet.gradient[i]).abs() < 1e-7);
                for j in 0..4 {
                    let bend = (up.gradient[j] - down.gradient[j]) / 2e-5;
                    assert!((bend - jet.full_hessian()[i][j]).abs() < 1e-7);
                }
            }
        }
    }
}
