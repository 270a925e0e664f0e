//! A row for each contract, and the counts and sums over them.

use std::collections::BTreeSet;

use mehrwert_clv::DiscountRate;
use mehrwert_core::{Amount, Day};
use mehrwert_facts::contracts::Interval;

use super::cohorts::Last;
use super::models::Models;
use super::relations::{Relation, payments_until};
use super::result::{ContractCounts, ContractScores, ContractState, Estimate};
use super::stream::{Ages, Cell, Retention, discounts};
use super::{Answer, CONFIDENCE};

/// What the last contract of a relationship is worth on the day.
#[derive(Debug, Clone, Copy)]
struct Worth {
    renews: Option<f64>,
    payments: Option<f64>,
    value: Option<Estimate>,
}

impl Worth {
    const NOTHING: Worth =
        Worth { renews: Some(0.0), payments: Some(0.0), value: Some(Estimate { value: 0.0, low: 0.0, high: 0.0 }) };
    const UNKNOWN: Worth = Worth { renews: None, payments: None, value: None };

    fn certain(value: f64, payments: u32) -> Worth {
        Worth {
            renews: Some(if payments > 0 { 1.0 } else { 0.0 }),
            payments: Some(f64::from(payments)),
            value: Some(Estimate { value, low: value, high: value }),
        }
    }
}

/// Every contract of the log.
pub(super) fn scores(answer: &Answer<'_>, end: Day) -> ContractScores {
    let today = answer.period.to;
    let rows = &answer.log.contracts;
    let retentions = retentions(answer, end);
    // Set for every row below: each row is in one relationship.
    let mut worth = vec![(ContractState::Later, 0_u32, Worth::NOTHING); rows.len()];
    for relation in answer.relations {
        let known = answer.known.runs_until(relation, today);
        for (place, &row) in relation.rows.iter().enumerate() {
            let follower = relation.rows.get(place + 1).map(|&next| rows[next].start);
            let went_on = relation.went_on || follower.is_some();
            let is_last = follower.is_none_or(|start| start > today);
            worth[row] = if rows[row].start > today {
                (ContractState::Later, 0, Worth::NOTHING)
            } else if let Some(last) = known.filter(|_| is_last) {
                let state = if last == Last::Unknown { ContractState::Running } else { ContractState::Ending };
                (state, relation.due(today), running(answer, relation, last, end, &retentions))
            } else {
                let renewals = payments_until(&rows[row], today).saturating_sub(1);
                let state = if went_on { ContractState::Changed } else { ContractState::Ended };
                (state, if went_on { renewals } else { relation.made(today) }, Worth::NOTHING)
            };
        }
    }
    table(answer, &worth, today)
}

type Retentions = Vec<(Interval, Option<Retention>)>;

/// The chosen models, each worked out at the ages that running contracts come to.
fn retentions(answer: &Answer<'_>, end: Day) -> Retentions {
    let today = answer.period.to;
    let retention = |models: &Models, members: &[&Relation]| {
        let mut ages = Ages::default();
        let running = members.iter().filter(|relation| relation.runs(today));
        running.for_each(|relation| ages.push(Cell::of(relation, today, end)));
        models.chosen().map(|fit| Retention::of(&fit.model, &ages))
    };
    let pairs = answer.models.iter().zip(answer.groups);
    pairs.map(|(models, (_, members))| (models.interval, retention(models, members))).collect()
}

fn running(answer: &Answer<'_>, relation: &Relation, last: Last, end: Day, retentions: &Retentions) -> Worth {
    let today = answer.period.to;
    let rate = answer.rate();
    let price = relation.price.to_f64() * answer.margin();
    if let Last::Known(last) = last {
        let cell = Cell::of(relation, today, end.min(last.plus_days(-1)));
        let certain: f64 = discounts(relation.interval, cell.days, cell.ahead, rate).iter().sum();
        // The next renewal may lie behind the horizon and yet be certain.
        let next = Cell::of(relation, today, last.plus_days(-1)).ahead;
        return Worth { renews: Some(f64::from(next.min(1))), ..Worth::certain(price * certain, cell.ahead) };
    }
    let retention = retentions.iter().find(|one| one.0 == relation.interval).and_then(|one| one.1.as_ref());
    let Some(retention) = retention else { return Worth::UNKNOWN };
    expected(retention, relation, (today, end), price, rate)
}

