//! The main job beside its peers, on the same file in one run.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::bench::{release_binary, simulated_shop};
use crate::histories;
use crate::measure::{Measured, measure};
use crate::python;
use crate::run::{Failure, root};

/// The peers, as PyPI has them.
const PACKAGES: [&str; 5] = ["lifetimes==0.11.3", "duckdb==2.0.0", "pandas==3.1.1", "numpy==2.4.6", "scipy==1.17.1"];

/// What is compared.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Customers of the simulated shop.
    #[arg(long, default_value_t = 100_000)]
    pub customers: u32,
    /// Compares on this file instead: CSV with the columns customer, date and amount.
    #[arg(long)]
    pub file: Option<PathBuf>,
    /// Compares the history query over a lake of so many orders instead.
    #[arg(long, value_name = "ORDERS", num_args = 0..=1, default_missing_value = "10000000")]
    pub histories: Option<u64>,
    /// Runs of the history query; the fastest counts.
    #[arg(long, default_value_t = 3)]
    pub runs: u32,
}

/// Orders a person in the simulated lake.
const ORDERS_A_PERSON: u64 = 10;

/// Runs each peer and prints what it took and by how much.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let python = python::environment("peers", &PACKAGES)?;
    if let Some(orders) = arguments.histories {
        return histories::run(&python, orders, orders / ORDERS_A_PERSON, arguments.runs);
    }
    let program = release_binary()?;
    let file = match &arguments.file {
        Some(file) => file.clone(),
        None => simulated_shop(arguments.customers)?.0,
    };
    let mut job = Command::new(program);
    job.arg("value").arg(&file).args(["--models", "bg-nbd", "--horizon", "3y", "--format", "json"]);
    let ours = measure(&mut job)?;
    let lifetimes = measure(&mut script(&python, "lifetimes_job.py", &file))?;
    let duckdb = measure(&mut script(&python, "duckdb_job.py", &file))?;
    println!("{:<44} {:>9} {:>9} {:>8}", "BG/NBD, spend, value over 3 years", "seconds", "MB", "ratio");
    print_row("mehrwert (with rolling cuts and intervals)", &ours, &ours);
    print_row("lifetimes 0.11.3", &lifetimes, &ours);
    print_row("DuckDB (purchase histories only, no model)", &duckdb, &ours);
    agree(&ours, &lifetimes)
}

fn print_row(name: &str, measured: &Measured, ours: &Measured) {
    let megabytes = measured.megabytes.unwrap_or(f64::NAN);
    let ratio = measured.seconds / ours.seconds;
    println!("{name:<44} {:>9.2} {megabytes:>9.0} {ratio:>7.1}x", measured.seconds);
}

/// Speed counts for nothing when the answers differ: parameters and the number of customers must agree.
fn agree(ours: &Measured, lifetimes: &Measured) -> Result<(), Failure> {
    let unreadable = |error: serde_json::Error| Failure::Promise(format!("an answer is no JSON: {error}"));
    let ours: Value = serde_json::from_str(&ours.printed).map_err(unreadable)?;
    let theirs: Value = serde_json::from_str(&lifetimes.printed).map_err(unreadable)?;
    if ours["customers"] != theirs["customers"] {
        return Err(Failure::Promise(format!("customers differ: {} and {}", ours["customers"], theirs["customers"])));
    }
    println!("{:<44} {:>9} {:>9} {:>8}", "parameters (per week)", "ours", "theirs", "");
    for name in ["r", "alpha", "a", "b"] {
        let number = |answer: &Value| answer.as_f64().unwrap_or(f64::NAN);
        let (mine, other) = (number(&ours["models"][0]["params"][name]), number(&theirs["params"][name]));
        println!("{name:<44} {mine:>9.4} {other:>9.4}");
    }
    // Both maximise the same likelihood; anything more than an early stop would mean that they did not do the same job.
    let agrees = |name: &str| {
        let number = |answer: &Value| answer[name].as_f64().unwrap_or(f64::NAN);
        let ratio = number(&ours["models"][0]["params"]) / number(&theirs["params"]);
        (ratio - 1.0).abs() < 0.01
    };
    if let Some(name) = ["r", "alpha", "a", "b"].iter().find(|name| !agrees(name)) {
        return Err(Failure::Promise(format!("{name} differs by more than 1 %: the two did not do the same job")));
    }
    Ok(())
}

fn script(python: &Path, name: &str, file: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg(root().join("xtask").join("peers").join(name)).arg(file);
    command
}
