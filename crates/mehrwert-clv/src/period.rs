//! Horizons and discounting for models that count whole periods: renewals of a contract, occasions to buy.

use thiserror::Error;

use crate::{Days, DiscountRate};

/// How many periods ahead to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Horizon {
    /// So many periods.
    Periods(u32),
    /// All periods to come.
    Forever,
}

/// Whether what the first period ahead brings is worth its face value today. Published values differ in nothing but
/// this, by the factor 1 + d.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FirstPeriod {
    /// The first period ahead brings its value now: one looks right before it. Period k counts `(1 + d)^-(k - 1)`.
    Undiscounted,
    /// The first period ahead brings its value a period from now. Period k counts `(1 + d)^-k`.
    Discounted,
}

/// How much less later periods count.
///
/// ```
/// use mehrwert_clv::{Days, DiscountRate, Discounting, FirstPeriod};
/// let yearly = Discounting::per_period(0.10, FirstPeriod::Discounted)?;
/// assert!((yearly.factor(2) - 1.0 / 1.21).abs() < 1e-15);
/// // Monthly renewals under a yearly rate: the unit travels with the rate.
/// let month = Days::new(365.25 / 12.0);
/// let monthly = Discounting::of_periods(month, DiscountRate::yearly(0.10), FirstPeriod::Undiscounted);
/// assert!((monthly.factor(13) - 1.0 / 1.10).abs() < 1e-15);
/// # Ok::<(), mehrwert_clv::RateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Discounting {
    log_growth: f64,
    first: FirstPeriod,
}

/// A discount rate that none can be.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error("discount rate {rate} a period: expected a finite number of zero or more, such as 0.1 for ten per cent")]
pub struct RateError {
    /// The rate handed in.
    pub rate: f64,
}

impl Discounting {
    /// Later periods count in full.
    pub const NONE: Discounting = Discounting { log_growth: 0.0, first: FirstPeriod::Undiscounted };

    /// An effective rate d a period: 0.10 makes a period later worth 1 / 1.10.
    ///
    /// # Errors
    /// If the rate is below zero or not finite.
    pub fn per_period(rate: f64, first: FirstPeriod) -> Result<Discounting, RateError> {
        if !(rate.is_finite() && rate >= 0.0) {
            return Err(RateError { rate });
        }
        Ok(Discounting { log_growth: rate.ln_1p(), first })
    }

    /// The rate for periods of this length. Periods without end bring nothing but what is not discounted.
    pub fn of_periods(length: Days, rate: DiscountRate, first: FirstPeriod) -> Discounting {
        // The bound keeps the factor of one period above zero, so that nothing infinite meets a zero.
        let log_growth = (-rate.factor(length).ln()).clamp(0.0, 700.0);
        Discounting { log_growth, first }
    }

    /// What one in the period of this number ahead (from 1) is worth today. Period 0, the current one, counts in full.
    pub fn factor(self, period: u32) -> f64 {
        let delay = match self.first {
            FirstPeriod::Undiscounted => period.saturating_sub(1),
            FirstPeriod::Discounted => period,
        };
        (-self.log_growth * f64::from(delay)).exp()
    }

    /// `ln(1 + d)`.
    pub(crate) fn log_growth(self) -> f64 {
        self.log_growth
    }

    /// What turns a sum with the first period discounted into one by this convention.
    pub(crate) fn convention(self) -> f64 {
        match self.first {
            FirstPeriod::Undiscounted => self.log_growth.exp(),
            FirstPeriod::Discounted => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conventions_differ_by_one_period() {
        let now = Discounting::per_period(0.25, FirstPeriod::Undiscounted).unwrap();
        let later = Discounting::per_period(0.25, FirstPeriod::Discounted).unwrap();
        assert_eq!((now.factor(1), later.factor(0)), (1.0, 1.0));
        assert!((now.factor(3) - 1.25 * later.factor(3)).abs() < 1e-15);
        assert!((now.convention() - 1.25).abs() < 1e-15 && later.convention() == 1.0);
        for rate in [-0.1, f64::NAN, f64::INFINITY] {
            assert!(Discounting::per_period(rate, FirstPeriod::Discounted).is_err());
        }
        let endless = Discounting::of_periods(Days::FOREVER, DiscountRate::yearly(0.1), FirstPeriod::Undiscounted);
        assert!(endless.factor(2) < 1e-300 && endless.convention().is_finite());
    }
}
