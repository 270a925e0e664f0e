//! Weekly repeat orders: what happened beside what the model expects of the customers won until then.

use std::collections::BTreeMap;

use mehrwert_core::{Day, Period};

use super::forecaster::Forecaster;
use super::histories::CustomerHistories;
use super::purchases::DayTotal;
use super::result::Week;

/// Whole weeks over the history and the holdout, laid so that one ends with the history's last day.
pub(super) fn weeks(
    forecaster: &Forecaster,
    histories: &CustomerHistories,
    by_day: &[DayTotal],
    holdout_by_day: &[DayTotal],
    period: Period,
    last: Day,
) -> Vec<Week> {
    let days = usize::try_from(last.since(period.from) + 1).unwrap_or(0);
    let won = customers_won(histories, period.from, days);
    let expected = forecaster.expected_by_day(&histories.first_day, period.from, last);
    let actual = repeats_by_day(by_day, holdout_by_day, &won, period.from, days);
    let history_days = usize::try_from(period.days()).unwrap_or(0);
    // The first days of the history that fill no week are left out, and so are the last of the holdout.
    (history_days % 7..)
        .step_by(7)
        .take_while(|start| start + 7 <= days)
        .map(|start| Week {
            start: period.from.plus_days(i32::try_from(start).unwrap_or(i32::MAX)),
            actual: actual[start..start + 7].iter().sum(),
            expected: expected[start..start + 7].iter().sum(),
            holdout: start >= history_days,
        })
        .collect()
}

/// Customers won on each day of the history.
fn customers_won(histories: &CustomerHistories, from: Day, days: usize) -> Vec<u64> {
    let mut won = vec![0; days];
    for first in &histories.first_day {
        if let Some(count) = usize::try_from(first.since(from)).ok().and_then(|day| won.get_mut(day)) {
            *count += 1;
        }
    }
    won
}

/// Repeat purchases of each day: all purchases less the first ones.
fn repeats_by_day(by_day: &[DayTotal], holdout: &[DayTotal], won: &[u64], from: Day, days: usize) -> Vec<u64> {
    let totals: BTreeMap<Day, u64> = by_day.iter().chain(holdout).map(|total| (total.day, total.purchases)).collect();
    (0..days)
        .map(|day| {
            let date = from.plus_days(i32::try_from(day).unwrap_or(i32::MAX));
            totals.get(&date).copied().unwrap_or(0).saturating_sub(won[day])
        })
        .collect()
}
