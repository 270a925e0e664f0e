//! How far groups differ: the common means and the standard deviations between groups, given every group's likelihood to
//! second order. The means are integrated out exactly; the deviations between groups are found by expectation
//! maximisation (Dempster, Laird & Rubin 1977) and drawn by slice sampling (Neal 2003).

use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;

use super::gaussian::{Factor, Matrix, Surrogate, Vector, dot, times};

/// What is believed before the data.
#[derive(Debug, Clone)]
pub(super) struct Beliefs<const N: usize> {
    /// Precision of the common means, and precision times mean.
    pub precision: Matrix<N>,
    pub linear: Vector<N>,
    /// Scales of the half-normal distributions of the standard deviations between groups; zero holds a coordinate equal
    /// in all groups.
    pub scales: Vector<N>,
}

/// Means and standard deviations of the groups.
#[derive(Debug, Clone, Copy)]
pub(super) struct Common<const N: usize> {
    pub means: Vector<N>,
    pub spread: Vector<N>,
}

/// The means' posterior given the spread, and the logarithm of the density of the data and the spread's logarithms.
struct Integrated<const N: usize> {
    factor: Factor<N>,
    means: Vector<N>,
    log_density: f64,
}

const LEAST: f64 = -9.0;
const GREATEST: f64 = 2.0;
const ROUNDS: usize = 300;
const SETTLED: f64 = 1e-3;
const WARM_UP: usize = 60;
const SWEEPS_A_DRAW: usize = 2;
const WIDTH: f64 = 1.5;

fn integrate<const N: usize>(groups: &[Surrogate<N>], beliefs: &Beliefs<N>, spread: &Vector<N>) -> Integrated<N> {
    let (mut precision, mut linear, mut log_density) = (beliefs.precision, beliefs.linear, 0.0);
    for group in groups {
        let (information, slope, constant) = group.given(spread).about_means();
        for i in 0..N {
            linear[i] += slope[i];
            for j in 0..N {
                precision[i][j] += information[i][j];
            }
        }
        log_density += constant;
    }
    for (deviation, scale) in spread.iter().zip(beliefs.scales) {
        if scale > 0.0 {
            log_density += deviation.ln() - 0.5 * (deviation / scale).powi(2);
        }
    }
    let factor = Factor::of(&precision);
    let half = factor.forward(&linear);
    log_density += 0.5 * (dot(&half, &half) - factor.log_determinant());
    Integrated { means: factor.backward(&half), factor, log_density }
}

/// The most probable standard deviations (in their logarithms) and the means given them, from a start above zero.
pub(super) fn most_probable<const N: usize>(
    groups: &[Surrogate<N>],
    beliefs: &Beliefs<N>,
    start: &Vector<N>,
) -> (Common<N>, Matrix<N>) {
    let mut spread = *start;
    let others = groups.len() as f64 - 1.0;
    for _ in 0..ROUNDS {
        let found = integrate(groups, beliefs, &spread);
        let covariance = found.factor.inverse();
        let mut squares = [0.0; N];
        for group in groups {
            let of_group = group.given(&spread).squares(&found.means, &covariance);
            (0..N).for_each(|k| squares[k] += of_group[k]);
        }
        let mut moved = 0.0;
        for k in (0..N).filter(|&k| beliefs.scales[k] > 0.0) {
            let scale = beliefs.scales[k] * beliefs.scales[k];
            // The root of t^2 / scale + (G - 1) t - squares, written without cancellation.
            let variance = 2.0 * squares[k] / (others + (others * others + 4.0 * squares[k] / scale).sqrt());
            let next = variance.sqrt().clamp(LEAST.exp(), GREATEST.exp());
            moved = f64::max(moved, (next / spread[k]).ln().abs());
            spread[k] = next;
        }
        if moved < SETTLED {
            break;
        }
    }
    let found = integrate(groups, beliefs, &spread);
    (Common { means: found.means, spread }, found.factor.inverse())
}

/// Draws of the common means and deviations from their posterior, starting from probable deviations.
pub(super) fn draw<const N: usize>(
    groups: &[Surrogate<N>],
    beliefs: &Beliefs<N>,
    start: &Vector<N>,
    count: usize,
    rng: &mut Pcg64Mcg,
) -> Vec<Common<N>> {
    let mut spread = *start;
    let mut draws = Vec::with_capacity(count);
    let mut here = integrate(groups, beliefs, &spread);
    for sweep in 1..=WARM_UP + count * SWEEPS_A_DRAW {
        for k in (0..N).filter(|&k| beliefs.scales[k] > 0.0) {
            here = slice(groups, beliefs, &mut spread, k, here, rng);
        }
        if sweep > WARM_UP && (sweep - WARM_UP).is_multiple_of(SWEEPS_A_DRAW) {
            let normals: Vector<N> = std::array::from_fn(|_| StandardNormal.sample(rng));
            let around = here.factor.backward(&normals);
            draws.push(Common { means: std::array::from_fn(|i| here.means[i] + around[i]), spread });
        }
    }
    draws
}

