//! Posteriors of CDNOW's parameters and of a million simulated customers', and the interval of a total. Words after `--`
//! choose among them: `cargo bench --bench posterior -- sample pareto-nbd`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Instant;

use common::{customers, fitted, full, histories, sample};
use mehrwert_clv::posterior::{Interval, IntervalOptions, Method, Posterior, PosteriorOptions};
use mehrwert_clv::spend::GammaGamma;
use mehrwert_clv::{Days, Histories, ModelKind, TimeUnit, model_with};
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

fn time(name: &str, kind: ModelKind, histories: &Histories, methods: &[Method]) {
    let fit = fitted(kind, histories);
    for &method in methods {
        let options = PosteriorOptions { method: Some(method), ..PosteriorOptions::default() };
        let begin = Instant::now();
        let found = Posterior::sample(&fit, histories, &options, &mut Pcg64Mcg::new(1));
        println!("{name} {kind} {method:?}: {:.3} s", begin.elapsed().as_secs_f64());
        match found {
            Ok(posterior) => {
                println!("    {posterior}");
                let begin = Instant::now();
                let year = Days::new(365.0);
                let total =
                    posterior.total_purchases(histories, year, &IntervalOptions::default(), &mut Pcg64Mcg::new(1));
                println!("    total {:.3} s {total:?}", begin.elapsed().as_secs_f64());
                many(&posterior, histories);
            }
            Err(error) => println!("    {error}"),
        }
    }
}

/// A hundred groups at once, and every customer with and without spend.
fn many(posterior: &Posterior, histories: &Histories) {
    let (year, options) = (Days::new(365.0), IntervalOptions { misspecification: 0.2, ..IntervalOptions::default() });
    let customers = histories.customers() as usize;
    let groups: Vec<Vec<usize>> = (0..100).map(|group| (group..customers).step_by(100).collect()).collect();
    let begin = Instant::now();
    let totals = posterior.total_purchases_by(histories, &groups, year, &options, &mut Pcg64Mcg::new(1)).unwrap();
    println!("    {} groups {:.3} s", totals.len(), begin.elapsed().as_secs_f64());
    let spend = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    let begin = Instant::now();
    let futures = posterior.customers(histories, Some(&spend), year, &options, &mut Pcg64Mcg::new(1)).unwrap();
    let prepared = begin.elapsed().as_secs_f64();
    let purchases: Vec<Interval> =
        (0..histories.distinct().len()).map(|distinct| futures.purchases(distinct).unwrap()).collect();
    let purchased = begin.elapsed().as_secs_f64();
    let amounts: Vec<Interval> = (0..customers)
        .map(|customer| {
            futures.amount(histories.distinct_of(customer).unwrap(), 20.0 + customer as f64 * 1e-5).unwrap()
        })
        .collect();
    println!(
        "    intervals of {} distinct histories: prepared {prepared:.3} s, purchases {:.3} s, amounts of {} customers {:.3} s",
        purchases.len(),
        purchased - prepared,
        amounts.len(),
        begin.elapsed().as_secs_f64() - purchased
    );
}

fn million(kind: ModelKind) -> Histories {
    let parameters = match kind {
        ModelKind::BgNbd => [0.6, 6.0, 0.8, 2.5],
        ModelKind::MbgNbd => [0.9, 6.0, 0.8, 2.5],
        ModelKind::ParetoNbd => [0.6, 6.0, 0.6, 12.0],
    };
    let model = model_with(kind, parameters, TimeUnit::Week).expect("possible parameters");
    let mut rng = Pcg64Mcg::new(2024);
    let customer = |_| model.simulate(Days::new(f64::from(rng.random_range(1..1826u32))), &mut rng).history();
    Histories::compress((0..1_000_000).map(customer))
}

/// Whether all the words given choose these data and this model; cargo's own words begin with a dash.
fn chosen(name: &str, kind: ModelKind) -> bool {
    std::env::args().skip(1).filter(|word| !word.starts_with('-')).all(|word| word == name || word == kind.key())
}

fn main() {
    let [small, large] = [sample(), full()].map(|purchases| histories(&customers(&purchases)));
    for kind in ModelKind::ALL {
        for (name, histories) in [("sample", &small), ("full", &large)] {
            if chosen(name, kind) {
                time(name, kind, histories, &[Method::Laplace, Method::Nuts]);
            }
        }
        if chosen("million", kind) {
            time("million", kind, &million(kind), &[Method::Laplace]);
        }
    }
}
