//! What every purchase model answers.

use std::fmt;
use std::str::FromStr;

use rand::Rng;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Days, DiscountRate, Histories, History, TimeUnit};

/// The purchase models to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// Customers may leave after each repeat purchase (Fader, Hardie & Lee 2005).
    BgNbd,
    /// Customers may leave after any purchase, the first included (Batislam, Denizel & Filiztekin 2007).
    MbgNbd,
    /// Customers may leave at any time (Schmittlein, Morrison & Colombo 1987).
    ParetoNbd,
}

/// A name that is no model's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("unknown purchase model {0:?}: expected bg-nbd, mbg-nbd or pareto-nbd")]
pub struct UnknownModel(String);

impl ModelKind {
    /// All models.
    pub const ALL: [ModelKind; 3] = [ModelKind::BgNbd, ModelKind::MbgNbd, ModelKind::ParetoNbd];

    /// The name in the literature, such as "BG/NBD".
    pub fn name(self) -> &'static str {
        match self {
            ModelKind::BgNbd => "BG/NBD",
            ModelKind::MbgNbd => "MBG/NBD",
            ModelKind::ParetoNbd => "Pareto/NBD",
        }
    }

    /// The name on a command line or in a file, such as "bg-nbd".
    pub fn key(self) -> &'static str {
        match self {
            ModelKind::BgNbd => "bg-nbd",
            ModelKind::MbgNbd => "mbg-nbd",
            ModelKind::ParetoNbd => "pareto-nbd",
        }
    }

    /// The names of the four parameters, in the order in which they are always given.
    pub fn parameter_names(self) -> [&'static str; 4] {
        match self {
            ModelKind::BgNbd | ModelKind::MbgNbd => ["r", "alpha", "a", "b"],
            ModelKind::ParetoNbd => ["r", "alpha", "s", "beta"],
        }
    }
}

impl fmt::Display for ModelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Accepts names and keys, in any case.
impl FromStr for ModelKind {
    type Err = UnknownModel;

    fn from_str(text: &str) -> Result<ModelKind, UnknownModel> {
        let matches =
            |kind: &ModelKind| text.eq_ignore_ascii_case(kind.key()) || text.eq_ignore_ascii_case(kind.name());
        ModelKind::ALL.into_iter().find(matches).ok_or_else(|| UnknownModel(text.to_owned()))
    }
}

/// Parameters that no model can have.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("parameter {name} is {value}: expected a finite number above zero")]
pub struct ParameterError {
    /// The parameter's name.
    pub name: &'static str,
    /// The value handed in.
    pub value: f64,
}

pub(crate) fn check_parameters<const N: usize>(
    names: [&'static str; N],
    values: [f64; N],
) -> Result<(), ParameterError> {
    for (name, value) in names.into_iter().zip(values) {
        if !(value.is_finite() && value > 0.0) {
            return Err(ParameterError { name, value });
        }
    }
    Ok(())
}

/// Predictions for one history.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Probability that the customer has not left for good.
    pub probability_alive: f64,
    /// Expected purchases over the horizon.
    pub expected_purchases: f64,
    /// The same, each purchase discounted to today.
    pub discounted_purchases: f64,
}

/// The mean and the variance of the purchases a customer makes, given its history and the parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PurchaseMoments {
    /// Expected purchases.
    pub mean: f64,
    /// Their variance: whether the customer is still there, how often it buys, and chance.
    pub variance: f64,
}

/// A customer drawn from a model.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedCustomer {
    /// Times of the repeat purchases since the first purchase, ascending.
    pub purchases: Vec<Days>,
    /// When the customer left for good, if within the simulated time.
    pub left: Option<Days>,
    /// The simulated time since the first purchase.
    pub age: Days,
}

impl SimulatedCustomer {
    /// What a shop that looks at whole days would know of the customer: times are rounded up to days, purchases are
    /// not merged.
    pub fn history(&self) -> History {
        let age = self.age.days().ceil().min(f64::from(History::OLDEST_DAYS)) as u32;
        let last = self.purchases.last().map_or(0, |time| time.days().ceil() as u32);
        let repeats = u32::try_from(self.purchases.len()).unwrap_or(u32::MAX);
        let recency = if repeats > 0 { last.max(1).min(age) } else { 0 };
        // A purchase needs time: an age of zero has none, and everything else is in order by construction.
        History::new(repeats, recency, age).unwrap_or(History::NEWBORN)
    }
}