/// Draws one standard deviation given the others: steps out from an interval around it, then shrinks the interval.
fn slice<const N: usize>(
    groups: &[Surrogate<N>],
    beliefs: &Beliefs<N>,
    spread: &mut Vector<N>,
    place: usize,
    here: Integrated<N>,
    rng: &mut Pcg64Mcg,
) -> Integrated<N> {
    let from = spread[place].ln();
    let level = here.log_density + rng.random::<f64>().max(f64::MIN_POSITIVE).ln();
    let mut at = |log_deviation: f64| {
        spread[place] = log_deviation.exp();
        integrate(groups, beliefs, spread)
    };
    let mut low = (from - WIDTH * rng.random::<f64>()).max(LEAST);
    let mut high = (low + WIDTH).min(GREATEST);
    while low > LEAST && at(low).log_density > level {
        low = (low - WIDTH).max(LEAST);
    }
    while high < GREATEST && at(high).log_density > level {
        high = (high + WIDTH).min(GREATEST);
    }
    // The point itself is above the level, so that the interval shrinks to an end; the bound guards against rounding.
    for _ in 0..100 {
        let to = low + (high - low) * rng.random::<f64>();
        let found = at(to);
        if found.log_density >= level {
            return found;
        }
        if to < from { low = to } else { high = to }
    }
    at(from)
}

impl<const N: usize> Beliefs<N> {
    /// Independent of how the coordinates are named: a normal prior of the means, given its precision and its mean.
    pub fn new(precision: Matrix<N>, mean: &Vector<N>, scales: Vector<N>) -> Beliefs<N> {
        Beliefs { linear: times(&precision, mean), precision, scales }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::newton::Evaluation;
    use rand::SeedableRng;

    fn groups(centres: &[f64], precision: f64) -> Vec<Surrogate<1>> {
        let here = Evaluation { value: 0.0, gradient: [0.0], hessian: [[-precision]] };
        centres.iter().map(|&centre| Surrogate::new([centre], &here)).collect()
    }

    fn beliefs() -> Beliefs<1> {
        Beliefs::new([[1e-4]], &[0.0], [1.0])
    }

    /// The density integrated over a fine grid, by the textbook formula of normal means.
    fn by_grid(centres: &[f64], precision: f64) -> (f64, f64) {
        let (mut sum, mut of_spread, mut of_mean) = (0.0, 0.0, 0.0);
        let step = 0.01;
        let logs: Vec<(f64, f64, f64)> = (0..1100)
            .map(|i| {
                let spread = (LEAST + step * f64::from(i)).exp();
                let each = 1.0 / (1.0 / precision + spread * spread);
                let total = 1e-4 + each * centres.len() as f64;
                let mean = each * centres.iter().sum::<f64>() / total;
                let fit: f64 = centres.iter().map(|c| 0.5 * each.ln() - 0.5 * each * c * c).sum();
                (fit - 0.5 * total.ln() + 0.5 * total * mean * mean + spread.ln() - 0.5 * spread * spread, spread, mean)
            })
            .collect();
        let most = logs.iter().map(|one| one.0).fold(f64::NEG_INFINITY, f64::max);
        for (log, spread, mean) in logs {
            let weight = (log - most).exp();
            sum += weight;
            of_spread += weight * spread;
            of_mean += weight * mean;
        }
        (of_spread / sum, of_mean / sum)
    }

    #[test]
    fn draws_agree_with_integration() {
        let mut rng = Pcg64Mcg::seed_from_u64(5);
        for centres in [vec![0.1, 0.9, -0.4, 0.5, 1.3, 0.2], vec![0.3, 0.31, 0.29], vec![0.0, 1.0]] {
            let groups = groups(&centres, 30.0);
            let draws = draw(&groups, &beliefs(), &[0.3], 6000, &mut rng);
            let mean = |of: &dyn Fn(&Common<1>) -> f64| draws.iter().map(of).sum::<f64>() / draws.len() as f64;
            let (spread, centre) = by_grid(&centres, 30.0);
            let found = (mean(&|one| one.spread[0]), mean(&|one| one.means[0]));
            println!("{centres:?}: {found:?} {spread} {centre}");
            assert!((found.0 / spread - 1.0).abs() < 0.06, "{found:?} {spread}");
            assert!((found.1 - centre).abs() < 0.05, "{found:?} {centre}");
        }
    }

    #[test]
    fn many_groups_show_their_spread() {
        let mut rng = Pcg64Mcg::seed_from_u64(9);
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let centres: Vec<f64> = (0..400).map(|_| 2.0 + 0.5 * normal() + 0.1 * normal()).collect();
        let (found, covariance) = most_probable(&groups(&centres, 100.0), &beliefs(), &[0.1]);
        assert!((found.spread[0] - 0.5).abs() < 0.06 && (found.means[0] - 2.0).abs() < 0.1, "{found:?}");
        assert!((covariance[0][0].sqrt() - 0.51 / 20.0).abs() < 0.004);
    }
}
