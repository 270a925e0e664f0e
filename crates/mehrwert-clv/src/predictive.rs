//! The distribution of how often a customer buys, given its history.
//!
//! Given alive, what the history tells of a customer updates the parameters: its rate is gamma-distributed with r + x
//! and alpha + T, and its dropout with s and beta + T (Pareto/NBD), or with a and b + the times it stayed (BG/NBD and
//! MBG/NBD, for which leaving is again possible after the next purchase only). So purchases to come are those of a new
//! customer under updated parameters (Fader & Hardie 2005, note on the Pareto/NBD), and none of one who left.
//!
//! All counts are found together: purchases up to a time, if nobody leaves, are negative binomial, whose probabilities
//! follow from one another; the Pareto/NBD mixes them over the time of leaving, at the nodes of a quadrature.

use crate::model::{ModelKind, PurchaseModel};
use crate::negative_binomial::log_probability;
use crate::special::ln_gamma;
use crate::{Days, History, quadrature};

/// Counts are followed until no more than this is left beyond them.
const REST: f64 = 1e-7;
/// Counts beyond these are left out, whatever remains.
const MOST_COUNTS: usize = 100_000;
/// A longer horizon counts as this long: ten thousand years.
const LONGEST_DAYS: f64 = 3_652_500.0;

/// The probabilities of 0, 1, 2 and more purchases.
///
/// ```
/// use mehrwert_clv::{Days, History, ModelKind, PurchaseDistribution, TimeUnit, model_with};
/// let model = model_with(ModelKind::ParetoNbd, [0.55, 10.6, 0.61, 11.7], TimeUnit::Week)?;
/// let (history, year) = (History::new(3, 150, 200)?, Days::new(365.0));
/// let purchases = PurchaseDistribution::of(model.as_ref(), &history, year);
/// assert!((purchases.mean() - model.expected_purchases(&history, year)).abs() < 1e-4);
/// assert!(purchases.probability(0) > 1.0 - model.probability_alive(&history));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PurchaseDistribution {
    probabilities: Vec<f64>,
}

impl PurchaseDistribution {
    /// The purchases of the customer of this history within `over`, exact given the parameters. Counts are followed until
    /// one in ten million is left beyond them (and to 100,000 at most); a horizon of more than ten thousand years counts
    /// as that.
    pub fn of(model: &dyn PurchaseModel, history: &History, over: Days) -> PurchaseDistribution {
        let alive = model.probability_alive(history);
        let given_alive = Living::new(model, over).counts(history.repeats(), history.age(), 0);
        let mut probabilities: Vec<f64> = given_alive.into_iter().map(|probability| alive * probability).collect();
        if let Some(none) = probabilities.first_mut() {
            *none += 1.0 - alive;
        }
        PurchaseDistribution { probabilities }
    }

    /// The Poisson distribution of this mean; a mean below zero, or none, counts as zero.
    pub fn poisson(mean: f64) -> PurchaseDistribution {
        PurchaseDistribution { probabilities: poisson_counts(mean.max(0.0), 0) }
    }

    /// The probability of exactly so many purchases; zero beyond the counts followed.
    pub fn probability(&self, count: u32) -> f64 {
        self.probabilities.get(count as usize).copied().unwrap_or(0.0)
    }

    /// The probabilities of 0, 1, 2 ... purchases, as far as they were followed.
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// The mean of the counts followed.
    pub fn mean(&self) -> f64 {
        self.probabilities.iter().enumerate().map(|(count, probability)| count as f64 * probability).sum()
    }
}

/// A model and a horizon, ready to tell the purchases of living customers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Living {
    kind: ModelKind,
    parameters: [f64; 4],
    unit_days: f64,
    over: f64,
}

impl Living {
    pub fn new(model: &dyn PurchaseModel, over: Days) -> Living {
        let mut parameters = [1.0; 4];
        for (place, (_, value)) in parameters.iter_mut().zip(model.parameters()) {
            *place = value;
        }
        let unit = model.time_unit();
        let over = unit.count(Days::new(over.days().min(LONGEST_DAYS)));
        Living { kind: model.kind(), parameters, unit_days: unit.in_days(), over }
    }

    /// Probabilities of 0, 1, 2 ... purchases of a living customer: at least up to `least` (within the bound of all
    /// counts), and until little is left.
    pub fn counts(&self, repeats: u32, age: u32, least: u32) -> Vec<f64> {
        let [r, alpha, leave, stay] = self.parameters;
        let age = f64::from(age) / self.unit_days;
        let (shape, scale) = (r + f64::from(repeats), alpha + age);
        if self.over <= 0.0 {
            return vec![1.0];
        }
        match self.kind {
            ModelKind::ParetoNbd => {
                let leaving = Leaving { s: leave, beta: stay + age };
                mixed_counts(shape, scale, &leaving.streams(shape, scale, self.over), self.over, least)
            }
            kind => {
                let stays = repeats.saturating_add(u32::from(kind == ModelKind::MbgNbd));
                let whole = vec![Stream::new(shape, scale, self.over, 1.0)];
                let unbounded = mixed_counts(shape, scale, &whole, self.over, least);
                stopped(unbounded, leave, stay + f64::from(stays))
            }
        }
    }
}

