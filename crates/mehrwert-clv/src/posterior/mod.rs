//! What the data leave uncertain: draws from the posterior of a purchase model's parameters, and intervals of
//! predictions from them.
//!
//! Two ways lead to draws, and the cheaper one is taken whose own diagnostics hold:
//! - **Laplace**: draws around the mode of the posterior, weighted by Pareto-smoothed importance sampling (Vehtari,
//!   Simpson, Gelman, Yao & Gabry 2024). Trusted while the k-hat of the weights is below `min(1 - 1 / log10(S), 0.7)`
//!   for S draws, and these are worth at least 100 independent ones. Where not, draws from a distribution fitted to those before are tried (see `proposal`).
//! - **NUTS**: four chains of the No-U-Turn sampler (Hoffman & Gelman 2014; Betancourt 2017). Trusted while the
//!   rank-normalised split R-hat (Vehtari, Gelman, Simpson, Carpenter & Bürkner 2021) is below 1.01.
//!
//! Where neither holds there is no posterior but [`PosteriorError::NotMixed`].
//!
//! ```
//! use mehrwert_clv::posterior::{IntervalOptions, Posterior, PosteriorOptions};
//! use mehrwert_clv::{Days, FitOptions, Histories, History, ModelKind, fit};
//! use rand::SeedableRng;
//!
//! let customers = (0..200u32).map(|i| match i % 4 {
//!     0 => History::new(1 + i % 3, 30 + i % 50, 120 + i),
//!     1 => History::new(2 + i % 5, 100 + i % 20, 130 + i),
//!     _ => History::new(0, 0, 120 + i),
//! });
//! let histories = Histories::compress(customers.collect::<Result<Vec<_>, _>>()?);
//! let fit = fit(ModelKind::BgNbd, &histories, &FitOptions::default())?;
//! let mut rng = rand_pcg::Pcg64Mcg::seed_from_u64(1);
//! let posterior = Posterior::sample(&fit, &histories, &PosteriorOptions::default(), &mut rng)?;
//! let year = Days::new(365.0);
//! let total = posterior.total_purchases(&histories, year, &IntervalOptions::default(), &mut rng)?;
//! assert!(total.low < total.mean && total.mean < total.high);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod average;
mod customers;
mod diagnostics;
mod interval;
mod nuts;
mod proposal;
pub(crate) mod smoothing;
mod target;
mod totals;

use std::fmt;

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;
use thiserror::Error;

pub(crate) use diagnostics::normal_quantile;

pub use average::{ModelAverage, model_probabilities};
pub use customers::CustomerFutures;
pub use interval::{Interval, IntervalError, IntervalOptions};
pub use totals::{SimulatedTotal, TotalInterval};

use crate::fit::limits_of;
use crate::jet::Jet;
use crate::kernel::model_of;
use crate::{Fit, Histories, LogPrior, ModelKind, PurchaseModel, TimeUnit};
use nuts::Lengths;
use proposal::Proposal;
use target::Target;

/// What is believed of a purchase model's parameters before the data, in the order of [`ModelKind::parameter_names`].
pub type Prior = LogPrior<4>;

const SHAPE_DEVIATION: f64 = 1.5;
const RATE_DEVIATION: f64 = 2.0;

impl LogPrior<4> {
    /// A weak prior: shapes are around 1, within a factor of `exp(1.5)` = 4.5 at two thirds and of 19 at 95 %; rate
    /// parameters, which are spans of time, around the customers' mean age, within a factor of `exp(2)` = 7 and 50. A few
    /// hundred customers outweigh it; where the likelihood is flat or rises to a boundary it is what keeps the parameters
    /// finite.
    pub fn weak(kind: ModelKind, histories: &Histories, unit: TimeUnit) -> Prior {
        let ages: f64 = histories.distinct().iter().zip(histories.weights()).map(|(h, w)| w * f64::from(h.age())).sum();
        let mean_age = ages / histories.customers() / unit.in_days();
        let log_age = if mean_age > 0.0 { mean_age.ln() } else { 0.0 };
        match kind {
            ModelKind::BgNbd | ModelKind::MbgNbd => Prior {
                log_mean: [0.0, log_age, 0.0, 0.0],
                log_deviation: [SHAPE_DEVIATION, RATE_DEVIATION, SHAPE_DEVIATION, SHAPE_DEVIATION],
            },
            ModelKind::ParetoNbd => Prior {
                log_mean: [0.0, log_age, 0.0, log_age],
                log_deviation: [SHAPE_DEVIATION, RATE_DEVIATION, SHAPE_DEVIATION, RATE_DEVIATION],
            },
        }
    }

