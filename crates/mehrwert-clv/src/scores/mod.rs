//! Proper scores of forecasts: how well a forecast's whole distribution met what happened, customer by customer.
//!
//! A score is proper if nobody does better by forecasting something other than what they believe (Gneiting & Raftery
//! 2007). The absolute error is not: half of a shop's customers never come back, so it rewards forecasting zero. Here,
//! and smaller is better in all:
//! - the **log score**, minus the logarithm of the probability given to what happened;
//! - the **CRPS**, the continuous ranked probability score for counts (Czado, Gneiting & Held 2009):
//!   `sum over k from 0 of (F(k) - [actual <= k])^2`, in purchases; for a forecast without spread, the absolute error.
//!
//! The probability integral transform, randomised because purchases are counts, is uniform where the forecasts are right.
//!
//! ```
//! use mehrwert_clv::scores::{Scores, score_model, score_poisson};
//! use mehrwert_clv::{Days, History, ModelKind, TimeUnit, model_with};
//! let model = model_with(ModelKind::ParetoNbd, [0.55, 10.6, 0.61, 11.7], TimeUnit::Week)?;
//! let histories = [History::new(3, 150, 200)?, History::new(0, 0, 200)?];
//! let (purchases, uniforms) = ([2, 0], [0.3, 0.8]);
//! let by_model = score_model(model.as_ref(), &histories, &purchases, Days::new(100.0), &uniforms);
//! let by_guess = score_poisson(&[1.0, 1.0], &purchases, &uniforms);
//! let [model, guess] = [by_model, by_guess].map(|scores| Scores::of(&scores, &purchases));
//! assert!(model.log_score < guess.log_score && model.crps < guess.crps);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod baseline;
mod summary;

pub use baseline::Baseline;
pub use summary::{Calibration, Scores};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::predictive::{Living, poisson_counts};
use crate::{Days, DiscountRate, History, PurchaseModel};

/// Probabilities below this count as this: what one impossible customer costs must not outweigh all others.
const LEAST_PROBABILITY: f64 = 1e-12;

/// How well the forecast for one customer met what the customer did.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct CustomerScore {
    /// Expected purchases.
    pub expected: f64,
    /// The variance forecast.
    pub variance: f64,
    /// Minus the logarithm of the probability given to what happened; probabilities below 1e-12 count as that.
    pub log_score: f64,
    /// The continuous ranked probability score, in purchases. Sums stop where one in ten million is left beyond, which
    /// leaves out less than that times the purchases expected beyond.
    pub crps: f64,
    /// The randomised probability integral transform, between 0 and 1.
    pub pit: f64,
}

/// Scores a model's forecasts of how often customers buy within `over`: histories, the purchases that came, and a uniform
/// random number between 0 and 1 for each customer, all in one order (the shortest decides). The parameters are taken as
/// given.
pub fn score_model(
    model: &dyn PurchaseModel,
    histories: &[History],
    purchases: &[u32],
    over: Days,
    uniforms: &[f64],
) -> Vec<CustomerScore> {
    let count = histories.len().min(purchases.len()).min(uniforms.len());
    // Living customers of equal repeats and age have one distribution; in this order they stand together.
    let mut order: Vec<u32> = (0..count as u32).collect();
    order.par_sort_unstable_by_key(|&at| (histories[at as usize], purchases[at as usize], at));
    let sorted: Vec<History> = order.iter().map(|&at| histories[at as usize]).collect();
    let alive = model.score(&sorted, over, DiscountRate::NONE);
    let living = Living::new(model, over);
    let places: Vec<usize> = (0..count).collect();
    let alike = |one: &usize, other: &usize| {
        (sorted[*one].repeats(), sorted[*one].age()) == (sorted[*other].repeats(), sorted[*other].age())
    };
    let groups: Vec<&[usize]> = places.chunk_by(alike).collect();
    let scored: Vec<CustomerScore> = groups
        .into_par_iter()
        .flat_map_iter(|group| {
            let most = group.iter().map(|&place| purchases[order[place] as usize]).max().unwrap_or(0);
            let history = sorted[group[0]];
            let counts = Counts::new(living.counts(history.repeats(), history.age(), most));
            let (order, alive) = (&order, &alive);
            group.iter().map(move |&place| {
                let customer = order[place] as usize;
                counts.score(alive[place].probability_alive, purchases[customer], uniforms[customer])
            })
        })
        .collect();
    in_order(&order, scored)
}

