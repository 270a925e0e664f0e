//! The history query beside DuckDB, over the same Parquet files in one run.

use std::path::Path;
use std::process::Command;

use crate::measure::measure;
use crate::run::{self, Failure, cargo, root, target};

/// Times DuckDB's time that the query may take.
const MOST: f64 = 1.2;
/// The last day of the simulated lake (crates/mehrwert-facts/examples/histories.rs).
const UNTIL: &str = "2023-12-31";

/// What one run said: seconds, persons, repeat purchases.
struct Run {
    seconds: f64,
    answer: String,
}

/// Makes the lake where there is none, lets both ask, and holds them to the same answer.
pub fn run(python: &Path, orders: u64, persons: u64, runs: u32) -> Result<(), Failure> {
    run::run(cargo().args([
        "build",
        "--release",
        "--locked",
        "--package",
        "mehrwert-facts",
        "--example",
        "histories",
    ]))?;
    let folder = target().join("simulated").join(format!("lake-{orders}-{persons}"));
    let mut ours = Command::new(target().join("release").join("examples").join("histories"));
    ours.arg(&folder).args([orders.to_string(), persons.to_string(), runs.to_string()]);
    let printed = measure(&mut ours)?.printed;
    let mut theirs = Command::new(python);
    theirs.arg(root().join("xtask").join("peers").join("duckdb_histories.py"));
    theirs.arg(&folder).args([UNTIL, &runs.to_string()]);
    let duckdb = best(&measure(&mut theirs)?.printed, "duckdb")?;
    let (ours, plain) = (best(&printed, "ours")?, best(&printed, "plain")?);
    println!("{:<44} {:>9} {:>8}", format!("histories of {persons} persons, {orders} orders"), "seconds", "ratio");
    for (name, run) in [("mehrwert", &ours), ("mehrwert, plain SQL", &plain), ("DuckDB", &duckdb)] {
        println!("{name:<44} {:>9.2} {:>7.2}x", run.seconds, run.seconds / duckdb.seconds);
    }
    if ours.answer != duckdb.answer || plain.answer != duckdb.answer {
        return Err(Failure::Promise(format!(
            "the answers differ (persons and repeats): {}, {}, {}",
            ours.answer, plain.answer, duckdb.answer
        )));
    }
    if ours.seconds > MOST * duckdb.seconds {
        return Err(Failure::Promise(format!("more than {MOST} times DuckDB's time")));
    }
    Ok(())
}

/// The fastest of the runs that begin with this word.
fn best(printed: &str, word: &str) -> Result<Run, Failure> {
    let runs = printed.lines().filter_map(|line| line.strip_prefix(word)?.trim().split_once(' '));
    let runs =
        runs.filter_map(|(seconds, answer)| Some(Run { seconds: seconds.parse().ok()?, answer: answer.to_owned() }));
    runs.min_by(|one, other| one.seconds.total_cmp(&other.seconds))
        .ok_or_else(|| Failure::Promise(format!("no run of {word} in '{printed}'")))
}
