//! Rolling cuts that lie wholly inside the history: the choice among models, and how much wider than a model says an
//! interval has to be.
//!
//! At each cut the models are fitted to the purchases until then and forecast the days after it; what happened is in the
//! history, so nothing after it is touched. (Returns are as known at the end of the history, at every cut, so that the
//! purchases need to be built once only; they can blur a cut, never see past the history.) Where there are many customers,
//! the cuts look at every n-th of them in the order in which they first appear, which is as good as a random sample spread
//! evenly over time.

use mehrwert_clv::ModelKind;
use mehrwert_clv::backtest::{self, Backtest, BacktestOptions, Cut, Reason};
use mehrwert_clv::scores::Baseline;
use mehrwert_core::{Day, Phase, Progress};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::SeedableRng;

use super::accuracy::{Outcomes, mean};
use super::forecaster::CONFIDENCE;
use super::purchases::Purchases;
use super::result::{Accuracy, Choice, CutReport, Judged};
use super::timelines::SampledPurchases;
use super::{ValueError, ValueRequest};

/// More customers than this are sampled: what tells models apart in a shop shows in so many of them.
const MOST_CUSTOMERS: u64 = 20_000;

/// The default where the history cannot decide: the most accurate of the three on the public data sets
/// (docs/accuracy.md).
pub(super) const DEFAULT_MODEL: ModelKind = ModelKind::ParetoNbd;

/// What the cuts showed.
pub(super) struct Comparison {
    backtest: Backtest,
    choice: backtest::Choice,
    /// Every cut with all its figures.
    pub cuts: Vec<CutReport>,
    /// Customers looked at.
    customers: u64,
    /// Length of the history.
    seen_days: u32,
}

impl Comparison {
    /// The model to use, of those that have a fit on the whole history: a model can do well at the cuts and yet have
    /// none.
    pub(super) fn best(&self, fitted: &[ModelKind]) -> ModelKind {
        let has_fit = |kind: &ModelKind| fitted.contains(kind);
        let others = || {
            let compared = self.choice.compared.iter().filter(|one| has_fit(&one.model));
            compared.min_by(|one, other| one.log_score.total_cmp(&other.log_score)).map(|one| one.model)
        };
        Some(self.choice.model)
            .filter(has_fit)
            .or_else(others)
            .or_else(|| fitted.first().copied())
            .unwrap_or(DEFAULT_MODEL)
    }

    /// Why the choice is what it is.
    pub(super) fn reason(&self) -> Choice {
        let cuts: Vec<Day> = self.cuts.iter().map(|cut| cut.day).collect();
        match (self.choice.reason, self.cuts.last()) {
            (Reason::NoCuts, _) | (_, None) if self.backtest.thin_cuts.is_empty() => Choice::TooLittleHistory,
            (Reason::NoCuts, _) | (_, None) => Choice::TooFewRepeatCustomers,
            (reason, Some(last)) => Choice::RollingCuts {
                cuts,
                days: last.days,
                customers: self.customers,
                told_apart: reason != Reason::NotToldApart,
            },
        }
    }

    /// Mean accuracy of a model over the cuts; `None` if it had no fit at one of them, since the others may be easier.
    pub(super) fn of_model(&self, kind: ModelKind) -> Option<Accuracy> {
        self.mean_of(|cut| cut.models.iter().find(|one| one.0 == kind).map(|one| one.1.accuracy))
    }

    /// Mean accuracy of a naive forecast over the cuts.
    pub(super) fn of_baseline(&self, baseline: Baseline) -> Option<Accuracy> {
        self.mean_of(|cut| cut.baselines.iter().find(|one| one.0 == baseline).map(|one| one.1.accuracy))
    }

    fn mean_of(&self, of: impl Fn(&CutReport) -> Option<Accuracy>) -> Option<Accuracy> {
        mean(&self.cuts.iter().map(of).collect::<Option<Vec<_>>>()?)
    }

