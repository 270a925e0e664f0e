//! How far predictions of renewals can be off: models drawn from what the data leave uncertain, and the bounds of rates.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;

use super::fit::draw_limits;
use super::{ContractFit, ContractModel, ContractModelKind, Contracts};
use crate::draw::{draw_beta, draw_parameters};
use crate::symmetric::inverse_positive_definite;

/// Joint draws of what is not known of a forecast: the parameters, the chance of single contracts, and a multiplier for
/// whatever else.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractDraw {
    /// A model as the data allow it.
    pub model: ContractModel,
    /// A standard normal number for the chance of single contracts, whose sum is nearly normal.
    pub chance: f64,
    /// Another, for how far models miss.
    pub miss: f64,
}

/// So close to a limit in its logarithm a parameter was moved there.
const AT_LIMIT: f64 = 1e-9;

/// So many draws, by a seed: the same seed gives the same draws on every machine.
///
/// The parameters are drawn normal in their logarithms (Laplace approximation) and then resampled by how much more or
/// less likely than that the data find them (importance resampling), since few contracts leave a bent ridge rather than a
/// normal hill. Where the fit lies at a boundary of the parameters there is no such shape; then the chance of leaving is taken for the same in all contracts and drawn from
/// its posterior under Jeffreys' prior, `Beta(missed + 1/2, made + 1/2)`, which has bounds even where nobody left.
///
/// ```
/// use mehrwert_clv::contracts::{ContractModelKind, Contracts, draw_contract_models, fit_contracts};
/// let contracts = Contracts::from_cohorts([[1000.0, 869.0, 743.0, 653.0].as_slice()])?;
/// let fit = fit_contracts(ContractModelKind::ShiftedBetaGeometric, &contracts)?;
/// let draws = draw_contract_models(&fit, &contracts, 200, 1);
/// let mean = draws.iter().map(|draw| draw.model.retention(0)).sum::<f64>() / 200.0;
/// assert!((mean - fit.model.retention(0)).abs() < 0.01);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn draw_contract_models(fit: &ContractFit, contracts: &Contracts, draws: usize, seed: u64) -> Vec<ContractDraw> {
    let mut rng = Pcg64Mcg::new(u128::from(seed) << 1 | 1);
    let mut made = 0.0;
    let mut missed = 0.0;
    for (contract, weight) in contracts.iter() {
        made += weight * f64::from(contract.renewals());
        missed += if contract.is_active() { 0.0 } else { weight };
    }
    let models = resampled(fit, contracts, draws, &mut rng)
        .unwrap_or_else(|| (0..draws).map(|_| constant_churn(missed, made, &mut rng)).collect());
    let draw =
        |model| ContractDraw { model, chance: StandardNormal.sample(&mut rng), miss: StandardNormal.sample(&mut rng) };
    models.into_iter().map(draw).collect()
}

/// Candidates drawn for each model kept.
const CANDIDATES: usize = 8;
/// They are drawn with this many times the variance, so that a ridge wider than the approximation has some too.
const WIDER: f64 = 2.0;

