//! Maximum likelihood for the models of renewals.

use rand::Rng;

use super::model::NAMES;
use super::{ContractModel, ContractModelKind, Contracts};
use crate::draw::draw_parameters;
use crate::fit::{Boundary, Convergence, ConvergenceState, FitError, FittedParameter};
use crate::gamma_difference::{log_of_leaving_jet, second_difference_jet};
use crate::jet::Jet;
use crate::model::check_parameters;
use crate::newton::{Evaluation, Limits, Outcome};
use crate::prior::{LogPrior, SearchOptions};
use crate::search::search;
use crate::symmetric::{inverse_positive_definite, log_standard_errors};

/// A fitted model of renewals and how well the data determine it.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractFit {
    /// The model at the maximum of the likelihood, with a prior at that of the posterior density.
    pub model: ContractModel,
    /// The log-likelihood there; a prior has no part in it.
    pub log_likelihood: f64,
    /// The parameters with their standard errors, in the order of [`ContractModelKind::parameter_names`].
    pub parameters: Vec<FittedParameter>,
    /// Covariance of the logarithms of alpha, beta and c (zero for c where it is fixed); `None` at a boundary and where
    /// the likelihood is flat in some direction.
    pub log_covariance: Option<[[f64; 3]; 3]>,
    /// How the search ended.
    pub convergence: Convergence,
    /// The number of contracts that say something: those that came to a renewal.
    pub contracts: f64,
    /// What was believed before the data, if anything.
    pub prior: Option<LogPrior<3>>,
}

impl ContractFit {
    /// A model whose parameters are drawn from what the data leave uncertain of them (normal in the logarithms), for
    /// intervals of predictions. `None` where the data do not determine all parameters.
    pub fn draw_model(&self, rng: &mut dyn Rng) -> Option<ContractModel> {
        let values = values_of(&self.model);
        Some(ContractModel::of(self.model.kind(), draw_parameters(values, self.log_covariance?, &draw_limits(), rng)))
    }
}

fn values_of(model: &ContractModel) -> [f64; 3] {
    let mut values = [1.0; 3];
    for (value, (_, found)) in values.iter_mut().zip(model.parameters()) {
        *value = found;
    }
    values
}

/// The box of the search: parameters of the beta distribution, and of c from below.
const LEAST: f64 = 1e-8;
const MOST: f64 = 1e7;
const LEAST_C: f64 = 1e-3;
const MOST_C: f64 = 50.0;

/// How far draws go: as far as the search does.
pub(super) fn draw_limits() -> Limits<3> {
    Limits { lower: [LEAST, LEAST, LEAST_C].map(f64::ln), upper: [MOST, MOST, MOST_C].map(f64::ln) }
}

/// No power of time in the search goes beyond e to this.
const MOST_LOG_POWER: f64 = 200.0;
/// Beyond these bounds the likelihood no longer tells parameters from the limit.
const SMALL: f64 = 1e-5;
const LARGE: f64 = 1e5;

/// How to fit a model of renewals: alpha, beta and c, the last without effect where it is fixed.
pub type ContractOptions = SearchOptions<3>;

impl LogPrior<3> {
    /// A weak prior of renewals: every fifth contract is missed at its first renewal; alpha within a factor of `exp(1.5)` =
    /// 4.5 at two thirds, beta, which rare leaving makes great, within one of `exp(2)` = 7; c within one of `exp(0.5)` =
    /// 1.6 around 1, which is the sBG. Some tens of contracts outweigh it.
    pub fn weak_of_contracts() -> LogPrior<3> {
        LogPrior { log_mean: [0.0, 4f64.ln(), 0.0], log_deviation: [1.5, 2.0, 0.5] }
    }
}

/// Fits a model of renewals by maximum likelihood: [`fit_contracts_with`] with the default options.
///
/// # Errors
/// As [`fit_contracts_with`].
pub fn fit_contracts(kind: ContractModelKind, contracts: &Contracts) -> Result<ContractFit, FitError> {
    fit_contracts_with(kind, contracts, &ContractOptions::default())
}

