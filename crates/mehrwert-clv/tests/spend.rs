//! The Gamma-Gamma model on the CDNOW data and at its limits.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod common;

use common::{close, customers, full, sample};
use mehrwert_clv::spend::{GammaGamma, SpendFit, SpendHistory, SpendOptions, SpendPrior, fit_spend, fit_spend_with};
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

/// Customers with one to five repeats, the middle amount around `p v / (q - 1)`.
fn simulated([p, q, v]: [f64; 3], count: u32, rng: &mut Pcg64Mcg) -> Vec<SpendHistory> {
    let one = |i: u32| {
        let repeats = 1 + i % 5;
        let inverse = Gamma::new(q, 1.0 / v).expect("parameters").sample(rng);
        let total = Gamma::new(p * f64::from(repeats), 1.0 / inverse).expect("parameters").sample(rng);
        SpendHistory { repeats, mean: total / f64::from(repeats) }
    };
    (0..count).map(one).collect()
}

#[test]
fn simulated_spend_gives_its_parameters_back() {
    let truth = [4.0, 3.0, 20.0];
    let fit = fit_spend(&simulated(truth, 20_000, &mut Pcg64Mcg::new(20_231))).expect("a fit");
    for (found, truth) in fit.parameters.iter().zip(truth) {
        close(found.value, truth, 4.0 * found.standard_error.expect("a standard error"));
    }
}

/// The share of simulated samples whose 90 % interval holds the mean they were drawn from.
fn coverage(truth: [f64; 3], customers: u32) -> f64 {
    let mean = GammaGamma::new(truth[0], truth[1], truth[2]).expect("parameters").population_mean();
    let mut rng = Pcg64Mcg::new(77);
    let held = (0..400).filter(|_| {
        let customers = simulated(truth, customers, &mut rng);
        let fit = fit_spend(&customers).expect("a fit");
        let interval = fit.population_mean_interval(&customers, 0.9).expect("a confidence");
        interval.is_some_and(|interval| interval.low <= mean && mean <= interval.high)
    });
    held.count() as f64 / 400.0
}

#[test]
fn the_interval_of_the_population_mean_covers_it() {
    // 400 samples tell 90 % to within 3 % at two standard errors.
    for (truth, customers) in [([6.25, 3.74, 15.44], 100), ([6.25, 3.74, 15.44], 1000), ([2.0, 6.0, 50.0], 200)] {
        let found = coverage(truth, customers);
        assert!((0.85..=0.95).contains(&found), "{truth:?} with {customers} customers: {found}");
    }
}

#[test]
fn no_interval_where_the_mean_is_not_determined() {
    let customers = spends(&[(3, 9.99), (1, 9.99)]);
    let alike = fit_spend(&customers).expect("a fit");
    assert_eq!(alike.population_mean_interval(&customers, 0.9), Ok(None));
    assert!(alike.draw_model(&mut Pcg64Mcg::new(1)).is_none());
    assert!(alike.population_mean_interval(&customers, 1.0).is_err());
    // A tail so heavy that there is no mean: q is 0.7.
    let customers = simulated([3.0, 0.7, 20.0], 2_000, &mut Pcg64Mcg::new(5));
    let heavy = fit_spend(&customers).expect("a fit");
    assert!(heavy.model.parameters()[1].1 < 1.0, "{heavy:?}");
    assert_eq!(heavy.population_mean_interval(&customers, 0.9), Ok(None));
    assert!(heavy.model.population_mean().is_finite() && heavy.model.population_mean() > 0.0);
    let known = heavy.model.expected_spend(20, 30.0);
    assert!((20.0..40.0).contains(&known), "{known}");
}

#[test]
fn a_warm_start_needs_hardly_any_steps_and_a_bad_one_is_no_trap() {
    let customers: Vec<SpendHistory> = customers(&sample()).iter().map(|customer| customer.spend).collect();
    let cold = fit_spend(&customers).expect("a fit");
    let started = |start| fit_spend_with(&customers, &SpendOptions { start: Some(start), ..SpendOptions::default() });
    let warm = started(cold.parameters.map(|parameter| parameter.value)).expect("a fit");
    assert!(warm.convergence.iterations <= 2, "{warm:?}");
    close(warm.log_likelihood, cold.log_likelihood, 1e-8);
    for far in [[1e7, 1e7, 1.0], [1e-6, 1e-6, 1e9], [1e-3, 1e6, 1e-3]] {
        close(started(far).expect("a fit").log_likelihood, cold.log_likelihood, 1e-6);
    }
    assert!(matches!(started([1.0, 0.0, 1.0]), Err(FitError::BadStart(_))));
    let hasty = SpendOptions { max_iterations: 1, ..SpendOptions::default() };
    assert!(matches!(fit_spend_with(&customers, &hasty), Err(FitError::NotConverged { iterations: 1, .. })));
}

