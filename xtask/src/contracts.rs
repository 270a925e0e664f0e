//! Contracts of a simulated service with known parameters.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use mehrwert_clv::contracts::ContractModel;
use mehrwert_core::{Day, Horizon};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::generate::create;
use crate::run::Failure;

/// Shifted beta-geometric of monthly contracts: alpha and beta.
const MONTHLY: [f64; 2] = [1.2, 14.0];
/// The same of yearly contracts.
const YEARLY: [f64; 2] = [0.9, 4.0];
/// Share of contracts that are paid by the year.
const YEARLY_SHARE: f64 = 0.2;
/// Share of customers who go on with another plan a year after their start.
const CHANGE_SHARE: f64 = 0.05;
/// Plans: name, price a month, share.
const PLANS: [(&str, u32, f64); 3] = [("Basic", 1_990, 0.55), ("Plus", 3_990, 0.32), ("Pro", 7_990, 0.13)];

/// A simulated service.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Where the contracts are written: a CSV file with a row for each.
    pub file: PathBuf,
    /// Customers won.
    #[arg(long, default_value_t = 1_000)]
    pub customers: u32,
    /// Seed of the random numbers: the same seed gives the same file.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Months over which they are won, until the end of 2024.
    #[arg(long, default_value_t = 54)]
    pub months: u32,
}

/// A row of the file.
struct Row {
    customer: u32,
    plan: usize,
    start: Day,
    end: Option<Day>,
    is_yearly: bool,
}

/// Writes the file and says how many contracts it has.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let failure = |source| Failure::File { path: arguments.file.clone(), source };
    let mut rows = simulate(arguments)?;
    rows.sort_by_key(|row| (row.start, row.customer));
    let mut out = BufWriter::new(create(&arguments.file)?);
    writeln!(out, "customer,contract,plan,start,end,price_eur,interval").map_err(failure)?;
    for (number, row) in rows.iter().enumerate() {
        let (plan, cents, _) = PLANS[row.plan];
        let (cents, interval) = if row.is_yearly { (10 * cents, "yearly") } else { (cents, "monthly") };
        let (units, rest, end) = (cents / 100, cents % 100, row.end.map_or(String::new(), |end| end.to_string()));
        let (customer, contract) = (row.customer + 1, number + 1);
        writeln!(out, "C{customer:05},V{contract:05},{plan},{},{end},{units}.{rest:02},{interval}", row.start)
            .map_err(failure)?;
    }
    out.flush().map_err(failure)?;
    println!("{}: {} contracts of {} customers", arguments.file.display(), rows.len(), arguments.customers);
    Ok(())
}

fn simulate(arguments: &Arguments) -> Result<Vec<Row>, Failure> {
    let promise = |error: &dyn std::fmt::Display| Failure::Promise(error.to_string());
    let mut random = Pcg64Mcg::seed_from_u64(arguments.seed);
    let model = |[alpha, beta]: [f64; 2]| ContractModel::shifted_beta_geometric(alpha, beta);
    let (monthly, yearly) =
        (model(MONTHLY).map_err(|error| promise(&error))?, model(YEARLY).map_err(|error| promise(&error))?);
    let last = Day::from_calendar(2024, 12, 31).unwrap_or(Day::from_epoch(0));
    let days = (f64::from(arguments.months) * 365.25 / 12.0) as u32;
    let mut rows = Vec::new();
    for customer in 0..arguments.customers {
        let start = last.plus_days(-i32::try_from(random.random_range(0..days)).unwrap_or(0));
        let is_yearly = random.random::<f64>() < YEARLY_SHARE;
        let contract = if is_yearly { &yearly } else { &monthly }.simulate(0, 600, &mut random);
        let after = |periods: u32| {
            // Beyond a hundred years nothing is simulated.
            let months = (periods * if is_yearly { 12 } else { 1 }).min(1_200);
            let span: Option<Horizon> = format!("{months}m").parse().ok();
            span.and_then(|span| span.end(start).ok()).unwrap_or(last)
        };
        // Who leaves has paid until the day before the renewal that is not made.
        let end = contract.left_at().map(|renewal| after(renewal).plus_days(-1)).filter(|end| *end <= last);
        let plan = draw_plan(random.random());
        let change = (!is_yearly && random.random::<f64>() < CHANGE_SHARE).then(|| after(12));
        match change.filter(|change| *change < last && end.is_none_or(|end| end > *change)) {
            Some(change) => {
                rows.push(Row { customer, plan, start, end: Some(change.plus_days(-1)), is_yearly });
                rows.push(Row { customer, plan: (plan + 1) % PLANS.len(), start: change, end, is_yearly });
            }
            None => rows.push(Row { customer, plan, start, end, is_yearly }),
        }
    }
    Ok(rows)
}

fn draw_plan(mut share: f64) -> usize {
    let position = PLANS.iter().position(|(_, _, own)| {
        share -= own;
        share < 0.0
    });
    position.unwrap_or(PLANS.len() - 1)
}
