//! Not only the parameters are uncertain: so is which model is right.
//!
//! Where the data do not tell models apart, intervals of the one chosen are too narrow, since another may as well be right
//! and forecasts something else. Bayesian model averaging (Hoeting, Madigan, Raftery & Volinsky 1999, Statistical Science
//! 14:4) draws each future from a model with the model's probability. That is approximated by the BIC (Raftery 1995,
//! Sociological Methodology 25); models of equally many parameters then count by their likelihoods.

use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::interval::{IntervalError, IntervalOptions, check};
use super::totals::{SimulatedTotal, members_of};
use super::{Posterior, TotalInterval};
use crate::{Days, Fit, Histories};

/// The model chosen counts at least this share of the likeliest one: it was chosen for its forecasts, which the likelihood
/// of the past does not judge.
const LEAST_OF_CHOSEN: f64 = 0.25;
/// Models of less probability are left out: they are not worth their posterior.
const LEAST: f64 = 0.02;

/// How probable each of several models is that were fitted to the same histories by maximum likelihood; `chosen` is the
/// place of the one chosen for its forecasts, which is never improbable. They sum to one.
///
/// ```
/// use mehrwert_clv::posterior::model_probabilities;
/// use mehrwert_clv::{FitOptions, Histories, History, ModelKind, fit};
/// let customers = (0..90u32).map(|i| match i % 3 {
///     0 => History::new(1 + i % 4, 20 + i, 140 + i).expect("a possible history"),
///     _ => History::new(0, 0, 140 + i).expect("a possible history"),
/// });
/// let histories = Histories::compress(customers);
/// let of = |kind| fit(kind, &histories, &FitOptions::default());
/// let fits = [of(ModelKind::BgNbd)?, of(ModelKind::MbgNbd)?];
/// let probabilities = model_probabilities(&fits, 0);
/// assert!(probabilities[0] >= 0.2 && (probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
/// # Ok::<(), mehrwert_clv::FitError>(())
/// ```
pub fn model_probabilities(fits: &[Fit], chosen: usize) -> Vec<f64> {
    let most = fits.iter().map(|fit| fit.log_likelihood).fold(f64::NEG_INFINITY, f64::max);
    let likelihoods = fits.iter().map(|fit| (fit.log_likelihood - most).exp());
    let at_least = |place: usize| if place == chosen { LEAST_OF_CHOSEN } else { 0.0 };
    let weights = normalised(likelihoods.enumerate().map(|(place, likelihood)| likelihood.max(at_least(place))));
    normalised(weights.into_iter().map(|weight| if weight < LEAST { 0.0 } else { weight }))
}

fn normalised(weights: impl Iterator<Item = f64>) -> Vec<f64> {
    let weights: Vec<f64> = weights.collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// Posteriors of several models with the models' probabilities.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelAverage {
    parts: Vec<(Posterior, f64)>,
}

impl From<Posterior> for ModelAverage {
    fn from(posterior: Posterior) -> ModelAverage {
        ModelAverage { parts: vec![(posterior, 1.0)] }
    }
}

impl ModelAverage {
    /// Posteriors with weights, which need not sum to one; those without weight are left out. `None` if nothing is left.
    pub fn new(parts: Vec<(Posterior, f64)>) -> Option<ModelAverage> {
        let counting = |part: &(Posterior, f64)| part.1 > 0.0 && part.1.is_finite();
        let (posteriors, weights): (Vec<Posterior>, Vec<f64>) = parts.into_iter().filter(counting).unzip();
        let weights = normalised(weights.into_iter());
        let parts: Vec<(Posterior, f64)> = posteriors.into_iter().zip(weights).collect();
        (!parts.is_empty()).then_some(ModelAverage { parts })
    }

    /// The posteriors with the models' probabilities.
    pub fn parts(&self) -> &[(Posterior, f64)] {
        &self.parts
    }

    /// [`Posterior::total_purchases_by`] with futures under each of the models.
    ///
    /// # Errors
    /// As there.
    pub fn total_purchases_by(
        &self,
        histories: &Histories,
        groups: &[Vec<usize>],
        over: Days,
        options: &IntervalOptions,
        rng: &mut dyn Rng,
    ) -> Result<Vec<SimulatedTotal>, IntervalError> {
        let groups = members_of(histories, groups)?;
        self.simulated_totals(&groups.iter().collect::<Vec<_>>(), over, options, rng)
    }

    /// [`Posterior::simulated_totals`] with futures under each of the models, in proportion to their probabilities. The
    /// same place is the same future, and so the same model, for all groups.
    ///
    /// # Errors
    /// As there.
    pub fn simulated_totals(
        &self,
        groups: &[&Histories],
        over: Days,
        options: &IntervalOptions,
        rng: &mut dyn Rng,
    ) -> Result<Vec<SimulatedTotal>, IntervalError> {
        check(options, over)?;
        if let [(only, _)] = &self.parts[..] {
            return only.simulated_totals(groups, over, options, rng);
        }
        let mut rng = Pcg64Mcg::seed_from_u64(rng.next_u64());
        // The model of each future, in no order that anything else could follow.
        let mut places: Vec<usize> = self.shares(options.simulations);
        for last in (1..places.len()).rev() {
            places.swap(last, rng.random_range(0..=last));
        }
        let mut by_model = Vec::with_capacity(self.parts.len());
        for (posterior, _) in &self.parts {
            by_model.push(posterior.simulated_totals(groups, over, options, &mut rng)?);
        }
        let of_group = |group: usize| {
            let totals: Vec<&SimulatedTotal> = by_model.iter().map(|totals| &totals[group]).collect();
            let draws: Vec<f64> = places.iter().enumerate().map(|(at, &model)| totals[model].draws[at]).collect();
            let parts: Vec<(f64, &TotalInterval)> =
                self.parts.iter().zip(&totals).map(|(part, total)| (part.1, &total.interval)).collect();
            SimulatedTotal { interval: TotalInterval::of_draws(&draws, &parts, options.confidence), draws }
        };
        Ok((0..groups.len()).map(of_group).collect())
    }

