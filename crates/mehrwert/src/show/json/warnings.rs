//! Warnings on the wire: a code that stays, a sentence for people, and the data behind it.

use mehrwert_facts::orders::ReadWarning;
use mehrwert_insight::value::Warning;
use serde_json::{Map, Value, json};

use super::super::names;
use super::super::shown::Shown;

/// `{"code": ..., "message": ..., ...data}`.
pub(super) fn warning(english: &Shown<'_>, warning: &Warning) -> Map<String, Value> {
    let (code, data) = code_and_data(warning);
    let mut object = Map::new();
    object.insert("code".into(), code.into());
    object.insert("message".into(), names::warning(english, warning).replace('\u{a0}', " ").into());
    if let Value::Object(data) = data {
        object.extend(data);
    }
    object
}

fn code_and_data(warning: &Warning) -> (&'static str, Value) {
    match warning {
        Warning::Read(warning) => read_code_and_data(warning),
        Warning::UnmatchedReturns { rows, amount } => {
            ("unmatched_returns", json!({"rows": rows, "amount": amount.to_string()}))
        }
        Warning::NegativeCustomers { customers } => ("negative_customers", json!({"customers": customers})),
        Warning::FewCustomers { customers } => ("few_customers", json!({"customers": customers})),
        Warning::NobodyBoughtTwice => ("nobody_bought_twice", Value::Null),
        Warning::NoDropoutSeen { kind } => ("no_dropout_seen", json!({"model": names::model(*kind)})),
        Warning::AmountsDoNotVary => ("amounts_do_not_vary", Value::Null),
        Warning::HeavyTailedSpend => ("heavy_tailed_spend", Value::Null),
        Warning::SpendCorrelated { correlation } => ("spend_correlated", json!({"correlation": correlation})),
        Warning::ShortHistory { days } => ("short_history", json!({"days": days})),
        Warning::IntervalsNarrow { reason } => ("intervals_narrow", json!({"reason": reason})),
        Warning::UselessCovariate { column } => ("useless_covariate", json!({"column": column})),
        Warning::ModelFailed { kind, reason } => {
            ("model_failed", json!({"model": names::model(*kind), "reason": reason}))
        }
        Warning::GoodsCostMissing { share } => ("goods_cost_missing", json!({"share": share})),
    }
}

pub(super) fn read_code_and_data(warning: &ReadWarning) -> (&'static str, Value) {
    match warning {
        ReadWarning::IdenticalRows { rows } => ("identical_rows", json!({"rows": rows})),
        ReadWarning::RoundedAmounts { rows } => ("rounded_amounts", json!({"rows": rows})),
        ReadWarning::VatUnknown => ("vat_unknown", Value::Null),
        ReadWarning::NoAmounts => ("no_amounts", Value::Null),
        ReadWarning::CustomersByName => ("customers_by_name", Value::Null),
        ReadWarning::OrdersWithSeveralCustomers { orders } => {
            ("orders_with_several_customers", json!({"orders": orders}))
        }
        ReadWarning::OrdersRestated { orders } => ("orders_restated", json!({"orders": orders})),
        ReadWarning::Currency { currency } => ("currency", json!({"currency": currency.code()})),
    }
}