/// Fits a model of renewals: Newton's method in a trust region on the logarithms of the parameters, with exact derivatives,
/// from several starts.
///
/// Contracts that have not come to a renewal yet say nothing and are left out. Where no contract ended, or all at the
/// first renewal, the likelihood has no maximum inside; the answer is then a model at the boundary, stated as such in
/// [`ContractFit::convergence`]. With a prior it is an ordinary fit:
///
/// ```
/// use mehrwert_clv::LogPrior;
/// use mehrwert_clv::contracts::{ContractModelKind, ContractOptions, Contracts, fit_contracts_with};
/// // Twelve contracts, all renewed once: churn is low, but who would say it is nothing?
/// let contracts = Contracts::from_cohorts([[12.0, 12.0].as_slice()])?;
/// let prior = Some(LogPrior::weak_of_contracts());
/// let options = ContractOptions { prior, ..ContractOptions::default() };
/// let fit = fit_contracts_with(ContractModelKind::BetaDiscreteWeibull, &contracts, &options)?;
/// assert!(fit.log_covariance.is_some() && (0.01..0.15).contains(&fit.model.churn(0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If no contract came to a renewal; without a prior, if too few renewals were seen to tell the parameters apart (two for
/// sBG, three for BdW) or if c has no finite estimate; if the start is no parameter set or the prior none; or if the search
/// does not converge.
pub fn fit_contracts_with(
    kind: ContractModelKind,
    contracts: &Contracts,
    options: &ContractOptions,
) -> Result<ContractFit, FitError> {
    let sample = Sample::new(kind, contracts, options);
    if let Some(start) = options.start {
        check_parameters(NAMES, start)?;
    }
    if let Some(prior) = &options.prior {
        prior.check()?;
    }
    if sample.contracts == 0.0 {
        return Err(FitError::NoRenewals);
    }
    let seen = contracts.latest_renewal();
    if options.prior.is_some() {
        return sample.search(seen);
    }
    if sample.ended == 0.0 {
        return Ok(sample.at_boundary([LEAST, 1.0, 1.0], Boundary::NoDropoutSeen));
    }
    if sample.ended_at_first == sample.contracts {
        return Ok(sample.at_boundary([MOST, LEAST, 1.0], Boundary::EverybodyLeavesAtOnce));
    }
    let needed = kind.parameter_names().len() as u32;
    if seen < needed {
        return Err(FitError::TooFewRenewals { kind, seen, needed });
    }
    sample.search(seen)
}

struct Sample<'a> {
    kind: ContractModelKind,
    data: &'a Contracts,
    options: &'a ContractOptions,
    contracts: f64,
    ended: f64,
    ended_at_first: f64,
}

