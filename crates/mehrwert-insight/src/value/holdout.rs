//! What lies after `--until`: compared with the forecasts once, never used to choose.

use mehrwert_clv::ModelKind;
use mehrwert_core::Period;

use super::ValueError;
use super::accuracy::accuracy;
use super::cuts::baselines;
use super::forecast::Fitted;
use super::histories::CustomerHistories;
use super::purchases::Purchases;
use super::result::{Accuracy, Baseline};

/// Accuracy on the days held out; empty when nothing was.
#[derive(Default)]
pub(super) struct Holdout {
    pub models: Vec<(ModelKind, Accuracy)>,
    pub baselines: Vec<(Baseline, Accuracy)>,
}

impl Purchases<'_> {
    /// The days after the history.
    pub(super) fn holdout_period(&self) -> Option<Period> {
        (self.last > self.period.to).then(|| Period { from: self.period.to.plus_days(1), to: self.last })
    }
}

impl Holdout {
    pub(super) fn measure(
        purchases: &Purchases<'_>,
        histories: &CustomerHistories,
        with_amounts: bool,
        fits: &[Fitted],
    ) -> Result<Holdout, ValueError> {
        let Some(period) = purchases.holdout_period() else { return Ok(Holdout::default()) };
        let days = period.days().unsigned_abs();
        let outcomes = purchases.outcomes(histories, days, 1, with_amounts)?;
        let models = fits
            .iter()
            .map(|fitted| (fitted.fit.model.kind(), accuracy(&fitted.forecasts(histories, days), &outcomes)))
            .collect();
        let baselines = baselines(purchases, histories, days, 1, with_amounts)?
            .into_iter()
            .map(|(baseline, forecasts)| (baseline, accuracy(&forecasts, &outcomes)))
            .collect();
        Ok(Holdout { models, baselines })
    }
}
