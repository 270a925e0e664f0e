//! Intervals of every single customer at once, of purchases and of what they bring.
//!
//! Given that a customer is still there, the future depends on repeats and age only, and on age smoothly. So futures of
//! living customers are simulated for each number of repeats at a few ages; whether the customer is still there, which
//! recency tells, is mixed in exactly: `F(k) = 1 - A + A F_alive(k)` with A its P(alive). A customer then costs two
//! look-ups.

use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, Gamma, StandardNormal};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use super::Posterior;
use super::interval::{DRAWS, Interval, IntervalError, IntervalOptions, check, ends, quantile};
use crate::kernel::simulate_alive;
use crate::spend::GammaGamma;
use crate::{Days, DiscountRate, Histories};

/// The futures of all distinct histories of a [`Histories`], from [`Posterior::customers`].
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerFutures {
    /// Expected purchases and P(alive), the means over the parameters, by distinct history.
    expected: Vec<f64>,
    alive: Vec<f64>,
    /// By distinct history, between which futures it lies.
    places: Vec<Place>,
    futures: Vec<LivingFutures>,
    repeats: Vec<u32>,
    spend: Option<GammaGamma>,
    confidence: f64,
}

/// The first of two neighbouring futures, and the share of the second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Place {
    first: u32,
    share_of_second: f32,
}

/// Simulated futures of living customers of equal repeats and age, each ascending.
#[derive(Debug, Clone, PartialEq, Default)]
struct LivingFutures {
    purchases: Vec<u32>,
    /// Purchases times mean amount, in units of `p (v + x m)`, and in units of `p v` if the mean of the repeat purchases
    /// is not known; empty without a spend model.
    amounts: Vec<f64>,
    unobserved: Vec<f64>,
}

/// Ages at which futures of customers of equal repeats are simulated, at most.
const AGES: usize = 16;
/// Futures simulated for each, at most.
const FUTURES: usize = 1024;
/// Histories times draws of the parameters for the mean P(alive), at most; but no fewer than so many draws.
const MEAN_SCORES: usize = 4_000_000;
const LEAST_DRAWS: usize = 8;

impl Posterior {
    /// Prepares the intervals of every customer: of the purchases within `over` and, with a spend model, of the amount
    /// they bring. A misspecification quickens or slows each customer's purchases, as in [`Posterior::purchases`].
    ///
    /// The parameters' uncertainty is that of 128 draws in the futures, and of 8 to 128 draws in P(alive), the fewer the
    /// more histories there are; the two are taken to be independent. Between simulated ages, 16 for each number of
    /// repeats, distributions are interpolated. At most 1,024 of the options' simulations are made for each.
    ///
    /// ```
    /// # use mehrwert_clv::posterior::{IntervalOptions, Posterior, PosteriorOptions};
    /// # use mehrwert_clv::{Days, FitOptions, Histories, History, ModelKind, fit};
    /// # use rand::SeedableRng;
    /// use mehrwert_clv::spend::GammaGamma;
    /// # let customers = (0..200u32).map(|i| match i % 4 {
    /// #     0 => History::new(1 + i % 3, 30 + i % 50, 120 + i),
    /// #     1 => History::new(2 + i % 5, 100 + i % 20, 130 + i),
    /// #     _ => History::new(0, 0, 120 + i),
    /// # });
    /// # let histories = Histories::compress(customers.collect::<Result<Vec<_>, _>>()?);
    /// # let fit = fit(ModelKind::BgNbd, &histories, &FitOptions::default())?;
    /// # let mut rng = rand_pcg::Pcg64Mcg::seed_from_u64(1);
    /// # let posterior = Posterior::sample(&fit, &histories, &PosteriorOptions::default(), &mut rng)?;
    /// let spend = GammaGamma::new(6.25, 3.74, 15.44)?;
    /// let year = Days::new(365.0);
    /// let futures = posterior.customers(&histories, Some(&spend), year, &IntervalOptions::default(), &mut rng)?;
    /// let fifth = histories.distinct_of(4).expect("the fifth customer");
    /// let purchases = futures.purchases(fifth).expect("its interval");
    /// let amount = futures.amount(fifth, 40.0).expect("its interval, the mean of its repeat purchases being 40");
    /// assert!(purchases.low <= purchases.high && amount.low <= amount.high);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If an option cannot be used or the horizon is infinite.
    pub fn customers(
        &self,
        histories: &Histories,
        spend: Option<&GammaGamma>,
        over: Days,
        options: &IntervalOptions,
        rng: &mut dyn Rng,
    ) -> Result<CustomerFutures, IntervalError> {
        check(options, over)?;
        let mut rng = Pcg64Mcg::seed_from_u64(rng.next_u64());
        let distinct = histories.distinct();
        let (alive, expected) = self.mean_scores(histories, over, &mut rng);
        let draws = self.resampled(DRAWS, &mut rng);
        let simulation = Simulation { posterior: self, draws, spend, over, options, seed: rng.next_u64() };
        // Customers of equal repeats share the ages that are simulated.
        let runs: Vec<_> = distinct.chunk_by(|one, next| one.repeats() == next.repeats()).collect();
        let by_run: Vec<(Vec<LivingFutures>, Vec<Place>)> = runs
            .par_iter()
            .map(|run| simulation.of_run(run[0].repeats(), &run.iter().map(|h| h.age()).collect::<Vec<u32>>()))
            .collect();
        let (mut futures, mut places) = (Vec::new(), Vec::with_capacity(distinct.len()));
        for (of_run, within) in by_run {
            let before = futures.len() as u32;
            places.extend(within.iter().map(|place| Place { first: before + place.first, ..*place }));
            futures.extend(of_run);
        }
        Ok(CustomerFutures {
            expected,
            alive,
            places,
            futures,
            repeats: distinct.iter().map(|history| history.repeats()).collect(),
            spend: spend.copied(),
            confidence: options.confidence,
        })
    }