    /// So many places of models, each as often as its probability says, to within one.
    fn shares(&self, count: usize) -> Vec<usize> {
        let mut cumulated = 0.0;
        let mut places = Vec::with_capacity(count);
        for (model, (_, probability)) in self.parts.iter().enumerate() {
            cumulated += probability;
            let until = if model + 1 == self.parts.len() { count } else { (cumulated * count as f64).round() as usize };
            places.resize(until.clamp(places.len(), count), model);
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FitOptions, History, ModelKind, TimeUnit, fit};

    fn histories() -> Histories {
        Histories::compress((0..300u32).map(|i| match i % 3 {
            0 => History::new(1 + i % 4, 20 + i % 90, 140 + i).unwrap(),
            _ => History::new(0, 0, 140 + i).unwrap(),
        }))
    }

    /// One draw of the parameters leaves the customers' chance only.
    fn certain(kind: ModelKind, parameters: [f64; 4]) -> Posterior {
        Posterior::from_draws(kind, TimeUnit::Week, vec![parameters]).unwrap()
    }

    #[test]
    fn futures_come_from_the_models_by_their_probabilities() {
        let histories = histories();
        let few = certain(ModelKind::BgNbd, [0.25, 8.0, 0.8, 2.0]);
        let many = certain(ModelKind::BgNbd, [2.5, 8.0, 0.8, 20.0]);
        let average = ModelAverage::new(vec![(few.clone(), 0.6), (many.clone(), 0.2), (few.clone(), 0.0)]).unwrap();
        assert_eq!(average.parts().iter().map(|part| part.1).collect::<Vec<_>>(), [0.6 / 0.8, 0.2 / 0.8]);
        let (over, options) = (Days::new(200.0), IntervalOptions::default());
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        let alone = [few, many].map(|one| one.simulated_totals(&[&histories], over, &options, &mut rng).unwrap());
        let [few, many] = alone.map(|totals| totals[0].interval);
        assert!(few.high < many.low, "{few:?} {many:?}");
        let both =
            average.total_purchases_by(&histories, &[(0..300).collect(), (0..150).collect()], over, &options, &mut rng);
        let both = both.unwrap();
        let middle = 0.5 * (few.high + many.low);
        let of_many: Vec<bool> = both[0].draws.iter().map(|draw| *draw > middle).collect();
        assert_eq!(of_many.iter().filter(|many| **many).count(), 1000);
        // Neither in order, nor another model for another group.
        assert!(of_many[..400].iter().any(|many| *many) && of_many[..400].iter().any(|many| !*many));
        let together = both[1].draws.iter().zip(&of_many);
        let half = |is_many: bool| together.clone().filter(move |one| *one.1 == is_many).map(|one| *one.0);
        assert!(half(false).fold(0.0, f64::max) < half(true).fold(f64::INFINITY, f64::min));
        let interval = both[0].interval;
        assert!((interval.mean / (0.75 * few.mean + 0.25 * many.mean) - 1.0).abs() < 1e-9);
        assert!(interval.low < few.mean && interval.high > many.mean);
        // Between the models lie 0.43 of the distance of their means: the deviation of a coin of 1 in 4.
        let between = 0.1875f64.sqrt() * (many.mean - few.mean);
        assert!((interval.from_parameters / between - 1.0).abs() < 1e-6, "{interval:?} {between}");
    }

    #[test]
    fn one_model_is_itself() {
        let histories = histories();
        let only = certain(ModelKind::MbgNbd, [0.5, 8.0, 0.8, 2.0]);
        let totals = |average: &ModelAverage| {
            let mut rng = Pcg64Mcg::seed_from_u64(9);
            average.simulated_totals(&[&histories], Days::new(90.0), &IntervalOptions::default(), &mut rng).unwrap()
        };
        let mut rng = Pcg64Mcg::seed_from_u64(9);
        let plain = only.simulated_totals(&[&histories], Days::new(90.0), &IntervalOptions::default(), &mut rng);
        assert_eq!(totals(&ModelAverage::from(only.clone())), plain.unwrap());
        assert_eq!(ModelAverage::new(vec![(only, 0.0)]), None);
    }

    #[test]
    fn improbable_models_are_left_out_unless_chosen() {
        let histories = histories();
        let mut fits: Vec<Fit> =
            ModelKind::ALL.map(|kind| fit(kind, &histories, &FitOptions::default()).unwrap()).into();
        for (fit, log_likelihood) in fits.iter_mut().zip([-100.0, -101.0, -140.0]) {
            fit.log_likelihood = log_likelihood;
        }
        let e = (-1.0f64).exp();
        for (chosen, expected) in [(0, [1.0, e, 0.0]), (1, [1.0, e, 0.0]), (2, [1.0, e, 0.25])] {
            let sum: f64 = expected.iter().sum();
            for (found, expected) in model_probabilities(&fits, chosen).into_iter().zip(expected) {
                assert!((found - expected / sum).abs() < 1e-12, "{chosen}: {found} {expected}");
            }
        }
    }
}
