//! Saved models: everything needed to use a fitted model again, in less than a kilobyte of JSON.
//!
//! A saved model holds the parameters and their uncertainty, what they were fitted to (how many customers, until when, and
//! a [`Fingerprint`] of the data), and which version wrote it. Reading is strict: whatever does not belong there is an
//! error that names it. Numbers with digits after the point stand in texts, because readers of JSON differ in what they
//! do to the last digit; they come back bit by bit.
//!
//! ```
//! use mehrwert_clv::saved::SavedModel;
//! use mehrwert_clv::{FitOptions, Histories, History, ModelKind, fit};
//! let customers = [(0, 0, 150), (2, 60, 220), (0, 0, 300), (1, 20, 250), (5, 240, 260), (0, 0, 120), (3, 190, 210)]
//!     .map(|(repeats, recency, age)| History::new(repeats, recency, age).expect("a possible history"));
//! let histories = Histories::compress(customers);
//! let fit = fit(ModelKind::BgNbd, &histories, &FitOptions::default())?;
//! let text = SavedModel::of_purchases(&fit, &histories, None, "2025-12-31")?.to_json();
//! let saved = SavedModel::from_json(&text)?;
//! saved.check(&histories)?;
//! let model = saved.purchase_model().expect("a model of purchases");
//! assert_eq!(model.parameters(), fit.model.parameters());
//! // Yesterday's parameters are today's start.
//! let _options = FitOptions { start: saved.start(), ..FitOptions::default() };
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod fingerprint;
mod fits;
mod text;

use rand::Rng;

pub use error::SavedModelError;
pub use fingerprint::Fingerprint;

use crate::bg_bb::{BgBb, BgBbFit, OccasionHistories};
use crate::calendar::{Clock, Season};
use crate::contracts::{ContractFit, ContractModel, ContractModelKind, Contracts};
use crate::draw::draw_parameters;
use crate::fit::limits_of;
use crate::kernel::model_of;
use crate::spend::{GammaGamma, SpendFit, draw_limits};
use crate::symmetric::inverse_positive_definite;
use crate::{Fit, Histories, ModelKind, PurchaseModel, TimeUnit};

/// The name of the format.
pub const FORMAT: &str = "mehrwert-model";
/// The version of the format that is written. Version 1, which knew no season, is read, too.
pub const VERSION: u64 = 2;
pub(super) const WITHOUT_SEASON: u64 = 1;
/// The end of the observation has at most so many bytes.
pub const LONGEST_END: usize = 40;

/// What kind of model is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SavedKind {
    /// A model of repeat purchases at any time.
    Purchases(ModelKind),
    /// A model of renewals.
    Contracts(ContractModelKind),
    /// The BG/BB of purchases at discrete occasions.
    Occasions,
}

const KINDS: [SavedKind; 6] = [
    SavedKind::Purchases(ModelKind::BgNbd),
    SavedKind::Purchases(ModelKind::MbgNbd),
    SavedKind::Purchases(ModelKind::ParetoNbd),
    SavedKind::Contracts(ContractModelKind::ShiftedBetaGeometric),
    SavedKind::Contracts(ContractModelKind::BetaDiscreteWeibull),
    SavedKind::Occasions,
];

impl SavedKind {
    /// The name in the file, such as "bg-nbd".
    pub fn key(self) -> &'static str {
        match self {
            SavedKind::Purchases(kind) => kind.key(),
            SavedKind::Contracts(ContractModelKind::ShiftedBetaGeometric) => "sbg",
            SavedKind::Contracts(ContractModelKind::BetaDiscreteWeibull) => "bdw",
            SavedKind::Occasions => "bg-bb",
        }
    }

    /// The names of the parameters, in the order in which they are always given.
    pub fn parameter_names(self) -> Vec<&'static str> {
        match self {
            SavedKind::Purchases(kind) => kind.parameter_names().to_vec(),
            SavedKind::Contracts(kind) => kind.parameter_names().to_vec(),
            SavedKind::Occasions => BgBb::PARAMETER_NAMES.to_vec(),
        }
    }
}

/// A fitted model with what it was fitted to.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedModel {
    kind: SavedKind,
    time_unit: Option<TimeUnit>,
    parameters: Vec<f64>,
    /// Lower triangle, row by row.
    log_covariance: Option<Vec<f64>>,
    log_likelihood: f64,
    customers: f64,
    distinct_histories: u64,
    observation_end: String,
    fingerprint: u64,
    spend: Option<SavedSpend>,
    /// Times are operational days of this season; without it days of the calendar.
    season: Option<Season>,
    crate_version: String,
}

