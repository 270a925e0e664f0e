//! A purchase model for every covariate vector.

use rayon::prelude::*;

use super::data::{CovariateError, CovariateHistories, check};
use crate::fit::limits_of;
use crate::kernel::model_of;
use crate::{Days, DiscountRate, ModelKind, PurchaseModel, Score, TimeUnit};

/// What a covariate acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Process {
    /// How often customers buy: a coefficient is the logarithm of the factor on the rate.
    Purchases,
    /// How soon customers leave: a coefficient is the logarithm of the factor on the rate (Pareto/NBD) or on the odds of
    /// leaving at an occasion (BG/NBD, MBG/NBD).
    Dropout,
}

impl Process {
    /// What a covariate times its coefficient adds to the logarithms of the parameters.
    pub(super) fn direction(self, kind: ModelKind) -> [f64; 4] {
        match (self, kind) {
            (Process::Purchases, _) => [0.0, -1.0, 0.0, 0.0],
            (Process::Dropout, ModelKind::ParetoNbd) => [0.0, 0.0, 0.0, -1.0],
            (Process::Dropout, ModelKind::BgNbd | ModelKind::MbgNbd) => [0.0, 0.0, 0.5, -0.5],
        }
    }
}

/// A column that acts on a process.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Effect {
    pub process: Process,
    pub column: usize,
    /// Mean and standard deviation of the column among the customers fitted to.
    pub mean: f64,
    pub deviation: f64,
}

impl Effect {
    pub fn standardised(&self, values: &[f64]) -> f64 {
        (values[self.column] - self.mean) / self.deviation
    }
}

/// A purchase model whose parameters depend on covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateModel {
    pub(super) kind: ModelKind,
    pub(super) unit: TimeUnit,
    pub(super) columns: Vec<String>,
    pub(super) effects: Vec<Effect>,
    /// Four log parameters at the columns' means, then a coefficient for each effect on the standardised column.
    pub(super) standardised: Vec<f64>,
}

impl CovariateModel {
    /// Which model it is.
    pub fn kind(&self) -> ModelKind {
        self.kind
    }

    /// The columns that a covariate vector has to have, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The model of the customers with these covariates, one value for each of [`CovariateModel::columns`].
    ///
    /// # Errors
    /// If there is not one finite value for each column.
    pub fn model_for(&self, covariates: &[f64]) -> Result<Box<dyn PurchaseModel>, CovariateError> {
        check(&self.columns, 0, covariates)?;
        Ok(self.model_of(covariates))
    }

    /// Predictions for all customers, in their order. Costs by distinct covariate vectors and histories.
    ///
    /// # Errors
    /// If the columns are not the model's, in its order.
    pub fn score(
        &self,
        customers: &CovariateHistories,
        over: Days,
        rate: DiscountRate,
    ) -> Result<Vec<Score>, CovariateError> {
        if let Some(name) = self.columns.iter().zip(customers.columns()).find(|(own, other)| own != other) {
            return Err(CovariateError::UnknownColumn { name: name.1.clone(), known: self.columns.clone() });
        }
        if self.columns.len() != customers.columns().len() {
            let (found, expected) = (customers.columns().len(), self.columns.len());
            return Err(CovariateError::WrongLength { customer: 0, found, expected });
        }
        let scores: Vec<Vec<Score>> = customers
            .groups
            .par_iter()
            .map(|group| self.model_of(&group.values).score(group.histories.distinct(), over, rate))
            .collect();
        let places = customers.place_of.iter();
        Ok(places.map(|&(group, place)| scores[group as usize][place as usize]).collect())
    }

    fn model_of(&self, covariates: &[f64]) -> Box<dyn PurchaseModel> {
        let standardised: Vec<f64> = self.effects.iter().map(|effect| effect.standardised(covariates)).collect();
        let log = shifted(self.kind, &self.effects, &standardised, &self.standardised);
        // Covariates far from those fitted to could lead beyond what can be computed.
        let limits = limits_of(self.kind);
        let parameters = std::array::from_fn(|i| log[i].clamp(limits.lower[i], limits.upper[i]).exp());
        model_of(self.kind, parameters, self.unit)
    }
}

/// The log parameters of customers with these standardised covariates, one for each effect.
pub(super) fn shifted(kind: ModelKind, effects: &[Effect], standardised: &[f64], at: &[f64]) -> [f64; 4] {
    let mut log = [at[0], at[1], at[2], at[3]];
    for ((effect, value), coefficient) in effects.iter().zip(standardised).zip(&at[4..]) {
        let direction = effect.process.direction(kind);
        (0..4).for_each(|i| log[i] += direction[i] * coefficient * value);
    }
    log
}
