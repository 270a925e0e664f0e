//! Maximum likelihood for the purchase models.

use std::fmt;

use rand::Rng;
use thiserror::Error;

use crate::contracts::ContractModelKind;
use crate::draw::draw_parameters;
use crate::jet::Jet;
use crate::kernel::{Terms, log_likelihood_at, model_of};
use crate::model::{ModelKind, ParameterError, PurchaseModel, check_parameters};
use crate::newton::{Evaluation, Limits, Outcome, maximise};
use crate::posterior::Prior;
use crate::symmetric::{inverse_positive_definite, log_standard_errors};
use crate::{Histories, TimeUnit, negative_binomial};

/// How to fit.
#[derive(Debug, Clone, PartialEq)]
pub struct FitOptions {
    /// Parameters to start from, in the order of [`ModelKind::parameter_names`]: yesterday's fit saves most of the
    /// work. Without them the fit starts from several points and from a small likeness of the data.
    pub start: Option<[f64; 4]>,
    /// The unit in which the model's rate parameters are expressed.
    pub time_unit: TimeUnit,
    /// Newton steps after which the fit is given up as [`FitError::NotConverged`].
    pub max_iterations: u32,
    /// What is believed of the parameters before the data. With it, [`fit()`] finds the maximum of likelihood times prior
    /// in the logarithms of the parameters, which exists for a single customer and where nobody bought again. Without
    /// it, the maximum of the likelihood.
    pub prior: Option<Prior>,
}

impl Default for FitOptions {
    fn default() -> FitOptions {
        FitOptions { start: None, time_unit: TimeUnit::Week, max_iterations: 100, prior: None }
    }
}

/// A fitted purchase model and how well the data determine it.
#[derive(Debug)]
pub struct Fit {
    /// The model at the maximum of the likelihood, with a prior at that of the posterior density.
    pub model: Box<dyn PurchaseModel>,
    /// The log-likelihood there, in the published kernels (no `x!`), for the time unit of the model; a prior is not
    /// counted in.
    pub log_likelihood: f64,
    /// The parameters with their standard errors.
    pub parameters: [FittedParameter; 4],
    /// Covariance of the logarithms of the parameters: the inverse of the observed information, to which a prior adds its
    /// own. `None` where the likelihood is flat in some direction, as at a boundary.
    pub log_covariance: Option<[[f64; 4]; 4]>,
    /// How the search ended.
    pub convergence: Convergence,
    /// The number of customers fitted to.
    pub customers: f64,
    /// The observed information by the logarithms of the parameters, a prior's included. Unlike the covariance it is known
    /// at a boundary, too, where whoever adds a prior to it gets a covariance.
    pub(crate) information: [[f64; 4]; 4],
}

/// A parameter found by maximum likelihood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FittedParameter {
    /// The parameter's name in the literature.
    pub name: &'static str,
    /// Its maximum-likelihood estimate.
    pub value: f64,
    /// Its asymptotic standard error, if the data determine it. At a boundary: that of the parameters which the data still
    /// determine, those at their limit or without influence there taken as given.
    pub standard_error: Option<f64>,
}

/// How the search for the maximum ended. A search that did not end is [`FitError::NotConverged`].
#[derive(Debug, Clone, PartialEq)]
pub struct Convergence {
    /// At a maximum inside, or at a boundary that says something about the customers.
    pub state: ConvergenceState,
    /// Newton steps on the full data.
    pub iterations: u32,
    /// Length of the gradient of the log-likelihood by the logarithms of the parameters.
    pub gradient_norm: f64,
    /// Greatest over least eigenvalue of the Hessian: beyond about 1e6 some direction is hardly determined.
    pub hessian_condition: f64,
}

/// Where the maximum lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConvergenceState {
    /// Inside: all parameters are determined.
    Converged,
    /// The likelihood rises until a limit of the model is reached. Predictions are those of the limit.
    AtBoundary {
        /// What the limits reached mean.
        explanations: Vec<Boundary>,
    },
}

/// What it means that the likelihood is greatest at a limit of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Boundary {
    /// No customer seems to have left: the data look like purchases without dropout.
    NoDropoutSeen,
    /// All customers are equally prone to leave.
    DropoutDoesNotVary,
    /// Some customers leave at the first occasion, the others never.
    DropoutAllOrNothing,
    /// Everybody leaves at the first occasion.
    EverybodyLeavesAtOnce,
    /// All customers buy at the same rate.
    PurchaseRatesDoNotVary,
    /// Nearly nobody buys again.
    HardlyAnybodyBuysAgain,
    /// The amounts a customer pays do not vary.
    AmountsDoNotVary,
    /// All customers spend alike on average.
    CustomersSpendAlike,
    /// The data do not determine the coefficient of a covariate: it separates customers completely, or it follows from
    /// other covariates.
    CovariateUndetermined,
}

