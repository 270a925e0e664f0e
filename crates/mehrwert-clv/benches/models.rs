//! A million simulated customers: merging, fitting, scoring over three years.

use std::sync::LazyLock;

use divan::Bencher;
use mehrwert_clv::spend::{SpendHistory, fit_spend};
use mehrwert_clv::{Days, DiscountRate, Fit, FitOptions, Histories, History, ModelKind, TimeUnit, fit, model_with};
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

const CUSTOMERS: usize = 1_000_000;

/// Customers won evenly over five years, who buy like CDNOW's, a little more often.
static CUSTOMERS_BY_MODEL: LazyLock<[Vec<History>; 3]> = LazyLock::new(|| {
    ModelKind::ALL.map(|kind| {
        let parameters = match kind {
            ModelKind::BgNbd => [0.6, 6.0, 0.8, 2.5],
            ModelKind::MbgNbd => [0.9, 6.0, 0.8, 2.5],
            ModelKind::ParetoNbd => [0.6, 6.0, 0.6, 12.0],
        };
        let model = model_with(kind, parameters, TimeUnit::Week).expect("possible parameters");
        let mut rng = Pcg64Mcg::new(2024);
        (0..CUSTOMERS)
            .map(|_| {
                let age = Days::new(f64::from(rng.random_range(1..1826u32)));
                model.simulate(age, &mut rng).history()
            })
            .collect()
    })
});

static HISTORIES: LazyLock<[Histories; 3]> =
    LazyLock::new(|| std::array::from_fn(|i| Histories::compress(CUSTOMERS_BY_MODEL[i].iter().copied())));

fn position(kind: ModelKind) -> usize {
    ModelKind::ALL.iter().position(|&other| other == kind).expect("one of all")
}

fn fitted(kind: ModelKind) -> Fit {
    fit(kind, &HISTORIES[position(kind)], &FitOptions::default()).expect("a fit")
}

fn main() {
    for kind in ModelKind::ALL {
        let histories = &HISTORIES[position(kind)];
        let fit = fitted(kind);
        println!(
            "{}: {} distinct histories of {CUSTOMERS}, {} steps on all, {:?}",
            kind.name(),
            histories.distinct().len(),
            fit.convergence.iterations,
            fit.parameters.map(|parameter| parameter.value)
        );
    }
    divan::main();
}

#[divan::bench(sample_count = 5)]
fn merge(bencher: Bencher) {
    let customers = &CUSTOMERS_BY_MODEL[0];
    bencher.bench(|| Histories::compress(customers.iter().copied()));
}

#[divan::bench(args = ModelKind::ALL, sample_count = 5)]
fn fit_all(bencher: Bencher, kind: ModelKind) {
    bencher.bench(|| fitted(kind));
}

#[divan::bench(args = ModelKind::ALL, sample_count = 5)]
fn score_three_years(bencher: Bencher, kind: ModelKind) {
    let model = fitted(kind).model;
    let histories = &HISTORIES[position(kind)];
    bencher.bench(|| model.score(histories.distinct(), Days::new(1096.0), DiscountRate::yearly(0.10)));
}

#[divan::bench(sample_count = 5)]
fn fit_spend_of_all(bencher: Bencher) {
    let mut rng = Pcg64Mcg::new(7);
    let spends: Vec<SpendHistory> = (0..CUSTOMERS)
        .map(|_| SpendHistory { repeats: rng.random_range(1..20), mean: 5.0 / (0.05 + rng.random::<f64>()) })
        .collect();
    bencher.bench(|| fit_spend(&spends).expect("a fit"));
}
