//! Models fitted to everybody.

use mehrwert_clv::spend::{SpendFit, SpendHistory, fit_spend};
use mehrwert_clv::{Boundary, Convergence, ConvergenceState, Fit, FitError, FitOptions, ModelKind, fit};

use super::histories::CustomerHistories;

/// Fits a purchase model to histories.
pub(super) fn fit_model(kind: ModelKind, histories: &CustomerHistories) -> Result<Fit, FitError> {
    fit(kind, &histories.compressed, &FitOptions::default())
}

/// Fits the spend model to the repeat purchases of histories.
pub(super) fn fit_spend_of(histories: &CustomerHistories) -> Result<SpendFit, FitError> {
    let spend: Vec<SpendHistory> = (0..histories.customers.len()).map(|row| histories.spend_history(row)).collect();
    fit_spend(&spend)
}

/// Whether the maximum lies where nobody ever leaves.
pub(super) fn no_dropout_seen(fit: &Fit) -> bool {
    at_boundary(&fit.convergence, Boundary::NoDropoutSeen)
}

impl CustomerHistories {
    /// Repeat purchases and their mean amount, for the spend model.
    pub(super) fn spend_history(&self, row: usize) -> SpendHistory {
        SpendHistory { repeats: self.purchases[row].saturating_sub(1), mean: self.repeat_mean[row] }
    }
}

/// Whether a fit ended at a boundary of this meaning.
pub(super) fn at_boundary(convergence: &Convergence, boundary: Boundary) -> bool {
    matches!(&convergence.state, ConvergenceState::AtBoundary { explanations } if explanations.contains(&boundary))
}
