//! The values published for, or reproduced on, the CDNOW data.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod common;

use common::{close, customers, fitted, full, histories, sample, weeks};
use mehrwert_clv::{
    ConvergenceState, Days, DiscountRate, Fit, Histories, History, ModelKind, PurchaseModel, TimeUnit, model_with,
};

/// Parameters to the digits given, log-likelihood to a unit of its last digit.
#[track_caller]
fn check_fit(fit: &Fit, parameters: [(f64, f64); 4], log_likelihood: f64, digit: f64) {
    assert_eq!(fit.convergence.state, ConvergenceState::Converged);
    for (found, (expected, tolerance)) in fit.parameters.iter().zip(parameters) {
        close(found.value, expected, tolerance);
    }
    close(fit.log_likelihood, log_likelihood, digit);
    assert!(fit.convergence.gradient_norm < 1e-3 && fit.convergence.hessian_condition < 1e6);
}

const FIVE: f64 = 6e-6;

#[test]
fn bg_nbd_on_the_sample() {
    let fit = fitted(ModelKind::BgNbd, &histories(&customers(&sample())));
    check_fit(&fit, [(0.24259, FIVE), (4.41360, FIVE), (0.79292, FIVE), (2.42589, 2e-5)], -9582.4292, 6e-5);
    assert_eq!(fit.customers, 2357.0);
}

#[test]
fn pareto_nbd_on_the_sample() {
    let fit = fitted(ModelKind::ParetoNbd, &histories(&customers(&sample())));
    check_fit(&fit, [(0.55328, FIVE), (10.5777, 6e-5), (0.60624, FIVE), (11.6687, 6e-5)], -9594.9762, 6e-5);
    // The published errors come from a numerical Hessian; ours is exact.
    for (parameter, error) in fit.parameters.iter().zip([0.0476, 0.8427, 0.1873, 6.2105]) {
        let found = parameter.standard_error.expect("a standard error");
        close(found, error, 5e-5 + 1e-4 * error);
    }
}

#[test]
fn mbg_nbd_on_the_sample() {
    let fit = fitted(ModelKind::MbgNbd, &histories(&customers(&sample())));
    check_fit(&fit, [(0.52484, FIVE), (6.18309, FIVE), (0.89136, FIVE), (1.61400, FIVE)], -9582.1357, 6e-5);
}

#[test]
fn all_models_on_the_full_data() {
    let histories = histories(&customers(&full()));
    assert_eq!((histories.customers(), histories.distinct().len()), (23_570.0, 8_685));
    let bg = fitted(ModelKind::BgNbd, &histories);
    check_fit(&bg, [(0.25162, FIVE), (4.78894, FIVE), (0.72343, FIVE), (2.16109, FIVE)], -95368.444, 6e-4);
    let pareto = fitted(ModelKind::ParetoNbd, &histories);
    check_fit(&pareto, [(0.59742, FIVE), (11.5857, 6e-5), (0.52219, FIVE), (8.8278, 6e-5)], -95415.119, 6e-4);
    let mbg = fitted(ModelKind::MbgNbd, &histories);
    check_fit(&mbg, [(0.63714, FIVE), (7.31029, FIVE), (0.80747, FIVE), (1.22839, FIVE)], -95336.958, 6e-4);
}

/// Purchases at no charge are purchases: leaving the 80 rows without amount out changes the fit.
#[test]
fn bg_nbd_on_the_full_data_without_amounts_of_zero() {
    let mut purchases = full();
    assert_eq!(purchases.len(), 69_659);
    purchases.retain(|purchase| purchase.amount > 0.0);
    assert_eq!(purchases.len(), 69_659 - 80);
    let fit = fitted(ModelKind::BgNbd, &histories(&customers(&purchases)));
    close(fit.log_likelihood, -95320.395, 6e-4);
}

/// The points of the papers have ages of hundredths of a week. Histories are whole days, but models know no absolute
/// time: with a hundredth of a week in the place of a day everything is exact.
fn in_hundredths(model: &dyn PurchaseModel) -> Box<dyn PurchaseModel> {
    let mut parameters = model.parameters().into_iter().map(|(name, value)| match name {
        "alpha" | "beta" => 100.0 * value,
        _ => value,
    });
    let parameters = std::array::from_fn(|_| parameters.next().expect("four parameters"));
    model_with(model.kind(), parameters, TimeUnit::Day).expect("possible parameters")
}