#[derive(Debug, Clone, PartialEq)]
struct SavedSpend {
    parameters: Vec<f64>,
    log_covariance: Option<Vec<f64>>,
    log_likelihood: f64,
    customers: f64,
}

impl SavedModel {
    /// A model of purchases, with one of spend if there is any. `observation_end` is whatever names the last day seen; it
    /// is kept as it is.
    ///
    /// # Errors
    /// If `observation_end` has more than [`LONGEST_END`] bytes.
    pub fn of_purchases(
        fit: &Fit,
        histories: &Histories,
        spend: Option<&SpendFit>,
        observation_end: &str,
    ) -> Result<SavedModel, SavedModelError> {
        let spend = spend.map(|spend| SavedSpend {
            parameters: spend.parameters.map(|parameter| parameter.value).to_vec(),
            log_covariance: spend.log_covariance.and_then(|matrix| lower_triangle(&matrix, 3)),
            log_likelihood: spend.log_likelihood,
            customers: spend.customers,
        });
        SavedModel {
            kind: SavedKind::Purchases(fit.model.kind()),
            time_unit: Some(fit.model.time_unit()),
            parameters: fit.parameters.map(|parameter| parameter.value).to_vec(),
            log_covariance: fit.log_covariance.and_then(|matrix| lower_triangle(&matrix, 4)),
            log_likelihood: fit.log_likelihood,
            customers: fit.customers,
            distinct_histories: histories.distinct().len() as u64,
            observation_end: observation_end.to_owned(),
            fingerprint: histories.fingerprint(),
            spend,
            season: None,
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
        }
        .checked()
    }

    /// The same model of purchases, its times counted by this clock, by which its histories were made, too: with the season
    /// it goes by, the model says what a date means.
    ///
    /// ```
    /// # use mehrwert_clv::calendar::{Clock, Season, day_number};
    /// # use mehrwert_clv::saved::SavedModel;
    /// # use mehrwert_clv::{FitOptions, Histories, ModelKind, fit};
    /// let clock = Clock::new(Season::from_harmonics(&[[0.5, 0.0]])?);
    /// let end = day_number(2025, 6, 30);
    /// let customers = [(900, 300, 3), (800, 650, 1), (760, 760, 0), (500, 100, 5), (400, 400, 0)];
    /// let histories = customers.map(|(first, last, repeats)| clock.history(end - first, end - last, end, repeats));
    /// let histories = Histories::compress(histories.into_iter().collect::<Result<Vec<_>, _>>()?);
    /// let fit = fit(ModelKind::MbgNbd, &histories, &FitOptions::default())?;
    /// let saved = SavedModel::of_purchases(&fit, &histories, None, "2025-06-30")?.in_season(&clock)?;
    /// let back = SavedModel::from_json(&saved.to_json())?;
    /// assert_eq!(back.clock(), clock);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If it is no model of purchases.
    pub fn in_season(mut self, clock: &Clock) -> Result<SavedModel, SavedModelError> {
        self.season = Some(clock.season()).filter(|season| !season.harmonics().is_empty()).cloned();
        self.checked()
    }

    /// A model of renewals.
    ///
    /// # Errors
    /// If `observation_end` has more than [`LONGEST_END`] bytes.
    pub fn of_contracts(
        fit: &ContractFit,
        contracts: &Contracts,
        observation_end: &str,
    ) -> Result<SavedModel, SavedModelError> {
        SavedModel {
            kind: SavedKind::Contracts(fit.model.kind()),
            time_unit: None,
            parameters: fit.parameters.iter().map(|parameter| parameter.value).collect(),
            log_covariance: fit.log_covariance.and_then(|matrix| lower_triangle(&matrix, fit.parameters.len())),
            log_likelihood: fit.log_likelihood,
            customers: fit.contracts,
            distinct_histories: contracts.distinct().len() as u64,
            observation_end: observation_end.to_owned(),
            fingerprint: contracts.fingerprint(),
            spend: None,
            season: None,
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
        }
        .checked()
    }

    /// A BG/BB.
    ///
    /// # Errors
    /// If `observation_end` has more than [`LONGEST_END`] bytes.
    pub fn of_occasions(
        fit: &BgBbFit,
        histories: &OccasionHistories,
        observation_end: &str,
    ) -> Result<SavedModel, SavedModelError> {
        SavedModel {
            kind: SavedKind::Occasions,
            time_unit: None,
            parameters: fit.parameters.map(|parameter| parameter.value).to_vec(),
            log_covariance: fit.log_covariance.and_then(|matrix| lower_triangle(&matrix, 4)),
            log_likelihood: fit.log_likelihood,
            customers: fit.customers,
            distinct_histories: histories.distinct().len() as u64,
            observation_end: observation_end.to_owned(),
            fingerprint: histories.fingerprint(),
            spend: None,
            season: None,
            crate_version: env!("CARGO_PKG_VERSION").to_owned(),
        }
        .checked()
    }

