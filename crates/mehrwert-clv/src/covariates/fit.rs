//! Maximum likelihood with covariates.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::data::{CovariateError, CovariateHistories};
use super::likelihood::{Likelihood, add_priors};
use super::model::{CovariateModel, Effect, Process, shifted};
use super::ratio::LikelihoodRatio;
use crate::fit::{boundaries, limits_of, log_likelihood_without_dropout, starting_points};
use crate::newton::{Bounds, Ending, maximise_any};
use crate::posterior::Prior;
use crate::symmetric::{determined_variances, eigen, inverse};
use crate::{
    Boundary, Convergence, ConvergenceState, Fit, FitError, FitOptions, FittedParameter, ModelKind, TimeUnit, aic, bic,
    fit,
};

/// How to fit with covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateOptions {
    /// The unit in which the model's rate parameters are expressed.
    pub time_unit: TimeUnit,
    /// Newton steps after which the fit is given up.
    pub max_iterations: u32,
    /// The columns that act on purchases; without it all.
    pub purchases: Option<Vec<String>>,
    /// The columns that act on dropout; without it all.
    pub dropout: Option<Vec<String>>,
    /// Standard deviation of the normal prior of the coefficients of standardised columns. 1 says that customers one
    /// standard deviation apart rarely differ by more than a factor of `exp(2)` = 7. Without it, no prior.
    pub coefficient_deviation: Option<f64>,
    /// A prior of the four parameters of customers whose covariates are the columns' means.
    pub prior: Option<Prior>,
}

impl Default for CovariateOptions {
    fn default() -> CovariateOptions {
        CovariateOptions {
            time_unit: TimeUnit::Week,
            max_iterations: 100,
            purchases: None,
            dropout: None,
            coefficient_deviation: Some(1.0),
            prior: None,
        }
    }
}

/// What one more of a column does to a process.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficient {
    /// What it acts on.
    pub process: Process,
    /// The name of the column.
    pub column: String,
    /// The logarithm of the factor on the process for one more of the column.
    pub value: f64,
    /// Its asymptotic standard error, the prior included, if the data determine it.
    pub standard_error: Option<f64>,
}

/// A purchase model with covariates, and how well the data determine it.
#[derive(Debug)]
pub struct CovariateFit {
    /// The model found.
    pub model: CovariateModel,
    /// The parameters of customers all of whose covariates are zero.
    pub parameters: [FittedParameter; 4],
    /// The coefficients: those of purchases, then those of dropout, each in the order of the columns.
    pub coefficients: Vec<Coefficient>,
    /// The log-likelihood, priors not counted in.
    pub log_likelihood: f64,
    /// The fit to the same customers without covariates.
    pub plain: Fit,
    /// Covariance of the logarithms of the four parameters and of the coefficients, in the order of these. `None` where
    /// some direction is not determined.
    pub covariance: Option<Vec<Vec<f64>>>,
    /// How the search ended.
    pub convergence: Convergence,
    /// The number of customers fitted to.
    pub customers: f64,
    /// The same covariance as of the model's own standardised coordinates.
    standardised_covariance: Option<Vec<Vec<f64>>>,
}

/// Standardised coefficients beyond this are at the wall: a factor of `exp(15)` for one standard deviation.
const COEFFICIENT_WALL: f64 = 15.0;

/// Fits a purchase model with covariates to histories. See the [module](super).
///
/// # Errors
/// If a column asked for is not there or tells nothing, if an option cannot be used, if there are no customers or no
/// repeat purchases, or if a search does not converge.
pub fn fit_with_covariates(
    kind: ModelKind,
    data: &CovariateHistories,
    options: &CovariateOptions,
) -> Result<CovariateFit, CovariateError> {
    if let Some(deviation) =
        options.coefficient_deviation.filter(|deviation| !(deviation.is_finite() && *deviation > 0.0))
    {
        return Err(CovariateError::BadDeviation(deviation));
    }
    let (unit, max_iterations) = (options.time_unit, options.max_iterations);
    let together = data.without_covariates();
    let plain = FitOptions { time_unit: unit, max_iterations, prior: options.prior, ..FitOptions::default() };
    let plain = fit(kind, &together, &plain)?;
    let mut effects = effects_of(data, Process::Purchases, options.purchases.as_deref())?;
    effects.extend(effects_of(data, Process::Dropout, options.dropout.as_deref())?);
    let mut starts = vec![plain.parameters.map(|parameter| parameter.value.ln())];
    if plain.convergence.state != ConvergenceState::Converged {
        // At a boundary the plain fit is far out on a plateau.
        starts.extend(starting_points(kind, unit, &together));
    }
    let likelihood = Likelihood::new(kind, &effects, data, unit);
    let ending = search(&likelihood, kind, effects.len(), &starts, options)?;
    let model =
        CovariateModel { kind, unit, columns: data.columns().to_vec(), effects, standardised: ending.at.clone() };
    Ok(CovariateFit::new(model, &ending, plain, data, options))
}

