//! What a purchase brings: the Gamma-Gamma model (Fader, Hardie & Lee 2005; Fader & Hardie 2013).
//!
//! A customer's amounts vary around the customer's own mean (gamma, shape p); the means vary between customers, such
//! that their inverse is gamma with shape q and scale parameter p v. Amount and frequency are taken to be independent,
//! which should be checked: the correlation of repeats and mean should be small.

use rayon::prelude::*;

use crate::fit::{Boundary, Convergence, ConvergenceState, FitError, FittedParameter};
use crate::model::{ParameterError, check_parameters};
use crate::newton::{Evaluation, Limits, Outcome, maximise};
use crate::special::{WithDerivatives, ln_gamma, log_gamma_ratio};
use crate::symmetric::{inverse_positive_definite, log_standard_errors};

/// A customer's repeat purchases and their mean amount.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpendHistory {
    /// Repeat purchases.
    pub repeats: u32,
    /// Mean amount of a repeat purchase.
    pub mean: f64,
}

/// The Gamma-Gamma model: how much a customer spends a purchase.
///
/// ```
/// use mehrwert_clv::spend::GammaGamma;
/// let model = GammaGamma::new(6.25, 3.74, 15.44)?;
/// // The more is known of a customer, the less the prediction leans on the others.
/// assert!(model.expected_spend(1, 100.0) < model.expected_spend(10, 100.0));
/// assert_eq!(model.expected_spend(0, 0.0), model.population_mean());
/// # Ok::<(), mehrwert_clv::ParameterError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaGamma {
    p: f64,
    q: f64,
    v: f64,
}

const NAMES: [&str; 3] = ["p", "q", "v"];

/// An expected spend is at most this many times the amount at the customer's expected inverse mean.
const HEAVIEST_TAIL: f64 = 10.0;

impl GammaGamma {
    /// The model with these parameters: p and q are shapes, v is in the unit of the amounts.
    ///
    /// # Errors
    /// If a parameter is not a finite number above zero.
    pub fn new(p: f64, q: f64, v: f64) -> Result<GammaGamma, ParameterError> {
        check_parameters(NAMES, [p, q, v])?;
        Ok(GammaGamma { p, q, v })
    }

    /// The model with parameters that are known to be finite and above zero.
    pub(crate) fn of(p: f64, q: f64, v: f64) -> GammaGamma {
        GammaGamma { p, q, v }
    }

    /// Names and values of the parameters.
    pub fn parameters(&self) -> [(&'static str, f64); 3] {
        [("p", self.p), ("q", self.q), ("v", self.v)]
    }

    /// The expected mean amount of a customer with so many repeat purchases of this mean amount, in the unit of the
    /// amounts: `p (v + x m) / (p x + q - 1)`.
    ///
    /// Where `p x + q` is one or less the expectation does not exist, and close above one it is absurdly great. There
    /// the answer is ten times `p (v + x m) / (p x + q)`, the amount at the customer's expected inverse mean: it is
    /// positive, finite, and the formula's own value where the two meet. A mean that is negative or not finite, as
    /// after refunds, counts as no observation.
    pub fn expected_spend(&self, repeats: u32, mean: f64) -> f64 {
        let repeats = if mean.is_finite() && mean >= 0.0 { f64::from(repeats) } else { 0.0 };
        let total = if repeats > 0.0 { repeats * mean } else { 0.0 };
        let shape = self.p * repeats + self.q;
        self.p * (self.v + total) / (shape - 1.0).max(shape / HEAVIEST_TAIL)
    }

    /// The expected mean amount of a customer of whom nothing is known: `p v / (q - 1)`, see
    /// [`GammaGamma::expected_spend`] for q close to one or less.
    pub fn population_mean(&self) -> f64 {
        self.expected_spend(0, 0.0)
    }

    /// The log-likelihood of the customers with at least one repeat purchase and a mean above zero.
    pub fn log_likelihood(&self, customers: &[SpendHistory]) -> f64 {
        let sample = Sample::new(customers, 1.0);
        sample.log_likelihood([self.p, self.q, self.v]).value
    }
}

/// A fitted spend model and how well the data determine it.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendFit {
    /// The model at the maximum of the likelihood.
    pub model: GammaGamma,
    /// The log-likelihood there. Where amounts do not vary it has no maximum; this is its value for the model given.
    pub log_likelihood: f64,
    /// The parameters with their standard errors.
    pub parameters: [FittedParameter; 3],
    /// Covariance of the logarithms of the parameters; `None` where the likelihood is flat or unbounded.
    pub log_covariance: Option<[[f64; 3]; 3]>,
    /// How the search ended.
    pub convergence: Convergence,
    /// The number of customers fitted to: those with repeat purchases and a mean above zero.
    pub customers: f64,
}

