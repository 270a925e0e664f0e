//! What is told of models and naive forecasts, and how much of the business comes from existing customers.

use mehrwert_clv::Fit;
use mehrwert_clv::scores::Baseline;

use super::cuts::Comparison;
use super::fits::no_dropout_seen;
use super::histories::CustomerHistories;
use super::holdout::Holdout;
use super::purchases::{DayTotal, Purchases};
use super::result::{BaselineReport, ModelReport, ParameterReport};

pub(super) fn model_report(fit: &Fit, comparison: &Comparison, holdout: &Holdout) -> ModelReport {
    let kind = fit.model.kind();
    ModelReport {
        kind,
        parameters: fit
            .parameters
            .iter()
            .map(|one| ParameterReport { name: one.name, value: one.value, standard_error: one.standard_error })
            .collect(),
        log_likelihood: fit.log_likelihood,
        converged: true,
        no_dropout_seen: no_dropout_seen(fit),
        rolling: comparison.of_model(kind),
        holdout: holdout.models.iter().find(|one| one.0 == kind).map(|one| one.1),
    }
}

pub(super) fn baseline_reports(comparison: &Comparison, holdout: &Holdout) -> Vec<BaselineReport> {
    Baseline::ALL
        .into_iter()
        .map(|baseline| BaselineReport {
            baseline,
            rolling: comparison.of_baseline(baseline),
            holdout: holdout.baselines.iter().find(|one| one.0 == baseline).map(|one| one.1),
        })
        .collect()
}

/// Share of the last twelve months' revenue (purchases, without amounts) that is not from first purchases.
pub(super) fn existing_customer_share(
    purchases: &Purchases<'_>,
    histories: &CustomerHistories,
    by_day: &[DayTotal],
    with_amounts: bool,
) -> Option<f64> {
    const THIRTEEN_MONTHS: i32 = 395;
    if purchases.period.days() < THIRTEEN_MONTHS {
        return None;
    }
    let since = purchases.period.to.plus_days(-365);
    let recent = by_day.iter().filter(|total| total.day > since);
    let all: f64 = recent.map(|total| if with_amounts { total.amount.to_f64() } else { total.purchases as f64 }).sum();
    let first: f64 = (0..histories.customers.len())
        .filter(|&row| histories.first_day[row] > since)
        .map(|row| if with_amounts { histories.first_amount[row].to_f64() } else { 1.0 })
        .sum();
    (all > 0.0).then(|| (all - first) / all)
}