fn effects_of(
    data: &CovariateHistories,
    process: Process,
    wanted: Option<&[String]>,
) -> Result<Vec<Effect>, CovariateError> {
    let known = data.columns();
    if let Some(name) = wanted.and_then(|wanted| wanted.iter().find(|name| !known.contains(name))) {
        return Err(CovariateError::UnknownColumn { name: name.clone(), known: known.to_vec() });
    }
    let is_wanted = |column: &usize| wanted.is_none_or(|wanted| wanted.contains(&known[*column]));
    (0..known.len())
        .filter(is_wanted)
        .map(|column| {
            let (mean, deviation) = data.scale(column);
            let tells = deviation.is_finite() && deviation > 1e-9 * mean.abs() && deviation > 1e-150;
            let nothing = || CovariateError::ConstantColumn(known[column].clone());
            tells.then_some(Effect { process, column, mean, deviation }).ok_or_else(nothing)
        })
        .collect()
}

fn search(
    likelihood: &Likelihood,
    kind: ModelKind,
    coefficients: usize,
    starts: &[[f64; 4]],
    options: &CovariateOptions,
) -> Result<Ending, FitError> {
    let limits = limits_of(kind);
    let wall = |base: [f64; 4], coefficient: f64| [base.to_vec(), vec![coefficient; coefficients]].concat();
    let bounds = Bounds { lower: wall(limits.lower, -COEFFICIENT_WALL), upper: wall(limits.upper, COEFFICIENT_WALL) };
    let evaluate = |at: &[f64]| {
        let mut found = likelihood.at(at);
        add_priors(&mut found, at, options.prior.as_ref(), options.coefficient_deviation);
        found
    };
    let mut best: Option<Ending> = None;
    for &start in starts {
        let Some(found) = maximise_any(evaluate, &wall(start, 0.0), &bounds, options.max_iterations) else { continue };
        let rank = |ending: &Ending| (ending.converged, ending.expansion.value);
        if best.as_ref().is_none_or(|best| rank(&found) > rank(best)) {
            best = Some(found);
        }
    }
    match best {
        Some(best) if best.converged => Ok(best),
        best => Err(FitError::NotConverged {
            iterations: best.as_ref().map_or(0, |best| best.iterations),
            gradient_norm: best.as_ref().map_or(f64::NAN, |best| best.gradient_norm),
            parameters: best.map_or_else(|| starts[0].map(f64::exp).to_vec(), |best| best.at),
        }),
    }
}

impl CovariateFit {
    fn new(
        model: CovariateModel,
        ending: &Ending,
        plain: Fit,
        data: &CovariateHistories,
        options: &CovariateOptions,
    ) -> CovariateFit {
        let mut priors = ending.expansion.clone();
        priors.value = 0.0;
        add_priors(&mut priors, &ending.at, options.prior.as_ref(), options.coefficient_deviation);
        let log_likelihood = ending.expansion.value - priors.value;
        let variances = determined_variances(&ending.expansion.hessian, &ending.free);
        let mut explanations = Vec::new();
        if options.prior.is_none() || ending.free[..4].contains(&false) {
            let base = [0, 1, 2, 3].map(|i| ending.at[i].exp());
            explanations = boundaries(base, log_likelihood, without_dropout(&model, data));
        }
        if explanations.is_empty() && variances[4..].contains(&None) {
            explanations.push(Boundary::CovariateUndetermined);
        }
        let information = ending.expansion.hessian.iter().map(|row| row.iter().map(|h| -h).collect()).collect();
        let standardised_covariance = inverse(information).filter(|_| explanations.is_empty());
        let to_original = original_scale(&model);
        let original = |at: &[f64]| -> Vec<f64> { to_original.iter().map(|row| dot(row, at)).collect() };
        let covariance = standardised_covariance.as_ref().map(|covariance| {
            let half: Vec<Vec<f64>> = covariance.iter().map(|row| original(row)).collect();
            let column = |j: usize| half.iter().map(|row| row[j]).collect::<Vec<f64>>();
            (0..half.len()).map(|j| original(&column(j))).collect::<Vec<Vec<f64>>>()
        });
        let values = original(&ending.at);
        // Where not all is determined, a coefficient's own error still follows from its standardised column's.
        let error = |i: usize| match &covariance {
            Some(covariance) => Some(covariance[i][i].sqrt()),
            None if i < 4 => None,
            None => variances[i].map(|variance| variance.sqrt() * to_original[i][i]),
        };
        let names = model.kind.parameter_names();
        let parameters = std::array::from_fn(|i| FittedParameter {
            name: names[i],
            value: values[i].exp(),
            standard_error: error(i).map(|error| values[i].exp() * error),
        });
        let coefficient = |(i, effect): (usize, &Effect)| Coefficient {
            process: effect.process,
            column: model.columns[effect.column].clone(),
            value: values[4 + i],
            standard_error: error(4 + i),
        };
        CovariateFit {
            parameters,
            coefficients: model.effects.iter().enumerate().map(coefficient).collect(),
            log_likelihood,
            plain,
            covariance,
            convergence: convergence(ending, explanations),
            customers: data.customers() as f64,
            standardised_covariance,
            model,
        }
    }

