//! What the purchase models have in common, once.
//!
//! Every model here explains a history in two exclusive ways: the customer is (or may be) still there, which depends
//! on repeats and age, or left after the last purchase, which depends on repeats and recency. So the likelihood of a
//! history is `base(x) * (age term(x, T) + recency term(x, t_x))`, all positive. There are far fewer distinct pairs
//! (x, T) and (x, t_x) than distinct histories: the terms are computed once per pair, with their derivatives, and a
//! history costs one exponential.
//!
//! A new model is a new [`Kernel`] and a line in [`model_of`] and [`log_likelihood_at`].

use std::fmt;
use std::iter::once;

use rand::{Rng, RngExt};
use rayon::prelude::*;

use crate::beta_geometric::BetaGeometric;
use crate::jet::{Jet, NONE, log_sum};
use crate::model::{ModelKind, PurchaseModel, PurchaseMoments, Score, SimulatedCustomer};
use crate::pareto::Pareto;
pub(crate) use crate::terms::Terms;
use crate::terms::{CHUNK, PAIRS_AT_ONCE, Pairs, fill, in_unit, per_pair};
use crate::{Days, DiscountRate, Histories, History, TimeUnit};

/// The mathematics of a model; times are in the unit of its parameters, derivatives by the parameters' logarithms.
pub(crate) trait Kernel: Send + Sync + fmt::Debug {
    /// What the terms need of a time, whatever the repeats.
    type AtTime<const H: usize>: Send + Sync + 'static;
    fn kind(&self) -> ModelKind;
    fn parameters(&self) -> [f64; 4];
    /// Log of the factor that depends on repeats only.
    fn base<const H: usize>(&self, repeats: u32) -> Jet<H>;
    fn at_time<const H: usize>(&self, time: f64) -> Self::AtTime<H>;
    /// Logs of the part of the likelihood that depends on repeats and age, by age.
    fn age_terms<'a, const H: usize>(
        &self,
        repeats: u32,
        ages: impl Iterator<Item = &'a Self::AtTime<H>>,
    ) -> impl Iterator<Item = Jet<H>>;
    /// Logs of the part of the likelihood that depends on repeats and recency; minus infinity where there is none.
    fn recency_terms<'a, const H: usize>(
        &self,
        repeats: u32,
        recencies: impl Iterator<Item = &'a Self::AtTime<H>>,
    ) -> impl Iterator<Item = Jet<H>>;
    /// Log of the joint likelihood of the history and being alive, without the base.
    fn log_alive(&self, repeats: u32, age: f64) -> f64;
    /// Expectations for living customers of equal repeats, by age; `rate` is the continuous discount rate.
    fn given_alive(&self, repeats: u32, ages: &[f64], over: f64, rate: f64) -> Vec<GivenAlive>;
    /// `E[N (N - 1)]` of the purchases N of living customers of equal repeats, by age.
    fn second_given_alive(&self, repeats: u32, ages: &[f64], over: f64) -> Vec<f64>;
    /// How often a living customer buys within `over` if its purchases come `pace` times as fast.
    fn simulate_alive(&self, repeats: u32, age: f64, over: f64, pace: f64, rng: &mut dyn Rng) -> u32;
    fn probability_of_purchases(&self, count: u32, over: f64) -> f64;
    /// Times of the repeat purchases until `age`, and when the customer left.
    fn simulate(&self, age: f64, rng: &mut dyn Rng) -> (Vec<f64>, Option<f64>);
}

/// Expected purchases of a customer known to be alive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct GivenAlive {
    pub expected: f64,
    pub discounted: f64,
}

pub(crate) fn model_of(kind: ModelKind, parameters: [f64; 4], unit: TimeUnit) -> Box<dyn PurchaseModel> {
    match kind {
        ModelKind::BgNbd | ModelKind::MbgNbd => Box::new(Model { kernel: BetaGeometric::new(kind, parameters), unit }),
        ModelKind::ParetoNbd => Box::new(Model { kernel: Pareto::new(parameters), unit }),
    }
}

