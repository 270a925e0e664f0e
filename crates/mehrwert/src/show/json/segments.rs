//! The shape of value from acquisition by cohort and by group.

use mehrwert_insight::value::{Estimate, Maturity, Pooled, Segment, SegmentName, ValueResult};
use serde::Serialize;
use serde_json::{Value, json};

use super::exact::Exact;

#[derive(Serialize)]
pub(super) struct Acquired {
    age: String,
    all: Part,
    cohorts: Vec<Part>,
}

#[derive(Serialize)]
pub(super) struct Grouped {
    column: String,
    groups: Vec<Part>,
    /// In the order of the groups: how much the own data weigh, from 0 to 1.
    pooled: Vec<Weights>,
}

#[derive(Serialize)]
struct Weights {
    own_weight: f64,
    own_weight_of_dropout: f64,
}

#[derive(Serialize)]
struct Part {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// The value of the column; null where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Value>,
    customers: u64,
    orders: u64,
    revenue: Option<Exact>,
    mean_age_days: f64,
    brought: f64,
    expected: f64,
    from_acquisition: Range,
    remaining: Range,
    /// What winning a customer cost; only where costs of acquisition are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    acquisition_cost: Option<f64>,
    maturity: &'static str,
}

#[derive(Serialize)]
struct Range {
    value: f64,
    low: f64,
    high: f64,
}

pub(super) fn acquired(result: &ValueResult, has_amounts: bool) -> Acquired {
    let acquired = &result.from_acquisition;
    Acquired {
        age: acquired.age.to_string(),
        all: part(&acquired.all, has_amounts),
        cohorts: acquired.cohorts.iter().map(|cohort| part(cohort, has_amounts)).collect(),
    }
}

pub(super) fn grouped(result: &ValueResult, has_amounts: bool) -> Option<Grouped> {
    let groups = result.groups.as_ref()?;
    let parts = groups.groups.iter().map(|group| part(group, has_amounts)).collect();
    let weights =
        |&Pooled { own_weight, own_weight_of_dropout }: &Pooled| Weights { own_weight, own_weight_of_dropout };
    let pooled = groups.pooled.iter().map(weights).collect();
    Some(Grouped { column: groups.column.clone(), groups: parts, pooled })
}

fn part(segment: &Segment, has_amounts: bool) -> Part {
    let (from, to, group) = match &segment.name {
        SegmentName::All => (None, None, None),
        SegmentName::Cohort { from, to } => (Some(from.to_string()), Some(to.to_string()), None),
        SegmentName::Group(group) => (None, None, Some(Value::from(group.as_str()))),
        SegmentName::Unknown => (None, None, Some(Value::Null)),
        SegmentName::Others(groups) => (None, None, Some(json!({"smaller_groups": groups}))),
    };
    Part {
        from,
        to,
        group,
        customers: segment.customers,
        orders: segment.orders,
        revenue: has_amounts.then_some(Exact(segment.revenue)),
        mean_age_days: segment.mean_age_days,
        brought: segment.brought,
        expected: segment.expected,
        from_acquisition: range(segment.from_acquisition),
        remaining: range(segment.remaining),
        acquisition_cost: segment.acquisition_cost,
        maturity: match segment.maturity {
            Maturity::Mature => "mature",
            Maturity::Young => "young",
            Maturity::Few => "few",
        },
    }
}

fn range(estimate: Estimate) -> Range {
    let Estimate { value, low, high } = estimate;
    Range { value, low, high }
}
