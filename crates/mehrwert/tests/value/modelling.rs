//! Groups, covariates, season and saved models, on a shop of which it is known who buys how often.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::{run_in, stderr, succeed_in, write};

/// A small linear congruential generator: the same shop on every machine.
struct Draw(u64);

impl Draw {
    /// Between 0 and 1, neither included.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }
}

/// Who buys: source, newsletter, days between purchases on average.
struct Kind {
    source: &'static str,
    newsletter: bool,
    customers: u32,
    pause: f64,
}

/// Orders over so many days from 2021-01-01 on; the season raises the pace around the turn of the year.
fn orders(kinds: &[Kind], days: f64, season: f64) -> String {
    let start: mehrwert_core::Day = "2021-01-01".parse().expect("a day");
    let mut draw = Draw(7);
    let mut text = "customer,date,amount,source,newsletter\n".to_owned();
    let mut number = 0;
    for kind in kinds {
        for _ in 0..kind.customers {
            number += 1;
            // Paces differ between customers by up to a factor of nine, and after each purchase some leave.
            let pause = kind.pause * (0.34 + 2.66 * draw.next());
            let mut day = draw.next() * days * 0.8;
            while day < days {
                let date = start.plus_days(day as i32);
                let (source, newsletter) = (kind.source, if kind.newsletter { "yes" } else { "no" });
                let amount = 20.0 + 30.0 * draw.next();
                let _ = writeln!(text, "c{number},{date},{amount:.2},{source},{newsletter}");
                if draw.next() < 0.15 {
                    break;
                }
                // Thinning: waits of the fastest pace, of which the season lets some pass.
                loop {
                    day -= pause / (1.0 + season) * draw.next().ln();
                    let pace = 1.0 + season * (std::f64::consts::TAU * day / 365.25).cos();
                    if draw.next() * (1.0 + season) < pace {
                        break;
                    }
                }
            }
        }
    }
    text
}

fn shop() -> String {
    let kind = |source, newsletter, customers, pause| Kind { source, newsletter, customers, pause };
    orders(&[kind("ads", false, 900, 90.0), kind("seo", true, 500, 45.0), kind("fair", true, 14, 45.0)], 500.0, 0.0)
}

fn value_json(folder: &Path, arguments: &[&str]) -> Value {
    let arguments = [&["value", "orders.csv", "--format", "json"], arguments].concat();
    serde_json::from_str(&succeed_in(folder, &arguments)).expect("the program prints JSON")
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("expected a number, found {value}"))
}

/// A group that buys twice as often (and leaves after as many purchases) is worth more, one of a few customers leans on the others, and all groups together
/// are the whole.
#[test]
fn groups_are_valued_by_models_that_lean_on_each_other() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    write(folder.path(), "orders.csv", shop());
    let answer = value_json(folder.path(), &["--by", "source", "--out", "customers.csv"]);
    let groups = answer["groups"]["groups"].as_array().expect("groups");
    let names: Vec<&str> = groups.iter().filter_map(|group| group["group"].as_str()).collect();
    assert_eq!(names, ["ads", "seo", "fair"]);
    let acquired = |place: usize| number(&groups[place]["from_acquisition"]["value"]);
    assert!(acquired(1) > 1.1 * acquired(0), "{} {}", acquired(1), acquired(0));
    let weight = |place: usize| number(&answer["groups"]["pooled"][place]["own_weight"]);
    assert!(weight(2) < weight(1) && weight(1) <= 1.0 && weight(2) < 0.9, "{} {}", weight(1), weight(2));
    assert_eq!(groups[2]["maturity"], "few");
    let remaining: f64 = groups.iter().map(|group| number(&group["remaining"]["value"])).sum();
    let total = number(&answer["value"]["total"]);
    assert!((remaining - total).abs() < 1e-9 * total, "{remaining} {total}");
    for group in groups {
        let range = &group["remaining"];
        assert!(number(&range["low"]) < number(&range["value"]) && number(&range["value"]) < number(&range["high"]));
    }
    let rows = std::fs::read_to_string(folder.path().join("customers.csv")).expect("the CSV is there");
    assert!(rows.lines().next().is_some_and(|header| header.ends_with(",value_from_acquisition,group")), "{rows}");
    assert_eq!(rows.lines().filter(|line| line.ends_with(",fair")).count(), 14);
}

#[test]
fn covariates_explain_who_buys_more_often() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    write(folder.path(), "orders.csv", shop());
    let answer = value_json(folder.path(), &["--covariates", "newsletter"]);
    let effects = answer["covariates"]["effects"].as_array().expect("effects");
    let purchases = effects.iter().find(|effect| effect["on"] == "purchases").expect("an effect on purchases");
    assert_eq!(purchases["column"], "newsletter = yes");
    let (low, high) = (number(&purchases["low"]), number(&purchases["high"]));
    assert!(low < 2.0 && 2.0 < high && low > 1.3, "{purchases}");
    assert!(number(&answer["covariates"]["p_value"]) < 1e-6);
    assert!(answer.get("groups").is_none());
}