/// Purchases of customers who may leave after each with a beta-distributed probability: from those they would make.
fn stopped(mut counts: Vec<f64>, a: f64, b: f64) -> Vec<f64> {
    let mut stayed = vec![1.0; counts.len()];
    for k in 1..counts.len() {
        let before = b + (k - 1) as f64;
        stayed[k] = stayed[k - 1] * before / (a + before);
    }
    // From above, so that the small probabilities of many purchases keep their digits.
    let mut at_least = (1.0 - counts.iter().sum::<f64>()).max(0.0);
    for k in (1..counts.len()).rev() {
        at_least += counts[k];
        let left_here = stayed[k - 1] * a / (a + b + (k - 1) as f64);
        counts[k] = stayed[k] * counts[k] + left_here * at_least;
    }
    counts
}

/// Exponential lifetimes of gamma-distributed rate, of a living customer.
struct Leaving {
    s: f64,
    beta: f64,
}

impl Leaving {
    /// Times of leaving with their weights: nodes of panels on which neither the density nor the probability of any count
    /// changes too fast for the rule, and the end of the horizon for those who stay.
    fn streams(&self, shape: f64, scale: f64, over: f64) -> Vec<Stream> {
        const GONE: f64 = 1e-13;
        let Leaving { s, beta } = *self;
        let survival = |time: f64| (-s * (time / beta).ln_1p()).exp();
        let mut streams = Vec::new();
        let mut start = 0.0;
        while start < over && survival(start) > GONE {
            // The time at which a count is likeliest has this deviation there.
            let deviation = ((start + scale / shape) * ((scale + start) / shape)).sqrt();
            let smooth = f64::min(2.0 * (scale + start), 6.0 * deviation);
            let steady = (beta + start) * f64::min(2.0, 10.0 / (s + 1.0));
            let width = smooth.min(steady).min(over - start);
            quadrature::each_node(start, width, |time, weight| {
                streams.push(Stream::new(shape, scale, time, weight * s / (beta + time) * survival(time)));
            });
            // Too short to move on: the rest is beyond the digits.
            if start + width <= start {
                break;
            }
            start += width;
        }
        streams.push(Stream::new(shape, scale, over, survival(over)));
        streams.sort_by_key(|stream| stream.start);
        streams
    }
}

/// The negative binomial probabilities of one time, one after the other.
#[derive(Debug, Clone, Copy)]
struct Stream {
    /// Counts below this have no probability to speak of.
    start: u32,
    /// Weight times probability of the current count.
    value: f64,
    ratio: f64,
}

impl Stream {
    fn new(shape: f64, scale: f64, time: f64, weight: f64) -> Stream {
        let ratio = time / (scale + time);
        let log_none = -shape * (time / scale).ln_1p();
        if log_none > -500.0 {
            return Stream { start: 0, value: weight * log_none.exp(), ratio };
        }
        // None at all is below the smallest number: start on the lower slope, where a number can hold the probability.
        let mean = shape * time / scale;
        let deviation = (mean * (1.0 + time / scale)).sqrt();
        let mut start = (mean - 12.0 * deviation).max(0.0);
        while log_probability(shape, scale, start as u32, time) < -500.0 && start < mean {
            start += deviation;
        }
        Stream { start: start as u32, value: weight * log_probability(shape, scale, start as u32, time).exp(), ratio }
    }
}

/// Probabilities of 0, 1, 2 ... of a mixture of negative binomials of one shape; streams by their start.
fn mixed_counts(shape: f64, scale: f64, streams: &[Stream], over: f64, least: u32) -> Vec<f64> {
    let mean = shape * over / scale;
    let spread = 1.0 + over / scale;
    // Beyond this nothing is left, should rounding of the sum hide it.
    let bound = mean + 40.0 * spread + 12.0 * (mean * spread).sqrt();
    let bound = (bound.min(MOST_COUNTS as f64) as usize).max((least as usize).min(MOST_COUNTS));
    let mut streams = streams.to_vec();
    let mut active = 0;
    let mut counts = Vec::new();
    let mut cumulated = 0.0;
    for count in 0..=bound {
        while streams.get(active).is_some_and(|stream| stream.start as usize <= count) {
            active += 1;
        }
        let growth = (shape + count as f64) / (count as f64 + 1.0);
        let mut probability = 0.0;
        for stream in &mut streams[..active] {
            probability += stream.value;
            stream.value *= growth * stream.ratio;
        }
        counts.push(probability);
        cumulated += probability;
        if count >= least as usize && cumulated >= 1.0 - REST {
            break;
        }
    }
    counts
}

