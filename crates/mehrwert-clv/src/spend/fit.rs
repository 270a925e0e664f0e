//! Maximum likelihood for the Gamma-Gamma model.

use rand::Rng;

use super::likelihood::{Sample, enters};
use super::{GammaGamma, NAMES, SpendHistory};
use crate::draw::draw_parameters;
use crate::fit::{Boundary, Convergence, ConvergenceState, FitError, FittedParameter};
use crate::model::check_parameters;
use crate::newton::{Evaluation, Limits, Outcome, maximise};
use crate::prior::{LogPrior, SearchOptions};
use crate::symmetric::{inverse_positive_definite, log_standard_errors};

/// How to fit spend; v is in the unit of the amounts.
pub type SpendOptions = SearchOptions<3>;

/// What is believed of p, q and v before the data, the last in the unit of the amounts.
pub type SpendPrior = LogPrior<3>;

impl LogPrior<3> {
    /// A weak prior of spend around shapes of 4 and a population mean of `amount`: at two thirds the shapes lie within a
    /// factor of e and the scale within a factor of 4.5. Some tens of customers outweigh it.
    ///
    /// ```
    /// use mehrwert_clv::spend::{SpendHistory, SpendOptions, SpendPrior, fit_spend_with};
    /// // By likelihood alone a single customer's amounts do not vary; with a prior they do, and all has its error.
    /// let options = SpendOptions { prior: Some(SpendPrior::weak_of_spend(50.0)), ..SpendOptions::default() };
    /// let fit = fit_spend_with(&[SpendHistory { repeats: 2, mean: 80.0 }], &options)?;
    /// assert!(fit.log_covariance.is_some() && fit.model.population_mean() < 200.0);
    /// # Ok::<(), mehrwert_clv::FitError>(())
    /// ```
    pub fn weak_of_spend(amount: f64) -> SpendPrior {
        SpendPrior { log_mean: [4f64.ln(), 4f64.ln(), (0.75 * amount).ln()], log_deviation: [1.0, 1.0, 1.5] }
    }
}

/// A fitted spend model and how well the data determine it.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendFit {
    /// The model at the maximum of the likelihood, or of the posterior density where there is a prior.
    pub model: GammaGamma,
    /// The log-likelihood there. Where amounts do not vary it has no maximum; this is its value for the model given. A
    /// prior has no part in it.
    pub log_likelihood: f64,
    /// The parameters with their standard errors.
    pub parameters: [FittedParameter; 3],
    /// Covariance of the logarithms of the parameters; `None` at a boundary and where the likelihood is flat.
    pub log_covariance: Option<[[f64; 3]; 3]>,
    /// How the search ended.
    pub convergence: Convergence,
    /// The number of customers fitted to: those with repeat purchases and a mean above zero.
    pub customers: f64,
}

impl SpendFit {
    /// A model whose parameters are drawn from what the data leave uncertain of them (normal in the logarithms), for
    /// intervals of predictions. `None` where the data do not determine all parameters.
    pub fn draw_model(&self, rng: &mut dyn Rng) -> Option<GammaGamma> {
        let values = self.parameters.map(|parameter| parameter.value);
        let [p, q, v] = draw_parameters(values, self.log_covariance?, &draw_limits(), rng);
        Some(GammaGamma { p, q, v })
    }
}

/// Amounts closer together than this, relative to their mean, do not vary.
pub(super) const SAME_AMOUNT: f64 = 1e-9;
/// The shape that stands for amounts that do not vary.
const NO_VARIATION: f64 = 1e7;
/// The search goes so far; beyond, rounding eats the differences.
const MOST_SHAPE: f64 = 1e6;
/// What is flat at a boundary.
const HIDDEN_SLOPE: f64 = 1e-2;
const HIDDEN_GAIN: f64 = 1e-6;
/// Shapes beyond this are at a boundary.
const LARGE: f64 = 1e5;

/// How far draws go: shapes as in the search; v is in the unit of the amounts, which may be any.
pub(crate) fn draw_limits() -> Limits<3> {
    Limits { lower: [1e-8, 1e-8, 1e-100].map(f64::ln), upper: [MOST_SHAPE, MOST_SHAPE, 1e100].map(f64::ln) }
}

/// Fits the Gamma-Gamma model by maximum likelihood: [`fit_spend_with`] with the default options.
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
/// As [`fit_spend_with`].
pub fn fit_spend(customers: &[SpendHistory]) -> Result<SpendFit, FitError> {
    fit_spend_with(customers, &SpendOptions::default())
}

