//! Formulas of customer value on the back of an envelope: baselines to compare a model with, not to replace it. They
//! take averages for customers, which overstates the value of those who are won and understates that of those who
//! stay (Fader & Hardie 2010).
//!
//! Amounts are in any one currency; a period is any one span of time that all rates refer to.

use thiserror::Error;

/// Why a formula has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum FormulaError {
    /// An input outside its range.
    #[error("{name} is {value}: expected {expected}")]
    OutOfRange {
        /// Which input.
        name: &'static str,
        /// The value handed in.
        value: f64,
        /// What it has to be.
        expected: &'static str,
    },
    /// Customers are kept faster than their margin is discounted away.
    #[error(
        "retention {retention} at discount rate {discount_rate}: expected 1 + rate - retention above zero, \
         the value has no bound otherwise"
    )]
    Unbounded {
        /// The retention rate.
        retention: f64,
        /// The discount rate.
        discount_rate: f64,
    },
    /// Possible inputs whose product cannot be represented.
    #[error("the value is too large to be represented: check the units of the inputs")]
    TooLarge,
}

fn check(name: &'static str, value: f64, fits: bool, expected: &'static str) -> Result<(), FormulaError> {
    if fits { Ok(()) } else { Err(FormulaError::OutOfRange { name, value, expected }) }
}

fn amount(name: &'static str, value: f64) -> Result<(), FormulaError> {
    check(name, value, value.is_finite(), "a finite number")
}

fn not_negative(name: &'static str, value: f64) -> Result<(), FormulaError> {
    check(name, value, value.is_finite() && value >= 0.0, "a finite number of zero or more")
}

fn finite(value: f64) -> Result<f64, FormulaError> {
    if value.is_finite() { Ok(value) } else { Err(FormulaError::TooLarge) }
}

/// Order value times frequency times lifespan: the first case of Berger & Nasr (1998, Journal of Interactive Marketing
/// 12:1) with certain retention, without discounting and without the cost of winning the customer.
///
/// ```
/// use mehrwert_clv::formulas::AverageOrders;
/// // 60 an order, 4 orders a year, 3 years, 35 % margin.
/// let customer = AverageOrders { order_value: 60.0, orders_per_period: 4.0, periods: 3.0 };
/// assert_eq!(customer.revenue()?, 720.0);
/// assert!((customer.margin(0.35)? - 252.0).abs() < 1e-9);
/// # Ok::<(), mehrwert_clv::formulas::FormulaError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AverageOrders {
    /// Mean value of an order, net of VAT.
    pub order_value: f64,
    /// Mean orders of a customer a period.
    pub orders_per_period: f64,
    /// Mean lifespan of a customer in periods.
    pub periods: f64,
}

impl AverageOrders {
    /// Revenue over the lifespan, in the unit of the order value.
    ///
    /// # Errors
    /// If an input is not finite, or frequency or lifespan is below zero.
    pub fn revenue(&self) -> Result<f64, FormulaError> {
        amount("order value", self.order_value)?;
        not_negative("orders per period", self.orders_per_period)?;
        not_negative("lifespan in periods", self.periods)?;
        finite(self.order_value * self.orders_per_period * self.periods)
    }

    /// Contribution margin over the lifespan, in the unit of the order value; the margin is a share of revenue, at most
    /// 1 and below zero where every order loses money.
    ///
    /// # Errors
    /// As [`AverageOrders::revenue`], or if the margin is not finite or above 1.
    pub fn margin(&self, margin_share: f64) -> Result<f64, FormulaError> {
        let fits = margin_share.is_finite() && margin_share <= 1.0;
        check("margin as a share of revenue", margin_share, fits, "a finite number of at most 1, such as 0.35")?;
        finite(self.revenue()? * margin_share)
    }
}

/// When a customer brings the first margin that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FirstMargin {
    /// A period from now, if the customer is still there then: `sum over t from 1 of m r^t / (1 + i)^t`, the multiple
    /// `r / (1 + i - r)` of Gupta & Lehmann. The margin of winning the customer, at time 0, is not in it.
    AfterOnePeriod,
    /// Now and for certain, then as above: `sum over t from 0`, the multiple `(1 + i) / (1 + i - r)`.
    AtOnce,
}