    /// The coefficient of a column for a process.
    pub fn coefficient(&self, process: Process, column: &str) -> Option<&Coefficient> {
        self.coefficients.iter().find(|one| one.process == process && one.column == column)
    }

    /// Akaike's criterion; compare it with that of the plain fit's four parameters.
    pub fn aic(&self) -> f64 {
        aic(self.log_likelihood, 4 + self.coefficients.len())
    }

    /// The Bayesian criterion.
    pub fn bic(&self) -> f64 {
        bic(self.log_likelihood, 4 + self.coefficients.len(), self.customers)
    }

    /// Whether the covariates tell anything.
    pub fn likelihood_ratio(&self) -> LikelihoodRatio {
        LikelihoodRatio::new(self.log_likelihood, self.plain.log_likelihood, self.coefficients.len())
    }

    /// A model whose parameters and coefficients are drawn from what the data leave uncertain of them (normal in the
    /// coefficients and the logarithms of the parameters), for intervals of predictions. `None` where the data do not
    /// determine all of them.
    pub fn draw_model(&self, rng: &mut dyn Rng) -> Option<CovariateModel> {
        let (variances, directions) = eigen(self.standardised_covariance.clone()?);
        let mut model = self.model.clone();
        for (variance, direction) in variances.iter().zip(&directions) {
            let normal: f64 = StandardNormal.sample(rng);
            let step = normal * variance.max(0.0).sqrt();
            model.standardised.iter_mut().zip(direction).for_each(|(value, along)| *value += step * along);
        }
        Some(model)
    }
}

fn convergence(ending: &Ending, explanations: Vec<Boundary>) -> Convergence {
    let state = if explanations.is_empty() {
        ConvergenceState::Converged
    } else {
        ConvergenceState::AtBoundary { explanations }
    };
    Convergence {
        state,
        iterations: ending.iterations,
        gradient_norm: ending.gradient_norm,
        hessian_condition: ending.condition,
    }
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(l, r)| l * r).sum()
}

/// Rows that lead from parameters at the columns' means and standardised coefficients to those of the columns' scale.
fn original_scale(model: &CovariateModel) -> Vec<Vec<f64>> {
    let size = model.standardised.len();
    let mut rows = vec![vec![0.0; size]; size];
    (0..4).for_each(|i| rows[i][i] = 1.0);
    for (at, effect) in (4..).zip(&model.effects) {
        rows[at][at] = 1.0 / effect.deviation;
        let direction = effect.process.direction(model.kind);
        (0..4).for_each(|i| rows[i][at] = -direction[i] * effect.mean / effect.deviation);
    }
    rows
}

/// The log-likelihood of the model's purchase rates if nobody ever left.
fn without_dropout(model: &CovariateModel, data: &CovariateHistories) -> f64 {
    let of_group = |group: &super::data::CovariateGroup| {
        let values: Vec<f64> = model.effects.iter().map(|effect| effect.standardised(&group.values)).collect();
        let [r, alpha, ..] = shifted(model.kind, &model.effects, &values, &model.standardised);
        log_likelihood_without_dropout(model.unit, r.exp(), alpha.exp(), &group.histories)
    };
    data.groups.iter().map(of_group).sum()
}
