//! Value from acquisition: what a customer brought so far plus what is expected of it, up to an age, both discounted to
//! the day it was won. It is what winning such a customer may cost.
//!
//! Remaining value looks ahead from today and is another question; the two are shown side by side and never added up.

use datafusion::scalar::ScalarValue;
use mehrwert_clv::{Days, DiscountRate};
use mehrwert_core::{Day, Horizon, HorizonError};
use mehrwert_facts::engine::{Columns, ColumnsError, EngineError};

use super::forecaster::Forecaster;
use super::histories::CustomerHistories;
use super::margin::Margin;
use super::purchases::{Purchases, date};
use super::{ValueError, ValueRequest};

/// One number a customer, in the order of the histories; in money times margin, or in orders where there are no amounts.
pub(super) struct Acquired {
    /// Brought so far, up to the age.
    pub brought: Vec<f64>,
    /// Expected from the end of the history up to the age; zero for customers beyond it.
    pub expected: Vec<f64>,
}

impl Acquired {
    /// Value from acquisition of each customer.
    pub(super) fn per_customer(&self) -> Vec<f64> {
        self.brought.iter().zip(&self.expected).map(|(brought, expected)| brought + expected).collect()
    }
}

/// What is asked: up to which age, discounted how, at which margin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// How far ahead remaining value is counted.
    pub days: u32,
    pub age: Horizon,
    /// Yearly, as a fraction.
    pub discount_rate: f64,
    pub rate: DiscountRate,
    pub margin: f64,
    /// See [`Margin::goods_share`].
    pub goods_share: Option<f64>,
    pub with_amounts: bool,
}

impl Terms {
    pub(super) fn new(request: &ValueRequest, margin: &Margin, with_amounts: bool, days: u32) -> Terms {
        let discount_rate = request.discount_rate.fraction();
        let rate = DiscountRate::yearly(discount_rate);
        Terms {
            days,
            age: request.age,
            discount_rate,
            rate,
            margin: margin.share.unwrap_or(1.0),
            goods_share: margin.goods_share,
            with_amounts,
        }
    }
}

pub(super) fn from_acquisition(
    purchases: &Purchases<'_>,
    forecaster: &Forecaster,
    histories: &CustomerHistories,
    terms: &Terms,
) -> Result<Acquired, ValueError> {
    let brought = brought(purchases, histories, terms)?;
    let expected = expected(forecaster, histories, terms)?;
    Ok(Acquired { brought, expected })
}

fn brought(purchases: &Purchases<'_>, histories: &CustomerHistories, terms: &Terms) -> Result<Vec<f64>, ValueError> {
    let until = histories.until;
    let outgrown = terms.age.days_from(purchases.period.from)? < until.since(purchases.period.from).unsigned_abs();
    let (name, sql) = match (terms.goods_share, outgrown) {
        (Some(_), _) => ("brought_by_ledger", include_str!("sql/brought_by_ledger.sql")),
        (None, false) => ("brought", include_str!("sql/brought.sql")),
        (None, true) => ("brought_within_age", include_str!("sql/brought_within_age.sql")),
    };
    let mut parameters = vec![("growth", ScalarValue::Float64(Some(growth_a_day(terms.rate)))), ("until", date(until))];
    match terms.goods_share {
        Some(share) => parameters.push(("goods", ScalarValue::Float64(Some(share)))),
        None => parameters.push(("amounts", ScalarValue::Boolean(Some(terms.with_amounts)))),
    }
    if outgrown || terms.goods_share.is_some() {
        let (months, days) = terms.age.months_and_days();
        parameters.push(("age", ScalarValue::new_interval_mdn(months, days, 0)));
    }
    let rows = purchases.engine.query(name, sql, &parameters)?;
    let columns = Columns::new(&rows);
    let answer = |source: ColumnsError| EngineError::Answer { query: name, source };
    let keys = columns.keys("customer").map_err(answer)?;
    let grown = columns.floats("brought").map_err(answer)?;
    let size = histories.customers.iter().chain(&keys).max().map_or(0, |&key| key as usize + 1);
    let mut by_key = vec![0.0; size];
    for (key, grown) in keys.into_iter().zip(grown) {
        by_key[key as usize] = grown;
    }
    let of_row = |row: usize| {
        let grown = by_key[histories.customers[row] as usize] * since_acquisition(histories, row, terms.rate);
        match terms.goods_share {
            // The ledger has taken off what was paid back, and every cost.
            Some(_) => grown,
            None if terms.with_amounts => grown * histories.kept_share(row) * terms.margin,
            None => grown * terms.margin,
        }
    };
    Ok((0..histories.customers.len()).map(of_row).collect())
}

/// The continuous discount rate of a day.
fn growth_a_day(rate: DiscountRate) -> f64 {
    -rate.factor(Days::new(1.0)).ln()
}

/// What one at the end of the history was worth on the day the customer was won.
fn since_acquisition(histories: &CustomerHistories, row: usize, rate: DiscountRate) -> f64 {
    rate.factor(Days::new(f64::from(histories.until.since(histories.first_day[row]))))
}

fn expected(forecaster: &Forecaster, histories: &CustomerHistories, terms: &Terms) -> Result<Vec<f64>, ValueError> {
    let left = |first: Day| -> Result<u32, HorizonError> {
        Ok(u32::try_from(terms.age.end(first)?.since(histories.until)).unwrap_or(0))
    };
    let purchases = forecaster.purchases_by_first_day(&histories.first_day, terms.rate, left)?;
    let of_row = |(row, purchases): (usize, f64)| {
        let spend = forecaster.expected_spend(histories, row) * terms.margin;
        purchases * spend * since_acquisition(histories, row, terms.rate)
    };
    Ok(purchases.into_iter().enumerate().map(of_row).collect())
}
