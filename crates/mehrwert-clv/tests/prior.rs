//! Fits with a prior: few customers have an answer, many customers outweigh it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod common;

use common::{close, customers, fitted, full, histories, sample};
use mehrwert_clv::bg_bb::{BgBbFit, OccasionHistories, OccasionHistory, OccasionOptions, fit_bg_bb, fit_bg_bb_with};
use mehrwert_clv::contracts::{
    Contract, ContractFit, ContractModel, ContractModelKind, ContractOptions, Contracts, draw_contract_models,
    fit_contracts, fit_contracts_with,
};
use mehrwert_clv::posterior::Prior;
use mehrwert_clv::{
    ConvergenceState, Days, Fit, FitError, FitOptions, Fitted, Histories, History, LogPrior, ModelKind, TimeUnit, fit,
};

fn with_weak_prior(kind: ModelKind, histories: &Histories) -> Result<Fit, FitError> {
    let prior = Some(Prior::weak(kind, histories, TimeUnit::Week));
    fit(kind, histories, &FitOptions { prior, ..FitOptions::default() })
}

#[test]
fn a_handful_of_customers_has_a_finite_answer() {
    let repeated = |i: u32| History::new(1 + i % 4, 10 + 9 * i, 60 + 11 * i).unwrap();
    let once = |i: u32| History::new(0, 0, 7 * i).unwrap();
    for kind in ModelKind::ALL {
        for count in 1..=20 {
            let mixed: Vec<History> = (0..count).map(|i| if i % 3 == 0 { repeated(i) } else { once(i) }).collect();
            for customers in [mixed, (0..count).map(once).collect(), (0..count).map(repeated).collect()] {
                let histories = Histories::compress(customers);
                let fit = with_weak_prior(kind, &histories).unwrap();
                let score = fit.model.expected_purchases(&histories.distinct()[0], Days::new(365.0));
                assert!(fit.log_likelihood.is_finite() && score.is_finite() && score >= 0.0, "{kind} {count} {fit:?}");
                assert_eq!(fit.convergence.state, ConvergenceState::Converged);
                assert!(fit.log_covariance.is_some(), "{kind} {count}");
            }
        }
        assert_eq!(with_weak_prior(kind, &Histories::default()).unwrap_err(), FitError::NoCustomers);
    }
}

#[test]
fn many_customers_outweigh_the_prior() {
    let [some, many] = [sample(), full()].map(|purchases| histories(&customers(&purchases)));
    for kind in ModelKind::ALL {
        let distance = |histories: &Histories| {
            let (free, held) = (fitted(kind, histories), with_weak_prior(kind, histories).unwrap());
            // The likelihood is greatest without the prior, and is reported without it.
            assert!(held.log_likelihood < free.log_likelihood && held.log_likelihood > free.log_likelihood - 1.0);
            close(held.log_likelihood, held.model.log_likelihood(histories), 1e-6);
            let moved = (0..4).map(|i| (held.parameters[i].value / free.parameters[i].value).ln().abs());
            moved.fold(0.0, f64::max)
        };
        let (of_some, of_many) = (distance(&some), distance(&many));
        println!("{kind}: {of_some} {of_many}");
        assert!(of_many < 0.5 * of_some && of_many < 0.05);
    }
}

#[test]
fn an_impossible_prior_is_refused() {
    let histories = Histories::compress([History::NEWBORN]);
    let prior = Some(Prior { log_mean: [0.0; 4], log_deviation: [1.0, 1.0, 0.0, 1.0] });
    let refused = fit(ModelKind::BgNbd, &histories, &FitOptions { prior, ..FitOptions::default() });
    assert_eq!(refused.unwrap_err(), FitError::BadPrior);
}

fn contracts_with_prior(kind: ContractModelKind, contracts: &Contracts) -> Result<ContractFit, FitError> {
    let prior = Some(LogPrior::weak_of_contracts());
    fit_contracts_with(kind, contracts, &ContractOptions { prior, ..ContractOptions::default() })
}

