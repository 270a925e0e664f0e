//! Posteriors of CDNOW's parameters and of a million simulated customers', and the interval of a total. Words after `--`
//! choose among them: `cargo bench --bench posterior -- sample pareto-nbd`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Instant;

use common::{customers, fitted, full, histories, sample};
use mehrwert_clv::posterior::{IntervalOptions, Method, Posterior, PosteriorOptions};
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
            }
            Err(error) => println!("    {error}"),
        }
    }
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
