//! Scores over all customers.

use serde::{Deserialize, Serialize};

use super::CustomerScore;

/// Parts that customers are cut into, and that the transform's histogram has.
const TENTHS: usize = 10;
/// Standard deviations from the middle to the ends of a 90 % interval.
const DEVIATIONS: f64 = 1.644_853_626_951_472_6;

/// Means over customers; smaller is better unless said.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Scores {
    /// The number of customers.
    pub customers: usize,
    /// Mean log score.
    pub log_score: f64,
    /// Mean continuous ranked probability score, in purchases.
    pub crps: f64,
    /// Mean absolute error of the expectation; rewards forecasting zero.
    pub mae: f64,
    /// Root of the mean squared error of the expectation.
    pub rmse: f64,
    /// Predicted over actual purchases of all, less one; `None` where nobody bought.
    pub aggregate_error: Option<f64>,
    /// Shares of the customers whose randomised transform lies in each tenth from 0 to 1: a tenth each if right.
    pub pit: [f64; TENTHS],
    /// Expected beside actual purchases, by tenths of the customers from the least to the most expected.
    pub calibration: Vec<Calibration>,
}

/// What a tenth of the customers was expected to do, and did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The number of customers.
    pub customers: usize,
    /// Purchases expected of them together.
    pub expected: f64,
    /// Lower end of the 90 % interval around what was expected, by the forecasts' own variances.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Their purchases.
    pub actual: u64,
}

impl Scores {
    /// Summarises the scores of customers and their purchases, in one order.
    pub fn of(scores: &[CustomerScore], purchases: &[u32]) -> Scores {
        let customers = scores.len().min(purchases.len());
        if customers == 0 {
            return Scores::default();
        }
        let mean = |of: &dyn Fn(&CustomerScore, f64) -> f64| {
            let pairs = scores.iter().zip(purchases);
            pairs.map(|(score, &actual)| of(score, f64::from(actual))).sum::<f64>() / customers as f64
        };
        let (expected, actual) = (mean(&|score, _| score.expected), mean(&|_, actual| actual));
        let mut pit = [0.0; TENTHS];
        for score in &scores[..customers] {
            pit[((score.pit * TENTHS as f64) as usize).min(TENTHS - 1)] += 1.0 / customers as f64;
        }
        Scores {
            customers,
            log_score: mean(&|score, _| score.log_score),
            crps: mean(&|score, _| score.crps),
            mae: mean(&|score, actual| (score.expected - actual).abs()),
            rmse: mean(&|score, actual| (score.expected - actual).powi(2)).sqrt(),
            aggregate_error: (actual > 0.0).then(|| expected / actual - 1.0),
            pit,
            calibration: calibration(&scores[..customers], purchases),
        }
    }
}

fn calibration(scores: &[CustomerScore], purchases: &[u32]) -> Vec<Calibration> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&one, &other| scores[one].expected.total_cmp(&scores[other].expected).then(one.cmp(&other)));
    let tenth = |part: usize| part * order.len() / TENTHS;
    let of = |members: &[usize]| {
        let expected: f64 = members.iter().map(|&at| scores[at].expected).sum();
        let deviation = members.iter().map(|&at| scores[at].variance).sum::<f64>().sqrt();
        Calibration {
            customers: members.len(),
            expected,
            low: (expected - DEVIATIONS * deviation).max(0.0),
            high: expected + DEVIATIONS * deviation,
            actual: members.iter().map(|&at| u64::from(purchases[at])).sum(),
        }
    };
    (0..TENTHS).map(|part| of(&order[tenth(part)..tenth(part + 1)])).filter(|tenth| tenth.customers > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_tenths_are_counted() {
        let scores: Vec<CustomerScore> = (0..25)
            .map(|i| CustomerScore {
                expected: f64::from(25 - i),
                variance: 4.0,
                log_score: 1.0,
                crps: 0.5,
                pit: f64::from(i) / 25.0,
            })
            .collect();
        let purchases: Vec<u32> = (0..25).map(|i| 26 - i).collect();
        let found = Scores::of(&scores, &purchases);
        assert_eq!((found.customers, found.log_score, found.crps, found.mae, found.rmse), (25, 1.0, 0.5, 1.0, 1.0));
        assert!((found.aggregate_error.unwrap() - (325.0 / 350.0 - 1.0)).abs() < 1e-12);
        assert!((found.pit.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert_eq!(found.calibration.iter().map(|tenth| tenth.customers).sum::<usize>(), 25);
        let first = found.calibration[0];
        assert_eq!((first.customers, first.expected, first.actual), (2, 3.0, 5));
        assert!((first.high - (3.0 + DEVIATIONS * 8f64.sqrt())).abs() < 1e-12 && first.low == 0.0);
        assert_eq!(Scores::of(&[], &purchases), Scores::default());
        assert_eq!(Scores::of(&scores, &[0; 25]).aggregate_error, None);
    }
}