/// How often a customer of so many repeats who is still there at this age buys within `over`, once for each pace.
pub(crate) fn simulate_alive(
    (kind, parameters, unit): (ModelKind, [f64; 4], TimeUnit),
    (repeats, age): (u32, Days),
    over: Days,
    paces: &[f64],
    rng: &mut dyn Rng,
) -> Vec<u32> {
    fn each(kernel: &impl Kernel, repeats: u32, age: f64, over: f64, paces: &[f64], rng: &mut dyn Rng) -> Vec<u32> {
        paces.iter().map(|&pace| kernel.simulate_alive(repeats, age, over, pace, rng)).collect()
    }
    let (age, over) = (unit.count(age), unit.count(over));
    match kind {
        ModelKind::BgNbd | ModelKind::MbgNbd => {
            each(&BetaGeometric::new(kind, parameters), repeats, age, over, paces, rng)
        }
        ModelKind::ParetoNbd => each(&Pareto::new(parameters), repeats, age, over, paces, rng),
    }
}

/// The log-likelihood with its derivatives by the logarithms of the parameters.
pub(crate) fn log_likelihood_at<const H: usize>(kind: ModelKind, parameters: [f64; 4], terms: &Terms) -> Jet<H> {
    match kind {
        ModelKind::BgNbd | ModelKind::MbgNbd => terms.log_likelihood(&BetaGeometric::new(kind, parameters)),
        ModelKind::ParetoNbd => terms.log_likelihood(&Pareto::new(parameters)),
    }
}

/// A kernel with its time unit: a purchase model.
#[derive(Debug, Clone)]
struct Model<K> {
    kernel: K,
    unit: TimeUnit,
}

impl<K: Kernel> Model<K> {
    fn in_unit(&self, days: u32) -> f64 {
        in_unit(self.unit, days)
    }

    fn given_alive(&self, history: &History, over: Days, rate: DiscountRate) -> GivenAlive {
        let age = [self.in_unit(history.age())];
        let rate = rate.continuous_per(self.unit);
        self.kernel.given_alive(history.repeats(), &age, self.unit.count(over), rate)[0]
    }
}

impl<K: Kernel> PurchaseModel for Model<K> {
    fn kind(&self) -> ModelKind {
        self.kernel.kind()
    }

    fn time_unit(&self) -> TimeUnit {
        self.unit
    }

    fn parameters(&self) -> Vec<(&'static str, f64)> {
        self.kind().parameter_names().into_iter().zip(self.kernel.parameters()).collect()
    }

    fn log_likelihood(&self, histories: &Histories) -> f64 {
        Terms::new(histories, self.unit).log_likelihood::<NONE>(&self.kernel).value
    }

    fn probability_alive(&self, history: &History) -> f64 {
        let (repeats, age, recency) = (history.repeats(), self.in_unit(history.age()), self.in_unit(history.recency()));
        // One term each.
        let [at_age, at_recency] = [age, recency].map(|time| self.kernel.at_time::<NONE>(time));
        let age_term = self.kernel.age_terms(repeats, once(&at_age)).map(|jet| jet.value).sum();
        let recency_term = self.kernel.recency_terms(repeats, once(&at_recency)).map(|jet| jet.value).sum();
        probability_alive(self.kernel.log_alive(repeats, age), age_term, recency_term)
    }

    fn probability_alive_is_informative(&self, history: &History) -> bool {
        self.kind() != ModelKind::BgNbd || history.repeats() > 0
    }

    fn expected_purchases(&self, history: &History, over: Days) -> f64 {
        self.probability_alive(history) * self.given_alive(history, over, DiscountRate::NONE).expected
    }

    fn discounted_purchases(&self, history: &History, over: Days, rate: DiscountRate) -> f64 {
        self.probability_alive(history) * self.given_alive(history, over, rate).discounted
    }

