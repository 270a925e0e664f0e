//! What contracts are worth: subscriptions, monthly flat fees, memberships.
//!
//! The way of a contract through this module: rows that follow each other without a gap become one relationship
//! (`relations`); the renewals of each that fell due until the day become what the models of `mehrwert_clv::contracts` see;
//! `models` fits both and chooses by rolling cuts inside the history, else by AIC; `stream` turns the payments ahead into
//! totals with intervals; `curves` and `cohorts` show retention, survival and value from acquisition.
//!
//! The rows are plain and typed; no query of the engine is needed. A group of contracts renewed at the same interval has a
//! model of its own, because renewals are what the models count.
//!
//! # What is decided here
//! - The day as of which everything is said is `--until`, or the last on which the files show a start, an end, or a
//!   renewal that an end came to. Contracts that run on that day are censored there: nothing is assumed about their end.
//! - An end on the day of a renewal, or on the day before it, is that renewal missed. An end inside a period is the next
//!   renewal missed, and counts when that falls due; until then those who stay cannot be told from those who leave.
//! - An end after the day counts as running until then; its payments until then are certain.
//! - A day named before the last one seen hides all later ends, and what came after is compared with the forecast.
//! - Every contract counts; a customer's value is the sum. A contract that begins on the last day of another of the same
//!   customer, or on the day after, continues it; at another interval the earlier one counts as no longer seen.

mod cohorts;
mod curves;
mod models;
mod relations;
mod result;
mod scores;
mod stream;
#[cfg(test)]
mod tests;

pub use result::*;

use std::collections::BTreeSet;

use mehrwert_clv::DiscountRate;
use mehrwert_clv::contracts::ContractDraw;
use mehrwert_core::{Day, Horizon, HorizonError, Period, Phase, Progress, Share};
use mehrwert_facts::contracts::{ContractLog, Interval};

use cohorts::{Context, Last};
use models::Models;
use relations::Relation;
use stream::{DRAWS, Portfolio, SEED, Total, around};

/// Probability that an interval holds.
const CONFIDENCE: f64 = 0.9;
/// Up to this age the value from acquisition is counted.
const AGE_YEARS: u16 = 3;
/// Fewer contracts say little.
const FEW_CONTRACTS: u64 = 100;

/// What is asked.
#[derive(Debug, Clone)]
pub struct ContractRequest {
    /// How far ahead value is counted.
    pub horizon: Horizon,
    /// Yearly discount rate.
    pub discount_rate: Share,
    /// Contribution margin as a share of revenue, where the user named one.
    pub margin: Option<Share>,
    /// The day as of which everything is said, where the user named one.
    pub until: Option<Day>,
}

/// Why contracts could not be valued.
#[derive(Debug, thiserror::Error)]
pub enum ContractValueError {
    /// Nothing has begun by the day.
    #[error(
        "the history would end on {until}, before the first contract began on {first}: expected --until {first} or later"
    )]
    UntilBeforeFirst {
        /// The day named.
        until: Day,
        /// The first start.
        first: Day,
    },
    /// A day to come.
    #[error("the history would end on {until}, after today ({today}): expected --until {today} or earlier")]
    UntilInFuture {
        /// The day named.
        until: Day,
        /// Today.
        today: Day,
    },
    /// The horizon leads past the calendar.
    #[error(transparent)]
    Horizon(#[from] HorizonError),
    /// No model for any contract.
    #[error("no model of renewals could be fitted: {reasons}")]
    NoModel {
        /// What each fit said.
        reasons: String,
    },
}

/// Whether ends that lie after the day are known on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// They are: the files were written on that day.
    Ends,
    /// They are not: the files were written later.
    Nothing,
}

/// Values every contract of a log.
///
/// # Errors
/// [`ContractValueError`] when nothing can be valued, and what to change.
pub fn value_contracts(
    log: &ContractLog,
    request: &ContractRequest,
    progress: &dyn Progress,
) -> Result<ContractResult, ContractValueError> {
    let last_seen = relations::last_day_seen(&log.contracts, log.today);
    let period = period(log, request.until, last_seen)?;
    let known = if period.to < last_seen { Known::Nothing } else { Known::Ends };
    progress.begin(Phase::Histories, None);
    let relations = relations::relations(&log.contracts);
    progress.end();
    let groups = by_interval(&relations, period.to);
    progress.begin(Phase::Fitting, Some(groups.len() as u64));
    let mut models = Vec::new();
    for (interval, members) in &groups {
        models.push(Models::fit(*interval, members, period));
        progress.advance(1);
    }
    progress.end();
    if models.iter().all(|models| models.chosen.is_none()) {
        return Err(no_model(&models));
    }
    progress.begin(Phase::Scoring, None);
    let answer = Answer { log, request, period, known, relations: &relations, groups: &groups, models: &models };
    let result = answer.result(last_seen);
    progress.end();
    result
}

