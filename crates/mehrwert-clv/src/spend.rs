//! What a purchase brings: the Gamma-Gamma model (Fader, Hardie & Lee 2005; Fader & Hardie 2013).
//!
//! A customer's amounts vary around the customer's own mean (gamma, shape p); the means vary between customers, such
//! that their inverse is gamma with shape q and scale parameter p v. Amount and frequency are taken to be independent,
//! which should be checked: the correlation of repeats and mean should be small.
//!
//! What happens to odd amounts: a mean of zero or below says nothing to the fit and counts as no observation in a
//! prediction where it is negative (zero does count there: the customer is known to pay nothing); a mean that is not
//! finite is an error of the fit. One customer, or equal means, leave the likelihood without bound: the answer is that
//! amount, stated as a boundary, unless a prior bounds it. Where q is one or less the population has no mean, and
//! [`GammaGamma::expected_spend`] says what is given instead.

mod fit;
mod interval;
pub(crate) mod likelihood;

pub(crate) use fit::draw_limits;
pub use fit::{SpendFit, SpendOptions, SpendPrior, fit_spend, fit_spend_with};

use crate::model::{ParameterError, check_parameters};
use likelihood::Sample;

/// A customer's repeat purchases and their mean amount.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpendHistory {
    /// Repeat purchases.
    pub repeats: u32,
    /// Mean amount of a repeat purchase.
    pub mean: f64,
}

/// The Gamma-Gamma model: how much a customer spends a purchase.
///
/// ```
/// use mehrwert_clv::spend::GammaGamma;
/// let model = GammaGamma::new(6.25, 3.74, 15.44)?;
/// // The more is known of a customer, the less the prediction leans on the others.
/// assert!(model.expected_spend(1, 100.0) < model.expected_spend(10, 100.0));
/// assert_eq!(model.expected_spend(0, 0.0), model.population_mean());
/// # Ok::<(), mehrwert_clv::ParameterError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaGamma {
    p: f64,
    q: f64,
    v: f64,
}

const NAMES: [&str; 3] = ["p", "q", "v"];

/// An expected spend is at most this many times the amount at the customer's expected inverse mean.
const HEAVIEST_TAIL: f64 = 10.0;

impl GammaGamma {
    /// The model with these parameters: p and q are shapes, v is in the unit of the amounts.
    ///
    /// # Errors
    /// If a parameter is not a finite number above zero.
    pub fn new(p: f64, q: f64, v: f64) -> Result<GammaGamma, ParameterError> {
        check_parameters(NAMES, [p, q, v])?;
        Ok(GammaGamma { p, q, v })
    }

    /// The model with parameters that are known to be finite and above zero.
    pub(crate) fn of(p: f64, q: f64, v: f64) -> GammaGamma {
        GammaGamma { p, q, v }
    }

    /// Names and values of the parameters.
    pub fn parameters(&self) -> [(&'static str, f64); 3] {
        [("p", self.p), ("q", self.q), ("v", self.v)]
    }

    /// The expected mean amount of a customer with so many repeat purchases of this mean amount, in the unit of the
    /// amounts: `p (v + x m) / (p x + q - 1)`.
    ///
    /// Where `p x + q` is one or less the expectation does not exist, and close above one it is absurdly great. There
    /// the answer is ten times `p (v + x m) / (p x + q)`, the amount at the customer's expected inverse mean: it is
    /// positive, finite, and the formula's own value where the two meet. A mean that is negative or not finite, as
    /// after refunds, counts as no observation.
    pub fn expected_spend(&self, repeats: u32, mean: f64) -> f64 {
        let repeats = if mean.is_finite() && mean >= 0.0 { f64::from(repeats) } else { 0.0 };
        let total = if repeats > 0.0 { repeats * mean } else { 0.0 };
        let shape = self.p * repeats + self.q;
        // Sums of amounts that no currency has may overflow; an expectation stays a number.
        (self.p * (self.v + total) / (shape - 1.0).max(shape / HEAVIEST_TAIL)).min(f64::MAX)
    }

    /// The expected mean amount of a customer of whom nothing is known: `p v / (q - 1)`, see
    /// [`GammaGamma::expected_spend`] for q close to one or less.
    pub fn population_mean(&self) -> f64 {
        self.expected_spend(0, 0.0)
    }

    /// The names of the parameters, in the order in which they are always given.
    pub const PARAMETER_NAMES: [&str; 3] = NAMES;

    /// Whether the expectation for a customer of whom nothing is known is the formula's, not what stands in for it
    /// where q is close to one or less.
    fn population_mean_exists(&self) -> bool {
        self.q - 1.0 >= self.q / HEAVIEST_TAIL
    }

    /// The log-likelihood of the customers with at least one repeat purchase and a mean above zero.
    pub fn log_likelihood(&self, customers: &[SpendHistory]) -> f64 {
        let sample = Sample::new(customers, 1.0);
        sample.log_likelihood([self.p, self.q, self.v]).value
    }
}