    fn probability_of_purchases(&self, count: u32, over: Days) -> f64 {
        self.kernel.probability_of_purchases(count, self.unit.count(over))
    }

    fn simulate(&self, age: Days, rng: &mut dyn Rng) -> SimulatedCustomer {
        let (purchases, left) = self.kernel.simulate(self.unit.count(age), rng);
        let span = |time: f64| self.unit.span(time);
        SimulatedCustomer { purchases: purchases.into_iter().map(span).collect(), left: left.map(span), age }
    }

    fn simulate_purchases(&self, history: &History, over: Days, paces: &[f64], rng: &mut dyn Rng) -> Vec<u32> {
        let alive = self.probability_alive(history);
        let (age, over) = (self.in_unit(history.age()), self.unit.count(over));
        let mut count = |&pace: &f64| {
            if rng.random::<f64>() < alive {
                self.kernel.simulate_alive(history.repeats(), age, over, pace, rng)
            } else {
                0
            }
        };
        paces.iter().map(&mut count).collect()
    }

    fn purchase_moments(&self, histories: &[History], over: Days) -> Vec<PurchaseMoments> {
        let scores = self.score(histories, over, DiscountRate::NONE);
        let over = self.unit.count(over);
        // Runs of equal repeats share what does not depend on age.
        let seconds: Vec<f64> = histories
            .chunk_by(|one, next| one.repeats() == next.repeats())
            .flat_map(|of_equal_repeats| of_equal_repeats.chunks(2 * PAIRS_AT_ONCE))
            .collect::<Vec<_>>()
            .into_par_iter()
            .flat_map_iter(|chunk| {
                let ages: Vec<f64> = chunk.iter().map(|history| self.in_unit(history.age())).collect();
                self.kernel.second_given_alive(chunk[0].repeats(), &ages, over)
            })
            .collect();
        let moments = scores.iter().zip(seconds).map(|(score, second)| {
            let mean = score.expected_purchases;
            PurchaseMoments { mean, variance: (score.probability_alive * second + mean - mean * mean).max(0.0) }
        });
        moments.collect()
    }

    fn score(&self, histories: &[History], over: Days, rate: DiscountRate) -> Vec<Score> {
        if histories.is_sorted() {
            return self.score_sorted(histories.iter(), over, rate);
        }
        let mut order: Vec<u32> = (0..histories.len() as u32).collect();
        order.par_sort_unstable_by_key(|&at| histories[at as usize]);
        let sorted = self.score_sorted(order.iter().map(|&at| &histories[at as usize]), over, rate);
        let mut scores = vec![sorted.first().copied().unwrap_or(NO_SCORE); sorted.len()];
        for (at, score) in order.into_iter().zip(sorted) {
            scores[at as usize] = score;
        }
        scores
    }
}

const NO_SCORE: Score = Score { probability_alive: 0.0, expected_purchases: 0.0, discounted_purchases: 0.0 };

