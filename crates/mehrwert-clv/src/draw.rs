//! Random draws that stay in range for every parameter.

use rand::{Rng, RngExt};
use rand_distr::{Beta, Distribution, Poisson, StandardNormal};

use crate::symmetric::symmetric_eigen;

/// A draw from Beta(a, b), always within 0 to 1; a and b finite and above zero.
pub(crate) fn draw_beta(a: f64, b: f64, rng: &mut dyn Rng) -> f64 {
    let drawn = Beta::new(a, b).map_or(f64::NAN, |beta| beta.sample(rng));
    if (0.0..=1.0).contains(&drawn) {
        return drawn;
    }
    // The sampler fails only where the distribution is all or nothing.
    if rng.random::<f64>() < a / (a + b) { 1.0 } else { 0.0 }
}

/// A Poisson-distributed number; beyond what fits, the greatest that does.
pub(crate) fn draw_count(mean: f64, rng: &mut dyn Rng) -> u32 {
    // The sampler refuses a mean of zero and means too great to have digits.
    Poisson::new(mean).map_or(if mean > 1.0 { f64::MAX } else { 0.0 }, |poisson| poisson.sample(rng)) as u32
}

/// Parameters drawn from what the data leave uncertain: normal in their logarithms, with this covariance.
pub(crate) fn draw_parameters<const N: usize>(
    values: [f64; N],
    log_covariance: [[f64; N]; N],
    rng: &mut dyn Rng,
) -> [f64; N] {
    let (variances, directions) = symmetric_eigen(log_covariance);
    let mut drawn = values.map(f64::ln);
    for (variance, direction) in variances.iter().zip(&directions) {
        let normal: f64 = StandardNormal.sample(rng);
        for (value, along) in drawn.iter_mut().zip(direction) {
            *value += normal * variance.max(0.0).sqrt() * along;
        }
    }
    drawn.map(|log_value| log_value.exp().clamp(f64::MIN_POSITIVE, f64::MAX))
}
