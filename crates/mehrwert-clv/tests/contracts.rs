//! Models of contracts: published values, degenerate data, and what must hold everywhere.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod common;

use common::close;
use mehrwert_clv::Fitted;
use mehrwert_clv::contracts::{Contract, ContractFit, ContractModel, ContractModelKind, Contracts, fit_contracts};
use mehrwert_clv::{Boundary, ConvergenceState, Discounting, FirstPeriod, FitError, Horizon};
use proptest::prelude::*;
use rand_pcg::Pcg64Mcg;

use ContractModelKind::{BetaDiscreteWeibull, ShiftedBetaGeometric};

/// Percent of customers left in year 0, 1, ... (Fader & Hardie 2007, table 1): 8 years to fit to, 5 held out.
const REGULAR: [f64; 13] = [100.0, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3];
const HIGH_END: [f64; 13] = [100.0, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4];

fn cohort(percent: &[f64]) -> Contracts {
    let survivors: Vec<f64> = percent.iter().map(|share| (10.0 * share).round()).collect();
    Contracts::from_cohorts([survivors.as_slice()]).expect("a cohort")
}

fn fitted(kind: ContractModelKind, percent: &[f64; 13]) -> ContractFit {
    fit_contracts(kind, &cohort(&percent[..8])).expect("a fit")
}

#[track_caller]
fn check_fit(fit: &ContractFit, expected: &[f64], digit: f64, log_likelihood: f64) {
    assert_eq!(fit.convergence.state, ConvergenceState::Converged);
    assert_eq!(fit.parameters.len(), expected.len());
    for (found, &expected) in fit.parameters.iter().zip(expected) {
        close(found.value, expected, digit);
        assert!(found.standard_error.is_some_and(|error| error > 0.0 && error < found.value));
    }
    close(fit.log_likelihood, log_likelihood, 6e-4);
    assert!(fit.convergence.gradient_norm < 1e-3 && fit.convergence.hessian_condition < 1e6);
}

#[test]
fn shifted_beta_geometric_as_published() {
    check_fit(&fitted(ShiftedBetaGeometric, &REGULAR), &[0.704077, 1.182043], 6e-6, -1680.265);
    check_fit(&fitted(ShiftedBetaGeometric, &HIGH_END), &[0.668088, 3.806095], 6e-6, -1611.158);
}

#[test]
fn beta_discrete_weibull_as_published() {
    check_fit(&fitted(BetaDiscreteWeibull, &REGULAR), &[0.4556, 0.7793, 1.2835], 6e-5, -1679.603);
    check_fit(&fitted(BetaDiscreteWeibull, &HIGH_END), &[0.2143, 1.4266, 1.7236], 6e-5, -1605.314);
}

/// The third parameter is worth it for the high end only, and there it takes a third off the error on the five years held out.
#[test]
fn the_years_held_out_are_met() {
    let worst = |fit: &ContractFit, seen: &[f64; 13]| {
        let errors = (8..13u32).map(|year| (100.0 * fit.model.survival(year) - seen[year as usize]).abs());
        errors.fold(0.0, f64::max)
    };
    let [simple, rich] = [ShiftedBetaGeometric, BetaDiscreteWeibull].map(|kind| fitted(kind, &REGULAR));
    println!("regular: sBG {:.2} BdW {:.2} points off at worst", worst(&simple, &REGULAR), worst(&rich, &REGULAR));
    assert!(simple.aic() < rich.aic() && simple.bic() < rich.bic());
    assert!(worst(&simple, &REGULAR) < 2.0);
    let [simple, rich] = [ShiftedBetaGeometric, BetaDiscreteWeibull].map(|kind| fitted(kind, &HIGH_END));
    println!("high end: sBG {:.2} BdW {:.2} points off at worst", worst(&simple, &HIGH_END), worst(&rich, &HIGH_END));
    assert!(simple.aic() > rich.aic() && simple.bic() > rich.bic());
    assert!(worst(&rich, &HIGH_END) < 0.67 * worst(&simple, &HIGH_END));
}

#[test]
fn cohorts_of_different_ages_are_single_contracts() {
    let cohorts = [[1000.0, 700.0, 560.0, 480.0].as_slice(), &[400.0, 290.0, 220.0], &[300.0, 200.0], &[50.0]];
    let mut single = Vec::new();
    for survivors in cohorts {
        for (renewals, pair) in survivors.windows(2).enumerate() {
            single.extend(vec![Contract::ended(renewals as u32); (pair[0] - pair[1]) as usize]);
        }
        let last = survivors.len() - 1;
        single.extend(vec![Contract::active(last as u32); survivors[last] as usize]);
    }
    let by_cohort = Contracts::from_cohorts(cohorts).expect("cohorts");
    assert_eq!(by_cohort, Contracts::compress(single));
    let fit = fit_contracts(ShiftedBetaGeometric, &by_cohort).expect("a fit");
    // The youngest cohort has not come to a renewal and says nothing.
    assert_eq!((by_cohort.count(), fit.contracts), (1750.0, 1700.0));
}

