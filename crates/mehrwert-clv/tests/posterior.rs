//! Posteriors and intervals: moments against simulation, both samplers against each other, coverage, determinism,
//! degenerate customers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod common;

use common::{close, customers, fitted, full, histories, sample};
use mehrwert_clv::posterior::{
    IntervalError, IntervalOptions, Method, Posterior, PosteriorError, PosteriorOptions, Prior,
};
use mehrwert_clv::{Days, FitOptions, Histories, History, ModelKind, PurchaseModel, TimeUnit, fit, model_with};
use rand::RngExt;
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

fn model(kind: ModelKind) -> Box<dyn PurchaseModel> {
    let parameters = match kind {
        ModelKind::BgNbd => [0.8, 8.0, 0.9, 3.0],
        ModelKind::MbgNbd => [0.9, 8.0, 0.8, 2.5],
        ModelKind::ParetoNbd => [0.7, 8.0, 0.8, 15.0],
    };
    model_with(kind, parameters, TimeUnit::Week).expect("possible parameters")
}

fn moments_of(counts: &[f64]) -> (f64, f64) {
    let mean = counts.iter().sum::<f64>() / counts.len() as f64;
    (mean, counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / counts.len() as f64)
}

/// New customers are simulated from their birth, by other code than futures are.
#[test]
fn moments_equal_those_of_simulated_customers() {
    let mut rng = Pcg64Mcg::new(12);
    let year = Days::new(365.0);
    let mut past = vec![History::NEWBORN];
    past.extend(
        [(0, 0, 90), (1, 20, 90), (2, 190, 200), (7, 150, 300), (30, 300, 310)]
            .map(|(x, recency, age)| History::new(x, recency, age).expect("a possible history")),
    );
    for kind in ModelKind::ALL {
        let model = model(kind);
        let found = model.purchase_moments(&past, year);
        let born: Vec<f64> = (0..60_000).map(|_| model.simulate(year, &mut rng).purchases.len() as f64).collect();
        let check = |place: usize, counts: &[f64], what: &str| {
            let (mean, variance) = moments_of(counts);
            let error = (variance / counts.len() as f64).sqrt();
            println!("{kind} {what}: {mean:.4} {variance:.3}, exact {:?}", found[place]);
            close(found[place].mean, mean, 4.5 * error);
            close(found[place].variance, variance, 0.06 * variance);
        };
        check(0, &born, "new customers");
        for (place, history) in past.iter().enumerate() {
            let counts = model.simulate_purchases(history, year, &[1.0; 60_000], &mut rng);
            check(place, &counts.into_iter().map(f64::from).collect::<Vec<_>>(), "given the history");
            close(found[place].mean, model.expected_purchases(history, year), 1e-9);
            // One history alone is computed without interpolation.
            let alone = model.purchase_moments(&[*history], year)[0].variance;
            close(found[place].variance, alone, 1e-9 * alone);
        }
    }
}

/// Mean and deviation of the logarithm of each parameter.
fn log_moments(posterior: &Posterior) -> [(f64, f64); 4] {
    std::array::from_fn(|i| {
        let logs = || posterior.draws().iter().zip(posterior.weights()).map(|(draw, &weight)| (draw[i].ln(), weight));
        let mean: f64 = logs().map(|(log, weight)| log * weight).sum();
        (mean, logs().map(|(log, weight)| weight * (log - mean).powi(2)).sum::<f64>().sqrt())
    })
}

/// Short chains, enough for a test.
fn short() -> PosteriorOptions {
    PosteriorOptions { warmup: 300, draws: 600, ..PosteriorOptions::default() }
}

