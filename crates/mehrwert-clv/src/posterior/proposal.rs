//! Where importance draws come from: a t distribution around the mode, or one fitted to draws made before.
//!
//! The first proposal has the curvature at the mode. Where the posterior is bent, its draws miss a part, and the weights
//! of those that find it have a heavy tail. They still say where the mass lies: a proposal with their weighted mean and
//! covariance covers it better (adaptive importance sampling, Oh & Berger 1992, Journal of Statistical Computation and
//! Simulation 41), at the cost of as many evaluations of the likelihood, where chains would take tens of thousands.

use rand_distr::{ChiSquared, Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;

use crate::symmetric::symmetric_eigen;

/// Degrees of freedom: normal but for the tails, which should not be lighter than those of the posterior.
const FREEDOM: f64 = 8.0;

/// A t distribution of the deviations from the mode.
pub(super) struct Proposal {
    centre: [f64; 4],
    /// Columns: what one deviation in each direction does.
    scale: [[f64; 4]; 4],
}

impl Proposal {
    /// With the curvature at the mode.
    pub(super) fn around_mode() -> Proposal {
        let scale = std::array::from_fn(|i| std::array::from_fn(|k| f64::from(u8::from(i == k))));
        Proposal { centre: [0.0; 4], scale }
    }

    /// With the mean and the covariance of weighted draws, the weights summing to one; `None` where too few of them count
    /// to have a covariance.
    pub(super) fn fitted_to(draws: &[[f64; 4]], weights: &[f64]) -> Option<Proposal> {
        let mean = |of: &dyn Fn(&[f64; 4]) -> f64| draws.iter().zip(weights).map(|(at, weight)| weight * of(at)).sum();
        let centre: [f64; 4] = std::array::from_fn(|i| mean(&|at| at[i]));
        let covariance: [[f64; 4]; 4] =
            std::array::from_fn(|i| std::array::from_fn(|j| mean(&|at| (at[i] - centre[i]) * (at[j] - centre[j]))));
        let (values, vectors) = symmetric_eigen(covariance);
        // The covariance of the t distribution is wider than its scale.
        let narrower = (FREEDOM - 2.0) / FREEDOM;
        let scale = std::array::from_fn(|i| std::array::from_fn(|k| vectors[k][i] * (narrower * values[k]).sqrt()));
        let greatest = values.iter().copied().fold(0.0, f64::max);
        values.iter().all(|value| *value > 1e-9 * greatest && value.is_finite()).then_some(Proposal { centre, scale })
    }

    /// A draw, and the logarithm of its density up to a constant.
    pub(super) fn draw(&self, rng: &mut Pcg64Mcg) -> ([f64; 4], f64) {
        let spread = ChiSquared::new(FREEDOM).map_or(1.0, |chi| FREEDOM / chi.sample(rng)).sqrt();
        let standard: [f64; 4] = std::array::from_fn(|_| {
            let normal: f64 = StandardNormal.sample(rng);
            spread * normal
        });
        let at = std::array::from_fn(|i| self.centre[i] + (0..4).map(|k| self.scale[i][k] * standard[k]).sum::<f64>());
        let squared: f64 = standard.iter().map(|x| x * x).sum();
        (at, -0.5 * (FREEDOM + 4.0) * (squared / FREEDOM).ln_1p())
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn a_fitted_proposal_has_the_moments_of_the_draws() {
        let mut rng = Pcg64Mcg::seed_from_u64(5);
        let first = Proposal { centre: [1.0, -2.0, 0.0, 3.0], scale: [[2.0, 0.0, 0.0, 0.0]; 4] };
        // All directions but one are missing.
        let flat: Vec<[f64; 4]> = (0..400).map(|_| first.draw(&mut rng).0).collect();
        assert!(Proposal::fitted_to(&flat, &[1.0 / 400.0; 400]).is_none());
        let around = Proposal::around_mode();
        let draws: Vec<[f64; 4]> =
            (0..4000).map(|_| around.draw(&mut rng).0).map(|at| [at[0] + 1.0, 3.0 * at[1], at[2], at[3]]).collect();
        let fitted = Proposal::fitted_to(&draws, &[1.0 / 4000.0; 4000]).expect("a covariance");
        let again: Vec<[f64; 4]> = (0..4000).map(|_| fitted.draw(&mut rng).0).collect();
        let moments = |draws: &[[f64; 4]], i: usize| {
            let mean = draws.iter().map(|at| at[i]).sum::<f64>() / 4000.0;
            (mean, draws.iter().map(|at| (at[i] - mean).powi(2)).sum::<f64>() / 4000.0)
        };
        for i in 0..4 {
            let ((mean, variance), (found, found_variance)) = (moments(&draws, i), moments(&again, i));
            assert!((mean - found).abs() < 0.1 * variance.sqrt(), "{i}: {mean} {found}");
            assert!((found_variance / variance - 1.0).abs() < 0.15, "{i}: {variance} {found_variance}");
        }
    }
}
