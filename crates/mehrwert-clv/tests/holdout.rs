//! Accuracy on purchases the models have not seen: 39 weeks in, 39 weeks out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod common;

use common::{Customer, close, customers, fitted, full, histories, sample, weeks};
use mehrwert_clv::{DiscountRate, ModelKind};

/// Mean absolute error, root of the mean squared error, relative error of the total.
fn errors(customers: &[Customer], predicted: &[f64]) -> [f64; 3] {
    let (mut absolute, mut squared, mut total, mut actual) = (0.0, 0.0, 0.0, 0.0);
    for (customer, predicted) in customers.iter().zip(predicted) {
        let later = f64::from(customer.later);
        absolute += (predicted - later).abs();
        squared += (predicted - later).powi(2);
        total += predicted;
        actual += later;
    }
    let count = customers.len() as f64;
    [absolute / count, (squared / count).sqrt(), total / actual - 1.0]
}

fn predictions(kind: ModelKind, customers: &[Customer]) -> Vec<f64> {
    let histories = histories(customers);
    let model = fitted(kind, &histories).model;
    let scores = model.score(histories.distinct(), weeks(39.0), DiscountRate::NONE);
    (0..customers.len())
        .map(|customer| scores[histories.distinct_of(customer).expect("a customer")].expected_purchases)
        .collect()
}

#[track_caller]
fn check(found: [f64; 3], mean_absolute: f64, root_squared: f64, percent: f64) {
    close(found[0], mean_absolute, 6e-5);
    close(found[1], root_squared, 6e-5);
    close(100.0 * found[2], percent, 1e-2);
}

#[test]
fn on_the_sample() {
    let customers = customers(&sample());
    assert_eq!(customers.iter().map(|customer| customer.later).sum::<u32>(), 1_882);
    check(errors(&customers, &vec![0.0; customers.len()]), 0.7985, 2.2064, -100.0);
    check(errors(&customers, &predictions(ModelKind::BgNbd, &customers)), 0.7855, 1.6080, -12.15);
    check(errors(&customers, &predictions(ModelKind::MbgNbd, &customers)), 0.7648, 1.6072, -16.22);
    check(errors(&customers, &predictions(ModelKind::ParetoNbd, &customers)), 0.7545, 1.6028, -11.51);
}

#[test]
fn on_the_full_data() {
    let customers = customers(&full());
    assert_eq!(customers.iter().map(|customer| customer.later).sum::<u32>(), 19_684);
    check(errors(&customers, &vec![0.0; customers.len()]), 0.8351, 2.4674, -100.0);
    check(errors(&customers, &predictions(ModelKind::BgNbd, &customers)), 0.8187, 1.7329, -14.28);
    check(errors(&customers, &predictions(ModelKind::MbgNbd, &customers)), 0.7945, 1.7396, -19.05);
    check(errors(&customers, &predictions(ModelKind::ParetoNbd, &customers)), 0.7938, 1.7262, -12.86);
}

/// MAE alone rewards predicting nothing; what counts is who will spend. The top tenth by the model holds more of the
/// later spend than the top tenth by what they bought so far.
#[test]
fn the_predicted_top_tenth_holds_most_of_the_later_spend() {
    let customers = customers(&full());
    let predicted = predictions(ModelKind::ParetoNbd, &customers);
    let own_rate: Vec<f64> = customers.iter().map(|customer| f64::from(customer.history.repeats())).collect();
    let (model, naive) = (top_tenth_share(&customers, &predicted), top_tenth_share(&customers, &own_rate));
    assert!(model > 0.49 && model > naive, "model {model}, own rate {naive}");
}

fn top_tenth_share(customers: &[Customer], predicted: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..customers.len()).collect();
    order.sort_by(|&one, &other| predicted[other].total_cmp(&predicted[one]));
    let spend = |customer: &usize| customers[*customer].later_amount;
    order[..customers.len() / 10].iter().map(spend).sum::<f64>() / order.iter().map(spend).sum::<f64>()
}