/// Poisson probabilities of 0, 1, 2 ...: at least up to `least`, and until little is left.
pub(crate) fn poisson_counts(mean: f64, least: u32) -> Vec<f64> {
    let bound = ((mean + 40.0 + 12.0 * mean.sqrt()).min(MOST_COUNTS as f64) as u32).max(least);
    let mut counts = Vec::new();
    let mut cumulated = 0.0;
    for count in 0..=bound.min(MOST_COUNTS as u32) {
        let log_ways =
            if count == 0 { 0.0 } else { f64::from(count) * mean.ln() - ln_gamma(f64::from(count) + 1.0).value };
        let probability = (log_ways - mean).exp();
        counts.push(probability);
        cumulated += probability;
        if count >= least && cumulated >= 1.0 - REST {
            break;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;
    use crate::{TimeUnit, model_with};

    fn model(kind: ModelKind, parameters: [f64; 4]) -> Box<dyn PurchaseModel> {
        model_with(kind, parameters, TimeUnit::Week).unwrap()
    }

    /// A new customer is the one whose distribution is known another way.
    #[test]
    fn a_new_customer_has_the_unconditional_distribution() {
        for kind in ModelKind::ALL {
            for parameters in
                [[0.55, 10.6, 0.6, 11.7], [0.02, 0.3, 5.0, 90.0], [40.0, 9.0, 0.05, 0.4], [300.0, 2.0, 3.0, 50.0]]
            {
                for weeks in [0.3, 52.0, 150.0] {
                    let model = model(kind, parameters);
                    let over = Days::from_weeks(weeks);
                    let living = Living::new(model.as_ref(), over).counts(0, 0, 0);
                    for (count, &found) in living.iter().enumerate().step_by(1 + living.len() / 50) {
                        // In the MBG/NBD a newborn customer may leave at the first purchase; a living one has not.
                        let updated = match kind {
                            ModelKind::MbgNbd => self::model(ModelKind::BgNbd, {
                                let [r, alpha, a, b] = parameters;
                                [r, alpha, a, b + 1.0]
                            }),
                            _ => self::model(kind, parameters),
                        };
                        let expected = updated.probability_of_purchases(count as u32, over);
                        let error = (found - expected).abs();
                        assert!(
                            error < 1e-10 * (1.0 + expected),
                            "{kind} {parameters:?} {weeks} {count}: {found} {expected}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn simulated_futures_follow_it() {
        let mut rng = Pcg64Mcg::seed_from_u64(5);
        let (history, over) = (History::new(4, 150, 180).unwrap(), Days::new(300.0));
        for kind in ModelKind::ALL {
            let model = model(kind, [0.8, 8.0, 0.7, 6.0]);
            let drawn = model.simulate_purchases(&history, over, &[1.0; 100_000], &mut rng);
            let distribution = PurchaseDistribution::of(model.as_ref(), &history, over);
            for count in 0..15 {
                let share = drawn.iter().filter(|&&one| one == count).count() as f64 / 100_000.0;
                let expected = distribution.probability(count);
                let error = (expected * (1.0 - expected) / 100_000.0).sqrt();
                assert!((share - expected).abs() < 4.5 * error, "{kind} {count}: {share} {expected}");
            }
        }
    }

    proptest! {
        #[test]
        fn it_sums_to_one_and_has_the_expected_mean(
            logs in prop::array::uniform4(-2.5f64..3.0), repeats in 0u32..200, gap in 1u32..300, weeks in 1.0f64..200.0,
        ) {
            for kind in ModelKind::ALL {
                let model = model(kind, logs.map(f64::exp));
                let recency = if repeats == 0 { 0 } else { 3 * repeats };
                let history = History::new(repeats, recency, recency + gap).unwrap();
                let over = Days::from_weeks(weeks);
                let distribution = PurchaseDistribution::of(model.as_ref(), &history, over);
                let sum: f64 = distribution.probabilities().iter().sum();
                prop_assert!((sum - 1.0).abs() < 2e-7, "{} {}", kind, sum);
                let expected = model.expected_purchases(&history, over);
                // What lies beyond the counts followed is little, but can be far out.
                let far = distribution.probabilities().len() as f64;
                prop_assert!((distribution.mean() - expected).abs() < 1e-6 * far.max(expected), "{} {} {}", kind, distribution.mean(), expected);
            }
        }
    }

    #[test]
    fn extremes_have_an_answer() {
        for kind in ModelKind::ALL {
            for parameters in [[1e-8, 1e-10, 1e-8, 1e-10], [1e6, 1e6, 1e6, 1e6], [1e6, 1.0, 1e-8, 1e6]] {
                let model = model(kind, parameters);
                for over in [Days::ZERO, Days::new(400.0), Days::FOREVER] {
                    let found = PurchaseDistribution::of(model.as_ref(), &History::new(3, 40, 50).unwrap(), over);
                    let sane = |probability: &f64| (0.0..=1.0 + 1e-9).contains(probability);
                    assert!(found.probabilities().iter().all(sane), "{kind} {parameters:?} {over:?}");
                }
            }
        }
        assert_eq!(PurchaseDistribution::poisson(f64::NAN).probability(0), 1.0);
        let many = PurchaseDistribution::poisson(900.0);
        assert!((many.mean() - 900.0).abs() < 1e-3);
    }
}