/// Models of the Laplace approximation, resampled by likelihood over approximation; `None` where there is none.
fn resampled(fit: &ContractFit, contracts: &Contracts, draws: usize, rng: &mut dyn Rng) -> Option<Vec<ContractModel>> {
    let covariance = fit.log_covariance?.map(|row| row.map(|one| WIDER * one));
    let mut regular = covariance;
    if regular[2][2] == 0.0 {
        // A fixed c moves nowhere, so that any number will do.
        regular[2][2] = 1.0;
    }
    let information = inverse_positive_definite(regular)?;
    let values = values_of(&fit.model);
    let limits = draw_limits();
    let candidate = |_| {
        let drawn = draw_parameters(values, covariance, &limits, rng);
        let moved: [f64; 3] = std::array::from_fn(|i| (drawn[i] / values[i]).ln());
        let pairs = (0..3).flat_map(|i| (0..3).map(move |j| (i, j)));
        let squared: f64 = pairs.map(|(i, j)| moved[i] * information[i][j] * moved[j]).sum();
        let model = ContractModel::of(fit.model.kind(), drawn);
        // A draw that was moved to a limit has not the density of where it is now: it stands for nothing.
        let is_held = (0..3).any(|i| {
            let log = drawn[i].ln();
            log <= limits.lower[i] + AT_LIMIT || log >= limits.upper[i] - AT_LIMIT
        });
        let prior = |values: [f64; 3]| fit.prior.map_or(0.0, |prior| prior.log_density(&values.map(f64::ln)));
        let gain = model.log_likelihood(contracts) - fit.log_likelihood + prior(drawn) - prior(values);
        let weight = gain + 0.5 * squared;
        (model, if is_held { f64::NEG_INFINITY } else { weight })
    };
    let candidates: Vec<(ContractModel, f64)> = (0..CANDIDATES * draws).map(candidate).collect();
    let finite = candidates.iter().map(|candidate| candidate.1).filter(|log| log.is_finite());
    // Without any candidate within the limits the hill is no hill.
    let most = finite.reduce(f64::max)?;
    let weight = |log: f64| if log.is_finite() { (log - most).exp() } else { 0.0 };
    let weights: Vec<f64> = candidates.iter().map(|candidate| weight(candidate.1)).collect();
    // A few candidates far out must not stand for all others (Ionides 2008, truncated importance sampling).
    let bound = weights.iter().sum::<f64>() / (weights.len().max(1) as f64).sqrt();
    let weights: Vec<f64> = weights.into_iter().map(|weight| weight.min(bound)).collect();
    Some(systematic(&weights, draws).map(|index| candidates[index].0).collect())
}

/// Indices in proportion to weights, as evenly as whole numbers allow.
fn systematic(weights: &[f64], draws: usize) -> impl Iterator<Item = usize> {
    let step = weights.iter().sum::<f64>() / draws.max(1) as f64;
    let (mut index, mut passed) = (0, weights.first().copied().unwrap_or(0.0));
    (0..draws).map(move |draw| {
        let wanted = (draw as f64 + 0.5) * step;
        while passed < wanted && index + 1 < weights.len() {
            index += 1;
            passed += weights[index];
        }
        index
    })
}

fn values_of(model: &ContractModel) -> [f64; 3] {
    let mut values = [1.0; 3];
    for (value, (_, found)) in values.iter_mut().zip(model.parameters()) {
        *value = found;
    }
    values
}

/// A contract model whose contracts all have the same chance of leaving, as far as numbers can say so.
fn constant_churn(missed: f64, made: f64, rng: &mut dyn Rng) -> ContractModel {
    const ALIKE: f64 = 1e6;
    let churn = draw_beta(missed + 0.5, made + 0.5, rng).clamp(1e-9, 1.0 - 1e-9);
    ContractModel::of(ContractModelKind::ShiftedBetaGeometric, [ALIKE * churn, ALIKE * (1.0 - churn), 1.0])
}

