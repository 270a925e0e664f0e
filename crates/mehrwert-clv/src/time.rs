//! Spans of time, the unit of a model's rates, and discounting.

use serde::{Deserialize, Serialize};

const DAYS_PER_WEEK: f64 = 7.0;
const DAYS_PER_YEAR: f64 = 365.25;

/// A span of time, held in days. Never negative; may be [`Days::FOREVER`].
///
/// A span carries its unit, so that a weekly model cannot be read as a daily one.
///
/// ```
/// use mehrwert_clv::Days;
/// assert_eq!(Days::from_weeks(2.0), Days::new(14.0));
/// assert_eq!(Days::new(10.5).weeks(), 1.5);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Days(f64);

impl Days {
    /// No time at all.
    pub const ZERO: Days = Days(0.0);
    /// The infinite horizon.
    pub const FOREVER: Days = Days(f64::INFINITY);

    /// A span of `days` days. A span cannot run backwards: what is below zero, or not a number, becomes zero.
    pub fn new(days: f64) -> Days {
        Days(days.max(0.0))
    }

    /// A span of `weeks` weeks of seven days.
    pub fn from_weeks(weeks: f64) -> Days {
        Days::new(weeks * DAYS_PER_WEEK)
    }

    /// The span in days.
    pub fn days(self) -> f64 {
        self.0
    }

    /// The span in weeks of seven days.
    pub fn weeks(self) -> f64 {
        self.0 / DAYS_PER_WEEK
    }
}

/// The unit in which a model's rate parameters (alpha, beta) are expressed.
///
/// Predictions do not depend on it, except for rounding; parameters and the log-likelihood do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Rates per day.
    Day,
    /// Rates per week of seven days, the habit of the literature.
    #[default]
    Week,
}

impl TimeUnit {
    /// How many of this unit the span lasts.
    pub fn count(self, span: Days) -> f64 {
        span.days() / self.in_days()
    }

    /// The span that `count` of this unit last.
    pub fn span(self, count: f64) -> Days {
        Days::new(count * self.in_days())
    }

    /// The length of the unit in days.
    pub fn in_days(self) -> f64 {
        match self {
            TimeUnit::Day => 1.0,
            TimeUnit::Week => DAYS_PER_WEEK,
        }
    }
}

/// How much later purchases count less: a continuously compounded rate.
///
/// ```
/// use mehrwert_clv::{Days, DiscountRate};
/// let rate = DiscountRate::yearly(0.10);
/// assert!((rate.factor(Days::new(365.25)) - 1.0 / 1.10).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DiscountRate {
    per_day: f64,
}

impl DiscountRate {
    /// Later purchases count in full.
    pub const NONE: DiscountRate = DiscountRate { per_day: 0.0 };

    /// An effective yearly rate: 0.10 makes a purchase a year (365.25 days) ahead worth 1 / 1.10.
    /// Rates below zero, or not a number, become zero.
    pub fn yearly(rate: f64) -> DiscountRate {
        DiscountRate { per_day: rate.max(0.0).ln_1p() / DAYS_PER_YEAR }
    }

    /// A continuously compounded rate per week, as in the literature (0.0027 a week is 15 % a year).
    /// Rates below zero, or not a number, become zero.
    pub fn continuous_per_week(rate: f64) -> DiscountRate {
        DiscountRate { per_day: rate.max(0.0) / DAYS_PER_WEEK }
    }

    /// The continuously compounded rate per `unit`.
    pub fn continuous_per(self, unit: TimeUnit) -> f64 {
        self.per_day * unit.in_days()
    }

    /// What one purchase after `span` is worth today.
    pub fn factor(self, span: Days) -> f64 {
        if self.per_day == 0.0 { 1.0 } else { (-self.per_day * span.days()).exp() }
    }
}