/// Amounts closer together than this, relative to their mean, do not vary.
const SAME_AMOUNT: f64 = 1e-9;
/// The shape that stands for amounts that do not vary.
const NO_VARIATION: f64 = 1e7;
const MAX_ITERATIONS: u32 = 200;
/// Shapes beyond this are at a boundary.
const LARGE: f64 = 1e5;

/// Fits the Gamma-Gamma model by maximum likelihood.
///
/// Customers with at least one repeat purchase and a positive mean enter; others say nothing about the amount.
///
/// ```
/// use mehrwert_clv::spend::{SpendHistory, fit_spend};
/// let customers = [(2, 20.0), (1, 35.0), (4, 28.0), (3, 90.0), (1, 12.0), (2, 51.0), (5, 33.0), (1, 18.0)]
///     .map(|(repeats, mean)| SpendHistory { repeats, mean });
/// let fit = fit_spend(&customers)?;
/// assert!(fit.model.expected_spend(3, 90.0) < 90.0);
/// # Ok::<(), mehrwert_clv::FitError>(())
/// ```
///
/// # Errors
/// If no customer can enter, if a mean is not finite, or if the search does not converge. Amounts that do not vary are
/// no error but a boundary ([`Boundary::AmountsDoNotVary`]): the expected spend is that amount.
pub fn fit_spend(customers: &[SpendHistory]) -> Result<SpendFit, FitError> {
    if let Some(position) = customers.iter().position(|customer| !customer.mean.is_finite()) {
        return Err(FitError::SpendNotFinite { position, mean: customers[position].mean });
    }
    // In units of the mean amount the parameters are of the order of one, whatever the currency.
    let (scale, spread) = scale_and_spread(customers).ok_or(FitError::NoSpend)?;
    let sample = Sample::new(customers, scale);
    if spread <= SAME_AMOUNT {
        return Ok(without_variation(&sample, scale));
    }
    let evaluate = |at: &[f64; 3]| sample.log_likelihood(at.map(f64::exp));
    let limits = Limits { lower: [1e-8f64.ln(); 3], upper: [1e7f64.ln(), 1e7f64.ln(), 1e15f64.ln()] };
    let start = [2.0f64.ln(), 2.5f64.ln(), 0.75f64.ln()];
    match maximise(evaluate, start, &limits, MAX_ITERATIONS) {
        Some(outcome) if outcome.converged => Ok(fit_from(&outcome, &sample, scale)),
        outcome => Err(FitError::NotConverged {
            iterations: outcome.map_or(0, |outcome| outcome.iterations),
            gradient_norm: outcome.map_or(f64::NAN, |outcome| outcome.gradient_norm),
            parameters: outcome.map_or(start, |outcome| outcome.at).map(f64::exp).to_vec(),
        }),
    }
}

pub(crate) fn enters(customer: &&SpendHistory) -> bool {
    customer.repeats > 0 && customer.mean > 0.0
}