    /// The log density up to a constant, by the log parameters.
    pub(crate) fn jet<const H: usize>(&self, at: &[f64; 4]) -> Jet<H> {
        (0..4).fold(Jet::ZERO, |sum, i| {
            let precision = self.log_deviation[i].powi(-2);
            let away = at[i] - self.log_mean[i];
            sum + Jet::of_one(i, -0.5 * precision * away * away, -precision * away, -precision)
        })
    }
}

/// How to sample.
#[derive(Debug, Clone, PartialEq)]
pub struct PosteriorOptions {
    /// Draws for the importance sample, at least 100; where its diagnostic fails, as many from where those before were
    /// likely, twice, and then five times as many.
    pub importance_draws: usize,
    /// Chains of NUTS, at least 2.
    pub chains: usize,
    /// Draws of each chain to settle, which are thrown away.
    pub warmup: usize,
    /// Draws of each chain to keep, at least 100.
    pub draws: usize,
    /// The prior; without it the weak one, [`Prior::weak`].
    pub prior: Option<Prior>,
    /// Which way to go; without it, [`Posterior::sample`] chooses.
    pub method: Option<Method>,
}

impl Default for PosteriorOptions {
    fn default() -> PosteriorOptions {
        PosteriorOptions { importance_draws: 400, chains: 4, warmup: 1000, draws: 1000, prior: None, method: None }
    }
}

/// How the posterior was sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Draws around the mode with smoothed importance weights.
    Laplace,
    /// The No-U-Turn sampler.
    Nuts,
}

/// What the sampler says of itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Diagnostics {
    /// Shape of the tail of the importance weights; minus infinity where they are all alike. `None` if not tried.
    pub k_hat: Option<f64>,
    /// k-hat has to be below this.
    pub k_hat_limit: f64,
    /// The greatest R-hat of a log parameter. `None` without chains.
    pub r_hat: Option<f64>,
    /// Effective number of draws: of the weights, or the least bulk number of a log parameter.
    pub effective_draws: f64,
    /// The least effective number of draws for the 5 % and 95 % quantiles. `None` without chains.
    pub tail_effective_draws: Option<f64>,
    /// Trajectories that broke down after the warm-up.
    pub divergences: usize,
}

/// R-hat has to be below this.
const R_HAT_LIMIT: f64 = 1.01;

/// Why there is no posterior.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PosteriorError {
    /// Options that cannot be met.
    #[error("{option} is {value}: expected {expected}")]
    BadOption {
        /// The name of the option.
        option: &'static str,
        /// What was handed in.
        value: f64,
        /// What can be used.
        expected: &'static str,
    },
    /// The prior handed in is none.
    #[error("the prior's means have to be finite and its deviations finite and above zero")]
    BadPrior,
    /// There are no customers.
    #[error("no customers: expected the histories that the model was fitted to")]
    NoCustomers,
    /// The posterior has no mode within reach, so there is nothing to start from.
    #[error("the posterior has no maximum within reach: check the prior and the data")]
    NoMode,
    /// No sampler's own diagnostics hold.
    #[error("the posterior cannot be trusted: {0}")]
    NotMixed(String),
}

/// Weighted draws of the parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    kind: ModelKind,
    unit: TimeUnit,
    draws: Vec<[f64; 4]>,
    weights: Vec<f64>,
    method: Method,
    diagnostics: Diagnostics,
}