    /// P(alive) and expected purchases by distinct history, the means over draws of the parameters.
    fn mean_scores(&self, histories: &Histories, over: Days, rng: &mut Pcg64Mcg) -> (Vec<f64>, Vec<f64>) {
        let distinct = histories.distinct();
        let count = (MEAN_SCORES / distinct.len().max(1)).clamp(LEAST_DRAWS, DRAWS);
        let (mut alive, mut expected) = (vec![0.0; distinct.len()], vec![0.0; distinct.len()]);
        for model in self.models(count, rng) {
            let scores = model.score(distinct, over, DiscountRate::NONE);
            for (at, score) in scores.iter().enumerate() {
                alive[at] += score.probability_alive / count as f64;
                expected[at] += score.expected_purchases / count as f64;
            }
        }
        (alive, expected)
    }
}

struct Simulation<'a> {
    posterior: &'a Posterior,
    draws: Vec<[f64; 4]>,
    spend: Option<&'a GammaGamma>,
    over: Days,
    options: &'a IntervalOptions,
    seed: u64,
}

impl Simulation<'_> {
    /// Futures of living customers of equal repeats at some ages, and where each of the ascending ages lies among them.
    fn of_run(&self, repeats: u32, ages: &[u32]) -> (Vec<LivingFutures>, Vec<Place>) {
        let mut nodes = ages.to_vec();
        nodes.dedup();
        // What a customer does goes with the logarithm of alpha + age.
        let alpha = self.posterior.unit.span(self.posterior.centre()[1]).days();
        let log_time = |age: f64| (alpha + age).ln();
        let mut nodes: Vec<f64> = nodes.into_iter().map(f64::from).collect();
        if nodes.len() > AGES {
            let (start, end) = (log_time(nodes[0]), log_time(nodes[nodes.len() - 1]));
            let node = |i: usize| start + (end - start) * i as f64 / (AGES - 1) as f64;
            nodes = (0..AGES).map(|i| (node(i).exp() - alpha).max(0.0)).collect();
        }
        let futures = nodes.iter().map(|&age| self.of_living(repeats, age)).collect();
        let logs: Vec<f64> = nodes.iter().map(|&age| log_time(age)).collect();
        let place = |&age: &u32| {
            let log_age = log_time(f64::from(age));
            let after = logs.partition_point(|&node| node <= log_age).clamp(1, logs.len().max(2) - 1);
            let width = logs.get(after).map_or(0.0, |next| next - logs[after - 1]);
            let share = if width > 0.0 { ((log_age - logs[after - 1]) / width).clamp(0.0, 1.0) } else { 0.0 };
            Place { first: after as u32 - 1, share_of_second: share as f32 }
        };
        (futures, ages.iter().map(place).collect())
    }

    /// All ages of equal repeats see the same random numbers, which makes what they tell smooth in age.
    fn of_living(&self, repeats: u32, age: f64) -> LivingFutures {
        let mut rng = Pcg64Mcg::seed_from_u64(self.seed ^ u64::from(repeats));
        let each = self.options.simulations.min(FUTURES).div_ceil(self.draws.len());
        let mut purchases: Vec<u32> = Vec::with_capacity(each * self.draws.len());
        for &draw in &self.draws {
            let mut pace = || {
                let normal: f64 = StandardNormal.sample(&mut rng);
                (self.options.misspecification * normal).exp()
            };
            let paces: Vec<f64> = (0..each).map(|_| pace()).collect();
            let model = (self.posterior.kind, draw, self.posterior.unit);
            purchases.extend(simulate_alive(model, (repeats, Days::new(age)), self.over, &paces, &mut rng));
        }
        let mut amounts = |repeats: u32| {
            let mut amounts = self.spend.map_or(Vec::new(), |spend| unit_amounts(spend, repeats, &purchases, &mut rng));
            amounts.sort_unstable_by(f64::total_cmp);
            amounts
        };
        let (amounts, unobserved) = (amounts(repeats), amounts(0));
        purchases.sort_unstable();
        LivingFutures { purchases, amounts, unobserved }
    }
}