impl fmt::Display for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Boundary::NoDropoutSeen => "no dropout seen",
            Boundary::DropoutDoesNotVary => "all customers are equally prone to leave",
            Boundary::DropoutAllOrNothing => "some customers leave at once, the others never",
            Boundary::EverybodyLeavesAtOnce => "everybody leaves at once",
            Boundary::PurchaseRatesDoNotVary => "all customers buy at the same rate",
            Boundary::HardlyAnybodyBuysAgain => "hardly anybody buys again",
            Boundary::AmountsDoNotVary => "amounts do not vary",
            Boundary::CustomersSpendAlike => "all customers spend alike",
            Boundary::CovariateUndetermined => "a covariate's coefficient is not determined",
        })
    }
}

/// Why there is no fit.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FitError {
    /// No data.
    #[error("no customers to fit to: expected at least one purchase history")]
    NoCustomers,
    /// Nobody bought twice: rate and dropout cannot be told apart.
    #[error(
        "none of {customers} customers bought again: expected repeat purchases, widen the period or the selection, or \
         fit with a prior"
    )]
    NoRepeatPurchases {
        /// How many customers there are.
        customers: f64,
    },
    /// Nobody's spend is known.
    #[error("no customer with repeat purchases and a mean amount above zero: expected at least one to fit spend")]
    NoSpend,
    /// A spend that is not a number.
    #[error("mean amount of customer {position} is {mean}: expected a finite number")]
    SpendNotFinite {
        /// Position among the customers handed in, from zero.
        position: usize,
        /// The mean found there.
        mean: f64,
    },
    /// No contract has come to a renewal.
    #[error("no contract has come to its first renewal: expected at least one that was renewed or ended")]
    NoRenewals,
    /// Too short a time to tell the parameters of a contract model apart.
    #[error(
        "contracts were seen up to renewal {seen}: expected at least {needed} renewals to fit the {} model",
        .kind.name()
    )]
    TooFewRenewals {
        /// The model.
        kind: ContractModelKind,
        /// The latest renewal seen.
        seen: u32,
        /// The least number that can determine its parameters.
        needed: u32,
    },
    /// The likelihood of a contract model rises with c (and beta) beyond all reason.
    #[error(
        "the contracts end nearly together, as by their terms: c has no estimate within reach, the search left it at \
         {c:.3}; expected renewals that are up to the customer, or use the sBG model"
    )]
    EndTogether {
        /// How far c went.
        c: f64,
    },
    /// Too few occasions to tell buying from staying.
    #[error("customers were seen for at most {seen} occasions: expected at least {needed} for some of them")]
    TooFewOccasions {
        /// The most occasions any customer had.
        seen: u32,
        /// The least number that can determine the parameters.
        needed: u32,
    },
    /// The prior handed in is none.
    #[error("the prior's means have to be finite and its deviations finite and above zero")]
    BadPrior,
    /// The start handed in is no parameter set.
    #[error("cannot start there: {0}")]
    BadStart(#[from] ParameterError),
    /// The search did not reach a maximum. The values say how far it came; they are no estimates.
    #[error(
        "did not converge after {iterations} steps (gradient {gradient_norm:.3e}, parameters {parameters:?}): \
         allow more iterations, or check the data for mixed populations"
    )]
    NotConverged {
        /// Steps taken.
        iterations: u32,
        /// Length of the gradient at the end.
        gradient_norm: f64,
        /// Where the search stood.
        parameters: Vec<f64>,
    },
}

/// Distinct histories beyond which the search starts on a likeness of this size.
const LIKENESS: usize = 2000;
/// Shapes beyond these bounds are at a boundary: the likelihood no longer tells them from the limit.
const SMALL: f64 = 1e-5;
const LARGE: f64 = 1e5;
/// Less than this in log-likelihood separates the fit from a model without dropout at the boundary.
const NO_DIFFERENCE: f64 = 1e-6;

