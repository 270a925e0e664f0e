//! The models of one interval: fitted on what was seen, chosen by rolling cuts inside the history or by AIC.
//!
//! At the cuts the model with more parameters has to be better by more than chance (one standard error of the difference of
//! the log scores): chosen by chance it would promise too much. Intervals are drawn from both models, each as far as the
//! data speak for it (Akaike weights), since which of them is right is not known either.

use mehrwert_clv::contracts::{
    ContractDraw, ContractFit, ContractModel, ContractModelKind, Contracts, draw_contract_models, fit_contracts,
};
use mehrwert_clv::{ConvergenceState, DiscountRate, FitError, Fitted};
use mehrwert_core::{Day, Period};
use mehrwert_facts::contracts::Interval;

use super::relations::Relation;
use super::result::{ContractChoice, ContractModelReport, CutScore};
use super::stream::{Cell, DRAWS, Portfolio};

/// Cuts made.
const CUTS: i32 = 3;
/// The history is split into this many parts: the first two are always seen by the models.
const PARTS: i32 = 5;
/// No cut looks further.
const LONGEST_FORECAST_DAYS: i32 = 365;
/// With fewer renewals falling due after a cut, chance decides.
const FEWEST_RENEWALS: u64 = 50;
/// AIC differences below this are rounding.
const NO_DIFFERENCE: f64 = 1e-6;

/// The models of one interval.
pub(super) struct Models {
    pub interval: Interval,
    /// What the models saw.
    pub contracts: Contracts,
    pub fits: Vec<ContractFit>,
    pub failures: Vec<(ContractModelKind, FitError)>,
    /// Index of the chosen fit.
    pub chosen: Option<usize>,
    pub choice: ContractChoice,
    rolling: Vec<(ContractModelKind, CutScore)>,
}

impl Models {
    /// Fits both models on what was seen until the end of the period, and chooses.
    pub(super) fn fit(interval: Interval, relations: &[&Relation], period: Period) -> Models {
        let contracts = seen(relations, period.to);
        let (mut fits, mut failures) = (Vec::new(), Vec::new());
        for kind in ContractModelKind::ALL {
            match fit_contracts(kind, &contracts) {
                Ok(fit) => fits.push(fit),
                Err(error) => failures.push((kind, error)),
            }
        }
        let (choice, rolling, noise) = compare(interval, relations, period, &fits);
        let best = |better: &dyn Fn(&ContractFit, &ContractFit) -> bool| {
            let best = fits.iter().enumerate().reduce(|best, next| if better(next.1, best.1) { next } else { best });
            best.map(|best| best.0)
        };
        let score = |fit: &ContractFit| {
            let found = rolling.iter().find(|one| one.0 == fit.model.kind());
            found.map_or(f64::NEG_INFINITY, |one| one.1.log_score)
        };
        let chosen = match choice {
            ContractChoice::RollingCuts { .. } => best(&|next, best| score(next) > score(best) + noise),
            _ => best(&|next, best| next.aic() < best.aic() - NO_DIFFERENCE),
        };
        Models { interval, contracts, fits, failures, chosen, choice, rolling }
    }

    pub(super) fn chosen(&self) -> Option<&ContractFit> {
        self.fits.get(self.chosen?)
    }

    /// How far the logarithm of a total was off at the cuts, chance taken off; nothing where there were none.
    pub(super) fn miss(&self) -> f64 {
        let Some(fit) = self.chosen() else { return 0.0 };
        self.rolling.iter().find(|one| one.0 == fit.model.kind()).map_or(0.0, |one| one.1.miss)
    }

    /// Draws for intervals, by a seed of its own.
    pub(super) fn draws(&self, seed: u64) -> Vec<ContractDraw> {
        let Some(chosen) = self.chosen() else { return Vec::new() };
        let is_used = |fit: &&ContractFit| fit.model.kind() == chosen.model.kind() || fit.log_covariance.is_some();
        let fits: Vec<&ContractFit> = self.fits.iter().filter(is_used).collect();
        let weight = |fit: &ContractFit| (0.5 * (chosen.aic() - fit.aic())).clamp(-50.0, 50.0).exp();
        let sum: f64 = fits.iter().map(|fit| weight(fit)).sum();
        let mut draws = Vec::with_capacity(DRAWS);
        let mut share = 0.0;
        for fit in fits {
            share += weight(fit) / sum;
            let wanted = ((share * DRAWS as f64).round() as usize).saturating_sub(draws.len());
            draws.extend(draw_contract_models(fit, &self.contracts, wanted, seed + draws.len() as u64));
        }
        draws
    }

    pub(super) fn reports(&self) -> Vec<ContractModelReport> {
        let report = |fit: &ContractFit| ContractModelReport {
            kind: fit.model.kind(),
            parameters: fit.parameters.iter().map(|one| (one.name, one.value, one.standard_error)).collect(),
            log_likelihood: fit.log_likelihood,
            aic: fit.aic(),
            bic: fit.bic(),
            at_boundary: is_at_boundary(fit),
            rolling: self.rolling.iter().find(|one| one.0 == fit.model.kind()).map(|one| one.1),
        };
        self.fits.iter().map(report).collect()
    }
}

