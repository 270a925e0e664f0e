//! The models of the customers: one for all, one for each group (groups leaning on each other), or one by covariates.

use mehrwert_clv::covariates::{
    CovariateError, CovariateFit, CovariateHistories, CovariateModel, CovariateOptions, fit_with_covariates,
};
use mehrwert_clv::pooling::{PoolError, PoolOptions, SpendPoolOptions, pool, pool_spend};
use mehrwert_clv::posterior::{ModelAverage, Posterior, PosteriorError, PosteriorOptions, model_probabilities};
use mehrwert_clv::spend::{GammaGamma, SpendFit, SpendHistory};
use mehrwert_clv::{Fit, Histories, History, ModelKind, ParameterError, PurchaseModel, model_with};
use rand_pcg::Pcg64Mcg;

use super::forecaster::{SPEND_DRAWS, Spending, Stratum};
use super::histories::CustomerHistories;
use super::result::Pooled;

/// Draws of a model with covariates or of one that was saved.
const DRAWS: usize = 128;

/// One model for everybody, and why its posterior is not to be had where it is not: then its intervals know nothing of
/// the parameters' uncertainty. Sums are drawn from the other models fitted, too, as far as these may be right.
pub(super) fn of_all(
    fits: &[Fit],
    chosen: usize,
    histories: &CustomerHistories,
    rng: &mut Pcg64Mcg,
) -> Result<(Stratum, Option<PosteriorError>), ParameterError> {
    let fit = &fits[chosen];
    let compressed = histories.compressed.clone();
    let parameters = fit.parameters.map(|parameter| parameter.value);
    let (kind, unit) = (fit.model.kind(), fit.model.time_unit());
    let model = model_with(kind, parameters, unit)?;
    let (posterior, trouble) = match Posterior::sample(fit, &compressed, &PosteriorOptions::default(), rng) {
        Ok(posterior) => (posterior, None),
        Err(error) => {
            // A fit's parameters are finite and above zero, so there is one draw.
            let certain = Posterior::from_draws(kind, unit, vec![parameters]);
            (certain.ok_or(ParameterError { name: "r", value: parameters[0] })?, Some(error))
        }
    };
    let probabilities = model_probabilities(fits, chosen);
    let mut parts = vec![(posterior.clone(), probabilities[chosen])];
    for (place, &probability) in probabilities.iter().enumerate().filter(|(place, _)| *place != chosen) {
        if probability > 0.0
            && let Ok(other) = Posterior::sample(&fits[place], &compressed, &PosteriorOptions::default(), rng)
        {
            parts.push((other, probability));
        }
    }
    // The chosen model always counts, so there is an average.
    let average = ModelAverage::new(parts).unwrap_or_else(|| posterior.clone().into());
    let rows = (0..u32::try_from(histories.customers.len()).unwrap_or(u32::MAX)).collect();
    Ok((Stratum { average, ..Stratum::of_one(model, posterior, rows, compressed) }, trouble))
}

/// A model that was saved, with what its fit left uncertain then, and whether it says anything of that.
pub(super) fn as_saved(
    fit: &Fit,
    histories: &CustomerHistories,
    rng: &mut Pcg64Mcg,
) -> Result<(Stratum, bool), ParameterError> {
    let parameters = fit.parameters.map(|parameter| parameter.value);
    let (kind, unit) = (fit.model.kind(), fit.model.time_unit());
    let drawn = (0..DRAWS).map(|_| Some(parameters_of(fit.draw_model(rng)?.as_ref())));
    // Where the data did not determine all parameters, they stand for what they could be.
    let drawn = drawn.collect::<Option<Vec<[f64; 4]>>>();
    let is_told = drawn.is_some();
    let posterior = Posterior::from_draws(kind, unit, drawn.unwrap_or_else(|| vec![parameters]));
    let rows = (0..u32::try_from(histories.customers.len()).unwrap_or(u32::MAX)).collect();
    let posterior = posterior.ok_or(ParameterError { name: "r", value: parameters[0] })?;
    let model = model_with(kind, parameters, unit)?;
    Ok((Stratum::of_one(model, posterior, rows, histories.compressed.clone()), is_told))
}

/// A model for each group of rows, and how much each group's own data weigh in it.
pub(super) fn of_groups(
    kind: ModelKind,
    groups: Vec<Vec<u32>>,
    histories: &CustomerHistories,
    rng: &mut Pcg64Mcg,
) -> Result<(Vec<Stratum>, Vec<Pooled>), PoolError> {
    let parts: Vec<Histories> = groups.iter().map(|rows| Histories::compress(of_rows(histories, rows))).collect();
    let pooling = pool(kind, &parts, &PoolOptions::default(), rng)?;
    let mut weights = Vec::with_capacity(groups.len());
    let strata = pooling.groups.into_iter().zip(parts).zip(groups).map(|((group, histories), rows)| {
        let own = group.own_weights;
        weights.push(Pooled { own_weight: own[0], own_weight_of_dropout: own[2] });
        Stratum::of_one(group.model, group.posterior, rows, histories)
    });
    Ok((strata.collect(), weights))
}

