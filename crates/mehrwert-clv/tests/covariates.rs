//! Covariates: known coefficients are found with the errors stated, other code finds the same, degenerate columns have an
//! answer.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod common;

use common::close;
use mehrwert_clv::covariates::{
    CovariateError, CovariateFit, CovariateHistories, CovariateOptions, Process, fit_with_covariates,
};
use mehrwert_clv::posterior::Prior;
use mehrwert_clv::{
    Boundary, ConvergenceState, Days, DiscountRate, FitError, History, ModelKind, TimeUnit, model_with,
};
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

/// Coefficients of (member, age) for purchases and for dropout.
const TRUTH: [f64; 4] = [0.6, -0.02, -0.5, 0.03];

fn customer(kind: ModelKind, rng: &mut Pcg64Mcg) -> (History, Vec<f64>) {
    let normal: f64 = StandardNormal.sample(rng);
    let (member, age) = (f64::from(u8::from(rng.random::<f64>() < 0.4)), 40.0 + 12.0 * normal);
    let buys = TRUTH[0] * member + TRUTH[1] * (age - 40.0);
    let leaves = TRUTH[2] * member + TRUTH[3] * (age - 40.0);
    let parameters = match kind {
        ModelKind::BgNbd | ModelKind::MbgNbd => {
            [0.9, 7.0 * f64::exp(-buys), f64::exp(0.5 * leaves), 3.0 * f64::exp(-0.5 * leaves)]
        }
        ModelKind::ParetoNbd => [0.9, 7.0 * f64::exp(-buys), 0.9, 15.0 * f64::exp(-leaves)],
    };
    let model = model_with(kind, parameters, TimeUnit::Week).unwrap();
    let time = Days::new(f64::from(rng.random_range(100..600u32)));
    (model.simulate(time, rng).history(), vec![member, age])
}

fn customers(kind: ModelKind, count: usize, seed: u64) -> Vec<(History, Vec<f64>)> {
    let mut rng = Pcg64Mcg::seed_from_u64(seed);
    (0..count).map(|_| customer(kind, &mut rng)).collect()
}

fn data(customers: &[(History, Vec<f64>)]) -> CovariateHistories {
    CovariateHistories::compress(&["member", "age"], customers.iter().cloned()).unwrap()
}

fn fitted(kind: ModelKind, data: &CovariateHistories) -> CovariateFit {
    fit_with_covariates(kind, data, &CovariateOptions::default()).unwrap()
}

fn no_prior() -> CovariateOptions {
    CovariateOptions { coefficient_deviation: None, ..CovariateOptions::default() }
}

#[test]
fn known_coefficients_are_found_as_often_as_their_errors_say() {
    for (kind, sets, count) in
        [(ModelKind::BgNbd, 30, 1000), (ModelKind::MbgNbd, 30, 1000), (ModelKind::ParetoNbd, 8, 600)]
    {
        let fits: Vec<CovariateFit> =
            (0..sets).into_par_iter().map(|seed| fitted(kind, &data(&customers(kind, count, seed)))).collect();
        let mut covered_of_all = 0;
        for (place, truth) in TRUTH.iter().enumerate() {
            let scores: Vec<f64> = fits
                .iter()
                .map(|fit| (fit.coefficients[place].value - truth) / fit.coefficients[place].standard_error.unwrap())
                .collect();
            let covered = scores.iter().filter(|score| score.abs() < 1.645).count();
            let mean = scores.iter().sum::<f64>() / sets as f64;
            println!("{kind} {place}: {covered} of {sets} covered, mean score {mean:.2}");
            // The mean of so many scores of deviation one.
            assert!(mean.abs() < 4.0 / (sets as f64).sqrt(), "{kind} {place}: {mean}");
            covered_of_all += covered;
        }
        let share = f64::from(covered_of_all as u32) / (4 * sets) as f64;
        assert!((0.8..=0.98).contains(&share), "{kind}: {share}");
        assert!(fits.iter().all(|fit| fit.likelihood_ratio().p_value < 0.01 && fit.aic() < fit.bic()));
    }
}

#[test]
fn other_code_finds_the_same() {
    let mut lines = include_str!("data/covariates.csv").lines();
    let customers: Vec<(History, Vec<f64>)> = lines
        .by_ref()
        .take_while(|line| !line.is_empty())
        .map(|line| {
            let numbers: Vec<f64> = line.split(',').map(|number| number.parse().unwrap()).collect();
            let history = History::new(numbers[0] as u32, numbers[1] as u32, numbers[2] as u32).unwrap();
            (history, numbers[3..].to_vec())
        })
        .collect();
    let data = data(&customers);
    for line in lines {
        let (name, numbers) = line.split_once(',').unwrap();
        let numbers: Vec<f64> = numbers.split(',').map(|number| number.parse().unwrap()).collect();
        let fit = fit_with_covariates(name.parse().unwrap(), &data, &no_prior()).unwrap();
        close(fit.log_likelihood, numbers[0], 1e-5);
        for (parameter, expected) in fit.parameters.iter().zip(&numbers[1..5]) {
            close(parameter.value.ln(), *expected, 5e-3);
        }
        for (coefficient, expected) in fit.coefficients.iter().zip(&numbers[5..]) {
            println!("{name}: {coefficient:?}, {expected}");
            close(coefficient.value, *expected, 2e-3 * coefficient.standard_error.unwrap());
        }
    }
}