pub(super) fn is_at_boundary(fit: &ContractFit) -> bool {
    matches!(fit.convergence.state, ConvergenceState::AtBoundary { .. })
}

/// What a model sees of relationships on a day.
pub(super) fn seen(relations: &[&Relation], day: Day) -> Contracts {
    Contracts::compress(relations.iter().filter_map(|relation| relation.seen(day)))
}

type Rolling = Vec<(ContractModelKind, CutScore)>;

/// Both models at cuts inside the history: fitted on what was seen until then, asked for what came until the next.
fn compare(
    interval: Interval,
    relations: &[&Relation],
    period: Period,
    fits: &[ContractFit],
) -> (ContractChoice, Rolling, f64) {
    let without_cuts = match fits.len() {
        0 => ContractChoice::Nothing,
        1 => ContractChoice::Only,
        _ => ContractChoice::Criterion,
    };
    let days = (period.days() / PARTS).min(LONGEST_FORECAST_DAYS);
    if fits.len() < 2 || f64::from(days) < interval.mean_days() {
        return (without_cuts, Vec::new(), 0.0);
    }
    let mut differences = Vec::new();
    let mut scores: Vec<(ContractModelKind, Vec<CutScore>)> =
        ContractModelKind::ALL.iter().map(|kind| (*kind, Vec::new())).collect();
    let mut cuts = Vec::new();
    for part in (1..=CUTS).rev() {
        let cut = period.to.plus_days(-part * days);
        let contracts = seen(relations, cut);
        let at_cut = |kind: &ContractModelKind| -> Option<(CutScore, Vec<f64>)> {
            let fit = fit_contracts(*kind, &contracts).ok()?;
            score(&fit.model, relations, Period { from: cut, to: cut.plus_days(days) })
        };
        let found: Vec<Option<(CutScore, Vec<f64>)>> = ContractModelKind::ALL.iter().map(at_cut).collect();
        // A cut counts only where both models have something to say.
        if let [Some((first, of_first)), Some((second, of_second))] = found.as_slice() {
            scores[0].1.push(*first);
            scores[1].1.push(*second);
            differences.extend(of_second.iter().zip(of_first).map(|(second, first)| second - first));
            cuts.push(cut);
        }
    }
    if cuts.is_empty() {
        return (without_cuts, Vec::new(), 0.0);
    }
    let rolling = scores.iter().map(|(kind, scores)| (*kind, mean(scores))).collect();
    (ContractChoice::RollingCuts { cuts, days: days.unsigned_abs() }, rolling, standard_error(&differences))
}

/// Of the mean of numbers.
fn standard_error(numbers: &[f64]) -> f64 {
    let count = numbers.len().max(1) as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
    squares.sqrt() / count
}

fn mean(scores: &[CutScore]) -> CutScore {
    let count = scores.len().max(1) as f64;
    let sum = |part: fn(&CutScore) -> f64| scores.iter().map(part).sum::<f64>();
    CutScore {
        renewals_actual: sum(|score| score.renewals_actual),
        renewals_expected: sum(|score| score.renewals_expected),
        aggregate_error: sum(|score| score.aggregate_error) / count,
        log_score: sum(|score| score.log_score) / count,
        miss: (sum(|score| score.miss * score.miss) / count).sqrt(),
    }
}

/// How a model fitted on the first day of a span meets what came until its last, and the log score of each contract;
/// `None` where too little fell due.
pub(super) fn score(model: &ContractModel, relations: &[&Relation], span: Period) -> Option<(CutScore, Vec<f64>)> {
    let (mut logs, mut actual, mut due) = (Vec::new(), 0.0, 0_u64);
    let mut made_sum = 0.0;
    let mut portfolio = None;
    for relation in relations.iter().filter(|relation| relation.runs(span.from)) {
        let cell = Cell::of(relation, span.from, span.to);
        if cell.ahead == 0 {
            continue;
        }
        let made = relation.made(span.to).saturating_sub(cell.made);
        let missed = made < cell.ahead && !relation.went_on;
        let mut probability = model.survival_given(cell.made, made);
        if missed {
            probability *= model.churn(cell.made + made);
        }
        logs.push(probability.max(1e-300).ln());
        // What went on at another interval is not known here beyond its last renewal.
        let ahead = if missed || made == cell.ahead { cell.ahead } else { made };
        let price = relation.price.to_f64();
        portfolio.get_or_insert_with(|| Portfolio::new(relation.interval)).push(Cell { ahead, ..cell }, price);
        actual += f64::from(made) * price;
        made_sum += f64::from(made);
        due += u64::from(made) + u64::from(missed);
    }
    let portfolio = portfolio.filter(|_| due >= FEWEST_RENEWALS)?;
    let total = portfolio.total(model, &[], DiscountRate::NONE, 0.0);
    let squared = (actual.max(1e-9) / total.value.max(1e-9)).ln().powi(2);
    let score = CutScore {
        renewals_actual: made_sum,
        renewals_expected: total.count,
        aggregate_error: if actual > 0.0 { total.value / actual - 1.0 } else { 0.0 },
        log_score: logs.iter().sum::<f64>() / logs.len().max(1) as f64,
        miss: (squared - total.chance).max(0.0).sqrt(),
    };
    Some((score, logs))
}
