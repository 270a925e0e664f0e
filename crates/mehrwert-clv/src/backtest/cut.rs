//! One cut: fits, scores and totals.

use super::BacktestOptions;
use crate::posterior::Prior;
use crate::scores::{Baseline, CustomerScore, Scores, score_model, score_poisson};
use crate::symmetric::inverse_positive_definite;
use crate::timelines::{Known, Timelines};
use crate::{Days, DiscountRate, Fit, FitOptions, Histories, ModelKind, PurchaseModel, TimeUnit, fit, model_with};

/// What one cut showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// The last day that the models saw.
    pub day: i32,
    /// Days forecast for the scores.
    pub days: u32,
    /// The numbers of the customers in the timelines handed in, ascending: all known by then, or a sample of them.
    pub customers: Vec<u32>,
    /// How often each of them bought in the days forecast.
    pub purchases: Vec<u32>,
    /// How many of them had bought again by then.
    pub repeat_customers: usize,
    /// The models fitted, in the order asked for.
    pub models: Vec<CutModel>,
    /// Models without a fit, with the reason.
    pub without_fit: Vec<(ModelKind, String)>,
    /// The naive forecasts.
    pub baselines: Vec<CutBaseline>,
}

/// A model at a cut.
#[derive(Debug, Clone, PartialEq)]
pub struct CutModel {
    /// Which model.
    pub kind: ModelKind,
    /// Its parameters as fitted then.
    pub parameters: [f64; 4],
    /// Scores of each customer, in the order of [`Cut::customers`].
    pub customers: Vec<CustomerScore>,
    /// Their summary.
    pub scores: Scores,
    /// Predicted and actual totals, over the days of the scores first and then to the end of the history.
    pub totals: Vec<Total>,
}

/// A naive forecast at a cut.
#[derive(Debug, Clone, PartialEq)]
pub struct CutBaseline {
    /// Which forecast.
    pub baseline: Baseline,
    /// Scores of each customer, in the order of [`Cut::customers`].
    pub customers: Vec<CustomerScore>,
    /// Their summary.
    pub scores: Scores,
}

/// A predicted total and what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Total {
    /// Days forecast.
    pub days: u32,
    /// Mean days from the customers' first purchases to the cut.
    pub mean_age: f64,
    /// Purchases predicted of all customers.
    pub predicted: f64,
    /// Purchases that came.
    pub actual: u64,
    /// Variance of the logarithm of the total that the model itself leaves to the customers.
    pub from_customers: f64,
    /// The same because its parameters are estimated.
    pub from_parameters: f64,
}

impl Total {
    /// `ln(actual / predicted)`, half a purchase added to both so that none at all has a logarithm.
    pub fn log_error(&self) -> f64 {
        ((self.actual as f64 + 0.5) / (self.predicted + 0.5)).ln()
    }

    /// The variance of the error if the model were true.
    pub fn model_variance(&self) -> f64 {
        self.from_customers + self.from_parameters
    }
}

impl Cut {
    /// The total of a group at this cut, forecast by a model; `None` where the model had no fit or nobody of the group was
    /// known. The parameters are taken to matter to the group as much as to all.
    pub(super) fn total_of(&self, model: ModelKind, is_member: &dyn Fn(u32) -> bool) -> Option<Total> {
        let model = self.models.iter().find(|one| one.kind == model)?;
        let all = model.totals.first()?;
        let (mut predicted, mut variance, mut actual, mut members) = (0.0, 0.0, 0u64, 0u32);
        for ((&customer, score), &bought) in self.customers.iter().zip(&model.customers).zip(&self.purchases) {
            if is_member(customer) {
                predicted += score.expected;
                variance += score.variance;
                actual += u64::from(bought);
                members += 1;
            }
        }
        let from_customers = (variance / (predicted + 0.5f64).powi(2)).ln_1p();
        (members > 0).then_some(Total { predicted, actual, from_customers, ..*all })
    }
}

pub(super) struct Work<'a> {
    pub timelines: &'a Timelines,
    pub known: &'a Known,
    pub day: i32,
    pub days: u32,
    pub until: i32,
    pub uniforms: &'a [f64],
}