/// The interval of Wilson (1927, Journal of the American Statistical Association 22) around the rate of `hits` in
/// `trials`: its bounds stay within 0 to 1 and hold for few trials and for none or all hits. `deviations` is 1.645 for
/// 90 %. Without trials nothing is known: from 0 to 1.
///
/// ```
/// let (low, high) = mehrwert_clv::contracts::wilson_interval(8.0, 10.0, 1.959964);
/// assert!((low - 0.4902).abs() < 1e-4 && (high - 0.9433).abs() < 1e-4);
/// ```
pub fn wilson_interval(hits: f64, trials: f64, deviations: f64) -> (f64, f64) {
    if trials.is_nan() || trials <= 0.0 {
        return (0.0, 1.0);
    }
    let rate = (hits / trials).clamp(0.0, 1.0);
    let squared = deviations * deviations;
    let middle = (rate + squared / (2.0 * trials)) / (1.0 + squared / trials);
    let half = deviations / (1.0 + squared / trials)
        * (rate * (1.0 - rate) / trials + squared / (4.0 * trials * trials)).sqrt();
    // At none and at all hits the bound is exact, where rounding would leave some digits.
    let low = if rate == 0.0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if rate == 1.0 { 1.0 } else { (middle + half).min(1.0) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contracts::fit_contracts;

    #[test]
    fn draws_spread_as_far_as_the_standard_errors() {
        let cohort = [1000.0, 869.0, 743.0, 653.0, 593.0, 551.0, 517.0, 491.0];
        let contracts = Contracts::from_cohorts([cohort.as_slice()]).unwrap();
        let fit = fit_contracts(ContractModelKind::ShiftedBetaGeometric, &contracts).unwrap();
        let draws = draw_contract_models(&fit, &contracts, 4000, 7);
        let logs: Vec<f64> = draws.iter().map(|draw| draw.model.parameters()[0].1.ln()).collect();
        let mean = logs.iter().sum::<f64>() / 4000.0;
        let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / 4000.0;
        let expected = fit.log_covariance.unwrap()[0][0];
        // With a thousand contracts the likelihood is nearly normal.
        assert!((variance / expected - 1.0).abs() < 0.25, "{variance} {expected}");
        assert_eq!(draws, draw_contract_models(&fit, &contracts, 4000, 7));
        assert_ne!(draws, draw_contract_models(&fit, &contracts, 4000, 8));
    }

    /// The posterior mean and deviation of ln alpha under a flat prior in the logarithms, by summing over a grid.
    #[test]
    fn draws_follow_the_likelihood_where_it_is_not_normal() {
        let contracts = Contracts::from_cohorts([[60.0, 45.0, 38.0, 33.0, 30.0].as_slice()]).unwrap();
        let fit = fit_contracts(ContractModelKind::ShiftedBetaGeometric, &contracts).unwrap();
        let (mut sum, mut mean, mut square) = (0.0, 0.0, 0.0);
        for i in 0..200 {
            for j in 0..200 {
                let (a, b) = (-3.0 + 0.04 * f64::from(i), -3.0 + 0.045 * f64::from(j));
                let model = ContractModel::shifted_beta_geometric(a.exp(), b.exp()).unwrap();
                let weight = (model.log_likelihood(&contracts) - fit.log_likelihood).exp();
                let churn = model.survival(8);
                sum += weight;
                mean += weight * churn;
                square += weight * churn * churn;
            }
        }
        let (mean, deviation) = (mean / sum, (square / sum - (mean / sum) * (mean / sum)).sqrt());
        let draws = draw_contract_models(&fit, &contracts, 4000, 3);
        let found: Vec<f64> = draws.iter().map(|draw| draw.model.survival(8)).collect();
        let found_mean = found.iter().sum::<f64>() / 4000.0;
        let found_deviation =
            (found.iter().map(|survival| (survival - found_mean).powi(2)).sum::<f64>() / 4000.0).sqrt();
        println!("{mean} {deviation} by grid, {found_mean} {found_deviation} drawn");
        assert!((found_mean - mean).abs() < 0.15 * deviation);
        assert!((found_deviation / deviation - 1.0).abs() < 0.1);
    }

    #[test]
    fn where_nobody_left_churn_is_small_but_not_nothing() {
        let contracts = Contracts::from_cohorts([[100.0, 100.0, 100.0].as_slice()]).unwrap();
        let fit = fit_contracts(ContractModelKind::ShiftedBetaGeometric, &contracts).unwrap();
        let mut churn: Vec<f64> =
            draw_contract_models(&fit, &contracts, 2000, 1).iter().map(|draw| draw.model.churn(0)).collect();
        churn.sort_by(f64::total_cmp);
        // The 95 % point of Beta(1/2, 200 1/2) is 0.00956.
        assert!((churn[1900] - 0.00956).abs() < 0.0015, "{}", churn[1900]);
    }

    #[test]
    fn rates_stay_within_their_bounds() {
        assert_eq!(wilson_interval(0.0, 0.0, 1.645), (0.0, 1.0));
        let (low, high) = wilson_interval(0.0, 20.0, 1.645);
        assert!(low == 0.0 && high > 0.05 && high < 0.2);
        let (low, high) = wilson_interval(20.0, 20.0, 1.645);
        assert!(low > 0.8 && high == 1.0);
    }
}
