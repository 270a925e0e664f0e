//! Value from acquisition by start: what was paid until an age and what is still to come until then.

use std::collections::BTreeMap;

use mehrwert_clv::DiscountRate;
use mehrwert_clv::contracts::ContractDraw;
use mehrwert_core::{Amount, Day, Horizon, Period};
use mehrwert_facts::contracts::{ContractRow, Interval};

use super::models::Models;
use super::relations::{Relation, payments_until};
use super::result::{CohortUnit, StartCohort};
use super::stream::{Cell, Portfolio, around};
use super::{AGE_YEARS, CONFIDENCE, Known};

/// Periods shorter than this are told by months, shorter than the next by quarters.
const MONTHS_UNTIL_DAYS: i32 = 400;
const QUARTERS_UNTIL_DAYS: i32 = 3 * 366;

/// What a cohort needs besides its relationships.
pub(super) struct Context<'a> {
    pub rows: &'a [ContractRow],
    pub models: &'a [Models],
    pub draws: &'a [Vec<ContractDraw>],
    pub period: Period,
    pub known: Known,
    pub rate: DiscountRate,
    pub margin: f64,
    /// Remaining value of each row.
    pub remaining: &'a [f64],
}

pub(super) fn cohorts(relations: &[Relation], context: &Context<'_>) -> Vec<StartCohort> {
    let unit = match context.period.days() {
        days if days < MONTHS_UNTIL_DAYS => CohortUnit::Month,
        days if days < QUARTERS_UNTIL_DAYS => CohortUnit::Quarter,
        _ => CohortUnit::Year,
    };
    let mut members: BTreeMap<Day, Vec<&Relation>> = BTreeMap::new();
    for relation in relations.iter().filter(|relation| relation.start <= context.period.to) {
        members.entry(span(relation.start, unit).from).or_default().push(relation);
    }
    members.into_iter().map(|(start, members)| cohort(span(start, unit), unit, &members, context)).collect()
}

/// The span of the calendar in which a day lies.
fn span(day: Day, unit: CohortUnit) -> Period {
    let date = day.date();
    let (month, months) = match unit {
        CohortUnit::Month => (date.month(), 1),
        CohortUnit::Quarter => (date.month() - (date.month() - 1) % 3, 3),
        CohortUnit::Year => (1, 12),
    };
    // The first day of a month that is in the calendar is in it too.
    let from = Day::from_calendar(date.year(), month, 1).unwrap_or(day);
    Period { from, to: Interval::Month.renewal(from, months).plus_days(-1) }
}

fn cohort(span: Period, unit: CohortUnit, members: &[&Relation], context: &Context<'_>) -> StartCohort {
    let today = context.period.to;
    let mut paid = Amount::ZERO;
    let (mut running, mut remaining) = (0, 0.0);
    let mut portfolios: BTreeMap<Interval, Portfolio> = BTreeMap::new();
    let mut is_ripe = true;
    for relation in members {
        let age_end = Horizon::years(AGE_YEARS).end(relation.start).unwrap_or(today).plus_days(-1);
        for &row in &relation.rows {
            let payments = payments_until(&context.rows[row], today.min(age_end));
            paid += context.rows[row].price.scaled(i128::from(payments), 1);
            remaining += context.remaining[row];
        }
        is_ripe &= age_end <= today;
        let Some(last) = context.known.runs_until(relation, today) else { continue };
        running += 1;
        let price = relation.price.to_f64() * context.margin;
        let portfolio = portfolios.entry(relation.interval).or_insert_with(|| Portfolio::new(relation.interval));
        context.known.push(portfolio, relation, price, (today, age_end.max(today)), last, context.rate);
    }
    let (mut value, mut draws) = (0.0, Vec::new());
    for (interval, portfolio) in &portfolios {
        let Some(index) = context.models.iter().position(|models| models.interval == *interval) else { continue };
        let Some(fit) = context.models[index].chosen() else { continue };
        let total = portfolio.total(&fit.model, &context.draws[index], context.rate, context.models[index].miss());
        value += total.value;
        draws.resize(total.draws.len(), 0.0);
        draws.iter_mut().zip(&total.draws).for_each(|(sum, draw)| *sum += draw);
    }
    let expected = around(value, draws, CONFIDENCE);
    let count = members.len().max(1) as f64;
    let mean = |expected: f64| (paid.to_f64() * context.margin + expected) / count;
    StartCohort {
        span,
        unit,
        relationships: members.len() as u64,
        running,
        paid,
        expected,
        mean: super::Estimate { value: mean(expected.value), low: mean(expected.low), high: mean(expected.high) },
        remaining,
        // Where nothing runs any longer, nothing is expected.
        is_ripe: is_ripe || running == 0,
    }
}

/// The cell of a relationship is the same whether it is looked at over the horizon or up to an age.
impl Known {
    /// Adds what a running relationship brings over a span to a portfolio.
    pub(super) fn push(
        self,
        portfolio: &mut Portfolio,
        relation: &Relation,
        price: f64,
        (today, end): (Day, Day),
        last: Last,
        rate: DiscountRate,
    ) {
        match last {
            Last::Unknown => portfolio.push(Cell::of(relation, today, end), price),
            Last::Known(last) => {
                let cell = Cell::of(relation, today, end.min(last.plus_days(-1)));
                let discounts = super::stream::discounts(relation.interval, cell.days, cell.ahead, rate);
                portfolio.push_certain(price * discounts.iter().sum::<f64>(), f64::from(cell.ahead));
            }
        }
    }

    /// Until when a relationship runs on a day; `None` where it does not.
    pub(super) fn runs_until(self, relation: &Relation, today: Day) -> Option<Last> {
        if !relation.runs(today) {
            return None;
        }
        match relation.end {
            Some(end) if self == Known::Ends => Some(Last::Known(end)),
            _ => Some(Last::Unknown),
        }
    }
}

/// The last day of a running relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    /// Nobody knows.
    Unknown,
    /// It was terminated for this day.
    Known(Day),
}