/// Fits a purchase model to histories by maximum likelihood.
///
/// Newton's method in a trust region on the logarithms of the parameters, with exact derivatives; what counts as
/// converged is that no step is left that would gain 1e-9 in log-likelihood.
///
/// A prior keeps the parameters finite where few customers would lead the likelihood to a boundary:
///
/// ```
/// use mehrwert_clv::posterior::Prior;
/// use mehrwert_clv::{FitOptions, Histories, History, ModelKind, TimeUnit, fit};
/// let nobody_again = Histories::compress([History::new(0, 0, 90)?, History::new(0, 0, 30)?]);
/// assert!(fit(ModelKind::BgNbd, &nobody_again, &FitOptions::default()).is_err());
/// let prior = Some(Prior::weak(ModelKind::BgNbd, &nobody_again, TimeUnit::Week));
/// let fitted = fit(ModelKind::BgNbd, &nobody_again, &FitOptions { prior, ..FitOptions::default() })?;
/// assert!(fitted.log_covariance.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If there are no customers or (without a prior) no repeat purchases, if the start is no parameter set or the prior
/// none, or if the search does not converge. A maximum at a boundary is not an error: see [`ConvergenceState::AtBoundary`].
pub fn fit(kind: ModelKind, histories: &Histories, options: &FitOptions) -> Result<Fit, FitError> {
    if histories.is_empty() {
        return Err(FitError::NoCustomers);
    }
    if options.prior.is_some_and(|prior| !prior.is_possible()) {
        return Err(FitError::BadPrior);
    }
    if options.prior.is_none() && histories.distinct().iter().all(|history| history.repeats() == 0) {
        return Err(FitError::NoRepeatPurchases { customers: histories.customers() });
    }
    let FitOptions { time_unit: unit, max_iterations, prior, .. } = *options;
    let search = Search { kind, unit, max_iterations, prior };
    let start = match options.start {
        Some(start) => {
            check_parameters(kind.parameter_names(), start)?;
            start.map(f64::ln)
        }
        None => search.start(histories),
    };
    let terms = Terms::new(histories, options.time_unit);
    let outcome = search.run(&terms, start);
    match outcome {
        Some(outcome) if outcome.converged => Ok(search.fit_from(&outcome, histories)),
        Some(outcome) => Err(FitError::NotConverged {
            iterations: outcome.iterations,
            gradient_norm: outcome.gradient_norm,
            parameters: outcome.at.map(f64::exp).to_vec(),
        }),
        None => Err(FitError::NotConverged {
            iterations: 0,
            gradient_norm: f64::NAN,
            parameters: start.map(f64::exp).to_vec(),
        }),
    }
}

/// Shapes from 1e-8 to 1e6, beyond which rounding eats the differences; rates have the unit of time in them and get
/// more room.
pub(crate) fn limits_of(kind: ModelKind) -> Limits<4> {
    let (shape, rate) = ((1e-8f64, 1e6f64), (1e-10f64, 1e12f64));
    let ranges = match kind {
        ModelKind::BgNbd | ModelKind::MbgNbd => [shape, rate, shape, shape],
        ModelKind::ParetoNbd => [shape, rate, shape, rate],
    };
    Limits { lower: ranges.map(|range| range.0.ln()), upper: ranges.map(|range| range.1.ln()) }
}

/// One point with dropout, one nearly without; both buy at the observed pace.
pub(crate) fn starting_points(kind: ModelKind, unit: TimeUnit, histories: &Histories) -> [[f64; 4]; 2] {
    let (mut repeats, mut time) = (0.0, 0.0);
    for (history, weight) in histories.distinct().iter().zip(histories.weights()) {
        repeats += weight * f64::from(history.repeats());
        time += weight * f64::from(history.age()) / unit.in_days();
    }
    // Without any repeat or time the likeness is useless; one of the unit keeps the point finite.
    let pause = if repeats > 0.0 && time > 0.0 { time / repeats } else { 1.0 };
    let mean_age = if time > 0.0 { time / histories.customers() } else { 1.0 };
    let points = match kind {
        ModelKind::BgNbd | ModelKind::MbgNbd => [[0.5, 0.4 * pause, 0.7, 2.0], [0.8, 0.8 * pause, 0.05, 1.0]],
        ModelKind::ParetoNbd => [[0.5, 0.4 * pause, 0.6, 0.4 * mean_age], [0.8, 0.8 * pause, 0.05, mean_age]],
    };
    points.map(|point| point.map(f64::ln))
}

struct Search {
    kind: ModelKind,
    unit: TimeUnit,
    max_iterations: u32,
    prior: Option<Prior>,
}

impl Search {
    fn run(&self, terms: &Terms, start: [f64; 4]) -> Option<Outcome<4>> {
        let evaluate = |at: &[f64; 4]| {
            let jet = log_likelihood_at(self.kind, at.map(f64::exp), terms) + self.prior_at(at);
            Evaluation { value: jet.value, gradient: jet.gradient, hessian: jet.full_hessian() }
        };
        maximise(evaluate, start, &limits_of(self.kind), self.max_iterations)
    }

    fn prior_at(&self, at: &[f64; 4]) -> Jet {
        self.prior.map_or(Jet::ZERO, |prior| prior.jet(at))
    }

