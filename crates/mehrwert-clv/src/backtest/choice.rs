//! The choice among models.

use serde::{Deserialize, Serialize};

use super::Backtest;
use crate::ModelKind;

/// Which model was taken, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// The model to use.
    pub model: ModelKind,
    /// Why it.
    pub reason: Reason,
    /// The models that had a fit at every cut, in the order asked for.
    pub compared: Vec<Compared>,
    /// The model of the least mean RMSE, to compare with; `None` without cuts.
    pub by_rmse: Option<ModelKind>,
}

/// Why a model was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Its log score is better than the default's by more than a standard error of the difference.
    BetterScore,
    /// No model's log score is better than the default's by more than a standard error: the default.
    NotToldApart,
    /// The default could not be fitted at every cut: the best log score of the others.
    DefaultWithoutFit,
    /// The history is too short for cuts, or too few customers had bought again at all of them, or no model had a fit at
    /// every cut: the default.
    NoCuts,
}

/// A model over all cuts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// Which model.
    pub model: ModelKind,
    /// Mean log score of all forecasts of customers; smaller is better.
    pub log_score: f64,
    /// Mean CRPS, in purchases.
    pub crps: f64,
    /// Root of the mean squared error.
    pub rmse: f64,
    /// Mean log score less the default's; below zero is better. `None` where the default had no fit.
    pub difference: Option<f64>,
    /// Its standard error: by customer, because a customer's forecasts at several cuts are not independent.
    pub standard_error: Option<f64>,
}

impl Backtest {
    /// Chooses by mean log score over all customers of all cuts. The default stays unless another model is better by more
    /// than one standard error of the paired difference; of several such, the best. A model without a fit at some cut is
    /// not compared: its mean would be over other customers.
    pub fn choose(&self, default: ModelKind) -> Choice {
        let everywhere = |kind: &ModelKind| self.cuts.iter().all(|cut| cut.models.iter().any(|one| one.kind == *kind));
        let kinds: Vec<ModelKind> = self
            .cuts
            .first()
            .map_or_else(Vec::new, |cut| cut.models.iter().map(|one| one.kind).filter(everywhere).collect());
        let has_default = kinds.contains(&default);
        let compared: Vec<Compared> =
            kinds.iter().map(|&kind| self.compared(kind, has_default.then_some(default))).collect();
        let least = |of: fn(&Compared) -> f64| compared.iter().min_by(|one, other| of(one).total_cmp(&of(other)));
        let by_rmse = least(|one| one.rmse).map(|one| one.model);
        let best = least(|one| one.log_score);
        let better = |one: &&Compared| {
            one.difference.zip(one.standard_error).is_some_and(|(difference, error)| difference < -error)
        };
        let told_apart = compared.iter().filter(better).min_by(|one, other| one.log_score.total_cmp(&other.log_score));
        let (model, reason) = match (best, told_apart) {
            (None, _) => (default, Reason::NoCuts),
            (Some(best), _) if !has_default => (best.model, Reason::DefaultWithoutFit),
            (_, Some(better)) => (better.model, Reason::BetterScore),
            (_, None) => (default, Reason::NotToldApart),
        };
        Choice { model, reason, compared, by_rmse }
    }

