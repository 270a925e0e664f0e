//! Orders of a simulated shop with known parameters.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use mehrwert_clv::{Days, ModelKind, TimeUnit, model_with};
use mehrwert_core::{Amount, Day};
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Gamma};
use rand_pcg::Pcg64Mcg;

use crate::run::Failure;

/// Pareto/NBD of the CDNOW sample, per week.
const PARETO_NBD: [f64; 4] = [0.55328, 10.5777, 0.60624, 11.6687];
/// Gamma-Gamma of the CDNOW sample: p, q and v.
const GAMMA_GAMMA: [f64; 3] = [6.2496, 3.7442, 15.4435];

/// With these a million customers make 2.85 million orders.
pub const DEFAULT_ACQUISITION_DAYS: u32 = 695;
/// See [`DEFAULT_ACQUISITION_DAYS`].
pub const DEFAULT_DAYS: u32 = 884;

/// A simulated shop.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Where the orders are written: a CSV file with the columns customer, date and amount.
    pub file: PathBuf,
    /// Customers won.
    #[arg(long, default_value_t = 1_000_000)]
    pub customers: u32,
    /// Seed of the random numbers: the same seed gives the same file.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Days over which the customers are won.
    #[arg(long, default_value_t = DEFAULT_ACQUISITION_DAYS)]
    pub acquisition_days: u32,
    /// Days that the file covers.
    #[arg(long, default_value_t = DEFAULT_DAYS)]
    pub days: u32,
}

/// Writes the file and says how many orders it has.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let orders = write(arguments)?;
    println!("{}: {orders} orders of {} customers", arguments.file.display(), arguments.customers);
    Ok(())
}

/// Writes the file, and returns the number of orders.
pub fn write(arguments: &Arguments) -> Result<u64, Failure> {
    let failure = |source| Failure::File { path: arguments.file.clone(), source };
    let mut out = BufWriter::with_capacity(1 << 20, create(&arguments.file)?);
    let mut lines: Vec<(u32, u32, i128)> = Vec::new();
    simulate(arguments, |customer, day, cents| lines.push((day, customer, cents)))?;
    // A shop writes its orders as they come in.
    lines.sort_unstable();
    let start = Day::from_calendar(2022, 1, 1).unwrap_or(Day::from_epoch(0));
    writeln!(out, "customer,date,amount").map_err(failure)?;
    for &(day, customer, cents) in &lines {
        let date = start.plus_days(i32::try_from(day).unwrap_or(i32::MAX));
        let amount = Amount::from_micros(cents * 10_000);
        writeln!(out, "c{customer:07},{date},{amount}").map_err(failure)?;
    }
    out.flush().map_err(failure)?;
    Ok(lines.len() as u64)
}

pub fn create(path: &Path) -> Result<File, Failure> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| Failure::File { path: folder.to_owned(), source })?;
    }
    File::create(path).map_err(|source| Failure::File { path: path.to_owned(), source })
}

fn simulate(arguments: &Arguments, mut order: impl FnMut(u32, u32, i128)) -> Result<(), Failure> {
    let promise = |error: &dyn std::fmt::Display| Failure::Promise(error.to_string());
    let mut random = Pcg64Mcg::seed_from_u64(arguments.seed);
    let model = model_with(ModelKind::ParetoNbd, PARETO_NBD, TimeUnit::Week).map_err(|error| promise(&error))?;
    let [p, q, v] = GAMMA_GAMMA;
    let scale = Gamma::new(q, 1.0 / v).map_err(|error| promise(&error))?;
    let spread = Gamma::new(p, 1.0).map_err(|error| promise(&error))?;
    for customer in 0..arguments.customers {
        let first = random.random_range(0..arguments.acquisition_days);
        let rate: f64 = scale.sample(&mut random);
        let age = Days::new(f64::from(arguments.days.saturating_sub(first + 1)));
        let simulated = model.simulate(age, &mut random);
        let repeats = simulated.purchases.iter().map(|time| first + time.days().ceil() as u32);
        for day in std::iter::once(first).chain(repeats) {
            let cents = (spread.sample(&mut random) / rate * 100.0).round().max(1.0);
            order(customer, day.min(arguments.days - 1), cents as i128);
        }
    }
    Ok(())
}
