//! What every customer is worth: the main job.
//!
//! The way of an order through this module: the engine's view `orders` becomes the table `purchase_days` (returns are
//! set against their sales, same-day orders merge); that becomes one history a customer, equal histories together;
//! rolling cuts inside the history choose among the models; the chosen one, with the spend model, gives every customer
//! expected orders and a remaining value; what lies after `--until` is compared with the forecast once and never used.

mod accuracy;
mod acquisition;
mod attributes;
mod cuts;
mod forecast;
mod histories;
mod holdout;
mod margin;
mod purchases;
mod result;
mod returns;
mod scores;
mod segments;
mod timelines;
mod totals;
mod warnings;
mod weeks;

pub use result::*;

use mehrwert_clv::{FitError, ModelKind};
use mehrwert_core::{Amount, Day, Horizon, Phase, Progress, Share};
use mehrwert_facts::engine::{Engine, EngineError};
use mehrwert_facts::orders::OrderLog;

use cuts::Comparison;
use forecast::{Fitted, fit_model, fit_spend_of};
use histories::CustomerHistories;
use holdout::Holdout;
use purchases::{DayTotal, Purchases};
use segments::Segments;

/// What is asked.
#[derive(Debug, Clone)]
pub struct ValueRequest {
    /// How far ahead value is counted.
    pub horizon: Horizon,
    /// Yearly discount rate.
    pub discount_rate: Share,
    /// Contribution margin as a share of revenue, where the user named one.
    pub margin: Option<Share>,
    /// The models to compare; not empty.
    pub candidates: Vec<ModelKind>,
    /// The model to use, where the user named one; otherwise rolling cuts choose.
    pub model: Option<ModelKind>,
    /// Up to which age value from acquisition is counted.
    pub age: Horizon,
    /// The attribute of the order log to group customers by, as its number.
    pub by: Option<usize>,
    /// Where random numbers begin: the same seed gives the same digits.
    pub seed: u64,
    /// Last day the models may see; what lies after it is scored once.
    pub until: Option<Day>,
}