#[test]
fn the_scale_of_a_column_is_only_a_scale() {
    let customers = customers(ModelKind::MbgNbd, 500, 77);
    let fit = fitted(ModelKind::MbgNbd, &data(&customers));
    let moved: Vec<(History, Vec<f64>)> =
        customers.iter().map(|(history, z)| (*history, vec![z[0], 100.0 * z[1] - 7.0])).collect();
    let other = fitted(ModelKind::MbgNbd, &data(&moved));
    close(fit.log_likelihood, other.log_likelihood, 1e-6);
    close(fit.coefficients[1].value, 100.0 * other.coefficients[1].value, 1e-4);
    let history = History::new(2, 90, 150).unwrap();
    let expected = |fit: &CovariateFit, age: f64| {
        fit.model.model_for(&[1.0, age]).unwrap().expected_purchases(&history, Days::new(90.0))
    };
    close(expected(&fit, 35.0), expected(&other, 3493.0), 1e-5);
    // The parameters stated are those of covariates of zero.
    for (parameter, (name, value)) in fit.parameters.iter().zip(fit.model.model_for(&[0.0, 0.0]).unwrap().parameters())
    {
        assert_eq!(parameter.name, name);
        close(parameter.value, value, 1e-9 * value);
    }
}

#[test]
fn columns_may_act_on_one_process_only() {
    let customers = customers(ModelKind::BgNbd, 400, 5);
    let data = data(&customers);
    let options = CovariateOptions { dropout: Some(vec!["age".into()]), ..CovariateOptions::default() };
    let fit = fit_with_covariates(ModelKind::BgNbd, &data, &options).unwrap();
    let names: Vec<(Process, &str)> = fit.coefficients.iter().map(|one| (one.process, one.column.as_str())).collect();
    assert_eq!(names, [(Process::Purchases, "member"), (Process::Purchases, "age"), (Process::Dropout, "age")]);
    assert!(fit.coefficient(Process::Dropout, "member").is_none() && fit.covariance.unwrap().len() == 7);
    let none = CovariateOptions { purchases: Some(vec![]), dropout: Some(vec![]), ..CovariateOptions::default() };
    let none = fit_with_covariates(ModelKind::BgNbd, &data, &none).unwrap();
    close(none.log_likelihood, none.plain.log_likelihood, 1e-7);
    assert_eq!(none.likelihood_ratio().p_value, 1.0);
    let unknown = CovariateOptions { purchases: Some(vec!["ages".into()]), ..CovariateOptions::default() };
    let refused = fit_with_covariates(ModelKind::BgNbd, &data, &unknown).unwrap_err();
    assert!(matches!(refused, CovariateError::UnknownColumn { .. }), "{refused}");
}

#[test]
fn scores_are_those_of_each_customers_model() {
    let customers = customers(ModelKind::ParetoNbd, 200, 12);
    let data = data(&customers);
    let fit = fitted(ModelKind::ParetoNbd, &data);
    let (over, rate) = (Days::new(180.0), DiscountRate::yearly(0.1));
    let scores = fit.model.score(&data, over, rate).unwrap();
    for ((history, covariates), score) in customers.iter().zip(&scores) {
        let model = fit.model.model_for(covariates).unwrap();
        close(score.expected_purchases, model.expected_purchases(history, over), 1e-9);
        close(score.discounted_purchases, model.discounted_purchases(history, over, rate), 1e-9);
    }
    assert!(fit.model.model_for(&[1.0]).is_err() && fit.model.model_for(&[1.0, f64::NAN]).is_err());
    let far = fit.model.model_for(&[1.0, 1e9]).unwrap();
    assert!(far.expected_purchases(&customers[0].0, over).is_finite());
    // Other columns, or in another order.
    let swapped = CovariateHistories::compress(&["age", "member"], customers.clone()).unwrap();
    assert!(fit.model.score(&swapped, over, rate).is_err());
}

/// Draws scatter as the covariance says.
#[test]
fn drawn_models_scatter_like_the_standard_errors() {
    let fit = fitted(ModelKind::BgNbd, &data(&customers(ModelKind::BgNbd, 800, 3)));
    let mut rng = Pcg64Mcg::seed_from_u64(1);
    let rate = |model: &mehrwert_clv::covariates::CovariateModel, member: f64| {
        let parameters = model.model_for(&[member, 0.0]).unwrap().parameters();
        -parameters[1].1.ln()
    };
    let drawn: Vec<f64> = (0..4000)
        .map(|_| {
            let model = fit.draw_model(&mut rng).unwrap();
            rate(&model, 1.0) - rate(&model, 0.0)
        })
        .collect();
    let mean = drawn.iter().sum::<f64>() / 4000.0;
    let deviation = (drawn.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / 4000.0).sqrt();
    let member = &fit.coefficients[0];
    close(mean, member.value, 0.08 * deviation);
    close(deviation / member.standard_error.unwrap(), 1.0, 0.06);
}