#[test]
fn two_years_with_a_season_are_forecast_with_it_and_one_year_is_not() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let kinds = || [Kind { source: "ads", newsletter: false, customers: 900, pause: 40.0 }];
    write(folder.path(), "orders.csv", orders(&kinds(), 1_096.0, 0.7));
    let answer = value_json(folder.path(), &["--horizon", "3m"]);
    let season = &answer["season"];
    assert_eq!(season["is_used"], true, "{season}");
    let month = |place: usize| number(&season["months"][place]["factor"]);
    assert!(month(0) > 1.3 && month(6) < 0.7, "{season}");
    let short = value_json(folder.path(), &["--until", "2021-12-31"]);
    assert!(short.get("season").is_none());
    // The season is saved with the model, and counts where the model is used again.
    let first = value_json(folder.path(), &["--horizon", "3m", "--save-model", "model.json"]);
    let saved = std::fs::read_to_string(folder.path().join("model.json")).expect("the model is there");
    assert!(saved.len() < 1_300 && saved.contains("\"season\":\""), "{} bytes: {saved}", saved.len());
    let again = value_json(folder.path(), &["--horizon", "3m", "--saved-model", "model.json"]);
    let total = |answer: &Value| number(&answer["value"]["total"]);
    assert!((total(&again) - total(&first)).abs() < 1e-9 * total(&first));
    assert_eq!(again["season"]["is_used"], true);
    assert!(again["season"].get("p_value").is_none() && first["season"].get("p_value").is_some());
    let difference = number(&again["season"]["months"][0]["factor"]) - month(0);
    assert!(difference.abs() < 1e-9, "{difference}");
    let without: Value = serde_json::from_str(&saved).expect("JSON");
    let mut fields = without.as_object().expect("an object").clone();
    fields.insert("season".to_owned(), Value::Null);
    write(folder.path(), "model.json", Value::Object(fields).to_string());
    let other = value_json(folder.path(), &["--horizon", "3m", "--saved-model", "model.json"]);
    assert!((total(&other) - total(&first)).abs() > 0.02 * total(&first) && other.get("season").is_none());
}

/// What was saved gives the same values again, and other values than a fit to what came since.
#[test]
fn a_saved_model_is_used_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    write(folder.path(), "orders.csv", shop());
    let first = value_json(folder.path(), &["--until", "2022-01-31", "--save-model", "model.json"]);
    let saved = std::fs::read_to_string(folder.path().join("model.json")).expect("the model is there");
    assert!(saved.len() < 1_000, "{} bytes", saved.len());
    let again = value_json(folder.path(), &["--until", "2022-01-31", "--saved-model", "model.json"]);
    assert_eq!(again["choice"], serde_json::json!({"by": "saved", "until": "2022-01-31"}));
    let total = |answer: &Value| number(&answer["value"]["total"]);
    assert!((total(&again) - total(&first)).abs() < 1e-9 * total(&first));
    let later = value_json(folder.path(), &["--saved-model", "model.json"]);
    let chosen = later["chosen"].as_str().expect("a model");
    let fitted = value_json(folder.path(), &["--model", &chosen.to_lowercase().replace('/', "-")]);
    assert!((total(&later) - total(&fitted)).abs() > 1e-6 * total(&fitted));
}

#[test]
fn wishes_that_do_not_go_together_are_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    write(folder.path(), "orders.csv", shop());
    write(folder.path(), "model.json", "{\"format\": \"other\"}");
    write(
        folder.path(),
        "one.csv",
        "customer,date,amount,kind\n1,2024-01-01,5,a\n1,2024-02-01,5,a\n2,2024-01-05,5,a\n",
    );
    let refused = [
        (&["value", "orders.csv", "--by", "source", "--covariates", "newsletter"][..], "cannot be used with"),
        (&["value", "orders.csv", "--by", "region"][..], "has no column 'region'"),
        (&["value", "orders.csv", "--saved-model", "model.json"][..], "the saved model model.json cannot be used"),
        (&["value", "orders.csv", "--saved-model", "none.json"][..], "cannot read the saved model none.json"),
        (&["value", "one.csv", "--covariates", "kind"][..], "tells customers apart"),
    ];
    for (arguments, message) in refused {
        let output = run_in(folder.path(), &[arguments, &["--out", "customers.csv"]].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(message), "{arguments:?}: {}", stderr(&output));
        assert!(!folder.path().join("customers.csv").exists());
    }
}
