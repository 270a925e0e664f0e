//! Whether covariates tell anything: the likelihood-ratio test (Wilks 1938).

use crate::special::ln_gamma;

/// How much better the covariates explain the histories than the plain model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LikelihoodRatio {
    /// Twice the difference of the log-likelihoods, at least 0.
    pub statistic: f64,
    /// The number of coefficients.
    pub degrees: usize,
    /// The probability of a statistic as great where no covariate tells anything: chi-squared with so many degrees of
    /// freedom. A prior of the coefficients lowers the statistic a little, on the safe side.
    pub p_value: f64,
}

impl LikelihoodRatio {
    pub(super) fn new(with: f64, without: f64, degrees: usize) -> LikelihoodRatio {
        let statistic = (2.0 * (with - without)).max(0.0);
        LikelihoodRatio { statistic, degrees, p_value: chi_squared_beyond(statistic, degrees) }
    }
}

/// The probability that a chi-squared number exceeds `value`: the upper incomplete gamma function, by its series or its
/// continued fraction (Abramowitz & Stegun 6.5.29 and 6.5.31).
fn chi_squared_beyond(value: f64, degrees: usize) -> f64 {
    if degrees == 0 || value <= 0.0 {
        return 1.0;
    }
    let (shape, x) = (0.5 * degrees as f64, 0.5 * value);
    let front = (shape * x.ln() - x - ln_gamma(shape).value).exp();
    if x < shape + 1.0 {
        let (mut term, mut sum) = (1.0 / shape, 1.0 / shape);
        for n in 1..10_000 {
            term *= x / (shape + f64::from(n));
            sum += term;
            if term < 1e-17 * sum {
                break;
            }
        }
        return (1.0 - front * sum).clamp(0.0, 1.0);
    }
    // Lentz's evaluation of the continued fraction.
    let mut b = x + 1.0 - shape;
    let (mut c, mut d) = (1e300, 1.0 / b);
    let mut fraction = d;
    for n in 1..10_000 {
        let n = f64::from(n);
        let a = -n * (n - shape);
        b += 2.0;
        d = 1.0 / (a * d + b);
        c = b + a / c;
        let change = c * d;
        fraction *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    (front * fraction).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Even degrees have a closed form, `exp(-x) sum of x^k / k!` for k below half of them; with one, 1.96^2 is 5 %.
    #[test]
    fn tails_of_chi_squared_are_known() {
        for value in [0.01, 0.7, 3.0, 5.99, 20.0, 150.0] {
            let x = 0.5 * value;
            for (degrees, expected) in
                [(2, f64::exp(-x)), (4, f64::exp(-x) * (1.0 + x)), (6, f64::exp(-x) * (1.0 + x + 0.5 * x * x))]
            {
                let found = chi_squared_beyond(value, degrees);
                assert!((found - expected).abs() < 1e-13 * expected.max(1e-3), "{value} {degrees}: {found} {expected}");
            }
        }
        assert!((chi_squared_beyond(3.841_458_820_694_124, 1) - 0.05).abs() < 1e-12);
        assert!((chi_squared_beyond(11.070_497_693_516_35, 5) - 0.05).abs() < 1e-12);
        assert_eq!(chi_squared_beyond(0.0, 3), 1.0);
    }
}