fn period(log: &ContractLog, until: Option<Day>, last_seen: Day) -> Result<Period, ContractValueError> {
    let to = until.unwrap_or(last_seen);
    // A log without a contract is refused when it is read.
    let from = log.contracts.iter().map(|row| row.start).min().unwrap_or(to);
    if to < from {
        return Err(ContractValueError::UntilBeforeFirst { until: to, first: from });
    }
    if to > log.today {
        return Err(ContractValueError::UntilInFuture { until: to, today: log.today });
    }
    Ok(Period { from, to })
}

/// Relationships begun by the day, by interval.
fn by_interval(relations: &[Relation], day: Day) -> Vec<(Interval, Vec<&Relation>)> {
    let members = |interval: Interval| -> Vec<&Relation> {
        relations.iter().filter(|relation| relation.interval == interval && relation.start <= day).collect()
    };
    let groups = Interval::ALL.into_iter().map(|interval| (interval, members(interval)));
    groups.filter(|(_, members)| !members.is_empty()).collect()
}

fn no_model(models: &[Models]) -> ContractValueError {
    let mut reasons: BTreeSet<String> = BTreeSet::new();
    for (kind, error) in models.iter().flat_map(|models| &models.failures) {
        reasons.insert(format!("{error} ({})", kind.name()));
    }
    ContractValueError::NoModel { reasons: reasons.into_iter().collect::<Vec<_>>().join("; ") }
}

/// Everything that the answer is made of.
struct Answer<'a> {
    log: &'a ContractLog,
    request: &'a ContractRequest,
    period: Period,
    known: Known,
    relations: &'a [Relation],
    groups: &'a [(Interval, Vec<&'a Relation>)],
    models: &'a [Models],
}

