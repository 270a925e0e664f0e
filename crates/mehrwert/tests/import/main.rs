//! `mehrwert import` and `mehrwert add`, started as a user starts them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mehrwert"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env("LANG", "C")
        .output()
        .expect("the program under test can be started")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn succeed_in(folder: &Path, arguments: &[&str]) -> String {
    let output = run_in(folder, arguments);
    assert!(output.status.success(), "{arguments:?} failed: {}", stderr(&output));
    String::from_utf8(output.stdout).expect("the program prints UTF-8")
}

fn json_in(folder: &Path, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--format", "json"]].concat();
    serde_json::from_str(&succeed_in(folder, &arguments)).expect("the program prints JSON")
}

fn write(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).expect("a file of this test can be written");
    path
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for this test")
}

const FIRST: &str = "order_id,date,email,product,net,status
1001,2024-03-01,eva@example.com,Soap,50.00,paid
1002,2024-03-02,ben@example.com,Book,20.00,paid
1003,2024-03-03,ben@example.com,Book,20.00,failed
";
const SECOND: &str = "order_id,date,email,product,net,status
1001,2024-03-01,eva@example.com,Soap,40.00,paid
1002,2024-03-02,ben@example.com,Book,20.00,refunded
1004,2024-04-03,,Card,5.00,paid
";

#[test]
fn what_is_printed_in_both_languages() {
    for language in ["en", "de"] {
        let folder = folder();
        write(folder.path(), "march.csv", FIRST);
        write(folder.path(), "april.csv", SECOND);
        let mut text = String::new();
        for arguments in [
            &["import", "march.csv", "--dry-run"][..],
            &["import", "march.csv", "--currency", "EUR"],
            &["import", "april.csv", "--currency", "EUR"],
            &["import", "march.csv", "april.csv", "--currency", "EUR"],
            &["add", "tally", "--stage", "lead", "--count", "37", "--source", "fair", "--from", "2024-05-06"],
            &["add", "tally", "--stage", "lead", "--count", "38", "--source", "fair", "--from", "2024-05-06"],
            &["add", "cost", "--amount", "4800", "--kind", "Messe", "--purpose", "Akquise", "--from", "2024-05-06"],
            &["add", "cost", "--amount", "4800", "--kind", "Messe", "--purpose", "Akquise", "--from", "2024-05-06"],
        ] {
            text += &format!("$ mehrwert {}\n", arguments.join(" "));
            text += &succeed_in(folder.path(), &[arguments, &["--lang", language]].concat());
            text += "\n";
        }
        insta::assert_snapshot!(format!("printed_{language}"), text);
    }
}

#[test]
fn a_dry_run_leaves_nothing_behind() {
    let folder = folder();
    write(folder.path(), "march.csv", FIRST);
    let answer = json_in(folder.path(), &["import", "march.csv", "--dry-run"]);
    assert_eq!(answer["files"][0]["tables"][0]["new"], 2);
    assert!(!folder.path().join("mehrwert-data").exists());
}

#[test]
fn what_was_imported_twice_is_there_once() {
    let folder = folder();
    write(folder.path(), "march.csv", FIRST);
    let first = json_in(folder.path(), &["import", "march.csv"]);
    let sums = &first["files"][0]["reconciliation"];
    assert_eq!((&sums["rows_read"], &sums["rows_used"], &sums["rows_set_aside"]), (&3.into(), &2.into(), &1.into()));
    assert_eq!(sums["amount_used"], "70.00");
    let again = json_in(folder.path(), &["import", "march.csv"]);
    let table = &again["files"][0]["tables"][0];
    assert_eq!((&table["new"], &table["changed"], &table["unchanged"]), (&0.into(), &0.into(), &2.into()));
    let csv = succeed_in(folder.path(), &["import", "march.csv", "--format", "csv"]);
    assert!(csv.ends_with("march.csv,3,2,1,90.00,70.00,20.00,orders,0,0,2,0\n"), "{csv}");
}

#[test]
fn what_is_open_is_an_error_that_says_what_to_say() {
    let folder = folder();
    write(folder.path(), "open.csv", "order_id,date,customer,amount\n1,2024-03-01,A,11.90\n");
    let output = run_in(folder.path(), &["import", "open.csv"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("'amount'") && said.contains("--amounts net") && said.contains("--vat"), "{said}");
    let output = run_in(folder.path(), &["import", "open.csv", "--amounts", "gross"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("--vat 19%"));
    // What is answered once can be remembered.
    succeed_in(folder.path(), &["import", "open.csv", "--amounts", "gross", "--vat", "19%", "--remember", "shop"]);
    let again = json_in(folder.path(), &["import", "open.csv", "--as", "shop"]);
    assert_eq!(again["files"][0]["tables"][0]["unchanged"], 1);
}

#[test]
fn a_second_file_that_fails_leaves_the_first_and_says_so() {
    let folder = folder();
    write(folder.path(), "march.csv", FIRST);
    write(folder.path(), "empty.csv", "");
    let output = run_in(folder.path(), &["import", "march.csv", "empty.csv", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("empty.csv is empty"), "{}", stderr(&output));
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["files"].as_array().map(Vec::len), Some(1));
}

#[test]
fn rows_set_aside_can_be_had() {
    let folder = folder();
    write(folder.path(), "march.csv", FIRST);
    succeed_in(folder.path(), &["import", "march.csv", "--rejects", "aside.csv"]);
    let text = std::fs::read_to_string(folder.path().join("aside.csv")).expect("the list");
    assert_eq!(text, "file,row,column,reason,amount\nmarch.csv,4,status,failed or never paid,20.00\n");
}

#[test]
fn words_that_are_wrong_are_told() {
    let folder = folder();
    for (arguments, expected) in [
        (&["add", "cost", "--amount", "5", "--kind", "unsinn"][..], "there is no kind of cost 'unsinn'"),
        (
            &["add", "tally", "--stage", "lead", "--count", "5", "--from", "2024-05-06", "--to", "2024-05-01"],
            "lies before",
        ),
        (&["add", "event", "--name", "Call", "--email", "eva"], "--email: expected an e-mail address"),
        (&["import", "x.csv", "--time-zone", "Mars/Base"], "expected a time zone"),
        (&["import", "x.csv", "--as-of", "gestern"], "--as-of gestern"),
        (&["import", "x.csv"], "cannot read x.csv"),
    ] {
        let output = run_in(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{arguments:?}: {}", stderr(&output));
    }
}
