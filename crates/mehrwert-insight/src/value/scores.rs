//! One row a customer: what came so far and what is expected.

use mehrwert_clv::DiscountRate;
use mehrwert_clv::posterior::IntervalError;
use mehrwert_clv::spend::SpendFit;
use mehrwert_facts::orders::Names;
use rayon::prelude::*;

use super::forecaster::Forecaster;
use super::histories::CustomerHistories;
use super::result::{CustomerScores, Range, SpendReport};

/// Scores every customer over so many days; `margin` turns expected revenue into value.
pub(super) fn score_customers(
    forecaster: &Forecaster,
    histories: &CustomerHistories,
    names: &Names,
    days: u32,
    rate: DiscountRate,
    margin: f64,
) -> Result<CustomerScores, IntervalError> {
    let scored = forecaster.scores(days, rate);
    let (orders, amounts) = forecaster.customer_ranges(histories, days)?;
    let of_row = |(row, &orders_range): (usize, &Range)| {
        let score = forecaster.score_of(&scored, row);
        // What discounting takes off, on average over when the purchases are expected.
        let expected = score.expected_purchases;
        let discount = if expected > 0.0 { score.discounted_purchases / expected } else { 1.0 };
        let range = amounts.get(row).copied().unwrap_or(orders_range).times(discount * margin);
        let value = score.discounted_purchases * forecaster.expected_spend(histories, row) * margin;
        let alive = forecaster.tells_alive(row).then_some(score.probability_alive);
        (alive, expected, value, range)
    };
    let found: Vec<(Option<f64>, f64, f64, Range)> = orders.par_iter().enumerate().map(of_row).collect();
    let mut scores = CustomerScores::with_capacity(found.len());
    for (row, (alive, expected, value, range)) in found.into_iter().enumerate() {
        scores.customer.push(names.get(histories.customers[row]).unwrap_or_default().to_owned());
        scores.orders.push(histories.purchases[row]);
        scores.revenue.push(histories.revenue[row]);
        scores.first_order.push(histories.first_day[row]);
        scores.last_order.push(histories.last_day[row]);
        scores.probability_alive.push(alive);
        scores.expected_orders.push(expected);
        scores.value.push(value);
        scores.value_range.push(range);
    }
    scores.expected_orders_range = orders;
    Ok(scores)
}

/// The fitted spend model, with the correlation that it assumes to be near zero.
pub(super) fn spend_report(spend: &SpendFit, histories: &CustomerHistories) -> SpendReport {
    SpendReport {
        p: spend.parameters[0].value,
        q: spend.parameters[1].value,
        v: spend.parameters[2].value,
        log_likelihood: spend.log_likelihood,
        customers: spend.customers as u64,
        correlation: spend_correlation(histories),
    }
}

/// Pearson correlation of repeat purchases and their mean amount among repeat customers; zero where it is not defined.
pub(super) fn spend_correlation(histories: &CustomerHistories) -> f64 {
    let pairs = || {
        (0..histories.customers.len())
            .filter(|&row| histories.purchases[row] > 1)
            .map(|row| (f64::from(histories.purchases[row] - 1), histories.repeat_mean[row]))
    };
    let count = pairs().count() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let mean_of = |part: fn((f64, f64)) -> f64| pairs().map(part).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean_of(|pair| pair.0), mean_of(|pair| pair.1));
    let mut covariance = 0.0;
    let mut variance_x = 0.0;
    let mut variance_y = 0.0;
    for (x, y) in pairs() {
        covariance += (x - mean_x) * (y - mean_y);
        variance_x += (x - mean_x).powi(2);
        variance_y += (y - mean_y).powi(2);
    }
    if variance_x > 0.0 && variance_y > 0.0 { covariance / (variance_x * variance_y).sqrt() } else { 0.0 }
}

impl CustomerScores {
    fn with_capacity(rows: usize) -> CustomerScores {
        CustomerScores {
            customer: Vec::with_capacity(rows),
            orders: Vec::with_capacity(rows),
            revenue: Vec::with_capacity(rows),
            first_order: Vec::with_capacity(rows),
            last_order: Vec::with_capacity(rows),
            probability_alive: Vec::with_capacity(rows),
            expected_orders: Vec::with_capacity(rows),
            expected_orders_range: Vec::new(),
            value: Vec::with_capacity(rows),
            value_range: Vec::with_capacity(rows),
            from_acquisition: Vec::new(),
            group: Vec::new(),
        }
    }
}