impl Answer<'_> {
    fn margin(&self) -> f64 {
        self.request.margin.map_or(1.0, Share::fraction)
    }

    fn rate(&self) -> DiscountRate {
        DiscountRate::yearly(self.request.discount_rate.fraction())
    }

    fn result(&self, last_seen: Day) -> Result<ContractResult, ContractValueError> {
        let end = self.request.horizon.end(self.period.to)?;
        let seeds = (0_u64..).map(|index| SEED + 10_000 * index);
        let draws: Vec<Vec<ContractDraw>> = seeds.zip(self.models).map(|(seed, models)| models.draws(seed)).collect();
        let mut groups = Vec::new();
        let mut totals = Vec::new();
        for ((models, draws), (_, members)) in self.models.iter().zip(&draws).zip(self.groups) {
            let (group, total) = self.group(models, draws, members, end);
            groups.push(group);
            totals.extend(total);
        }
        let scores = scores::scores(self, end);
        let remaining: Vec<f64> = scores.value.iter().map(|value| value.map_or(0.0, |value| value.value)).collect();
        let context = Context {
            rows: &self.log.contracts,
            models: self.models,
            draws: &draws,
            period: self.period,
            known: self.known,
            rate: self.rate(),
            margin: self.margin(),
            remaining: &remaining,
        };
        let log = self.log;
        Ok(ContractResult {
            files: log.files.clone(),
            reconciliation: log.reconciliation.clone(),
            intervals: log.intervals.clone(),
            basis: log.basis,
            measure: if self.request.margin.is_some() { Measure::Value } else { Measure::Revenue },
            currency: log.currency,
            margin: self.request.margin.map(Share::fraction),
            period: self.period,
            is_named: self.request.until.is_some(),
            counts: scores::counts(self, &scores),
            monthly: scores::monthly(&scores),
            paid: scores.paid.iter().copied().sum(),
            total: sum(&totals, |total| (total.value, &total.draws)),
            payments: sum(&totals, |total| (total.count, &total.count_draws)),
            horizon_days: self.request.horizon.days_from(self.period.to)?,
            discount_rate: self.request.discount_rate.fraction(),
            confidence: CONFIDENCE,
            cohorts: cohorts::cohorts(self.relations, &context),
            cohort_age_years: AGE_YEARS,
            holdout: self.holdout(last_seen),
            warnings: self.warnings(&groups, &scores, end),
            groups,
            scores,
        })
    }

    fn group(
        &self,
        models: &Models,
        draws: &[ContractDraw],
        members: &[&Relation],
        end: Day,
    ) -> (IntervalGroup, Option<Total>) {
        let today = self.period.to;
        let mut portfolio = Portfolio::new(models.interval);
        let mut next = Portfolio::new(models.interval);
        let mut running = 0_u64;
        for relation in members {
            let Some(last) = self.known.runs_until(relation, today) else { continue };
            let price = relation.price.to_f64() * self.margin();
            self.known.push(&mut portfolio, relation, price, (today, end), last, self.rate());
            if last == Last::Unknown {
                running += 1;
                next.push(stream::Cell { ahead: 1, ..stream::Cell::of(relation, today, end) }, 1.0);
            }
        }
        let fit = models.chosen();
        let total = fit.map(|fit| portfolio.total(&fit.model, draws, self.rate(), models.miss()));
        let open = running as f64;
        let churn = fit.filter(|_| running > 0).map(|fit| {
            let renewals = next.total(&fit.model, draws, DiscountRate::NONE, 0.0);
            let missed = renewals.count_draws.iter().map(|made| 1.0 - (made / open).clamp(0.0, 1.0)).collect();
            around(1.0 - renewals.count / open, missed, CONFIDENCE)
        });
        let group = IntervalGroup {
            interval: models.interval,
            relationships: members.len() as u64,
            running,
            models: models.reports(),
            chosen: fit.map(|fit| fit.model.kind()),
            choice: models.choice.clone(),
            curve: curves::curve(&models.contracts, fit.map(|fit| &fit.model), draws),
            missed: missed_lately(members, today),
            churn,
            remaining: total.as_ref().filter(|_| running > 0).map(|total| (total.count - total.certain_count) / open),
            total: total.as_ref().map(|total| around(total.value, total.draws.clone(), CONFIDENCE)),
        };
        (group, total)
    }

    /// The forecast made on the day against what the files show until their last day.
    fn holdout(&self, last_seen: Day) -> Option<CutScore> {
        if self.known == Known::Ends {
            return None;
        }
        let (models, members) = self
            .models
            .iter()
            .zip(self.groups)
            .max_by_key(|(_, (_, members))| members.len())
            .map(|(models, (_, members))| (models, members))?;
        let span = Period { from: self.period.to, to: last_seen };
        models::score(&models.chosen()?.model, members, span).map(|(score, _)| score)
    }

    fn warnings(&self, groups: &[IntervalGroup], scores: &ContractScores, end: Day) -> Vec<ContractWarning> {
        let mut warnings: Vec<ContractWarning> = self.log.warnings.iter().cloned().map(ContractWarning::Read).collect();
        if self.log.interval_assumed > 0 {
            let only = match self.log.intervals.as_slice() {
                [only] => Some(only.interval),
                _ => None,
            };
            warnings.push(ContractWarning::IntervalAssumed { rows: self.log.interval_assumed, interval: only });
        }
        let counts = scores::counts(self, scores);
        if counts.contracts < FEW_CONTRACTS {
            warnings.push(ContractWarning::FewContracts { contracts: counts.contracts });
        }
        if counts.changed > 0 {
            warnings.push(ContractWarning::PlanChanges { changes: counts.changed });
        }
        if counts.later > 0 {
            warnings.push(ContractWarning::LaterContracts { contracts: counts.later });
        }
        for ((models, group), (_, members)) in self.models.iter().zip(groups).zip(self.groups) {
            warnings.extend(self.group_warnings(models, group, members, end));
        }
        warnings
    }

    fn group_warnings(
        &self,
        models: &Models,
        group: &IntervalGroup,
        members: &[&Relation],
        end: Day,
    ) -> Vec<ContractWarning> {
        let interval = models.interval;
        let mut warnings = Vec::new();
        for (kind, error) in &models.failures {
            warnings.push(ContractWarning::ModelFailed { interval, kind: *kind, reason: error.to_string() });
        }
        match models.chosen() {
            None => warnings.push(ContractWarning::NotValued { interval, contracts: group.running }),
            Some(_) if models.contracts.ended() == 0.0 => warnings.push(ContractWarning::NobodyLeft { interval }),
            Some(fit) if models::is_at_boundary(fit) => {
                warnings.push(ContractWarning::AtBoundary { interval, kind: fit.model.kind() });
            }
            Some(_) => {}
        }
        let seen = models.contracts.latest_renewal();
        let running = members.iter().filter(|relation| relation.runs(self.period.to));
        let forecast = running.map(|relation| relation.due(end)).max().unwrap_or(0);
        if models.chosen.is_some() && forecast > seen {
            warnings.push(ContractWarning::BeyondSeen { interval, seen, forecast });
        }
        warnings
    }
}

/// Several totals together, draw by draw.
fn sum(totals: &[Total], part: impl Fn(&Total) -> (f64, &Vec<f64>)) -> Estimate {
    let (mut value, mut draws) = (0.0, vec![0.0; DRAWS]);
    for total in totals {
        let (one, drawn) = part(total);
        value += one;
        draws.iter_mut().zip(drawn).for_each(|(sum, draw)| *sum += draw);
    }
    around(value, draws, CONFIDENCE)
}

/// Renewals due in the last twelve months, and those missed.
fn missed_lately(members: &[&Relation], today: Day) -> Rate {
    let before = today.plus_days(-365);
    let (mut due, mut missed) = (0, 0);
    for relation in members {
        let made = relation.made(today);
        // Of those that were to be made only the first that was not is a decision.
        let decided = relation.due(today).min(made + 1);
        let earlier = if relation.start <= before { relation.due(before) } else { 0 };
        let is_missed = decided > made && decided > earlier && !relation.went_on;
        due += u64::from(made.saturating_sub(earlier)) + u64::from(is_missed);
        missed += u64::from(is_missed);
    }
    curves::rate(missed, due)
}
