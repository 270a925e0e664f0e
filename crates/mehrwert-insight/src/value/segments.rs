//! Customers by the time they were won, or by what the files tell of them: value from acquisition beside remaining value.

use mehrwert_core::{Amount, Day};
use mehrwert_facts::orders::Attribute;

use super::acquisition::Acquired;
use super::certainty::Futures;
use super::histories::CustomerHistories;
use super::result::{CustomerScores, Estimate, Maturity, Segment, SegmentName};

/// More cohorts than this are hard to read: longer spans are taken instead.
const MOST_COHORTS: usize = 24;
/// Of more groups than this the smallest are put together.
const MOST_GROUPS: usize = 60;
/// Customers observed for less than this on average have hardly had time to come back.
const YOUNG_DAYS: f64 = 90.0;
/// Fewer customers than this say little about others like them.
const FEW_CUSTOMERS: usize = 30;

/// Some of the customers, by their rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Members {
    pub name: SegmentName,
    pub rows: Vec<u32>,
}

/// Customers by the month, quarter or year of their first purchase: the shortest of these that gives at most two dozen
/// cohorts. Spans without customers are left out.
pub(super) fn cohorts(histories: &CustomerHistories) -> Vec<Members> {
    let months: Vec<i32> = histories.first_day.iter().map(|day| day.month_number()).collect();
    let spans = [1, 3, 12].map(|length| count_spans(&months, length));
    let fitting = spans.iter().position(|count| *count <= MOST_COHORTS).unwrap_or(2);
    by_span(&months, [1, 3, 12][fitting])
}

fn count_spans(months: &[i32], length: i32) -> usize {
    let mut spans: Vec<i32> = months.iter().map(|month| month.div_euclid(length)).collect();
    spans.sort_unstable();
    spans.dedup();
    spans.len()
}

fn by_span(months: &[i32], length: i32) -> Vec<Members> {
    let mut rows: Vec<(i32, u32)> = months.iter().map(|month| month.div_euclid(length)).zip(0_u32..).collect();
    rows.sort_unstable();
    rows.chunk_by(|one, next| one.0 == next.0)
        .map(|members| {
            let first = members[0].0 * length;
            let (from, to) = (Day::first_of_month(first), Day::first_of_month(first + length).plus_days(-1));
            Members { name: SegmentName::Cohort { from, to }, rows: members.iter().map(|member| member.1).collect() }
        })
        .collect()
}

/// Customers by an attribute, the largest group first; those whose value is not known are the last, and the smallest of
/// very many groups are put together.
pub(super) fn by_attribute(values: &[Option<u32>], attribute: &Attribute) -> Vec<Members> {
    let mut rows: Vec<(Option<u32>, u32)> = values.iter().copied().zip(0_u32..).collect();
    rows.sort_unstable();
    let name = |key: u32| attribute.values.get(key).unwrap_or_default().to_owned();
    let mut groups: Vec<Members> = rows
        .chunk_by(|one, next| one.0 == next.0)
        .map(|members| Members {
            name: members[0].0.map_or(SegmentName::Unknown, |key| SegmentName::Group(name(key))),
            rows: members.iter().map(|member| member.1).collect(),
        })
        .collect();
    groups.sort_by_key(|group| (group.name == SegmentName::Unknown, std::cmp::Reverse(group.rows.len())));
    let unknown = groups.pop_if(|last| last.name == SegmentName::Unknown);
    if groups.len() > MOST_GROUPS {
        let small = groups.split_off(MOST_GROUPS);
        let name = SegmentName::Others(small.len() as u64);
        groups.push(Members { name, rows: small.into_iter().flat_map(|group| group.rows).collect() });
    }
    groups.extend(unknown);
    groups
}

/// What segments are made from.
pub(super) struct Segments<'a> {
    pub histories: &'a CustomerHistories,
    pub scores: &'a CustomerScores,
    pub acquired: &'a Acquired,
}

impl Segments<'_> {
    /// What is known of some customers; their futures put intervals around what is expected.
    pub(super) fn segment(&self, members: &Members, futures: &Futures) -> Segment {
        segment(members, self.histories, self.scores, self.acquired, |sum| futures.around_value(sum))
    }
}

/// Everybody.
pub(super) fn everybody(histories: &CustomerHistories) -> Members {
    let rows = (0..u32::try_from(histories.customers.len()).unwrap_or(u32::MAX)).collect();
    Members { name: SegmentName::All, rows }
}

/// The group of each customer, as a place among the groups.
pub(super) fn group_of_each(groups: &[Members], customers: usize) -> Vec<u32> {
    let mut of_customer = vec![0; customers];
    for (place, group) in (0_u32..).zip(groups) {
        for &row in &group.rows {
            of_customer[row as usize] = place;
        }
    }
    of_customer
}

/// What is known of a segment; `around` puts the interval around an expected sum of it.
fn segment(
    members: &Members,
    histories: &CustomerHistories,
    scores: &CustomerScores,
    from_acquisition: &Acquired,
    around: impl Fn(f64) -> Estimate,
) -> Segment {
    let rows = || members.rows.iter().map(|&row| row as usize);
    let count = members.rows.len().max(1) as f64;
    let brought: f64 = rows().map(|row| from_acquisition.brought[row]).sum();
    let expected = around(rows().map(|row| from_acquisition.expected[row]).sum());
    let mean = |bound: f64| (brought + bound) / count;
    let age = rows().map(|row| f64::from(histories.until.since(histories.first_day[row]))).sum::<f64>() / count;
    Segment {
        name: members.name.clone(),
        customers: members.rows.len() as u64,
        orders: rows().map(|row| u64::from(histories.purchases[row])).sum(),
        revenue: rows().map(|row| histories.revenue[row]).sum::<Amount>(),
        mean_age_days: age,
        brought: brought / count,
        expected: expected.value / count,
        from_acquisition: Estimate { value: mean(expected.value), low: mean(expected.low), high: mean(expected.high) },
        remaining: around(rows().map(|row| scores.value[row]).sum()),
        acquisition_cost: None,
        maturity: maturity(members.rows.len(), age),
    }
}

fn maturity(customers: usize, mean_age_days: f64) -> Maturity {
    if mean_age_days < YOUNG_DAYS {
        Maturity::Young
    } else if customers < FEW_CUSTOMERS {
        Maturity::Few
    } else {
        Maturity::Mature
    }
}
