//! The answer about contracts, as types.

use mehrwert_clv::contracts::ContractModelKind;
use mehrwert_core::{Amount, Currency, Day, Period};
use mehrwert_facts::contracts::{Interval, IntervalTotal};
use mehrwert_facts::orders::{AmountBasis, FileReport, ReadWarning, Reconciliation};

pub use crate::value::{Estimate, Measure};

/// Everything `mehrwert value` answers about contracts. Amounts are in [`ContractResult::currency`].
#[derive(Debug)]
pub struct ContractResult {
    /// What was found out about each file.
    pub files: Vec<FileReport>,
    /// That nothing was lost on the way; amounts are prices per interval as given.
    pub reconciliation: Reconciliation,
    /// The prices used, by interval.
    pub intervals: Vec<IntervalTotal>,
    /// Whether prices contain VAT.
    pub basis: AmountBasis,
    /// What the figures are: value when a margin was named, else revenue.
    pub measure: Measure,
    /// The currency, where the files say.
    pub currency: Option<Currency>,
    /// The margin applied, where one was named.
    pub margin: Option<f64>,
    /// From the first start to the day as of which everything is said.
    pub period: Period,
    /// Whether the user named that day; else it is the last one seen in the files.
    pub is_named: bool,
    /// How many contracts are in which state.
    pub counts: ContractCounts,
    /// What the running contracts bring a month: prices of longer intervals divided, of weeks multiplied.
    pub monthly: Amount,
    /// What was paid until the day, at the prices of the file.
    pub paid: Amount,
    /// The contracts of each interval: their model, curves and value.
    pub groups: Vec<IntervalGroup>,
    /// What the running contracts will bring from the next day on, over the horizon, discounted.
    pub total: Estimate,
    /// Payments expected over the horizon, not discounted, as a number of payments.
    pub payments: Estimate,
    /// Length of the horizon in days.
    pub horizon_days: u32,
    /// Yearly discount rate.
    pub discount_rate: f64,
    /// Probability that an interval holds.
    pub confidence: f64,
    /// Value from acquisition by start, beside remaining value.
    pub cohorts: Vec<StartCohort>,
    /// Age in years up to which the cohorts' value is counted.
    pub cohort_age_years: u16,
    /// How the forecast met the days held out, where some were.
    pub holdout: Option<CutScore>,
    /// A row for each contract, in the order of the files.
    pub scores: ContractScores,
    /// What a person should know before believing a figure.
    pub warnings: Vec<ContractWarning>,
}

/// How many contracts are in which state on the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ContractCounts {
    /// Rows used whose contract began by the day.
    pub contracts: u64,
    /// Customers of these.
    pub customers: u64,
    /// Running, without a known end.
    pub running: u64,
    /// Running until a day that is known.
    pub ending: u64,
    /// Ended.
    pub ended: u64,
    /// Ended by a change of plan: the same customer's next contract goes on without a gap.
    pub changed: u64,
    /// Rows used whose contract begins after the day: no part of any other figure.
    pub later: u64,
}

/// The contracts that are renewed at the same interval.
#[derive(Debug, Clone, PartialEq)]
pub struct IntervalGroup {
    /// The interval.
    pub interval: Interval,
    /// Relationships: contracts, those that follow each other without a gap taken as one.
    pub relationships: u64,
    /// Of these, running without a known end.
    pub running: u64,
    /// The models fitted.
    pub models: Vec<ContractModelReport>,
    /// The model the values come from; `None` where none could be fitted.
    pub chosen: Option<ContractModelKind>,
    /// Why that one.
    pub choice: ContractChoice,
    /// By renewal, from the first.
    pub curve: Vec<CurvePoint>,
    /// Renewals due in the last twelve months, and how many of these were missed.
    pub missed: Rate,
    /// Share of the running contracts that will miss their next renewal, as expected.
    pub churn: Option<Estimate>,
    /// Mean number of further payments of a running contract over the horizon.
    pub remaining: Option<f64>,
    /// What its running contracts will bring over the horizon, discounted.
    pub total: Option<Estimate>,
}

/// So many of so many, with the bounds of the rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Of so many.
    pub of: u64,
    /// So many.
    pub count: u64,
    /// The rate; `None` of nothing.
    pub rate: Option<Estimate>,
}

/// A fitted model of renewals.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractModelReport {
    /// Which model.
    pub kind: ContractModelKind,
    /// Name, value and standard error of each parameter, per interval.
    pub parameters: Vec<(&'static str, f64, Option<f64>)>,
    /// The log-likelihood.
    pub log_likelihood: f64,
    /// Akaike's criterion: smaller is better.
    pub aic: f64,
    /// The Bayesian criterion: smaller is better.
    pub bic: f64,
    /// Whether the estimate lies at a boundary of the parameters.
    pub at_boundary: bool,
    /// How it did at the rolling cuts, where there were any.
    pub rolling: Option<CutScore>,
}

