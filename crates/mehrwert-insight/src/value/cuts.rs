//! The choice among models by rolling cuts that lie wholly inside the history.
//!
//! At each cut the models are fitted on the purchases until then and forecast the time up to the next cut; what happened
//! is in the history, so nothing after it is touched. (Returns are as known at the end of the history, at every cut, so
//! that the purchases need to be built once only; they can blur a cut, never see past the history.) Where there are many customers, a cut looks at every n-th of them in
//! the order in which they first appear, which is as good as a random sample spread evenly over time.

use mehrwert_clv::ModelKind;
use mehrwert_core::{Day, Period, Phase, Progress};

use super::ValueError;
use super::accuracy::{Forecast, Outcome, accuracy, mean};
use super::forecast::{Fitted, fit_model, fit_spend_of};
use super::histories::CustomerHistories;
use super::purchases::Purchases;
use super::result::{Accuracy, Baseline, Choice};

/// Cuts made.
const CUTS: i32 = 3;
/// The history is split into this many parts: the first two are always seen by the models.
const PARTS: i32 = 5;
/// Fewer days than this are too short a time to tell models apart.
const SHORTEST_FORECAST_DAYS: i32 = 28;
/// Longer than a year a forecast from a cut leaves too little to fit on.
const LONGEST_FORECAST_DAYS: i32 = 365;
/// Fewer repeat customers than this cannot tell models apart.
const FEWEST_REPEAT_CUSTOMERS: usize = 50;
/// Relative differences of errors below this are rounding, as between models that all saw no dropout.
const NO_DIFFERENCE: f64 = 1e-6;
/// More customers than this are sampled: their errors are known to well under one per cent.
const MOST_CUSTOMERS: u64 = 100_000;

/// The default where the history cannot decide: the most accurate of the three on the public data sets
/// (docs/accuracy.md).
pub(super) const DEFAULT_MODEL: ModelKind = ModelKind::ParetoNbd;

/// Errors over the cuts, and what follows from them.
pub(super) struct Comparison {
    /// Mean accuracy of each candidate that could be fitted at every cut.
    pub models: Vec<(ModelKind, Accuracy)>,
    /// Mean accuracy of the naive forecasts.
    pub baselines: Vec<(Baseline, Accuracy)>,
    /// ln(actual / predicted) of the total of each candidate at each cut, for the width of intervals.
    pub total_errors: Vec<(ModelKind, Vec<f64>)>,
    /// Why the choice is what it is.
    pub choice: Choice,
}

impl Comparison {
    /// Of the candidates, the one with the smallest root mean squared error (of several that do not differ, the first),
    /// or the default where there were no cuts.
    pub(super) fn best(&self, candidates: &[ModelKind]) -> ModelKind {
        // A model can do well at the cuts and yet have no fit on the whole history.
        let compared = || self.models.iter().filter(|model| candidates.contains(&model.0));
        let smallest = compared().map(|model| model.1.rmse).min_by(f64::total_cmp);
        let close = |rmse: f64| smallest.is_some_and(|smallest| rmse <= smallest * (1.0 + NO_DIFFERENCE));
        match compared().find(|model| close(model.1.rmse)) {
            Some((kind, _)) => *kind,
            None if candidates.contains(&DEFAULT_MODEL) => DEFAULT_MODEL,
            None => candidates.first().copied().unwrap_or(DEFAULT_MODEL),
        }
    }

    /// ln(actual / predicted) of a candidate's totals at the cuts.
    pub(super) fn cut_errors(&self, kind: ModelKind) -> &[f64] {
        self.total_errors.iter().find(|one| one.0 == kind).map_or(&[], |one| &one.1)
    }

    fn without_cuts(choice: Choice) -> Comparison {
        Comparison { models: Vec::new(), baselines: Vec::new(), total_errors: Vec::new(), choice }
    }
}

/// Compares candidates and naive forecasts over the cuts of a history.
pub(super) fn compare(
    purchases: &Purchases<'_>,
    whole: &CustomerHistories,
    candidates: &[ModelKind],
    with_amounts: bool,
    progress: &dyn Progress,
) -> Result<Comparison, ValueError> {
    let Some((days, cuts)) = plan(purchases.period) else {
        return Ok(Comparison::without_cuts(Choice::TooLittleHistory));
    };
    let step = u32::try_from((whole.customers.len() as u64).div_ceil(MOST_CUSTOMERS)).unwrap_or(u32::MAX).max(1);
    let mut results = Vec::new();
    progress.begin(Phase::Fitting, Some((cuts.len() * candidates.len()) as u64));
    for &cut in &cuts {
        let histories = purchases.histories(cut, step)?;
        let repeaters = histories.repeat_customers();
        if repeaters >= FEWEST_REPEAT_CUSTOMERS {
            results.push(run_cut(purchases, &histories, days, step, candidates, with_amounts, progress)?);
        }
    }
    progress.end();
    if results.is_empty() {
        return Ok(Comparison::without_cuts(Choice::TooFewRepeatCustomers));
    }
    let sampled = results.last().map_or(0, |result| result.customers);
    let used = results.iter().map(|result| result.cut).collect();
    let choice = Choice::RollingCuts { cuts: used, days, customers: sampled };
    Ok(summarise(&results, candidates, choice))
}

/// Days forecast after each cut, and the cuts from early to late; `None` when the history is too short.
fn plan(period: Period) -> Option<(u32, Vec<Day>)> {
    let days = (period.days() / PARTS).min(LONGEST_FORECAST_DAYS);
    let enough = days >= SHORTEST_FORECAST_DAYS;
    enough.then(|| (days.unsigned_abs(), (1..=CUTS).rev().map(|part| period.to.plus_days(-part * days)).collect()))
}

