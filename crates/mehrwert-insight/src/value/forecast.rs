//! Fitted models, applied to customers.

use mehrwert_clv::spend::{SpendFit, SpendHistory, fit_spend};
use mehrwert_clv::{
    Boundary, Convergence, ConvergenceState, Days, DiscountRate, Fit, FitError, FitOptions, ModelKind, Score, fit,
};

use super::histories::CustomerHistories;

/// A purchase model and, where amounts are known, a spend model.
pub(super) struct Fitted {
    pub fit: Fit,
    pub spend: Option<SpendFit>,
}

/// Fits a purchase model to histories.
pub(super) fn fit_model(kind: ModelKind, histories: &CustomerHistories) -> Result<Fit, FitError> {
    fit(kind, &histories.compressed, &FitOptions::default())
}

/// Fits the spend model to the repeat purchases of histories.
pub(super) fn fit_spend_of(histories: &CustomerHistories) -> Result<SpendFit, FitError> {
    let spend: Vec<SpendHistory> = (0..histories.customers.len()).map(|row| histories.spend_history(row)).collect();
    fit_spend(&spend)
}

impl Fitted {
    /// Whether the maximum lies where nobody ever leaves.
    pub(super) fn no_dropout_seen(&self) -> bool {
        at_boundary(&self.fit.convergence, Boundary::NoDropoutSeen)
    }

    /// Scores of the distinct histories.
    pub(super) fn scores(&self, histories: &CustomerHistories, days: u32, rate: DiscountRate) -> Vec<Score> {
        self.fit.model.score(histories.compressed.distinct(), Days::new(f64::from(days)), rate)
    }

    /// Expected amount of a customer's next purchase; one where there are no amounts.
    pub(super) fn expected_spend(&self, histories: &CustomerHistories, row: usize) -> f64 {
        self.spend.as_ref().map_or(1.0, |spend| {
            let history = histories.spend_history(row);
            spend.model.expected_spend(history.repeats, history.mean)
        })
    }
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

/// The score of a customer among those of the distinct histories.
pub(super) fn score_of(scores: &[Score], histories: &CustomerHistories, row: usize) -> Score {
    const UNKNOWN: Score = Score { probability_alive: f64::NAN, expected_purchases: 0.0, discounted_purchases: 0.0 };
    // Every customer of the histories has a distinct history, so the stand-in is never taken.
    let found = histories.compressed.distinct_of(row).and_then(|distinct| scores.get(distinct));
    debug_assert!(found.is_some());
    found.copied().unwrap_or(UNKNOWN)
}
