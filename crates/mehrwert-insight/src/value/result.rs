//! The answer of the main job, as types: what every customer is worth, and how sure we are.

use mehrwert_clv::ModelKind;
pub use mehrwert_clv::scores::{Baseline, Calibration};
use mehrwert_core::{Amount, Currency, Day, Horizon, Period};
use mehrwert_facts::orders::{AmountBasis, FileReport, ReadWarning, Reconciliation};

/// What the figures are: the more is known about a shop, the nearer to value they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Contribution margin: a margin share was named, or the file states goods costs.
    Value,
    /// Revenue: costs are not known.
    Revenue,
    /// Numbers of orders: the log has no amounts.
    Orders,
}

/// An estimate with the bounds between which it lies with [`ValueResult::confidence`] probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The best single figure.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// Bounds between which a figure lies with [`ValueResult::confidence`] probability.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Range {
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

impl Range {
    /// Both bounds times a factor.
    #[must_use]
    pub fn times(self, factor: f64) -> Range {
        let (one, other) = (self.low * factor, self.high * factor);
        Range { low: one.min(other), high: one.max(other) }
    }
}

/// Everything `mehrwert value` answers. Amounts are in [`ValueResult::currency`]; estimates are floats.
#[derive(Debug)]
pub struct ValueResult {
    /// What was found out about each file.
    pub files: Vec<FileReport>,
    /// That nothing was lost on the way.
    pub reconciliation: Reconciliation,
    /// Whether amounts contain VAT.
    pub basis: AmountBasis,
    /// What the figures are.
    pub measure: Measure,
    /// The currency, where the files say.
    pub currency: Option<Currency>,
    /// The margin applied, as a share of revenue, where one was named or follows from goods costs.
    pub margin: Option<f64>,
    /// First and last day of the history the models saw.
    pub period: Period,
    /// Days after the history that were held out by `--until`, scored once.
    pub holdout_period: Option<Period>,
    /// Customers with at least one purchase in the period.
    pub customers: u64,
    /// Orders in the period: purchase days, since orders of one customer on one day are one purchase.
    pub orders: u64,
    /// Revenue of the period (net of refunds), exact. Zero when the log has no amounts.
    pub revenue: Amount,
    /// Refunds and cancellations.
    pub returns: Returns,
    /// Share of the revenue of the last twelve months of the period (of the orders, when there are no amounts) that
    /// came from people who had bought before; `None` when the period is shorter than two years' worth of such a
    /// comparison (less than thirteen months).
    pub existing_customer_share: Option<f64>,
    /// One report for each model fitted.
    pub models: Vec<ModelReport>,
    /// The naive forecasts, always beside the models.
    pub baselines: Vec<BaselineReport>,
    /// The model the values come from.
    pub chosen: ModelKind,
    /// Why that one.
    pub choice: Choice,
    /// Every rolling cut in full, earliest first.
    pub cuts: Vec<CutReport>,
    /// The spend model; `None` when the log has no amounts.
    pub spend: Option<SpendReport>,
    /// Remaining value of all customers together, from the day after the period over the horizon.
    pub value: ValueTotals,
    /// Value from acquisition, of all customers and by cohort.
    pub from_acquisition: FromAcquisition,
    /// The groups asked for.
    pub groups: Option<Groups>,
    /// What the columns asked for explain.
    pub covariates: Option<CovariateReport>,
    /// The season, where one could be looked for.
    pub season: Option<SeasonReport>,
    /// Probability that an interval holds: 0.9.
    pub confidence: f64,
    /// The value pyramid: customers from most to least valuable in steps.
    pub pyramid: Vec<PyramidStep>,
    /// One row for each customer, in the order of first appearance.
    pub scores: CustomerScores,
    /// Weekly repeat orders, actual and as the chosen model expects them, over period and holdout.
    pub weeks: Vec<Week>,
    /// What a person should know before believing a figure.
    pub warnings: Vec<Warning>,
}

impl ValueResult {
    /// The group of the customer in this row, where groups were asked for and its group is known.
    #[must_use]
    pub fn group_of(&self, row: usize) -> Option<&str> {
        let place = *self.scores.group.get(row)? as usize;
        match &self.groups.as_ref()?.groups.get(place)?.name {
            SegmentName::Group(name) => Some(name),
            _ => None,
        }
    }
}

/// Refunds and cancellations, and what they were set against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Returns {
    /// Refund and cancellation rows that found their order.
    pub matched_rows: u64,
    /// Their amount (negative).
    pub matched_amount: Amount,
    /// Rows whose order is not in the files: set against the customer.
    pub unmatched_rows: u64,
    /// Their amount (negative).
    pub unmatched_amount: Amount,
}

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

/// The value of the customer base.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueTotals {
    /// Remaining value of all customers together.
    pub total: Estimate,
    /// Mean per customer.
    pub mean: f64,
    /// Expected orders of all customers over the horizon.
    pub expected_orders: Estimate,
    /// The horizon in days, from the day after the period.
    pub horizon_days: u32,
    /// Yearly discount rate as a fraction.
    pub discount_rate: f64,
}

/// Value from acquisition: what a customer brought so far and is expected to bring up to an age, both discounted to the
/// day it was won.
#[derive(Debug, Clone, PartialEq)]
pub struct FromAcquisition {
    /// The age up to which it is counted.
    pub age: Horizon,
    /// All customers, from the first won to the last.
    pub all: Segment,
    /// By the time the customers were won, earliest first.
    pub cohorts: Vec<Segment>,
}

/// Customers by a column of the files.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    /// The column.
    pub column: String,
    /// The groups, the largest first.
    pub groups: Vec<Segment>,
    /// How much the own data of each group weigh in its model.
    pub pooled: Vec<Pooled>,
}