    /// By how much more than it says itself a model misses totals over so many days, as a deviation of the logarithm.
    ///
    /// Cuts inside a history tell little of a time much longer than that history: there what was believed before any cut
    /// counts, in proportion to the part of the look ahead that the history does not cover. (Where it covers all, this is
    /// what the study in docs/accuracy-intervals.md holds for.)
    pub(super) fn misspecification(&self, kind: ModelKind, days: u32) -> f64 {
        let learnt = self.backtest.misspecification(kind).deviation(CONFIDENCE);
        let without_cuts = Backtest { cuts: Vec::new(), ..self.backtest.clone() };
        let believed = without_cuts.misspecification(kind).deviation(CONFIDENCE);
        let covered = (f64::from(self.seen_days) / f64::from(days.max(1))).min(1.0);
        (covered * learnt.powi(2) + (1.0 - covered) * learnt.max(believed).powi(2)).sqrt()
    }
}

/// Compares candidates and naive forecasts over the cuts of a history.
pub(super) fn compare(
    purchases: &Purchases<'_>,
    customers: usize,
    days: u32,
    request: &ValueRequest,
    with_amounts: bool,
    progress: &dyn Progress,
) -> Result<Comparison, ValueError> {
    let step = u32::try_from((customers as u64).div_ceil(MOST_CUSTOMERS)).unwrap_or(u32::MAX).max(1);
    let sample = purchases.sampled(purchases.period.to, step)?;
    let options = BacktestOptions {
        models: request.candidates.clone(),
        horizon: days,
        // The sample is taken already.
        most_customers: sample.timelines.customers().max(1),
        ..BacktestOptions::default()
    };
    progress.begin(Phase::Fitting, None);
    let mut rng = Pcg64Mcg::seed_from_u64(request.seed);
    let backtest = Backtest::run(&sample.timelines, purchases.period.to.epoch(), &options, &mut rng)?;
    let cuts = backtest.cuts.iter().map(|cut| report(cut, &sample, with_amounts)).collect();
    progress.end();
    let default = if request.candidates.contains(&DEFAULT_MODEL) { DEFAULT_MODEL } else { request.candidates[0] };
    let choice = backtest.choose(default);
    let customers = backtest.cuts.last().map_or(0, |cut| cut.customers.len() as u64);
    let seen_days = purchases.period.days().unsigned_abs();
    Ok(Comparison { backtest, choice, cuts, customers, seen_days })
}

fn report(cut: &Cut, sample: &SampledPurchases, with_amounts: bool) -> CutReport {
    let outcomes = sample.judged(&cut.customers, cut.day, cut.days, with_amounts);
    let judged = |scores: &mehrwert_clv::scores::Scores, customers: &[mehrwert_clv::scores::CustomerScore]| Judged {
        accuracy: outcomes.accuracy(scores, customers),
        pit: scores.pit,
        calibration: scores.calibration.clone(),
    };
    CutReport {
        day: Day::from_epoch(cut.day),
        days: cut.days,
        customers: cut.customers.len() as u64,
        models: cut.models.iter().map(|one| (one.kind, judged(&one.scores, &one.customers))).collect(),
        without_fit: cut.without_fit.clone(),
        baselines: cut.baselines.iter().map(|one| (one.baseline, judged(&one.scores, &one.customers))).collect(),
    }
}

impl SampledPurchases {
    /// What these customers did in the days after a cut, beside what they were expected to spend a purchase.
    pub(super) fn judged(&self, customers: &[u32], cut: i32, days: u32, with_amounts: bool) -> Outcomes {
        let (purchases, spend): (Vec<u32>, Vec<f64>) = self.outcomes(customers, cut, days).into_iter().unzip();
        if with_amounts {
            return Outcomes { purchases, spend, expected_spend: self.expected_spend(customers, cut) };
        }
        let spend = purchases.iter().map(|&count| f64::from(count)).collect();
        Outcomes { purchases, spend, expected_spend: vec![1.0; customers.len()] }
    }
}