    fn compared(&self, kind: ModelKind, default: Option<ModelKind>) -> Compared {
        let (mut count, mut log_score, mut crps, mut squared) = (0.0, 0.0, 0.0, 0.0);
        let numbers = self.cuts.iter().flat_map(|cut| cut.customers.iter().copied()).max().map_or(0, |most| most + 1);
        // Of each customer: forecasts, and the sum of the differences.
        let mut differences = vec![(0.0, 0.0); numbers as usize];
        for cut in &self.cuts {
            let of = |kind: ModelKind| cut.models.iter().find(|one| one.kind == kind);
            let Some(own) = of(kind) else { continue };
            count += own.customers.len() as f64;
            squared += own.scores.rmse.powi(2) * own.customers.len() as f64;
            log_score += own.customers.iter().map(|one| one.log_score).sum::<f64>();
            crps += own.customers.iter().map(|one| one.crps).sum::<f64>();
            let Some(other) = default.and_then(of) else { continue };
            for ((customer, own), other) in cut.customers.iter().zip(&own.customers).zip(&other.customers) {
                let place = &mut differences[*customer as usize];
                *place = (place.0 + 1.0, place.1 + own.log_score - other.log_score);
            }
        }
        let mean = differences.iter().map(|one| one.1).sum::<f64>() / f64::max(count, 1.0);
        let scatter: f64 = differences.iter().map(|&(forecasts, sum)| (sum - forecasts * mean).powi(2)).sum();
        let each = |sum: f64| sum / f64::max(count, 1.0);
        Compared {
            model: kind,
            log_score: each(log_score),
            crps: each(crps),
            rmse: each(squared).sqrt(),
            difference: default.map(|_| mean),
            standard_error: default.map(|_| each(scatter.sqrt())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cut, CutModel};
    use super::*;
    use crate::scores::{CustomerScore, Scores};

    /// A cut at which customers 0, 1, 2 ... have these log scores by model.
    fn cut(day: i32, models: &[(ModelKind, &[f64])]) -> Cut {
        let model = |&(kind, scores): &(ModelKind, &[f64])| {
            let customers: Vec<CustomerScore> =
                scores.iter().map(|&log_score| CustomerScore { log_score, ..CustomerScore::default() }).collect();
            let scores = Scores::of(&customers, &vec![0; customers.len()]);
            CutModel { kind, parameters: [1.0; 4], customers, scores, totals: Vec::new() }
        };
        Cut {
            day,
            days: 30,
            customers: (0..models[0].1.len() as u32).collect(),
            purchases: vec![0; models[0].1.len()],
            repeat_customers: 3,
            models: models.iter().map(model).collect(),
            without_fit: Vec::new(),
            baselines: Vec::new(),
        }
    }

    fn choice(cuts: Vec<Cut>) -> Choice {
        Backtest { until: 100, cuts, thin_cuts: Vec::new() }.choose(ModelKind::ParetoNbd)
    }

    #[test]
    fn a_clearly_better_model_is_taken() {
        let better = [0.5, 0.9, 0.4, 0.6];
        let found = choice(vec![cut(1, &[(ModelKind::BgNbd, &better), (ModelKind::ParetoNbd, &[1.0; 4])])]);
        assert_eq!((found.model, found.reason), (ModelKind::BgNbd, Reason::BetterScore));
        let compared = found.compared[0];
        // Differences -0.5, -0.1, -0.6, -0.4: mean -0.4, squares around it 0.14.
        assert!((compared.difference.unwrap() + 0.4).abs() < 1e-12);
        assert!((compared.standard_error.unwrap() - 0.14f64.sqrt() / 4.0).abs() < 1e-12);
    }

    #[test]
    fn what_chance_explains_leaves_the_default() {
        let scattered = [2.0, 0.1, 0.1, 1.7];
        let found = choice(vec![cut(1, &[(ModelKind::BgNbd, &scattered), (ModelKind::ParetoNbd, &[1.0; 4])])]);
        assert_eq!((found.model, found.reason), (ModelKind::ParetoNbd, Reason::NotToldApart));
        let equal = choice(vec![cut(1, &[(ModelKind::BgNbd, &[1.0; 4]), (ModelKind::ParetoNbd, &[1.0; 4])])]);
        assert_eq!((equal.model, equal.reason), (ModelKind::ParetoNbd, Reason::NotToldApart));
    }

    /// The same customer at two cuts is one witness, not two.
    #[test]
    fn cuts_of_one_customer_are_not_independent() {
        let (better, other): (&[f64], &[f64]) = (&[0.5, 0.9], &[1.0, 1.0]);
        let one = || cut(1, &[(ModelKind::BgNbd, better), (ModelKind::ParetoNbd, other)]);
        let (once, twice) = (choice(vec![one()]), choice(vec![one(), one()]));
        assert_eq!(once.compared[0].difference, twice.compared[0].difference);
        let [once, twice] = [once, twice].map(|choice| choice.compared[0].standard_error.unwrap());
        assert!((once - twice).abs() < 1e-12 && once > 0.0);
    }

    #[test]
    fn models_are_compared_where_all_have_a_fit() {
        let with = cut(1, &[(ModelKind::BgNbd, &[0.1; 3]), (ModelKind::ParetoNbd, &[1.0; 3])]);
        let without = cut(2, &[(ModelKind::ParetoNbd, &[1.0; 3])]);
        assert_eq!(choice(vec![with.clone(), without]).compared.len(), 1);
        let no_default = choice(vec![cut(1, &[(ModelKind::BgNbd, &[0.1; 3])])]);
        assert_eq!((no_default.model, no_default.reason), (ModelKind::BgNbd, Reason::DefaultWithoutFit));
        let nothing = choice(Vec::new());
        assert_eq!((nothing.model, nothing.reason), (ModelKind::ParetoNbd, Reason::NoCuts));
        assert!(nothing.compared.is_empty() && nothing.by_rmse.is_none());
    }
}