/// Scores forecasts that are Poisson distributions of these means, such as the naive ones; otherwise as [`score_model`].
/// A mean below [`LEAST_MEAN`] is scored with that as its distribution, and expects what it says.
pub fn score_poisson(means: &[f64], purchases: &[u32], uniforms: &[f64]) -> Vec<CustomerScore> {
    let count = means.len().min(purchases.len()).min(uniforms.len());
    let mut order: Vec<u32> = (0..count as u32).collect();
    order.par_sort_unstable_by(|&one, &other| {
        let [one, other] = [one, other].map(|at| at as usize);
        means[one].total_cmp(&means[other]).then(purchases[one].cmp(&purchases[other])).then(one.cmp(&other))
    });
    let alike = |one: &u32, other: &u32| means[*one as usize] == means[*other as usize];
    let groups: Vec<&[u32]> = order.chunk_by(alike).collect();
    let scored: Vec<CustomerScore> = groups
        .into_par_iter()
        .flat_map_iter(|group| {
            let most = group.iter().map(|&at| purchases[at as usize]).max().unwrap_or(0);
            let mean = means[group[0] as usize];
            let counts = Counts::new(poisson_counts(mean.max(LEAST_MEAN), most));
            group.iter().map(move |&at| {
                let score = counts.score(1.0, purchases[at as usize], uniforms[at as usize]);
                CustomerScore { expected: if mean > 0.0 { mean } else { 0.0 }, ..score }
            })
        })
        .collect();
    in_order(&order, scored)
}

/// The least mean of a Poisson distribution that is scored: even a forecast of nobody buying allows one purchase of a
/// hundred customers.
pub const LEAST_MEAN: f64 = 0.01;

fn in_order(order: &[u32], sorted: Vec<CustomerScore>) -> Vec<CustomerScore> {
    let mut scores = vec![CustomerScore::default(); sorted.len()];
    for (&at, score) in order.iter().zip(sorted) {
        scores[at as usize] = score;
    }
    scores
}

/// A distribution of counts given alive, with the sums that all scores are made of.
struct Counts {
    probabilities: Vec<f64>,
    /// Sums of the probabilities of more than 0, 1, 2 ... purchases, from none of them on.
    exceeding: Vec<f64>,
    squared_exceeding: f64,
    /// `E[N^2]`.
    second: f64,
}

impl Counts {
    fn new(probabilities: Vec<f64>) -> Counts {
        let mut exceeding = Vec::with_capacity(probabilities.len() + 1);
        let (mut sum, mut squared_exceeding, mut second, mut more) = (0.0, 0.0, 0.0, 1.0);
        exceeding.push(sum);
        for (count, probability) in probabilities.iter().enumerate() {
            more = f64::max(more - probability, 0.0);
            sum += more;
            squared_exceeding += more * more;
            second += (2.0 * count as f64 + 1.0) * more;
            exceeding.push(sum);
        }
        Counts { probabilities, exceeding, squared_exceeding, second }
    }

