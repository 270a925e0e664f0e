//! What the intervals of totals are worth: a study on simulated shops, half of which follow a model and half none.

mod cuts;
mod data;
mod report;
mod retail;
mod shops;
mod study;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::*;

use crate::run::Failure;
use study::Found;

/// What is studied.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Shops to simulate, none with 0; the first of them is the same in every run.
    #[arg(long, default_value_t = 1000)]
    pub runs: u32,
    /// Number of the first shop. What is chosen by looking at shops is chosen on those from a million on.
    #[arg(long, default_value_t = 0)]
    pub first: u64,
    /// Customers of the largest shop.
    #[arg(long, default_value_t = 20_000)]
    pub most_customers: u32,
    /// Cuts inside each history.
    #[arg(long, default_value_t = 4)]
    pub cuts: usize,
    /// Writes the report to this file, such as docs/accuracy-intervals.md.
    #[arg(long)]
    pub report: Option<PathBuf>,
    /// The program that reads Online Retail; otherwise the one that was built last, with `cargo build --release -p
    /// mehrwert` or without `--release`.
    #[arg(long, env = "CARGO_BIN")]
    pub mehrwert: Option<PathBuf>,
    /// Keeps every shop's findings in this file and takes up from it what an interrupted run of the same program and the
    /// same options has found.
    #[arg(long)]
    pub keep: Option<PathBuf>,
    /// Simulates no more shops: reports those that are kept.
    #[arg(long, requires = "keep")]
    pub kept_only: bool,
    /// Also writes the errors at every cut to this file, as CSV.
    #[arg(long)]
    pub details: Option<PathBuf>,
}

/// Runs the study, writes its report and fails where a promise does not hold.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let found = all(arguments)?;
    let write = |path: &Path, text: &str| {
        std::fs::write(path, text).map_err(|source| Failure::File { path: path.to_owned(), source })
    };
    if let Some(path) = &arguments.details {
        let of_shop = |shop: &'_ Found| {
            let line = |line: &String| format!("{},{line}\n", shop.number);
            shop.details.iter().map(line).collect::<String>()
        };
        let lines = found.iter().map(of_shop);
        write(path, &std::iter::once(format!("{}\n", study::DETAILS)).chain(lines).collect::<String>())?;
    }
    let mut text = if arguments.runs > 0 { report::text(&found, arguments) } else { String::new() };
    let broken = report::broken(&found);
    if arguments.runs > 0 {
        text.push_str(&report::promises(&broken));
    }
    let until = data::cdnow_until().unwrap_or_default();
    for (name, timelines) in [
        ("CDNOW, 39 weeks seen, 39 weeks held out", data::cdnow()?),
        ("CDNOW, every tenth customer", data::cdnow_sample()?),
    ] {
        text.push_str(&cuts::report(name, &timelines, until, data::CDNOW_SPLIT.1)?);
        text.push('\n');
    }
    text.push_str(&retail::report(arguments.mehrwert.as_deref())?);
    println!("{text}");
    for shop in found.iter().filter(|shop| shop.failure.is_some()) {
        let failure = shop.failure.as_deref().unwrap_or_default();
        println!("{}: {} of {} customers: {failure}", shop.number, shop.process.name(), shop.customers);
    }
    if let Some(path) = &arguments.report {
        write(path, &text)?;
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::Promise(broken.join("; "))) }
}

/// All shops, in their order, on as many threads as there are processors.
fn all(arguments: &Arguments) -> Result<Vec<Found>, Failure> {
    let style = ProgressStyle::with_template("{msg:<24} {bar:40} {pos}/{len} {elapsed}");
    let bar = ProgressBar::with_draw_target(Some(u64::from(arguments.runs)), ProgressDrawTarget::stderr())
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        .with_message("simulated shops");
    let mut kept: BTreeMap<u64, Found> = arguments.keep.as_deref().map_or_else(|| Ok(BTreeMap::new()), kept)?;
    let numbers = (0..arguments.runs).map(|run| arguments.first + u64::from(run));
    let is_missing = |number: &u64| !arguments.kept_only && !kept.contains_key(number);
    let missing: Vec<u64> = numbers.clone().filter(is_missing).collect();
    bar.inc(u64::from(arguments.runs) - missing.len() as u64);
    let keep = arguments.keep.as_deref().map(|path| {
        let opened = File::options().append(true).create(true).open(path);
        opened.map(Mutex::new).map_err(|source| Failure::File { path: path.to_owned(), source })
    });
    let keep = keep.transpose()?;
    let of_one = |number: u64| {
        let found = study::run(number, arguments.most_customers, arguments.cuts);
        if let Some(file) = &keep
            && let Ok(line) = serde_json::to_string(&found)
        {
            let mut file = file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            // What could not be kept is simulated again next time.
            let _ = file.write_all(format!("{line}\n").as_bytes());
        }
        bar.inc(1);
        (number, found)
    };
    kept.extend(missing.into_par_iter().with_max_len(1).map(of_one).collect::<Vec<_>>());
    bar.finish_and_clear();
    Ok(numbers.filter_map(|number| kept.remove(&number)).collect())
}

/// The shops in a file of earlier findings; none if there is no file. A last line that was cut off does not count.
fn kept(path: &Path) -> Result<BTreeMap<u64, Found>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let shops = text.lines().filter_map(|line| serde_json::from_str::<Found>(line).ok());
            Ok(shops.map(|found| (found.number, found)).collect())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(source) => Err(Failure::File { path: path.to_owned(), source }),
    }
}
