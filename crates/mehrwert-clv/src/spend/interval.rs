//! The interval of the population's mean amount, by its profile likelihood.

use super::SpendHistory;
use super::fit::{SAME_AMOUNT, SpendFit, scale_and_spread};
use super::likelihood::Sample;
use crate::newton::{Evaluation, Limits, maximise};
use crate::posterior::{Interval, IntervalError, normal_quantile};

/// A mean so many times the estimate, or so small a part of it, bounds nothing.
const FARTHEST: f64 = 1e3;
const MAX_ITERATIONS: u32 = 100;
/// The ends are found to so much in log-likelihood roots, of which 1.64 make 90 %.
const NEAR: f64 = 1e-4;

impl SpendFit {
    /// The interval of the mean amount that all customers have in expectation, `p v / (q - 1)`, as far as the customers
    /// that the model was fitted to leave it uncertain: those means whose profile likelihood is not too far below the
    /// greatest. It is about the mean of all, not about the next customer, and a prior has no part in it. It is
    /// there also where p went to its limit, as in a sixth of simulated samples of a hundred customers.
    ///
    /// `None` where the data give no ends: amounts do not vary, or q may be one or less, so that there may be no mean.
    ///
    /// ```
    /// use mehrwert_clv::spend::{SpendHistory, fit_spend};
    /// let customers: Vec<SpendHistory> =
    ///     (0..200u32).map(|i| SpendHistory { repeats: 1 + i % 4, mean: 20.0 + f64::from(i * 37 % 50) }).collect();
    /// let fit = fit_spend(&customers)?;
    /// let interval = fit.population_mean_interval(&customers, 0.9)?.expect("ends");
    /// assert!(interval.low < interval.mean && interval.mean < interval.high);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the confidence is not between 0 and 1.
    pub fn population_mean_interval(
        &self,
        customers: &[SpendHistory],
        confidence: f64,
    ) -> Result<Option<Interval>, IntervalError> {
        if !(confidence > 0.0 && confidence < 1.0) {
            let expected = "a number between 0 and 1, both excluded";
            return Err(IntervalError::BadOption { option: "confidence", value: confidence, expected });
        }
        let Some((scale, spread)) = scale_and_spread(customers) else { return Ok(None) };
        let [p, q, v] = self.parameters.map(|parameter| parameter.value);
        if spread <= SAME_AMOUNT || !self.model.population_mean_exists() {
            return Ok(None);
        }
        let profile = Profile { sample: Sample::new(customers, scale), start: [p.ln(), (q - 1.0).ln()] };
        let centre = (p * v / (q - 1.0) / scale).ln();
        let reach = normal_quantile(0.5 + 0.5 * confidence);
        let ends = [-1.0, 1.0].map(|side| profile.end(centre, side, reach));
        let ([Some(low), Some(high)], mean) = (ends, self.model.population_mean()) else { return Ok(None) };
        Ok(Some(Interval { mean, low: mean * low.exp(), high: mean * high.exp(), confidence }))
    }
}

/// The likelihood by the logarithm of the mean, the other parameters at their best.
struct Profile {
    sample: Sample,
    /// Logarithms of p and q - 1.
    start: [f64; 2],
}

impl Profile {
    /// The greatest log-likelihood where the mean is given.
    fn value(&self, log_mean: f64) -> Option<f64> {
        let evaluate = |&[log_p, log_excess]: &[f64; 2]| {
            let q = 1.0 + log_excess.exp();
            let log_v = log_mean + log_excess - log_p;
            let Evaluation { value, gradient: g, hessian: h } =
                self.sample.log_likelihood([log_p.exp(), q, log_v.exp()]);
            // By ln(q - 1): ln q has the slope d, ln v the slope one; by ln p: ln v has the slope minus one.
            let d = (q - 1.0) / q;
            let mixed = h[0][1] * d + h[0][2] - h[1][2] * d - h[2][2];
            let bent = h[1][1] * d * d + 2.0 * h[1][2] * d + h[2][2] + g[1] * d * (1.0 - d);
            Evaluation {
                value,
                gradient: [g[0] - g[2], g[1] * d + g[2]],
                hessian: [[h[0][0] - 2.0 * h[0][2] + h[2][2], mixed], [mixed, bent]],
            }
        };
        let limits = Limits { lower: [1e-8f64.ln(); 2], upper: [1e6f64.ln(); 2] };
        maximise(evaluate, self.start, &limits, MAX_ITERATIONS)
            .filter(|outcome| outcome.converged)
            .map(|outcome| outcome.evaluation.value)
    }

    /// How far from the centre, in logarithms, the root of twice the loss in log-likelihood is `reach`.
    fn end(&self, centre: f64, side: f64, reach: f64) -> Option<f64> {
        let best = self.value(centre)?;
        let loss = |away: f64| Some((2.0 * (best - self.value(centre + side * away)?)).max(0.0).sqrt() - reach);
        let (mut near, mut far) = ((0.0, -reach), 0.05);
        while loss(far)? < 0.0 {
            near = (far, loss(far)?);
            far *= 2.0;
            if far > FARTHEST.ln() {
                return None;
            }
        }
        // The root of the loss is nearly straight in the distance: false position, made safe by halving.
        let mut beyond = (far, loss(far)?);
        for step in 0..60 {
            let straight = near.0 + (beyond.0 - near.0) * -near.1 / (beyond.1 - near.1);
            let middle = if step % 3 == 2 { 0.5 * (near.0 + beyond.0) } else { straight };
            let found = loss(middle)?;
            if found.abs() < NEAR {
                return Some(side * middle);
            }
            if found < 0.0 { near = (middle, found) } else { beyond = (middle, found) }
        }
        Some(side * 0.5 * (near.0 + beyond.0))
    }
}