    /// The score of a customer who is alive with this probability and bought so often. With G(k) the probability that a
    /// living customer buys more than k times, F(k) = 1 - alive G(k), and the CRPS is
    /// `alive^2 sum of G^2 + sum over k below actual of (1 - 2 alive G(k))`.
    fn score(&self, alive: f64, actual: u32, uniform: f64) -> CustomerScore {
        let at = (actual as usize).min(self.probabilities.len());
        let below = f64::from(actual);
        let gone = if actual == 0 { 1.0 - alive } else { 0.0 };
        let probability = alive * self.probabilities.get(actual as usize).copied().unwrap_or(0.0) + gone;
        let up_to = 1.0 - alive * (self.exceeding.get(at + 1).map_or(0.0, |next| next - self.exceeding[at]));
        let expected = alive * self.exceeding[self.exceeding.len() - 1];
        CustomerScore {
            expected,
            variance: (alive * self.second - expected * expected).max(0.0),
            log_score: -probability.clamp(LEAST_PROBABILITY, 1.0).ln(),
            crps: (alive * alive * self.squared_exceeding + below - 2.0 * alive * self.exceeding[at]).max(0.0),
            pit: (up_to - (1.0 - uniform) * probability).clamp(0.0, 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64Mcg;

    use super::*;
    use crate::{ModelKind, PurchaseDistribution, TimeUnit, model_with};

    /// Score by score from the definitions.
    #[test]
    fn the_sums_are_those_of_the_definitions() {
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        let over = Days::new(200.0);
        let histories: Vec<History> =
            (0..40u32).map(|i| History::new(i % 4, (i % 4) * 20, 100 + i % 5).unwrap()).collect();
        let purchases: Vec<u32> = (0..40).map(|i| [0, 3, 1, 90, 0, 7][i % 6]).collect();
        let uniforms: Vec<f64> = (0..40).map(|_| rng.random()).collect();
        for kind in ModelKind::ALL {
            let model = model_with(kind, [0.8, 8.0, 0.7, 6.0], TimeUnit::Week).unwrap();
            let found = score_model(model.as_ref(), &histories, &purchases, over, &uniforms);
            for (customer, score) in found.iter().enumerate() {
                let distribution = PurchaseDistribution::of(model.as_ref(), &histories[customer], over);
                let actual = purchases[customer];
                let (mut cdf, mut crps, mut pit) = (0.0, 0.0, 0.0);
                for count in 0..400 {
                    let probability = distribution.probability(count);
                    if count == actual {
                        pit = cdf + uniforms[customer] * probability;
                    }
                    cdf += probability;
                    crps += (cdf - if actual <= count { 1.0 } else { 0.0 }).powi(2);
                }
                let close = |one: f64, other: f64| (one - other).abs() < 2e-5;
                assert!(close(score.crps, crps), "{kind} {customer}: {} {crps}", score.crps);
                assert!(close(score.pit, pit), "{kind} {customer}: {} {pit}", score.pit);
                if actual < 90 {
                    assert!(close(score.log_score, -distribution.probability(actual).ln()));
                }
                let expected = model.expected_purchases(&histories[customer], over);
                assert!(close(score.expected, expected));
                let variance = model.purchase_moments(&histories[customer..=customer], over)[0].variance;
                assert!((score.variance / variance - 1.0).abs() < 1e-3, "{} {variance}", score.variance);
            }
        }
    }

    #[test]
    fn a_forecast_without_spread_has_its_absolute_error() {
        let scores = score_poisson(&[0.0, 0.0, f64::NAN], &[3, 0, 1], &[0.5; 3]);
        for (score, error) in scores.iter().zip([3.0, 0.0, 1.0]) {
            assert!((score.crps - error).abs() < 0.05 && score.expected == 0.0 && score.log_score.is_finite());
        }
        assert!(scores[0].log_score > scores[2].log_score && scores[2].log_score > scores[1].log_score);
    }

    /// Nothing beats the truth in a proper score, and its transform is uniform.
    #[test]
    fn the_truth_scores_best() {
        let mut rng = Pcg64Mcg::seed_from_u64(3);
        let truth = model_with(ModelKind::ParetoNbd, [0.7, 6.0, 0.6, 12.0], TimeUnit::Week).unwrap();
        let over = Days::new(200.0);
        let histories = vec![History::new(2, 60, 100).unwrap(); 20_000];
        let purchases = truth.simulate_purchases(&histories[0], over, &vec![1.0; 20_000], &mut rng);
        let uniforms: Vec<f64> = (0..20_000).map(|_| rng.random()).collect();
        let of = |parameters| {
            let model = model_with(ModelKind::ParetoNbd, parameters, TimeUnit::Week).unwrap();
            Scores::of(&score_model(model.as_ref(), &histories, &purchases, over, &uniforms), &purchases)
        };
        let best = of([0.7, 6.0, 0.6, 12.0]);
        for other in [[1.5, 6.0, 0.6, 12.0], [0.7, 12.0, 0.6, 12.0], [0.7, 6.0, 2.0, 12.0], [0.7, 6.0, 0.6, 90.0]] {
            let other = of(other);
            assert!(best.log_score < other.log_score && best.crps < other.crps);
        }
        assert!(best.pit.iter().all(|share| (share - 0.1).abs() < 0.01), "{:?}", best.pit);
        assert!(best.aggregate_error.unwrap().abs() < 0.03);
    }

    proptest! {
        /// Sorting and sharing distributions must not show: every customer has the score it has alone.
        #[test]
        fn a_score_does_not_depend_on_the_other_customers(
            customers in prop::collection::vec((0u32..4, 0u32..40, 0u32..6, 0.0f64..1.0), 1..30),
            logs in prop::array::uniform4(-1.5f64..2.5),
            days in 0.0f64..800.0,
        ) {
            let history = |repeats: u32, gap: u32| {
                let recency = repeats * 9;
                History::new(repeats, recency, recency + gap).unwrap()
            };
            let histories: Vec<History> = customers.iter().map(|one| history(one.0, one.1 / 10)).collect();
            let purchases: Vec<u32> = customers.iter().map(|one| one.2).collect();
            let uniforms: Vec<f64> = customers.iter().map(|one| one.3).collect();
            for kind in ModelKind::ALL {
                let model = model_with(kind, logs.map(f64::exp), TimeUnit::Week).unwrap();
                let over = Days::new(days);
                let together = score_model(model.as_ref(), &histories, &purchases, over, &uniforms);
                for (at, score) in together.iter().enumerate() {
                    let one = at..=at;
                    let (history, purchases, uniforms) =
                        (&histories[one.clone()], &purchases[one.clone()], &uniforms[one]);
                    let alone = score_model(model.as_ref(), history, purchases, over, uniforms)[0];
                    for (one, other) in [
                        (score.log_score, alone.log_score), (score.crps, alone.crps), (score.pit, alone.pit),
                        (score.expected, alone.expected), (score.variance, alone.variance),
                    ] {
                        // How far counts are followed differs, and with it what is left out.
                        prop_assert!((one - other).abs() < 1e-3 * (1.0 + other.abs()), "{} {:?} {:?}", kind, score, alone);
                    }
                    prop_assert!(score.log_score >= 0.0 && score.crps >= 0.0 && (0.0..=1.0).contains(&score.pit));
                }
            }
        }
    }
}
