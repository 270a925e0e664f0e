//! Fits with a prior: few customers have an answer, many customers outweigh it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod common;

use common::{close, customers, fitted, full, histories, sample};
use mehrwert_clv::posterior::Prior;
use mehrwert_clv::{ConvergenceState, Days, Fit, FitError, FitOptions, Histories, History, ModelKind, TimeUnit, fit};

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