/// The mean of the customers' means, and how far they lie apart relative to it.
fn scale_and_spread(customers: &[SpendHistory]) -> Option<(f64, f64)> {
    let (mut count, mut sum) = (0.0, 0.0);
    let (mut least, mut most) = (f64::INFINITY, 0.0);
    for customer in customers.iter().filter(enters) {
        count += 1.0;
        sum += customer.mean;
        least = f64::min(least, customer.mean);
        most = f64::max(most, customer.mean);
    }
    let scale = sum / count;
    (count > 0.0 && scale.is_finite()).then_some((scale, (most - least) / scale))
}

/// The likelihood has no bound; p = q - 1 without limit gives every customer the same amount, and so does this.
fn without_variation(sample: &Sample, scale: f64) -> SpendFit {
    let values = [NO_VARIATION, NO_VARIATION + 1.0, 1.0];
    let model = GammaGamma { p: values[0], q: values[1], v: scale };
    SpendFit {
        model,
        log_likelihood: sample.log_likelihood(values).value - sample.log_scale(scale),
        parameters: std::array::from_fn(|i| FittedParameter {
            name: NAMES[i],
            value: model.parameters()[i].1,
            standard_error: None,
        }),
        log_covariance: None,
        convergence: Convergence {
            state: ConvergenceState::AtBoundary { explanations: vec![Boundary::AmountsDoNotVary] },
            iterations: 0,
            gradient_norm: 0.0,
            hessian_condition: f64::INFINITY,
        },
        customers: sample.customers,
    }
}

fn fit_from(outcome: &Outcome<3>, sample: &Sample, scale: f64) -> SpendFit {
    let [p, q, scaled_v] = outcome.at.map(f64::exp);
    let model = GammaGamma { p, q, v: scaled_v * scale };
    let log_covariance = inverse_positive_definite(outcome.evaluation.hessian.map(|row| row.map(|h| -h)));
    let mut explanations = Vec::new();
    if p > LARGE {
        explanations.push(Boundary::AmountsDoNotVary);
    }
    if q > LARGE {
        explanations.push(Boundary::CustomersSpendAlike);
    }
    let trusted = log_covariance.filter(|_| explanations.is_empty());
    let errors = log_standard_errors(trusted, &outcome.evaluation.hessian, outcome.free);
    let state = if explanations.is_empty() {
        ConvergenceState::Converged
    } else {
        ConvergenceState::AtBoundary { explanations }
    };
    SpendFit {
        model,
        log_likelihood: outcome.evaluation.value - sample.log_scale(scale),
        parameters: std::array::from_fn(|i| FittedParameter {
            name: NAMES[i],
            value: model.parameters()[i].1,
            standard_error: errors[i].map(|error| model.parameters()[i].1 * error),
        }),
        log_covariance,
        convergence: Convergence {
            state,
            iterations: outcome.iterations,
            gradient_norm: outcome.gradient_norm,
            hessian_condition: outcome.condition,
        },
        customers: sample.customers,
    }
}

/// The customers that enter, grouped by repeats.
pub(crate) struct Sample {
    /// (repeats, the sum of the logs of the means, total amounts of the customers).
    groups: Vec<(f64, f64, Vec<f64>)>,
    customers: f64,
}

impl Sample {
    pub(crate) fn new(customers: &[SpendHistory], scale: f64) -> Sample {
        let mut entering: Vec<(u32, f64)> =
            customers.iter().filter(enters).map(|customer| (customer.repeats, customer.mean / scale)).collect();
        // Sorted, so that the sums do not depend on the order of the customers.
        entering.par_sort_unstable_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
        let groups = entering
            .chunk_by(|one, next| one.0 == next.0)
            .map(|group| {
                let repeats = f64::from(group[0].0);
                let log_means = group.iter().map(|(_, mean)| mean.ln()).sum();
                (repeats, log_means, group.iter().map(|(_, mean)| repeats * mean).collect())
            })
            .collect();
        Sample { groups, customers: entering.len() as f64 }
    }

    pub(crate) fn customers(&self) -> f64 {
        self.customers
    }

    /// What scaling the amounts adds to the log-likelihood, a density.
    fn log_scale(&self, scale: f64) -> f64 {
        self.customers * scale.ln()
    }