fn occasions_with_prior(histories: &OccasionHistories) -> Result<BgBbFit, FitError> {
    let prior = Some(LogPrior::weak_of_occasions());
    fit_bg_bb_with(histories, &OccasionOptions { prior, ..OccasionOptions::default() })
}

/// What has no maximum by likelihood alone, or no answer at all, is an ordinary fit with a prior.
#[test]
fn a_handful_of_contracts_has_a_finite_answer() {
    for kind in ContractModelKind::ALL {
        for count in 1..=20u32 {
            let all = |one: fn(u32) -> Contract| Contracts::compress((0..count).map(one));
            let renewed = all(|i| Contract::active(1 + i % 3));
            let ended = all(|_| Contract::ended(0));
            let mixed = all(|i| if i % 3 == 0 { Contract::ended(i % 2) } else { Contract::active(1 + i % 4) });
            let mut churns = Vec::new();
            for contracts in [&renewed, &mixed, &ended] {
                let fit = contracts_with_prior(kind, contracts).unwrap();
                assert_eq!(fit.convergence.state, ConvergenceState::Converged, "{kind:?} {count} {fit:?}");
                assert!(fit.log_covariance.is_some() && fit.log_likelihood.is_finite());
                assert!(fit.parameters.iter().all(|parameter| parameter.standard_error.is_some()));
                let draws = draw_contract_models(&fit, contracts, 200, 1);
                assert!(draws.iter().all(|draw| (0.0..1.0).contains(&draw.model.churn(0))), "{kind:?} {count}");
                churns.push(fit.model.churn(0));
            }
            assert!(churns[0] < churns[2] && churns[1] <= churns[2], "{kind:?} {count}: {churns:?}");
        }
    }
}

#[test]
fn many_contracts_outweigh_the_prior() {
    let cohort = [1000.0, 869.0, 743.0, 653.0, 593.0, 551.0, 517.0, 491.0].map(|contracts| 10.0 * contracts);
    let contracts = Contracts::from_cohorts([cohort.as_slice()]).unwrap();
    for kind in ContractModelKind::ALL {
        let (alone, with) = (fit_contracts(kind, &contracts).unwrap(), contracts_with_prior(kind, &contracts).unwrap());
        for (one, other) in alone.parameters.iter().zip(&with.parameters) {
            let error = one.standard_error.unwrap();
            assert!((one.value - other.value).abs() < 0.4 * error, "{kind:?} {one:?} {other:?}");
        }
        assert!(with.log_likelihood <= alone.log_likelihood && with.log_likelihood > alone.log_likelihood - 0.1);
    }
}

/// The density of ln alpha and ln beta, prior included, summed over a grid: where the draws should lie.
#[test]
fn draws_of_contracts_follow_prior_and_likelihood() {
    let contracts = Contracts::from_cohorts([[12.0, 10.0, 9.0].as_slice()]).unwrap();
    let kind = ContractModelKind::ShiftedBetaGeometric;
    let (fit, prior) = (contracts_with_prior(kind, &contracts).unwrap(), LogPrior::weak_of_contracts());
    let (mut sum, mut mean) = (0.0, 0.0);
    for i in 0..160 {
        for j in 0..160 {
            let logs = [-6.0 + 0.075 * f64::from(i), -7.0 + 0.1 * f64::from(j)];
            let model = ContractModel::shifted_beta_geometric(logs[0].exp(), logs[1].exp()).unwrap();
            let away = (0..2).map(|k| ((logs[k] - prior.log_mean[k]) / prior.log_deviation[k]).powi(2));
            let weight = (model.log_likelihood(&contracts) - fit.log_likelihood - 0.5 * away.sum::<f64>()).exp();
            sum += weight;
            mean += weight * model.survival(4);
        }
    }
    let draws = draw_contract_models(&fit, &contracts, 4000, 3);
    let found = draws.iter().map(|draw| draw.model.survival(4)).sum::<f64>() / 4000.0;
    assert!((found - mean / sum).abs() < 0.01, "{found} {}", mean / sum);
}

