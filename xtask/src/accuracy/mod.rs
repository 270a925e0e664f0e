//! What the intervals of totals are worth: a study on simulated shops, half of which follow a model and half none.

mod cuts;
mod data;
mod report;
mod shops;
mod study;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::run::Failure;
use study::Found;

/// What is studied.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Shops to simulate, none with 0; the first of them is the same in every run.
    #[arg(long, default_value_t = 1000)]
    pub runs: u64,
    /// Number of the first shop. What is chosen by looking at shops is chosen on those from a million on.
    #[arg(long, default_value_t = 0)]
    pub first: u64,
    /// Customers of the largest shop.
    #[arg(long, default_value_t = 20_000)]
    pub most_customers: u32,
    /// Writes the report to this file, such as docs/accuracy-intervals.md.
    #[arg(long)]
    pub report: Option<PathBuf>,
    /// Also writes the errors at every cut to this file, as CSV.
    #[arg(long)]
    pub details: Option<PathBuf>,
}

/// Runs the study, writes its report and fails where a promise does not hold.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let found = all(arguments);
    let write = |path: &Path, text: &str| {
        std::fs::write(path, text).map_err(|source| Failure::File { path: path.to_owned(), source })
    };
    if let Some(path) = &arguments.details {
        let lines = found.iter().flat_map(|shop| &shop.details).map(|line| format!("{line}\n"));
        write(path, &std::iter::once(format!("{}\n", study::DETAILS)).chain(lines).collect::<String>())?;
    }
    let mut text = if arguments.runs > 0 { report::text(&found, arguments) } else { String::new() };
    let broken = report::broken(&found);
    if arguments.runs > 0 {
        text.push_str(&report::promises(&broken));
    }
    let until = data::cdnow_until().unwrap_or_default();
    text.push_str(&cuts::report(
        "CDNOW, 39 weeks seen, 39 weeks held out",
        &data::cdnow()?,
        until,
        data::CDNOW_SPLIT.1,
    )?);
    println!("{text}");
    for shop in found.iter().filter(|shop| shop.failure.is_some()) {
        let failure = shop.failure.as_deref().unwrap_or_default();
        println!("{} of {} customers: {failure}", shop.process.name(), shop.customers);
    }
    if let Some(path) = &arguments.report {
        write(path, &text)?;
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::Promise(broken.join("; "))) }
}

/// All shops, in their order, on as many threads as there are processors.
fn all(arguments: &Arguments) -> Vec<Found> {
    let (next, finished) = (AtomicU64::new(0), AtomicU64::new(0));
    let done: Mutex<Vec<(u64, Found)>> = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= arguments.runs {
                        return;
                    }
                    let found = study::run(arguments.first + number, arguments.most_customers);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((number, found));
                    eprint!("\r{} of {} shops", finished.fetch_add(1, Ordering::Relaxed) + 1, arguments.runs);
                }
            });
        }
    });
    eprintln!();
    let mut found = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    found.sort_by_key(|one| one.0);
    found.into_iter().map(|one| one.1).collect()
}