#[test]
fn degenerate_data_have_a_stated_answer() {
    for kind in ContractModelKind::ALL {
        let fit_of = |survivors: &[f64]| fit_contracts(kind, &Contracts::from_cohorts([survivors]).expect("a cohort"));
        let state = |fit: &ContractFit| fit.convergence.state.clone();
        let boundary = |boundary| ConvergenceState::AtBoundary { explanations: vec![boundary] };

        let all_stay = fit_of(&[70.0, 70.0, 70.0, 70.0, 70.0]).expect("a fit");
        assert_eq!(state(&all_stay), boundary(Boundary::NoDropoutSeen));
        assert!(all_stay.model.survival(1000) > 1.0 - 1e-6 && all_stay.log_likelihood > -1e-4);

        let all_leave = fit_of(&[70.0, 0.0, 0.0]).expect("a fit");
        assert_eq!(state(&all_leave), boundary(Boundary::EverybodyLeavesAtOnce));
        assert!(all_leave.model.survival(1) < 1e-6 && all_leave.log_likelihood > -1e-4);

        let some_at_first = fit_of(&[100.0, 60.0, 60.0, 60.0, 60.0]).expect("a fit");
        assert_eq!(state(&some_at_first), boundary(Boundary::DropoutAllOrNothing), "{some_at_first:?}");
        close(some_at_first.model.survival(4), 0.6, 1e-3);

        for none in [fit_of(&[]), fit_of(&[50.0]), fit_of(&[0.0, 0.0])] {
            assert_eq!(none, Err(FitError::NoRenewals));
        }
        assert!(matches!(fit_of(&[50.0, 30.0]), Err(FitError::TooFewRenewals { seen: 1, .. })));
    }
    let two = Contracts::from_cohorts([[50.0, 30.0, 20.0].as_slice()]).expect("a cohort");
    assert!(fit_contracts(ShiftedBetaGeometric, &two).is_ok());
    let error = fit_contracts(BetaDiscreteWeibull, &two).unwrap_err();
    assert_eq!(
        error.to_string(),
        "contracts were seen up to renewal 2: expected at least 3 renewals to fit the BdW model"
    );
}

#[test]
fn contracts_that_end_together_are_told() {
    let term = Contracts::from_cohorts([[100.0, 99.0, 98.0, 97.0, 2.0, 0.0].as_slice()]).expect("a cohort");
    let alike = fit_contracts(ShiftedBetaGeometric, &term).expect("a fit");
    let expected = ConvergenceState::AtBoundary { explanations: vec![Boundary::DropoutDoesNotVary] };
    assert_eq!(alike.convergence.state, expected);
    let all_at_third = Contracts::compress(vec![Contract::ended(2); 40]);
    for contracts in [&term, &all_at_third] {
        let error = fit_contracts(BetaDiscreteWeibull, contracts).unwrap_err();
        assert!(matches!(error, FitError::EndTogether { .. }), "{error}");
    }
}

#[test]
fn weights_equal_repetition_and_scale_the_errors() {
    let once = cohort(&HIGH_END[..8]);
    let thrice = Contracts::from_weighted(once.distinct().iter().zip(once.weights()).map(|(&c, w)| (c, 3.0 * w)));
    let thrice = thrice.expect("weights");
    for kind in ContractModelKind::ALL {
        let [one, three] = [&once, &thrice].map(|contracts| fit_contracts(kind, contracts).expect("a fit"));
        close(three.log_likelihood, 3.0 * one.log_likelihood, 1e-8);
        for (one, three) in one.parameters.iter().zip(&three.parameters) {
            close(three.value, one.value, 1e-5);
            let errors = [one, three].map(|found| found.standard_error.expect("a standard error"));
            close(errors[1] * 3.0f64.sqrt(), errors[0], 1e-4 * errors[0]);
        }
    }
}

