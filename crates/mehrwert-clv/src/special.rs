//! Special functions in log space: the gamma function's logarithm, its derivatives, and their differences without
//! cancellation. Stirling's series after the recurrence has brought the argument up (Abramowitz & Stegun 6.1, 6.3).

/// From here on Stirling's series below is exact to the last digit.
const STIRLING_FROM: f64 = 16.0;
const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_7;

/// A function of one argument with its first two derivatives.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct WithDerivatives {
    pub value: f64,
    pub first: f64,
    pub second: f64,
}

/// Bernoulli numbers B_2k / (2k (2k - 1)).
const TERMS: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
    1.0 / 156.0,
    -3617.0 / 122_400.0,
];

/// Stirling's correction `ln gamma(z) - ((z - 1/2) ln z - z + ln(2 pi)/2)` and its derivatives, for large z.
fn stirling_correction(z: f64) -> WithDerivatives {
    let inverse = 1.0 / z;
    let square = inverse * inverse;
    let (mut value, mut first, mut second) = (0.0, 0.0, 0.0);
    for (k, term) in TERMS.iter().enumerate().rev() {
        let power = (2 * k + 1) as f64;
        value = value * square + term;
        first = first * square - power * term;
        second = second * square + power * (power + 1.0) * term;
    }
    WithDerivatives { value: value * inverse, first: first * square, second: second * square * inverse }
}

/// The third derivative of [`stirling_correction`].
fn third_of_correction(z: f64) -> f64 {
    let square = 1.0 / (z * z);
    let sum = TERMS.iter().enumerate().rev().fold(0.0, |sum, (k, term)| {
        let power = (2 * k + 1) as f64;
        sum * square - power * (power + 1.0) * (power + 2.0) * term
    });
    sum * square * square
}

/// `ln gamma(z)` with digamma and trigamma, for z > 0.
pub(crate) fn ln_gamma(z: f64) -> WithDerivatives {
    let mut product = 1.0;
    let (mut first, mut second) = (0.0, 0.0);
    let mut up = z;
    while up < STIRLING_FROM {
        product *= up;
        first -= 1.0 / up;
        second += 1.0 / (up * up);
        up += 1.0;
    }
    let correction = stirling_correction(up);
    let ln = up.ln();
    WithDerivatives {
        value: ((up - 0.5) * ln - up + HALF_LN_TWO_PI + correction.value) - product.ln(),
        first: first + ln - 0.5 / up + correction.first,
        second: second + 1.0 / up + 0.5 / (up * up) + correction.second,
    }
}

/// `ln gamma(z + n) - ln gamma(z)` for a whole number n: the logarithm of `z (z + 1) ... (z + n - 1)`, with its
/// derivatives by z, accurate however small z is.
pub(crate) fn log_rising_factorial(z: f64, n: u32) -> WithDerivatives {
    let mut sum = WithDerivatives::default();
    let (mut low, mut left) = (z, n);
    let mut product = 1.0;
    while left > 0 && (low < STIRLING_FROM || left < 4) {
        product *= low;
        sum.first += 1.0 / low;
        sum.second -= 1.0 / (low * low);
        low += 1.0;
        left -= 1;
    }
    sum.value = product.ln();
    if left == 0 {
        return sum;
    }
    let rest = stirling_difference(low, f64::from(left));
    WithDerivatives { value: sum.value + rest.value, first: sum.first + rest.first, second: sum.second + rest.second }
}

/// Steps below this share of the argument are so small that corrections differ by their slope at the middle.
const SMALL_STEP: f64 = 1e-5;

/// `ln gamma(z + n) - ln gamma(z)` with derivatives by z, for z from [`STIRLING_FROM`] on and n >= 0, accurate
/// relative to themselves for every n.
pub(crate) fn stirling_difference(z: f64, n: f64) -> WithDerivatives {
    let end = z + n;
    let (mut at_end, mut at_start) = (stirling_correction(end), stirling_correction(z));
    if n < SMALL_STEP * z {
        let between = stirling_correction(z + 0.5 * n);
        (at_end.value, at_start.value) = (n * between.first, 0.0);
        (at_end.first, at_start.first) = (n * between.second, 0.0);
        (at_end.second, at_start.second) = (n * third_of_correction(z + 0.5 * n), 0.0);
    }
    let growth = (n / z).ln_1p();
    WithDerivatives {
        value: (z - 0.5) * growth + n * (end.ln() - 1.0) + (at_end.value - at_start.value),
        first: growth + 0.5 * n / (z * end) + (at_end.first - at_start.first),
        second: -n / (z * end) - 0.5 * n * (z + end) / (z * z * end * end) + (at_end.second - at_start.second),
    }
}

