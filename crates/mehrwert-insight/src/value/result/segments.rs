//! Customers taken together: cohorts and groups.

use mehrwert_core::{Amount, Day, Horizon};

use super::Estimate;

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
    /// What winning one of them cost, where the ledger tells: it stands against value from acquisition, never against remaining
    /// value.
    pub acquisition_cost: Option<f64>,
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
