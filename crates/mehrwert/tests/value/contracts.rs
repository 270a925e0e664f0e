//! Contracts, from a file to every answer.

use std::fmt::Write;

use crate::{answer, assert_close, example, run_in, stderr, succeed_in, write};

/// Percent of customers left in year 0, 1, ... 7 (Fader & Hardie 2007, table 1), as a file of 1,000 yearly contracts.
fn cohort(survivors: [u32; 8]) -> String {
    let mut text = "Kunde;Beginn;Ende;Preis;Zahlweise\n".to_owned();
    let mut customer = 0;
    let mut push = |count: u32, end: String| {
        for _ in 0..count {
            customer += 1;
            let _ = writeln!(text, "k{customer};01.01.2000;{end};100,00;jährlich");
        }
    };
    for (year, pair) in survivors.windows(2).enumerate() {
        push(pair[0] - pair[1], format!("31.12.{}", 2000 + year));
    }
    push(survivors[7], String::new());
    text
}

#[test]
fn the_published_cohorts_give_the_published_parameters() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    for (survivors, alpha, beta) in [
        ([1000, 631, 468, 382, 326, 289, 262, 241], 0.704, 1.182),
        ([1000, 869, 743, 653, 593, 551, 517, 491], 0.668, 3.806),
    ] {
        let path = write(folder.path(), "vertraege.csv", cohort(survivors));
        let answer = answer(&[path.to_str().expect("a readable name")]);
        assert_eq!((answer["as_of"].as_str(), answer["rows"]["used"].as_u64()), (Some("2007-01-01"), Some(1000)));
        let model = &answer["intervals"][0]["models"][0];
        assert_eq!(model["name"], "sBG");
        assert_close(&model["params"]["alpha"], alpha, 5e-4);
        assert_close(&model["params"]["beta"], beta, 5e-4);
        assert_close(&answer["contracts"]["running"], f64::from(survivors[7]), 0.0);
    }
}

#[test]
fn the_example_gives_every_output_and_they_agree() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let contracts = example("contracts.csv");
    for (language, word) in [("de", "Verträge"), ("en", "contracts")] {
        let arguments =
            ["value", &contracts, "--lang", language, "--report", "page.html", "--out", "contracts.parquet"];
        let printed = succeed_in(folder.path(), &arguments);
        assert!(printed.contains(word) && printed.lines().all(|line| line.chars().count() <= 100), "{printed}");
        let page = std::fs::read_to_string(folder.path().join("page.html")).expect("the page is there");
        assert!(page.contains(word) && page.matches("<svg").count() >= 4 && !page.contains("NaN"));
    }
    let answer = answer(&[&contracts]);
    let printed = succeed_in(folder.path(), &["value", &contracts, "--format", "csv"]);
    let values = printed.lines().skip(1).map(|line| {
        let value = line.split(',').nth(12).and_then(|cell| cell.parse::<f64>().ok());
        value.expect("every contract of the example has a value")
    });
    assert_close(&answer["value"]["total"], values.sum(), 1e-6);
    assert_eq!(answer["rows"]["read"].as_u64(), Some(printed.lines().count() as u64 - 1));
    assert_eq!(answer["currency"], "EUR");
    // What it was drawn from (xtask generate-contracts): sBG with 1.2 and 14 a month.
    let monthly = &answer["intervals"][0]["models"][0];
    let error = monthly["standard_errors"]["alpha"].as_f64().expect("a standard error");
    assert_close(&monthly["params"]["alpha"], 1.2, 2.0 * error);
    let (low, high) = (&answer["value"]["interval"]["low"], &answer["value"]["interval"]["high"]);
    assert!(low.as_f64() < answer["value"]["total"].as_f64() && answer["value"]["total"].as_f64() < high.as_f64());
}