#[test]
fn separation_stays_finite_and_is_told_without_a_prior() {
    // Nobody of the second kind ever bought again.
    let mut all = customers(ModelKind::BgNbd, 300, 9);
    all.retain(|(history, _)| history.repeats() > 0);
    let mut customers: Vec<(History, Vec<f64>)> = all.iter().map(|(history, _)| (*history, vec![0.0])).collect();
    customers.extend((0..60).map(|i| (History::new(0, 0, 200 + i).unwrap(), vec![1.0])));
    let data = CovariateHistories::compress(&["kind"], customers).unwrap();
    for kind in ModelKind::ALL {
        let fit = fitted(kind, &data);
        println!("{kind}: {:?} {:?}", fit.coefficients, fit.convergence);
        assert!(fit.coefficients.iter().all(|one| one.value.abs() < 15.0), "{kind}");
        let purchases = fit.coefficient(Process::Purchases, "kind").unwrap();
        assert!(purchases.value < -1.0);
        let only = CovariateOptions { dropout: Some(vec![]), ..no_prior() };
        let without = fit_with_covariates(kind, &data, &only).unwrap();
        println!("{kind}: {:?} {:?}", without.coefficients, without.convergence);
        let explained = matches!(&without.convergence.state, ConvergenceState::AtBoundary { explanations } if explanations.contains(&Boundary::CovariateUndetermined));
        assert!(explained && without.coefficients[0].standard_error.is_none(), "{kind}");
    }
}

#[test]
fn with_a_prior_a_handful_of_customers_has_an_answer() {
    for kind in ModelKind::ALL {
        for count in 2..8 {
            let nobody = (0..count).map(|i| (History::new(0, 0, 50 + i).unwrap(), vec![f64::from(i % 2)]));
            let data = CovariateHistories::compress(&["z"], nobody).unwrap();
            let prior = Some(Prior::weak(kind, &data.without_covariates(), TimeUnit::Week));
            let options = CovariateOptions { prior, ..CovariateOptions::default() };
            let fit = fit_with_covariates(kind, &data, &options).unwrap();
            assert_eq!(fit.convergence.state, ConvergenceState::Converged, "{kind} {count}");
            let new = fit.model.model_for(&[1.0]).unwrap().expected_purchases(&History::NEWBORN, Days::new(365.0));
            assert!(new.is_finite() && fit.draw_model(&mut Pcg64Mcg::seed_from_u64(1)).is_some());
        }
    }
}

#[test]
fn columns_that_say_the_same_are_told_without_a_prior() {
    let twice: Vec<(History, Vec<f64>)> =
        customers(ModelKind::BgNbd, 300, 4).into_iter().map(|(history, z)| (history, vec![z[0], 1.0 - z[0]])).collect();
    let data = data(&twice);
    assert!(fitted(ModelKind::BgNbd, &data).covariance.is_some());
    let fit = fit_with_covariates(ModelKind::BgNbd, &data, &no_prior()).unwrap();
    assert!(fit.covariance.is_none() && fit.convergence.state != ConvergenceState::Converged);
    assert!(fit.draw_model(&mut Pcg64Mcg::seed_from_u64(1)).is_none());
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let of = |customers: Vec<(History, Vec<f64>)>| {
        let data = CovariateHistories::compress(&["z"], customers).unwrap();
        fit_with_covariates(ModelKind::BgNbd, &data, &CovariateOptions::default()).unwrap_err()
    };
    let history = |repeats| History::new(repeats, 30 * repeats.min(1), 90).unwrap();
    assert_eq!(of(vec![]), CovariateError::Fit(FitError::NoCustomers));
    let once = of(vec![(history(0), vec![1.0]), (history(0), vec![2.0])]);
    assert!(matches!(once, CovariateError::Fit(FitError::NoRepeatPurchases { .. })));
    let constant = of(vec![(history(1), vec![3.0]), (history(0), vec![3.0])]);
    assert_eq!(constant, CovariateError::ConstantColumn("z".into()));
    let bad = CovariateOptions { coefficient_deviation: Some(0.0), ..CovariateOptions::default() };
    let data = data(&customers(ModelKind::BgNbd, 10, 1));
    assert_eq!(fit_with_covariates(ModelKind::BgNbd, &data, &bad).unwrap_err(), CovariateError::BadDeviation(0.0));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let data = data(&customers(ModelKind::BgNbd, 300, 2));
    let by = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fitted(ModelKind::BgNbd, &data).covariance)
    };
    assert_eq!(by(1), by(3));
}
