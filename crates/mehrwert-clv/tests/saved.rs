//! Saved models: they come back bit by bit, and what does not belong is named.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod common;

use common::{customers, fitted, histories, sample};
use mehrwert_clv::bg_bb::{OccasionHistories, OccasionHistory, fit_bg_bb};
use mehrwert_clv::calendar::{Clock, day_number};
use mehrwert_clv::contracts::{ContractModelKind, Contracts, fit_contracts};
use mehrwert_clv::saved::{SavedKind, SavedModel, SavedModelError};
use mehrwert_clv::spend::{SpendHistory, fit_spend};
use mehrwert_clv::{FitOptions, Histories, History, ModelKind, TimeUnit, fit};
use proptest::prelude::*;
use rand_pcg::Pcg64Mcg;
use serde_json::{Map, Value, json};

fn all_kinds() -> Vec<SavedModel> {
    let customers = customers(&sample());
    let histories = histories(&customers);
    let spends: Vec<SpendHistory> = customers.iter().map(|customer| customer.spend).collect();
    let spend = fit_spend(&spends).expect("a fit");
    let mut saved: Vec<SavedModel> = ModelKind::ALL
        .into_iter()
        .map(|kind| {
            SavedModel::of_purchases(&fitted(kind, &histories), &histories, Some(&spend), "1997-09-30").unwrap()
        })
        .collect();
    let contracts = Contracts::from_cohorts([[100.0, 63.1, 46.8, 38.2, 32.6].as_slice()]).unwrap();
    saved.extend(ContractModelKind::ALL.map(|kind| {
        SavedModel::of_contracts(&fit_contracts(kind, &contracts).unwrap(), &contracts, "year 4").unwrap()
    }));
    let table = [(0, 0, 34.0), (1, 1, 11.0), (1, 4, 2.0), (2, 5, 6.0), (3, 3, 9.0), (4, 6, 8.0), (6, 6, 12.0)];
    let table = table.map(|(repeats, last, count)| (OccasionHistory::new(repeats, last, 6).unwrap(), count));
    let occasions = OccasionHistories::from_weighted(table).unwrap();
    saved.push(SavedModel::of_occasions(&fit_bg_bb(&occasions).unwrap(), &occasions, "20000").unwrap());
    saved
}

#[test]
fn every_kind_comes_back_small_and_whole() {
    for saved in all_kinds() {
        let text = saved.to_json();
        assert!(text.len() < 1000, "{} bytes: {text}", text.len());
        let back = SavedModel::from_json(&text).expect("what was written");
        assert_eq!(back, saved);
        assert_eq!(back.to_json(), text);
        let models =
            [back.purchase_model().is_some(), back.contract_model().is_some(), back.occasion_model().is_some()];
        let expected = match saved.kind() {
            SavedKind::Purchases(_) => [true, false, false],
            SavedKind::Contracts(_) => [false, true, false],
            SavedKind::Occasions => [false, false, true],
        };
        assert_eq!((models, back.spend_model().is_some()), (expected, expected[0]));
        assert_eq!((back.start().is_some(), back.time_unit().is_some()), (expected[0], expected[0]));
    }
}

#[test]
fn a_saved_model_draws_as_its_fit_does() {
    let histories = histories(&customers(&sample()));
    let fit = fitted(ModelKind::ParetoNbd, &histories);
    let saved = SavedModel::of_purchases(&fit, &histories, None, "").unwrap();
    let drawn = saved.draw_purchase_model(&mut Pcg64Mcg::new(8)).expect("a covariance");
    let from_fit = fit.draw_model(&mut Pcg64Mcg::new(8)).expect("a covariance");
    for (one, other) in drawn.parameters().iter().zip(from_fit.parameters()) {
        assert!((one.1 / other.1 - 1.0).abs() < 1e-9, "{one:?} {other:?}");
    }
    assert_eq!(saved.check(&histories), Ok(()));
    let others = Histories::compress([History::new(1, 2, 3).unwrap()]);
    let error = saved.check(&others).unwrap_err();
    assert!(matches!(error, SavedModelError::OtherHistories { .. }));
    assert!(error.to_string().contains("fit anew"), "{error}");
}

#[test]
fn a_text_without_end_is_refused() {
    let histories = histories(&customers(&sample()));
    let fit = fitted(ModelKind::BgNbd, &histories);
    let error = SavedModel::of_purchases(&fit, &histories, None, &"x".repeat(41)).unwrap_err();
    assert_eq!(error, SavedModelError::EndTooLong { found: 41 });
}

