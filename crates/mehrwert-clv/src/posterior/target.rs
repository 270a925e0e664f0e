//! What is sampled: the likelihood of the histories times the prior, in the logarithms of the parameters.

use rayon::prelude::*;

use super::Prior;
use crate::fit::limits_of;
use crate::jet::{Jet, NONE};
use crate::kernel::{Terms, log_likelihood_at};
use crate::newton::{Evaluation, maximise};
use crate::symmetric::symmetric_eigen;
use crate::{Histories, ModelKind, TimeUnit};

/// Distinct histories beyond which the likelihood is evaluated on a sample.
const ALL: usize = 20_000;
/// Its size.
const SAMPLE: usize = 10_000;
const MAX_ITERATIONS: u32 = 100;

/// The log posterior density up to a constant.
///
/// With up to 20,000 distinct histories it is exact. With more it is the difference estimate of Quiroz, Kohn, Villani &
/// Tran (2019): the second-order expansion of the likelihood of all histories at the mode, and from a stratified sample
/// (every n-th customer in the order of the histories) only what lies beyond second order, scaled up.
pub(crate) struct Target {
    kind: ModelKind,
    terms: Terms,
    prior: Prior,
    /// Value, gradient and Hessian of all minus those of the sample, at the mode.
    beyond_sample: Option<Evaluation<4>>,
    /// Log parameters of the greatest density.
    pub mode: [f64; 4],
    /// Columns: what one deviation in each direction does to the log parameters.
    pub scale: [[f64; 4]; 4],
    pub log_density_at_mode: f64,
}

impl Target {
    /// Finds the mode from `start`. `None` if the search does not converge or the curvature there is none of a maximum.
    pub fn new(
        kind: ModelKind,
        histories: &Histories,
        unit: TimeUnit,
        prior: Prior,
        start: [f64; 4],
    ) -> Option<Target> {
        let all = Terms::new(histories, unit);
        let evaluate = |at: &[f64; 4]| evaluation(&prior.jet(at), &likelihood(kind, at, &all));
        let found = maximise(evaluate, start.map(f64::ln), &limits_of(kind), MAX_ITERATIONS)?;
        if !found.converged {
            return None;
        }
        let (values, vectors) = symmetric_eigen(found.evaluation.hessian.map(|row| row.map(|h| -h)));
        if !values.iter().all(|value| value.is_finite() && *value > 0.0) {
            return None;
        }
        let scale = std::array::from_fn(|i| std::array::from_fn(|k| vectors[k][i] / values[k].sqrt()));
        let mut target = Target {
            kind,
            terms: all,
            prior,
            beyond_sample: None,
            mode: found.at,
            scale,
            log_density_at_mode: found.evaluation.value,
        };
        if histories.distinct().len() > ALL {
            let sample = Terms::new(&histories.thinned(SAMPLE), unit);
            let of_sample = evaluation(&prior.jet(&found.at), &likelihood(kind, &found.at, &sample));
            let all = found.evaluation;
            target.beyond_sample = Some(Evaluation {
                value: all.value - of_sample.value,
                gradient: std::array::from_fn(|i| all.gradient[i] - of_sample.gradient[i]),
                hessian: std::array::from_fn(|i| std::array::from_fn(|j| all.hessian[i][j] - of_sample.hessian[i][j])),
            });
            target.terms = sample;
        }
        Some(target)
    }

    /// Log parameters at so many deviations from the mode.
    pub fn at(&self, deviations: &[f64; 4]) -> [f64; 4] {
        std::array::from_fn(|i| self.mode[i] + (0..4).map(|k| self.scale[i][k] * deviations[k]).sum::<f64>())
    }

    /// The log density relative to the mode, with its gradient by the deviations; minus infinity beyond the limits
    /// within which the models can be computed.
    pub fn slope(&self, deviations: &[f64; 4]) -> (f64, [f64; 4]) {
        let at = self.at(deviations);
        let limits = limits_of(self.kind);
        if !(0..4).all(|i| at[i] > limits.lower[i] && at[i] < limits.upper[i]) {
            return (f64::NEG_INFINITY, [0.0; 4]);
        }
        let found: Jet<NONE> = likelihood(self.kind, &at, &self.terms) + self.prior.jet(&at);
        let (mut value, mut gradient) = (found.value - self.log_density_at_mode, found.gradient);
        if let Some(beyond) = &self.beyond_sample {
            let away: [f64; 4] = std::array::from_fn(|i| at[i] - self.mode[i]);
            value += beyond.value;
            for i in 0..4 {
                let bend: f64 = (0..4).map(|j| beyond.hessian[i][j] * away[j]).sum();
                value += away[i] * (beyond.gradient[i] + 0.5 * bend);
                gradient[i] += beyond.gradient[i] + bend;
            }
        }
        (value, std::array::from_fn(|k| (0..4).map(|i| self.scale[i][k] * gradient[i]).sum()))
    }

    /// Log densities relative to the mode, in parallel.
    pub fn log_densities(&self, deviations: &[[f64; 4]]) -> Vec<f64> {
        deviations.par_iter().map(|deviations| self.slope(deviations).0).collect()
    }
}

fn likelihood<const H: usize>(kind: ModelKind, at: &[f64; 4], terms: &Terms) -> Jet<H> {
    log_likelihood_at(kind, at.map(f64::exp), terms)
}

fn evaluation(prior: &Jet, likelihood: &Jet) -> Evaluation<4> {
    let sum = *prior + *likelihood;
    Evaluation { value: sum.value, gradient: sum.gradient, hessian: sum.full_hessian() }
}