#[test]
fn both_samplers_agree_on_the_sample() {
    let histories = histories(&customers(&sample()));
    for kind in [ModelKind::BgNbd, ModelKind::MbgNbd] {
        let fit = fitted(kind, &histories);
        let by = |method| {
            let more = PosteriorOptions { importance_draws: 4000, method: Some(method), ..short() };
            let found = Posterior::sample(&fit, &histories, &more, &mut Pcg64Mcg::new(4)).expect("a posterior");
            println!("{kind}: {found}, {:?}", found.diagnostics());
            found
        };
        let [laplace, nuts] = [Method::Laplace, Method::Nuts].map(by);
        for (one, other) in log_moments(&laplace).iter().zip(&log_moments(&nuts)) {
            close(one.0, other.0, 0.15 * other.1);
            close(one.1, other.1, 0.15 * other.1);
        }
        assert!(nuts.diagnostics().effective_draws > 600.0 && nuts.diagnostics().divergences == 0);
    }
}

/// Eight customers leave the posterior bent: draws around the mode do not suffice, those fitted to them do, and lie where
/// chains do.
#[test]
fn draws_that_were_adapted_agree_with_chains() {
    let customer =
        |i: u32| if i.is_multiple_of(4) { History::new(1 + i % 3, 40 + i, 90 + i) } else { History::new(0, 0, 60 + i) };
    let histories = Histories::compress((0..8).map(|i| customer(i).expect("a possible history")));
    let fit = fitted(ModelKind::MbgNbd, &histories);
    let mut prior = Prior::weak(ModelKind::MbgNbd, &histories, TimeUnit::Week);
    prior.log_deviation = [4.0; 4];
    let [weighted, chains] = [Method::Laplace, Method::Nuts].map(|method| {
        let more = PosteriorOptions { importance_draws: 1500, method: Some(method), ..PosteriorOptions::default() };
        let options = PosteriorOptions { prior: Some(prior), draws: 2000, ..more };
        Posterior::sample(&fit, &histories, &options, &mut Pcg64Mcg::new(1)).expect("a posterior")
    });
    println!("{weighted}\n{chains}");
    for i in 0..4 {
        let moments = |posterior: &Posterior| {
            let over = |of: &dyn Fn(f64) -> f64| -> f64 {
                posterior.draws().iter().zip(posterior.weights()).map(|(draw, weight)| weight * of(draw[i].ln())).sum()
            };
            let mean = over(&|log| log);
            (mean, over(&|log| (log - mean).powi(2)).sqrt())
        };
        let ((mean, deviation), (expected, expected_deviation)) = (moments(&weighted), moments(&chains));
        println!("{i}: {mean} {deviation}, chains {expected} {expected_deviation}");
        assert!((mean - expected).abs() < 0.2 * expected_deviation, "{i}: {mean} {expected}");
        assert!((deviation / expected_deviation - 1.0).abs() < 0.2, "{i}: {deviation} {expected_deviation}");
    }
}

/// Twenty customers under a prior that says next to nothing have a posterior far from normal.
#[test]
fn nuts_takes_over_where_the_weights_fail() {
    let customer =
        |i: u32| if i.is_multiple_of(4) { History::new(1 + i % 3, 40 + i, 90 + i) } else { History::new(0, 0, 60 + i) };
    let histories = Histories::compress((0..20).map(|i| customer(i).expect("a possible history")));
    let fit = fitted(ModelKind::MbgNbd, &histories);
    let mut prior = Prior::weak(ModelKind::MbgNbd, &histories, TimeUnit::Week);
    prior.log_deviation = [3.0; 4];
    let sample = |method| {
        let options =
            PosteriorOptions { prior: Some(prior), method, importance_draws: 100, ..PosteriorOptions::default() };
        Posterior::sample(&fit, &histories, &options, &mut Pcg64Mcg::new(6))
    };
    let (refused, chosen) = (sample(Some(Method::Laplace)), sample(None).expect("a posterior"));
    println!("{refused:?}\n{chosen}");
    assert!(matches!(refused, Err(PosteriorError::NotMixed(_))));
    assert_eq!(chosen.method(), Method::Nuts);
    assert!(chosen.to_string().contains("because weighted draws did not suffice (k-hat"));
}

