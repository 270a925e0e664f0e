//! A number with its first and second derivatives by four parameters: exact gradients and Hessians without formulas
//! worked out by hand for every likelihood (forward differentiation). Samplers need no Hessian and leave it out: the
//! formulas are written once, for both.

use std::ops::{Add, Mul, Neg, Sub};

/// How many parameters every purchase model here has.
pub(crate) const PARAMETERS: usize = 4;
/// Entries of the upper triangle of the Hessian.
pub(crate) const TRIANGLE: usize = PARAMETERS * (PARAMETERS + 1) / 2;
/// Entries of a Hessian that is left out.
pub(crate) const NONE: usize = 0;

/// A value, its gradient and the upper triangle of its Hessian, row by row; `H` is [`TRIANGLE`], or [`NONE`] to leave the
/// Hessian out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Jet<const H: usize = TRIANGLE> {
    pub value: f64,
    pub gradient: [f64; PARAMETERS],
    pub hessian: [f64; H],
}

impl<const H: usize> Jet<H> {
    pub const ZERO: Self = Jet::constant(0.0);

    pub const fn constant(value: f64) -> Self {
        Jet { value, gradient: [0.0; PARAMETERS], hessian: [0.0; H] }
    }

    /// A quantity that depends on one parameter only, with its first and second derivative by it.
    pub fn of_one(parameter: usize, value: f64, first: f64, second: f64) -> Self {
        let mut jet = Jet::constant(value);
        jet.gradient[parameter] = first;
        if H > 0 {
            jet.hessian[diagonal(parameter)] = second;
        }
        jet
    }

    /// A positive parameter itself, differentiated by its logarithm.
    pub fn positive_parameter(parameter: usize, value: f64) -> Self {
        Jet::of_one(parameter, value, value, value)
    }

    /// `f(self)`, given the value and the first two derivatives of `f` there.
    pub fn map(&self, value: f64, first: f64, second: f64) -> Self {
        let mut jet = Jet::constant(value);
        for i in 0..PARAMETERS {
            jet.gradient[i] = first * self.gradient[i];
        }
        each_pair::<H>(|at, i, j| {
            jet.hessian[at] = first * self.hessian[at] + second * self.gradient[i] * self.gradient[j];
        });
        jet
    }

    pub fn exp(&self) -> Self {
        let value = self.value.exp();
        self.map(value, value, value)
    }

    pub fn ln(&self) -> Self {
        let inverse = 1.0 / self.value;
        self.map(self.value.ln(), inverse, -inverse * inverse)
    }

    pub fn scale(&self, factor: f64) -> Self {
        self.map(factor * self.value, factor, 0.0)
    }

    /// A function of three jets, given its value, gradient and Hessian (upper triangle) by its three arguments.
    pub fn of_three(arguments: [&Self; 3], value: f64, first: [f64; 3], second: [[f64; 3]; 3]) -> Self {
        let mut jet = Jet::constant(value);
        for (argument, slope) in arguments.iter().zip(first) {
            for i in 0..PARAMETERS {
                jet.gradient[i] += slope * argument.gradient[i];
            }
        }
        each_pair::<H>(|at, i, j| {
            let mut sum = 0.0;
            for (k, left) in arguments.iter().enumerate() {
                sum += first[k] * left.hessian[at];
                for (l, right) in arguments.iter().enumerate() {
                    let curvature = if k <= l { second[k][l] } else { second[l][k] };
                    sum += curvature * left.gradient[i] * right.gradient[j];
                }
            }
            jet.hessian[at] = sum;
        });
        jet
    }

    /// Adds `weight` times `other`.
    pub fn add_scaled(&mut self, weight: f64, other: &Self) {
        self.value += weight * other.value;
        for i in 0..PARAMETERS {
            self.gradient[i] += weight * other.gradient[i];
        }
        for i in 0..H {
            self.hessian[i] += weight * other.hessian[i];
        }
    }

    /// Adds `weight * ln(exp(one) + exp(other))`, the likelihood of two exclusive explanations.
    pub fn add_scaled_log_sum(&mut self, weight: f64, one: &Self, other: &Self) {
        let odds = self.add_scaled_greater(weight, one, other);
        self.value += weight * odds.ln_1p();
    }

    /// [`Jet::add_scaled_log_sum`] but for `weight * ln(1 + odds)` in the value; returns the odds of the lesser.
    #[inline]
    pub fn add_scaled_greater(&mut self, weight: f64, one: &Self, other: &Self) -> f64 {
        // The greater counts one, and the shares are had without subtraction.
        let one_is_greater = one.value >= other.value;
        let (high, low) = if one_is_greater { (one.value, other.value) } else { (other.value, one.value) };
        let odds = (low - high).exp();
        let most = 1.0 / (1.0 + odds);
        let (one_share, other_share) = if one_is_greater { (most, odds * most) } else { (odds * most, most) };
        self.value += weight * high;
        let (to_one, to_other) = (weight * one_share, weight * other_share);
        let spread = to_one * other_share;
        let difference: [f64; PARAMETERS] = std::array::from_fn(|i| one.gradient[i] - other.gradient[i]);
        for i in 0..PARAMETERS {
            self.gradient[i] += to_one * one.gradient[i] + to_other * other.gradient[i];
        }
        each_pair::<H>(|at, i, j| {
            self.hessian[at] +=
                to_one * one.hessian[at] + to_other * other.hessian[at] + spread * difference[i] * difference[j];
        });
        odds
    }
}