fn object(model: &SavedModel) -> Map<String, Value> {
    serde_json::from_str(&model.to_json()).unwrap()
}

fn read(fields: &Map<String, Value>) -> SavedModelError {
    let text = serde_json::to_string(fields).unwrap();
    SavedModel::from_json(&text).expect_err(&text)
}

#[test]
fn every_field_that_is_missing_or_too_many_is_named() {
    for model in all_kinds() {
        let whole = object(&model);
        for field in whole.keys() {
            let mut fields = whole.clone();
            fields.remove(field);
            let error = read(&fields);
            assert!(matches!(&error, SavedModelError::MissingField { field: named } if named == field), "{error}");
            // A list is wrong everywhere.
            fields.insert(field.clone(), json!([1]));
            let error = read(&fields);
            assert!(matches!(&error, SavedModelError::WrongField { field: named, .. } if named == field), "{error}");
        }
        let mut fields = whole.clone();
        fields.insert("weather".to_owned(), json!(1));
        assert_eq!(read(&fields), SavedModelError::UnknownField { field: "weather".to_owned() });
        if let Some(Value::Object(spend)) = whole.get("spend") {
            for field in spend.keys() {
                let mut spend = spend.clone();
                spend.remove(field);
                let mut fields = whole.clone();
                fields.insert("spend".to_owned(), Value::Object(spend));
                let error = read(&fields);
                assert!(matches!(&error, SavedModelError::MissingField { field: named } if named == field), "{error}");
            }
        }
    }
}

#[test]
fn every_value_that_does_not_belong_is_named() {
    use SavedModelError::*;
    let whole = object(&all_kinds()[2]);
    let with = |field: &str, value: Value| {
        let mut fields = whole.clone();
        fields.insert(field.to_owned(), value);
        read(&fields)
    };
    assert!(matches!(with("format", json!("pickle")), OtherFormat { .. }));
    assert_eq!(with("version", json!(3)), OtherVersion { found: 3 });
    assert_eq!(with("version", json!(0)), OtherVersion { found: 0 });
    assert!(matches!(with("kind", json!("ggom-nbd")), UnknownKind { .. }));
    assert!(matches!(with("time_unit", json!("month")), UnknownUnit { .. }));
    assert!(matches!(with("time_unit", json!("period")), UnknownUnit { .. }));
    assert!(matches!(with("kind", json!("sbg")), UnknownUnit { .. }));
    assert!(matches!(with("parameters", json!("1 2 3")), WrongCount { found: 3, expected: 4, .. }));
    assert!(matches!(with("parameters", json!("1 2 3 x")), WrongField { field: "parameters", .. }));
    for bad in ["0", "-1", "NaN", "inf", "1e999"] {
        let error = with("parameters", json!(format!("1 2 3 {bad}")));
        assert!(matches!(error, BadParameter { name: "beta", .. }), "{bad}: {error}");
    }
    for bad in ["1 2 1 0 0 1 0 0 0 1", "-1 0 1 0 0 1 0 0 0 1", "NaN 0 1 0 0 1 0 0 0 1", "1 0 1 0 0 1 0 0 0 0"] {
        assert_eq!(with("log_covariance", json!(bad)), BadCovariance { field: "log_covariance" }, "{bad}");
    }
    assert!(matches!(with("log_covariance", json!("1 0 1")), WrongCount { found: 3, expected: 10, .. }));
    assert!(matches!(with("log_likelihood", json!("NaN")), WrongField { field: "log_likelihood", .. }));
    assert!(matches!(with("log_likelihood", json!("1 2")), WrongCount { .. }));
    assert!(matches!(with("customers", json!("-3")), WrongField { field: "customers", .. }));
    assert!(matches!(with("distinct_histories", json!(-3)), WrongField { field: "distinct_histories", .. }));
    assert!(matches!(with("observation_end", json!("x".repeat(99))), EndTooLong { found: 99 }));
    for bad in ["+123456789abcdef", "123", "0123456789ABCDEF"] {
        assert!(matches!(with("fingerprint", json!(bad)), WrongField { field: "fingerprint", .. }), "{bad}");
    }
    for text in ["", "[]", "null", "{", "{\"format\": \"mehrwert-model\"} x"] {
        assert!(matches!(SavedModel::from_json(text), Err(NotJson { .. })), "{text}");
    }
    // Spend goes with purchases only.
    let mut contract = object(&all_kinds()[3]);
    contract.insert("spend".to_owned(), whole["spend"].clone());
    assert!(matches!(read(&contract), WrongField { field: "spend", .. }));
}