impl Posterior {
    /// Samples the posterior of a fit's parameters given the histories it was fitted to.
    ///
    /// The importance sample costs as many evaluations of the likelihood as it has draws; with more than 20,000 distinct
    /// histories these are made on 10,000 of them, see the source of `target`. NUTS costs some thirty thousand.
    /// The result depends on the generator's state only, not on the number of threads.
    ///
    /// # Errors
    /// If an option or the prior cannot be used, if there are no customers, if the posterior has no mode, or if no
    /// sampler's own diagnostics hold.
    pub fn sample(
        fit: &Fit,
        histories: &Histories,
        options: &PosteriorOptions,
        rng: &mut dyn Rng,
    ) -> Result<Posterior, PosteriorError> {
        check(options)?;
        if histories.is_empty() {
            return Err(PosteriorError::NoCustomers);
        }
        let (kind, unit) = (fit.model.kind(), fit.model.time_unit());
        let prior = options.prior.unwrap_or_else(|| Prior::weak(kind, histories, unit));
        if !prior.is_possible() {
            return Err(PosteriorError::BadPrior);
        }
        let start = fit.parameters.map(|parameter| parameter.value);
        // At a boundary the fit is far out on a plateau, where the centre of the prior is the better start.
        let target = Target::new(kind, histories, unit, prior, start)
            .or_else(|| Target::new(kind, histories, unit, prior, prior.log_mean.map(f64::exp)))
            .ok_or(PosteriorError::NoMode)?;
        let sampler = Sampler { target: &target, kind, unit, options };
        sampler.run(rng)
    }

    /// Weighted draws made elsewhere around a mode.
    pub(crate) fn of_draws(
        (kind, unit): (ModelKind, TimeUnit),
        draws: Vec<[f64; 4]>,
        weights: Vec<f64>,
        diagnostics: Diagnostics,
    ) -> Posterior {
        Posterior { kind, unit, draws, weights, method: Method::Laplace, diagnostics }
    }

    /// Parameters drawn elsewhere, each in the order of [`ModelKind::parameter_names`] and of equal weight, such as those
    /// that a fit with covariates gives customers of some covariates. Without any draw there is no posterior.
    ///
    /// ```
    /// use mehrwert_clv::posterior::Posterior;
    /// use mehrwert_clv::{ModelKind, TimeUnit};
    /// let draws = vec![[0.24, 4.4, 0.79, 2.4], [0.25, 4.6, 0.81, 2.5]];
    /// let posterior = Posterior::from_draws(ModelKind::BgNbd, TimeUnit::Week, draws).expect("two draws");
    /// assert_eq!(posterior.weights(), [0.5, 0.5]);
    /// ```
    pub fn from_draws(kind: ModelKind, unit: TimeUnit, draws: Vec<[f64; 4]>) -> Option<Posterior> {
        let possible = |draw: &[f64; 4]| crate::model::check_parameters(kind.parameter_names(), *draw).is_ok();
        if draws.is_empty() || !draws.iter().all(possible) {
            return None;
        }
        let count = draws.len();
        let diagnostics = Diagnostics {
            k_hat: None,
            k_hat_limit: 0.0,
            r_hat: None,
            effective_draws: count as f64,
            tail_effective_draws: None,
            divergences: 0,
        };
        Some(Posterior::of_draws((kind, unit), draws, vec![1.0 / count as f64; count], diagnostics))
    }

    /// How the draws came about.
    pub fn method(&self) -> Method {
        self.method
    }

    /// What the sampler says of itself.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// The parameters drawn, each in the order of [`ModelKind::parameter_names`].
    pub fn draws(&self) -> &[[f64; 4]] {
        &self.draws
    }

    /// The weights of the draws, which sum to one.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The parameters drawn as models, `count` of them drawn evenly by weight (systematic resampling).
    pub fn models(&self, count: usize, rng: &mut dyn Rng) -> Vec<Box<dyn PurchaseModel>> {
        self.resampled(count, rng).into_iter().map(|draw| model_of(self.kind, draw, self.unit)).collect()
    }

    fn resampled(&self, count: usize, rng: &mut dyn Rng) -> Vec<[f64; 4]> {
        let offset = uniform(rng);
        let mut places = (0..count).map(|i| (i as f64 + offset) / count as f64).peekable();
        let mut found = Vec::with_capacity(count);
        let mut cumulated = 0.0;
        for (at, (draw, weight)) in self.draws.iter().zip(&self.weights).enumerate() {
            cumulated += weight;
            // Rounding must not lose the last place.
            while places.next_if(|&place| place < cumulated || at + 1 == self.draws.len()).is_some() {
                found.push(*draw);
            }
        }
        found
    }
}