/// A fitted (or given) model of repeat purchases until the customer leaves for good.
///
/// "Purchases" are repeat purchases: the first one is not counted. All predictions take spans of time with their unit;
/// the unit of the parameters is the model's own affair.
pub trait PurchaseModel: Send + Sync + fmt::Debug {
    /// Which model it is.
    fn kind(&self) -> ModelKind;

    /// The unit in which the rate parameters are expressed.
    fn time_unit(&self) -> TimeUnit;

    /// Names and values of the parameters.
    fn parameters(&self) -> Vec<(&'static str, f64)>;

    /// The log-likelihood of the histories: the published kernels, without the factor `x!`. It depends on the time
    /// unit; compare only within one.
    fn log_likelihood(&self, histories: &Histories) -> f64;

    /// Probability that the customer has not left for good by the end of the observation, between 0 and 1.
    fn probability_alive(&self, history: &History) -> f64;

    /// Whether [`PurchaseModel::probability_alive`] says anything: in the BG/NBD nobody leaves before the first
    /// repeat purchase, so it is 1 for every one-time buyer by construction and should not be shown.
    fn probability_alive_is_informative(&self, history: &History) -> bool;

    /// Expected purchases of this customer within `over` after the end of the observation.
    ///
    /// Infinite only for [`Days::FOREVER`] under models whose customers may stay for ever.
    fn expected_purchases(&self, history: &History, over: Days) -> f64;

    /// Expected purchases within `over`, each discounted to the end of the observation. Over [`Days::FOREVER`] it is
    /// the DERT of Fader, Hardie & Lee (2005), finite for every rate above zero.
    fn discounted_purchases(&self, history: &History, over: Days, rate: DiscountRate) -> f64;

    /// Probability that a new customer makes exactly `count` repeat purchases within `over`, unconditional.
    fn probability_of_purchases(&self, count: u32, over: Days) -> f64;

    /// Draws a customer and follows it for `age` after the first purchase.
    fn simulate(&self, age: Days, rng: &mut dyn Rng) -> SimulatedCustomer;

    /// Draws how often the customer of this history buys within `over`, once for each pace: alive or not, the rate and the
    /// chance to leave from what the history tells of them. A pace of 1 is the model's own; 2 doubles its purchase rates.
    fn simulate_purchases(&self, history: &History, over: Days, paces: &[f64], rng: &mut dyn Rng) -> Vec<u32>;

    /// Mean and variance of the purchases within `over`, in the order of the histories; fastest in ascending order.
    fn purchase_moments(&self, histories: &[History], over: Days) -> Vec<PurchaseMoments>;

    /// All predictions for many histories at once, in parallel, in the order given. Fastest on the distinct histories
    /// of [`Histories`], in their order: what depends only on repeats and age is computed once.
    fn score(&self, histories: &[History], over: Days, rate: DiscountRate) -> Vec<Score>;
}

/// The model of this kind with these parameters (in the order of [`ModelKind::parameter_names`]).
///
/// ```
/// use mehrwert_clv::{Days, History, ModelKind, TimeUnit, model_with};
/// // The published BG/NBD of the CDNOW sample: a customer of 39 weeks with two repeats expects 1.226 in the next 39.
/// let model = model_with(ModelKind::BgNbd, [0.24259, 4.41360, 0.79292, 2.42589], TimeUnit::Week)?;
/// let history = History::new(2, 213, 272)?;
/// assert!((model.expected_purchases(&history, Days::from_weeks(39.0)) - 1.226).abs() < 1e-3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If a parameter is not a finite number above zero.
pub fn model_with(
    kind: ModelKind,
    parameters: [f64; 4],
    time_unit: TimeUnit,
) -> Result<Box<dyn PurchaseModel>, ParameterError> {
    check_parameters(kind.parameter_names(), parameters)?;
    Ok(crate::kernel::model_of(kind, parameters, time_unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_found_by_name_and_key() {
        for kind in ModelKind::ALL {
            assert_eq!(kind.key().parse(), Ok(kind));
            assert_eq!(kind.name().to_lowercase().parse(), Ok(kind));
        }
        assert!("nbd".parse::<ModelKind>().is_err());
    }

    #[test]
    fn parameters_must_be_positive() {
        let error = model_with(ModelKind::BgNbd, [1.0, 1.0, 0.0, 1.0], TimeUnit::Week).unwrap_err();
        assert_eq!(error.name, "a");
    }
}
