//! The project's own commands: `cargo xtask test`, `peers`, `bench` and the rest.
//!
//! Each sets up what it needs, prints a short table and ends with a non-zero code when a promise does not hold. What
//! cannot be set up is a failure, never a skip.

mod accuracy;
mod bench;
mod clients;
mod contracts;
mod crash;
mod fuzz;
mod generate;
mod histories;
mod load;
mod measure;
mod peers;
mod policy;
mod python;
mod run;
mod serving;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use run::Failure;

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sets up what the tests need and runs them all: dependency policy, unit, property, snapshot and end-to-end tests.
    Test,
    /// Checks licences, bans and sources of every dependency with cargo-deny, which it installs where it is missing.
    Policy,
    /// Times the main job on a simulated shop, in a release build, and the benchmarks of each room.
    Bench(bench::Arguments),
    /// Runs the main job beside lifetimes and DuckDB on the same file and prints the ratios.
    Peers(peers::Arguments),
    /// Runs the vendors' clients, unmodified, against a server, and counts in the lake what each has sent.
    Clients,
    /// Sends events at a fixed rate to a server of its own: times of a batch, and whether all acknowledged is there.
    Load(load::Arguments),
    /// Studies on simulated shops whether intervals hold what they promise.
    Accuracy(accuracy::Arguments),
    /// Kills a writer at random moments, cuts its power or fills its disk, and counts what is there afterwards.
    Crash(crash::Arguments),
    /// Feeds the readers bytes that nobody would write, for so many minutes.
    Fuzz(fuzz::Arguments),
    /// Writes the orders of a simulated shop to a CSV file.
    Generate(generate::Arguments),
    /// Writes the contracts of a simulated service to a CSV file.
    GenerateContracts(contracts::Arguments),
}

fn main() -> ExitCode {
    let outcome: Result<(), Failure> = match Cli::parse().command {
        Command::Test => test::run(),
        Command::Policy => policy::run(),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Peers(arguments) => peers::run(&arguments),
        Command::Clients => clients::run(),
        Command::Load(arguments) => load::run(&arguments),
        Command::Accuracy(arguments) => accuracy::run(&arguments),
        Command::Crash(arguments) => crash::run(&arguments),
        Command::Fuzz(arguments) => fuzz::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::GenerateContracts(arguments) => contracts::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
