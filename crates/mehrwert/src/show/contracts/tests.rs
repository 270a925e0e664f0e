//! Every output about contracts, as a snapshot and against the rules that hold for all of them.

use std::fmt::Write;

use mehrwert_charts::Language;
use mehrwert_core::{Day, Horizon, Silent};
use mehrwert_facts::contracts::read_contracts_from_bytes;
use mehrwert_facts::orders::OrderRequest;
use mehrwert_insight::contracts::{ContractRequest, ContractResult, value_contracts};
use serde_json::Value;

use super::{csv, parquet, report, table};
use crate::show::{Style, json};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Two cohorts of monthly contracts with a known number of survivors each month, a change of plan, a termination for a
/// day to come, and a row that cannot be used.
fn monthly() -> String {
    let mut text = "customer,contract,plan,start,end,price (EUR),interval\n".to_owned();
    let mut number = 0;
    let mut push = |count: u32, start: &str, end: &str| {
        for _ in 0..count {
            number += 1;
            let price = 9 + number % 3 * 10;
            let _ = writeln!(text, "K{number:03},V{number:03},Plan {},{start},{end},{price}.90,monthly", number % 3);
        }
    };
    for (start, left) in [
        ("2023-01-01", [20, 14, 11, 8, 7, 6, 5, 4, 4, 3, 3, 2]),
        ("2023-07-01", [22, 13, 10, 9, 6, 6, 0, 0, 0, 0, 0, 0]),
    ] {
        for (month, count) in (1..).zip(left) {
            let end = mehrwert_facts::contracts::Interval::Month.renewal(day(start), month).plus_days(-1);
            push(count, start, &end.to_string());
        }
        push(40, start, "");
    }
    text + "K900,V900,Plan 1,2023-01-01,2023-05-31,9.90,monthly\nK900,V901,Plan 2,2023-06-01,,19.90,monthly\n\
            K901,V902,Plan 1,2023-02-01,2099-12-31,9.90,monthly\n=K902,V903,Plan 1,2023-02-01,2023-01-01,9.90,monthly\n"
}

fn both() -> String {
    let mut text = monthly();
    for (number, end) in (0..90).zip(["2020-12-31", "2021-12-31", "2021-12-31", "2022-12-31", "", ""].iter().cycle()) {
        let _ = writeln!(text, "J{number},W{number},Plan J,2020-01-01,{end},199.00,yearly");
    }
    text
}

fn result(text: &str, margin: Option<&str>) -> ContractResult {
    let reading = OrderRequest::new(vec!["vertraege.csv".into()], day("2024-01-02"));
    let log = read_contracts_from_bytes(text.as_bytes(), &reading).unwrap();
    let request = ContractRequest {
        horizon: Horizon::years(2),
        discount_rate: "10%".parse().unwrap(),
        margin: margin.map(|margin| margin.parse().unwrap()),
        until: None,
    };
    value_contracts(&log, &request, &Silent).unwrap()
}

fn results() -> [(&'static str, ContractResult); 2] {
    [("monthly", result(&monthly(), None)), ("both", result(&both(), Some("60%")))]
}

#[test]
fn tables_for_people() {
    for language in Language::ALL {
        for (name, result) in results() {
            let style = Style::new(language, false, 100);
            insta::assert_snapshot!(format!("table_{name}_{language}"), table::render(&result, &style));
            for width in [60, 80, 100] {
                let style = Style::new(language, false, width);
                for line in table::render(&result, &style).lines() {
                    assert!(line.chars().count() <= usize::from(width), "{name} {width}: '{line}'");
                    let lower = line.to_lowercase();
                    assert!(!lower.contains("nan ") && !lower.contains("inf "), "{name}: '{line}'");
                }
            }
        }
    }
}

/// Digits past the sixth differ from machine to machine.
fn rounded(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let short: f64 = format!("{:.5e}", number.as_f64().unwrap()).parse().unwrap();
            *value = Value::from(short);
        }
        Value::Array(values) => values.iter_mut().for_each(rounded),
        Value::Object(values) => values.values_mut().for_each(rounded),
        _ => {}
    }
}

#[test]
fn json_for_programs() {
    for (name, result) in results() {
        let text = json::render_contracts(&result);
        let mut answer: Value = serde_json::from_str(&text).unwrap();
        rounded(&mut answer);
        insta::assert_json_snapshot!(format!("json_{name}"), answer);
    }
}

#[test]
fn csv_and_parquet_hold_a_row_for_each_contract() {
    use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    let result = result(&both(), None);
    let mut out = Vec::new();
    csv::write(&result, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.lines().count(), result.scores.customer.len() + 1);
    assert!(text.starts_with("customer,contract,product,start,end,price,interval,state,renewals,paid,p_renew,"));
    let changed = text.lines().find(|line| line.starts_with("K900,V900")).unwrap();
    assert_eq!(changed, "K900,V900,Plan 1,2023-01-01,2023-05-31,9.90,month,changed,4,49.50,0,0,0,0,0");
    let file = tempfile::tempfile().unwrap();
    parquet::write(&result, file.try_clone().unwrap()).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let header: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(header.join(","), text.lines().next().unwrap());
    let rows: usize = builder.build().unwrap().map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(rows, result.scores.customer.len());
}

#[test]
fn pages_for_the_owner() {
    for language in Language::ALL {
        for (name, result) in results() {
            let page = report::render(&result, language, day("2024-01-02"), "mehrwert value vertraege.csv").unwrap();
            crate::show::tests::page::assert_sound(&page, language, name);
            if name == "both" {
                let body = page.split_once("</head>").unwrap().1;
                insta::assert_snapshot!(format!("page_{name}_{language}"), body);
            }
        }
    }
}
