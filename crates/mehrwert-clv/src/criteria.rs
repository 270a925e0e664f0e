//! What every fit says of itself, and choosing between models by their log-likelihoods.

use crate::bg_bb::BgBbFit;
use crate::contracts::ContractFit;
use crate::spend::SpendFit;
use crate::{Convergence, Fit, FittedParameter};

/// Akaike's information criterion (1974), `2 k - 2 ln L`: the lower, the better the model is expected to predict.
///
/// ```
/// // A third parameter must gain more than one in log-likelihood.
/// assert!(mehrwert_clv::aic(-1679.603, 3) > mehrwert_clv::aic(-1680.265, 2));
/// ```
pub fn aic(log_likelihood: f64, parameters: usize) -> f64 {
    2.0 * parameters as f64 - 2.0 * log_likelihood
}

/// The Bayesian information criterion (Schwarz 1978), `k ln(n) - 2 ln L`, for n customers: the lower, the likelier the
/// model. Fewer than one customer count as one.
///
/// ```
/// assert!(mehrwert_clv::bic(-100.0, 2, 1000.0) > mehrwert_clv::aic(-100.0, 2));
/// ```
pub fn bic(log_likelihood: f64, parameters: usize, customers: f64) -> f64 {
    parameters as f64 * customers.max(1.0).ln() - 2.0 * log_likelihood
}

/// What every fit says of itself, whichever model it is of: purchases, occasions, contracts or spend.
///
/// ```
/// use mehrwert_clv::contracts::{ContractModelKind, Contracts, fit_contracts};
/// use mehrwert_clv::{Fitted, FitOptions, Histories, History, ModelKind, fit};
/// let row = |one: &dyn Fitted| format!("{:.1} with {} parameters", one.aic(), one.fitted_parameters().len());
/// let contracts = Contracts::from_cohorts([[100.0, 63.1, 46.8, 38.2, 32.6].as_slice()])?;
/// let histories = Histories::compress([(2, 60, 220), (0, 0, 300), (5, 240, 260)].map(|(x, t_x, age)| {
///     History::new(x, t_x, age).expect("a possible history")
/// }));
/// println!("{}", row(&fit_contracts(ContractModelKind::ShiftedBetaGeometric, &contracts)?));
/// println!("{}", row(&fit(ModelKind::BgNbd, &histories, &FitOptions::default())?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Fitted {
    /// The log-likelihood of the data; a prior is not counted in.
    fn log_likelihood(&self) -> f64;

    /// The parameters with their standard errors, in the order in which they are always given.
    fn fitted_parameters(&self) -> &[FittedParameter];

    /// How many customers (or contracts) were fitted to.
    fn observations(&self) -> f64;

    /// How the search ended.
    fn convergence(&self) -> &Convergence;

    /// Akaike's information criterion.
    fn aic(&self) -> f64 {
        aic(self.log_likelihood(), self.fitted_parameters().len())
    }

    /// The Bayesian information criterion.
    fn bic(&self) -> f64 {
        bic(self.log_likelihood(), self.fitted_parameters().len(), self.observations())
    }
}

/// Fits keep all this in fields, of which only the number of observations has names of its own.
macro_rules! fitted {
    ($fit:ty, $observations:ident) => {
        impl Fitted for $fit {
            fn log_likelihood(&self) -> f64 {
                self.log_likelihood
            }

            fn fitted_parameters(&self) -> &[FittedParameter] {
                &self.parameters
            }

            fn observations(&self) -> f64 {
                self.$observations
            }

            fn convergence(&self) -> &Convergence {
                &self.convergence
            }
        }
    };
}

fitted!(Fit, customers);
fitted!(SpendFit, customers);
fitted!(BgBbFit, customers);
fitted!(ContractFit, contracts);
