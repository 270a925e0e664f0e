//! The BG/BB: published values, degenerate data, and what must hold everywhere.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod common;

use std::path::Path;

use common::close;
use mehrwert_clv::Fitted;
use mehrwert_clv::bg_bb::{BgBb, BgBbFit, OccasionHistories, OccasionHistory, fit_bg_bb};
use mehrwert_clv::{Boundary, ConvergenceState, Discounting, FirstPeriod, FitError, Horizon};
use proptest::prelude::*;
use rand_pcg::Pcg64Mcg;

fn history(repeats: u32, last: u32, occasions: u32) -> OccasionHistory {
    OccasionHistory::new(repeats, last, occasions).expect("a possible history")
}

fn donations() -> OccasionHistories {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/donations_summary.csv");
    let text = std::fs::read_to_string(path).expect("the data file");
    let rows = text.lines().skip(1).map(|line| {
        let fields: Vec<u32> = line.split(',').map(|field| field.trim().parse().expect("a number")).collect();
        (history(fields[0], fields[1], fields[2]), f64::from(fields[3]))
    });
    OccasionHistories::from_weighted(rows).expect("weights")
}

#[test]
fn donations_as_published() {
    let fit = fit_bg_bb(&donations()).expect("a fit");
    println!("{:#?}", fit.parameters);
    assert_eq!((fit.convergence.state.clone(), fit.customers), (ConvergenceState::Converged, 11_104.0));
    for (found, expected) in fit.parameters.iter().zip([1.2035, 0.7497, 0.6567, 2.7834]) {
        close(found.value, expected, 6e-5);
        assert!(found.standard_error.is_some_and(|error| error > 0.0 && error < 0.2 * expected));
    }
    close(fit.log_likelihood, -33225.581, 6e-4);
    close(fit.aic(), 2.0 * 33225.581 + 8.0, 2e-3);
    assert!(fit.bic() > fit.aic() && fit.convergence.gradient_norm < 1e-3);
    assert!(fit.draw_model(&mut Pcg64Mcg::new(1)).is_some());
    // The total of donations over the six years is met: 11,104 donors gave 24,000-odd times.
    let given: f64 =
        donations().distinct().iter().zip(donations().weights()).map(|(h, w)| w * f64::from(h.repeats())).sum();
    let expected = 11_104.0 * fit.model.expected_purchases_of_new_customer(Horizon::Periods(6));
    close(expected, given, 0.005 * given);
}

#[test]
fn weights_equal_repetition() {
    let table = donations();
    let pairs = table.distinct().iter().zip(table.weights());
    let one_by_one = pairs.flat_map(|(&history, &weight)| vec![history; weight as usize]);
    assert_eq!(OccasionHistories::compress(one_by_one).distinct(), table.distinct());
    let model = BgBb::new(1.2, 0.7, 0.6, 2.8).expect("parameters");
    let single: f64 = table
        .distinct()
        .iter()
        .zip(table.weights())
        .map(|(&history, weight)| weight * model.log_likelihood(&OccasionHistories::compress([history])))
        .sum();
    close(model.log_likelihood(&table), single, 1e-9 * single.abs());
}

/// Points in (0, 1) with weights: Beta(a, b) by the trapezoidal rule in the log odds.
fn beta_points(a: f64, b: f64) -> Vec<(f64, f64, f64)> {
    let points: Vec<(f64, f64, f64)> = (-300..=300)
        .map(|step| {
            let log_odds = f64::from(step) * 0.2;
            let (p, q) = (1.0 / (1.0 + (-log_odds).exp()), 1.0 / (1.0 + log_odds.exp()));
            (p, q, (a * p.ln() + b * q.ln()).exp())
        })
        .collect();
    let total: f64 = points.iter().map(|point| point.2).sum();
    points.into_iter().map(|(p, q, weight)| (p, q, weight / total)).collect()
}