    /// The model as JSON on one line.
    pub fn to_json(&self) -> String {
        text::write(self)
    }

    /// The model that [`SavedModel::to_json`] wrote.
    ///
    /// # Errors
    /// Whatever does not belong there, by name: another format or version, an unknown kind or unit, a field missing or too
    /// many, a number that is none, a parameter or covariance that no model can have.
    pub fn from_json(text: &str) -> Result<SavedModel, SavedModelError> {
        text::read(text)
    }

    /// Makes sure that these are the data that the model was fitted to.
    ///
    /// # Errors
    /// [`SavedModelError::OtherHistories`] if their fingerprint is another.
    pub fn check(&self, data: &impl Fingerprint) -> Result<(), SavedModelError> {
        let found = data.fingerprint();
        let expected = self.fingerprint;
        if found == expected { Ok(()) } else { Err(SavedModelError::OtherHistories { found, expected }) }
    }

    /// What is saved is usable.
    fn checked(self) -> Result<SavedModel, SavedModelError> {
        if self.observation_end.len() > LONGEST_END {
            return Err(SavedModelError::EndTooLong { found: self.observation_end.len() });
        }
        let names = self.kind.parameter_names();
        let [own, parts] = [["parameters", "log_covariance"], ["spend parameters", "spend log_covariance"]];
        check_model(&names, &self.parameters, &self.log_covariance, own)?;
        check_count("customers", self.customers)?;
        check_finite("log_likelihood", self.log_likelihood)?;
        if self.season.is_some() && !matches!(self.kind, SavedKind::Purchases(_)) {
            let expected = "null for this kind of model";
            return Err(SavedModelError::WrongField { field: "season", found: "a season".to_owned(), expected });
        }
        if let Some(spend) = &self.spend {
            check_model(&GammaGamma::PARAMETER_NAMES, &spend.parameters, &spend.log_covariance, parts)?;
            check_count("spend customers", spend.customers)?;
            check_finite("spend log_likelihood", spend.log_likelihood)?;
            if !matches!(self.kind, SavedKind::Purchases(_)) {
                let expected = "null for this kind of model";
                return Err(SavedModelError::WrongField { field: "spend", found: "a model".to_owned(), expected });
            }
        }
        Ok(self)
    }
}

fn check_model(
    names: &[&'static str],
    parameters: &[f64],
    covariance: &Option<Vec<f64>>,
    [of_parameters, of_covariance]: [&'static str; 2],
) -> Result<(), SavedModelError> {
    let count = names.len();
    if parameters.len() != count {
        let found = parameters.len();
        return Err(SavedModelError::WrongCount { field: of_parameters, found, expected: count });
    }
    for (&name, &value) in names.iter().zip(parameters) {
        if !(value.is_finite() && value > 0.0) {
            return Err(SavedModelError::BadParameter { name, value: value.to_string() });
        }
    }
    let Some(triangle) = covariance else { return Ok(()) };
    let expected = count * (count + 1) / 2;
    if triangle.len() != expected {
        return Err(SavedModelError::WrongCount { field: of_covariance, found: triangle.len(), expected });
    }
    match is_covariance(triangle) {
        true => Ok(()),
        false => Err(SavedModelError::BadCovariance { field: of_covariance }),
    }
}

/// Whether this is the lower triangle of a matrix that is positive definite, to within rounding.
fn is_covariance(triangle: &[f64]) -> bool {
    // Correlations, so that scales do not count; what is not there is independent of the rest.
    let mut scaled: [[f64; 4]; 4] = square(triangle, 1.0);
    let deviations: [f64; 4] = std::array::from_fn(|i| scaled[i][i].sqrt());
    for (i, row) in scaled.iter_mut().enumerate() {
        for (j, value) in row.iter_mut().enumerate() {
            *value /= deviations[i] * deviations[j];
        }
    }
    triangle.iter().all(|value| value.is_finite()) && inverse_positive_definite(scaled).is_some()
}

fn check_count(field: &'static str, value: f64) -> Result<(), SavedModelError> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(SavedModelError::WrongField { field, found: value.to_string(), expected: "a finite number above zero" })
}

fn check_finite(field: &'static str, value: f64) -> Result<(), SavedModelError> {
    if value.is_finite() {
        return Ok(());
    }
    Err(SavedModelError::WrongField { field, found: value.to_string(), expected: "a finite number" })
}

/// `None` where rounding leaves no covariance, as next to a boundary.
fn lower_triangle<const N: usize>(matrix: &[[f64; N]; N], size: usize) -> Option<Vec<f64>> {
    let triangle: Vec<f64> = (0..size).flat_map(|i| (0..=i).map(move |j| matrix[i][j])).collect();
    is_covariance(&triangle).then_some(triangle)
}

/// The symmetric matrix of a lower triangle, with this on the diagonal of what is not there.
fn square<const N: usize>(triangle: &[f64], rest: f64) -> [[f64; N]; N] {
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let (row, column) = (i.max(j), i.min(j));
            let absent = if i == j { rest } else { 0.0 };
            triangle.get(row * (row + 1) / 2 + column).copied().unwrap_or(absent)
        })
    })
}

