//! A saved model as the fit it was, for whoever asks a fit.

use super::{SavedKind, SavedModel, array, square};
use crate::fit::{Convergence, ConvergenceState, Fit, FittedParameter};
use crate::spend::{GammaGamma, SpendFit};
use crate::symmetric::inverse_positive_definite;

impl SavedModel {
    /// The fit of purchases that was saved, without how its search went: the parameters with the standard errors that
    /// their covariance gives, and the log-likelihood of the data it was fitted to then.
    pub fn purchase_fit(&self) -> Option<Fit> {
        let SavedKind::Purchases(kind) = self.kind else { return None };
        let log_covariance = self.log_covariance.as_ref().map(|triangle| square(triangle, 0.0));
        Some(Fit {
            model: self.purchase_model()?,
            log_likelihood: self.log_likelihood,
            parameters: parameters(kind.parameter_names(), array(&self.parameters)?, log_covariance),
            log_covariance,
            convergence: saved(),
            customers: self.customers,
            information: log_covariance.and_then(inverse_positive_definite).unwrap_or_default(),
        })
    }

    /// The fit of spend that was saved, likewise.
    pub fn spend_fit(&self) -> Option<SpendFit> {
        let spend = self.spend.as_ref()?;
        let log_covariance = spend.log_covariance.as_ref().map(|triangle| square(triangle, 0.0));
        Some(SpendFit {
            model: self.spend_model()?,
            log_likelihood: spend.log_likelihood,
            parameters: parameters(GammaGamma::PARAMETER_NAMES, array(&spend.parameters)?, log_covariance),
            log_covariance,
            convergence: saved(),
            customers: spend.customers,
        })
    }
}

/// Only fits that ended are saved.
fn saved() -> Convergence {
    Convergence { state: ConvergenceState::Converged, iterations: 0, gradient_norm: 0.0, hessian_condition: 1.0 }
}

fn parameters<const N: usize>(
    names: [&'static str; N],
    values: [f64; N],
    log_covariance: Option<[[f64; N]; N]>,
) -> [FittedParameter; N] {
    std::array::from_fn(|i| FittedParameter {
        name: names[i],
        value: values[i],
        standard_error: log_covariance.map(|covariance| values[i] * covariance[i][i].sqrt()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FitOptions, Histories, History, ModelKind, fit};

    #[test]
    fn a_fit_comes_back_as_it_was() {
        let some = (0..300u32).map(|i| match i % 3 {
            0 => History::new(1 + i % 4, 20 + i % 90, 140 + i).unwrap(),
            _ => History::new(0, 0, 140 + i).unwrap(),
        });
        let histories = Histories::compress(some);
        for kind in ModelKind::ALL {
            let before = fit(kind, &histories, &FitOptions::default()).unwrap();
            let saved = SavedModel::of_purchases(&before, &histories, None, "2024-12-31").unwrap();
            let after = SavedModel::from_json(&saved.to_json()).unwrap().purchase_fit().unwrap();
            assert_eq!(after.log_likelihood, before.log_likelihood);
            for (one, other) in after.parameters.iter().zip(&before.parameters) {
                assert_eq!((one.name, one.value), (other.name, other.value));
                if before.log_covariance.is_some() {
                    assert_eq!(one.standard_error, other.standard_error);
                }
            }
            assert!(saved.spend_fit().is_none());
        }
    }
}