/// Fits the Gamma-Gamma model.
///
/// Customers with at least one repeat purchase and a positive mean enter; others say nothing about the amount.
///
/// # Errors
/// If no customer can enter, if a mean is not finite, if the start or the prior cannot be used, or if the search does
/// not converge. Amounts that do not vary, as those of a single customer, are no error but a boundary
/// ([`Boundary::AmountsDoNotVary`]): the expected spend is that amount. With a prior they are an ordinary fit.
pub fn fit_spend_with(customers: &[SpendHistory], options: &SpendOptions) -> Result<SpendFit, FitError> {
    if let Some(position) = customers.iter().position(|customer| !customer.mean.is_finite()) {
        return Err(FitError::SpendNotFinite { position, mean: customers[position].mean });
    }
    if let Some(start) = options.start {
        check_parameters(NAMES, start)?;
    }
    if let Some(prior) = &options.prior {
        prior.check()?;
    }
    // In units of the mean amount the parameters are of the order of one, whatever the currency.
    let (scale, spread) = scale_and_spread(customers).ok_or(FitError::NoSpend)?;
    let sample = Sample::new(customers, scale);
    if spread <= SAME_AMOUNT && options.prior.is_none() {
        return Ok(without_variation(&sample, scale));
    }
    let prior = options.prior.map(|prior| prior.moved([0.0, 0.0, scale.ln()]));
    let evaluate = |at: &[f64; 3]| {
        let mut sum = sample.log_likelihood(at.map(f64::exp));
        if let Some(prior) = &prior {
            prior.add_to(&mut sum, at);
        }
        sum
    };
    let limits = Limits { lower: [1e-8f64.ln(); 3], upper: [MOST_SHAPE.ln(), MOST_SHAPE.ln(), 1e15f64.ln()] };
    let usual = [2.0, 2.5, 0.75];
    let warm = options.start.map(|[p, q, v]| [p, q, v / scale]);
    let found = |start: [f64; 3]| maximise(evaluate, start.map(f64::ln), &limits, options.max_iterations);
    // A start far out may end on a plateau there, which is no answer while there is another.
    let outcome = match warm.and_then(found) {
        Some(outcome) if outcome.converged && boundaries(outcome.at).is_empty() => Some(outcome),
        _ => found(usual),
    };
    match outcome {
        Some(outcome) if outcome.converged || is_flat(&outcome) => Ok(fit_from(&outcome, &sample, scale)),
        outcome => Err(FitError::NotConverged {
            iterations: outcome.map_or(0, |outcome| outcome.iterations),
            gradient_norm: outcome.map_or(f64::NAN, |outcome| outcome.gradient_norm),
            parameters: outcome.map_or(usual, |outcome| outcome.at.map(f64::exp)).to_vec(),
        }),
    }
}

/// At a boundary terms of the size of the shapes cancel, and their rounding refuses steps that would gain hardly
/// anything: where Newton's whole step promises next to nothing, or the slope is too slight to matter.
fn is_flat(outcome: &Outcome<3>) -> bool {
    if boundaries(outcome.at).is_empty() {
        return false;
    }
    let Outcome { evaluation: Evaluation { gradient, hessian, .. }, free, .. } = outcome;
    let kept = |i: usize, j: usize| free[i] && free[j];
    let bends = std::array::from_fn(|i| {
        std::array::from_fn(|j| if kept(i, j) { -hessian[i][j] } else { f64::from(u8::from(i == j)) })
    });
    let promised = inverse_positive_definite::<3>(bends).map(|inverse| {
        let of = |at: usize| inverse[at / 3][at % 3] * gradient[at / 3] * gradient[at % 3];
        0.5 * (0..9).filter(|at| kept(at / 3, at % 3)).map(of).sum::<f64>()
    });
    outcome.gradient_norm < HIDDEN_SLOPE || promised.is_some_and(|gain| gain < HIDDEN_GAIN)
}

fn boundaries(at: [f64; 3]) -> Vec<Boundary> {
    let [p, q, _] = at.map(f64::exp);
    let mut found = Vec::new();
    if p > LARGE {
        found.push(Boundary::AmountsDoNotVary);
    }
    if q > LARGE {
        found.push(Boundary::CustomersSpendAlike);
    }
    found
}

/// The mean of the customers' means, and how far they lie apart relative to it.
pub(super) fn scale_and_spread(customers: &[SpendHistory]) -> Option<(f64, f64)> {
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
    let explanations = boundaries(outcome.at);
    // At a boundary the likelihood has no normal shape to read errors from.
    let log_covariance = inverse_positive_definite(outcome.evaluation.hessian.map(|row| row.map(|h| -h)))
        .filter(|_| explanations.is_empty());
    let errors = log_standard_errors(log_covariance, &outcome.evaluation.hessian, outcome.free);
    let state = if explanations.is_empty() {
        ConvergenceState::Converged
    } else {
        ConvergenceState::AtBoundary { explanations }
    };
    SpendFit {
        model,
        log_likelihood: sample.log_likelihood([p, q, scaled_v]).value - sample.log_scale(scale),
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
