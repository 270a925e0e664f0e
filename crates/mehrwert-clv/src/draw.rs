//! Random draws that stay in range for every parameter.

use rand::{Rng, RngExt};
use rand_distr::{Beta, Distribution, Poisson, StandardNormal};

use crate::newton::Limits;
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

/// Parameters drawn from what the data leave uncertain: normal in their logarithms, with this covariance. A draw beyond
/// the limits of the logarithms, within which the model can be computed, is moved to them: where the likelihood is nearly
/// flat the covariance reaches to numbers that no data could have meant.
pub(crate) fn draw_parameters<const N: usize>(
    values: [f64; N],
    log_covariance: [[f64; N]; N],
    limits: &Limits<N>,
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
    std::array::from_fn(|i| drawn[i].clamp(limits.lower[i], limits.upper[i]).exp())
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_pcg::Pcg64Mcg;

    use super::*;
    use crate::fit::limits_of;
    use crate::{Days, History, ModelKind, TimeUnit, model_with};

    /// A likelihood as flat as at a boundary leaves the logarithms a deviation of a thousand.
    #[test]
    fn draws_from_a_flat_covariance_can_be_computed() {
        let mut rng = Pcg64Mcg::seed_from_u64(3);
        let covariance = std::array::from_fn(|i| std::array::from_fn(|j| if i == j { 1e6 } else { 3e5 }));
        let history = History::new(4, 200, 300).unwrap();
        let mut met = [false; 2];
        for draw in 0..60 {
            let kind = ModelKind::ALL[draw % 3];
            let limits = limits_of(kind);
            let drawn = draw_parameters([0.5, 8.0, 0.6, 2.0], covariance, &limits, &mut rng);
            for (i, value) in drawn.map(f64::ln).into_iter().enumerate() {
                assert!(value >= limits.lower[i] - 1e-9 && value <= limits.upper[i] + 1e-9, "{kind}: {drawn:?}");
                met[0] |= value <= limits.lower[i] + 1e-9;
                met[1] |= value >= limits.upper[i] - 1e-9;
            }
            let model = model_with(kind, drawn, TimeUnit::Week).unwrap();
            let moments = model.purchase_moments(&[history], Days::new(365.0))[0];
            assert!(moments.mean >= 0.0 && moments.mean.is_finite() && moments.variance >= 0.0, "{kind}: {drawn:?}");
        }
        assert!(met[0] && met[1], "the covariance was not wide enough to meet the limits");
    }
}