/// How much a group's own data say beside the other groups', from 0 (nothing) to 1 (all).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pooled {
    /// Of how often its customers buy.
    pub own_weight: f64,
    /// Of how soon they leave.
    pub own_weight_of_dropout: f64,
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
    /// The probability of months that differ so much, or more, if there were no season.
    pub p_value: f64,
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
    /// The standard error of the factor's logarithm.
    pub log_standard_error: f64,
}

/// Some of the customers, taken together.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Who they are.
    pub name: SegmentName,
    /// How many.
    pub customers: u64,
    /// Their orders in the history.
    pub orders: u64,
    /// Their revenue in the history, exact.
    pub revenue: Amount,
    /// Mean time since their first purchase.
    pub mean_age_days: f64,
    /// Brought so far up to the age, a customer, discounted to the day it was won.
    pub brought: f64,
    /// Expected from now on up to the age, a customer, discounted likewise.
    pub expected: f64,
    /// The two together: value from acquisition, a customer.
    pub from_acquisition: Estimate,
    /// Remaining value over the horizon, of all of them together, discounted to today.
    pub remaining: Estimate,
    /// Whether they have been observed enough.
    pub maturity: Maturity,
}

/// What sets a segment apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SegmentName {
    /// Everybody.
    All,
    /// The span of the calendar in which they first bought.
    Cohort {
        /// Its first day.
        from: Day,
        /// Its last day.
        to: Day,
    },
    /// A value of the column asked for.
    Group(String),
    /// The column is empty for them.
    Unknown,
    /// The groups with the fewest customers, so many of them, where there are very many groups.
    Others(u64),
}

/// Whether a segment has been observed enough to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Maturity {
    /// It has.
    Mature,
    /// Most of its customers were won too recently: nearly all is forecast.
    Young,
    /// It has so few customers that its figures lean on the others.
    Few,
}

/// One step of the value pyramid: the customers between two ranks by remaining value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PyramidStep {
    /// From this share of the customers (0 is the most valuable)...
    pub from: f64,
    /// ...to this.
    pub to: f64,
    /// So many customers.
    pub customers: u64,
    /// Their remaining value together.
    pub value: f64,
    /// Their share of the total remaining value.
    pub share: f64,
    /// Their revenue so far together.
    pub revenue: f64,
}

/// One row a customer, as columns of equal length.
#[derive(Debug, Default)]
pub struct CustomerScores {
    /// The customer as the file names it.
    pub customer: Vec<String>,
    /// Purchases so far.
    pub orders: Vec<u32>,
    /// Revenue so far, net of refunds.
    pub revenue: Vec<Amount>,
    /// Day of the first purchase.
    pub first_order: Vec<Day>,
    /// Day of the last purchase.
    pub last_order: Vec<Day>,
    /// Probability that the customer is still one; `None` where the model cannot tell (BG/NBD and one purchase).
    pub probability_alive: Vec<Option<f64>>,
    /// Expected orders over the horizon.
    pub expected_orders: Vec<f64>,
    /// Bounds of these.
    pub expected_orders_range: Vec<Range>,
    /// Remaining value over the horizon, discounted (discounted expected orders where there are no amounts).
    pub value: Vec<f64>,
    /// Bounds of it.
    pub value_range: Vec<Range>,
    /// Value from acquisition up to the age asked for.
    pub from_acquisition: Vec<f64>,
    /// The group of the customer, as a place in [`Groups::groups`]; empty without groups.
    pub group: Vec<u32>,
}

/// A week of repeat orders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Week {
    /// Its first day.
    pub start: Day,
    /// Repeat purchases that happened.
    pub actual: u64,
    /// Repeat purchases the chosen model expects of the customers won until then.
    pub expected: f64,
    /// Whether it lies after the period.
    pub holdout: bool,
}

/// Something a person should know before believing a figure.
#[derive(Debug, Clone, PartialEq)]
pub enum Warning {
    /// About the data.
    Read(ReadWarning),
    /// Refunds and cancellations whose order is not in the files were set against their customer.
    UnmatchedReturns {
        /// So many rows.
        rows: u64,
        /// Their amount (negative).
        amount: Amount,
    },
    /// Customers whose refunds exceed their purchases.
    NegativeCustomers {
        /// So many customers.
        customers: u64,
    },
    /// Fewer customers than a model needs to be believed.
    FewCustomers {
        /// So many there are.
        customers: u64,
    },
    /// Nobody bought twice: nothing can be said about repeat purchases.
    NobodyBoughtTwice,
    /// The maximum of the likelihood lies where nobody ever leaves.
    NoDropoutSeen {
        /// The model.
        kind: ModelKind,
    },
    /// All amounts are equal: expected spend is that amount.
    AmountsDoNotVary,
    /// Mean spend has no finite expectation under the fitted spend model (q <= 1); a stated substitute was used.
    HeavyTailedSpend,
    /// Purchase count and mean spend are correlated, which the spend model assumes they are not.
    SpendCorrelated {
        /// The correlation.
        correlation: f64,
    },
    /// The history is shorter than the horizon; the forecast leans on the model.
    ShortHistory {
        /// Days of history.
        days: i32,
    },
    /// What the data leave uncertain of the parameters could not be found out: intervals are too narrow by that.
    IntervalsNarrow {
        /// What the sampler said.
        reason: String,
    },
    /// A column that does not tell customers apart explains nothing and is left out.
    UselessCovariate {
        /// The column.
        column: String,
    },
    /// A model could not be fitted and is left out.
    ModelFailed {
        /// Which.
        kind: ModelKind,
        /// What the fit said.
        reason: String,
    },
    /// Goods costs are missing for part of the revenue; the margin of the rest was used for it.
    GoodsCostMissing {
        /// Share of the revenue without goods cost.
        share: f64,
    },
}
