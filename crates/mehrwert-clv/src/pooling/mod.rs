//! Groups of customers, such as those of a source, a cohort or a country: each its own model, the small ones leaning on
//! the others (partial pooling; Gelman & Hill 2007, Data Analysis Using Regression and Multilevel/Hierarchical Models).
//!
//! The logarithms of a group's parameters, in coordinates that hang together little ([`Coordinate`]), are normal around
//! means common to all groups. How far groups differ is learnt from the data, with half-normal priors of the standard
//! deviations; the means have the weak prior of [`Prior::weak`]. A group of many customers keeps its own estimate, a
//! group of few gets one between its own and the others', and a group without customers what is known of a new group.
//! Means and standard deviations are drawn, not taken as known, so that intervals are honest with few groups too.
//!
//! Over 72 simulated sets (BG/NBD) of 2 to 60 groups of 0 to 5,000 customers, 90 % intervals of the purchases expected of
//! a new customer within a year covered the truth in 91 % of 1,200 groups: in 92 % of those without customers, in 90 to
//! 92 % of those of 4 to 30 customers, and in 87 to 94 % of the larger. The squared error of their logarithms was 0.026,
//! where each group alone has 0.11 and all groups as one 0.10; the interval score 0.55, to 0.95 and 4.6. With the
//! Pareto/NBD, 18 sets of 300 groups, they covered 93 %; the weights of 2 % of the groups could not be trusted.
//!
//! ```
//! use mehrwert_clv::pooling::{PoolOptions, pool};
//! use mehrwert_clv::posterior::IntervalOptions;
//! use mehrwert_clv::{Days, Histories, ModelKind, TimeUnit, model_with};
//! use rand::SeedableRng;
//!
//! let mut rng = rand_pcg::Pcg64Mcg::seed_from_u64(1);
//! let mut source = |alpha: f64, customers: usize| {
//!     let model = model_with(ModelKind::BgNbd, [0.8, alpha, 0.9, 3.0], TimeUnit::Week).expect("possible parameters");
//!     Histories::compress((0..customers).map(|_| model.simulate(Days::from_weeks(40.0), &mut rng).history()))
//! };
//! let groups = [source(6.0, 800), source(9.0, 12), source(8.0, 500), source(7.0, 0)];
//! let pooled = pool(ModelKind::BgNbd, &groups, &PoolOptions::default(), &mut rng)?;
//! assert!(pooled.groups[1].own_weight() < pooled.groups[0].own_weight() && pooled.groups[3].own_weight() == 0.0);
//! let year = Days::new(365.0);
//! let few = pooled.groups[1].posterior.total_purchases(&groups[1], year, &IntervalOptions::default(), &mut rng)?;
//! assert!(few.low < few.mean && few.mean < few.high);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod basis;
mod gaussian;
mod hierarchy;
mod purchases;
mod spend;
mod spread;

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;
use thiserror::Error;

pub use spend::{GroupSpend, SpendPoolOptions, SpendPooling, pool_spend};

use crate::fit::limits_of;
use crate::kernel::model_of;
use crate::posterior::{Posterior, Prior};
use crate::{FitError, FitOptions, Histories, ModelKind, PurchaseModel, TimeUnit, fit};
use basis::{Basis, COORDINATES};
use gaussian::{Matrix, Vector};
use hierarchy::{GroupDraws, Hierarchy};
use purchases::Purchases;
use spread::{Beliefs, Common};

/// How to pool.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolOptions {
    /// The unit in which the models' rate parameters are expressed.
    pub time_unit: TimeUnit,
    /// Scales of the half-normal priors of the standard deviations between groups, above zero, in the order of
    /// [`Coordinate`]s: level and shape of purchases, level and shape of dropout. 0.5 says that two groups rarely differ
    /// by more than a factor of `exp(1.4)` = 4.
    pub spread: [f64; 4],
    /// The prior of the common means, by the logarithms of the parameters; without it the weak one, [`Prior::weak`].
    pub prior: Option<Prior>,
    /// Draws of the posterior, at least 100.
    pub draws: usize,
}

impl Default for PoolOptions {
    fn default() -> PoolOptions {
        PoolOptions { time_unit: TimeUnit::Week, spread: [0.75, 0.5, 0.75, 0.5], prior: None, draws: 256 }
    }
}