impl<'a> Sample<'a> {
    fn new(kind: ContractModelKind, data: &'a Contracts, options: &'a ContractOptions) -> Sample<'a> {
        let mut sample = Sample { kind, data, options, contracts: 0.0, ended: 0.0, ended_at_first: 0.0 };
        for (contract, weight) in data.iter() {
            match contract.left_at() {
                Some(renewal) => {
                    sample.ended += weight;
                    if renewal == 1 {
                        sample.ended_at_first += weight;
                    }
                }
                None if contract.renewals() == 0 => continue,
                None => {}
            }
            sample.contracts += weight;
        }
        sample
    }

    fn search(&self, latest: u32) -> Result<ContractFit, FitError> {
        let limits = self.limits(latest);
        let prior = self.prior();
        let evaluate = |at: &[f64; 3]| {
            let mut found = self.log_likelihood(at.map(f64::exp));
            if let Some(prior) = &prior {
                prior.add_to(&mut found, at);
            }
            found
        };
        let best = search(evaluate, self.options, &self.starts(), &limits);
        let not_converged = |iterations, gradient_norm, at: [f64; 3]| {
            let parameters = at.map(f64::exp)[..self.kind.parameter_names().len()].to_vec();
            FitError::NotConverged { iterations, gradient_norm, parameters }
        };
        let Some(found) = best else {
            return Err(not_converged(0, f64::NAN, self.starts()[0]));
        };
        let [alpha, beta, c] = found.at.map(f64::exp);
        if prior.is_none()
            && self.kind == ContractModelKind::BetaDiscreteWeibull
            && (c > 0.99 * limits.upper[2].exp() || (c > 1.0 && alpha < LARGE && beta > 0.1 * MOST))
        {
            return Err(FitError::EndTogether { c });
        }
        if !found.converged {
            return Err(not_converged(found.iterations, found.gradient_norm, found.at));
        }
        Ok(self.fit_from(&found))
    }

    /// The prior of the parameters that are not fixed.
    fn prior(&self) -> Option<LogPrior<3>> {
        let mut prior = self.options.prior?;
        if self.kind == ContractModelKind::ShiftedBetaGeometric {
            prior.log_mean[2] = 0.0;
        }
        Some(prior)
    }

    fn limits(&self, latest: u32) -> Limits<3> {
        let most_c = MOST_C.min(MOST_LOG_POWER / f64::from(latest).ln());
        let c = match self.kind {
            ContractModelKind::ShiftedBetaGeometric => (1.0, 1.0),
            ContractModelKind::BetaDiscreteWeibull => (LEAST_C, most_c),
        };
        Limits { lower: [LEAST, LEAST, c.0].map(f64::ln), upper: [MOST, MOST, c.1].map(f64::ln) }
    }

    /// From alike to different contracts, all with the share that leaves a renewal on average.
    fn starts(&self) -> [[f64; 3]; 3] {
        let renewals: f64 = self.data.iter().map(|(contract, weight)| weight * f64::from(contract.renewals())).sum();
        // Where nobody left, as with a prior that takes any data, by half a contract that will.
        let stays = (renewals / self.ended.max(0.5)).clamp(1e-3, 1e5);
        [[1.0, stays, 1.0], [0.3, 0.5 * stays, 1.3], [10.0, 10.0 * stays, 0.8]].map(|start| start.map(f64::ln))
    }

    /// The log-likelihood with its derivatives by the logarithms of alpha, beta and c.
    fn log_likelihood(&self, [alpha, beta, c]: [f64; 3]) -> Evaluation<3> {
        let terms = Terms { alpha: Jet::positive_parameter(0, alpha), beta: Jet::positive_parameter(1, beta), c };
        let mut sum = Jet::ZERO;
        for (contract, weight) in self.data.iter() {
            let renewals = f64::from(contract.renewals());
            if renewals > 0.0 {
                sum.add_scaled(-weight, &terms.hazard(0.0, renewals));
            }
            if !contract.is_active() {
                sum.add_scaled(weight, &log_of_leaving_jet(&terms.hazard(renewals, 1.0)));
            }
        }
        let hessian = sum.full_hessian();
        Evaluation {
            value: sum.value,
            gradient: std::array::from_fn(|i| sum.gradient[i]),
            hessian: std::array::from_fn(|i| std::array::from_fn(|j| hessian[i][j])),
        }
    }

    fn fit_from(&self, outcome: &Outcome<3>) -> ContractFit {
        let values = outcome.at.map(f64::exp);
        let prior = self.prior().map_or(0.0, |prior| prior.log_density(&outcome.at));
        // A prior bounds every parameter: whatever the box leaves free is determined.
        let is_bounded =
            self.options.prior.is_some() && outcome.free[..self.kind.parameter_names().len()].iter().all(|free| *free);
        let explanations = if is_bounded { Vec::new() } else { boundaries(values) };
        // At a boundary the likelihood has no normal shape to read errors from.
        let log_covariance =
            if explanations.is_empty() { self.log_covariance(&outcome.evaluation.hessian) } else { None };
        let errors = log_standard_errors(log_covariance, &outcome.evaluation.hessian, outcome.free);
        let state = if explanations.is_empty() {
            ConvergenceState::Converged
        } else {
            ConvergenceState::AtBoundary { explanations }
        };
        let convergence = Convergence {
            state,
            iterations: outcome.iterations,
            gradient_norm: outcome.gradient_norm,
            hessian_condition: outcome.condition,
        };
        self.fit_of(values, outcome.evaluation.value - prior, log_covariance, errors, convergence)
    }

    fn at_boundary(&self, values: [f64; 3], boundary: Boundary) -> ContractFit {
        let convergence = Convergence {
            state: ConvergenceState::AtBoundary { explanations: vec![boundary] },
            iterations: 0,
            gradient_norm: 0.0,
            hessian_condition: f64::INFINITY,
        };
        let log_likelihood = ContractModel::of(self.kind, values).log_likelihood(self.data);
        self.fit_of(values, log_likelihood, None, [None; 3], convergence)
    }

    fn fit_of(
        &self,
        values: [f64; 3],
        log_likelihood: f64,
        log_covariance: Option<[[f64; 3]; 3]>,
        log_errors: [Option<f64>; 3],
        convergence: Convergence,
    ) -> ContractFit {
        let parameters = (0..self.kind.parameter_names().len())
            .map(|i| FittedParameter {
                name: NAMES[i],
                value: values[i],
                standard_error: log_errors[i].map(|error| values[i] * error),
            })
            .collect();
        ContractFit {
            model: ContractModel::of(self.kind, values),
            log_likelihood,
            parameters,
            log_covariance,
            convergence,
            contracts: self.contracts,
            prior: self.prior(),
        }
    }

    /// The inverse of the observed information; a fixed c has no variance.
    fn log_covariance(&self, hessian: &[[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
        let c_is_fixed = self.kind == ContractModelKind::ShiftedBetaGeometric;
        let mut information = hessian.map(|row| row.map(|h| -h));
        if c_is_fixed {
            let [[of_alpha, shared, _], [_, of_beta, _], _] = information;
            // Any positive number will do for c; this one does not disturb the condition of the rest.
            information = [[of_alpha, shared, 0.0], [shared, of_beta, 0.0], [0.0, 0.0, of_alpha.max(of_beta)]];
        }
        let mut covariance = inverse_positive_definite(information)?;
        if c_is_fixed {
            covariance[2][2] = 0.0;
        }
        Some(covariance)
    }
}

/// The parameters as jets, c by its value and the derivatives of powers.
struct Terms {
    alpha: Jet,
    beta: Jet,
    c: f64,
}

impl Terms {
    /// `-ln(S(from + more) / S(from))`, see [`crate::survival`].
    fn hazard(&self, from: f64, more: f64) -> Jet {
        let end = self.power(from + more);
        if from == 0.0 {
            return second_difference_jet(&self.beta, &self.alpha, &end);
        }
        let start = self.power(from);
        let mut gain = end - start;
        gain.value = if self.c == 1.0 { more } else { start.value * (self.c * (more / from).ln_1p()).exp_m1() };
        second_difference_jet(&(self.beta + start), &self.alpha, &gain)
    }

    /// `t^c` by the logarithm of c.
    fn power(&self, t: f64) -> Jet {
        let log_power = self.c * t.ln();
        let power = t.powf(self.c);
        Jet::of_one(2, power, power * log_power, power * log_power * (1.0 + log_power))
    }
}

fn boundaries([alpha, beta, c]: [f64; 3]) -> Vec<Boundary> {
    let mut found = Vec::new();
    if alpha > LARGE && beta > LARGE {
        found.push(Boundary::DropoutDoesNotVary);
    } else if alpha < SMALL && beta < SMALL || c <= 2.0 * LEAST_C {
        found.push(Boundary::DropoutAllOrNothing);
    } else if alpha > LARGE || beta < SMALL {
        found.push(Boundary::EverybodyLeavesAtOnce);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_equal_finite_differences() {
        let data = Contracts::from_cohorts([[90.0, 70.0, 55.0, 50.0, 44.0].as_slice(), &[40.0, 33.0, 30.0]]).unwrap();
        let options = ContractOptions::default();
        let sample = Sample::new(ContractModelKind::BetaDiscreteWeibull, &data, &options);
        for logs in [[-0.3, 0.4, 0.2], [2.0, 5.0, -0.9], [-4.0, -2.0, 1.2], [7.0, 8.0, 0.0]] {
            let at = |logs: [f64; 3]| sample.log_likelihood(logs.map(f64::exp));
            let found = at(logs);
            let by_model = ContractModel::of(sample.kind, logs.map(f64::exp)).log_likelihood(&data);
            assert!((found.value - by_model).abs() < 1e-10 * by_model.abs());
            for i in 0..3 {
                let moved = |by: f64| {
                    let mut to = logs;
                    to[i] += by;
                    at(to)
                };
                let (up, down) = (moved(1e-5), moved(-1e-5));
                let slope = (up.value - down.value) / 2e-5;
                assert!((slope - found.gradient[i]).abs() < 1e-6 * (1.0 + slope.abs()), "{logs:?} {i}");
                for j in 0..3 {
                    let bend = (up.gradient[j] - down.gradient[j]) / 2e-5;
                    assert!((bend - found.hessian[i][j]).abs() < 1e-6 * (1.0 + bend.abs()), "{logs:?} {i} {j}");
                }
            }
        }
    }
}
