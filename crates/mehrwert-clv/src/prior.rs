//! What is believed of parameters before the data, and how a fit with it is asked for: the same for every model.

use crate::FitError;
use crate::newton::Evaluation;

/// What is believed of the parameters before the data: independent normal distributions of their logarithms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogPrior<const N: usize> {
    /// Means of the logarithms, in the order in which the model's parameters are always given.
    pub log_mean: [f64; N],
    /// Their standard deviations, above zero.
    pub log_deviation: [f64; N],
}

impl<const N: usize> LogPrior<N> {
    pub(crate) fn is_possible(&self) -> bool {
        self.log_mean.iter().all(|mean| mean.is_finite())
            && self.log_deviation.iter().all(|deviation| deviation.is_finite() && *deviation > 0.0)
    }

    pub(crate) fn check(&self) -> Result<(), FitError> {
        if self.is_possible() { Ok(()) } else { Err(FitError::BadPrior) }
    }

    /// The log density up to a constant, at these log parameters.
    pub(crate) fn log_density(&self, at: &[f64; N]) -> f64 {
        (0..N).map(|i| -0.5 * ((at[i] - self.log_mean[i]) / self.log_deviation[i]).powi(2)).sum()
    }

    /// Adds the log density, up to a constant, with its derivatives.
    pub(crate) fn add_to(&self, sum: &mut Evaluation<N>, at: &[f64; N]) {
        sum.value += self.log_density(at);
        for (i, log_value) in at.iter().enumerate() {
            let precision = self.log_deviation[i].powi(-2);
            sum.gradient[i] -= precision * (log_value - self.log_mean[i]);
            sum.hessian[i][i] -= precision;
        }
    }

    /// The same belief about parameters in other units: each logarithm less this.
    pub(crate) fn moved(mut self, by: [f64; N]) -> LogPrior<N> {
        self.log_mean.iter_mut().zip(by).for_each(|(mean, by)| *mean -= by);
        self
    }
}

/// How to fit spend, contracts or occasions.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchOptions<const N: usize> {
    /// Parameters to start from, in the order in which the model's are always given. Yesterday's fit saves most of the
    /// work; a start that leads nowhere is made up for by the usual ones.
    pub start: Option<[f64; N]>,
    /// What is believed before the data; without it the fit is by likelihood alone. With it the parameters are those of
    /// the greatest posterior density, finite for any number of customers.
    pub prior: Option<LogPrior<N>>,
    /// Newton steps after which the fit is given up as [`FitError::NotConverged`].
    pub max_iterations: u32,
}

impl<const N: usize> Default for SearchOptions<N> {
    fn default() -> SearchOptions<N> {
        SearchOptions { start: None, prior: None, max_iterations: 200 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prior_adds_its_density_and_derivatives() {
        let prior = LogPrior { log_mean: [1.0, -2.0], log_deviation: [0.5, 2.0] };
        let at = [1.5, -1.0];
        let mut sum = Evaluation { value: 3.0, gradient: [0.0; 2], hessian: [[0.0; 2]; 2] };
        prior.add_to(&mut sum, &at);
        assert!((sum.value - (3.0 - 0.5 - 0.125)).abs() < 1e-12);
        assert_eq!((sum.gradient, sum.hessian), ([-2.0, -0.25], [[-4.0, 0.0], [0.0, -0.25]]));
        assert_eq!(prior.moved([1.0, 0.0]).log_density(&[0.5, -1.0]), prior.log_density(&at));
        assert_eq!(LogPrior { log_deviation: [1.0, 0.0], ..prior }.check(), Err(FitError::BadPrior));
        assert_eq!(LogPrior { log_mean: [f64::NAN, 0.0], ..prior }.check(), Err(FitError::BadPrior));
    }
}
