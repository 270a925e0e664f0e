//! The shape of the JSON answer.

use mehrwert_charts::Language;
use mehrwert_core::{Currency, Period};
use mehrwert_facts::orders::{AmountBasis, FileKind, Reconciliation, Role, SetAsideReason};
use mehrwert_insight::value::{
    Accuracy, Baseline, BaselineReport, Choice, Estimate, Measure, ModelReport, PyramidStep, Range, SpendReport,
    ValueResult,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::shown::Shown;
use super::super::{names, tables};
use super::cuts::{self, Cut};
use super::exact::Exact;
use super::explained::{self, Explained, Season};
use super::segments::{self, Acquired, Grouped};

#[derive(Serialize)]
pub(super) struct Answer {
    measure: &'static str,
    currency: Option<String>,
    amount_basis: &'static str,
    customers: u64,
    orders: u64,
    revenue: Option<Exact>,
    rows: Rows,
    amounts: Option<Amounts>,
    set_aside_reasons: Vec<Reason>,
    returns: Value,
    period: Days,
    #[serde(skip_serializing_if = "Option::is_none")]
    holdout_period: Option<Days>,
    existing_customer_share: Option<f64>,
    margin: Option<f64>,
    models: Vec<Model>,
    baselines: Vec<Naive>,
    chosen: &'static str,
    choice: Value,
    rolling_cuts: Vec<Cut>,
    spend: Option<Spend>,
    value: Worth,
    from_acquisition: Acquired,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Grouped>,
    #[serde(skip_serializing_if = "Option::is_none")]
    covariates: Option<Explained>,
    #[serde(skip_serializing_if = "Option::is_none")]
    season: Option<Season>,
    confidence: f64,
    pyramid: Vec<Step>,
    most_valuable: Vec<Customer>,
    warnings: Vec<Map<String, Value>>,
    files: Vec<Value>,
}

#[derive(Serialize)]
pub(super) struct Rows {
    pub read: u64,
    pub used: u64,
    pub set_aside: u64,
}

#[derive(Serialize)]
pub(super) struct Amounts {
    read: String,
    used: String,
    set_aside: String,
}

#[derive(Serialize)]
pub(super) struct Reason {
    reason: &'static str,
    rows: u64,
    amount: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Days {
    from: String,
    to: String,
    days: i32,
}

#[derive(Serialize)]
struct Model {
    name: &'static str,
    params: Map<String, Value>,
    standard_errors: Map<String, Value>,
    log_likelihood: f64,
    converged: bool,
    no_dropout_seen: bool,
    rolling: Option<Errors>,
    #[serde(skip_serializing_if = "Option::is_none")]
    holdout: Option<Errors>,
}

#[derive(Serialize)]
struct Naive {
    name: &'static str,
    rolling: Option<Errors>,
    #[serde(skip_serializing_if = "Option::is_none")]
    holdout: Option<Errors>,
}

#[derive(Serialize)]
pub(super) struct Errors {
    mae: f64,
    rmse: f64,
    aggregate_error: f64,
    top10_share: f64,
    log_score: f64,
    crps: f64,
}

#[derive(Serialize)]
struct Spend {
    p: f64,
    q: f64,
    v: f64,
    log_likelihood: f64,
    customers: u64,
    correlation: f64,
}

#[derive(Serialize)]
struct Worth {
    total: f64,
    mean: f64,
    horizon_days: u32,
    discount_rate: f64,
    interval: Bounds,
    expected_orders: f64,
    expected_orders_interval: Bounds,
}

#[derive(Serialize)]
pub(super) struct Bounds {
    pub low: f64,
    pub high: f64,
}

#[derive(Serialize)]
struct Step {
    from: f64,
    to: f64,
    customers: u64,
    value: f64,
    share: f64,
    revenue: Option<f64>,
}

#[derive(Serialize)]
struct Customer {
    customer: String,
    orders: u32,
    revenue: Option<Exact>,
    first_order: String,
    last_order: String,
    p_alive: Option<f64>,
    expected_orders: f64,
    expected_orders_interval: Bounds,
    value: f64,
    value_interval: Bounds,
    value_from_acquisition: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<String>,
}

impl Answer {
    pub(super) fn new(result: &ValueResult) -> Answer {
        let english = Shown::new(result, Language::En);
        let has_amounts = english.has_amounts();
        let sums = &result.reconciliation;
        Answer {
            measure: measure(result.measure),
            currency: result.currency.as_ref().map(Currency::to_string),
            amount_basis: basis(result.basis),
            customers: result.customers,
            orders: result.orders,
            revenue: has_amounts.then_some(Exact(result.revenue)),
            rows: Rows { read: sums.rows_read, used: sums.rows_used, set_aside: sums.rows_set_aside },
            amounts: has_amounts.then(|| amounts(sums)),
            set_aside_reasons: reasons(sums, has_amounts),
            returns: returns(result),
            period: days(result.period),
            holdout_period: result.holdout_period.map(days),
            existing_customer_share: result.existing_customer_share,
            margin: result.margin,
            models: result.models.iter().map(model).collect(),
            baselines: result.baselines.iter().map(naive).collect(),
            chosen: names::model(result.chosen),
            choice: choice(&result.choice),
            rolling_cuts: result.cuts.iter().map(cuts::cut).collect(),
            spend: result.spend.as_ref().map(spend),
            value: worth(result),
            from_acquisition: segments::acquired(result, has_amounts),
            groups: segments::grouped(result, has_amounts),
            covariates: result.covariates.as_ref().map(explained::explained),
            season: result.season.as_ref().map(explained::season),
            confidence: result.confidence,
            pyramid: result.pyramid.iter().map(|step_| step(step_, has_amounts)).collect(),
            most_valuable: most_valuable(result, has_amounts),
            warnings: result.warnings.iter().map(|warning| super::warnings::warning(&english, warning)).collect(),
            files: result.files.iter().map(file).collect(),
        }
    }
}

pub(super) fn days(period: Period) -> Days {
    Days { from: period.from.to_string(), to: period.to.to_string(), days: period.days() }
}

pub(super) fn amounts(sums: &Reconciliation) -> Amounts {
    Amounts {
        read: sums.amount_read.to_string(),
        used: sums.amount_used.to_string(),
        set_aside: sums.amount_set_aside.to_string(),
    }
}

pub(super) fn reasons(sums: &Reconciliation, has_amounts: bool) -> Vec<Reason> {
    let reason = |total: &mehrwert_facts::orders::ReasonTotal| Reason {
        reason: set_aside(total.reason),
        rows: total.rows,
        amount: has_amounts.then(|| total.amount.to_string()),
    };
    sums.reasons.iter().map(reason).collect()
}

fn returns(result: &ValueResult) -> Value {
    let returns = &result.returns;
    json!({
        "matched_rows": returns.matched_rows,
        "matched_amount": returns.matched_amount.to_string(),
        "unmatched_rows": returns.unmatched_rows,
        "unmatched_amount": returns.unmatched_amount.to_string(),
    })
}

fn model(report: &ModelReport) -> Model {
    let params = report.parameters.iter().map(|parameter| (parameter.name.to_owned(), parameter.value.into()));
    let errors = report.parameters.iter().map(|parameter| (parameter.name.to_owned(), parameter.standard_error.into()));
    Model {
        name: names::model(report.kind),
        params: params.collect(),
        standard_errors: errors.collect(),
        log_likelihood: report.log_likelihood,
        converged: report.converged,
        no_dropout_seen: report.no_dropout_seen,
        rolling: report.rolling.map(errors_of),
        holdout: report.holdout.map(errors_of),
    }
}

fn naive(report: &BaselineReport) -> Naive {
    Naive {
        name: baseline(report.baseline),
        rolling: report.rolling.map(errors_of),
        holdout: report.holdout.map(errors_of),
    }
}

pub(super) fn errors_of(accuracy: Accuracy) -> Errors {
    let Accuracy { mae, rmse, aggregate_error, top10_share, log_score, crps } = accuracy;
    Errors { mae, rmse, aggregate_error, top10_share, log_score, crps }
}

fn choice(choice: &Choice) -> Value {
    match choice {
        Choice::Named => json!({"by": "named"}),
        Choice::Saved { until } => json!({"by": "saved", "until": until}),
        Choice::RollingCuts { cuts, days, customers, told_apart } => {
            let cuts: Vec<String> = cuts.iter().map(ToString::to_string).collect();
            json!({
                "by": "rolling_cuts", "cuts": cuts, "days": days, "customers": customers, "told_apart": told_apart
            })
        }
        Choice::TooLittleHistory => json!({"by": "default", "reason": "too_little_history"}),
        Choice::TooFewRepeatCustomers => json!({"by": "default", "reason": "too_few_repeat_customers"}),
    }
}

fn spend(report: &SpendReport) -> Spend {
    let &SpendReport { p, q, v, log_likelihood, customers, correlation } = report;
    Spend { p, q, v, log_likelihood, customers, correlation }
}

fn worth(result: &ValueResult) -> Worth {
    let bounds = |estimate: Estimate| Bounds { low: estimate.low, high: estimate.high };
    let value = result.value;
    Worth {
        total: value.total.value,
        mean: value.mean,
        horizon_days: value.horizon_days,
        discount_rate: value.discount_rate,
        interval: bounds(value.total),
        expected_orders: value.expected_orders.value,
        expected_orders_interval: bounds(value.expected_orders),
    }
}

fn step(step: &PyramidStep, has_amounts: bool) -> Step {
    let &PyramidStep { from, to, customers, value, share, revenue } = step;
    Step { from, to, customers, value, share, revenue: has_amounts.then_some(revenue) }
}

fn bounds(Range { low, high }: Range) -> Bounds {
    Bounds { low, high }
}

fn most_valuable(result: &ValueResult, has_amounts: bool) -> Vec<Customer> {
    let scores = &result.scores;
    let customer = |row: usize| Customer {
        customer: scores.customer[row].clone(),
        orders: scores.orders[row],
        revenue: has_amounts.then(|| Exact(scores.revenue[row])),
        first_order: scores.first_order[row].to_string(),
        last_order: scores.last_order[row].to_string(),
        p_alive: scores.probability_alive[row],
        expected_orders: scores.expected_orders[row],
        expected_orders_interval: bounds(scores.expected_orders_range[row]),
        value: scores.value[row],
        value_interval: bounds(scores.value_range[row]),
        value_from_acquisition: scores.from_acquisition[row],
        group: result.group_of(row).map(str::to_owned),
    };
    tables::most_valuable(result, 10).into_iter().map(customer).collect()
}

pub(super) fn file(report: &mehrwert_facts::orders::FileReport) -> Value {
    let columns: Vec<Value> = report
        .columns
        .iter()
        .map(|column| {
            json!({
                "name": column.name,
                "role": column.role.map(Role::name),
                "attribute": column.is_attribute,
                "example": column.example,
            })
        })
        .collect();
    json!({
        "path": report.path.to_string_lossy(),
        "kind": file_kind(report.kind),
        "layout": report.layout,
        "encoding": report.encoding,
        "date_format": report.date_format,
        "number_format": report.number_format,
        "rows": report.rows,
        "columns": columns,
    })
}

pub(super) const fn baseline(baseline: Baseline) -> &'static str {
    match baseline {
        Baseline::Zero => "zero",
        Baseline::OwnRate => "own_rate",
        Baseline::SameAsBefore => "same_as_before",
    }
}

pub(super) const fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Value => "value",
        Measure::Revenue => "revenue",
        Measure::Orders => "orders",
    }
}