/// What one cut showed.
struct CutResult {
    cut: Day,
    customers: u64,
    models: Vec<(ModelKind, Accuracy, f64)>,
    baselines: Vec<(Baseline, Accuracy)>,
}

fn run_cut(
    purchases: &Purchases<'_>,
    histories: &CustomerHistories,
    days: u32,
    step: u32,
    candidates: &[ModelKind],
    with_amounts: bool,
    progress: &dyn Progress,
) -> Result<CutResult, ValueError> {
    let outcomes = purchases.outcomes(histories, days, step, with_amounts)?;
    let spend = if with_amounts { fit_spend_of(histories).ok() } else { None };
    let mut models = Vec::new();
    for &kind in candidates {
        if let Ok(fit) = fit_model(kind, histories) {
            let forecasts = Fitted { fit, spend: spend.clone() }.forecasts(histories, days);
            models.push((kind, accuracy(&forecasts, &outcomes), total_error(&forecasts, &outcomes)));
        }
        progress.advance(1);
    }
    let baselines = baselines(purchases, histories, days, step, with_amounts)?
        .into_iter()
        .map(|(baseline, forecasts)| (baseline, accuracy(&forecasts, &outcomes)))
        .collect();
    Ok(CutResult { cut: histories.until, customers: histories.customers.len() as u64, models, baselines })
}

/// ln(actual / predicted) of all purchases together.
fn total_error(forecasts: &[Forecast], outcomes: &[Outcome]) -> f64 {
    let predicted: f64 = forecasts.iter().map(|forecast| forecast.purchases).sum();
    let actual: f64 = outcomes.iter().map(|outcome| outcome.purchases).sum();
    (actual.max(0.5) / predicted.max(0.5)).ln()
}

fn summarise(results: &[CutResult], candidates: &[ModelKind], choice: Choice) -> Comparison {
    let mut comparison = Comparison::without_cuts(choice);
    for &kind in candidates {
        let found: Vec<&(ModelKind, Accuracy, f64)> =
            results.iter().filter_map(|result| result.models.iter().find(|model| model.0 == kind)).collect();
        let accuracies: Vec<Accuracy> = found.iter().map(|model| model.1).collect();
        // A model that failed at a cut is not compared: its mean would be over easier cuts.
        if let (true, Some(mean)) = (found.len() == results.len(), mean(&accuracies)) {
            comparison.models.push((kind, mean));
            comparison.total_errors.push((kind, found.iter().map(|model| model.2).collect()));
        }
    }
    for baseline in Baseline::ALL {
        let accuracies: Vec<Accuracy> = results
            .iter()
            .flat_map(|result| result.baselines.iter().filter(|one| one.0 == baseline).map(|one| one.1))
            .collect();
        comparison.baselines.extend(mean(&accuracies).map(|mean| (baseline, mean)));
    }
    comparison
}

/// The naive forecasts for the `days` after the histories.
pub(super) fn baselines(
    purchases: &Purchases<'_>,
    histories: &CustomerHistories,
    days: u32,
    step: u32,
    with_amounts: bool,
) -> Result<Vec<(Baseline, Vec<Forecast>)>, ValueError> {
    let before = histories.until.plus_days(-i32::try_from(days).unwrap_or(i32::MAX));
    let lately = purchases.between(&histories.customers, before, histories.until, step, with_amounts)?;
    let rows = 0..histories.customers.len();
    let mean_spend = |row: usize| if with_amounts { histories.mean_amount(row) } else { 1.0 };
    let own_rate = rows.clone().map(|row| {
        let age = f64::from(histories.until.since(histories.first_day[row]).max(1));
        let purchases = f64::from(histories.purchases[row].saturating_sub(1)) / age * f64::from(days);
        Forecast { purchases, spend: purchases * mean_spend(row) }
    });
    let same_as_before = rows.map(|row| {
        // The first purchase ever is no repeat purchase and does not come again.
        let won_lately = histories.first_day[row] > before;
        let purchases = (lately[row].purchases - f64::from(u8::from(won_lately))).max(0.0);
        Forecast { purchases, spend: purchases * mean_spend(row) }
    });
    Ok(vec![
        (Baseline::Zero, vec![Forecast::default(); histories.customers.len()]),
        (Baseline::OwnRate, own_rate.collect()),
        (Baseline::SameAsBefore, same_as_before.collect()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Period {
        Period { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    #[test]
    fn cuts_lie_inside_the_history() {
        let history = period("1997-01-01", "1997-09-30");
        let (days, cuts) = plan(history).unwrap();
        assert_eq!(days, 54);
        assert_eq!(cuts.iter().map(Day::to_string).collect::<Vec<_>>(), ["1997-04-21", "1997-06-14", "1997-08-07"]);
        assert!(cuts.iter().all(|cut| history.contains(cut.plus_days(54))));
    }

    #[test]
    fn only_a_model_that_has_a_fit_is_chosen() {
        let errors = |rmse| Accuracy { mae: 0.0, rmse, aggregate_error: 0.0, top10_share: 0.1 };
        let models = vec![(ModelKind::BgNbd, errors(1.0)), (ModelKind::MbgNbd, errors(2.0))];
        let comparison = Comparison { models, ..Comparison::without_cuts(Choice::Named) };
        assert_eq!(comparison.best(&[ModelKind::BgNbd, ModelKind::MbgNbd]), ModelKind::BgNbd);
        assert_eq!(comparison.best(&[ModelKind::MbgNbd]), ModelKind::MbgNbd);
    }

    #[test]
    fn a_short_history_has_no_cuts() {
        assert_eq!(plan(period("2024-01-01", "2024-05-18")), None);
        assert!(plan(period("2024-01-01", "2024-05-19")).is_some());
    }
}