impl Work<'_> {
    /// Fits every model, from the start of the cut before if there is one.
    pub fn run(&self, options: &BacktestOptions, starts: &mut [Option<[f64; 4]>]) -> Cut {
        let Known { customers, histories } = self.known;
        let compressed = Histories::compress(histories.iter().copied());
        let mut cut = Cut {
            day: self.day,
            days: self.days,
            customers: customers.clone(),
            purchases: self.purchases(self.days),
            repeat_customers: histories.iter().filter(|history| history.repeats() > 0).count(),
            models: Vec::new(),
            without_fit: Vec::new(),
            baselines: Vec::new(),
        };
        for (&kind, start) in options.models.iter().zip(starts) {
            let cold = FitOptions { start: None, ..options.fit.clone() };
            let warm = start.map(|start| FitOptions { start: Some(start), ..options.fit.clone() });
            let found = warm.and_then(|warm| fit(kind, &compressed, &warm).ok());
            match found.map_or_else(|| fit(kind, &compressed, &cold), Ok) {
                Ok(fit) => {
                    *start = Some(fit.parameters.map(|parameter| parameter.value));
                    cut.models.push(self.model(&fit, &compressed, &cut.purchases));
                }
                Err(error) => cut.without_fit.push((kind, error.to_string())),
            }
        }
        for baseline in Baseline::ALL {
            let means = baseline.forecasts(self.timelines, self.known, self.day, self.days);
            let customers = score_poisson(&means, &cut.purchases, self.uniforms);
            let scores = Scores::of(&customers, &cut.purchases);
            cut.baselines.push(CutBaseline { baseline, customers, scores });
        }
        cut
    }

    fn purchases(&self, days: u32) -> Vec<u32> {
        let end = self.day.saturating_add_unsigned(days);
        self.timelines.purchases_between(&self.known.customers, self.day, end)
    }

    fn model(&self, fit: &Fit, compressed: &Histories, purchases: &[u32]) -> CutModel {
        let over = Days::new(f64::from(self.days));
        let customers = score_model(fit.model.as_ref(), &self.known.histories, purchases, over, self.uniforms);
        let to_end = self.until.abs_diff(self.day);
        let mut totals = vec![self.total(fit, compressed, self.days, purchases)];
        if to_end > self.days {
            totals.push(self.total(fit, compressed, to_end, &self.purchases(to_end)));
        }
        CutModel {
            kind: fit.model.kind(),
            parameters: fit.parameters.map(|parameter| parameter.value),
            scores: Scores::of(&customers, purchases),
            customers,
            totals,
        }
    }

    fn total(&self, fit: &Fit, compressed: &Histories, days: u32, purchases: &[u32]) -> Total {
        let over = Days::new(f64::from(days));
        let (distinct, weights) = (compressed.distinct(), compressed.weights());
        let (mut predicted, mut variance, mut age) = (0.0, 0.0, 0.0);
        let moments = fit.model.purchase_moments(distinct, over);
        for ((moment, weight), history) in moments.iter().zip(weights).zip(distinct) {
            predicted += weight * moment.mean;
            variance += weight * moment.variance;
            age += weight * f64::from(history.age());
        }
        // A small total scatters less in its logarithm than its variance says: ln has half a purchase to stand on.
        let relative = variance / (predicted + 0.5).powi(2);
        Total {
            days,
            mean_age: age / compressed.customers(),
            predicted,
            actual: purchases.iter().map(|&count| u64::from(count)).sum(),
            from_customers: relative.ln_1p(),
            from_parameters: parameter_variance(fit, compressed, over),
        }
    }
}

/// Distinct histories from which the effect of the parameters is taken: relative effects need no more.
const LIKENESS: usize = 1000;
/// A step on the logarithm of a parameter, small enough for a difference and large enough for its digits.
const STEP: f64 = 1e-4;

/// The delta method: the gradient of ln(total) by the log parameters, through their covariance under the weak prior of
/// the posterior, which bounds directions that the data do not determine, as at a boundary.
fn parameter_variance(fit: &Fit, histories: &Histories, over: Days) -> f64 {
    let Some(covariance) = covariance_with_prior(fit, histories) else { return 0.0 };
    let thinned = (histories.distinct().len() > 2 * LIKENESS).then(|| histories.thinned(LIKENESS));
    let sample = thinned.as_ref().unwrap_or(histories);
    let values = fit.parameters.map(|parameter| parameter.value);
    let (kind, unit) = (fit.model.kind(), fit.model.time_unit());
    let slope = |place: usize| {
        let moved = |by: f64| {
            let mut moved = values;
            moved[place] *= by.exp();
            log_total(kind, moved, unit, sample, over)
        };
        moved(STEP).zip(moved(-STEP)).map_or(0.0, |(up, down)| (up - down) / (2.0 * STEP))
    };
    let gradient: [f64; 4] = std::array::from_fn(slope);
    let along = |row: &[f64; 4]| -> f64 { row.iter().zip(&gradient).map(|(one, other)| one * other).sum() };
    let variance: f64 = gradient.iter().zip(&covariance).map(|(slope, row)| slope * along(row)).sum();
    if variance.is_finite() { variance.max(0.0) } else { 0.0 }
}

fn log_total(kind: ModelKind, parameters: [f64; 4], unit: TimeUnit, sample: &Histories, over: Days) -> Option<f64> {
    let model: Box<dyn PurchaseModel> = model_with(kind, parameters, unit).ok()?;
    let scores = model.score(sample.distinct(), over, DiscountRate::NONE);
    let total: f64 = scores.iter().zip(sample.weights()).map(|(score, weight)| score.expected_purchases * weight).sum();
    (total > 0.0).then(|| total.ln())
}

fn covariance_with_prior(fit: &Fit, histories: &Histories) -> Option<[[f64; 4]; 4]> {
    let prior = Prior::weak(fit.model.kind(), histories, fit.model.time_unit());
    let mut information = fit.information;
    for (place, deviation) in prior.log_deviation.into_iter().enumerate() {
        information[place][place] += deviation.powi(-2);
    }
    inverse_positive_definite(information)
}
