//! The likelihood by base parameters and coefficients: covariates only shift log parameters, so that its derivatives
//! are those of the plain likelihoods times constants.

// Matrices are read best by their indices.
#![allow(clippy::needless_range_loop)]

use rayon::prelude::*;

use super::data::CovariateHistories;
use super::model::{Effect, shifted};
use crate::kernel::{Terms, log_likelihood_at};
use crate::newton::Expansion;
use crate::posterior::Prior;
use crate::{ModelKind, TimeUnit};

/// Covariate vectors per piece of parallel work: fixed, so that the result does not depend on the number of threads.
const CHUNK: usize = 64;

pub(super) struct Likelihood<'a> {
    kind: ModelKind,
    effects: &'a [Effect],
    /// Standardised covariates, one for each effect, with the histories that have them.
    groups: Vec<(Vec<f64>, Terms)>,
}

impl<'a> Likelihood<'a> {
    pub fn new(kind: ModelKind, effects: &'a [Effect], data: &CovariateHistories, unit: TimeUnit) -> Likelihood<'a> {
        let groups = data.groups.par_iter().map(|group| {
            let values = effects.iter().map(|effect| effect.standardised(&group.values)).collect();
            (values, Terms::new(&group.histories, unit))
        });
        Likelihood { kind, effects, groups: groups.collect() }
    }

    /// By four log parameters at the columns' means, then a coefficient for each effect.
    pub fn at(&self, at: &[f64]) -> Expansion {
        let sums: Vec<Expansion> = self.groups.par_chunks(CHUNK).map(|chunk| self.sum(chunk, at)).collect();
        let mut total = nothing(at.len());
        for sum in &sums {
            total.value += sum.value;
            for (i, row) in sum.hessian.iter().enumerate() {
                total.gradient[i] += sum.gradient[i];
                row.iter().enumerate().for_each(|(j, entry)| total.hessian[i][j] += entry);
            }
        }
        for i in 0..at.len() {
            for j in 0..i {
                total.hessian[i][j] = total.hessian[j][i];
            }
        }
        total
    }

    /// The upper triangle only.
    fn sum(&self, groups: &[(Vec<f64>, Terms)], at: &[f64]) -> Expansion {
        let size = at.len();
        let mut sum = nothing(size);
        // Row by row, what each coordinate does to the four log parameters.
        let mut effect_on: Vec<[f64; 4]> =
            (0..size).map(|i| std::array::from_fn(|k| f64::from(u8::from(i == k)))).collect();
        for (values, terms) in groups {
            let log = shifted(self.kind, self.effects, values, at);
            let jet = log_likelihood_at(self.kind, log.map(f64::exp), terms);
            for ((row, effect), value) in effect_on[4..].iter_mut().zip(self.effects).zip(values) {
                *row = effect.process.direction(self.kind).map(|part| part * value);
            }
            let hessian = jet.full_hessian();
            sum.value += jet.value;
            for i in 0..size {
                sum.gradient[i] += (0..4).map(|k| effect_on[i][k] * jet.gradient[k]).sum::<f64>();
                let along: [f64; 4] = std::array::from_fn(|l| (0..4).map(|k| effect_on[i][k] * hessian[k][l]).sum());
                for j in i..size {
                    sum.hessian[i][j] += (0..4).map(|l| along[l] * effect_on[j][l]).sum::<f64>();
                }
            }
        }
        sum
    }
}

fn nothing(size: usize) -> Expansion {
    Expansion { value: 0.0, gradient: vec![0.0; size], hessian: vec![vec![0.0; size]; size] }
}

/// Adds normal priors: of the base parameters, and of the coefficients around zero.
pub(super) fn add_priors(to: &mut Expansion, at: &[f64], base: Option<&Prior>, coefficient_deviation: Option<f64>) {
    let mut add = |i: usize, away: f64, deviation: f64| {
        let precision = deviation.powi(-2);
        to.value -= 0.5 * precision * away * away;
        to.gradient[i] -= precision * away;
        to.hessian[i][i] -= precision;
    };
    if let Some(prior) = base {
        (0..4).for_each(|i| add(i, at[i] - prior.log_mean[i], prior.log_deviation[i]));
    }
    if let Some(deviation) = coefficient_deviation {
        (4..at.len()).for_each(|i| add(i, at[i], deviation));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::History;
    use crate::covariates::Process;

    #[test]
    fn derivatives_equal_finite_differences() {
        let customer = |i: u32| {
            let history = if i.is_multiple_of(3) {
                History::new(0, 0, 40 + i)
            } else {
                History::new(1 + i % 4, 10 + i, 60 + 3 * i)
            };
            (history.unwrap(), vec![f64::from(i % 5), (f64::from(i) * 0.7).sin()])
        };
        let data = CovariateHistories::compress(&["a", "b"], (0..40).map(customer)).unwrap();
        let effects: Vec<Effect> = [(Process::Purchases, 0), (Process::Purchases, 1), (Process::Dropout, 1)]
            .map(|(process, column)| Effect { process, column, mean: 0.3, deviation: 1.2 })
            .into();
        for kind in ModelKind::ALL {
            let likelihood = Likelihood::new(kind, &effects, &data, TimeUnit::Week);
            let prior = Prior { log_mean: [0.1; 4], log_deviation: [0.8; 4] };
            let at = |moved: Option<usize>, by: f64| {
                let mut to = vec![-0.4, 1.9, -0.2, 1.3, 0.4, -0.3, 0.6];
                moved.iter().for_each(|&i| to[i] += by);
                let mut found = likelihood.at(&to);
                add_priors(&mut found, &to, Some(&prior), Some(0.9));
                found
            };
            let (here, step) = (at(None, 0.0), 1e-5);
            for i in 0..7 {
                let (up, down) = (at(Some(i), step), at(Some(i), -step));
                assert!(((up.value - down.value) / (2.0 * step) - here.gradient[i]).abs() < 1e-6, "{kind} {i}");
                for j in 0..7 {
                    let bend = (up.gradient[j] - down.gradient[j]) / (2.0 * step);
                    assert!((bend - here.hessian[i][j]).abs() < 1e-5, "{kind} {i} {j}: {bend} {}", here.hessian[i][j]);
                }
            }
        }
    }
}