impl<K: Kernel> Model<K> {
    fn score_sorted<'a>(
        &self,
        histories: impl Iterator<Item = &'a History>,
        over: Days,
        rate: DiscountRate,
    ) -> Vec<Score> {
        let pairs = Pairs::new(histories);
        let (over, rate) = (self.unit.count(over), rate.continuous_per(self.unit));
        let (age_terms, recency_terms) = pairs.terms(&self.kernel, self.unit, |jet: Jet<NONE>| jet.value);
        let age_of = |pair: &(u32, u32)| self.in_unit(pairs.days[pair.1 as usize]);
        let log_alive = per_pair(&pairs.by_age, |run, places| {
            fill(places, run.iter().map(|pair| self.kernel.log_alive(pair.0, age_of(pair))));
        });
        let given_alive: Vec<GivenAlive> = pairs
            .by_age
            .chunk_by(|one, next| one.0 == next.0)
            .flat_map(|of_equal_repeats| of_equal_repeats.chunks(2 * PAIRS_AT_ONCE))
            .collect::<Vec<_>>()
            .into_par_iter()
            .flat_map_iter(|chunk| {
                let ages: Vec<f64> = chunk.iter().map(age_of).collect();
                self.kernel.given_alive(chunk[0].0, &ages, over, rate)
            })
            .collect();
        pairs
            .of_history
            .par_iter()
            .with_min_len(CHUNK)
            .map(|&(age, recency)| {
                let (log_alive, age_term) = (log_alive[age as usize], age_terms[age as usize]);
                let probability_alive = probability_alive(log_alive, age_term, recency_terms[recency as usize]);
                let GivenAlive { expected, discounted } = given_alive[age as usize];
                Score {
                    probability_alive,
                    expected_purchases: probability_alive * expected,
                    discounted_purchases: probability_alive * discounted,
                }
            })
            .collect()
    }
}

/// Rounding may lift the quotient above one by a few units in the last place.
fn probability_alive(log_alive: f64, age_term: f64, recency_term: f64) -> f64 {
    (log_alive - log_sum(age_term, recency_term)).exp().min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jet::TRIANGLE;

    fn some_histories() -> Histories {
        let triples = [(0, 0, 90), (1, 20, 90), (1, 3, 200), (2, 88, 91), (5, 100, 400), (40, 380, 400), (3, 10, 2000)];
        let weighted = triples.into_iter().zip([4.0, 3.0, 1.0, 2.5, 1.0, 0.5, 2.0]);
        let weighted = weighted
            .map(|((x, recency, age), weight)| (History::new(x, recency, age).expect("a possible history"), weight));
        Histories::from_weighted(weighted).expect("positive weights")
    }

    /// The search is only as good as its derivatives: both orders against central differences of the order below, on
    /// both sides of alpha = beta, where the Pareto/NBD changes its integrals.
    #[test]
    fn derivatives_equal_finite_differences() {
        let terms = Terms::new(&some_histories(), TimeUnit::Week);
        let points =
            [[0.55, 10.6, 0.6, 11.7], [0.55, 11.7, 0.6, 10.6], [3.0, 2.0, 0.02, 40.0], [0.01, 300.0, 7.0, 0.5]];
        for kind in ModelKind::ALL {
            for point in points {
                let at = |moved: usize, by: f64| {
                    let mut to = point;
                    to[moved] *= f64::exp(by);
                    log_likelihood_at::<TRIANGLE>(kind, to, &terms)
                };
                let here = at(0, 0.0);
                let size = here.value.abs();
                let step = 1e-5;
                for i in 0..4 {
                    let (up, down) = (at(i, step), at(i, -step));
                    let slope = (up.value - down.value) / (2.0 * step);
                    assert!((slope - here.gradient[i]).abs() < 1e-8 * size, "{kind} {point:?} {i}");
                    for j in 0..4 {
                        let bend = (up.gradient[j] - down.gradient[j]) / (2.0 * step);
                        let found = here.full_hessian()[i][j];
                        assert!((bend - found).abs() < 1e-7 * size, "{kind} {point:?} {i} {j}: {found} {bend}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_pareto_terms_agree_at_equal_rates() {
        let terms = Terms::new(&some_histories(), TimeUnit::Week);
        let at = |beta: f64| log_likelihood_at::<TRIANGLE>(ModelKind::ParetoNbd, [0.5, 10.0, 0.6, beta], &terms);
        let (below, equal, above) = (at(10.0 * (1.0 - 1e-9)), at(10.0), at(10.0 * (1.0 + 1e-9)));
        assert!((below.value - equal.value).abs() < 1e-7 && (above.value - equal.value).abs() < 1e-7);
        for i in 0..4 {
            assert!((below.gradient[i] - above.gradient[i]).abs() < 1e-6);
        }
    }
}
