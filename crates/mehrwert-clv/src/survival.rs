//! Survival over periods when the chance of leaving is beta-distributed between customers, and its discounted sums:
//! the common ground of contracts (renewals) and of the BG/BB (occasions).
//!
//! A customer with chance p survives t periods with probability `(1 - p)^(t^c)`, so
//! `S(t) = B(alpha, beta + t^c) / B(alpha, beta)`. With c = 1 it is the beta-geometric distribution.

use crate::gamma_difference::{log_gamma_step, second_difference};
use crate::period::Horizon;
use crate::quadrature::each_node;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BetaSurvival {
    pub alpha: f64,
    pub beta: f64,
    pub c: f64,
}

/// Powers of time beyond this are told from infinity only by their logarithm.
const HUGE: f64 = 1e100;
/// Terms that are always summed one by one.
const ONE_BY_ONE: f64 = 512.0;
/// Where terms change by less than this from one to the next, their sum is an integral with a correction.
const SLOW: f64 = 0.005;
/// Terms below this share of the sum end it.
const NEGLIGIBLE: f64 = 1e-22;

impl BetaSurvival {
    /// `-ln(S(from + more) / S(from))`, never negative, for from, more >= 0.
    pub fn hazard(&self, from: f64, more: f64) -> f64 {
        if more == 0.0 {
            return 0.0;
        }
        if from > 0.0 && self.c * from.ln() > HUGE.ln() {
            return self.alpha * self.c * (more / from).ln_1p();
        }
        let start = if from > 0.0 { from.powf(self.c) } else { 0.0 };
        let gain = if self.c == 1.0 {
            more
        } else if from > 0.0 {
            start * (self.c * (more / from).ln_1p()).exp_m1()
        } else {
            more.powf(self.c)
        };
        self.hazard_of_power(start, gain, self.c * (from + more).ln())
    }

    /// The same for powers of time: from `start` on by `gain`, the logarithm of the end also given.
    fn hazard_of_power(&self, start: f64, gain: f64, log_end: f64) -> f64 {
        if log_end > HUGE.ln() {
            (self.alpha * log_end - log_gamma_step(self.beta + start, self.alpha).value).max(0.0)
        } else {
            second_difference(self.beta + start, self.alpha, gain)
        }
    }

    /// Survival of `more` periods beyond `from`, given survival until then.
    pub fn survival(&self, from: f64, more: f64) -> f64 {
        (-self.hazard(from, more)).exp()
    }

    /// Whether the expected lifetime exists: the tail falls like `t^(-c alpha)`.
    pub fn has_mean(&self) -> bool {
        self.c * self.alpha > 1.0
    }

    /// `sum over k from 1 of exp(-rate k) S(from + k) / S(from)`, over the horizon. Infinite only for ever, with rate 0
    /// and no expected lifetime (or one beyond what can be represented).
    pub fn discounted_sum(&self, from: f64, over: Horizon, rate: f64) -> f64 {
        let last = match over {
            Horizon::Periods(count) => f64::from(count),
            Horizon::Forever if rate > 0.0 => f64::INFINITY,
            Horizon::Forever if !self.has_mean() => return f64::INFINITY,
            Horizon::Forever if self.c == 1.0 => return (self.beta + from) / (self.alpha - 1.0),
            Horizon::Forever => f64::INFINITY,
        };
        let discount = (-rate).exp();
        let (mut sum, mut term, mut k) = (0.0, 1.0, 0.0);
        while k < last {
            term = if self.c == 1.0 {
                term * discount * (self.beta + from + k) / (self.alpha + self.beta + from + k)
            } else {
                (-rate * (k + 1.0) - self.hazard(from, k + 1.0)).exp()
            };
            sum += term;
            k += 1.0;
            if term <= NEGLIGIBLE * sum {
                return sum;
            }
            if k >= ONE_BY_ONE && rate + self.steepest_after(from + k) < SLOW {
                return sum + self.rest(from, k, last, rate);
            }
        }
        sum
    }

    /// The hazard a period at time t: `-d ln S / dt`.
    fn hazard_rate(&self, t: f64) -> f64 {
        let log_power = self.c * t.ln();
        if log_power > HUGE.ln() {
            return self.c * self.alpha / t;
        }
        let power = log_power.exp();
        self.c * power / t * log_gamma_step(self.beta + power, self.alpha).first
    }

    /// A bound of the hazard rate from t >= 1 on. For c <= 1 it falls; else it may rise until `t^c = (c - 1) beta`.
    fn steepest_after(&self, t: f64) -> f64 {
        if self.c <= 1.0 {
            return self.hazard_rate(t);
        }
        let peak = ((self.c - 1.0) * self.beta).ln() / self.c;
        let log_power = self.c * peak.max(t.ln());
        // psi(y + a) - psi(y) <= a (1 / y + 1 / y^2) <= 2 a / y for y >= 1.
        2.0 * self.c * self.alpha * (-log_power / self.c).exp() / (1.0 + self.beta * (-log_power).exp())
    }

    /// The terms after the k-th by the Euler-Maclaurin formula at midpoints.
    fn rest(&self, from: f64, k: f64, last: f64, rate: f64) -> f64 {
        let term = |t: f64| (-rate * t - self.hazard(from, t)).exp();
        let slope_at_start = term(k + 1.0) - term(k);
        let slope_at_end = if last.is_finite() { term(last + 1.0) - term(last) } else { 0.0 };
        self.integral(from, k + 0.5, last + 0.5, rate) - (slope_at_end - slope_at_start) / 24.0
    }