#[test]
fn likelihood_is_the_integral_it_stands_for() {
    for [alpha, beta, gamma, delta] in [[1.2, 0.75, 0.66, 2.78], [0.4, 2.0, 3.0, 9.0], [5.0, 8.0, 0.5, 0.7]] {
        let (buying, leaving) = (beta_points(alpha, beta), beta_points(gamma, delta));
        let model = BgBb::new(alpha, beta, gamma, delta).expect("parameters");
        for history in [history(0, 0, 4), history(2, 3, 6), history(5, 5, 5), history(1, 1, 8)] {
            let power = |base: f64, exponent: u32| base.powi(exponent as i32);
            let (x, last, n) = (history.repeats(), history.last(), history.occasions());
            let (mut alive, mut all) = (0.0, 0.0);
            for &(p, q, of_p) in &buying {
                for &(leaves, stays, of_leaves) in &leaving {
                    let weight = of_p * of_leaves;
                    let still = weight * power(p, x) * power(q, n - x) * power(stays, n);
                    alive += still;
                    all += still;
                    for k in last..n {
                        all += weight * power(p, x) * power(q, k - x) * leaves * power(stays, k);
                    }
                }
            }
            let found = model.log_likelihood(&OccasionHistories::compress([history]));
            close(found, all.ln(), 1e-9);
            close(model.probability_alive(&history), alive / all, 1e-9);
        }
    }
}

#[test]
fn discounted_purchases_are_their_sum() {
    let model = BgBb::new(1.20, 0.75, 0.66, 2.78).expect("parameters");
    let donor = history(3, 4, 6);
    let [now, later] = [FirstPeriod::Undiscounted, FirstPeriod::Discounted]
        .map(|first| Discounting::per_period(0.1, first).expect("a rate"));
    close(model.discounted_purchases(&donor, Horizon::Forever, now), 1.783517, 5e-7);
    let buys = (1.20 + 3.0) / (1.95 + 6.0);
    let sum: f64 = (1..1000u32).map(|k| later.factor(k) * buys * model.probability_alive_at(&donor, k)).sum();
    close(model.discounted_purchases(&donor, Horizon::Forever, later), sum, 1e-10);
    // Given at all six occasions: certainly alive.
    assert_eq!(model.probability_alive(&history(6, 6, 6)), 1.0);
    // Expectations are means of probabilities.
    let mean: f64 = (0..=5).map(|x| f64::from(x) * model.probability_of_further_purchases(&donor, x, 5)).sum();
    close(model.expected_purchases(&donor, Horizon::Periods(5)), mean, 1e-12);
}

#[test]
fn degenerate_data_have_a_stated_answer() {
    let fit_of = |rows: &[(u32, u32, u32, f64)]| {
        let rows = rows.iter().map(|&(x, last, n, weight)| (history(x, last, n), weight));
        fit_bg_bb(&OccasionHistories::from_weighted(rows).expect("weights"))
    };
    let explanations = |fit: &BgBbFit| match &fit.convergence.state {
        ConvergenceState::AtBoundary { explanations } => explanations.clone(),
        ConvergenceState::Converged => Vec::new(),
    };
    assert_eq!(fit_of(&[]), Err(FitError::NoCustomers));
    let never = fit_of(&[(0, 0, 5, 10.0)]);
    assert_eq!(never, Err(FitError::NoRepeatPurchases { customers: 10.0 }));
    assert_eq!(fit_of(&[(0, 0, 0, 3.0), (1, 1, 2, 5.0)]), Err(FitError::TooFewOccasions { seen: 2, needed: 3 }));

    let always = fit_of(&[(5, 5, 5, 40.0)]).expect("a fit");
    assert_eq!(explanations(&always), [Boundary::NoDropoutSeen, Boundary::PurchaseRatesDoNotVary], "{always:?}");
    close(always.model.expected_purchases(&history(5, 5, 5), Horizon::Periods(4)), 4.0, 1e-3);

    let or_never = fit_of(&[(5, 5, 5, 40.0), (0, 0, 5, 60.0)]).expect("a fit");
    assert!(!explanations(&or_never).is_empty(), "{or_never:?}");
    close(or_never.model.expected_purchases_of_new_customer(Horizon::Periods(5)), 2.0, 0.02);

    // One customer: what can be said is said, nothing is infinite.
    let single = fit_of(&[(2, 3, 6, 1.0)]).expect("a fit");
    let score = single.model.expected_purchases(&history(2, 3, 6), Horizon::Periods(6));
    assert!((0.0..=6.0).contains(&score) && single.log_likelihood.is_finite());
}

