//! What customers and segments of them are worth, with intervals.

use mehrwert_facts::orders::OrderLog;

use super::acquisition::{self, Terms};
use super::histories::CustomerHistories;
use super::modelling::Modelled;
use super::purchases::Purchases;
use super::result::{CustomerScores, FromAcquisition, Groups, ValueTotals};
use super::segments::{self, Members, Segments};
use super::{ValueError, certainty, scores};

/// The answer in figures.
pub(super) struct Worth {
    pub scores: CustomerScores,
    pub totals: ValueTotals,
    pub from_acquisition: FromAcquisition,
    pub groups: Option<Groups>,
}

pub(super) fn worth(
    purchases: &Purchases<'_>,
    modelled: &Modelled,
    histories: &CustomerHistories,
    log: &OrderLog,
    terms: &Terms,
) -> Result<Worth, ValueError> {
    let forecaster = &modelled.forecaster;
    let customers = &log.customers;
    let mut scores = scores::score_customers(forecaster, histories, customers, terms.days, terms.rate, terms.margin)?;
    let acquired = acquisition::from_acquisition(purchases, forecaster, histories, terms)?;
    scores.from_acquisition = acquired.per_customer();
    // Everybody, then the cohorts, then the groups: all in the same simulated futures.
    let mut members = vec![segments::everybody(histories)];
    members.extend(segments::cohorts(histories));
    let cohorts = members.len() - 1;
    let groups: &[Members] = modelled.groups.as_ref().map_or(&[], |groups| &groups.members);
    let rows: Vec<Vec<u32>> = members.iter().chain(groups).map(|one| one.rows.clone()).collect();
    let futures = certainty::futures(forecaster, histories, &scores, &rows, terms.days)?;
    let known = Segments { histories, scores: &scores, acquired: &acquired };
    let mut described = members.iter().chain(groups).zip(&futures).map(|(one, futures)| known.segment(one, futures));
    // The first of them are everybody.
    let all = described.next().ok_or(ValueError::NoPurchases)?;
    let from_acquisition = FromAcquisition { age: terms.age, all, cohorts: described.by_ref().take(cohorts).collect() };
    let grouped = modelled.groups.as_ref().map(|groups| Groups {
        column: groups.column.clone(),
        groups: described.collect(),
        pooled: groups.pooled.clone(),
    });
    let total: f64 = scores.value.iter().sum();
    let totals = ValueTotals {
        total: futures[0].around_value(total),
        mean: total / scores.value.len().max(1) as f64,
        expected_orders: futures[0].around_orders(scores.expected_orders.iter().sum()),
        horizon_days: terms.days,
        discount_rate: terms.discount_rate,
    };
    if grouped.is_some() {
        scores.group = segments::group_of_each(groups, scores.value.len());
    }
    Ok(Worth { scores, totals, from_acquisition, groups: grouped })
}