#[test]
fn margin_and_horizon_count_as_for_orders() {
    let contracts = example("contracts.csv");
    let plain = answer(&[&contracts]);
    let valued = answer(&[&contracts, "--margin", "40%"]);
    assert_eq!((plain["measure"].as_str(), valued["measure"].as_str()), (Some("revenue"), Some("value")));
    let total = plain["value"]["total"].as_f64().expect("a total");
    assert_close(&valued["value"]["total"], 0.4 * total, 1e-6 * total);
    let year = answer(&[&contracts, "--horizon", "1y", "--discount-rate", "0%"]);
    assert!(year["value"]["total"].as_f64().is_some_and(|one| one > 0.3 * total && one < 0.7 * total));
    let held = answer(&[&contracts, "--until", "2023-12-31"]);
    let error = held["holdout"]["aggregate_error"].as_f64().expect("the days after were held out");
    assert!(error.abs() < 0.1, "{error}");
}

#[test]
fn explain_and_rejects_work_on_contracts() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let mut content = cohort([1000, 631, 468, 382, 326, 289, 262, 241]);
    content += "x;01.01.2001;31.12.2000;100,00;jährlich\n";
    write(folder.path(), "v.csv", content);
    let explained = succeed_in(folder.path(), &["value", "v.csv", "--explain", "--lang", "de"]);
    for word in ["Verträge", "Beginn", "Preis je Intervall", "DD.MM.YYYY"] {
        assert!(explained.contains(word), "{explained}");
    }
    succeed_in(folder.path(), &["value", "v.csv", "--rejects", "r.csv"]);
    let rejects = std::fs::read_to_string(folder.path().join("r.csv")).expect("the list is there");
    assert!(rejects.contains("v.csv,1002,Ende,end before the start,100.00"), "{rejects}");
}

/// Runs `value` on a file of contracts; it has to fail, say each of the words, and leave no file behind.
#[track_caller]
fn refused(content: &str, arguments: &[&str], code: i32, words: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder for this test");
    write(folder.path(), "v.csv", content);
    let files = ["value", "v.csv", "--out", "o.csv", "--report", "o.html", "--rejects", "r.csv"];
    let output = run_in(folder.path(), &[files.as_slice(), arguments].concat());
    let said = stderr(&output);
    assert!(!said.contains("panicked"), "{said}");
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "expected '{word}' in: {said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder is there").count(), 1, "a file was left");
}

#[test]
fn bad_contracts_are_refused() {
    let good = "customer,start,end,price\na,2024-01-01,2024-05-31,10\nb,2024-01-01,,10\nc,2024-02-01,2024-03-31,9\n";
    refused("customer,start,end,price\n", &[], 2, &["v.csv", "no rows"]);
    refused("customer,start,end,price\na,soon,,9\n", &[], 2, &["not a date", "row 2", "column 'start'"]);
    refused("customer,begin,price\na,01/02/2024,9\n", &[], 2, &["--dates"]);
    refused(good, &["--until", "2023-01-01"], 2, &["before the first contract", "2024-01-01"]);
    refused(good, &["--until", "2999-01-01"], 2, &["after today"]);
    refused(good, &["--model", "bg-nbd"], 2, &["models of renewals"]);
    refused(good, &["--kind", "generic"], 2, &["date"]);
    refused("customer,start,price\na,2024-01-01,9\nb,2024-01-01,9\n", &[], 1, &["no contract has come"]);
    refused("customer,start,price,currency\na,2024-01-01,9,EUR\nb,2024-01-01,9,USD\n", &[], 2, &["--currency EUR"]);
}

#[test]
fn wishes_for_orders_are_refused() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let contracts = example("contracts.csv");
    for wish in [["--by", "plan"], ["--covariates", "plan"], ["--save-model", "m.json"], ["--saved-model", "m.json"]] {
        let output = run_in(folder.path(), &[&["value", &contracts][..], &wish].concat());
        assert_eq!(output.status.code(), Some(2), "{wish:?}: {}", stderr(&output));
        assert!(!folder.path().join("m.json").exists());
    }
}
