//! The Gamma-Gamma model on the CDNOW data and at its limits.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod common;

use common::{close, customers, full, sample};
use mehrwert_clv::spend::{GammaGamma, SpendFit, SpendHistory, fit_spend};
use mehrwert_clv::{Boundary, ConvergenceState, FitError};
use proptest::prelude::*;
use rand_distr::{Distribution, Gamma};
use rand_pcg::Pcg64Mcg;

fn fitted(customers: &[common::Customer]) -> SpendFit {
    let spends: Vec<SpendHistory> = customers.iter().map(|customer| customer.spend).collect();
    fit_spend(&spends).expect("a fit")
}

#[test]
fn on_the_sample() {
    let fit = fitted(&customers(&sample()));
    assert_eq!((fit.customers, &fit.convergence.state), (946.0, &ConvergenceState::Converged));
    for (found, expected) in fit.parameters.iter().zip([6.2496, 3.7442, 15.4435]) {
        close(found.value, expected, 6e-5);
        assert!(found.standard_error.expect("a standard error") > 0.0);
    }
    close(fit.log_likelihood, -4055.9177, 6e-5);
}

#[test]
fn on_the_full_data() {
    let fit = fitted(&customers(&full()));
    for (found, expected) in fit.parameters.iter().zip([6.27536, 3.62445, 14.98369]) {
        close(found.value, expected, 6e-6);
    }
    close(fit.log_likelihood, -40763.476, 6e-4);
}

#[test]
fn the_currency_does_not_matter() {
    let spends: Vec<SpendHistory> = customers(&sample()).iter().map(|customer| customer.spend).collect();
    let in_cents: Vec<SpendHistory> =
        spends.iter().map(|spend| SpendHistory { mean: 100.0 * spend.mean, ..*spend }).collect();
    let (one, other) = (fit_spend(&spends).expect("a fit"), fit_spend(&in_cents).expect("a fit"));
    close(100.0 * one.model.expected_spend(3, 50.0), other.model.expected_spend(3, 5000.0), 1e-6);
}

fn spends(pairs: &[(u32, f64)]) -> Vec<SpendHistory> {
    pairs.iter().map(|&(repeats, mean)| SpendHistory { repeats, mean }).collect()
}

#[test]
fn amounts_that_do_not_vary_are_expected_as_they_are() {
    for customers in [spends(&[(3, 9.99), (1, 9.99), (7, 9.99)]), spends(&[(2, 49.0)])] {
        let fit = fit_spend(&customers).expect("a fit");
        let expected = ConvergenceState::AtBoundary { explanations: vec![Boundary::AmountsDoNotVary] };
        assert_eq!(fit.convergence.state, expected);
        let amount = customers[0].mean;
        close(fit.model.expected_spend(5, amount), amount, 1e-9 * amount);
        close(fit.model.population_mean(), amount, 1e-9 * amount);
        assert!(fit.log_likelihood.is_finite());
    }
}

#[test]
fn customers_without_amounts_say_nothing() {
    assert_eq!(fit_spend(&[]), Err(FitError::NoSpend));
    assert_eq!(fit_spend(&spends(&[(0, 0.0), (2, 0.0), (1, -5.0)])), Err(FitError::NoSpend));
    let error = fit_spend(&spends(&[(1, 5.0), (1, f64::INFINITY)])).unwrap_err();
    assert!(matches!(error, FitError::SpendNotFinite { position: 1, .. }));
}

#[test]
fn simulated_spend_gives_its_parameters_back() {
    let [p, q, v] = [4.0, 3.0, 20.0];
    let mut rng = Pcg64Mcg::new(20_231);
    let customers: Vec<SpendHistory> = (0..20_000)
        .map(|i| {
            let repeats = 1 + i % 5;
            let inverse = Gamma::new(q, 1.0 / v).expect("parameters").sample(&mut rng);
            let total = Gamma::new(p * f64::from(repeats), 1.0 / inverse).expect("parameters").sample(&mut rng);
            SpendHistory { repeats, mean: total / f64::from(repeats) }
        })
        .collect();
    let fit = fit_spend(&customers).expect("a fit");
    for (found, truth) in fit.parameters.iter().zip([p, q, v]) {
        close(found.value, truth, 4.0 * found.standard_error.expect("a standard error"));
    }
}

proptest! {
    #[test]
    fn expected_spend_is_positive_and_finite(
        log_p in -9.2..9.2f64, log_q in -9.2..9.2f64, log_v in -9.2..9.2f64,
        repeats in 0u32..10_000, mean in prop_oneof![Just(0.0), Just(-3.0), Just(f64::NAN), 0.01..1e6f64],
    ) {
        let model = GammaGamma::new(log_p.exp(), log_q.exp(), log_v.exp()).expect("parameters");
        let spend = model.expected_spend(repeats, mean);
        prop_assert!(spend.is_finite() && spend > 0.0);
    }
}
