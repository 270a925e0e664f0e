//! What is told of the models: how they were chosen, how well they did, what they are made of.

use mehrwert_clv::ModelKind;
use mehrwert_clv::scores::{Baseline, Calibration};
use mehrwert_core::Day;

/// How well forecasts met what came after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    /// Mean absolute error of purchases per customer.
    pub mae: f64,
    /// Root of the mean squared error of purchases per customer.
    pub rmse: f64,
    /// (predicted - actual) / actual purchases of all customers together.
    pub aggregate_error: f64,
    /// Share of the actual spend (purchases, without amounts) that the predicted top tenth of the customers brought.
    pub top10_share: f64,
    /// Mean log score: minus the logarithm of the probability given to what each customer did. Smaller is better.
    pub log_score: f64,
    /// Mean continuous ranked probability score, in purchases. Smaller is better.
    pub crps: f64,
}

/// What one rolling cut showed.
#[derive(Debug, Clone, PartialEq)]
pub struct CutReport {
    /// The last day that the models saw.
    pub day: Day,
    /// Days forecast.
    pub days: u32,
    /// Customers looked at.
    pub customers: u64,
    /// The models that had a fit.
    pub models: Vec<(ModelKind, Judged)>,
    /// The others, with the reason.
    pub without_fit: Vec<(ModelKind, String)>,
    /// The naive forecasts.
    pub baselines: Vec<(Baseline, Judged)>,
}

/// How forecasts did at a cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Errors and scores.
    pub accuracy: Accuracy,
    /// Shares of the customers by tenth of the randomised probability integral transform: a tenth each where the
    /// forecasts are right.
    pub pit: [f64; 10],
    /// Expected beside actual purchases, by tenths of the customers from the least to the most expected.
    pub calibration: Vec<Calibration>,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelReport {
    /// Which.
    pub kind: ModelKind,
    /// Parameters by name, rates per week, with their standard errors where they are defined.
    pub parameters: Vec<ParameterReport>,
    /// The log-likelihood in the published kernel.
    pub log_likelihood: f64,
    /// Whether the optimiser reached a maximum, inside or on the boundary; a fit that did not is an error, not a report.
    pub converged: bool,
    /// What a maximum on the boundary means: no dropout was seen.
    pub no_dropout_seen: bool,
    /// Mean of the errors over the rolling cuts inside the period; `None` without enough history.
    pub rolling: Option<Accuracy>,
    /// Errors on what lies after `--until`.
    pub holdout: Option<Accuracy>,
}

/// A parameter of a fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterReport {
    /// The name in the paper: r, alpha, a, b, s, beta.
    pub name: &'static str,
    /// The maximum-likelihood value.
    pub value: f64,
    /// Its standard error, where it is defined.
    pub standard_error: Option<f64>,
}

/// How a naive forecast did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaselineReport {
    /// Which.
    pub baseline: Baseline,
    /// Mean of the errors over the rolling cuts inside the period.
    pub rolling: Option<Accuracy>,
    /// Errors on what lies after `--until`.
    pub holdout: Option<Accuracy>,
}

/// Why a model was chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// The user named it.
    Named,
    /// It was saved earlier and is used as it is.
    Saved {
        /// The last day that it had seen.
        until: String,
    },
    /// By the log score over rolling cuts inside the period.
    RollingCuts {
        /// The last day that each cut's models saw.
        cuts: Vec<Day>,
        /// Days forecast after each cut.
        days: u32,
        /// Customers the cuts looked at: all, or a random sample where there are many.
        customers: u64,
        /// Whether the log scores tell the models apart; otherwise the default stands.
        told_apart: bool,
    },
    /// Too little history for cuts: the stated default.
    TooLittleHistory,
    /// Too few repeat customers for cuts: the stated default.
    TooFewRepeatCustomers,
}

/// The fitted spend model (Gamma-Gamma), in the currency of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendReport {
    /// Shape of a customer's purchases.
    pub p: f64,
    /// Shape of the differences between customers.
    pub q: f64,
    /// Scale.
    pub v: f64,
    /// The log-likelihood.
    pub log_likelihood: f64,
    /// Customers it was fitted on: those with repeat purchases and a positive mean.
    pub customers: u64,
    /// Correlation of purchase count and mean spend among repeat customers, which the model assumes to be near zero.
    pub correlation: f64,
}

/// What columns of the files do to purchases and dropout.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateReport {
    /// The effects, those on purchases first.
    pub effects: Vec<CovariateEffect>,
    /// The log-likelihood with the columns.
    pub log_likelihood: f64,
    /// The log-likelihood without them.
    pub log_likelihood_without: f64,
    /// The probability of so great a difference, or a greater one, if the columns told nothing.
    pub p_value: f64,
}

/// What one more of a column does.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateEffect {
    /// The column, or the kind that it names.
    pub column: String,
    /// What it acts on.
    pub on: EffectOn,
    /// The coefficient, a logarithm.
    pub coefficient: f64,
    /// Its standard error, where the data determine it.
    pub standard_error: Option<f64>,
    /// The factor on the rate of purchases, or on the rate or odds of leaving.
    pub factor: f64,
    /// Lower bound of the factor.
    pub low: Option<f64>,
    /// Upper bound of the factor.
    pub high: Option<f64>,
}

/// What a covariate acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectOn {
    /// How often customers buy.
    Purchases,
    /// How soon they leave.
    Dropout,
}

/// The season of purchases, where two full years were seen.
#[derive(Debug, Clone, PartialEq)]
pub struct SeasonReport {
    /// The months from January on.
    pub months: [SeasonMonth; 12],
    /// The probability of months that differ so much, or more, if there were no season; `None` of a season that was saved
    /// with its model.
    pub p_value: Option<f64>,
    /// Whether the forecast counts with it: where it can be told from none.
    pub is_used: bool,
}

/// A month's factor of the purchase rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeasonMonth {
    /// The month, from 1.
    pub month: u32,
    /// Its factor; one on average over the year.
    pub factor: f64,
    /// The standard error of the factor's logarithm; `None` of a season that was saved with its model.
    pub log_standard_error: Option<f64>,
}
