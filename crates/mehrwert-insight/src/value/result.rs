//! The answer of the main job, as types: what every customer is worth, and how sure we are.

mod models;
mod segments;

pub use mehrwert_clv::scores::{Baseline, Calibration};
pub use models::*;
pub use segments::*;

use mehrwert_clv::ModelKind;
use mehrwert_clv::saved::SavedModel;
use mehrwert_core::{Amount, Currency, Day, Period};
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
    /// The chosen model, to be kept for the next time; `None` where there is more to it than a model that can be kept holds
    /// (a season), or where it came from one.
    pub model: Option<SavedModel>,
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