#[test]
fn simulated_contracts_give_their_parameters_back() {
    let models = [
        ContractModel::shifted_beta_geometric(0.8, 2.5).expect("parameters"),
        ContractModel::beta_discrete_weibull(0.5, 1.5, 1.4).expect("parameters"),
        ContractModel::beta_discrete_weibull(2.0, 4.0, 0.7).expect("parameters"),
    ];
    let mut rng = Pcg64Mcg::new(5);
    for model in models {
        // Watched for 4 to 12 periods.
        let contracts = Contracts::compress((0..60_000).map(|i| model.simulate(0, 4 + i % 9, &mut rng)));
        let fit = fit_contracts(model.kind(), &contracts).expect("a fit");
        for (found, (name, truth)) in fit.parameters.iter().zip(model.parameters()) {
            let error = found.standard_error.expect("a standard error");
            println!("{name} {truth}: {:.4} +- {error:.4}", found.value);
            close(found.value, truth, 4.0 * error);
        }
        let drawn = fit.draw_model(&mut rng).expect("a draw");
        close(drawn.survival(5), model.survival(5), 0.05);
        // Those who have survived go on as the model says.
        let later: Vec<Contract> = (0..20_000).map(|_| model.simulate(3, 2, &mut rng)).collect();
        assert!(later.iter().all(|contract| (3..=5).contains(&contract.renewals())));
        let stayed = later.iter().filter(|contract| contract.is_active()).count() as f64 / 20_000.0;
        close(stayed, model.survival_given(3, 2), 0.015);
    }
}

#[test]
fn a_contract_is_worth_its_payments() {
    let model = ContractModel::shifted_beta_geometric(0.704077, 1.182043).expect("parameters");
    let [now, later] = [FirstPeriod::Undiscounted, FirstPeriod::Discounted]
        .map(|first| Discounting::per_period(0.1, first).expect("a rate"));
    // By hand: 1 + r_1 / 1.1 + ...; the new contract pays at once and for certain.
    let by_hand: f64 = (0..4000u32).map(|t| 100.0 * model.survival(t) / 1.1f64.powi(t as i32)).sum();
    close(model.value_of_new_contract(100.0, Horizon::Forever, now), by_hand, 1e-9 * by_hand);
    let next = model.residual_value(0, 100.0, Horizon::Forever, later);
    close(100.0 + next, by_hand, 1e-9 * by_hand);
    close(model.residual_value(0, 100.0, Horizon::Forever, now), 1.1 * next, 1e-9 * by_hand);
    assert_eq!(model.residual_value(3, 100.0, Horizon::Periods(0), now), 0.0);
    close(model.residual_value(3, 100.0, Horizon::Periods(1), now), 100.0 * model.retention(3), 1e-12);
    assert_eq!(model.residual_value(3, 0.0, Horizon::Forever, Discounting::NONE), 0.0);
    assert_eq!(model.expected_residual_lifetime(0, Horizon::Forever), f64::INFINITY);
    let finite = ContractModel::shifted_beta_geometric(3.0, 8.0).expect("parameters");
    close(finite.expected_residual_lifetime(2, Horizon::Forever), 5.0, 1e-14);
}

/// S(t) as what it is: the mean of `(1 - p)^(t^c)` over Beta(alpha, beta), by the trapezoidal rule in the log odds.
fn integrated_survival(alpha: f64, beta: f64, c: f64, t: u32) -> f64 {
    let power = f64::from(t).powf(c);
    let (mut above, mut below) = (0.0, 0.0);
    for step in -4000..=4000 {
        let log_odds = f64::from(step) * 0.05;
        let (log_p, log_q) = (-(-log_odds).exp().ln_1p(), -log_odds.exp().ln_1p());
        let density = alpha * log_p + beta * log_q;
        above += (density + power * log_q).exp();
        below += density.exp();
    }
    above / below
}

#[test]
fn survival_is_the_integral_it_stands_for() {
    for (alpha, beta) in [(0.3, 0.2), (0.7, 1.2), (2.5, 0.8), (12.0, 40.0)] {
        for c in [0.4, 1.0, 1.7] {
            let model = ContractModel::beta_discrete_weibull(alpha, beta, c).expect("parameters");
            for t in [0, 1, 2, 5, 30] {
                let expected = integrated_survival(alpha, beta, c, t);
                close(model.survival(t), expected, 1e-10 * expected.max(1e-3));
            }
        }
    }
}

/// Running contracts made their renewals; ended ones made one less than would have been the next.
#[test]
fn the_likelihood_is_the_integral_it_stands_for() {
    for (alpha, beta) in [(0.3, 0.2), (0.7, 1.2), (12.0, 40.0)] {
        for c in [0.4, 1.0, 1.7] {
            let model = match c {
                1.0 => ContractModel::shifted_beta_geometric(alpha, beta),
                c => ContractModel::beta_discrete_weibull(alpha, beta, c),
            };
            let model = model.expect("parameters");
            let of = |contract| model.log_likelihood(&Contracts::compress([contract]));
            for n in [0, 1, 2, 5, 30] {
                let [made, next] = [n, n + 1].map(|t| integrated_survival(alpha, beta, c, t));
                close(of(Contract::active(n)), made.ln(), 1e-9);
                close(of(Contract::ended(n)), (made - next).ln(), 1e-8 * made / (made - next));
            }
        }
    }
}

