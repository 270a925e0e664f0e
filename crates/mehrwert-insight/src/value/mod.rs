//! What every customer is worth: the main job, from files ([`value`]) or from the data directory ([`value_of_lake`]).
//!
//! The way of an order through this module: the engine's view `orders` becomes the table `purchase_days` (returns are
//! set against their sales, same-day orders merge); that becomes one history a customer, equal histories together;
//! rolling cuts inside the history choose among the models; the chosen one, fitted to everybody, by group or with
//! covariates, and in its season, gives with the spend model what every customer and every segment of customers is worth,
//! with intervals; what lies after `--until` is compared with the forecast once and never used.

mod accuracy;
mod acquisition;
mod attributes;
mod certainty;
mod covariates;
mod cuts;
mod error;
mod fits;
mod forecaster;
mod histories;
mod holdout;
mod lake;
mod ledger_margin;
mod margin;
mod modelling;
mod purchases;
mod pyramid;
mod reports;
mod result;
mod returns;
mod scores;
mod season;
mod segments;
mod strata;
mod timelines;
mod warnings;
mod weeks;
mod worth;

pub use error::ValueError;
pub use lake::{SOURCE, queries, value_of_lake};
pub use result::*;

use mehrwert_clv::ModelKind;
use mehrwert_clv::saved::{SavedKind, SavedModel};
use mehrwert_core::{Amount, Day, Horizon, Phase, Progress, Share};
use mehrwert_facts::engine::Engine;
use mehrwert_facts::orders::OrderLog;

use acquisition::Terms;
use holdout::Holdout;
use modelling::Material;
use purchases::Purchases;
use reports::{baseline_reports, existing_customer_share, model_report};

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
    /// The attributes of the order log that may explain purchases and dropout, as their numbers; not together with
    /// groups.
    pub covariates: Vec<usize>,
    /// A saved model of purchases to use as it is, instead of fitting; not together with groups or covariates.
    pub saved: Option<SavedModel>,
    /// Where random numbers begin: the same seed gives the same digits.
    pub seed: u64,
    /// Last day the models may see; what lies after it is scored once.
    pub until: Option<Day>,
}

impl ValueRequest {
    /// The kind of the saved model.
    fn saved_kind(&self) -> Result<Option<ModelKind>, ValueError> {
        match self.saved.as_ref().map(SavedModel::kind) {
            Some(SavedKind::Purchases(kind)) => Ok(Some(kind)),
            Some(other) => Err(ValueError::SavedOther { kind: other.key() }),
            None => Ok(None),
        }
    }
}

/// Values every customer of an order log.
///
/// # Errors
/// [`ValueError`] when nothing can be valued, and what to change.
pub fn value(
    engine: &Engine,
    log: OrderLog,
    request: &ValueRequest,
    progress: &dyn Progress,
) -> Result<ValueResult, ValueError> {
    answer(engine, log, request, false, progress)
}

/// The answer about a log; where it comes from the lake, the ledger stands beside it and tells margins and acquisition costs.
fn answer(
    engine: &Engine,
    mut log: OrderLog,
    request: &ValueRequest,
    has_ledger: bool,
    progress: &dyn Progress,
) -> Result<ValueResult, ValueError> {
    progress.begin(Phase::Histories, None);
    let known = engine.register_orders(&mut log)?;
    let purchases = Purchases::build(engine, request.until)?;
    let mut histories = purchases.histories(purchases.period.to)?;
    let by_day = purchases.by_day()?;
    progress.end();
    let named = request.saved_kind()?.or(request.model);
    let candidates: Vec<ModelKind> = named.map_or_else(|| request.candidates.clone(), |kind| vec![kind]);
    let days = request.horizon.days_from(purchases.period.to)?;
    let request = &ValueRequest { candidates, model: named, ..request.clone() };
    let comparison = cuts::compare(&purchases, histories.customers.len(), days, request, known.amounts, progress)?;
    let mut warnings = warnings::of_data(&log, &purchases, &histories);
    let material = Material {
        purchases: &purchases,
        by_day: &by_day,
        comparison: &comparison,
        log: &log,
        with_amounts: known.amounts,
        days,
    };
    let modelled = modelling::model(&material, &mut histories, request, progress)?;
    warnings.extend(warnings::of_fits(&modelled));
    let until = purchases.period.to;
    let margin = match has_ledger && request.margin.is_none() {
        true => ledger_margin::margin(engine, until)?,
        false => margin::margin(engine, request.margin, known, until)?,
    };
    let spent = if has_ledger { Some(ledger_margin::acquisition_costs(engine, until)?) } else { None };
    warnings.extend(margin.warning.clone());
    let clock = &modelled.forecaster.clock;
    let holdout = Holdout::measure(&purchases, known.amounts, &modelled.fits, clock, request.seed)?;
    progress.begin(Phase::Scoring, None);
    let terms = Terms::new(request, &margin, known.amounts, days);
    let mut worth = worth::worth(&purchases, &modelled, &histories, &log, &terms)?;
    if let Some(spent) = spent {
        spent.enter(&mut worth);
    }
    let weeks = weeks::weeks(
        &modelled.forecaster,
        &histories,
        &by_day,
        &purchases.holdout_by_day()?,
        purchases.period,
        purchases.last,
    );
    progress.end();
    let fits = &modelled.fits;
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
        models: fits.iter().map(|fit| model_report(fit, &comparison, &holdout)).collect(),
        baselines: baseline_reports(&comparison, &holdout),
        chosen: fits[modelled.chosen].model.kind(),
        choice: match (&request.saved, request.model) {
            (Some(saved), _) => Choice::Saved { until: saved.observation_end().to_owned() },
            (None, Some(_)) => Choice::Named,
            (None, None) => comparison.reason(),
        },
        cuts: comparison.cuts,
        spend: modelled.spend.as_ref().map(|spend| scores::spend_report(spend, &histories)),
        value: worth.totals,
        from_acquisition: worth.from_acquisition,
        groups: worth.groups,
        covariates: modelled.covariates,
        season: modelled.season,
        model: modelled.keepsake,
        confidence: forecaster::CONFIDENCE,
        pyramid: pyramid::pyramid(&worth.scores),
        scores: worth.scores,
        weeks,
        warnings,
    })
}