#[test]
fn a_prior_bounds_few_customers_and_yields_to_many() {
    let weak = |amount| SpendOptions { prior: Some(SpendPrior::weak_of_spend(amount)), ..SpendOptions::default() };
    for few in [spends(&[(2, 80.0)]), spends(&[(3, 9.99), (1, 9.99), (7, 9.99)]), spends(&[(1, 1e-3), (9, 1e7)])] {
        let amount = few[0].mean;
        let fit = fit_spend_with(&few, &weak(amount)).expect("a fit");
        assert_eq!(fit.convergence.state, ConvergenceState::Converged, "{fit:?}");
        assert!(fit.log_covariance.is_some() && fit.draw_model(&mut Pcg64Mcg::new(2)).is_some());
        close(fit.model.log_likelihood(&few), fit.log_likelihood, 1e-9 * fit.log_likelihood.abs().max(1.0));
        // In cents the same.
        let cents: Vec<SpendHistory> = few.iter().map(|one| SpendHistory { mean: 100.0 * one.mean, ..*one }).collect();
        let in_cents = fit_spend_with(&cents, &weak(100.0 * amount)).expect("a fit").model.population_mean();
        close(in_cents / (100.0 * fit.model.population_mean()), 1.0, 1e-4);
    }
    let many: Vec<SpendHistory> = customers(&sample()).iter().map(|customer| customer.spend).collect();
    let (free, held) = (fit_spend(&many).expect("a fit"), fit_spend_with(&many, &weak(30.0)).expect("a fit"));
    for (free, held) in free.parameters.iter().zip(held.parameters) {
        close(free.value, held.value, 0.3 * free.standard_error.expect("a standard error"));
    }
    let bad = SpendPrior { log_deviation: [1.0, 0.0, 1.0], ..SpendPrior::weak_of_spend(30.0) };
    let bad = SpendOptions { prior: Some(bad), ..SpendOptions::default() };
    assert_eq!(fit_spend_with(&many, &bad), Err(FitError::BadPrior));
}

/// Alike but for what chance leaves: the search ends on a plateau, where rounding refuses its steps.
#[test]
fn customers_who_spend_nearly_alike_are_told() {
    let fit = fit_spend(&spends(&[(2, 50.138_490_835_500_34), (3, 54.063_740_535_511_66)])).expect("a fit");
    let expected = ConvergenceState::AtBoundary { explanations: vec![Boundary::CustomersSpendAlike] };
    assert_eq!(fit.convergence.state, expected);
    close(fit.model.population_mean(), 52.5, 0.5);
}

#[test]
fn drawn_models_scatter_like_the_standard_errors() {
    let fit = fitted(&customers(&sample()));
    let mut rng = Pcg64Mcg::new(3);
    let draws: Vec<f64> =
        (0..4_000).map(|_| fit.draw_model(&mut rng).expect("a determined fit").parameters()[1].1.ln()).collect();
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / draws.len() as f64;
    close(variance / fit.log_covariance.expect("a determined fit")[1][1], 1.0, 0.1);
}

/// The likelihood is, by definition, the mean over customers: the total of x amounts is Gamma(p x, nu), nu is
/// Gamma(q, v). By the trapezoidal rule over the logarithm of nu.
#[test]
fn the_likelihood_is_the_integral_it_stands_for() {
    for ([p, q, v], ln_gamma_p, ln_gamma_3p, ln_gamma_q) in [
        // ln Gamma of 2, 6, 3.5; of 0.5, 1.5, 0.7, to 16 digits.
        ([2.0, 3.5, 30.0], 0.0, 120f64.ln(), 1.200_973_602_347_074_3),
        ([0.5, 0.7, 5.0], 0.572_364_942_924_700_1, -0.120_782_237_635_245_22, 0.260_867_246_531_666_5),
    ] {
        for (repeats, mean, ln_gamma_shape) in [(1u32, 12.0, ln_gamma_p), (3, 45.0, ln_gamma_3p), (3, 0.2, ln_gamma_3p)]
        {
            let (shape, total) = (p * f64::from(repeats), f64::from(repeats) * mean);
            let density = |log_rate: f64| {
                let of_total =
                    shape * log_rate + (shape - 1.0) * f64::ln(total) - log_rate.exp() * total - ln_gamma_shape;
                let of_rate = q * (log_rate + f64::ln(v)) - log_rate.exp() * v - ln_gamma_q;
                (of_total + of_rate).exp()
            };
            let step = 0.02;
            let sum: f64 = (-4000..1000).map(|i| density(step * f64::from(i))).sum();
            // The density of the mean is that of the total times the number of purchases.
            let brute = (step * sum * f64::from(repeats)).ln();
            let model = GammaGamma::new(p, q, v).expect("parameters");
            close(model.log_likelihood(&spends(&[(repeats, mean)])), brute, 1e-10);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn expected_spend_is_positive_and_finite(
        log_p in -9.2..9.2f64, log_q in -9.2..9.2f64, log_v in -9.2..9.2f64,
        repeats in 0u32..10_000, mean in prop_oneof![Just(0.0), Just(-3.0), Just(f64::NAN), 0.01..1e6f64],
    ) {
        let model = GammaGamma::new(log_p.exp(), log_q.exp(), log_v.exp()).expect("parameters");
        let spend = model.expected_spend(repeats, mean);
        prop_assert!(spend.is_finite() && spend > 0.0);
    }

    #[test]
    fn a_handful_of_customers_has_an_answer(
        pairs in prop::collection::vec((0u32..6, prop_oneof![-5.0..100.0f64, Just(0.0), Just(10.0)]), 0..8),
    ) {
        let customers = spends(&pairs);
        match fit_spend(&customers) {
            Ok(fit) => {
                prop_assert!(fit.log_likelihood.is_finite());
                let of = |count, mean| fit.model.expected_spend(count, mean);
                let entering = pairs.iter().filter(|(repeats, mean)| *repeats > 0 && *mean > 0.0);
                let most = entering.map(|(_, mean)| *mean).fold(0.0, f64::max);
                for expected in [of(0, 0.0), of(2, 30.0), of(3, 0.0), of(1, -4.0)] {
                    prop_assert!(expected.is_finite() && expected > 0.0, "{fit:?}");
                }
                // A customer's own mean is never overshot beyond the heaviest tail.
                prop_assert!(of(1, most) < 1e3 * most, "{fit:?}");
            }
            Err(error) => {
                prop_assert_eq!(&error, &FitError::NoSpend, "{:?}", pairs);
                prop_assert!(pairs.iter().all(|(repeats, mean)| *repeats == 0 || *mean <= 0.0));
            }
        }
    }
}
