//! Differences of the logarithm of the gamma function that keep their digits, with derivatives by real arguments.
//!
//! What mixes a beta distribution into geometric (or Weibull) survival is a second difference of ln gamma. Taken
//! naively it loses everything where a parameter is large or small.

use crate::jet::Jet;
use crate::special::{WithDerivatives, ln_gamma, stirling_difference};

/// Where Stirling's series is exact to the last digit.
const STIRLING_FROM: f64 = 16.0;

/// `ln gamma(y + step) - ln gamma(y)` with its derivatives by y, for y > 0 and any step >= 0; accurate relative to
/// itself also for small steps, but for where it goes through zero (y below 1.5): there relative to the step or to one,
/// whichever is less.
pub(crate) fn log_gamma_step(y: f64, step: f64) -> WithDerivatives {
    let (mut value, mut first, mut second) = (0.0, 0.0, 0.0);
    let mut low = y;
    while low < STIRLING_FROM {
        let high = low + step;
        value -= (step / low).ln_1p();
        first += step / (low * high);
        second -= step * (low + high) / (low * low * high * high);
        low += 1.0;
    }
    let rest = stirling_difference(low, step);
    WithDerivatives { value: value + rest.value, first: first + rest.first, second: second + rest.second }
}

/// `ln gamma(y + a + b) - ln gamma(y + a) - ln gamma(y + b) + ln gamma(y)`, never negative: for whole b it is minus the
/// logarithm of the probability that a Beta(a, y) chance does not strike in b trials. Accurate relative to itself or to
/// what it is a difference of, the lesser of a and b times `1 + |ln y|`; for b = 1 always relative to itself.
pub(crate) fn second_difference(y: f64, a: f64, b: f64) -> f64 {
    if b == 1.0 {
        return (a / y).ln_1p();
    }
    // The smaller step has the smaller terms, of which less is lost.
    let (far, near) = if b <= a { (a, b) } else { (b, a) };
    (log_gamma_step(y + far, near).value - log_gamma_step(y, near).value).max(0.0)
}

/// [`second_difference`] of three quantities that depend on the parameters.
pub(crate) fn second_difference_jet(y: &Jet, a: &Jet, b: &Jet) -> Jet {
    let (at, by_a, by_b) = (y.value, a.value, b.value);
    let along_b = log_gamma_step(at + by_a, by_b);
    let along_a = log_gamma_step(at + by_b, by_a);
    let (far, near) = if by_b <= by_a { (along_b, by_b) } else { (along_a, by_a) };
    let start = log_gamma_step(at, near);
    let (first, second) = if by_b == 1.0 {
        let sum = at + by_a;
        (-by_a / (at * sum), by_a * (at + sum) / (at * at * sum * sum))
    } else {
        (far.first - start.first, far.second - start.second)
    };
    let mixed = ln_gamma(at + by_a + by_b).second;
    Jet::of_three(
        [y, a, b],
        second_difference(at, by_a, by_b),
        [first, along_b.first, along_a.first],
        [
            [second, along_b.second, along_a.second],
            [along_b.second, along_b.second, mixed],
            [along_a.second, mixed, along_a.second],
        ],
    )
}

/// `ln(1 - exp(-hazard))`: the logarithm of the probability of leaving in a period of this cumulative hazard.
pub(crate) fn log_of_leaving(hazard: f64) -> f64 {
    if hazard < std::f64::consts::LN_2 { (-(-hazard).exp_m1()).ln() } else { (-(-hazard).exp()).ln_1p() }
}

/// [`log_of_leaving`] with its derivatives.
pub(crate) fn log_of_leaving_jet(hazard: &Jet) -> Jet {
    let odds = 1.0 / hazard.value.exp_m1();
    hazard.map(log_of_leaving(hazard.value), odds, -odds * (1.0 + odds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_steps_are_products() {
        for y in [1e-6, 0.3, 2.0, 15.9, 400.0, 1e7] {
            let product: f64 = (0..5).map(|j| (y + f64::from(j)).ln()).sum();
            assert!((log_gamma_step(y, 5.0).value - product).abs() < 1e-13 * product.abs().max(1.0));
            for a in [1e-7, 0.4, 30.0, 1e7] {
                let hazard: f64 = (0..5).map(|j| (a / (y + f64::from(j))).ln_1p()).sum();
                let found = second_difference(y, a, 5.0);
                assert!((found - hazard).abs() < 1e-12 * hazard + 1e-13, "{y} {a}: {found} {hazard}");
                assert!((second_difference(y, 5.0, a) - hazard).abs() < 1e-12 * hazard + 1e-13);
            }
        }
    }

    #[test]
    fn derivatives_equal_finite_differences() {
        for logs in [[0.1, 0.4, -0.7], [3.0, -4.0, 1.0], [-5.0, 2.0, 3.0], [0.5, 1.0, 0.0]] {
            let jet_at = |at: [f64; 3]| {
                let [y, a, b] = std::array::from_fn(|i| Jet::positive_parameter(i, at[i].exp()));
                log_of_leaving_jet(&second_difference_jet(&y, &a, &b))
            };
            let jet = jet_at(logs);
            for i in 0..3 {
                let moved = |by: f64| {
                    let mut to = logs;
                    to[i] += by;
                    jet_at(to)
                };
                let (up, down) = (moved(1e-5), moved(-1e-5));
                let slope = (up.value - down.value) / 2e-5;
                assert!((slope - jet.gradient[i]).abs() < 1e-8, "{logs:?} {i}: {slope} {:?}", jet.gradient);
                for j in 0..3 {
                    let bend = (up.gradient[j] - down.gradient[j]) / 2e-5;
                    assert!((bend - jet.full_hessian()[i][j]).abs() < 1e-7);
                }
            }
        }
    }
}
