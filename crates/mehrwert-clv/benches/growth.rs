//! That fitting costs by distinct histories, not by customers: one process, from ten thousand to ten million customers.
//! Customers are simulated one after the other and leave nothing but their history, twelve bytes.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on says so best by stopping")]

use std::time::Instant;

use mehrwert_clv::{Days, FitOptions, Histories, History, ModelKind, TimeUnit, fit, model_with};
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

/// Customers won in 104 weekly cohorts, who buy like CDNOW's; times are by day.
fn simulated(customers: usize) -> Vec<History> {
    let model = model_with(ModelKind::ParetoNbd, [0.55, 10.6, 0.61, 11.7], TimeUnit::Week).unwrap();
    let mut rng = Pcg64Mcg::new(2024);
    let mut customer = || {
        let week = rng.random_range(1..=104u32);
        model.simulate(Days::new(f64::from(7 * week)), &mut rng).history()
    };
    (0..customers).map(|_| customer()).collect()
}

/// The most memory the process has had, in megabytes, where the system tells.
fn most_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

fn main() {
    let most: usize = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(10_000_000);
    println!("customers   distinct  merge (s)  fit by model (s)  most memory (MB)");
    for customers in [10_000, 100_000, 1_000_000, 10_000_000].into_iter().filter(|&count| count <= most) {
        let all = simulated(customers);
        let begin = Instant::now();
        let histories = Histories::compress(all);
        let merged = begin.elapsed().as_secs_f64();
        let fits = ModelKind::ALL.map(|kind| {
            let begin = Instant::now();
            let found = fit(kind, &histories, &FitOptions::default()).unwrap();
            assert!(found.log_likelihood.is_finite());
            format!("{kind} {:.3}", begin.elapsed().as_secs_f64())
        });
        let distinct = histories.distinct().len();
        println!("{customers:9} {distinct:10} {merged:10.3}  {}  {:.0}", fits.join(", "), most_memory().unwrap_or(0.0));
    }
}
