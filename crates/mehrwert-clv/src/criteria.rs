//! Choosing between models by their log-likelihoods.

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