#[test]
fn the_cheaper_way_is_taken_and_says_why() {
    let histories = histories(&customers(&full()));
    for kind in ModelKind::ALL {
        let fit = fitted(kind, &histories);
        let begin = std::time::Instant::now();
        let found = Posterior::sample(&fit, &histories, &PosteriorOptions::default(), &mut Pcg64Mcg::new(4));
        let found = found.expect("a posterior");
        println!("{kind} full: {found}, {:?}", begin.elapsed());
        assert_eq!(found.method(), Method::Laplace);
        assert!(found.to_string().contains("weighted draws around the mode: k-hat"), "{found}");
        for (name, value) in fit.model.parameters() {
            let interval = found.parameter(name, 0.99).expect("an interval");
            assert!(interval.low < value && value < interval.high, "{name} {value} {interval:?}");
        }
        let begin = std::time::Instant::now();
        let over = Days::from_weeks(39.0);
        let total = found.total_purchases(&histories, over, &IntervalOptions::default(), &mut Pcg64Mcg::new(1));
        println!("{kind} {total:?} {:?}", begin.elapsed());
    }
}

struct Covered {
    parameters: [u32; 4],
    rate: u32,
    total: u32,
    group: u32,
    customers: f64,
}

/// A shop of 400 customers won over a year, its posterior, and whether the intervals hold what was and what came.
fn covered(kind: ModelKind, seed: u128) -> Option<Covered> {
    let mut rng = Pcg64Mcg::new(seed * 2 + 1);
    let (truth, year) = (model(kind), 365.0);
    let (mut past, mut later) = (Vec::new(), Vec::new());
    for _ in 0..400 {
        let age = rng.random_range(150..515u32);
        let life = truth.simulate(Days::new(f64::from(age) + year), &mut rng);
        let days: Vec<f64> = life.purchases.iter().map(|time| time.days()).collect();
        let repeats = days.iter().filter(|&&day| day <= f64::from(age)).count();
        let recency = if repeats == 0 { 0 } else { (days[repeats - 1].ceil() as u32).max(1) };
        past.push(History::new(repeats as u32, recency, age).expect("a possible history"));
        later.push((days.len() - repeats) as f64);
    }
    let histories = Histories::compress(past.iter().copied());
    let fit = fit(kind, &histories, &FitOptions::default()).expect("a fit");
    let shop_options = short();
    let posterior = Posterior::sample(&fit, &histories, &shop_options, &mut rng).ok()?;
    let over = Days::new(year);
    let options = IntervalOptions { simulations: 1000, ..IntervalOptions::default() };
    let mut holds = |customers: &[History], actual: f64| {
        let group = Histories::compress(customers.iter().copied());
        let total = posterior.total_purchases(&group, over, &options, &mut rng).expect("an interval");
        u32::from(total.low <= actual && actual <= total.high)
    };
    let total = holds(&past, later.iter().sum());
    let group = holds(&past[..40], later[..40].iter().sum());
    let within = past.iter().zip(&later).take(8).filter(|(history, later)| {
        let interval = posterior.purchases(history, over, &options, &mut rng).expect("an interval");
        interval.low <= **later && **later <= interval.high
    });
    let customers = within.count() as f64 / 8.0;
    let mut parameters = [0; 4];
    for (place, (name, value)) in parameters.iter_mut().zip(truth.parameters()) {
        let interval = posterior.parameter(name, 0.9).expect("an interval");
        *place = u32::from(interval.low <= value && value <= interval.high);
    }
    // The mean purchase rate, r / alpha, which the data know better than either.
    let mut rates: Vec<(f64, f64)> =
        posterior.draws().iter().zip(posterior.weights()).map(|(draw, weight)| (draw[0] / draw[1], *weight)).collect();
    rates.sort_by(|one, other| one.0.total_cmp(&other.0));
    let actual = truth.parameters()[0].1 / truth.parameters()[1].1;
    let below: f64 = rates.iter().filter(|(rate, _)| *rate < actual).map(|(_, weight)| weight).sum();
    let rate = u32::from((0.05..=0.95).contains(&below));
    Some(Covered { parameters, rate, total, group, customers })
}