fn decades() -> impl Strategy<Value = f64> {
    (-9.21..9.21f64).prop_map(f64::exp)
}

proptest! {
    #[test]
    fn everything_is_finite_and_in_range(
        alpha in decades(), beta in decades(), c in decades(), survived in 0u32..200, rate in 0.0001..0.5f64,
    ) {
        for model in [
            ContractModel::shifted_beta_geometric(alpha, beta).expect("parameters"),
            ContractModel::beta_discrete_weibull(alpha, beta, c).expect("parameters"),
        ] {
            let mut before = 1.0;
            for t in 0..60 {
                let (survival, retention) = (model.survival(t), model.retention(t));
                prop_assert!((0.0..=1.0).contains(&survival) && survival <= before, "S({t}) = {survival} of {before}");
                prop_assert!((0.0..=1.0).contains(&retention));
                prop_assert!((model.churn(t) + retention - 1.0).abs() < 1e-12);
                before = survival;
            }
            let leaving: f64 = (0..=60).map(|t| model.probability_of_leaving_at(t)).sum();
            prop_assert!((leaving + model.survival(60) - 1.0).abs() < 1e-10);
            let yearly = Discounting::per_period(rate, FirstPeriod::Discounted).expect("a rate");
            let lifetime = model.expected_residual_lifetime(survived, Horizon::Periods(100_000));
            let some = model.discounted_residual_lifetime(survived, Horizon::Periods(50), yearly);
            let ever = model.discounted_residual_lifetime(survived, Horizon::Forever, yearly);
            prop_assert!((0.0..=100_000.0).contains(&lifetime));
            prop_assert!(some >= 0.0 && some <= ever * (1.0 + 1e-9) && ever <= (1.0 + 1e-9) / rate, "{some} {ever}");
            prop_assert!(model.expected_residual_lifetime(survived, Horizon::Forever) >= lifetime * (1.0 - 1e-8));
            let drawn = model.simulate(survived, 30, &mut Pcg64Mcg::new(u128::from(survived) + 1));
            prop_assert!((survived..=survived + 30).contains(&drawn.renewals()));
        }
    }

    #[test]
    fn residual_lifetime_is_the_discounted_sum_of_survival(
        alpha in 0.05..30.0f64, beta in 0.05..30.0f64, c in 0.3..2.0f64, survived in 0u32..30, rate in 0.02..0.5f64,
    ) {
        let model = ContractModel::beta_discrete_weibull(alpha, beta, c).expect("parameters");
        let yearly = Discounting::per_period(rate, FirstPeriod::Undiscounted).expect("a rate");
        let terms = |last: u32| -> f64 {
            (1..=last).map(|k| yearly.factor(k) * model.survival(survived + k) / model.survival(survived)).sum()
        };
        for (over, last) in [(Horizon::Periods(12), 12), (Horizon::Forever, 3000)] {
            let expected = terms(last);
            let found = model.discounted_residual_lifetime(survived, over, yearly);
            prop_assert!((found - expected).abs() <= 1e-8 * expected + 1e-12, "{found} {expected}");
        }
    }

    #[test]
    fn any_cohort_has_a_fit_or_an_error(lost in prop::collection::vec(0u32..40, 0..12), first in 0u32..300) {
        let mut survivors = vec![f64::from(first)];
        for lost in lost {
            let last = survivors[survivors.len() - 1];
            survivors.push((last - f64::from(lost)).max(0.0));
        }
        let contracts = Contracts::from_cohorts([survivors.as_slice()]).expect("a cohort");
        for kind in ContractModelKind::ALL {
            match fit_contracts(kind, &contracts) {
                Ok(fit) => {
                    prop_assert!(fit.log_likelihood.is_finite() && fit.log_likelihood <= 0.0);
                    prop_assert!(fit.parameters.iter().all(|found| found.value.is_finite() && found.value > 0.0));
                    prop_assert!((fit.model.log_likelihood(&contracts) - fit.log_likelihood).abs() < 1e-6);
                }
                Err(error @ FitError::NotConverged { .. }) => prop_assert!(false, "{kind:?} of {survivors:?}: {error}"),
                Err(_) => {}
            }
        }
    }
}