/// Says which sampler was used, and why.
impl fmt::Display for Posterior {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnostics { k_hat, k_hat_limit, r_hat, effective_draws, .. } = self.diagnostics;
        let count = self.draws.len();
        match (self.method, k_hat, r_hat) {
            (Method::Laplace, Some(k_hat), _) => {
                write!(f, "{count} weighted draws around the mode: k-hat {k_hat:.2} is below {k_hat_limit:.2}")?;
            }
            (_, Some(k_hat), Some(r_hat)) => write!(
                f,
                "{count} draws by NUTS (R-hat {r_hat:.3}), because weighted draws did not suffice (k-hat {k_hat:.2}, to be below \
                 {k_hat_limit:.2})"
            )?,
            (_, _, r_hat) => write!(f, "{count} draws by NUTS as asked for (R-hat {:.3})", r_hat.unwrap_or(f64::NAN))?,
        }
        write!(f, "; worth {effective_draws:.0} independent ones")
    }
}

fn check(options: &PosteriorOptions) -> Result<(), PosteriorError> {
    let least = [
        ("importance_draws", options.importance_draws, 100, "at least 100"),
        ("chains", options.chains, 2, "at least 2"),
        ("draws", options.draws, 100, "at least 100"),
    ];
    for (option, value, least, expected) in least {
        if value < least {
            return Err(PosteriorError::BadOption { option, value: value as f64, expected });
        }
    }
    Ok(())
}

fn uniform(rng: &mut dyn Rng) -> f64 {
    // The 53 highest bits, as a fraction.
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

struct Sampler<'a> {
    target: &'a Target,
    kind: ModelKind,
    unit: TimeUnit,
    options: &'a PosteriorOptions,
}

/// A few hundred draws know k-hat to about 0.2 only: where it still fails, so many times as many decide, still far
/// cheaper than chains.
const MORE_DRAWS: usize = 5;
/// Weighted draws have to be worth so many independent ones: few that count may lie in a part of where they should.
const LEAST_EFFECTIVE: f64 = 100.0;

/// Of weighted draws.
fn is_trusted(diagnostics: &Diagnostics) -> bool {
    let Diagnostics { k_hat, k_hat_limit, effective_draws, .. } = *diagnostics;
    k_hat.is_some_and(|k_hat| k_hat < k_hat_limit) && effective_draws >= LEAST_EFFECTIVE
}