/// Why groups cannot be pooled.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PoolError {
    /// An option that cannot be met.
    #[error("{option} is {value}: expected {expected}")]
    BadOption {
        /// The name of the option.
        option: &'static str,
        /// What was handed in.
        value: f64,
        /// What can be used.
        expected: &'static str,
    },
    /// There is no customer in any group, or no start is found for all of them together.
    #[error("all groups together have no fit: {0}")]
    Together(#[from] FitError),
    /// A spend that is not a number.
    #[error("mean amount of customer {customer} of group {group} is {mean}: expected a finite number")]
    SpendNotFinite {
        /// Position among the groups handed in, from zero.
        group: usize,
        /// Position among the group's customers, from zero.
        customer: usize,
        /// The mean found there.
        mean: f64,
    },
    /// A group's likelihood has no maximum within reach.
    #[error("no maximum found for group {group}: check its data for mixed populations")]
    NotConverged {
        /// Position among the groups handed in, from zero.
        group: usize,
    },
}

/// Groups' models, and how far groups differ.
#[derive(Debug)]
pub struct Pooling {
    /// The groups in the order handed in.
    pub groups: Vec<GroupFit>,
    /// What is known of a group not seen yet.
    pub new_group: Posterior,
    /// How far groups differ, in each coordinate.
    pub coordinates: [Coordinate; 4],
}

/// One of the logarithmic coordinates in which groups are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coordinate {
    /// "purchase level": ln(r / alpha), the mean rate. "purchase shape": ln r. "dropout level": ln(s / beta), the mean
    /// rate, or ln(a / b), the log odds. "dropout shape": ln s, or ln(a b) / 2.
    pub name: &'static str,
    /// The mean over groups, as the mean of its posterior.
    pub mean: f64,
    /// How uncertain that is, as a standard deviation.
    pub mean_error: f64,
    /// The standard deviation between groups, as the mean of its posterior.
    pub spread: f64,
}

/// A group's model, given all groups.
#[derive(Debug)]
pub struct GroupFit {
    /// The model at the mean of the posterior of the log parameters.
    pub model: Box<dyn PurchaseModel>,
    /// Covariance of the logarithms of the parameters.
    pub log_covariance: [[f64; 4]; 4],
    /// Draws of the parameters, for intervals of parameters, customers and totals. Their diagnostics say how far the
    /// weights can be trusted: [`GroupFit::is_trusted`].
    pub posterior: Posterior,
    /// How much the group's own data say beside the other groups', from 0 (nothing) to 1 (all), by [`Coordinate`].
    pub own_weights: [f64; 4],
    /// The number of customers in the group.
    pub customers: f64,
}

impl GroupFit {
    /// How much the group's own data say of its level of purchases beside the other groups', from 0 to 1.
    pub fn own_weight(&self) -> f64 {
        self.own_weights[0]
    }

    /// Whether the k-hat of the draws is below its limit. Where it is not, tails of intervals may be off.
    pub fn is_trusted(&self) -> bool {
        let diagnostics = self.posterior.diagnostics();
        diagnostics.k_hat.is_some_and(|k_hat| k_hat < diagnostics.k_hat_limit)
    }
}

/// Histories that stand for all groups together where a start is sought.
const LIKENESS: f64 = 4000.0;

/// Fits a purchase model to each group, groups leaning on each other as far as their data leave them uncertain.
///
/// See the [module](self). Costs a small multiple of a fit to all customers. The result depends on the generator's
/// state only, not on the number of threads.
///
/// # Errors
/// If an option cannot be used, if there are no customers at all, or if a search does not converge.
pub fn pool(
    kind: ModelKind,
    groups: &[Histories],
    options: &PoolOptions,
    rng: &mut dyn Rng,
) -> Result<Pooling, PoolError> {
    check(options)?;
    let unit = options.time_unit;
    let together = likeness(groups);
    let prior = options.prior.unwrap_or_else(|| Prior::weak(kind, &together, unit));
    let start = FitOptions { time_unit: unit, prior: Some(prior), ..FitOptions::default() };
    let start = fit(kind, &together, &start)?.parameters.map(|parameter| parameter.value.ln());
    let basis = Basis::new(kind);
    let centre = basis.coordinates(&start);
    let beliefs = beliefs(&basis, &prior, &centre, options.spread);
    let purchases: Vec<Purchases> =
        groups.par_iter().map(|histories| Purchases::new(kind, histories, unit, centre)).collect();
    let mut rng = Pcg64Mcg::seed_from_u64(rng.next_u64());
    let hierarchy = Hierarchy::new(&purchases, &beliefs, options.draws, &mut rng)
        .map_err(|group| PoolError::NotConverged { group })?;
    let seeds: Vec<u64> = groups.iter().map(|_| rng.next_u64()).collect();
    let fitted = |place: usize| {
        let mut rng = Pcg64Mcg::seed_from_u64(seeds[place]);
        let known = (!groups[place].is_empty()).then(|| (place, &purchases[place]));
        group_fit(&hierarchy.group(known, &mut rng), &basis, &centre, (kind, unit), groups[place].customers())
    };
    let found: Vec<GroupFit> = (0..groups.len()).into_par_iter().map(fitted).collect();
    let nothing = hierarchy.group::<Purchases>(None, &mut rng);
    let new_group = group_fit(&nothing, &basis, &centre, (kind, unit), 0.0).posterior;
    Ok(Pooling { groups: found, new_group, coordinates: coordinates(&hierarchy.draws, &centre) })
}

