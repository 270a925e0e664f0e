//! Every output of every kind of result, as a snapshot and against the rules that hold for all of them.

use mehrwert_charts::Language;
use mehrwert_insight::value::ValueResult;

use super::{Style, csv, explain, fixture, json, parquet, report, table};

pub(in crate::show) mod page;
mod words;

fn results() -> [(&'static str, ValueResult); 7] {
    [
        ("shop", fixture::shop()),
        ("holdout", fixture::shop_with_holdout()),
        ("groups", fixture::shop_with_groups()),
        ("covariates", fixture::shop_with_covariates()),
        ("orders", fixture::orders_only()),
        ("one", fixture::one_customer()),
        ("nobody", fixture::nobody()),
    ]
}

fn style(language: Language) -> Style {
    Style::new(language, false, 100)
}

#[test]
fn tables_for_people() {
    for language in Language::ALL {
        for (name, result) in results() {
            insta::assert_snapshot!(format!("table_{name}_{language}"), table::render(&result, &style(language)));
        }
        insta::assert_snapshot!(
            format!("explain_{language}"),
            explain::render(&fixture::shop().files, &style(language))
        );
    }
}

#[test]
fn lines_fit_and_nothing_is_not_a_number() {
    for language in Language::ALL {
        for width in [60, 80, 100, 200] {
            for (name, result) in results() {
                let style = Style::new(language, false, width);
                let text = table::render(&result, &style) + &explain::render(&result.files, &style);
                for line in text.lines() {
                    assert!(line.chars().count() <= usize::from(style.width), "{name} {width}: '{line}'");
                }
                let lower = text.to_lowercase();
                assert!(!lower.contains("nan") && !lower.contains("inf "), "{name}");
            }
        }
    }
}

#[test]
fn colour_only_when_welcome() {
    let result = fixture::shop();
    assert!(!table::render(&result, &style(Language::De)).contains('\u{1b}'));
    let coloured = table::render(&result, &Style::new(Language::De, true, 100));
    let mut bare = coloured;
    for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[33m"] {
        bare = bare.replace(code, "");
    }
    assert_eq!(bare, table::render(&result, &style(Language::De)), "colour is never the only sign");
}

#[test]
fn json_for_programs() {
    for (name, result) in results() {
        let text = json::render(&result);
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        insta::assert_snapshot!(format!("json_{name}"), text);
    }
}

#[test]
fn revenue_is_an_exact_number() {
    let mut result = fixture::shop();
    result.revenue = "12345678901234567.10".parse().unwrap();
    assert!(json::render(&result).contains("\"revenue\": 12345678901234567.10,"));
}

#[test]
fn csv_for_programs() {
    for (name, result) in results() {
        let mut out = Vec::new();
        csv::write(&result, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().count(), result.scores.customer.len() + 1);
        let head: Vec<&str> = text.lines().take(12).collect();
        insta::assert_snapshot!(format!("csv_{name}"), head.join("\n"));
    }
}

#[test]
fn parquet_holds_the_same_rows() {
    use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    let result = fixture::shop();
    let file = tempfile::tempfile().unwrap();
    parquet::write(&result, file.try_clone().unwrap()).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    insta::assert_snapshot!("parquet_schema", format!("{:#?}", builder.schema().fields()));
    let rows: usize = builder.build().unwrap().map(|batch| batch.unwrap().num_rows()).sum();
    assert_eq!(rows, 200);
}