    /// Log-likelihood and its derivatives by the logarithms of p, q and v.
    pub(crate) fn log_likelihood(&self, [p, q, v]: [f64; 3]) -> Evaluation<3> {
        let pieces: Vec<(f64, &[f64])> =
            self.groups.iter().flat_map(|(repeats, _, totals)| totals.chunks(4096).map(|c| (*repeats, c))).collect();
        let sums: Vec<ShareSums> =
            pieces.par_iter().map(|&(repeats, totals)| ShareSums::of(repeats, totals, p, q, v)).collect();
        let mut natural = Derivatives::default();
        for (&(repeats, totals), sums) in pieces.iter().zip(&sums) {
            natural.add_group(repeats, totals.len() as f64, sums, [p, q, v]);
        }
        for (_, log_means, _) in &self.groups {
            natural.value -= log_means;
        }
        natural.by_logarithms([p, q, v])
    }
}

/// Sums over customers of equal repeats, y being their total amount.
#[derive(Default)]
struct ShareSums {
    /// Of `p x ln(1 + v / y) + q ln(1 + y / v)`.
    cost: f64,
    /// Of `ln(1 + v / y)`, of `ln(1 + y / v)`.
    log_rest: f64,
    log_total: f64,
    /// Of `v / (v + y)` and its square.
    share: f64,
    square: f64,
}

impl ShareSums {
    fn of(repeats: f64, totals: &[f64], p: f64, q: f64, v: f64) -> ShareSums {
        let mut sums = ShareSums::default();
        for &total in totals {
            let share = v / (v + total);
            sums.log_rest += (v / total).ln_1p();
            sums.log_total += (total / v).ln_1p();
            sums.share += share;
            sums.square += share * share;
        }
        sums.cost = p * repeats * sums.log_rest + q * sums.log_total;
        sums
    }
}

/// Derivatives by the parameters themselves.
#[derive(Default)]
struct Derivatives {
    value: f64,
    gradient: [f64; 3],
    hessian: [[f64; 3]; 3],
}

impl Derivatives {
    /// `-ln B(p x, q) - ln z - p x ln(1 + v / y) - q ln(1 + y / v)` for all customers of equal x; `-ln z` is left out.
    fn add_group(&mut self, x: f64, count: f64, sums: &ShareSums, [p, q, v]: [f64; 3]) {
        let (of_sum, of_amounts, of_q) = (ln_gamma(p * x + q), ln_gamma(p * x), ln_gamma(q));
        let log_beta = of_q.value - log_gamma_ratio(p * x, q);
        self.value -= count * log_beta + sums.cost;
        let WithDerivatives { first, second, .. } = of_sum;
        self.gradient[0] += count * x * (first - of_amounts.first) - x * sums.log_rest;
        self.gradient[1] += count * (first - of_q.first) - sums.log_total;
        // By v: q / v - (p x + q) / (v + y), in shares of v.
        self.gradient[2] += (count * q - (p * x + q) * sums.share) / v;
        self.hessian[0][0] += count * x * x * (second - of_amounts.second);
        self.hessian[0][1] += count * x * second;
        self.hessian[1][1] += count * (second - of_q.second);
        self.hessian[0][2] -= x * sums.share / v;
        self.hessian[1][2] += (count - sums.share) / v;
        self.hessian[2][2] += ((p * x + q) * sums.square - count * q) / (v * v);
    }

    fn by_logarithms(&self, values: [f64; 3]) -> Evaluation<3> {
        let gradient: [f64; 3] = std::array::from_fn(|i| self.gradient[i] * values[i]);
        let hessian = std::array::from_fn(|i| {
            std::array::from_fn(|j| {
                let (low, high) = (i.min(j), i.max(j));
                let bent = self.hessian[low][high] * values[i] * values[j];
                if i == j { bent + gradient[i] } else { bent }
            })
        });
        Evaluation { value: self.value, gradient, hessian }
    }
}
