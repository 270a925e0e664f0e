//! Pareto-smoothed importance sampling (Vehtari, Simpson, Gelman, Yao & Gabry 2024, JMLR 25:72).
//!
//! The greatest importance ratios are replaced by the expected order statistics of a generalised Pareto distribution
//! fitted to them (Zhang & Stephens 2009). Its shape, k-hat, says whether the sample can be trusted.

/// Smoothed weights that sum to one, and the diagnostic.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Smoothed {
    pub weights: Vec<f64>,
    /// Shape of the tail; minus infinity where the ratios are all alike, infinite where none can be used.
    pub k_hat: f64,
}

/// The least number of ratios that a tail can be fitted to.
const LEAST_TAIL: usize = 5;

/// k-hat below this can be trusted for so many draws: `min(1 - 1 / log10(S), 0.7)`.
pub(crate) fn trusted_k_hat(draws: usize) -> f64 {
    (1.0 - 1.0 / (draws.max(2) as f64).log10()).min(0.7)
}

/// Smooths importance ratios given by their logarithms; those that are not finite count as zero.
pub(crate) fn smooth(log_ratios: &[f64]) -> Smoothed {
    let greatest = log_ratios.iter().copied().filter(|ratio| ratio.is_finite()).fold(f64::NEG_INFINITY, f64::max);
    if greatest == f64::NEG_INFINITY {
        return Smoothed { weights: vec![0.0; log_ratios.len()], k_hat: f64::INFINITY };
    }
    let of = |ratio: &f64| if ratio.is_finite() { (ratio - greatest).exp() } else { 0.0 };
    let mut weights: Vec<f64> = log_ratios.iter().map(of).collect();
    let k_hat = smooth_tail(&mut weights);
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
    Smoothed { weights, k_hat }
}

/// Replaces the tail of the ratios, of which the greatest is one.
fn smooth_tail(ratios: &mut [f64]) -> f64 {
    let count = ratios.len() as f64;
    let tail = (0.2 * count).min(3.0 * count.sqrt()).ceil() as usize;
    if tail < LEAST_TAIL || tail >= ratios.len() {
        return f64::INFINITY;
    }
    let mut order: Vec<usize> = (0..ratios.len()).collect();
    order.sort_by(|&one, &other| ratios[one].total_cmp(&ratios[other]).then(one.cmp(&other)));
    let (rest, tail) = order.split_at(ratios.len() - tail);
    let cut = rest.last().map_or(0.0, |&at| ratios[at]);
    let beyond: Vec<f64> = tail.iter().map(|&at| ratios[at] - cut).collect();
    if beyond[0] <= 0.0 || beyond[beyond.len() - 1] <= 1e-12 {
        return f64::NEG_INFINITY;
    }
    let (k, scale) = fit_generalised_pareto(&beyond);
    if k.is_finite() {
        for (place, &at) in tail.iter().enumerate() {
            let below = (place as f64 + 0.5) / beyond.len() as f64;
            let log_above = (-below).ln_1p();
            let quantile = if k == 0.0 { -log_above } else { (-k * log_above).exp_m1() / k };
            ratios[at] = (cut + scale * quantile).min(1.0);
        }
    }
    k
}

/// Shape and scale of a generalised Pareto distribution, from ascending values above zero: the estimate of Zhang &
/// Stephens with the weak prior of ten values at a shape of one half.
fn fit_generalised_pareto(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let most = values[values.len() - 1];
    let quarter = values[((count / 4.0 + 0.5).floor() as usize).max(1) - 1];
    let points = 30.0 + count.sqrt().floor();
    let shape_at = |theta: f64| values.iter().map(|value| (-theta * value).ln_1p()).sum::<f64>() / count;
    let candidates: Vec<(f64, f64)> = (1..=points as usize)
        .map(|j| {
            let theta = 1.0 / most + (1.0 - (points / (j as f64 - 0.5)).sqrt()) / (3.0 * quarter);
            let k = shape_at(theta);
            (theta, count * ((-theta / k).ln() - k - 1.0))
        })
        .filter(|(_, log_likelihood)| log_likelihood.is_finite())
        .collect();
    let best = candidates.iter().map(|candidate| candidate.1).fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut weighted) = (0.0, 0.0);
    for (theta, log_likelihood) in candidates {
        let weight = (log_likelihood - best).exp();
        sum += weight;
        weighted += weight * theta;
    }
    let theta = weighted / sum;
    let k = shape_at(theta);
    ((k * count + 5.0) / (count + 10.0), -k / theta)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;
    use rand_distr::{Distribution, Exp1};
    use rand_pcg::Pcg64Mcg;

    /// Ratios with a Pareto tail of shape k: U^-k.
    fn pareto(k: f64, count: usize) -> Vec<f64> {
        let mut rng = Pcg64Mcg::new(3);
        (0..count).map(|_| -k * f64::ln(1.0 - rng.random::<f64>())).collect()
    }

    #[test]
    fn k_hat_is_the_shape_of_the_tail() {
        for k in [0.2, 0.5, 0.9, 1.5] {
            let found = smooth(&pareto(k, 100_000));
            assert!((found.k_hat - k).abs() < 0.08, "{k}: {}", found.k_hat);
            assert!((found.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }

    /// Exponential draws for an exponential target of another rate: the ratio's tail has shape 1 - rate of the target.
    #[test]
    fn smoothed_weights_estimate_the_target() {
        let mut rng = Pcg64Mcg::new(8);
        let draws: Vec<f64> = (0..4000).map(|_| Exp1.sample(&mut rng)).collect();
        let log_ratios: Vec<f64> = draws.iter().map(|draw| 0.3 * draw).collect();
        let found = smooth(&log_ratios);
        let mean: f64 = draws.iter().zip(&found.weights).map(|(draw, weight)| draw * weight).sum();
        assert!((found.k_hat - 0.3).abs() < 0.12, "{}", found.k_hat);
        assert!((mean - 1.0 / 0.7).abs() < 0.12, "{mean}");
        let narrow = smooth(&draws.iter().map(|draw| 0.9 * draw).collect::<Vec<_>>());
        assert!(narrow.k_hat > 0.7, "{}", narrow.k_hat);
    }

    #[test]
    fn degenerate_ratios_have_an_answer() {
        let alike = smooth(&[2.0; 400]);
        assert_eq!(alike.k_hat, f64::NEG_INFINITY);
        assert!(alike.weights.iter().all(|weight| (weight - 1.0 / 400.0).abs() < 1e-15));
        assert_eq!(smooth(&[f64::NEG_INFINITY, f64::NAN]).k_hat, f64::INFINITY);
        assert_eq!(smooth(&[0.0, 1.0]).k_hat, f64::INFINITY);
        assert!((trusted_k_hat(100) - 0.5).abs() < 1e-12 && trusted_k_hat(100_000) == 0.7);
    }
}
