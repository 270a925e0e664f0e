//! The BG/NBD (Fader, Hardie & Lee 2005, Marketing Science 24:2) and the MBG/NBD (Batislam, Denizel & Filiztekin
//! 2007): purchases at a gamma-distributed rate, and after a purchase the customer leaves with a beta-distributed
//! probability. They differ in one thing only: in the MBG/NBD the first purchase is already such an occasion.

mod alive;

use rand::{Rng, RngExt};
use rand_distr::{Beta, Distribution, Exp1, Gamma};

use crate::draw::{draw_beta, draw_count};
use crate::jet::Jet;
use crate::kernel::{GivenAlive, Kernel};
use crate::model::ModelKind;
use crate::negative_binomial;
use crate::special::{log_rising_factorial, regularised_incomplete_beta};

const R: usize = 0;
const ALPHA: usize = 1;
const A: usize = 2;
const B: usize = 3;

#[derive(Debug, Clone)]
pub(crate) struct BetaGeometric {
    kind: ModelKind,
    r: f64,
    alpha: f64,
    a: f64,
    b: f64,
}

impl BetaGeometric {
    /// Parameters r, alpha, a, b, all finite and above zero; the kind is BG/NBD or MBG/NBD.
    pub fn new(kind: ModelKind, [r, alpha, a, b]: [f64; 4]) -> BetaGeometric {
        BetaGeometric { kind, r, alpha, a, b }
    }

    /// How many times a living customer has resisted leaving.
    fn stays(&self, repeats: u32) -> u32 {
        if self.kind == ModelKind::MbgNbd { repeats.saturating_add(1) } else { repeats }
    }

    /// Given alive, the probability of leaving after a purchase is Beta(a, this).
    fn posterior_b(&self, repeats: u32) -> f64 {
        self.b + f64::from(self.stays(repeats))
    }
}

impl Kernel for BetaGeometric {
    /// `ln(1 + t / alpha)`.
    type AtTime<const H: usize> = Jet<H>;

    fn kind(&self) -> ModelKind {
        self.kind
    }

    fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b]
    }

    fn base<const H: usize>(&self, repeats: u32) -> Jet<H> {
        let purchases = negative_binomial::purchases_term(self.r, self.alpha, repeats);
        let stays = self.stays(repeats);
        let of_b = log_rising_factorial(self.b, stays);
        let of_sum = log_rising_factorial(self.a + self.b, stays);
        let sum = Jet::positive_parameter(A, self.a) + Jet::positive_parameter(B, self.b);
        purchases + Jet::positive_parameter(B, self.b).map(of_b.value, of_b.first, of_b.second)
            - sum.map(of_sum.value, of_sum.first, of_sum.second)
    }

    fn at_time<const H: usize>(&self, time: f64) -> Jet<H> {
        negative_binomial::log_one_plus_ratio(ALPHA, self.alpha, time)
    }

    /// No purchase from the last one (or the first) until the age, still there.
    fn age_terms<'a, const H: usize>(
        &self,
        repeats: u32,
        ages: impl Iterator<Item = &'a Jet<H>>,
    ) -> impl Iterator<Item = Jet<H>> {
        let shape = Jet::positive_parameter(R, self.r) + f64::from(repeats);
        ages.map(move |age| -(shape * *age))
    }

    /// Left right after the last purchase: odds `a / (b + stays - 1)` to having stayed.
    fn recency_terms<'a, const H: usize>(
        &self,
        repeats: u32,
        recencies: impl Iterator<Item = &'a Jet<H>>,
    ) -> impl Iterator<Item = Jet<H>> {
        let stays = self.stays(repeats);
        let log_odds = if stays == 0 {
            Jet::constant(f64::NEG_INFINITY)
        } else {
            let stayed = self.b + f64::from(stays - 1);
            let share = self.b / stayed;
            Jet::of_one(A, self.a.ln(), 1.0, 0.0) - Jet::of_one(B, stayed.ln(), share, share * (1.0 - share))
        };
        let shape = Jet::positive_parameter(R, self.r) + f64::from(repeats);
        recencies.map(move |recency| log_odds - shape * *recency)
    }

    fn log_alive(&self, repeats: u32, age: f64) -> f64 {
        -(self.r + f64::from(repeats)) * (age / self.alpha).ln_1p()
    }

    fn given_alive(&self, repeats: u32, ages: &[f64], over: f64, rate: f64) -> Vec<GivenAlive> {
        alive::Living { shape: self.r + f64::from(repeats), alpha: self.alpha, a: self.a, b: self.posterior_b(repeats) }
            .expectations(ages, over, rate)
    }

    fn second_given_alive(&self, repeats: u32, ages: &[f64], over: f64) -> Vec<f64> {
        alive::Living { shape: self.r + f64::from(repeats), alpha: self.alpha, a: self.a, b: self.posterior_b(repeats) }
            .second_moments(ages, over)
    }

    fn simulate_alive(&self, repeats: u32, age: f64, over: f64, pace: f64, rng: &mut dyn Rng) -> u32 {
        // Neither distribution can fail: parameters are finite and above zero.
        let scale = pace / (self.alpha + age);
        let per_unit = Gamma::new(self.r + f64::from(repeats), scale).map_or(0.0, |gamma| gamma.sample(rng));
        let leaving = draw_beta(self.a, self.posterior_b(repeats), rng);
        let would_buy = draw_count(per_unit * over, rng);
        // Purchases until the one after which the customer leaves; endless where it never does.
        let until_leaving = 1.0 + (rng.random::<f64>().ln() / (-leaving).ln_1p()).floor();
        if until_leaving < f64::from(would_buy) { until_leaving as u32 } else { would_buy }
    }

    fn probability_of_purchases(&self, count: u32, over: f64) -> f64 {
        let stays = self.stays(count);
        let log_stayed = log_rising_factorial(self.b, stays).value - log_rising_factorial(self.a + self.b, stays).value;
        let still_there = (log_stayed + negative_binomial::log_probability(self.r, self.alpha, count, over)).exp();
        if stays == 0 {
            return still_there.min(1.0);
        }
        // Left after exactly `count` purchases, whatever would have followed.
        let log_left = log_stayed + self.a.ln() - (self.b + f64::from(stays - 1)).ln();
        let at_least = if count == 0 {
            1.0
        } else {
            let rest = self.alpha / (self.alpha + over);
            regularised_incomplete_beta(f64::from(count), self.r, 1.0 / (1.0 + self.alpha / over), rest)
        };
        (still_there + log_left.exp() * at_least).min(1.0)
    }

    fn simulate(&self, age: f64, rng: &mut dyn Rng) -> (Vec<f64>, Option<f64>) {
        // Neither distribution can fail: parameters are finite and above zero.
        let per_unit = Gamma::new(self.r, 1.0 / self.alpha).map_or(0.0, |gamma| gamma.sample(rng));
        let leaving = Beta::new(self.a, self.b).map_or(0.0, |beta| beta.sample(rng));
        let mut purchases = Vec::new();
        let mut now = 0.0;
        let mut may_leave = self.kind == ModelKind::MbgNbd;
        loop {
            if may_leave && rng.random::<f64>() < leaving {
                return (purchases, Some(now));
            }
            let waited: f64 = Exp1.sample(rng);
            now += waited / per_unit;
            // Also ends where the rate is zero: the wait is infinite.
            if now.is_nan() || now > age {
                return (purchases, None);
            }
            purchases.push(now);
            may_leave = true;
        }
    }
}
