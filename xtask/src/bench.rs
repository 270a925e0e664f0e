//! The speed of the main job, measured on a release build.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::generate;
use crate::measure::{Measured, measure};
use crate::run::{self, Failure, cargo, target};

/// What is measured.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Customers of the simulated shop.
    #[arg(long, default_value_t = 1_000_000)]
    pub customers: u32,
    /// Runs of each job; the median counts.
    #[arg(long, default_value_t = 3)]
    pub runs: u32,
    /// Only the whole job, without the benchmarks of each room.
    #[arg(long)]
    pub job_only: bool,
    /// Also writes the figures to this file, as JSON.
    #[arg(long)]
    pub json: Option<PathBuf>,
}

/// A job and what it may take at a million customers on two cores.
struct Job {
    name: &'static str,
    models: &'static str,
    most_seconds: f64,
    most_megabytes: f64,
}

const JOBS: [Job; 2] = [
    Job { name: "BG/NBD and MBG/NBD", models: "bg-nbd,mbg-nbd", most_seconds: 3.0, most_megabytes: 1000.0 },
    Job { name: "and Pareto/NBD", models: "bg-nbd,mbg-nbd,pareto-nbd", most_seconds: 10.0, most_megabytes: 1000.0 },
];

/// A job's figures, for the file.
#[derive(Debug, serde::Serialize)]
struct Row {
    job: &'static str,
    customers: u32,
    orders: u64,
    median: Measured,
}

/// Builds, generates, runs, prints; fails when a job takes longer or more than it may.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let program = release_binary()?;
    let (file, orders) = simulated_shop(arguments.customers)?;
    println!("{:<24} {:>10} {:>10} {:>9} {:>9}", "main job", "customers", "orders", "seconds", "MB");
    let mut rows = Vec::new();
    let mut broken = Vec::new();
    for job in &JOBS {
        let median = median_run(&program, &file, job.models, arguments.runs)?;
        let megabytes = median.megabytes.unwrap_or(f64::NAN);
        println!(
            "{:<24} {:>10} {:>10} {:>9.2} {:>9.0}",
            job.name, arguments.customers, orders, median.seconds, megabytes
        );
        if arguments.customers == 1_000_000 && (median.seconds > job.most_seconds || megabytes > job.most_megabytes) {
            broken.push(format!("{}: at most {} s and {} MB", job.name, job.most_seconds, job.most_megabytes));
        }
        rows.push(Row { job: job.name, customers: arguments.customers, orders, median });
    }
    if let Some(path) = &arguments.json {
        let text = serde_json::to_string_pretty(&rows).map_err(|error| Failure::Promise(error.to_string()))?;
        std::fs::write(path, text).map_err(|source| Failure::File { path: path.clone(), source })?;
    }
    if !arguments.job_only {
        run::run(cargo().args(["bench", "--workspace", "--benches", "--locked"]))?;
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::Promise(broken.join("; "))) }
}

/// The program, built for speed.
pub fn release_binary() -> Result<PathBuf, Failure> {
    run::run(cargo().args(["build", "--release", "--locked", "--package", "mehrwert"]))?;
    Ok(target().join("release").join("mehrwert"))
}

/// The file of a simulated shop of this size, written once, and the number of its orders.
pub fn simulated_shop(customers: u32) -> Result<(PathBuf, u64), Failure> {
    let file = target().join("simulated").join(format!("orders-{customers}.csv"));
    let shop = generate::Arguments {
        file: file.clone(),
        customers,
        seed: 1,
        acquisition_days: generate::DEFAULT_ACQUISITION_DAYS,
        days: generate::DEFAULT_DAYS,
    };
    let orders = generate::write(&shop)?;
    Ok((file, orders))
}

fn median_run(program: &Path, file: &Path, models: &str, runs: u32) -> Result<Measured, Failure> {
    let mut measured = Vec::new();
    for _ in 0..runs.max(1) {
        let mut command = Command::new(program);
        command.arg("value").arg(file).args(["--models", models, "--format", "json"]);
        measured.push(measure(&mut command)?);
    }
    measured.sort_by(|left, right| left.seconds.total_cmp(&right.seconds));
    let middle = measured.len() / 2;
    Ok(measured.swap_remove(middle))
}
