//! Partial pooling of what a purchase brings: the Gamma-Gamma model, whose level differs between groups.
//!
//! The shapes p and q are common to all groups; the logarithm of v is normal around a common mean, and with it, p and q
//! being common, the logarithm of what customers of a group spend on average. So a group of few customers gets an
//! average between its own and the others'.

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

use super::PoolError;
use super::basis::rotated;
use super::gaussian::{Matrix, Surrogate, Vector, times};
use super::hierarchy::{GroupDraws, Hierarchy, Likelihood};
use super::spread::Beliefs;
use crate::FitError;
use crate::newton::Evaluation;
use crate::posterior::Interval;
use crate::spend::likelihood::{Sample, enters};
use crate::spend::{GammaGamma, SpendHistory, fit_spend};

/// How to pool spend.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendPoolOptions {
    /// Scale of the half-normal prior of the standard deviation between groups of the logarithm of v, above zero.
    pub spread: f64,
    /// Draws of the posterior, at least 100.
    pub draws: usize,
}

impl Default for SpendPoolOptions {
    fn default() -> SpendPoolOptions {
        SpendPoolOptions { spread: 0.75, draws: 256 }
    }
}

/// Groups' spend models.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendPooling {
    /// The groups in the order handed in.
    pub groups: Vec<GroupSpend>,
    /// What is known of a group not seen yet.
    pub new_group: GroupSpend,
    /// The standard deviation of the logarithm of v between groups, as the mean of its posterior.
    pub spread: f64,
}

/// A group's spend model, given all groups.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupSpend {
    /// The model at the mean of the posterior of the log parameters.
    pub model: GammaGamma,
    /// Models drawn from the posterior, with weights that sum to one.
    pub draws: Vec<(GammaGamma, f64)>,
    /// How much the group's own data say of its level beside the other groups', from 0 (nothing) to 1 (all).
    pub own_weight: f64,
    /// The customers of the group that say something: those with repeat purchases and a mean above zero.
    pub customers: f64,
}

impl GroupSpend {
    /// The interval of what a customer of the group spends a purchase on average, see
    /// [`GammaGamma::population_mean`]. A confidence that is not between 0 and 1 counts as the nearer of them.
    pub fn population_mean(&self, confidence: f64) -> Interval {
        let mut means: Vec<(f64, f64)> =
            self.draws.iter().map(|(model, weight)| (model.population_mean(), *weight)).collect();
        means.sort_by(|one, other| one.0.total_cmp(&other.0));
        let below = |share: f64| {
            let mut cumulated = 0.0;
            let is_there = |(_, weight): &&(f64, f64)| {
                cumulated += weight;
                cumulated >= share
            };
            means.iter().find(is_there).or(means.last()).map_or(self.model.population_mean(), |found| found.0)
        };
        let confidence = if confidence > 0.0 { confidence.min(1.0) } else { 0.0 };
        let outside = 0.5 * (1.0 - confidence);
        let mean = means.iter().map(|(mean, weight)| mean * weight).sum();
        Interval { mean, low: below(outside), high: below(1.0 - outside), confidence }
    }
}

/// Logarithms of p, q and v by level (p v / q, the amount at the expected inverse mean), p and q.
const FROM_COORDINATES: Matrix<3> = [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, -1.0, 1.0]];
/// Prior deviations of the common level, in units of the mean amount, and shapes.
const DEVIATIONS: Vector<3> = [2.0, 1.5, 1.0];
/// Their prior means: shapes as they are found in shops.
const MEANS: Vector<3> = [-0.7, 1.0, 1.0];
/// Customers beyond which the likelihood is as good as normal.
const MANY: f64 = 2000.0;
/// Customers of all groups from whom a start is sought.
const LIKENESS: usize = 5000;