/// Customers won over three years, as a clock counts their time.
fn by_clock(clock: &Clock) -> Histories {
    let end = day_number(2025, 6, 30);
    let customer = |i: i32| {
        let first = end - 20 - 37 * i % 1070;
        let repeats = u32::try_from(i % 4).unwrap();
        let last = if repeats > 0 { first + 4 + (end - first) / 3 } else { first };
        clock.history(first, last.min(end), end, repeats).unwrap()
    };
    Histories::compress((0..400).map(customer))
}

#[test]
fn a_season_is_saved_with_the_model() {
    let clock = Clock::try_from([[0.31, -0.123_456_789_012_345_67], [0.02, 0.4]].as_slice()).unwrap();
    let histories = by_clock(&clock);
    let fit = fitted(ModelKind::BgNbd, &histories);
    let plain = SavedModel::of_purchases(&fit, &histories, None, "2025-06-30").unwrap();
    let saved = plain.clone().in_season(&clock).unwrap();
    let text = saved.to_json();
    assert!(text.len() < 1000, "{} bytes: {text}", text.len());
    let back = SavedModel::from_json(&text).unwrap();
    assert_eq!((&back, back.clock(), back.to_json()), (&saved, clock.clone(), text));
    // The fingerprint is that of the times by the season's clock.
    assert_eq!(back.check(&by_clock(&back.clock())), Ok(()));
    assert!(matches!(back.check(&by_clock(&Clock::plain())), Err(SavedModelError::OtherHistories { .. })));
    // A clock that goes by the calendar leaves the model as it was.
    assert_eq!(plain.clone().in_season(&Clock::plain()), Ok(plain.clone()));
    assert_eq!(plain.clock(), Clock::plain());
}

#[test]
fn a_season_that_is_none_is_refused() {
    let mut fields = object(&all_kinds()[0]);
    for bad in ["0.1", "", "0.1 0.2 0.3", "9 9", "NaN 0", "0.1 x"] {
        fields.insert("season".to_owned(), json!(bad));
        assert!(matches!(read(&fields), SavedModelError::WrongField { field: "season", .. }), "{bad}");
    }
    let mut contract = object(&all_kinds()[3]);
    contract.insert("season".to_owned(), json!("0.1 0.2"));
    assert!(matches!(read(&contract), SavedModelError::WrongField { field: "season", .. }));
    let clock = Clock::try_from([[0.1, 0.2]].as_slice()).unwrap();
    assert!(all_kinds()[5].clone().in_season(&clock).is_err());
}

/// Version 1 knew no season.
#[test]
fn the_version_before_is_read() {
    let saved = &all_kinds()[1];
    let mut fields = object(saved);
    fields.insert("version".to_owned(), json!(1));
    assert_eq!(read(&fields), SavedModelError::UnknownField { field: "season".to_owned() });
    fields.remove("season");
    assert_eq!(SavedModel::from_json(&serde_json::to_string(&fields).unwrap()).as_ref(), Ok(saved));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_fit_comes_back_bit_by_bit(
        customers in prop::collection::vec((0..30u32, 1..2_000u32, 0.0..1.0f64), 2..30),
        kind in prop::sample::select(ModelKind::ALL.to_vec()),
        time_unit in prop::sample::select(vec![TimeUnit::Day, TimeUnit::Week]),
        end in "\\PC{0,10}",
    ) {
        let histories = Histories::compress(customers.into_iter().map(|(repeats, age, part)| {
            let recency = if repeats == 0 { 0 } else { ((f64::from(age) * part) as u32).max(1) };
            History::new(repeats, recency, age).expect("a possible history")
        }));
        if let Ok(fit) = fit(kind, &histories, &FitOptions { time_unit, ..FitOptions::default() }) {
            let saved = SavedModel::of_purchases(&fit, &histories, None, &end).unwrap();
            let back = SavedModel::from_json(&saved.to_json()).unwrap();
            for ((_, back), found) in back.parameters().into_iter().zip(&fit.parameters) {
                prop_assert_eq!(back.to_bits(), found.value.to_bits());
            }
            prop_assert_eq!(back.log_likelihood().to_bits(), fit.log_likelihood.to_bits());
            prop_assert_eq!(back.observation_end(), &end);
            prop_assert_eq!(back.check(&histories), Ok(()));
            if let (Some(back), Some(found)) = (back.log_covariance(), fit.log_covariance) {
                let found = (0..4).flat_map(|i| (0..=i).map(move |j| found[i][j].to_bits()));
                prop_assert!(found.eq(back.iter().map(|value| value.to_bits())));
            }
            prop_assert_eq!(back, saved);
        }
    }
}