fn check(options: &PoolOptions) -> Result<(), PoolError> {
    let bad = |option, value, expected| Err(PoolError::BadOption { option, value, expected });
    if let Some(&scale) = options.spread.iter().find(|scale| !(scale.is_finite() && **scale > 0.0)) {
        return bad("spread", scale, "finite numbers above zero");
    }
    if options.draws < 100 {
        return bad("draws", options.draws as f64, "at least 100");
    }
    Ok(())
}

/// All groups together, thinned evenly.
fn likeness(groups: &[Histories]) -> Histories {
    let all: f64 = groups.iter().map(Histories::customers).sum();
    let mut pairs = Vec::new();
    for group in groups.iter().filter(|group| !group.is_empty()) {
        let size = (LIKENESS * group.customers() / all).ceil() as usize;
        let thinned = (group.distinct().len() > 2 * size).then(|| group.thinned(size));
        let part = thinned.as_ref().unwrap_or(group);
        pairs.extend(part.distinct().iter().copied().zip(part.weights().iter().copied()));
    }
    // Weights of histories are finite and above zero by construction; without histories there is nothing to fit.
    Histories::from_weighted(pairs).unwrap_or_default()
}

/// The prior of the common means in coordinates counted from the centre.
fn beliefs(basis: &Basis, prior: &Prior, centre: &Vector<4>, scales: [f64; 4]) -> Beliefs<4> {
    let columns: [Vector<4>; 4] =
        std::array::from_fn(|k| basis.log_parameters(&std::array::from_fn(|i| if i == k { 1.0 } else { 0.0 })));
    let entry =
        |k: usize, l: usize| (0..4).map(|i| columns[k][i] * prior.log_deviation[i].powi(-2) * columns[l][i]).sum();
    let precision: Matrix<4> = std::array::from_fn(|k| std::array::from_fn(|l| entry(k, l)));
    let mean = basis.coordinates(&prior.log_mean);
    Beliefs::new(precision, &std::array::from_fn(|k| mean[k] - centre[k]), scales)
}

fn group_fit(
    drawn: &GroupDraws<4>,
    basis: &Basis,
    centre: &Vector<4>,
    (kind, unit): (ModelKind, TimeUnit),
    customers: f64,
) -> GroupFit {
    let log = |point: &Vector<4>| basis.log_parameters(&std::array::from_fn(|k| centre[k] + point[k]));
    let logs: Vec<Vector<4>> = drawn.points.iter().map(log).collect();
    let weighted = |of: &dyn Fn(&Vector<4>) -> f64| -> f64 {
        logs.iter().zip(&drawn.weights).map(|(log, weight)| weight * of(log)).sum()
    };
    let mean: Vector<4> = std::array::from_fn(|i| weighted(&|log| log[i]));
    let covariance = |i: usize, j: usize| weighted(&|log| (log[i] - mean[i]) * (log[j] - mean[j]));
    let limits = limits_of(kind);
    let parameters = |log: &Vector<4>| -> Vector<4> {
        std::array::from_fn(|i| log[i].clamp(limits.lower[i], limits.upper[i]).exp())
    };
    let draws = logs.iter().map(parameters).collect();
    GroupFit {
        model: model_of(kind, parameters(&mean), unit),
        log_covariance: std::array::from_fn(|i| std::array::from_fn(|j| covariance(i, j))),
        posterior: Posterior::of_draws((kind, unit), draws, drawn.weights.clone(), drawn.diagnostics),
        own_weights: drawn.own_weights,
        customers,
    }
}

fn coordinates(draws: &[Common<4>], centre: &Vector<4>) -> [Coordinate; 4] {
    let count = draws.len() as f64;
    std::array::from_fn(|k| {
        let mean = draws.iter().map(|one| one.means[k]).sum::<f64>() / count;
        let variance = draws.iter().map(|one| (one.means[k] - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let spread = draws.iter().map(|one| one.spread[k]).sum::<f64>() / count;
        Coordinate { name: COORDINATES[k], mean: centre[k] + mean, mean_error: variance.sqrt(), spread }
    })
}