/// Fits the Gamma-Gamma model to each group, the groups' levels leaning on each other.
///
/// ```
/// use mehrwert_clv::pooling::{SpendPoolOptions, pool_spend};
/// use mehrwert_clv::spend::SpendHistory;
/// use rand::SeedableRng;
/// let group = |level: f64, customers: u32| -> Vec<SpendHistory> {
///     let mean = |i: u32| level * f64::from(20 + (i * 37) % 61) / 50.0;
///     (0..customers).map(|i| SpendHistory { repeats: 1 + i % 3, mean: mean(i) }).collect()
/// };
/// let groups = [group(40.0, 300), group(50.0, 200), group(60.0, 250), group(90.0, 4), vec![]];
/// let mut rng = rand_pcg::Pcg64Mcg::seed_from_u64(1);
/// let pooled = pool_spend(&groups, &SpendPoolOptions::default(), &mut rng)?;
/// let [few, many] = [3, 0].map(|place: usize| &pooled.groups[place]);
/// assert!(few.own_weight < many.own_weight && pooled.groups[4].own_weight == 0.0);
/// let interval = few.population_mean(0.9);
/// assert!(interval.low < interval.mean && interval.mean < interval.high);
/// # Ok::<(), mehrwert_clv::pooling::PoolError>(())
/// ```
///
/// # Errors
/// If an option cannot be used, if a mean is not finite, if no customer of any group says anything about spend, or if a
/// search does not converge.
pub fn pool_spend(
    groups: &[Vec<SpendHistory>],
    options: &SpendPoolOptions,
    rng: &mut dyn Rng,
) -> Result<SpendPooling, PoolError> {
    check(groups, options)?;
    let all: Vec<SpendHistory> = groups.iter().flatten().filter(enters).copied().collect();
    if all.is_empty() {
        return Err(PoolError::Together(FitError::NoSpend));
    }
    // In units of the mean amount the parameters are of the order of one, whatever the currency.
    let scale = all.iter().map(|customer| customer.mean / all.len() as f64).sum::<f64>();
    let centre = start(&all, scale);
    let precision: Matrix<3> =
        std::array::from_fn(|i| std::array::from_fn(|j| if i == j { DEVIATIONS[i].powi(-2) } else { 0.0 }));
    let mean = std::array::from_fn(|i| MEANS[i] - centre[i]);
    let beliefs = Beliefs::new(precision, &mean, [options.spread, 0.0, 0.0]);
    let spends: Vec<Spends> =
        groups.par_iter().map(|group| Spends { sample: Sample::new(group, scale), centre }).collect();
    let mut rng = Pcg64Mcg::seed_from_u64(rng.next_u64());
    let hierarchy = Hierarchy::new(&spends, &beliefs, options.draws, &mut rng)
        .map_err(|group| PoolError::NotConverged { group })?;
    let mut found = Vec::with_capacity(groups.len());
    for (place, group) in spends.iter().enumerate() {
        let customers = group.sample.customers;
        let drawn = hierarchy.group((customers > 0.0).then_some((place, group)), &mut rng);
        found.push(group_spend(&drawn, &centre, scale, customers));
    }
    let new_group = group_spend(&hierarchy.group::<Spends>(None, &mut rng), &centre, scale, 0.0);
    let spread = hierarchy.draws.iter().map(|one| one.spread[0]).sum::<f64>() / hierarchy.draws.len() as f64;
    Ok(SpendPooling { groups: found, new_group, spread })
}

fn check(groups: &[Vec<SpendHistory>], options: &SpendPoolOptions) -> Result<(), PoolError> {
    let bad = |option, value, expected| Err(PoolError::BadOption { option, value, expected });
    if !(options.spread.is_finite() && options.spread > 0.0) {
        return bad("spread", options.spread, "a finite number above zero");
    }
    if options.draws < 100 {
        return bad("draws", options.draws as f64, "at least 100");
    }
    for (group, customers) in groups.iter().enumerate() {
        if let Some(customer) = customers.iter().position(|customer| !customer.mean.is_finite()) {
            return Err(PoolError::SpendNotFinite { group, customer, mean: customers[customer].mean });
        }
    }
    Ok(())
}

/// Coordinates of a fit to some of all customers, kept within reach where that is at a boundary.
fn start(all: &[SpendHistory], scale: f64) -> Vector<3> {
    let likeness: Vec<SpendHistory> = all.iter().step_by(all.len().div_ceil(LIKENESS)).copied().collect();
    let Ok(found) = fit_spend(&likeness) else { return MEANS };
    let [p, q, v] = found.parameters.map(|parameter| parameter.value);
    let [level, p, q] = [(p * v / (q * scale)).ln(), p.ln(), q.ln()];
    [level, p.clamp(-3.0, 5.0), q.clamp(-3.0, 5.0)]
}

/// One group's customers. Coordinates count from a common centre, amounts in a common scale.
struct Spends {
    sample: Sample,
    centre: Vector<3>,
}

impl Likelihood<3> for Spends {
    fn at(&self, coordinates: &Vector<3>) -> Evaluation<3> {
        let log = log_parameters(&self.centre, coordinates);
        rotated(&FROM_COORDINATES, &self.sample.log_likelihood(log.map(f64::exp)))
    }

    fn likeness(&self) -> Option<&Spends> {
        None
    }

    fn values(&self, around_mode: &Surrogate<3>, points: &[Vector<3>], _: bool) -> Vec<f64> {
        if self.sample.customers > MANY {
            return points.iter().map(|point| around_mode.log_value(point)).collect();
        }
        points.par_iter().map(|point| self.at(point).value).collect()
    }
}

fn log_parameters(centre: &Vector<3>, coordinates: &Vector<3>) -> Vector<3> {
    times(&FROM_COORDINATES, &std::array::from_fn(|i| centre[i] + coordinates[i]))
}

fn group_spend(drawn: &GroupDraws<3>, centre: &Vector<3>, scale: f64, customers: f64) -> GroupSpend {
    let logs: Vec<Vector<3>> = drawn.points.iter().map(|point| log_parameters(centre, point)).collect();
    let mean: Vector<3> =
        std::array::from_fn(|i| logs.iter().zip(&drawn.weights).map(|(log, weight)| weight * log[i]).sum());
    let model = |log: &Vector<3>| {
        // Within what can be computed, as in a fit.
        let [p, q, v] = log.map(|value| value.clamp(-18.0, 30.0).exp());
        GammaGamma::of(p.min(1e7), q.min(1e7), v * scale)
    };
    GroupSpend {
        model: model(&mean),
        draws: logs.iter().map(model).zip(drawn.weights.iter().copied()).collect(),
        own_weight: drawn.own_weights[0],
        customers,
    }
}
