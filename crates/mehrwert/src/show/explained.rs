//! What covariates explain and what the season does, as tables and sentences.

use mehrwert_charts::{Column, DataTable, UNKNOWN};
use mehrwert_insight::value::{CovariateReport, EffectOn, SeasonReport};

use super::names;
use super::shown::Shown;
use super::words::Fill;

/// The effects, a row each.
pub(super) fn effects(shown: &Shown<'_>, report: &CovariateReport) -> DataTable {
    let columns = [
        Column::words(shown.text("column-column")),
        Column::words(shown.text("column-effect-on")),
        Column::figures(shown.text("column-factor")),
        Column::figures(shown.text("column-low")),
        Column::figures(shown.text("column-high")),
        Column::figures(shown.text("column-coefficient")),
        Column::figures(shown.text("column-standard-error")),
    ];
    let mut table = DataTable::new(shown.text("heading-covariates"), columns);
    let figure = |value: Option<f64>| optional(shown, value, 3);
    for effect in &report.effects {
        let on = match effect.on {
            EffectOn::Purchases => "effect-purchases",
            EffectOn::Dropout => "effect-dropout",
        };
        table.push([
            names::plain(&effect.column, 36),
            shown.text(on),
            figure(Some(effect.factor)),
            figure(effect.low),
            figure(effect.high),
            figure(Some(effect.coefficient)),
            figure(effect.standard_error),
        ]);
    }
    table
}

/// `= 0,0312`, or `< 0,0001` where that says more than zeros.
fn probability(shown: &Shown<'_>, value: f64) -> String {
    const LEAST: f64 = 0.0001;
    let sign = if value < LEAST { "<" } else { "=" };
    format!("{sign} {}", shown.format.decimal(value.max(LEAST), 4))
}

/// Whether the columns tell anything at all.
pub(super) fn effects_finding(shown: &Shown<'_>, report: &CovariateReport) -> String {
    let gain = shown.format.decimal(report.log_likelihood - report.log_likelihood_without, 1);
    let p_value = probability(shown, report.p_value);
    let key = if report.p_value < 0.05 { "covariates-tell" } else { "covariates-tell-nothing" };
    shown.words.say(key, &[("gain", Fill::Text(&gain)), ("p", Fill::Text(&p_value))])
}

/// A number with so many digits after the point, or that it is not known.
fn optional(shown: &Shown<'_>, value: Option<f64>, digits: usize) -> String {
    value.map_or(UNKNOWN.to_owned(), |value| shown.format.decimal(value, digits))
}

/// The months with their factors.
pub(super) fn season(shown: &Shown<'_>, report: &SeasonReport) -> DataTable {
    let columns = [
        Column::words(shown.text("column-month")),
        Column::figures(shown.text("column-factor")),
        Column::figures(shown.text("column-low")),
        Column::figures(shown.text("column-high")),
    ];
    let mut table = DataTable::new(shown.text("heading-season"), columns);
    for month in &report.months {
        let error = month.log_standard_error.map(|error| DEVIATIONS * error);
        let bound = |by: f64| error.map(|error| month.factor * (by * error).exp());
        let figures = [Some(month.factor), bound(-1.0), bound(1.0)];
        let [factor, low, high] = figures.map(|figure| optional(shown, figure, 2));
        // Months run from 1 to 12.
        table.push([shown.format.month(month.month as i8).to_owned(), factor, low, high]);
    }
    table
}

/// Standard deviations from the middle to the bounds of a 90 % interval.
const DEVIATIONS: f64 = 1.644_853_626_951_472_6;

/// Whether the forecast counts with the season.
pub(super) fn season_finding(shown: &Shown<'_>, report: &SeasonReport) -> String {
    let Some(p_value) = report.p_value else { return shown.text("season-saved") };
    let p_value = probability(shown, p_value);
    let key = if report.is_used { "season-used" } else { "season-not-used" };
    shown.words.say(key, &[("p", Fill::Text(&p_value))])
}
