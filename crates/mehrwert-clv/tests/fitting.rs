//! Fits: of simulated customers, from a start, at boundaries and of degenerate data.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod common;

use common::{customers, histories, sample};
use mehrwert_clv::{
    Boundary, ConvergenceState, Days, Fit, FitError, FitOptions, Histories, History, ModelKind, TimeUnit, fit,
    model_with,
};
use proptest::prelude::*;
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

fn truth(kind: ModelKind) -> [f64; 4] {
    match kind {
        ModelKind::BgNbd => [0.8, 12.0, 0.9, 3.0],
        ModelKind::MbgNbd => [0.9, 12.0, 0.8, 2.5],
        ModelKind::ParetoNbd => [0.7, 10.0, 0.8, 15.0],
    }
}

/// Rates are low, because purchases of one day are merged in the data but not by the model.
#[test]
fn simulated_customers_give_their_parameters_back() {
    for kind in ModelKind::ALL {
        let model = model_with(kind, truth(kind), TimeUnit::Week).expect("possible parameters");
        let mut rng = Pcg64Mcg::new(41);
        let customers = (0..20_000).map(|_| {
            let age = Days::new(f64::from(rng.random_range(200..800u32)));
            model.simulate(age, &mut rng).history()
        });
        let fit = fit(kind, &Histories::compress(customers), &FitOptions::default()).expect("a fit");
        for (found, truth) in fit.parameters.iter().zip(truth(kind)) {
            let error = found.standard_error.expect("a standard error");
            assert!((found.value - truth).abs() < 4.0 * error, "{kind} {found:?}, truth {truth}");
            assert!(error < 0.2 * truth, "{kind} {found:?}");
        }
    }
}

#[test]
fn days_and_weeks_give_the_same_fit() {
    let histories = histories(&customers(&sample()));
    for kind in ModelKind::ALL {
        let fitted = |time_unit| fit(kind, &histories, &FitOptions { time_unit, ..FitOptions::default() });
        let (weekly, daily) = (fitted(TimeUnit::Week).expect("a fit"), fitted(TimeUnit::Day).expect("a fit"));
        let repeats: f64 =
            histories.distinct().iter().zip(histories.weights()).map(|(h, w)| w * f64::from(h.repeats())).sum();
        // A density per day is a seventh of a density per week, once for every repeat.
        assert!((daily.log_likelihood + repeats * 7f64.ln() - weekly.log_likelihood).abs() < 1e-6);
        let (year, history) = (Days::new(365.0), History::new(3, 100, 200).expect("a possible history"));
        let (one, other) =
            (weekly.model.expected_purchases(&history, year), daily.model.expected_purchases(&history, year));
        assert!((one - other).abs() < 1e-6 * one);
    }
}

#[test]
fn a_start_at_the_optimum_needs_hardly_any_steps() {
    let histories = histories(&customers(&sample()));
    for kind in ModelKind::ALL {
        let cold = fit(kind, &histories, &FitOptions::default()).expect("a fit");
        let start = Some(cold.parameters.map(|parameter| parameter.value));
        let warm = fit(kind, &histories, &FitOptions { start, ..FitOptions::default() }).expect("a fit");
        assert!(warm.convergence.iterations <= 2);
        assert!((warm.log_likelihood - cold.log_likelihood).abs() < 1e-8);
    }
}

#[test]
fn a_cap_on_iterations_is_not_convergence() {
    let histories = histories(&customers(&sample()));
    let options = FitOptions { start: Some([9.0, 1.0, 9.0, 1.0]), max_iterations: 2, ..FitOptions::default() };
    let error = fit(ModelKind::ParetoNbd, &histories, &options).unwrap_err();
    assert!(matches!(error, FitError::NotConverged { iterations: 2, .. }), "{error}");
    let options = FitOptions { start: Some([1.0, -1.0, 1.0, 1.0]), ..FitOptions::default() };
    assert!(matches!(fit(ModelKind::BgNbd, &histories, &options), Err(FitError::BadStart(_))));
}

/// Every number of a fit can be shown.
fn is_sound(fit: &Fit) -> bool {
    let history = History::new(2, 40, 100).expect("a possible history");
    let year = Days::new(365.0);
    fit.log_likelihood.is_finite()
        && fit.parameters.iter().all(|p| p.value.is_finite() && p.value > 0.0)
        && fit.parameters.iter().all(|p| p.standard_error.is_none_or(f64::is_finite))
        && fit.model.expected_purchases(&history, year).is_finite()
        && (0.0..=1.0).contains(&fit.model.probability_alive(&history))
}

fn explanations(fit: &Fit) -> Vec<Boundary> {
    match &fit.convergence.state {
        ConvergenceState::Converged => Vec::new(),
        ConvergenceState::AtBoundary { explanations } => explanations.clone(),
    }
}

