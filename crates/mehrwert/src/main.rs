//! The command line of Mehrwert: parse, wire, print.
//!
//! Exit codes: 0 done, 1 the work failed, 2 the words or the input were wrong.

mod add;
mod cli;
mod data;
mod doctor;
mod import;
mod kinds;
mod ledger;
mod output;
mod progress;
mod question;
mod reading;
mod show;
mod terminal;
mod value;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

/// Why a command did not finish.
#[derive(Debug)]
enum Failure {
    /// The words or the input were wrong: what to change is said.
    Input(Box<dyn std::error::Error>),
    /// The work failed.
    Work(Box<dyn std::error::Error>),
}

impl Failure {
    fn input(error: impl std::error::Error + 'static) -> Failure {
        Failure::Input(Box::new(error))
    }

    fn work(error: impl std::error::Error + 'static) -> Failure {
        Failure::Work(Box::new(error))
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Value(arguments) => value::run(&arguments),
        Command::Ledger(arguments) => ledger::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Add(arguments) => add::run(&arguments),
    };
    let (error, code) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Input(error)) => (error, 2),
        Err(Failure::Work(error)) => (error, 1),
    };
    explain(error.as_ref());
    ExitCode::from(code)
}

/// Prints an error and what led to it; a cause that only repeats what was said is left out.
fn explain(error: &dyn std::error::Error) {
    let mut said = error.to_string();
    eprintln!("error: {said}");
    let mut cause = error.source();
    while let Some(one) = cause {
        let text = one.to_string();
        if text != said {
            eprintln!("  because: {text}");
        }
        said = text;
        cause = one.source();
    }
}