/// Of so many shops each, of which a few may be refused; two deviations of a share of 90 % of 100 are six.
fn check_coverage(kinds: &[ModelKind], count: u128) {
    for &kind in kinds {
        let shops: Vec<Covered> = (0..count).into_par_iter().filter_map(|seed| covered(kind, seed)).collect();
        let found = shops.len() as f64;
        assert!(found >= 0.97 * count as f64 - 1.0, "{kind}: {found} shops have a posterior");
        let parameters: [u32; 4] = std::array::from_fn(|i| shops.iter().map(|shop| shop.parameters[i]).sum());
        let of = |covered: fn(&Covered) -> u32| shops.iter().map(covered).sum::<u32>();
        let (rate, total, group) = (of(|shop| shop.rate), of(|shop| shop.total), of(|shop| shop.group));
        let customers = shops.iter().map(|shop| shop.customers).sum::<f64>() / found;
        println!(
            "{kind}: parameters {parameters:?}, r / alpha {rate}, totals {total}, groups of 40 {group} of {found}; \
             customers {customers:.3}"
        );
        let allowed = 2.0 * (0.9 * 0.1 / found).sqrt();
        for share in parameters.into_iter().chain([rate, total, group]).map(|covered| f64::from(covered) / found) {
            assert!((share - 0.9).abs() <= allowed + 0.5 / found, "{kind}: {share} of {found}");
        }
        // Whole numbers cannot leave out exactly 10 %.
        assert!((0.88..=0.995).contains(&customers), "{kind}: {customers}");
    }
}

#[test]
fn intervals_hold_what_they_promise() {
    check_coverage(&[ModelKind::BgNbd, ModelKind::MbgNbd], 100);
}

/// Its chains take longest; docs/clv-speed.md has the figures of a hundred shops.
#[test]
fn intervals_of_the_pareto_hold_what_they_promise() {
    check_coverage(&[ModelKind::ParetoNbd], 20);
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let histories = histories(&customers(&sample()));
    let fit = fitted(ModelKind::MbgNbd, &histories);
    let run = |threads, method| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let mut rng = Pcg64Mcg::new(9);
            let options = PosteriorOptions { method: Some(method), ..short() };
            let posterior = Posterior::sample(&fit, &histories, &options, &mut rng).expect("a posterior");
            let year = Days::new(365.0);
            let total = posterior.total_purchases(&histories, year, &IntervalOptions::default(), &mut rng);
            (posterior, total)
        })
    };
    for method in [Method::Laplace, Method::Nuts] {
        assert_eq!(run(1, method), run(3, method));
    }
}

#[test]
fn a_misspecification_widens_and_does_not_move() {
    let histories = histories(&customers(&sample()));
    let fit = fitted(ModelKind::BgNbd, &histories);
    let posterior = Posterior::sample(&fit, &histories, &PosteriorOptions::default(), &mut Pcg64Mcg::new(2));
    let posterior = posterior.expect("a posterior");
    let over = Days::from_weeks(39.0);
    let interval = |misspecification| {
        let options = IntervalOptions { misspecification, ..IntervalOptions::default() };
        posterior.total_purchases(&histories, over, &options, &mut Pcg64Mcg::new(3)).expect("an interval")
    };
    let (plain, wide) = (interval(0.0), interval(0.2));
    println!("{plain:?}\n{wide:?}");
    assert_eq!(plain.mean, wide.mean);
    // Nearly all of it is the factor: exp(1.645 * 0.2) to either side.
    let expected = (1.644_854f64 * 0.2).exp();
    assert!(wide.high / wide.mean > expected && wide.high / wide.mean < 1.1 * expected);
    assert!(plain.high - plain.low < 0.25 * plain.mean);
    for options in [
        IntervalOptions { confidence: 1.0, ..IntervalOptions::default() },
        IntervalOptions { misspecification: f64::NAN, ..IntervalOptions::default() },
        IntervalOptions { simulations: 0, ..IntervalOptions::default() },
    ] {
        let refused = posterior.total_purchases(&histories, over, &options, &mut Pcg64Mcg::new(3));
        assert!(matches!(refused, Err(IntervalError::BadOption { .. })));
    }
    let endless =
        posterior.purchases(&History::NEWBORN, Days::FOREVER, &IntervalOptions::default(), &mut Pcg64Mcg::new(3));
    assert_eq!(endless, Err(IntervalError::EndlessHorizon));
}