/// Why customers could not be valued.
#[derive(Debug, thiserror::Error)]
pub enum ValueError {
    /// No sale is left.
    #[error("no purchase is left to value: every row is a refund, a cancellation or was set aside")]
    NoPurchases,
    /// The history would be empty.
    #[error(
        "the history would end on {until}, before the first purchase on {first}: expected --until {first} or later"
    )]
    UntilBeforeFirst {
        /// The day named.
        until: Day,
        /// The first purchase.
        first: Day,
    },
    /// The purchases are not in the order they were asked for: a mistake in this program.
    #[error("the purchase days do not come in order; this is a mistake in mehrwert")]
    Timelines(#[source] mehrwert_clv::TimelineError),
    /// The horizon leads past the calendar.
    #[error(transparent)]
    Horizon(#[from] mehrwert_core::HorizonError),
    /// A history longer than any customer lives.
    #[error("a customer's history cannot be used; check the dates of the file")]
    History(#[from] mehrwert_clv::HistoryError),
    /// No candidate could be fitted.
    #[error("no model could be fitted to this history: {reasons}")]
    NoModel {
        /// What each fit said.
        reasons: String,
    },
    /// The spend model could not be fitted.
    #[error("the spend model could not be fitted")]
    Spend(#[source] mehrwert_clv::FitError),
    /// Matched returns could not be handed to the engine.
    #[error("the matched returns could not be handed to the query engine")]
    Returns(#[source] arrow::error::ArrowError),
    /// A query failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Values every customer of an order log.
///
/// # Errors
/// [`ValueError`] when nothing can be valued, and what to change.
pub fn value(
    engine: &Engine,
    mut log: OrderLog,
    request: &ValueRequest,
    progress: &dyn Progress,
) -> Result<ValueResult, ValueError> {
    progress.begin(Phase::Histories, None);
    let known = engine.register_orders(&mut log)?;
    let purchases = Purchases::build(engine, request.until)?;
    let histories = purchases.histories(purchases.period.to)?;
    let by_day = purchases.by_day()?;
    progress.end();
    let candidates: Vec<ModelKind> = request.model.map_or_else(|| request.candidates.clone(), |kind| vec![kind]);
    let days = request.horizon.days_from(purchases.period.to)?;
    let request = &ValueRequest { candidates, ..request.clone() };
    let comparison = cuts::compare(&purchases, histories.customers.len(), days, request, known.amounts, progress)?;
    let mut warnings = warnings::of_data(&log, &purchases, &histories);
    progress.begin(Phase::Fitting, Some(request.candidates.len() as u64));
    let (mut fits, failures) = fit_all(&request.candidates, &histories, progress);
    progress.end();
    let chosen = choose(&fits, &comparison, request.model).ok_or_else(|| ValueError::no_model(&failures))?;
    let spend = match known.amounts {
        true => Some(fit_spend_of(&histories).map_err(ValueError::Spend)?),
        false => None,
    };
    for fitted in &mut fits {
        fitted.spend.clone_from(&spend);
    }
    let choice = if request.model.is_some() { Choice::Named } else { comparison.reason() };
    warnings.extend(warnings::of_fits(&fits, chosen, failures));
    let margin = margin::margin(engine, request.margin, known, purchases.period.to)?;
    warnings.extend(margin.warning);
    let holdout = Holdout::measure(&purchases, known.amounts, &fits, request.seed)?;
    progress.begin(Phase::Scoring, None);
    let mut scores = scores::score_customers(&fits[chosen], &histories, &log.customers, days, request, margin.share);
    let uncertainty = scores::uncertainty_of(&fits[chosen], &histories, &comparison, days);
    let value = scores::totals(&scores, &uncertainty, days, request);
    let terms = acquisition::Terms::new(request, margin.share, known.amounts);
    let acquired = acquisition::from_acquisition(&purchases, &fits[chosen], &histories, &terms)?;
    scores.from_acquisition = acquired.per_customer();
    let segments = Segments { histories: &histories, scores: &scores, acquired: &acquired, uncertainty: &uncertainty };
    let from_acquisition = segments.by_cohort(request.age);
    let groups = match request.by.and_then(|number| Some((number, log.attributes.get(number)?))) {
        Some((number, attribute)) => {
            Some(segments.groups(attribute, &purchases.attribute(number, &histories.customers)?))
        }
        None => None,
    };
    let (groups, group) = groups.map_or((None, Vec::new()), |(groups, group)| (Some(groups), group));
    scores.group = group;
    let weeks = weeks::weeks(
        fits[chosen].fit.model.as_ref(),
        &histories,
        &by_day,
        &purchases.holdout_by_day()?,
        purchases.period,
        purchases.last,
    );
    progress.end();
    Ok(ValueResult {
        files: log.files,
        reconciliation: log.reconciliation,
        basis: log.basis,
        measure: match (known.amounts, margin.share) {
            (false, _) => Measure::Orders,
            (true, Some(_)) => Measure::Value,
            (true, None) => Measure::Revenue,
        },
        currency: log.currency,
        margin: margin.share,
        period: purchases.period,
        holdout_period: purchases.holdout_period(),
        customers: histories.customers.len() as u64,
        orders: histories.purchases.iter().map(|&count| u64::from(count)).sum(),
        revenue: if known.amounts { histories.revenue.iter().copied().sum() } else { Amount::ZERO },
        returns: purchases.returns,
        existing_customer_share: existing_customer_share(&purchases, &histories, &by_day, known.amounts),
        models: fits.iter().map(|fitted| model_report(fitted, &comparison, &holdout)).collect(),
        baselines: baseline_reports(&comparison, &holdout),
        chosen: fits[chosen].fit.model.kind(),
        choice,
        cuts: comparison.cuts,
        spend: spend.map(|spend| scores::spend_report(&spend, &histories)),
        value,
        from_acquisition,
        groups,
        confidence: totals::CONFIDENCE,
        pyramid: totals::pyramid(&scores),
        scores,
        weeks,
        warnings,
    })
}

type Failure = (ModelKind, FitError);

/// Fits every candidate to the whole history.
fn fit_all(
    candidates: &[ModelKind],
    histories: &CustomerHistories,
    progress: &dyn Progress,
) -> (Vec<Fitted>, Vec<Failure>) {
    let mut fits = Vec::new();
    let mut failures = Vec::new();
    for &kind in candidates {
        match fit_model(kind, histories) {
            Ok(fit) => fits.push(Fitted { fit, spend: None }),
            Err(error) => failures.push((kind, error)),
        }
        progress.advance(1);
    }
    (fits, failures)
}

/// The named model, else the best of the comparison, else whichever could be fitted.
fn choose(fits: &[Fitted], comparison: &Comparison, named: Option<ModelKind>) -> Option<usize> {
    let candidates: Vec<ModelKind> = fits.iter().map(|fitted| fitted.fit.model.kind()).collect();
    let wanted = named.unwrap_or_else(|| comparison.best(&candidates));
    candidates.iter().position(|&kind| kind == wanted)
}

impl ValueError {
    fn no_model(failures: &[Failure]) -> ValueError {
        // Models mostly fail for the same reason, which is then said once.
        let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
        for (kind, error) in failures {
            let reason = error.to_string();
            match reasons.iter_mut().find(|one| one.0 == reason) {
                Some(known) => known.1.push(kind.name()),
                None => reasons.push((reason, vec![kind.name()])),
            }
        }
        let said: Vec<String> =
            reasons.iter().map(|(reason, names)| format!("{} ({})", reason, names.join(", "))).collect();
        ValueError::NoModel { reasons: said.join("; ") }
    }
}

fn model_report(fitted: &Fitted, comparison: &Comparison, holdout: &Holdout) -> ModelReport {
    let kind = fitted.fit.model.kind();
    ModelReport {
        kind,
        parameters: fitted
            .fit
            .parameters
            .iter()
            .map(|one| ParameterReport { name: one.name, value: one.value, standard_error: one.standard_error })
            .collect(),
        log_likelihood: fitted.fit.log_likelihood,
        converged: true,
        no_dropout_seen: fitted.no_dropout_seen(),
        rolling: comparison.of_model(kind),
        holdout: holdout.models.iter().find(|one| one.0 == kind).map(|one| one.1),
    }
}

fn baseline_reports(comparison: &Comparison, holdout: &Holdout) -> Vec<BaselineReport> {
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
fn existing_customer_share(
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
