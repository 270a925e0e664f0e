//! By how much totals are usually missed, beyond what the model itself expects.

use serde::{Deserialize, Serialize};

use super::Backtest;
use crate::ModelKind;

/// What the cuts tell of the error of a total.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Misspecification {
    /// Standard deviation of the logarithm of actual over predicted, beyond parameters and customers.
    pub deviation: f64,
}

impl Backtest {
    /// Learns the misspecification of a model's total over `horizon` days.
    pub fn misspecification(&self, model: ModelKind, _horizon: u32) -> Misspecification {
        let errors = self.cuts.iter().flat_map(|cut| cut.models.iter().filter(|one| one.kind == model));
        let excess = errors.map(|one| one.totals[0].log_error().powi(2) - one.totals[0].model_variance());
        let (count, sum) = excess.fold((0.0, 0.0), |(count, sum), one| (count + 1.0, sum + one));
        Misspecification { deviation: if count > 0.0 { f64::max(sum / count, 0.0).sqrt() } else { 0.19 } }
    }
}