#[test]
fn simulated_customers_give_their_parameters_back() {
    let model = BgBb::new(1.5, 2.0, 0.8, 4.0).expect("parameters");
    let mut rng = Pcg64Mcg::new(11);
    let customers = (0..50_000).map(|i| model.simulate(6 + i % 7, &mut rng).history().expect("a history"));
    let histories = OccasionHistories::compress(customers);
    let fit = fit_bg_bb(&histories).expect("a fit");
    for (found, (name, truth)) in fit.parameters.iter().zip(model.parameters()) {
        let error = found.standard_error.expect("a standard error");
        println!("{name} {truth}: {:.4} +- {error:.4}", found.value);
        close(found.value, truth, 4.0 * error);
    }
    let mut later = (0.0, 0.0);
    for _ in 0..50_000 {
        let drawn = model.simulate(15, &mut rng);
        let known = OccasionHistory::of_purchases(&drawn.bought[..10]).expect("a history");
        later.0 += drawn.bought[10..].iter().filter(|&&bought| bought).count() as f64;
        later.1 += model.expected_purchases(&known, Horizon::Periods(5));
    }
    close(later.0, later.1, 0.02 * later.1);
}

fn decades() -> impl Strategy<Value = f64> {
    (-9.21..9.21f64).prop_map(f64::exp)
}

fn any_history() -> impl Strategy<Value = OccasionHistory> {
    (0u32..60, 0.0..=1.0f64, 0.0..=1.0f64).prop_map(|(occasions, last, repeats)| {
        let last = (last * f64::from(occasions)).round();
        let repeats = if last > 0.0 { (1.0 + repeats * (last - 1.0)).round() } else { 0.0 };
        history(repeats as u32, last as u32, occasions)
    })
}

proptest! {
    #[test]
    fn everything_is_finite_and_in_range(
        alpha in decades(), beta in decades(), gamma in decades(), delta in decades(),
        history in any_history(), rate in 0.0001..0.5f64,
    ) {
        let model = BgBb::new(alpha, beta, gamma, delta).expect("parameters");
        let log_likelihood = model.log_likelihood(&OccasionHistories::compress([history]));
        prop_assert!(log_likelihood.is_finite() && log_likelihood <= 1e-9);
        let mut before = 1.0;
        for ahead in 0..5 {
            let alive = model.probability_alive_at(&history, ahead);
            prop_assert!((0.0..=before).contains(&alive));
            before = alive;
        }
        let expected = model.expected_purchases(&history, Horizon::Periods(1000));
        prop_assert!((0.0..=1000.0).contains(&expected));
        let yearly = Discounting::per_period(rate, FirstPeriod::Discounted).expect("a rate");
        let some = model.discounted_purchases(&history, Horizon::Periods(50), yearly);
        let ever = model.discounted_purchases(&history, Horizon::Forever, yearly);
        prop_assert!(some >= 0.0 && some <= ever * (1.0 + 1e-9) && ever <= (1.0 + 1e-9) / rate);
        for occasions in [1, 7, 40] {
            let all: f64 = (0..=occasions).map(|x| model.probability_of_purchases(x, occasions)).sum();
            prop_assert!((all - 1.0).abs() < 1e-9, "{all}");
            let further = (0..=occasions).map(|x| model.probability_of_further_purchases(&history, x, occasions));
            prop_assert!((further.sum::<f64>() - 1.0).abs() < 1e-9);
        }
        let drawn = model.simulate(20, &mut Pcg64Mcg::new(u128::from(history.occasions()) + 1));
        prop_assert!(drawn.bought.len() == 20 && drawn.history().is_ok());
    }

    #[test]
    fn any_table_has_a_fit_or_an_error(rows in prop::collection::vec((any_history(), 1u32..50), 0..8)) {
        let rows = rows.into_iter().map(|(history, weight)| (history, f64::from(weight)));
        let histories = OccasionHistories::from_weighted(rows).expect("weights");
        match fit_bg_bb(&histories) {
            Ok(fit) => {
                prop_assert!(fit.log_likelihood.is_finite() && fit.log_likelihood <= 1e-6);
                prop_assert!(fit.parameters.iter().all(|found| found.value.is_finite() && found.value > 0.0));
            }
            Err(error @ FitError::NotConverged { .. }) => {
                prop_assert!(false, "{histories:?}: {error}")
            }
            Err(_) => {}
        }
    }
}