fn expected(
    retention: &Retention,
    relation: &Relation,
    (today, end): (Day, Day),
    price: f64,
    rate: DiscountRate,
) -> Worth {
    let cell = Cell::of(relation, today, end);
    let discounts = discounts(relation.interval, cell.days, cell.ahead, rate);
    let moments = retention.moments(cell.made, &discounts);
    let (low, high) = retention.bounds(cell.made, &discounts, CONFIDENCE);
    Worth {
        renews: Some(retention.moments(cell.made, &[1.0]).count),
        payments: Some(moments.count),
        value: Some(Estimate { value: price * moments.mean, low: price * low, high: price * high }),
    }
}

fn table(answer: &Answer<'_>, worth: &[(ContractState, u32, Worth)], today: Day) -> ContractScores {
    let log = answer.log;
    let mut scores = ContractScores::default();
    let name = |names: &mehrwert_facts::orders::Names, id: Option<u32>| {
        id.and_then(|id| names.get(id)).unwrap_or_default().to_owned()
    };
    for (row, (state, renewals, worth)) in log.contracts.iter().zip(worth) {
        scores.customer.push(name(&log.customers, Some(row.customer)));
        scores.contract.push(name(&log.contract_ids, row.contract));
        scores.product.push(name(&log.products, row.product));
        scores.start.push(row.start);
        scores.end.push(row.end);
        scores.price.push(row.price);
        scores.interval.push(row.interval);
        scores.state.push(*state);
        scores.renewals.push(*renewals);
        scores.paid.push(row.price.scaled(i128::from(payments_until(row, today)), 1));
        scores.renews.push(worth.renews);
        scores.payments.push(worth.payments);
        scores.value.push(worth.value);
    }
    scores
}

pub(super) fn counts(answer: &Answer<'_>, scores: &ContractScores) -> ContractCounts {
    let of = |state: ContractState| scores.state.iter().filter(|known| **known == state).count() as u64;
    let begun = answer.log.contracts.iter().filter(|row| row.start <= answer.period.to);
    let later = of(ContractState::Later);
    ContractCounts {
        contracts: scores.state.len() as u64 - later,
        customers: begun.map(|row| row.customer).collect::<BTreeSet<u32>>().len() as u64,
        running: of(ContractState::Running),
        ending: of(ContractState::Ending),
        ended: of(ContractState::Ended),
        changed: of(ContractState::Changed),
        later,
    }
}

/// What the running contracts bring a month: exact sums of each interval, then divided and rounded to the cent.
pub(super) fn monthly(scores: &ContractScores) -> Amount {
    let running = |interval: Interval| -> Amount {
        let rows = (0..scores.price.len()).filter(|&row| scores.interval[row] == interval);
        let runs = |row: &usize| matches!(scores.state[*row], ContractState::Running | ContractState::Ending);
        rows.filter(runs).map(|row| scores.price[row]).sum()
    };
    let part = |interval: Interval, of: i128, months: i128| running(interval).scaled(of, months);
    const CENT: i128 = 10_000;
    // A month has 365.25 / 84 weeks.
    let sum = part(Interval::Week, 36_525, 8_400)
        + running(Interval::Month)
        + part(Interval::Quarter, 1, 3)
        + part(Interval::HalfYear, 1, 6)
        + part(Interval::Year, 1, 12);
    Amount::from_micros(sum.scaled(1, CENT).micros() * CENT)
}
