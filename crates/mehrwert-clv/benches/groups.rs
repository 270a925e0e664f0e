//! Sixty groups of a million customers pooled, and customers with covariates, beside the plain fit to the same
//! customers. Read the ratios: the machine's speed cancels out.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on says so best by stopping")]

use std::time::Instant;

use mehrwert_clv::covariates::{CovariateHistories, CovariateOptions, fit_with_covariates};
use mehrwert_clv::pooling::{PoolOptions, pool};
use mehrwert_clv::{Days, FitOptions, Histories, History, ModelKind, TimeUnit, fit, model_with};
use rand::RngExt;
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

const CUSTOMERS: usize = 1_000_000;
const GROUPS: usize = 60;
/// With a continuous covariate every customer has a likelihood of its own.
const WITH_COVARIATES: usize = 100_000;

fn customer(kind: ModelKind, pace: f64, rng: &mut Pcg64Mcg) -> History {
    let parameters = match kind {
        ModelKind::BgNbd => [0.6, 6.0 / pace, 0.8, 2.5],
        ModelKind::MbgNbd => [0.9, 6.0 / pace, 0.8, 2.5],
        ModelKind::ParetoNbd => [0.6, 6.0 / pace, 0.6, 12.0],
    };
    let model = model_with(kind, parameters, TimeUnit::Week).unwrap();
    model.simulate(Days::new(f64::from(rng.random_range(1..1826u32))), rng).history()
}

fn seconds<T>(name: &str, work: impl FnOnce() -> T) -> (f64, T) {
    let begin = Instant::now();
    let done = work();
    let took = begin.elapsed().as_secs_f64();
    println!("    {name}: {took:.3} s");
    (took, done)
}

fn main() {
    for kind in ModelKind::ALL {
        println!("{kind}");
        let mut rng = Pcg64Mcg::new(2024);
        let paces: Vec<f64> = (0..GROUPS).map(|group| 0.7 + 0.01 * group as f64).collect();
        let groups: Vec<Vec<History>> = paces
            .iter()
            .map(|&pace| (0..CUSTOMERS / GROUPS).map(|_| customer(kind, pace, &mut rng)).collect())
            .collect();
        let together = Histories::compress(groups.iter().flatten().copied());
        let groups: Vec<Histories> = groups.into_iter().map(Histories::compress).collect();
        let distinct: usize = groups.iter().map(|group| group.distinct().len()).sum();
        println!("    {} distinct histories together, {distinct} by group", together.distinct().len());
        let (plain, _) = seconds("fit", || fit(kind, &together, &FitOptions::default()).unwrap());
        let (alone, _) = seconds("a fit to each group", || {
            groups.par_iter().for_each(|group| drop(fit(kind, group, &FitOptions::default()).unwrap()));
        });
        let (pooled, found) =
            seconds("pool", || pool(kind, &groups, &PoolOptions::default(), &mut Pcg64Mcg::new(1)).unwrap());
        let trusted = found.groups.iter().filter(|group| group.is_trusted()).count();
        println!(
            "    pooling takes {:.1} fits to all, {:.1} times a fit to each; {trusted} of {GROUPS} groups trusted",
            pooled / plain,
            pooled / alone
        );

        let customers: Vec<(History, Vec<f64>)> = (0..WITH_COVARIATES)
            .map(|_| {
                let (member, age) = (f64::from(u8::from(rng.random::<f64>() < 0.5)), rng.random::<f64>());
                (customer(kind, f64::exp(0.5 * member - 0.5 * age), &mut rng), vec![member, age])
            })
            .collect();
        let data = CovariateHistories::compress(&["member", "age"], customers.iter().cloned()).unwrap();
        let (plain, _) = seconds("fit", || fit(kind, &data.without_covariates(), &FitOptions::default()).unwrap());
        let (with, _) =
            seconds("fit with covariates", || fit_with_covariates(kind, &data, &CovariateOptions::default()).unwrap());
        println!("    {WITH_COVARIATES} different covariate vectors take {:.1} fits", with / plain);
    }
}
