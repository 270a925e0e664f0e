//! The distribution of the number of purchases of a new customer under the Pareto/NBD.

use super::Pareto;
use crate::negative_binomial::{log_probability, log_ways};
use crate::quadrature;

/// `P(X(t) = count)`: still there at t, or left at some u before, having bought `count` times by then. The integral
/// over u is positive and, in the logarithm of u, log-concave.
pub(super) fn of_purchases(model: &Pareto, count: u32, over: f64) -> f64 {
    if over <= 0.0 {
        return if count == 0 { 1.0 } else { 0.0 };
    }
    let still_there = log_probability(model.r, model.alpha, count, over) - model.s * (over / model.beta).ln_1p();
    let left = LeftBefore { model, count: f64::from(count), front: log_ways(model.r, count) + model.s.ln() };
    (still_there.exp() + left.integral(over.ln().min(700.0))).clamp(0.0, 1.0)
}

struct LeftBefore<'a> {
    model: &'a Pareto,
    count: f64,
    front: f64,
}

impl LeftBefore<'_> {
    fn log_integrand(&self, log_time: f64) -> f64 {
        let Pareto { r, alpha, s, beta } = *self.model;
        let time = log_time.exp();
        // Log of u / (parameter + u), of full precision at both ends.
        let purchases = if self.count == 0.0 { 0.0 } else { self.count * (alpha / time).ln_1p() };
        self.front - purchases - r * (time / alpha).ln_1p() - s * (time / beta).ln_1p() - (beta / time).ln_1p()
    }

    /// Slope of the log of the integrand and minus its curvature.
    fn slope_and_bend(&self, log_time: f64) -> (f64, f64) {
        let Pareto { r, alpha, s, beta } = *self.model;
        let of_alpha = 1.0 / (1.0 + (alpha.ln() - log_time).exp());
        let of_beta = 1.0 / (1.0 + (beta.ln() - log_time).exp());
        let slope = self.count * (1.0 - of_alpha) - r * of_alpha + (1.0 - of_beta) - s * of_beta;
        let bend = (r + self.count) * of_alpha * (1.0 - of_alpha) + (s + 1.0) * of_beta * (1.0 - of_beta);
        (slope, bend)
    }

    fn integral(&self, end: f64) -> f64 {
        let mode = self.mode_before(end);
        let mut sum = self.outwards(mode, -1.0, f64::INFINITY);
        if mode < end {
            sum += self.outwards(mode, 1.0, end - mode);
        }
        sum
    }

    fn mode_before(&self, end: f64) -> f64 {
        if self.slope_and_bend(end).0 >= 0.0 {
            return end;
        }
        // At the low end the slope is count + 1.
        let (mut low, mut high) = (-740.0, end);
        for _ in 0..80 {
            let middle = 0.5 * (low + high);
            if self.slope_and_bend(middle).0 > 0.0 { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }

    /// Panels from the mode outwards until the rest is negligible or `length` is used up.
    fn outwards(&self, mode: f64, direction: f64, length: f64) -> f64 {
        let mut sum = 0.0;
        let mut walked = 0.0;
        while walked < length {
            let here = mode + direction * walked;
            let mut width = f64::min(2.0, length - walked);
            loop {
                let ends = [0.0, 0.5, 1.0].map(|part| self.slope_and_bend(here + direction * part * width));
                let steepest = ends.iter().fold(0.0, |most: f64, end| most.max(end.0.abs()));
                let most_bent = ends.iter().fold(0.0, |most: f64, end| most.max(end.1));
                if width * steepest <= 20.0 && width * width * most_bent <= 20.0 {
                    break;
                }
                width *= 0.7;
            }
            quadrature::each_node(0.0, width, |offset, weight| {
                sum += weight * self.log_integrand(here + direction * offset).exp();
            });
            walked += width;
            let (slope, _) = self.slope_and_bend(mode + direction * walked);
            let edge = self.log_integrand(mode + direction * walked).exp();
            // Log-concave: the rest is at most the value here over the slope.
            if slope * direction < 0.0 && edge <= 1e-17 * sum * slope.abs() {
                break;
            }
            // Everything is below the smallest number.
            if sum == 0.0 && walked > 0.0 {
                break;
            }
        }
        sum
    }
}
