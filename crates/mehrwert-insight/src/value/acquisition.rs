//! Value from acquisition: what a customer brought so far plus what is expected of it, up to an age, both discounted to
//! the day it was won. It is what winning such a customer may cost.
//!
//! Remaining value looks ahead from today and is another question; the two are shown side by side and never added up.

use std::ops::Range;

use datafusion::scalar::ScalarValue;
use mehrwert_clv::{Days, DiscountRate, History};
use mehrwert_core::Horizon;
use mehrwert_facts::engine::{Columns, ColumnsError, EngineError};
use rayon::prelude::*;

use super::forecast::Fitted;
use super::histories::CustomerHistories;
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
    pub age: Horizon,
    pub rate: DiscountRate,
    pub margin: f64,
    pub with_amounts: bool,
}

impl Terms {
    pub(super) fn new(request: &ValueRequest, margin: Option<f64>, with_amounts: bool) -> Terms {
        let rate = DiscountRate::yearly(request.discount_rate.fraction());
        Terms { age: request.age, rate, margin: margin.unwrap_or(1.0), with_amounts }
    }
}

pub(super) fn from_acquisition(
    purchases: &Purchases<'_>,
    fitted: &Fitted,
    histories: &CustomerHistories,
    terms: &Terms,
) -> Result<Acquired, ValueError> {
    let brought = brought(purchases, histories, terms)?;
    let expected = expected(fitted, histories, terms)?;
    Ok(Acquired { brought, expected })
}

fn brought(purchases: &Purchases<'_>, histories: &CustomerHistories, terms: &Terms) -> Result<Vec<f64>, ValueError> {
    let until = histories.until;
    let outgrown = terms.age.days_from(purchases.period.from)? < until.since(purchases.period.from).unsigned_abs();
    let (name, sql) = match outgrown {
        false => ("brought", include_str!("sql/brought.sql")),
        true => ("brought_within_age", include_str!("sql/brought_within_age.sql")),
    };
    let mut parameters = vec![
        ("amounts", ScalarValue::Boolean(Some(terms.with_amounts))),
        ("growth", ScalarValue::Float64(Some(growth_a_day(terms.rate)))),
        ("until", date(until)),
    ];
    if outgrown {
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
        let kept = if terms.with_amounts { histories.kept_share(row) } else { 1.0 };
        by_key[histories.customers[row] as usize] * kept * since_acquisition(histories, row, terms.rate) * terms.margin
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

/// How far ahead the age lies decides the forecast, and it follows from the customer's age alone: one look ahead for all
/// distinct histories of one age.
fn expected(fitted: &Fitted, histories: &CustomerHistories, terms: &Terms) -> Result<Vec<f64>, ValueError> {
    let distinct = histories.compressed.distinct();
    let mut by_age: Vec<u32> = (0..u32::try_from(distinct.len()).unwrap_or(u32::MAX)).collect();
    by_age.sort_by_key(|&place| distinct[place as usize].age());
    let runs = runs_of_equal(&by_age, |&place| distinct[place as usize].age());
    let of_run = |run: &Range<usize>| -> Result<Vec<f64>, ValueError> {
        let members: Vec<History> = by_age[run.clone()].iter().map(|&place| distinct[place as usize]).collect();
        let age = i32::try_from(members[0].age()).unwrap_or(i32::MAX);
        let left = terms.age.end(histories.until.plus_days(-age))?.since(histories.until);
        if left <= 0 {
            return Ok(vec![0.0; members.len()]);
        }
        let scores = fitted.fit.model.score(&members, Days::new(f64::from(left)), terms.rate);
        Ok(scores.iter().map(|score| score.discounted_purchases).collect())
    };
    let scored: Vec<Vec<f64>> = runs.par_iter().map(of_run).collect::<Result<_, _>>()?;
    let mut of_distinct = vec![0.0; distinct.len()];
    for (&place, purchases) in by_age.iter().zip(scored.into_iter().flatten()) {
        of_distinct[place as usize] = purchases;
    }
    let of_row = |row: usize| {
        let purchases = histories.compressed.distinct_of(row).map_or(0.0, |place| of_distinct[place]);
        let spend = fitted.expected_spend(histories, row) * terms.margin;
        purchases * spend * since_acquisition(histories, row, terms.rate)
    };
    Ok((0..histories.customers.len()).map(of_row).collect())
}

/// Where neighbours of equal keys begin and end.
fn runs_of_equal<T, K: PartialEq>(sorted: &[T], key: impl Fn(&T) -> K) -> Vec<Range<usize>> {
    let mut start = 0;
    let runs = sorted.chunk_by(|one, next| key(one) == key(next));
    runs.map(|run| {
        let range = start..start + run.len();
        start = range.end;
        range
    })
    .collect()
}