fn array<const N: usize>(values: &[f64]) -> Option<[f64; N]> {
    values.try_into().ok()
}

impl SavedModel {
    /// What kind of model it is.
    pub fn kind(&self) -> SavedKind {
        self.kind
    }

    /// The unit of the rates; `None` where the model counts periods.
    pub fn time_unit(&self) -> Option<TimeUnit> {
        self.time_unit
    }

    /// Names and values of the parameters.
    pub fn parameters(&self) -> Vec<(&'static str, f64)> {
        self.kind.parameter_names().into_iter().zip(self.parameters.iter().copied()).collect()
    }

    /// The lower triangle, row by row, of the covariance of the logarithms of the parameters.
    pub fn log_covariance(&self) -> Option<&[f64]> {
        self.log_covariance.as_deref()
    }

    /// The log-likelihood of the data it was fitted to.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// The number of customers (or contracts) fitted to.
    pub fn customers(&self) -> f64 {
        self.customers
    }

    /// How many distinct histories they had.
    pub fn distinct_histories(&self) -> u64 {
        self.distinct_histories
    }

    /// What was handed in as the last day seen.
    pub fn observation_end(&self) -> &str {
        &self.observation_end
    }

    /// The [`Fingerprint`] of the data it was fitted to.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// The version of this crate that wrote it.
    pub fn written_by(&self) -> &str {
        &self.crate_version
    }

    /// What its times are counted by: a season's clock, or that of the calendar.
    pub fn clock(&self) -> Clock {
        self.season.clone().map_or_else(Clock::plain, Clock::new)
    }

    /// The parameters as a start for the next fit of purchases, in [`crate::FitOptions::start`].
    pub fn start(&self) -> Option<[f64; 4]> {
        matches!(self.kind, SavedKind::Purchases(_)).then(|| array(&self.parameters)).flatten()
    }

    /// The model, if it is one of purchases.
    pub fn purchase_model(&self) -> Option<Box<dyn PurchaseModel>> {
        let SavedKind::Purchases(kind) = self.kind else { return None };
        Some(model_of(kind, array(&self.parameters)?, self.time_unit?))
    }

    /// As [`Fit::draw_model`] of the fit saved.
    pub fn draw_purchase_model(&self, rng: &mut dyn Rng) -> Option<Box<dyn PurchaseModel>> {
        let SavedKind::Purchases(kind) = self.kind else { return None };
        let covariance = square(self.log_covariance.as_ref()?, 0.0);
        let drawn = draw_parameters(array(&self.parameters)?, covariance, &limits_of(kind), rng);
        Some(model_of(kind, drawn, self.time_unit?))
    }

    /// The model, if it is one of renewals.
    pub fn contract_model(&self) -> Option<ContractModel> {
        match (self.kind, &self.parameters[..]) {
            (SavedKind::Contracts(_), &[alpha, beta]) => ContractModel::shifted_beta_geometric(alpha, beta).ok(),
            (SavedKind::Contracts(_), &[alpha, beta, c]) => ContractModel::beta_discrete_weibull(alpha, beta, c).ok(),
            _ => None,
        }
    }

    /// The model, if it is a BG/BB.
    pub fn occasion_model(&self) -> Option<BgBb> {
        let [alpha, beta, gamma, delta] = array(&self.parameters).filter(|_| self.kind == SavedKind::Occasions)?;
        BgBb::new(alpha, beta, gamma, delta).ok()
    }

    /// The model of spend, if there is one.
    pub fn spend_model(&self) -> Option<GammaGamma> {
        let [p, q, v] = array(&self.spend.as_ref()?.parameters)?;
        GammaGamma::new(p, q, v).ok()
    }

    /// As [`SpendFit::draw_model`] of the fit saved.
    pub fn draw_spend_model(&self, rng: &mut dyn Rng) -> Option<GammaGamma> {
        let spend = self.spend.as_ref()?;
        let covariance = square(spend.log_covariance.as_ref()?, 0.0);
        let [p, q, v] = draw_parameters(array(&spend.parameters)?, covariance, &draw_limits(), rng);
        GammaGamma::new(p, q, v).ok()
    }
}