/// The margin multiple: value of a customer with constant margin m, retention rate r and discount rate i for ever
/// (Gupta & Lehmann 2003, Journal of Interactive Marketing 17:1; 2005, Managing Customers as Investments).
///
/// ```
/// use mehrwert_clv::formulas::{FirstMargin, MarginMultiple};
/// // With 80 % retention and 12 % discount a margin is worth 2.5 times itself.
/// let customer = MarginMultiple { margin: 100.0, retention: 0.8, discount_rate: 0.12 };
/// assert!((customer.value(FirstMargin::AfterOnePeriod)? - 250.0).abs() < 1e-10);
/// assert!((customer.value(FirstMargin::AtOnce)? - 350.0).abs() < 1e-10);
/// # Ok::<(), mehrwert_clv::formulas::FormulaError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarginMultiple {
    /// Margin of a customer a period.
    pub margin: f64,
    /// Probability that a customer stays from one period to the next.
    pub retention: f64,
    /// Effective discount rate a period.
    pub discount_rate: f64,
}

impl MarginMultiple {
    /// By how much the margin of one period is multiplied.
    ///
    /// # Errors
    /// If retention is outside 0 to 1, if the discount rate is not finite or not above -1, or if `1 + i - r` is not
    /// above zero.
    pub fn multiple(&self, first: FirstMargin) -> Result<f64, FormulaError> {
        let (r, i) = (self.retention, self.discount_rate);
        check("retention rate", r, (0.0..=1.0).contains(&r), "a probability from 0 to 1")?;
        check("discount rate", i, i.is_finite() && i > -1.0, "a finite number above -1, such as 0.1")?;
        // 1 - r first: it is exact for the retention rates that matter, those close to one.
        let lost = (1.0 - r) + i;
        if lost <= 0.0 {
            return Err(FormulaError::Unbounded { retention: r, discount_rate: i });
        }
        let kept = match first {
            FirstMargin::AfterOnePeriod => r,
            FirstMargin::AtOnce => 1.0 + i,
        };
        finite(kept / lost)
    }

    /// The value of the customer, in the unit of the margin.
    ///
    /// # Errors
    /// As [`MarginMultiple::multiple`], or if the margin is not finite.
    pub fn value(&self, first: FirstMargin) -> Result<f64, FormulaError> {
        amount("margin", self.margin)?;
        finite(self.margin * self.multiple(first)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_inputs_are_refused() {
        let orders = AverageOrders { order_value: 50.0, orders_per_period: 2.0, periods: 3.0 };
        assert!(AverageOrders { order_value: f64::NAN, ..orders }.revenue().is_err());
        assert!(AverageOrders { orders_per_period: -1.0, ..orders }.revenue().is_err());
        assert!(AverageOrders { periods: f64::INFINITY, ..orders }.revenue().is_err());
        let endless = AverageOrders { order_value: 1e300, orders_per_period: 1e300, periods: 1.0 };
        assert_eq!(endless.revenue(), Err(FormulaError::TooLarge));
        assert!(orders.margin(1.2).is_err() && orders.margin(f64::NAN).is_err());
        assert_eq!(orders.margin(-0.5), Ok(-150.0));
        for (retention, discount_rate) in [(1.0, 0.0), (0.9, -0.1), (0.9, -0.5)] {
            let found = MarginMultiple { margin: 1.0, retention, discount_rate }.value(FirstMargin::AfterOnePeriod);
            assert_eq!(found, Err(FormulaError::Unbounded { retention, discount_rate }));
        }
        for (retention, discount_rate) in [(1.1, 0.1), (-0.1, 0.1), (f64::NAN, 0.1), (0.5, -1.0), (0.5, f64::NAN)] {
            let found = MarginMultiple { margin: 1.0, retention, discount_rate }.multiple(FirstMargin::AtOnce);
            assert!(matches!(found, Err(FormulaError::OutOfRange { .. })));
        }
    }

    #[test]
    fn the_multiple_is_the_sum_it_stands_for() {
        let customer = MarginMultiple { margin: 7.0, retention: 0.83, discount_rate: 0.09 };
        let sum: f64 = (1..2000).map(|t| 7.0 * (0.83f64 / 1.09).powi(t)).sum();
        let value = customer.value(FirstMargin::AfterOnePeriod).unwrap();
        assert!((value - sum).abs() < 1e-12 * sum);
        assert!((customer.value(FirstMargin::AtOnce).unwrap() - sum - 7.0).abs() < 1e-12 * sum);
    }
}