impl Jet {
    /// The Hessian as a full symmetric matrix.
    pub fn full_hessian(&self) -> [[f64; PARAMETERS]; PARAMETERS] {
        let mut full = [[0.0; PARAMETERS]; PARAMETERS];
        each_pair::<TRIANGLE>(|at, i, j| {
            full[i][j] = self.hessian[at];
            full[j][i] = self.hessian[at];
        });
        full
    }
}

/// `ln(exp(one) + exp(other))` without overflow.
pub(crate) fn log_sum(one: f64, other: f64) -> f64 {
    let (high, low) = if one >= other { (one, other) } else { (other, one) };
    if low == f64::NEG_INFINITY { high } else { high + (low - high).exp().ln_1p() }
}

const fn diagonal(i: usize) -> usize {
    i * PARAMETERS - i * (i + 1) / 2 + i
}

/// Calls with (place in the triangle, row, column) for every pair of parameters, if there is a Hessian.
#[inline(always)]
fn each_pair<const H: usize>(mut visit: impl FnMut(usize, usize, usize)) {
    if H == NONE {
        return;
    }
    let mut at = 0;
    for i in 0..PARAMETERS {
        for j in i..PARAMETERS {
            visit(at, i, j);
            at += 1;
        }
    }
}

impl<const H: usize> Default for Jet<H> {
    fn default() -> Self {
        Jet::ZERO
    }
}

impl<const H: usize> Add for Jet<H> {
    type Output = Self;
    fn add(mut self, other: Self) -> Self {
        self.add_scaled(1.0, &other);
        self
    }
}

impl<const H: usize> Sub for Jet<H> {
    type Output = Self;
    fn sub(mut self, other: Self) -> Self {
        self.add_scaled(-1.0, &other);
        self
    }
}

impl<const H: usize> Neg for Jet<H> {
    type Output = Self;
    fn neg(self) -> Self {
        self.scale(-1.0)
    }
}

impl<const H: usize> Mul for Jet<H> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let mut jet = Jet::constant(self.value * other.value);
        for i in 0..PARAMETERS {
            jet.gradient[i] = self.gradient[i] * other.value + self.value * other.gradient[i];
        }
        each_pair::<H>(|at, i, j| {
            jet.hessian[at] = self.hessian[at] * other.value
                + self.value * other.hessian[at]
                + self.gradient[i] * other.gradient[j]
                + self.gradient[j] * other.gradient[i];
        });
        jet
    }
}

/// `constant + jet`.
impl<const H: usize> Add<f64> for Jet<H> {
    type Output = Self;
    fn add(mut self, constant: f64) -> Self {
        self.value += constant;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// f = ln(a^2 b + exp(c d)) by jets against central differences in the logs.
    #[test]
    fn derivatives_equal_finite_differences() {
        let by_jets = |at: [f64; 4]| {
            let [a, b, c, d]: [Jet; 4] = std::array::from_fn(|i| Jet::positive_parameter(i, at[i].exp()));
            (a * a * b + (c * d).exp()).ln()
        };
        let point = [0.3, -0.2, 0.1, 0.4];
        let jet = by_jets(point);
        let step = 1e-5;
        let moved = |i: usize, by: f64| {
            let mut to = point;
            to[i] += by;
            by_jets(to)
        };
        for i in 0..4 {
            let (up, down) = (moved(i, step), moved(i, -step));
            assert!(((up.value - down.value) / (2.0 * step) - jet.gradient[i]).abs() < 1e-9);
            for j in 0..4 {
                let second = (up.gradient[j] - down.gradient[j]) / (2.0 * step);
                assert!((second - jet.full_hessian()[i][j]).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn log_sum_accumulates_like_its_definition() {
        let one: Jet = Jet::positive_parameter(0, 0.7) * Jet::positive_parameter(1, 1.3);
        let other = Jet::positive_parameter(2, 0.4) * Jet::positive_parameter(1, 2.0);
        let mut sum = Jet::ZERO;
        sum.add_scaled_log_sum(3.0, &one, &other);
        let plain = (one.exp() + other.exp()).ln().scale(3.0);
        assert!((sum.value - plain.value).abs() < 1e-14);
        for i in 0..TRIANGLE {
            assert!((sum.hessian[i] - plain.hessian[i]).abs() < 1e-13);
        }
    }

    #[test]
    fn log_sum_survives_extremes() {
        let mut sum: Jet = Jet::ZERO;
        sum.add_scaled_log_sum(1.0, &Jet::constant(-1e6), &Jet::constant(1e6));
        assert_eq!(sum.value, 1e6);
        assert!(sum.gradient.iter().chain(&sum.hessian).all(|d| d.is_finite()));
        assert_eq!(log_sum(-3.0, f64::NEG_INFINITY), -3.0);
    }
}
