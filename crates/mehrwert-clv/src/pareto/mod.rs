//! The Pareto/NBD (Schmittlein, Morrison & Colombo 1987): purchases at a gamma-distributed rate until a lifetime ends
//! that is exponential with a gamma-distributed rate.
//!
//! The papers write the likelihood as a difference of hypergeometric functions. Here it is the sum of two positive
//! integrals: with `S(u) = (alpha + u)^-(r + x) (beta + u)^-s`,
//!
//! ```text
//! L = gamma(r + x) / gamma(r) alpha^r beta^s [ C(t_x) + D(T) ]
//! C(t) = s       integral from t to infinity of (alpha + u)^-(r + x)     (beta + u)^-(s + 1) du
//! D(t) = (r + x) integral from t to infinity of (alpha + u)^-(r + x + 1) (beta + u)^-s       du
//! ```
//!
//! because C(t) + D(t) = S(t) (by parts) and the likelihood is S(T) + C(t_x) - C(T). Nothing is subtracted, and C
//! depends on (x, t_x) only, D on (x, T) only.

mod probability;
pub(crate) mod tail;

use rand::Rng;
use rand_distr::{Distribution, Exp1, Gamma};

use crate::draw::draw_count;
use crate::jet::Jet;
use crate::kernel::{GivenAlive, Kernel};
use crate::model::ModelKind;
use crate::negative_binomial::{self, log_one_plus_ratio};
use crate::quadrature;
use tail::TailIntegral;

const R: usize = 0;
const ALPHA: usize = 1;
const S: usize = 2;
const BETA: usize = 3;

/// Discounting by more than exp(-50) leaves nothing to the last digit.
const LOG_NEGLIGIBLE: f64 = 50.0;

#[derive(Debug, Clone)]
pub(crate) struct Pareto {
    r: f64,
    alpha: f64,
    s: f64,
    beta: f64,
}

impl Pareto {
    /// Parameters r, alpha, s, beta, all finite and above zero.
    pub fn new([r, alpha, s, beta]: [f64; 4]) -> Pareto {
        Pareto { r, alpha, s, beta }
    }

    /// Which parameter is the lesser of alpha and beta, and which the greater, with their values.
    fn ordered(&self) -> ((usize, f64), (usize, f64)) {
        if self.alpha <= self.beta {
            ((ALPHA, self.alpha), (BETA, self.beta))
        } else {
            ((BETA, self.beta), (ALPHA, self.alpha))
        }
    }

    fn shape<const H: usize>(&self, repeats: u32) -> Jet<H> {
        Jet::positive_parameter(R, self.r) + f64::from(repeats)
    }
}

/// With u the lesser of alpha and beta, and v the greater: q = (u + t) / (v + t) = 1 - p.
pub(crate) struct AtTime<const H: usize> {
    /// `ln(1 + t / alpha)`, and `s ln(1 + t / beta)`.
    of_alpha: Jet<H>,
    of_beta: Jet<H>,
    log_q: Jet<H>,
    q: Jet<H>,
    p: f64,
}

impl<const H: usize> AtTime<H> {
    /// `ln(alpha^r beta^s S(t))` but for `alpha^-x`, which is in the base.
    fn log_survival(&self, shape: &Jet<H>) -> Jet<H> {
        -(*shape * self.of_alpha) - self.of_beta
    }
}

impl Kernel for Pareto {
    type AtTime<const H: usize> = AtTime<H>;

    fn kind(&self) -> ModelKind {
        ModelKind::ParetoNbd
    }

    fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.s, self.beta]
    }

    fn base<const H: usize>(&self, repeats: u32) -> Jet<H> {
        negative_binomial::purchases_term(self.r, self.alpha, repeats)
    }

    fn at_time<const H: usize>(&self, time: f64) -> AtTime<H> {
        let ((least, low), (most, high)) = self.ordered();
        let p = (high - low) / (high + time);
        let of_log = |parameter: usize, value: f64| {
            let share = value / (value + time);
            Jet::of_one(parameter, 0.0, share, share * (1.0 - share))
        };
        let log_q = if p < 0.5 { (-p).ln_1p() } else { ((low + time) / (high + time)).ln() };
        let log_q = of_log(least, low) - of_log(most, high) + log_q;
        AtTime {
            of_alpha: log_one_plus_ratio(ALPHA, self.alpha, time),
            of_beta: Jet::positive_parameter(S, self.s) * log_one_plus_ratio(BETA, self.beta, time),
            log_q,
            q: log_q.exp(),
            p,
        }
    }

    /// D: ends up buying again, sooner or later, or would have.
    fn age_terms<'a, const H: usize>(
        &self,
        repeats: u32,
        ages: impl Iterator<Item = &'a AtTime<H>>,
    ) -> impl Iterator<Item = Jet<H>> {
        let (shape, s) = (self.shape(repeats), Jet::positive_parameter(S, self.s));
        let alpha_is_least = self.alpha <= self.beta;
        let mut tail = if alpha_is_least {
            TailIntegral::new(shape, s, shape + s)
        } else {
            TailIntegral::new(s + -1.0, shape + 1.0, shape + s)
        };
        let log_shape = shape.ln();
        ages.map(move |age| {
            let term = age.log_survival(&shape) + log_shape + tail.log_at(&age.q, age.p);
            if alpha_is_least { term } else { term + age.log_q }
        })
    }

    /// C: leaves before buying again.
    fn recency_terms<'a, const H: usize>(
        &self,
        repeats: u32,
        recencies: impl Iterator<Item = &'a AtTime<H>>,
    ) -> impl Iterator<Item = Jet<H>> {
        let (shape, s) = (self.shape(repeats), Jet::positive_parameter(S, self.s));
        let alpha_is_least = self.alpha <= self.beta;
        let mut tail = if alpha_is_least {
            TailIntegral::new(shape + -1.0, s + 1.0, shape + s)
        } else {
            TailIntegral::new(s, shape, shape + s)
        };
        let log_s = Jet::of_one(S, self.s.ln(), 1.0, 0.0);
        recencies.map(move |recency| {
            let term = recency.log_survival(&shape) + log_s + tail.log_at(&recency.q, recency.p);
            if alpha_is_least { term + recency.log_q } else { term }
        })
    }

    fn log_alive(&self, repeats: u32, age: f64) -> f64 {
        let shape = self.r + f64::from(repeats);
        -shape * (age / self.alpha).ln_1p() - self.s * (age / self.beta).ln_1p()
    }

    fn given_alive(&self, repeats: u32, ages: &[f64], over: f64, rate: f64) -> Vec<GivenAlive> {
        let shape = self.r + f64::from(repeats);
        let of_age = |&age: &f64| {
            let purchase_rate = shape / (self.alpha + age);
            let scale = self.beta + age;
            GivenAlive {
                expected: purchase_rate * scale * relative_lifetime(self.s, over / scale),
                discounted: purchase_rate * discounted_lifetime(self.s, scale, over, rate),
            }
        };
        ages.iter().map(of_age).collect()
    }

    /// `E[rate^2] E[lifetime^2]`: rate and remaining lifetime are independent given alive.
    fn second_given_alive(&self, repeats: u32, ages: &[f64], over: f64) -> Vec<f64> {
        let shape = self.r + f64::from(repeats);
        let of_age = |&age: &f64| {
            let (purchase_rate, scale) = (1.0 / (self.alpha + age), self.beta + age);
            let lifetime = scale * scale * relative_squared_lifetime(self.s, over / scale);
            shape * (shape + 1.0) * purchase_rate * purchase_rate * lifetime
        };
        ages.iter().map(of_age).collect()
    }

    fn simulate_alive(&self, repeats: u32, age: f64, over: f64, pace: f64, rng: &mut dyn Rng) -> u32 {
        // Neither distribution can fail: parameters are finite and above zero.
        let scale = pace / (self.alpha + age);
        let per_unit = Gamma::new(self.r + f64::from(repeats), scale).map_or(0.0, |gamma| gamma.sample(rng));
        let leaving = Gamma::new(self.s, 1.0 / (self.beta + age)).map_or(0.0, |gamma| gamma.sample(rng));
        let lifetime: f64 = Exp1.sample(rng);
        draw_count(per_unit * (lifetime / leaving).min(over), rng)
    }

    fn probability_of_purchases(&self, count: u32, over: f64) -> f64 {
        probability::of_purchases(self, count, over)
    }

    fn simulate(&self, age: f64, rng: &mut dyn Rng) -> (Vec<f64>, Option<f64>) {
        // Neither distribution can fail: parameters are finite and above zero.
        let per_unit = Gamma::new(self.r, 1.0 / self.alpha).map_or(0.0, |gamma| gamma.sample(rng));
        let leaving = Gamma::new(self.s, 1.0 / self.beta).map_or(0.0, |gamma| gamma.sample(rng));
        let mut draw: f64 = Exp1.sample(rng);
        let lifetime = draw / leaving;
        let mut purchases = Vec::new();
        let mut now = 0.0;
        loop {
            draw = Exp1.sample(rng);
            now += draw / per_unit;
            // Also ends where the rate is zero: the wait is infinite.
            if now.is_nan() || now > lifetime.min(age) {
                break;
            }
            purchases.push(now);
        }
        (purchases, (lifetime <= age).then_some(lifetime))
    }
}

/// `(1 - (1 + t)^-(s - 1)) / (s - 1)`: the expected remaining lifetime within t of a living customer, both in units
/// of beta + age; `ln(1 + t)` at s = 1.
fn relative_lifetime(s: f64, time: f64) -> f64 {
    let excess = s - 1.0;
    if time == f64::INFINITY {
        return if excess > 0.0 { 1.0 / excess } else { f64::INFINITY };
    }
    let log_time = time.ln_1p();
    if excess == 0.0 { log_time } else { -(-excess * log_time).exp_m1() / excess }
}

/// The expected square of the remaining lifetime within t, both in units of beta + age:
/// `2 integral of u (1 + u)^-s from 0 to t`.
fn relative_squared_lifetime(s: f64, time: f64) -> f64 {
    if time < 1e-5 {
        return time * time * (1.0 - 2.0 * s * time / 3.0);
    }
    2.0 * (relative_lifetime(s - 1.0, time) - relative_lifetime(s, time))
}

/// The expected remaining lifetime within `over`, discounted: `integral of exp(-rate u) (1 + u / scale)^-s`.
fn discounted_lifetime(s: f64, scale: f64, over: f64, rate: f64) -> f64 {
    let whole = scale * relative_lifetime(s, over / scale);
    if rate == 0.0 {
        return whole;
    }
    let horizon = over.min(LOG_NEGLIGIBLE / rate);
    let pace = rate * scale;
    let mut end = (horizon / scale).ln_1p();
    let slope = 1.0 - s;
    if slope < 0.0 {
        end = end.min(LOG_NEGLIGIBLE / -slope);
    }
    // In the logarithm of time the integrand is smooth on the scale of one, or of its slope.
    let smooth = if rate * horizon > 8.0 { 1.0 } else { 2.0 };
    let widest = f64::min(smooth, 20.0 / slope.abs());
    let sum: f64 = quadrature::nodes(end, widest, widest)
        .map(|(log_time, weight)| weight * (slope * log_time - pace * log_time.exp_m1()).exp())
        .sum();
    (scale * sum).min(whole)
}
