//! `mehrwert value`, started as a user starts it.

mod bad_input;
mod cdnow;
mod contracts;
mod modelling;
mod online_retail;
mod outputs;
mod reading;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A file of the repository's examples.
fn example(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
    root.to_str().expect("the workspace lies in a folder with a readable name").to_owned()
}

/// Runs the program in a folder.
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

/// Runs the program, which has to succeed, and returns what it printed.
fn succeed_in(folder: &Path, arguments: &[&str]) -> String {
    let output = run_in(folder, arguments);
    assert!(output.status.success(), "{arguments:?} failed: {}", stderr(&output));
    String::from_utf8(output.stdout).expect("the program prints UTF-8")
}

/// The JSON answer about files.
fn answer(arguments: &[&str]) -> Value {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let arguments: Vec<&str> = ["value"].iter().chain(arguments).chain(&["--format", "json"]).copied().collect();
    serde_json::from_str(&succeed_in(folder.path(), &arguments)).expect("the program prints JSON")
}

/// Writes a file into a folder.
fn write(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).expect("a file of this test can be written");
    path
}

/// Compares a number of an answer to so many decimals as are given.
#[track_caller]
fn assert_close(answer: &Value, expected: f64, tolerance: f64) {
    let number = answer.as_f64().unwrap_or_else(|| panic!("expected a number, found {answer}"));
    assert!((number - expected).abs() <= tolerance, "expected {expected} +- {tolerance}, found {number}");
}