pub(super) const fn basis(basis: AmountBasis) -> &'static str {
    match basis {
        AmountBasis::Net => "net",
        AmountBasis::NetByRate => "net_by_rate",
        AmountBasis::Gross => "gross",
        AmountBasis::AsGiven => "as_given",
        AmountBasis::NoAmounts => "no_amounts",
    }
}

const fn file_kind(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Generic => "generic",
        FileKind::Shopify => "shopify",
        FileKind::WooCommerce => "woocommerce",
        FileKind::Stripe => "stripe",
        FileKind::PayPal => "paypal",
        FileKind::OnlineRetail => "online_retail",
        FileKind::Cdnow => "cdnow",
        FileKind::Contracts => "contracts",
        FileKind::Payments => "payments",
        FileKind::Costs => "costs",
        FileKind::GoogleAds => "google_ads",
        FileKind::MetaAds => "meta_ads",
        FileKind::Touches => "touches",
        FileKind::Events => "events",
        FileKind::Tallies => "tallies",
        FileKind::Products => "products",
        FileKind::Rates => "rates",
        FileKind::People => "people",
    }
}

pub(super) const fn set_aside(reason: SetAsideReason) -> &'static str {
    match reason {
        SetAsideReason::NoCustomer => "no_customer",
        SetAsideReason::NoDate => "no_date",
        SetAsideReason::BadDate => "bad_date",
        SetAsideReason::FutureDate => "future_date",
        SetAsideReason::BadAmount => "bad_amount",
        SetAsideReason::BadNumber => "bad_number",
        SetAsideReason::TestOrder => "test_order",
        SetAsideReason::FailedOrder => "failed_order",
        SetAsideReason::Duplicate => "duplicate",
        SetAsideReason::NotAnOrder => "not_an_order",
        SetAsideReason::OtherCurrency => "other_currency",
        SetAsideReason::WrongCellCount => "wrong_cell_count",
        SetAsideReason::Unreadable => "unreadable",
        SetAsideReason::EndBeforeStart => "end_before_start",
        SetAsideReason::NoEnd => "no_end",
        SetAsideReason::NegativePrice => "negative_price",
        SetAsideReason::BadInterval => "bad_interval",
        SetAsideReason::TotalLine => "total_line",
        SetAsideReason::EmptyCell => "empty_cell",
        SetAsideReason::UnknownWord => "unknown_word",
        SetAsideReason::Erased => "erased",
    }
}
