//! The shape of what covariates explain, and of the season.

use mehrwert_insight::value::{CovariateReport, EffectOn, SeasonReport};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Explained {
    effects: Vec<Effect>,
    log_likelihood: f64,
    log_likelihood_without: f64,
    p_value: f64,
}

#[derive(Serialize)]
struct Effect {
    column: String,
    on: &'static str,
    coefficient: f64,
    standard_error: Option<f64>,
    factor: f64,
    low: Option<f64>,
    high: Option<f64>,
}

#[derive(Serialize)]
pub(super) struct Season {
    is_used: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    p_value: Option<f64>,
    months: Vec<Month>,
}

#[derive(Serialize)]
struct Month {
    month: u32,
    factor: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_standard_error: Option<f64>,
}

pub(super) fn explained(report: &CovariateReport) -> Explained {
    let effects = report.effects.iter().map(|effect| Effect {
        column: effect.column.clone(),
        on: match effect.on {
            EffectOn::Purchases => "purchases",
            EffectOn::Dropout => "dropout",
        },
        coefficient: effect.coefficient,
        standard_error: effect.standard_error,
        factor: effect.factor,
        low: effect.low,
        high: effect.high,
    });
    let &CovariateReport { log_likelihood, log_likelihood_without, p_value, .. } = report;
    Explained { effects: effects.collect(), log_likelihood, log_likelihood_without, p_value }
}

pub(super) fn season(report: &SeasonReport) -> Season {
    let months = report.months.iter().map(|month| Month {
        month: month.month,
        factor: month.factor,
        log_standard_error: month.log_standard_error,
    });
    Season { is_used: report.is_used, p_value: report.p_value, months: months.collect() }
}
