//! The likelihood of the Gamma-Gamma model with its derivatives.

use rayon::prelude::*;

use super::SpendHistory;
use crate::newton::Evaluation;
use crate::special::{WithDerivatives, ln_gamma, log_gamma_ratio};

/// Whether the customer says anything about amounts.
pub(crate) fn enters(customer: &&SpendHistory) -> bool {
    customer.repeats > 0 && customer.mean > 0.0
}

/// The customers that enter, grouped by repeats.
pub(crate) struct Sample {
    /// (repeats, the sum of the logs of the means, total amounts of the customers).
    groups: Vec<(f64, f64, Vec<f64>)>,
    pub customers: f64,
}

impl Sample {
    pub fn new(customers: &[SpendHistory], scale: f64) -> Sample {
        let mut entering: Vec<(u32, f64)> =
            customers.iter().filter(enters).map(|customer| (customer.repeats, customer.mean / scale)).collect();
        // Sorted, so that the sums do not depend on the order of the customers.
        entering.par_sort_unstable_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
        let groups = entering
            .chunk_by(|one, next| one.0 == next.0)
            .map(|group| {
                let repeats = f64::from(group[0].0);
                let log_means = group.iter().map(|(_, mean)| mean.ln()).sum();
                (repeats, log_means, group.iter().map(|(_, mean)| repeats * mean).collect())
            })
            .collect();
        Sample { groups, customers: entering.len() as f64 }
    }

    /// What scaling the amounts adds to the log-likelihood, a density.
    pub fn log_scale(&self, scale: f64) -> f64 {
        self.customers * scale.ln()
    }

    /// Log-likelihood and its derivatives by the logarithms of p, q and v.
    pub fn log_likelihood(&self, [p, q, v]: [f64; 3]) -> Evaluation<3> {
        let pieces: Vec<(f64, &[f64])> =
            self.groups.iter().flat_map(|(repeats, _, totals)| totals.chunks(4096).map(|c| (*repeats, c))).collect();
        let sums: Vec<ShareSums> =
            pieces.par_iter().map(|&(repeats, totals)| ShareSums::of(repeats, totals, p, q, v)).collect();
        let mut natural = Derivatives::default();
        for (&(repeats, totals), sums) in pieces.iter().zip(&sums) {
            natural.add_group(repeats, totals.len() as f64, sums, [p, q, v]);
        }
        for (_, log_means, _) in &self.groups {
            natural.value -= log_means;
        }
        natural.by_logarithms([p, q, v])
    }
}

/// Sums over customers of equal repeats, y being their total amount.
#[derive(Default)]
struct ShareSums {
    /// Of `p x ln(1 + v / y) + q ln(1 + y / v)`.
    cost: f64,
    /// Of `ln(1 + v / y)`, of `ln(1 + y / v)`.
    log_rest: f64,
    log_total: f64,
    /// Of `v / (v + y)` and its square.
    share: f64,
    square: f64,
}

impl ShareSums {
    fn of(repeats: f64, totals: &[f64], p: f64, q: f64, v: f64) -> ShareSums {
        let mut sums = ShareSums::default();
        for &total in totals {
            let share = v / (v + total);
            sums.log_rest += (v / total).ln_1p();
            sums.log_total += (total / v).ln_1p();
            sums.share += share;
            sums.square += share * share;
        }
        sums.cost = p * repeats * sums.log_rest + q * sums.log_total;
        sums
    }
}

/// Derivatives by the parameters themselves.
#[derive(Default)]
struct Derivatives {
    value: f64,
    gradient: [f64; 3],
    hessian: [[f64; 3]; 3],
}

impl Derivatives {
    /// `-ln B(p x, q) - ln z - p x ln(1 + v / y) - q ln(1 + y / v)` for all customers of equal x; `-ln z` is left out.
    fn add_group(&mut self, x: f64, count: f64, sums: &ShareSums, [p, q, v]: [f64; 3]) {
        let (of_sum, of_amounts, of_q) = (ln_gamma(p * x + q), ln_gamma(p * x), ln_gamma(q));
        let log_beta = of_q.value - log_gamma_ratio(p * x, q);
        self.value -= count * log_beta + sums.cost;
        let WithDerivatives { first, second, .. } = of_sum;
        self.gradient[0] += count * x * (first - of_amounts.first) - x * sums.log_rest;
        self.gradient[1] += count * (first - of_q.first) - sums.log_total;
        // By v: q / v - (p x + q) / (v + y), in shares of v.
        self.gradient[2] += (count * q - (p * x + q) * sums.share) / v;
        self.hessian[0][0] += count * x * x * (second - of_amounts.second);
        self.hessian[0][1] += count * x * second;
        self.hessian[1][1] += count * (second - of_q.second);
        self.hessian[0][2] -= x * sums.share / v;
        self.hessian[1][2] += (count - sums.share) / v;
        self.hessian[2][2] += ((p * x + q) * sums.square - count * q) / (v * v);
    }

    fn by_logarithms(&self, values: [f64; 3]) -> Evaluation<3> {
        let gradient: [f64; 3] = std::array::from_fn(|i| self.gradient[i] * values[i]);
        let hessian = std::array::from_fn(|i| {
            std::array::from_fn(|j| {
                let (low, high) = (i.min(j), i.max(j));
                let bent = self.hessian[low][high] * values[i] * values[j];
                if i == j { bent + gradient[i] } else { bent }
            })
        });
        Evaluation { value: self.value, gradient, hessian }
    }
}