/// The spend model fitted to everybody, for each stratum.
pub(super) fn spend_alike(strata: &mut [Stratum], fit: &SpendFit, rng: &mut Pcg64Mcg) {
    let draws: Vec<GammaGamma> = (0..SPEND_DRAWS).filter_map(|_| fit.draw_model(rng)).collect();
    for stratum in strata {
        stratum.spend = Some(Spending { model: fit.model, draws: draws.clone() });
    }
}

/// A spend model for each stratum, groups leaning on each other.
pub(super) fn spend_by_group(
    strata: &mut [Stratum],
    histories: &CustomerHistories,
    rng: &mut Pcg64Mcg,
) -> Result<(), PoolError> {
    let of_stratum = |stratum: &Stratum| -> Vec<SpendHistory> {
        stratum.rows.iter().map(|&row| histories.spend_history(row as usize)).collect()
    };
    let groups: Vec<Vec<SpendHistory>> = strata.iter().map(of_stratum).collect();
    let pooled = pool_spend(&groups, &SpendPoolOptions::default(), rng)?;
    for (stratum, group) in strata.iter_mut().zip(pooled.groups) {
        stratum.spend = Some(Spending { model: group.model, draws: evenly(&group.draws) });
    }
    Ok(())
}

/// Draws evenly by their weights, which sum to one.
fn evenly(weighted: &[(GammaGamma, f64)]) -> Vec<GammaGamma> {
    let mut found = Vec::with_capacity(SPEND_DRAWS);
    let mut cumulated = 0.0;
    for (model, weight) in weighted {
        cumulated += weight * SPEND_DRAWS as f64;
        while (found.len() as f64) + 0.5 < cumulated && found.len() < SPEND_DRAWS {
            found.push(*model);
        }
    }
    found
}

/// The histories of some rows, in their order.
fn of_rows<'a>(histories: &'a CustomerHistories, rows: &'a [u32]) -> impl Iterator<Item = History> + 'a {
    let distinct = histories.compressed.distinct();
    // Every customer has a distinct history, so the stand-in is never taken.
    rows.iter().map(|&row| histories.compressed.distinct_of(row as usize).map_or(History::NEWBORN, |at| distinct[at]))
}

/// Covariates of all customers: names of the columns and, customer by customer, a value for each.
pub(super) struct Covariates {
    pub columns: Vec<String>,
    pub values: Vec<Vec<f64>>,
}

/// A model for each distinct set of covariates.
pub(super) fn of_covariates(
    kind: ModelKind,
    covariates: &Covariates,
    histories: &CustomerHistories,
    rng: &mut Pcg64Mcg,
) -> Result<(Vec<Stratum>, CovariateFit), CovariateError> {
    let rows: Vec<u32> = (0..u32::try_from(histories.customers.len()).unwrap_or(u32::MAX)).collect();
    let names: Vec<&str> = covariates.columns.iter().map(String::as_str).collect();
    let customers = of_rows(histories, &rows).zip(covariates.values.iter().cloned());
    let data = CovariateHistories::compress(&names, customers)?;
    let fit = fit_with_covariates(kind, &data, &CovariateOptions::default())?;
    let drawn = (0..DRAWS).map(|_| fit.draw_model(rng)).collect::<Option<Vec<CovariateModel>>>();
    // Where the data do not determine all coefficients, the fit stands for what they could be.
    let drawn = drawn.unwrap_or_else(|| vec![fit.model.clone()]);
    let mut strata = Vec::new();
    for rows in by_values(&covariates.values, rows) {
        let values = &covariates.values[rows[0] as usize];
        let model = fit.model.model_for(values)?;
        let mut draws = Vec::with_capacity(drawn.len());
        for model in &drawn {
            draws.push(parameters_of(model.model_for(values)?.as_ref()));
        }
        let unit = model.time_unit();
        let known = || Posterior::from_draws(kind, unit, vec![parameters_of(model.as_ref())]);
        // Parameters are held within what a model can have, so there is a posterior.
        let Some(posterior) = Posterior::from_draws(kind, unit, draws).or_else(known) else { continue };
        let compressed = Histories::compress(of_rows(histories, &rows));
        strata.push(Stratum::of_one(model, posterior, rows, compressed));
    }
    Ok((strata, fit))
}

fn parameters_of(model: &dyn PurchaseModel) -> [f64; 4] {
    let mut parameters = [0.0; 4];
    for (place, (_, value)) in parameters.iter_mut().zip(model.parameters()) {
        *place = value;
    }
    parameters
}

/// Rows of equal values together.
fn by_values(values: &[Vec<f64>], mut rows: Vec<u32>) -> Vec<Vec<u32>> {
    let of = |row: u32| &values[row as usize];
    let compare = |one: &u32, other: &u32| {
        let pairs = of(*one).iter().zip(of(*other));
        pairs.map(|(left, right)| left.total_cmp(right)).find(|order| order.is_ne()).unwrap_or(one.cmp(other))
    };
    rows.sort_unstable_by(compare);
    rows.chunk_by(|one, other| of(*one) == of(*other)).map(<[u32]>::to_vec).collect()
}