impl Sampler<'_> {
    fn run(&self, rng: &mut dyn Rng) -> Result<Posterior, PosteriorError> {
        let mut rng = Pcg64Mcg::seed_from_u64(rng.next_u64());
        let mut tried = None;
        if self.options.method != Some(Method::Nuts) {
            let (by_weights, is_trusted) = self.by_weights(&mut rng);
            if is_trusted {
                return Ok(by_weights);
            }
            let Diagnostics { k_hat, k_hat_limit, effective_draws, .. } = by_weights.diagnostics;
            tried = k_hat;
            if self.options.method == Some(Method::Laplace) {
                let reason = format!(
                    "k-hat {:.2} is not below {k_hat_limit:.2}, or draws worth {effective_draws:.0} independent ones are \
                     too few",
                    tried.unwrap_or(f64::NAN)
                );
                return Err(PosteriorError::NotMixed(reason));
            }
        }
        let by_nuts = self.nuts(&mut rng, tried);
        match by_nuts.diagnostics.r_hat {
            Some(r_hat) if r_hat < R_HAT_LIMIT => Ok(by_nuts),
            r_hat => {
                let r_hat = r_hat.unwrap_or(f64::NAN);
                Err(PosteriorError::NotMixed(format!(
                    "R-hat {r_hat:.3} is not below {R_HAT_LIMIT}, draw longer chains"
                )))
            }
        }
    }

    /// Draws around the mode; where these do not suffice, draws from where they were likely, and more in the end. Whether
    /// they can be trusted is said beside them.
    fn by_weights(&self, rng: &mut Pcg64Mcg) -> (Posterior, bool) {
        let few = self.options.importance_draws;
        let (mut found, mut next) = self.weighted(&Proposal::around_mode(), few, rng);
        for count in [few, few, MORE_DRAWS * few] {
            if is_trusted(&found.diagnostics) {
                break;
            }
            // Weights that a single draw has for itself lead nowhere: then only more draws can help.
            let proposal = next.unwrap_or_else(Proposal::around_mode);
            (found, next) = self.weighted(&proposal, count, rng);
        }
        let is_trusted = is_trusted(&found.diagnostics);
        (found, is_trusted)
    }

    /// Weighted draws from a proposal, and the proposal that they lead to.
    fn weighted(&self, proposal: &Proposal, count: usize, rng: &mut Pcg64Mcg) -> (Posterior, Option<Proposal>) {
        let (proposed, log_proposal): (Vec<[f64; 4]>, Vec<f64>) = (0..count).map(|_| proposal.draw(rng)).unzip();
        let densities = self.target.log_densities(&proposed);
        let ratios: Vec<f64> = densities.iter().zip(&log_proposal).map(|(density, log)| density - log).collect();
        let smoothed = smoothing::smooth(&ratios);
        let squares: f64 = smoothed.weights.iter().map(|weight| weight * weight).sum();
        let diagnostics = Diagnostics {
            k_hat: Some(smoothed.k_hat),
            k_hat_limit: smoothing::trusted_k_hat(count),
            r_hat: None,
            effective_draws: 1.0 / squares,
            tail_effective_draws: None,
            divergences: 0,
        };
        let next = Proposal::fitted_to(&proposed, &smoothed.weights);
        (self.posterior(&proposed, smoothed.weights, Method::Laplace, diagnostics), next)
    }

    fn nuts(&self, rng: &mut Pcg64Mcg, k_hat: Option<f64>) -> Posterior {
        let PosteriorOptions { chains, warmup, draws, .. } = *self.options;
        let seeds: Vec<u64> = (0..chains).map(|_| rng.next_u64()).collect();
        let sampled = nuts::sample(|at| self.target.slope(at), Lengths { chains, warmup, draws }, &seeds);
        let (mut r_hat, mut bulk, mut tail) = (0.0, f64::INFINITY, f64::INFINITY);
        for i in 0..4 {
            let of_log = |chain: &Vec<[f64; 4]>| chain.iter().map(|at| self.target.at(at)[i]).collect();
            let by_chain: Vec<Vec<f64>> = sampled.draws.iter().map(of_log).collect();
            // Written so that an R-hat that is not a number is not lost.
            r_hat = [r_hat, diagnostics::r_hat(&by_chain)]
                .into_iter()
                .fold(r_hat, |most: f64, one| if one.is_nan() { f64::INFINITY } else { most.max(one) });
            bulk = f64::min(bulk, diagnostics::bulk_effective(&by_chain));
            tail = f64::min(tail, diagnostics::tail_effective(&by_chain));
        }
        let all = sampled.draws.concat();
        let weights = vec![1.0 / all.len() as f64; all.len()];
        let diagnostics = Diagnostics {
            k_hat,
            k_hat_limit: smoothing::trusted_k_hat(MORE_DRAWS * self.options.importance_draws),
            r_hat: Some(r_hat),
            effective_draws: bulk,
            tail_effective_draws: Some(tail),
            divergences: sampled.divergences,
        };
        self.posterior(&all, weights, Method::Nuts, diagnostics)
    }

    fn posterior(
        &self,
        deviations: &[[f64; 4]],
        weights: Vec<f64>,
        method: Method,
        diagnostics: Diagnostics,
    ) -> Posterior {
        // Draws beyond the limits have no weight, but rounding may still hand the last one out.
        let limits = limits_of(self.kind);
        let parameters = |deviations: &[f64; 4]| -> [f64; 4] {
            let at = self.target.at(deviations);
            std::array::from_fn(|i| at[i].clamp(limits.lower[i], limits.upper[i]).exp())
        };
        let draws = deviations.iter().map(parameters).collect();
        Posterior { kind: self.kind, unit: self.unit, draws, weights, method, diagnostics }
    }
}