/// With so many histories the likelihood is evaluated on a sample and corrected to the second order.
#[test]
fn a_sample_of_many_histories_tells_the_same() {
    let mut rng = Pcg64Mcg::new(31);
    let truth = model(ModelKind::ParetoNbd);
    let many = Histories::compress(
        (0..60_000).map(|_| truth.simulate(Days::new(f64::from(rng.random_range(100..1800u32))), &mut rng).history()),
    );
    assert!(many.distinct().len() > 20_000);
    let fit = fitted(ModelKind::ParetoNbd, &many);
    let posterior = Posterior::sample(&fit, &many, &PosteriorOptions::default(), &mut rng).expect("a posterior");
    println!("{posterior} {:?}", posterior.diagnostics());
    let covariance = fit.log_covariance.expect("a determined fit");
    for (i, (mean, deviation)) in log_moments(&posterior).into_iter().enumerate() {
        let expected = covariance[i][i].sqrt();
        close(mean, fit.parameters[i].value.ln(), 0.3 * expected);
        close(deviation, expected, 0.15 * expected);
    }
}

#[test]
fn degenerate_customers_have_a_stated_answer() {
    let compressed = |all: &[(u32, u32, u32)]| {
        Histories::compress(all.iter().map(|&(x, recency, age)| History::new(x, recency, age).expect("possible")))
    };
    let few: Vec<(u32, u32, u32)> =
        (0..20u32).map(|i| if i % 4 == 0 { (1 + i % 3, 40 + i, 90 + i) } else { (0, 0, 60 + i) }).collect();
    let all_stay: Vec<(u32, u32, u32)> = (0..60u32).map(|i| (3 + i % 7, 200 + i, 200 + i)).collect();
    let year = Days::new(365.0);
    for kind in ModelKind::ALL {
        for (name, data) in
            [("few", few.as_slice()), ("all stay", &all_stay), ("one", &[(3, 60, 90)]), ("alike", &[(4, 100, 200); 50])]
        {
            let histories = compressed(data);
            let fit = fitted(kind, &histories);
            match Posterior::sample(&fit, &histories, &short(), &mut Pcg64Mcg::new(6)) {
                Ok(posterior) => {
                    let options = IntervalOptions::default();
                    let total = posterior.total_purchases(&histories, year, &options, &mut Pcg64Mcg::new(1));
                    let total = total.expect("an interval");
                    println!("{kind} {name}: {posterior}; {total:?}");
                    assert!(total.low >= 0.0 && total.low <= total.high && total.high.is_finite());
                    let one = posterior.purchases(&histories.distinct()[0], year, &options, &mut Pcg64Mcg::new(1));
                    assert!(one.expect("an interval").high.is_finite());
                    assert!(posterior.draws().iter().flatten().all(|value| value.is_finite() && *value > 0.0));
                }
                Err(error) => {
                    println!("{kind} {name}: {error}");
                    assert!(matches!(error, PosteriorError::NotMixed(_)), "{error}");
                }
            }
        }
    }
}

#[test]
fn options_and_priors_that_cannot_be_used_are_refused() {
    let histories = histories(&customers(&sample()));
    let fit = fitted(ModelKind::BgNbd, &histories);
    let refused =
        |options: &PosteriorOptions| Posterior::sample(&fit, &histories, options, &mut Pcg64Mcg::new(1)).unwrap_err();
    let default = PosteriorOptions::default;
    assert!(matches!(
        refused(&PosteriorOptions { chains: 1, ..default() }),
        PosteriorError::BadOption { option: "chains", .. }
    ));
    let prior = Some(Prior { log_mean: [0.0; 4], log_deviation: [1.0, 1.0, 0.0, 1.0] });
    assert_eq!(refused(&PosteriorOptions { prior, ..default() }), PosteriorError::BadPrior);
    let nobody = Posterior::sample(&fit, &Histories::default(), &default(), &mut Pcg64Mcg::new(1));
    assert_eq!(nobody, Err(PosteriorError::NoCustomers));
}