/// `ln gamma(y + z) - ln gamma(y)` for real z > 0 (value only), keeping its digits where y is much greater than z. For y
/// below 16 its error is that of the two logarithms, a few units in the last place of `ln gamma(y)` or of one.
pub(crate) fn log_gamma_ratio(y: f64, z: f64) -> f64 {
    if y < STIRLING_FROM {
        return ln_gamma(y + z).value - ln_gamma(y).value;
    }
    stirling_difference(y, z).value
}

/// The regularised incomplete beta function `I_q(a, b)`, with both q and 1 - q handed in because one of them may be
/// too close to zero to be had by subtraction. By its continued fraction (Numerical Recipes 6.4, modified Lentz).
pub(crate) fn regularised_incomplete_beta(a: f64, b: f64, q: f64, one_minus_q: f64) -> f64 {
    if q <= 0.0 {
        return 0.0;
    }
    if one_minus_q <= 0.0 {
        return 1.0;
    }
    let log_beta = ln_gamma(a).value - log_gamma_ratio(b, a);
    let front = (a * q.ln() + b * one_minus_q.ln() - log_beta).exp();
    if q < (a + 1.0) / (a + b + 2.0) {
        (front * beta_fraction(a, b, q) / a).min(1.0)
    } else {
        (1.0 - front * beta_fraction(b, a, one_minus_q) / b).clamp(0.0, 1.0)
    }
}

fn beta_fraction(a: f64, b: f64, q: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let off_zero = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / off_zero(1.0 - (a + b) * q / (a + 1.0));
    let mut fraction = d;
    // The number of steps grows with the root of the greater argument; this bound is never met in practice.
    for step in 1..100_000 {
        let m = f64::from(step);
        for term in [
            m * (b - m) * q / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * q / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 / off_zero(1.0 + term * d);
            c = off_zero(1.0 + term / c);
            fraction *= c * d;
        }
        if (c * d - 1.0).abs() < 1e-16 {
            break;
        }
    }
    fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRECISE: &str = include_str!("../tests/data/precise_special.csv");

    fn rows(function: &'static str) -> impl Iterator<Item = [f64; 5]> {
        PRECISE.lines().filter_map(move |line| {
            let numbers = line.strip_prefix(function)?.strip_prefix(',')?;
            let mut numbers = numbers.split(',').map(|number| number.parse().expect("a number"));
            Some(std::array::from_fn(|_| numbers.next().expect("five columns")))
        })
    }

    #[track_caller]
    fn close(found: f64, expected: f64, floor: f64, place: &[f64]) {
        let error = (found - expected).abs() / expected.abs().max(floor);
        assert!(error < 2e-14, "at {place:?}: found {found}, expected {expected}, error {error:e}");
    }

    #[test]
    fn ln_gamma_and_its_derivatives_are_precise() {
        for row in rows("ln_gamma") {
            let found = ln_gamma(row[0]);
            // Values and first derivatives have zeros between 1 and 2, where only the absolute error can be small.
            close(found.value, row[2], 1.0, &row);
            close(found.first, row[3], 1.0, &row);
            close(found.second, row[4], 0.0, &row);
        }
    }

    #[test]
    fn rising_factorials_are_precise() {
        for row in rows("log_rising_factorial") {
            let found = log_rising_factorial(row[0], row[1] as u32);
            close(found.value, row[2], 1.0, &row);
            close(found.first, row[3], 0.0, &row);
            close(found.second, row[4], 0.0, &row);
        }
        assert_eq!(log_rising_factorial(0.3, 0), WithDerivatives::default());
    }

    #[test]
    fn ratios_of_gammas_keep_their_digits_far_out() {
        // gamma(y + 1) / gamma(y) is y.
        for y in [0.01, 3.0, 15.9, 16.0, 1e3, 1e8, 1e13] {
            close(log_gamma_ratio(y, 1.0), f64::ln(y), 1.0, &[y]);
        }
    }

    #[test]
    fn incomplete_beta_is_precise() {
        for row in rows("incomplete_beta") {
            let [a, b, expected, q, _] = row;
            let found = regularised_incomplete_beta(a, b, q, 1.0 - q);
            assert!((found / expected - 1.0).abs() < 2e-12, "at {row:?}: found {found}");
        }
        assert_eq!(regularised_incomplete_beta(2.0, 3.0, 0.0, 1.0), 0.0);
        assert_eq!(regularised_incomplete_beta(2.0, 3.0, 1.0, 0.0), 1.0);
    }
}
