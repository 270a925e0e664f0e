//! The likelihood of one group's purchases, by the coordinates in which groups are compared.

use rayon::prelude::*;

use super::basis::Basis;
use super::gaussian::{Surrogate, Vector};
use super::hierarchy::Likelihood;
use crate::fit::limits_of;
use crate::kernel::{Terms, log_likelihood_at};
use crate::newton::Evaluation;
use crate::{Histories, ModelKind, TimeUnit};

/// Distinct histories beyond which draws are weighted by a sample.
const ALL: usize = 1000;
/// Its size.
const SAMPLE: usize = 200;
/// Distinct histories beyond which the search of the mode starts on a likeness.
const LARGE: usize = 4000;
/// Its size.
const LIKENESS: usize = 1000;

/// One group's histories. Coordinates count from a common centre.
pub(super) struct Purchases {
    kind: ModelKind,
    basis: Basis,
    centre: Vector<4>,
    terms: Terms,
    sample: Option<Box<Purchases>>,
    likeness: Option<Box<Purchases>>,
}

impl Purchases {
    pub fn new(kind: ModelKind, histories: &Histories, unit: TimeUnit, centre: Vector<4>) -> Purchases {
        let part = |more_than: usize, size: usize| {
            let is_many = histories.distinct().len() > more_than;
            is_many.then(|| Box::new(Purchases::new(kind, &histories.thinned(size), unit, centre)))
        };
        let (sample, likeness) = (part(ALL, SAMPLE), part(LARGE, LIKENESS));
        let terms = Terms::new(histories, unit);
        Purchases { kind, basis: Basis::new(kind), centre, terms, sample, likeness }
    }

    pub fn log_parameters(&self, coordinates: &Vector<4>) -> Vector<4> {
        self.basis.log_parameters(&std::array::from_fn(|i| self.centre[i] + coordinates[i]))
    }
}

impl Likelihood<4> for Purchases {
    fn at(&self, coordinates: &Vector<4>) -> Evaluation<4> {
        let log = self.log_parameters(coordinates);
        let limits = limits_of(self.kind);
        if !(0..4).all(|i| log[i] > limits.lower[i] && log[i] < limits.upper[i]) {
            return Evaluation { value: f64::NEG_INFINITY, gradient: [0.0; 4], hessian: [[0.0; 4]; 4] };
        }
        let jet = log_likelihood_at(self.kind, log.map(f64::exp), &self.terms);
        self.basis.rotated(&Evaluation { value: jet.value, gradient: jet.gradient, hessian: jet.full_hessian() })
    }

    fn likeness(&self) -> Option<&Purchases> {
        self.likeness.as_deref()
    }

    /// With many histories the difference estimate of Quiroz, Kohn, Villani & Tran (2019), as for a single population:
    /// the expansion of all, and from a sample only what lies beyond second order.
    fn values(&self, around_mode: &Surrogate<4>, points: &[Vector<4>], thorough: bool) -> Vec<f64> {
        let sample = if thorough { &self.likeness } else { &self.sample };
        let Some(sample) = sample else {
            return points.par_iter().map(|point| self.at(point).value).collect();
        };
        let of_sample = Surrogate::new(around_mode.at, &sample.at(&around_mode.at));
        let value =
            |point: &Vector<4>| around_mode.log_value(point) + (sample.at(point).value - of_sample.log_value(point));
        points.par_iter().map(value).collect()
    }
}