    /// The best end of searches from several points, on a likeness of the data if there are many.
    fn start(&self, histories: &Histories) -> [f64; 4] {
        let thinned = (histories.distinct().len() > 2 * LIKENESS).then(|| histories.thinned(LIKENESS));
        let sample = thinned.as_ref().unwrap_or(histories);
        let terms = Terms::new(sample, self.unit);
        let mut starts = starting_points(self.kind, self.unit, sample).to_vec();
        starts.extend(self.prior.map(|prior| prior.log_mean));
        let mut best: Option<Outcome<4>> = None;
        for &start in &starts {
            if let Some(outcome) = self.run(&terms, start)
                && best.is_none_or(|best| outcome.evaluation.value > best.evaluation.value)
            {
                best = Some(outcome);
            }
        }
        best.map_or(starts[0], |best| best.at)
    }

    fn fit_from(&self, outcome: &Outcome<4>, histories: &Histories) -> Fit {
        let values = outcome.at.map(f64::exp);
        let information = outcome.evaluation.hessian.map(|row| row.map(|h| -h));
        let log_likelihood = outcome.evaluation.value - self.prior_at(&outcome.at).value;
        // A prior bounds every parameter: whatever the box leaves free is determined.
        let is_bounded = self.prior.is_some() && outcome.free == [true; 4];
        let explanations = if is_bounded {
            Vec::new()
        } else {
            let without_dropout = log_likelihood_without_dropout(self.unit, values[0], values[1], histories);
            boundaries(values, log_likelihood, without_dropout)
        };
        // At a boundary the likelihood has no normal shape to read errors from.
        let log_covariance = inverse_positive_definite(information).filter(|_| explanations.is_empty());
        let errors = log_standard_errors(log_covariance, &outcome.evaluation.hessian, outcome.free);
        let names = self.kind.parameter_names();
        let parameters = std::array::from_fn(|i| FittedParameter {
            name: names[i],
            value: values[i],
            standard_error: errors[i].map(|error| values[i] * error),
        });
        let state = if explanations.is_empty() {
            ConvergenceState::Converged
        } else {
            ConvergenceState::AtBoundary { explanations }
        };
        Fit {
            model: model_of(self.kind, values, self.unit),
            log_likelihood,
            parameters,
            log_covariance,
            convergence: Convergence {
                state,
                iterations: outcome.iterations,
                gradient_norm: outcome.gradient_norm,
                hessian_condition: outcome.condition,
            },
            customers: histories.customers(),
            information,
        }
    }
}

/// What a maximum at these parameters says of the customers; `reached` is the log-likelihood there, of which
/// `without_dropout` is that of the same purchase rates without dropout.
pub(crate) fn boundaries([r, _, leave, stay]: [f64; 4], reached: f64, without_dropout: f64) -> Vec<Boundary> {
    let mut found = Vec::new();
    if reached - without_dropout < NO_DIFFERENCE {
        found.push(Boundary::NoDropoutSeen);
    } else if leave > LARGE && stay > LARGE {
        found.push(Boundary::DropoutDoesNotVary);
    } else if leave < SMALL && stay < SMALL {
        found.push(Boundary::DropoutAllOrNothing);
    } else if leave > LARGE || stay < SMALL {
        found.push(Boundary::EverybodyLeavesAtOnce);
    }
    if r > LARGE {
        found.push(Boundary::PurchaseRatesDoNotVary);
    } else if r < SMALL {
        found.push(Boundary::HardlyAnybodyBuysAgain);
    }
    found
}

pub(crate) fn log_likelihood_without_dropout(unit: TimeUnit, r: f64, alpha: f64, histories: &Histories) -> f64 {
    let mut sum = 0.0;
    let mut base = (0, 0.0);
    for (history, weight) in histories.distinct().iter().zip(histories.weights()) {
        let repeats = history.repeats();
        if base.0 != repeats {
            base = (repeats, negative_binomial::log_purchases(r, alpha, repeats).value);
        }
        let age = f64::from(history.age()) / unit.in_days();
        let silence = (r + f64::from(repeats)) * (age / alpha).ln_1p();
        sum += weight * (base.1 - silence);
    }
    sum
}

impl Fit {
    /// A model whose parameters are drawn from what the data leave uncertain of them (normal in the logarithms), for
    /// intervals of predictions. `None` where the data do not determine all parameters.
    pub fn draw_model(&self, rng: &mut dyn Rng) -> Option<Box<dyn PurchaseModel>> {
        let (kind, at) = (self.model.kind(), self.parameters.map(|parameter| parameter.value));
        let values = draw_parameters(at, self.log_covariance?, &limits_of(kind), rng);
        Some(model_of(kind, values, self.model.time_unit()))
    }
}