#[test]
fn bg_nbd_points() {
    let fit = fitted(ModelKind::BgNbd, &histories(&customers(&sample())));
    let model = &fit.model;
    let paper =
        model_with(ModelKind::BgNbd, [0.243, 4.414, 0.793, 2.426], TimeUnit::Week).expect("possible parameters");
    let in_hundredths = in_hundredths(paper.as_ref());
    let two_repeats = History::new(2, 3043, 3886).expect("a possible history");
    close(in_hundredths.expected_purchases(&two_repeats, Days::new(3900.0)), 1.226028, 6e-7);
    close(in_hundredths.probability_alive(&two_repeats), 0.726579, 6e-7);
    close(paper.probability_of_purchases(0, weeks(39.0)), 0.5737864, 6e-7);
    // The last is published as 1.8576, which is what 150 terms of the hypergeometric series come to; the sum is 1.8580.
    let expected = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8580];
    for (time, expected) in [1.0 / 7.0, 1.0, 3.0, 31.857, 32.0, 78.0].into_iter().zip(expected) {
        close(model.expected_purchases(&History::NEWBORN, weeks(time)), expected, 6e-5);
    }
    close(model.expected_purchases(&History::NEWBORN, weeks(52.0)), 1.444012, 6e-6);
    let once = History::new(0, 0, 272).expect("a possible history");
    assert_eq!(model.probability_alive(&once), 1.0);
    assert!(!model.probability_alive_is_informative(&once) && model.probability_alive_is_informative(&two_repeats));
}

#[test]
fn pareto_nbd_points() {
    let customers = customers(&sample());
    let fit = fitted(ModelKind::ParetoNbd, &histories(&customers));
    close(fit.model.expected_purchases(&History::NEWBORN, weeks(52.0)), 1.473434, 6e-7);
    let customer = customers.iter().find(|customer| customer.id == "1516").expect("customer 1516");
    assert_eq!((customer.history.repeats(), customer.history.recency(), customer.history.age()), (26, 216, 217));
    close(fit.model.probability_alive(&customer.history), 0.997874, 1.1e-6);
    // Known for recency and age rounded to hundredths of a week.
    let rounded = History::new(26, 3086, 3100).expect("a possible history");
    close(in_hundredths(fit.model.as_ref()).expected_purchases(&rounded, Days::new(5200.0)), 25.456, 6e-4);
}

fn pareto(parameters: [f64; 4]) -> Box<dyn PurchaseModel> {
    model_with(ModelKind::ParetoNbd, parameters, TimeUnit::Week).expect("possible parameters")
}

/// The discounted expected residual transactions of Fader, Hardie & Lee (2005) at 77.86 weeks, 0.27 % a week.
#[test]
fn pareto_nbd_discounted_for_ever() {
    let model = in_hundredths(pareto([0.5629966, 12.5590370, 0.4081095, 10.5148048]).as_ref());
    let rate = DiscountRate::continuous_per_week(0.0027 * 7.0 / 100.0);
    let dert = |repeats, recency| {
        let history = History::new(repeats, recency, 7786).expect("a possible history");
        model.discounted_purchases(&history, Days::FOREVER, rate)
    };
    close(dert(7, 3500), 1.8641833, 6e-8);
    let published =
        [2.199155, 2.843534, 2.867128, 2.445410, 1.840502, 1.262416, 0.809618, 0.494804, 0.292025, 0.167928];
    for (repeats, published) in (1..).zip(published) {
        close(dert(repeats, 3000), published, 6e-7);
    }
}

/// Where the papers' difference of hypergeometric functions has lost all its digits.
#[test]
fn pareto_nbd_is_stable_at_many_repeats() {
    let model = pareto([0.55, 10.58, 0.61, 11.67]);
    for (repeats, expected) in [(132, 6.20605179), (133, 6.25287225)] {
        let history = History::new(repeats, 1400, 1400).expect("a possible history");
        close(model.expected_purchases(&history, weeks(10.0)), expected, 6e-9);
    }
}

/// Weights are repetition, and the number of threads changes nothing.
#[test]
fn a_fit_is_reproducible() {
    let histories: Histories = histories(&customers(&sample()));
    let one = rayon_free(1, || fitted(ModelKind::ParetoNbd, &histories));
    let two = rayon_free(2, || fitted(ModelKind::ParetoNbd, &histories));
    assert_eq!(one.parameters, two.parameters);
    assert_eq!(one.log_likelihood.to_bits(), two.log_likelihood.to_bits());
}

fn rayon_free<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads").install(work)
}