    /// `integral of exp(-rate t) S(from + t) / S(from)` between two times, panel by panel of the logarithm of the time.
    fn integral(&self, from: f64, start: f64, end: f64, rate: f64) -> f64 {
        let power_of_from = if from > 0.0 { from.powf(self.c) } else { 0.0 };
        let log_from_is_huge = from > 0.0 && self.c * from.ln() > HUGE.ln();
        let hazard_until = |log_time: f64| {
            let log_power = self.c * log_time;
            if log_from_is_huge {
                self.alpha * (log_power - self.c * from.ln())
            } else {
                self.hazard_of_power(power_of_from, log_power.exp() - power_of_from, log_power)
            }
        };
        let log_term = |at: f64| {
            let discount = if rate > 0.0 { rate * (at.exp() - from) } else { 0.0 };
            at - discount - hazard_until(at)
        };
        // From here on S is a pure power to the last digit.
        let log_pure = (1e17 * (1.0 + self.alpha) * (1.0 + self.alpha + self.beta)).ln() / self.c;
        let (mut at, log_end) = ((from + start).ln(), (from + end).ln());
        let mut sum = 0.0;
        while at < log_end {
            let decay = at.exp() * (rate + self.steepest_after(at.exp()));
            let is_pure_power = at > log_pure;
            if is_pure_power && rate == 0.0 && log_end == f64::INFINITY {
                return sum + log_term(at).exp() / (self.c * self.alpha - 1.0);
            }
            let smooth = if is_pure_power { 0.5 } else { (2.0 / self.c).min(0.5) };
            // Over four e-folds sixteen nodes are exact; infinity times zero, far out, counts as flat.
            let steep = if decay > 0.0 { 4.0 / decay } else { smooth };
            let width = smooth.min(steep).min(log_end - at);
            let mut part = 0.0;
            each_node(at, width, |node, weight| part += weight * log_term(node).exp());
            sum += part;
            at += width;
            if part <= 1e-18 * sum || at + width == at {
                break;
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survival(alpha: f64, beta: f64, c: f64) -> BetaSurvival {
        BetaSurvival { alpha, beta, c }
    }

    #[track_caller]
    fn near(found: f64, expected: f64, relative: f64) {
        assert!((found - expected).abs() <= relative * expected.abs(), "found {found}, expected {expected}");
    }

    /// Term by term, in one go.
    fn plain_sum(model: BetaSurvival, from: f64, periods: u32, rate: f64) -> f64 {
        (1..=periods).rev().map(|k| (-rate * f64::from(k)).exp() * model.survival(from, f64::from(k))).sum()
    }

    #[test]
    fn long_sums_equal_term_by_term() {
        for alpha in [1e-3, 0.3, 1.5, 40.0, 2e3] {
            for beta in [1e-2, 1.0, 50.0, 1e5] {
                for c in [0.2, 0.9, 1.0, 1.3, 2.5] {
                    for (from, rate) in [(0.0, 0.0), (3.0, 1e-4), (700.0, 2e-3), (5.0, 0.05)] {
                        let model = survival(alpha, beta, c);
                        let found = model.discounted_sum(from, Horizon::Periods(20_000), rate);
                        let expected = plain_sum(model, from, 20_000, rate);
                        assert!(
                            (found - expected).abs() <= 1e-9 * expected,
                            "{model:?} {from} {rate}: {found} {expected}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn endless_sums_meet_closed_forms() {
        // The sum over ever of (b)_k / (a + b)_k is b / (a - 1), by whatever way.
        let almost = survival(1.7, 4.0, 1.0 + 1e-12);
        near(almost.discounted_sum(2.0, Horizon::Forever, 0.0), 6.0 / 0.7, 1e-8);
        // alpha = 1: S(k) = b / (b + k), and the sum is a logarithm; b = 1: -ln(1 - v) / v - 1.
        for rate in [1e-12, 1e-6, 1e-3, 0.1f64] {
            let expected = -(-(-rate).exp_m1()).ln() / (-rate).exp() - 1.0;
            near(survival(1.0, 1.0, 1.0).discounted_sum(0.0, Horizon::Forever, rate), expected, 1e-9);
        }
        assert_eq!(survival(0.9, 1.0, 1.0).discounted_sum(0.0, Horizon::Forever, 0.0), f64::INFINITY);
        assert_eq!(survival(2.0, 1.0, 0.4).discounted_sum(0.0, Horizon::Forever, 0.0), f64::INFINITY);
    }

    #[test]
    fn slow_tails_end() {
        // S(t) ~ t^-1.5 through a small power: the tail beyond any number one can count to has weight.
        let model = survival(150.0, 1e-3, 0.01);
        let endless = model.discounted_sum(0.0, Horizon::Forever, 0.0);
        let discounted = model.discounted_sum(0.0, Horizon::Forever, 1e-13);
        assert!(endless.is_finite() && endless > 0.0 && discounted <= endless);
        for rate in [1e-300, 1e-30, 1e-9] {
            let sum = survival(1e-4, 1e-4, 1e-3).discounted_sum(0.0, Horizon::Forever, rate);
            assert!(sum.is_finite() && sum > 0.1 / rate, "{sum}");
        }
    }
}