fn compressed(customers: &[(u32, u32, u32)]) -> Histories {
    let history = |&(repeats, recency, age): &(u32, u32, u32)| History::new(repeats, recency, age);
    Histories::compress(customers.iter().map(|customer| history(customer).expect("a possible history")))
}

#[test]
fn nobody_and_nobody_again_are_errors() {
    for kind in ModelKind::ALL {
        let options = FitOptions::default();
        assert!(matches!(fit(kind, &Histories::default(), &options), Err(FitError::NoCustomers)));
        let once = compressed(&[(0, 0, 30), (0, 0, 60), (0, 0, 90)]);
        assert!(matches!(fit(kind, &once, &options), Err(FitError::NoRepeatPurchases { customers: 3.0 })));
    }
}

/// Purchases until the end of the observation, at rates that vary: no dropout to be seen.
#[test]
fn customers_who_all_stay_show_no_dropout() {
    let mut rng = Pcg64Mcg::new(5);
    let staying = model_with(ModelKind::BgNbd, [1.5, 4.0, 1e-9, 1.0], TimeUnit::Week).expect("possible parameters");
    let customers = (0..3_000).map(|_| staying.simulate(Days::new(400.0), &mut rng));
    // Whoever bought on the very last day is certainly still there.
    let staying = Histories::compress(customers.filter_map(|customer| {
        let history = customer.history();
        (history.repeats() > 0)
            .then(|| History::new(history.repeats(), history.age(), history.age()).expect("possible"))
    }));
    for kind in ModelKind::ALL {
        let fit = fit(kind, &staying, &FitOptions::default()).expect("a fit");
        assert_eq!(explanations(&fit), [Boundary::NoDropoutSeen], "{kind} {fit:?}");
        assert!(is_sound(&fit));
        // What is known of the rates remains known; of dropout there is nothing to know.
        let known = fit.parameters.map(|parameter| parameter.standard_error.is_some());
        assert_eq!(known, [true, true, false, false], "{kind} {:?}", fit.parameters);
        let history = History::new(3, 390, 400).expect("a possible history");
        assert!(fit.model.probability_alive(&history) > 0.9999);
    }
}

#[test]
fn degenerate_customers_get_a_stated_answer() {
    let single = compressed(&[(3, 60, 90)]);
    let everybody_daily = compressed(&[(50, 50, 50), (80, 80, 80), (365, 365, 365)]);
    let all_alike = compressed(&[(4, 100, 200); 50]);
    let gone = compressed(&[(1, 5, 3000), (2, 9, 3000), (1, 3, 3000), (4, 12, 3000)]);
    let huge = compressed(&[(10_000, 10_900, 10_957), (9_000, 10_950, 10_957), (0, 0, 10_957), (3, 4000, 9000)]);
    for kind in ModelKind::ALL {
        for histories in [&single, &everybody_daily, &all_alike, &gone, &huge] {
            let fit = fit(kind, histories, &FitOptions::default()).expect("a fit");
            assert!(is_sound(&fit), "{kind} {fit:?}");
        }
        let fit = fit(kind, &everybody_daily, &FitOptions::default()).expect("a fit");
        assert_eq!(explanations(&fit), [Boundary::NoDropoutSeen, Boundary::PurchaseRatesDoNotVary], "{kind} {fit:?}");
    }
}

#[test]
fn drawn_models_scatter_like_the_standard_errors() {
    let fit = common::fitted(ModelKind::ParetoNbd, &histories(&customers(&sample())));
    let mut rng = Pcg64Mcg::new(11);
    let draws: Vec<f64> =
        (0..4_000).map(|_| fit.draw_model(&mut rng).expect("a determined fit").parameters()[0].1.ln()).collect();
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / draws.len() as f64;
    let expected = fit.log_covariance.expect("a determined fit")[0][0];
    assert!((variance / expected - 1.0).abs() < 0.1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a handful of customers did, there is an answer, and yesterday's answer is no trap.
    #[test]
    fn any_customers_get_an_answer(
        customers in prop::collection::vec((0..30u32, 1..2_000u32, 0.0..1.0f64), 1..30),
        kind in prop::sample::select(ModelKind::ALL.to_vec()),
        start in prop::option::of(prop::array::uniform4(-4.0..4.0f64)),
    ) {
        let histories = Histories::compress(customers.into_iter().map(|(repeats, age, part)| {
            let recency = if repeats == 0 { 0 } else { ((f64::from(age) * part) as u32).max(1) };
            History::new(repeats, recency, age).expect("a possible history")
        }));
        let start = start.map(|exponents| exponents.map(|e| 10f64.powf(e)));
        match fit(kind, &histories, &FitOptions { start, ..FitOptions::default() }) {
            Ok(fit) => prop_assert!(is_sound(&fit), "{fit:?}"),
            Err(error) => prop_assert!(matches!(error, FitError::NoRepeatPurchases { .. }), "{error}"),
        }
    }
}
