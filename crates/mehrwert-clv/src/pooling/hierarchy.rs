//! The hierarchical model, whatever the likelihood: groups' coordinates are normal around common means.
//!
//! Every group's likelihood is expanded to second order around its mode given the others; the common means and the
//! standard deviations between groups are found for the expansions, the modes given these anew, until neither moves.
//! Draws of means and deviations then lead to draws of each group's coordinates, which are weighted by how its likelihood
//! differs from the expansion (Pareto-smoothed). So the expansions need not be exact, only near.

use rand::Rng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use super::gaussian::{Surrogate, Vector, dot};
use super::spread::{Beliefs, Common, draw, most_probable};
use crate::newton::{Evaluation, Limits, maximise};
use crate::posterior::Diagnostics;
use crate::posterior::smoothing::{smooth, trusted_k_hat};

/// What the data of a group say of its coordinates.
pub(super) trait Likelihood<const N: usize>: Sync {
    /// Log-likelihood with its derivatives; not finite where it cannot be computed.
    fn at(&self, coordinates: &Vector<N>) -> Evaluation<N>;

    /// A small likeness, from which the search of the mode starts.
    fn likeness(&self) -> Option<&Self>;

    /// Log-likelihoods at many points up to a constant, given the expansion around the mode; may be estimates, better
    /// ones where thoroughness is asked for.
    fn values(&self, around_mode: &Surrogate<N>, points: &[Vector<N>], thorough: bool) -> Vec<f64>;
}

/// All groups given the data of all.
pub(super) struct Hierarchy<const N: usize> {
    pub groups: Vec<Surrogate<N>>,
    pub draws: Vec<Common<N>>,
}

/// Weighted draws of one group's coordinates.
pub(super) struct GroupDraws<const N: usize> {
    pub points: Vec<Vector<N>>,
    pub weights: Vec<f64>,
    pub diagnostics: Diagnostics,
    pub own_weights: Vector<N>,
}

const MAX_ITERATIONS: u32 = 100;
const MAX_ROUNDS: usize = 12;
const FIRST_SPREAD: f64 = 0.3;
/// Squared distance of the mode from where it was expanded, in standard deviations, from which it is expanded anew.
const MOVED: f64 = 0.05;
const UNBOUNDED: f64 = 60.0;
/// Degrees of freedom of the draws, as in the posterior of a single population.
const FREEDOM: f64 = 8.0;
/// Points for each draw of the common means where one is not enough.
const MORE_POINTS: usize = 5;

impl<const N: usize> Hierarchy<N> {
    /// # Errors
    /// The position of a group for which the search of the mode does not converge.
    pub fn new<L: Likelihood<N>>(
        likelihoods: &[L],
        beliefs: &Beliefs<N>,
        draws: usize,
        rng: &mut Pcg64Mcg,
    ) -> Result<Hierarchy<N>, usize> {
        let mut common = Common { means: [0.0; N], spread: beliefs.scales.map(|scale| scale.min(FIRST_SPREAD)) };
        let mut groups: Vec<Surrogate<N>> = Vec::new();
        for _ in 0..MAX_ROUNDS {
            let expanded: Vec<Option<(Surrogate<N>, bool)>> = likelihoods
                .par_iter()
                .enumerate()
                .map(|(place, likelihood)| expand(likelihood, groups.get(place), &common))
                .collect();
            let mut renewed = false;
            let mut next = Vec::with_capacity(likelihoods.len());
            for (place, one) in expanded.into_iter().enumerate() {
                let (surrogate, is_new) = one.ok_or(place)?;
                renewed |= is_new;
                next.push(surrogate);
            }
            groups = next;
            if !renewed {
                break;
            }
            common = most_probable(&groups, beliefs, &common.spread).0;
        }
        let draws = draw(&groups, beliefs, &common.spread, draws, rng);
        Ok(Hierarchy { groups, draws })
    }

    /// Draws of a group; `None` is a group that nothing is known of.
    pub fn group<L: Likelihood<N>>(&self, group: Option<(usize, &L)>, rng: &mut Pcg64Mcg) -> GroupDraws<N> {
        let (mut found, mut points_each) = (self.weighted(group, 1, rng), 1);
        while found.diagnostics.k_hat.is_some_and(|k_hat| k_hat >= found.diagnostics.k_hat_limit)
            && points_each < MORE_POINTS
        {
            points_each = MORE_POINTS;
            found = self.weighted(group, points_each, rng);
        }
        found
    }