/// Purchases times a mean amount in units of `p (v + x m)`: one over a gamma-distributed number of shape `p x + q`.
fn unit_amounts(spend: &GammaGamma, repeats: u32, purchases: &[u32], rng: &mut Pcg64Mcg) -> Vec<f64> {
    let [(_, p), (_, q), _] = spend.parameters();
    // The shape is finite and above zero, or all customers spend alike.
    let shape = p * f64::from(repeats) + q;
    let inverse = Gamma::new(shape, 1.0).ok();
    let unit = |count: &u32| {
        let drawn = inverse.map_or(shape, |gamma| gamma.sample(rng));
        if *count == 0 { 0.0 } else { f64::from(*count) / drawn.max(f64::MIN_POSITIVE) }
    };
    purchases.iter().map(unit).collect()
}

impl CustomerFutures {
    /// The interval of the purchases of customers of the distinct history at this position, see
    /// [`Histories::distinct_of`]: whole numbers. `None` if there is no such position.
    pub fn purchases(&self, distinct: usize) -> Option<Interval> {
        let place = *self.places.get(distinct)?;
        let [low, high] = ends(self.confidence).map(|share| self.purchase_quantile(distinct, place, share));
        Some(Interval { mean: self.expected[distinct], low, high, confidence: self.confidence })
    }

    /// The interval of what a customer of this distinct history brings, its repeat purchases having had this mean amount:
    /// purchases times the customer's true mean amount, which the spend model leaves uncertain. In the unit of the
    /// amounts, undiscounted. A mean that is negative or not finite counts as no observation, as in
    /// [`GammaGamma::expected_spend`]. `None` if there is no such position or no spend model was handed in.
    pub fn amount(&self, distinct: usize, mean_amount: f64) -> Option<Interval> {
        let spend = self.spend.as_ref()?;
        let place = *self.places.get(distinct)?;
        let repeats = self.repeats[distinct];
        let [(_, p), _, (_, v)] = spend.parameters();
        let is_observed = mean_amount.is_finite() && mean_amount >= 0.0;
        let total = if is_observed { f64::from(repeats) * mean_amount } else { 0.0 };
        let [low, high] = ends(self.confidence).map(|share| {
            let amounts = |futures: &LivingFutures| -> f64 {
                let ascending = if is_observed { &futures.amounts } else { &futures.unobserved };
                self.share_given_alive(distinct, share).map_or(0.0, |share| quantile(ascending, share))
            };
            let ([one, other], of_second) = self.neighbours(place);
            p * (v + total) * ((1.0 - of_second) * amounts(one) + of_second * amounts(other))
        });
        let mean = self.expected[distinct] * spend.expected_spend(repeats, mean_amount);
        Some(Interval { mean, low, high, confidence: self.confidence })
    }

    /// Where among the futures of a living customer the share lies; `None` where having left takes it up.
    fn share_given_alive(&self, distinct: usize, share: f64) -> Option<f64> {
        let alive = self.alive[distinct];
        let left = share - (1.0 - alive);
        (left > 0.0).then(|| (left / alive).min(1.0))
    }

    /// The two neighbours with their shares.
    fn neighbours(&self, place: Place) -> ([&LivingFutures; 2], f64) {
        let first = place.first as usize;
        let second = if place.share_of_second > 0.0 { first + 1 } else { first };
        ([&self.futures[first], &self.futures[second]], f64::from(place.share_of_second))
    }

    /// The least k with `F(k) >= share`, F being the mixture of the neighbours' distributions.
    fn purchase_quantile(&self, distinct: usize, place: Place, share: f64) -> f64 {
        let Some(share) = self.share_given_alive(distinct, share) else {
            return 0.0;
        };
        let (neighbours, of_second) = self.neighbours(place);
        let [one, other] = neighbours.map(|futures| quantile(&futures.purchases, share));
        let (mut low, mut high) = (one.min(other), one.max(other));
        let reaches = |count: u32| {
            let [one, other] = neighbours.map(|futures| {
                futures.purchases.partition_point(|&k| k <= count) as f64 / futures.purchases.len() as f64
            });
            (1.0 - of_second) * one + of_second * other >= share
        };
        while low < high {
            let middle = low + (high - low) / 2;
            if reaches(middle) { high = middle } else { low = middle + 1 }
        }
        f64::from(low)
    }
}