/// How a forecast of renewals met what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CutScore {
    /// Renewals that fell due and were either made or missed.
    pub renewals_actual: f64,
    /// Renewals expected to be made.
    pub renewals_expected: f64,
    /// (expected - actual) / actual of what was paid.
    pub aggregate_error: f64,
    /// Mean logarithm of the probability that the model gave to what happened, per contract: greater is better.
    pub log_score: f64,
    /// Root mean squared `ln(actual / expected)` of what was paid, chance taken off.
    pub miss: f64,
}

/// Why a model was chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum ContractChoice {
    /// The greatest mean log score over these days, each forecasting so many days; BdW has to be better than sBG by more
    /// than a standard error.
    RollingCuts {
        /// The days.
        cuts: Vec<Day>,
        /// How far each looked.
        days: u32,
    },
    /// The smaller AIC, since the history does not suffice for cuts.
    Criterion,
    /// The only one that could be fitted.
    Only,
    /// None could be fitted.
    Nothing,
}

/// Retention and survival at a renewal, as seen and as the model has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// The number of the renewal, from 1.
    pub renewal: u32,
    /// Contracts that came to it.
    pub due: u64,
    /// Of these, renewed.
    pub made: u64,
    /// Rate of these; `None` where nobody came to it yet.
    pub retention_seen: Option<Estimate>,
    /// Share of all contracts still there after it (Kaplan and Meier), as far as seen.
    pub survival_seen: Option<Estimate>,
    /// Retention of the model.
    pub retention: Option<Estimate>,
    /// Survival of the model.
    pub survival: Option<Estimate>,
}

/// Relationships that began in the same year, quarter or month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StartCohort {
    /// First and last day of the span.
    pub span: Period,
    /// Which span it is, for its name.
    pub unit: CohortUnit,
    /// Relationships begun in it.
    pub relationships: u64,
    /// Of these, still running.
    pub running: u64,
    /// Paid up to the age, exact.
    pub paid: Amount,
    /// What they are expected to pay from the next day on up to the age, discounted to the day.
    pub expected: Estimate,
    /// Value from acquisition: paid, times the margin, plus expected; the mean of a relationship.
    pub mean: Estimate,
    /// Remaining value over the horizon, of all of them.
    pub remaining: f64,
    /// Whether all of them have ended or reached the age: nothing is expected any more.
    pub is_ripe: bool,
}

/// The span of a cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CohortUnit {
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
}

/// A contract's state on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContractState {
    /// Running, without a known end.
    Running,
    /// Running until a day that is known.
    Ending,
    /// Ended.
    Ended,
    /// Ended by a change of plan.
    Changed,
    /// Begins after the day.
    Later,
}

/// A row for each contract, column by column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ContractScores {
    /// The customer.
    pub customer: Vec<String>,
    /// The contract's own number, empty where the file has none.
    pub contract: Vec<String>,
    /// Product or plan, empty where the file has none.
    pub product: Vec<String>,
    /// First day.
    pub start: Vec<Day>,
    /// Last day, where known.
    pub end: Vec<Option<Day>>,
    /// Price per interval.
    pub price: Vec<Amount>,
    /// The interval.
    pub interval: Vec<Interval>,
    /// State on the day.
    pub state: Vec<ContractState>,
    /// Renewals made until the day; of the whole relationship for a contract that follows another.
    pub renewals: Vec<u32>,
    /// Paid until the day.
    pub paid: Vec<Amount>,
    /// Probability of the next renewal; `None` where no model could be fitted.
    pub renews: Vec<Option<f64>>,
    /// Payments expected over the horizon.
    pub payments: Vec<Option<f64>>,
    /// Remaining value over the horizon, discounted, with the bounds of its chance.
    pub value: Vec<Option<Estimate>>,
}

/// What a person should know before believing a figure.
#[derive(Debug, Clone, PartialEq)]
pub enum ContractWarning {
    /// About reading.
    Read(ReadWarning),
    /// No column states the interval of so many rows.
    IntervalAssumed {
        /// Rows.
        rows: u64,
        /// The interval they were taken for, where it is one.
        interval: Option<Interval>,
    },
    /// So few contracts say little.
    FewContracts {
        /// Contracts.
        contracts: u64,
    },
    /// Nobody missed a renewal yet.
    NobodyLeft {
        /// The interval.
        interval: Interval,
    },
    /// The estimate lies at a boundary of the parameters.
    AtBoundary {
        /// The interval.
        interval: Interval,
        /// The model.
        kind: ContractModelKind,
    },
    /// A model could not be fitted.
    ModelFailed {
        /// The interval.
        interval: Interval,
        /// The model.
        kind: ContractModelKind,
        /// Why.
        reason: String,
    },
    /// No model could be fitted: these contracts have no value and are in no total.
    NotValued {
        /// The interval.
        interval: Interval,
        /// So many running contracts.
        contracts: u64,
    },
    /// The horizon leads further than any contract has been seen.
    BeyondSeen {
        /// The interval.
        interval: Interval,
        /// Renewals seen at most.
        seen: u32,
        /// Renewals that the forecast comes to.
        forecast: u32,
    },
    /// Contracts that follow each other without a gap were taken as one.
    PlanChanges {
        /// So many changes.
        changes: u64,
    },
    /// Contracts that begin after the day are left out.
    LaterContracts {
        /// Contracts.
        contracts: u64,
    },
}
