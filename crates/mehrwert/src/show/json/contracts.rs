//! The shape of the JSON answer about contracts, by the same rules as that about orders.

use mehrwert_charts::Language;
use mehrwert_core::Currency;
use mehrwert_insight::contracts::{
    CohortUnit, ContractChoice, ContractModelReport, ContractResult, ContractWarning, CutScore, Estimate,
    IntervalGroup, Rate, StartCohort,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::contracts::{Shown, model, warning};
use super::exact::Exact;
use super::wire::{Amounts, Bounds, Days, Reason, Rows, amounts, basis, days, file, measure, reasons};

#[derive(Serialize)]
pub(super) struct Answer {
    measure: &'static str,
    currency: Option<String>,
    amount_basis: &'static str,
    as_of: String,
    period: Days,
    contracts: Value,
    rows: Rows,
    amounts: Amounts,
    amounts_by_interval: Vec<Value>,
    set_aside_reasons: Vec<Reason>,
    monthly_recurring_revenue: Exact,
    paid: Exact,
    margin: Option<f64>,
    value: Worth,
    intervals: Vec<Value>,
    cohorts: Vec<Cohort>,
    cohort_age_years: u16,
    holdout: Option<Value>,
    confidence: f64,
    warnings: Vec<Map<String, Value>>,
    files: Vec<Value>,
}

#[derive(Serialize)]
struct Worth {
    total: f64,
    interval: Bounds,
    expected_payments: f64,
    expected_payments_interval: Bounds,
    horizon_days: u32,
    discount_rate: f64,
}

#[derive(Serialize)]
struct Cohort {
    from: String,
    to: String,
    unit: &'static str,
    relationships: u64,
    running: u64,
    paid: Exact,
    expected: f64,
    expected_interval: Bounds,
    mean: f64,
    mean_interval: Bounds,
    remaining_value: f64,
    ripe: bool,
}

fn bounds(estimate: Estimate) -> Bounds {
    Bounds { low: estimate.low, high: estimate.high }
}

impl Answer {
    pub(super) fn new(result: &ContractResult) -> Answer {
        let english = Shown::new(result, Language::En);
        let sums = &result.reconciliation;
        let counts = result.counts;
        Answer {
            measure: measure(result.measure),
            currency: result.currency.as_ref().map(Currency::to_string),
            amount_basis: basis(result.basis),
            as_of: result.period.to.to_string(),
            period: days(result.period),
            contracts: json!({
                "total": counts.contracts, "customers": counts.customers, "running": counts.running,
                "ending": counts.ending, "ended": counts.ended, "changed": counts.changed, "later": counts.later,
            }),
            rows: Rows { read: sums.rows_read, used: sums.rows_used, set_aside: sums.rows_set_aside },
            amounts: amounts(sums),
            amounts_by_interval: result
                .intervals
                .iter()
                .map(|one| json!({"interval": one.interval.name(), "rows": one.rows, "amount": one.amount.to_string()}))
                .collect(),
            set_aside_reasons: reasons(sums, true),
            monthly_recurring_revenue: Exact(result.monthly),
            paid: Exact(result.paid),
            margin: result.margin,
            value: Worth {
                total: result.total.value,
                interval: bounds(result.total),
                expected_payments: result.payments.value,
                expected_payments_interval: bounds(result.payments),
                horizon_days: result.horizon_days,
                discount_rate: result.discount_rate,
            },
            intervals: result.groups.iter().map(group).collect(),
            cohorts: result.cohorts.iter().map(cohort).collect(),
            cohort_age_years: result.cohort_age_years,
            holdout: result.holdout.map(|score| cut_score(&score)),
            confidence: result.confidence,
            warnings: result.warnings.iter().map(|one| warning_object(&english, one)).collect(),
            files: result.files.iter().map(file).collect(),
        }
    }
}

fn estimate(estimate: Option<Estimate>) -> Value {
    estimate.map_or(Value::Null, |one| json!({"value": one.value, "low": one.low, "high": one.high}))
}

fn rate(rate: Rate) -> Value {
    json!({"missed": rate.count, "due": rate.of, "rate": estimate(rate.rate)})
}

fn cut_score(score: &CutScore) -> Value {
    json!({
        "renewals_actual": score.renewals_actual, "renewals_expected": score.renewals_expected,
        "aggregate_error": score.aggregate_error, "log_score": score.log_score, "miss": score.miss,
    })
}

fn group(group: &IntervalGroup) -> Value {
    let curve: Vec<Value> = group
        .curve
        .iter()
        .map(|point| {
            json!({
                "renewal": point.renewal, "due": point.due, "made": point.made,
                "retention_seen": estimate(point.retention_seen), "retention": estimate(point.retention),
                "survival_seen": estimate(point.survival_seen), "survival": estimate(point.survival),
            })
        })
        .collect();
    json!({
        "interval": group.interval.name(),
        "relationships": group.relationships,
        "running": group.running,
        "chosen": group.chosen.map(model),
        "choice": choice(&group.choice),
        "models": group.models.iter().map(report).collect::<Vec<_>>(),
        "missed_last_12_months": rate(group.missed),
        "churn_next": estimate(group.churn),
        "expected_payments_per_running": group.remaining,
        "value": estimate(group.total),
        "curve": curve,
    })
}

fn choice(choice: &ContractChoice) -> Value {
    match choice {
        ContractChoice::RollingCuts { cuts, days } => {
            let cuts: Vec<String> = cuts.iter().map(ToString::to_string).collect();
            json!({"by": "rolling_cuts", "cuts": cuts, "days": days})
        }
        ContractChoice::Criterion => json!({"by": "aic"}),
        ContractChoice::Only => json!({"by": "only"}),
        ContractChoice::Nothing => json!({"by": "nothing"}),
    }
}

fn report(report: &ContractModelReport) -> Value {
    let values = report.parameters.iter().map(|(name, value, _)| ((*name).to_owned(), Value::from(*value)));
    let errors = report.parameters.iter().map(|(name, _, error)| ((*name).to_owned(), Value::from(*error)));
    json!({
        "name": model(report.kind),
        "params": values.collect::<Map<String, Value>>(),
        "standard_errors": errors.collect::<Map<String, Value>>(),
        "log_likelihood": report.log_likelihood,
        "aic": report.aic,
        "bic": report.bic,
        "at_boundary": report.at_boundary,
        "rolling": report.rolling.as_ref().map(cut_score),
    })
}

fn cohort(cohort: &StartCohort) -> Cohort {
    Cohort {
        from: cohort.span.from.to_string(),
        to: cohort.span.to.to_string(),
        unit: match cohort.unit {
            CohortUnit::Month => "month",
            CohortUnit::Quarter => "quarter",
            CohortUnit::Year => "year",
        },
        relationships: cohort.relationships,
        running: cohort.running,
        paid: Exact(cohort.paid),
        expected: cohort.expected.value,
        expected_interval: bounds(cohort.expected),
        mean: cohort.mean.value,
        mean_interval: bounds(cohort.mean),
        remaining_value: cohort.remaining,
        ripe: cohort.is_ripe,
    }
}

/// `{"code": ..., "message": ..., ...data}`.
fn warning_object(english: &Shown<'_>, one: &ContractWarning) -> Map<String, Value> {
    let (code, data) = code_and_data(one);
    let mut object = Map::new();
    object.insert("code".into(), code.into());
    object.insert("message".into(), warning(english, one).replace('\u{a0}', " ").into());
    if let Value::Object(data) = data {
        object.extend(data);
    }
    object
}

fn code_and_data(warning: &ContractWarning) -> (&'static str, Value) {
    match warning {
        ContractWarning::Read(warning) => super::warnings::read_code_and_data(warning),
        ContractWarning::IntervalAssumed { rows, interval } => {
            ("interval_assumed", json!({"rows": rows, "interval": interval.map(|interval| interval.name())}))
        }
        ContractWarning::FewContracts { contracts } => ("few_contracts", json!({"contracts": contracts})),
        ContractWarning::NobodyLeft { interval } => ("nobody_left", json!({"interval": interval.name()})),
        ContractWarning::AtBoundary { interval, kind } => {
            ("at_boundary", json!({"interval": interval.name(), "model": model(*kind)}))
        }
        ContractWarning::ModelFailed { interval, kind, reason } => {
            ("model_failed", json!({"interval": interval.name(), "model": model(*kind), "reason": reason}))
        }
        ContractWarning::NotValued { interval, contracts } => {
            ("not_valued", json!({"interval": interval.name(), "contracts": contracts}))
        }
        ContractWarning::BeyondSeen { interval, seen, forecast } => {
            ("beyond_seen", json!({"interval": interval.name(), "seen": seen, "forecast": forecast}))
        }
        ContractWarning::PlanChanges { changes } => ("plan_changes", json!({"changes": changes})),
        ContractWarning::LaterContracts { contracts } => ("later_contracts", json!({"contracts": contracts})),
    }
}