#[test]
fn a_handful_at_occasions_has_a_finite_answer_and_many_outweigh_the_prior() {
    for count in 1..=12u32 {
        let all = |one: fn(u32) -> OccasionHistory| OccasionHistories::compress((0..count).map(one));
        let never = all(|_| OccasionHistory::new(0, 0, 2).unwrap());
        let always = all(|_| OccasionHistory::new(5, 5, 5).unwrap());
        let mixed = all(|i| OccasionHistory::new(i % 3, 2 * (i % 3), 4).unwrap());
        for histories in [&never, &always, &mixed] {
            let fit = occasions_with_prior(histories).unwrap();
            assert_eq!(fit.convergence.state, ConvergenceState::Converged, "{count} {fit:?}");
            assert!(
                fit.log_covariance.is_some() && fit.log_likelihood.is_finite() && fit.aic() <= fit.bic() + 8.0 + 1e-9
            );
        }
    }
    let table = [(0, 0, 340.0), (1, 1, 110.0), (1, 4, 20.0), (2, 5, 60.0), (3, 3, 90.0), (4, 6, 80.0), (6, 6, 120.0)];
    let table = table.map(|(repeats, last, count)| (OccasionHistory::new(repeats, last, 6).unwrap(), count));
    let histories = OccasionHistories::from_weighted(table).unwrap();
    let (alone, with) = (fit_bg_bb(&histories).unwrap(), occasions_with_prior(&histories).unwrap());
    for (one, other) in alone.parameters.iter().zip(&with.parameters) {
        assert!((one.value - other.value).abs() < 0.5 * one.standard_error.unwrap(), "{one:?} {other:?}");
    }
    assert!(with.log_likelihood <= alone.log_likelihood);
}

#[test]
fn starts_and_priors_are_checked_alike_and_a_start_does_not_matter() {
    let contracts = Contracts::from_cohorts([[100.0, 63.1, 46.8, 38.2, 32.6].as_slice()]).unwrap();
    let kind = ContractModelKind::BetaDiscreteWeibull;
    let of = |options: ContractOptions| fit_contracts_with(kind, &contracts, &options);
    let bad = LogPrior { log_deviation: [1.0, -1.0, 1.0], ..LogPrior::weak_of_contracts() };
    assert_eq!(of(ContractOptions { prior: Some(bad), ..Default::default() }), Err(FitError::BadPrior));
    let nowhere = of(ContractOptions { start: Some([1.0, 0.0, 1.0]), ..Default::default() });
    assert!(matches!(nowhere, Err(FitError::BadStart(_))));
    let cold = fit_contracts(kind, &contracts).unwrap();
    let near: Vec<f64> = cold.parameters.iter().map(|parameter| 1.2 * parameter.value).collect();
    for start in [[near[0], near[1], near[2]], [1e-8, 1e7, 40.0]] {
        let warm = of(ContractOptions { start: Some(start), ..Default::default() }).unwrap();
        assert!((warm.log_likelihood - cold.log_likelihood).abs() < 1e-6, "{start:?}");
    }
    let some =
        OccasionHistories::compress([OccasionHistory::new(2, 3, 4).unwrap(), OccasionHistory::new(0, 0, 4).unwrap()]);
    let bad = LogPrior { log_mean: [f64::NAN; 4], ..LogPrior::weak_of_occasions() };
    let options = OccasionOptions { prior: Some(bad), ..OccasionOptions::default() };
    assert_eq!(fit_bg_bb_with(&some, &options), Err(FitError::BadPrior));
    let options = OccasionOptions { start: Some([-1.0; 4]), ..OccasionOptions::default() };
    assert!(matches!(fit_bg_bb_with(&some, &options), Err(FitError::BadStart(_))));
}