    fn weighted<L: Likelihood<N>>(&self, group: Option<(usize, &L)>, each: usize, rng: &mut Pcg64Mcg) -> GroupDraws<N> {
        let nothing = nothing_known();
        let surrogate = group.map_or(&nothing, |(place, _)| &self.groups[place]);
        let count = self.draws.len() * each;
        let mut points = Vec::with_capacity(count);
        let mut log_ratios = Vec::with_capacity(count);
        let mut own_weights = [0.0; N];
        for common in &self.draws {
            let given = surrogate.given(&common.spread);
            let own = given.own_weights();
            (0..N).for_each(|k| own_weights[k] += own[k] / self.draws.len() as f64);
            for _ in 0..each {
                let (noise, log_ratio) = if group.is_some() { heavy_noise(rng) } else { (normals(rng), 0.0) };
                let point = given.point(&common.means, &noise);
                log_ratios.push(log_ratio - surrogate.log_value(&point));
                points.push(point);
            }
        }
        if let Some((_, likelihood)) = group {
            let values = likelihood.values(surrogate, &points, each > 1);
            log_ratios.iter_mut().zip(values).for_each(|(ratio, value)| *ratio += value);
        }
        let smoothed = smooth(&log_ratios);
        let squares: f64 = smoothed.weights.iter().map(|weight| weight * weight).sum();
        let diagnostics = Diagnostics {
            k_hat: Some(smoothed.k_hat),
            k_hat_limit: trusted_k_hat(count),
            r_hat: None,
            effective_draws: 1.0 / squares,
            tail_effective_draws: None,
            divergences: 0,
        };
        GroupDraws { points, weights: smoothed.weights, diagnostics, own_weights }
    }
}

fn nothing_known<const N: usize>() -> Surrogate<N> {
    Surrogate::new([0.0; N], &Evaluation { value: 0.0, gradient: [0.0; N], hessian: [[0.0; N]; N] })
}

fn normals<const N: usize>(rng: &mut dyn Rng) -> Vector<N> {
    std::array::from_fn(|_| StandardNormal.sample(rng))
}

/// Noise with the tails of Student's distribution, and the logarithm of the normal density over its own.
fn heavy_noise<const N: usize>(rng: &mut dyn Rng) -> (Vector<N>, f64) {
    let stretch = ChiSquared::new(FREEDOM).map_or(1.0, |chi| FREEDOM / chi.sample(rng)).sqrt();
    let noise = normals(rng).map(|normal: f64| stretch * normal);
    let squared: f64 = dot(&noise, &noise);
    (noise, 0.5 * ((FREEDOM + N as f64) * (squared / FREEDOM).ln_1p() - squared))
}

/// The group's likelihood around its mode given the common means and deviations, and whether it is another expansion
/// than the last. `None` if the search does not converge.
fn expand<const N: usize, L: Likelihood<N>>(
    likelihood: &L,
    last: Option<&Surrogate<N>>,
    common: &Common<N>,
) -> Option<(Surrogate<N>, bool)> {
    let mut start = common.means;
    if let Some(last) = last {
        let given = last.given(&common.spread);
        let expected = given.point(&common.means, &[0.0; N]);
        let away = std::array::from_fn(|k| expected[k] - last.at[k]);
        // Without spread between groups the group's own mode is that of all: only the likelihood is a measure.
        let by_data = dot(&away, &super::gaussian::times(&last.information, &away));
        let by_spread: f64 = (0..N).map(|k| (away[k] / common.spread[k].max(0.05)).powi(2)).sum();
        if by_data + by_spread < MOVED {
            return Some((last.clone(), false));
        }
        start = expected;
    } else if let Some(likeness) = likelihood.likeness()
        && let Some(found) = mode(likeness, &start, common)
    {
        start = found.0;
    }
    // Far from where it was expanded the expected mode may be out of reach; the common means never are.
    let (at, here) = mode(likelihood, &start, common).or_else(|| mode(likelihood, &common.means, common))?;
    Some((Surrogate::new(at, &here), true))
}

/// Where likelihood times the density between groups is greatest, with the likelihood there.
fn mode<const N: usize, L: Likelihood<N>>(
    likelihood: &L,
    start: &Vector<N>,
    common: &Common<N>,
) -> Option<(Vector<N>, Evaluation<N>)> {
    let Common { means, spread } = common;
    let between = |at: &Vector<N>, mut here: Evaluation<N>, sign: f64| {
        for k in (0..N).filter(|&k| spread[k] > 0.0) {
            let precision = sign * spread[k].powi(-2);
            let away = at[k] - means[k];
            here.value -= 0.5 * precision * away * away;
            here.gradient[k] -= precision * away;
            here.hessian[k][k] -= precision;
        }
        here
    };
    let wall = |sign: f64| std::array::from_fn(|k| if spread[k] > 0.0 { sign * UNBOUNDED } else { means[k] });
    let limits = Limits { lower: wall(-1.0), upper: wall(1.0) };
    let found = maximise(|at| between(at, likelihood.at(at), 1.0), *start, &limits, MAX_ITERATIONS)?;
    found.converged.then(|| (found.at, between(&found.at, found.evaluation, -1.0)))
}
