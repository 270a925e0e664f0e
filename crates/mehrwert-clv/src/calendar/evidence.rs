//! Regression of counts on the season, with as much season as the data give evidence of.

use crate::special::regularised_incomplete_beta;

/// The lower triangle of a symmetric positive definite matrix (Cholesky).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cholesky(Vec<Vec<f64>>);

impl Cholesky {
    pub fn new(matrix: &[Vec<f64>]) -> Option<Cholesky> {
        let mut lower: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
        for (i, row) in matrix.iter().enumerate() {
            let mut found = vec![0.0; i + 1];
            for j in 0..=i {
                let other = if j < i { &lower[j] } else { &found };
                let rest = row[j] - (0..j).map(|k| found[k] * other[k]).sum::<f64>();
                found[j] = if j < i { rest / lower[j][j] } else { rest.sqrt() };
            }
            if !(found[i].is_finite() && found[i] > 0.0) {
                return None;
            }
            lower.push(found);
        }
        Some(Cholesky(lower))
    }

    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut found = right.to_vec();
        for (i, row) in self.0.iter().enumerate() {
            let known: f64 = (0..i).map(|k| row[k] * found[k]).sum();
            found[i] = (found[i] - known) / row[i];
        }
        self.solve_upper(found)
    }

    /// Of independent standard normal numbers: normal ones with the inverse of the matrix as their covariance.
    pub fn solve_upper(&self, right: Vec<f64>) -> Vec<f64> {
        let mut found = right;
        for i in (0..self.0.len()).rev() {
            let known: f64 = (i + 1..self.0.len()).map(|k| self.0[k][i] * found[k]).sum();
            found[i] = (found[i] - known) / self.0[i][i];
        }
        found
    }

    pub fn log_determinant(&self) -> f64 {
        self.0.iter().enumerate().map(|(i, row)| 2.0 * row[i].ln()).sum()
    }
}

/// `v' A^-1 v`.
pub(super) fn quadratic(inverse_of: &Cholesky, vector: &[f64]) -> f64 {
    inverse_of.solve(vector).iter().zip(vector).map(|(one, other)| one * other).sum()
}

/// The probability that an F-distributed number with these degrees of freedom exceeds `f`.
pub(super) fn f_tail(f: f64, upper: f64, lower: f64) -> f64 {
    let sum = lower + upper * f.max(0.0);
    regularised_incomplete_beta(0.5 * lower, 0.5 * upper, lower / sum, upper * f.max(0.0) / sum)
}

/// A least-squares fit: the sum of squares that is left. `None` if the columns are not independent.
pub(super) fn least_squares(rows: &[Vec<f64>], values: &[f64], weights: &[f64]) -> Option<f64> {
    let size = rows.first()?.len();
    let (mut gram, mut right) = (vec![vec![0.0; size]; size], vec![0.0; size]);
    for ((row, value), weight) in rows.iter().zip(values).zip(weights) {
        add_outer(&mut gram, row, *weight);
        for (sum, x) in right.iter_mut().zip(row) {
            *sum += weight * x * value;
        }
    }
    let found = Cholesky::new(&gram)?.solve(&right);
    let left = rows.iter().zip(values).zip(weights).map(|((row, value), weight)| {
        let fitted: f64 = row.iter().zip(&found).map(|(x, b)| x * b).sum();
        weight * (value - fitted).powi(2)
    });
    Some(left.sum())
}

fn add_outer(sum: &mut [Vec<f64>], row: &[f64], weight: f64) {
    for (i, of_row) in sum.iter_mut().enumerate() {
        for (j, value) in of_row.iter_mut().enumerate() {
            *value += weight * row[i] * row[j];
        }
    }
}

/// A count with what was expected, and what it is to be explained by.
pub(super) struct Row {
    pub count: f64,
    pub expected: f64,
    /// The waves of its days.
    pub days: Vec<Vec<f64>>,
    /// Level and growth.
    pub trend: Vec<f64>,
}

/// Counts whose mean is `expected` times the mean over the days of `exp(waves b)` times `exp(trend c)`, with a variance of
/// `dispersion` times the mean; the waves' coefficients are normal around zero with the variances `tau^2 scale`.
pub(super) struct Regression {
    pub rows: Vec<Row>,
    pub dispersion: f64,
    /// Of the coefficients of the waves.
    pub scales: Vec<f64>,
}

pub(super) struct Found {
    /// Of the waves, then of the trend.
    pub coefficients: Vec<f64>,
    /// The inverse covariance of the coefficients.
    pub information: Cholesky,
    /// The log of the probability of the counts under this tau, up to a constant.
    pub evidence: f64,
}

const MAX_STEPS: usize = 60;
/// The change of a log factor that is none.
const NO_CHANGE: f64 = 1e-9;

impl Regression {
    /// The coefficients for a given spread of the waves; the evidence is Laplace's approximation.
    pub fn fit(&self, tau: f64, start: Option<&[f64]>) -> Option<Found> {
        let size = self.scales.len() + self.rows.first()?.trend.len();
        let mut at = start.map_or_else(|| vec![0.0; size], <[f64]>::to_vec);
        let mut here = self.evaluate(&at, tau);
        for _ in 0..MAX_STEPS {
            let information = Cholesky::new(&here.information)?;
            let step = information.solve(&here.gradient);
            let mut part = 1.0;
            // Halved until it gains: the exponential bends.
            let there = loop {
                let target: Vec<f64> = at.iter().zip(&step).map(|(at, step)| at + part * step).collect();
                let there = self.evaluate(&target, tau);
                if there.value >= here.value - 1e-12 * here.value.abs() {
                    break Some((target, there));
                }
                part *= 0.5;
                if part < 1e-6 {
                    break None;
                }
            };
            let size = step.iter().fold(0.0, |most: f64, step| most.max(step.abs()));
            if let Some((target, there)) = there {
                at = target;
                here = there;
            } else if size > 1e-4 {
                return None;
            }
            if size < NO_CHANGE || part < 1e-6 {
                let information = Cholesky::new(&here.information)?;
                let log_prior: f64 = self.scales.iter().map(|scale| -0.5 * (tau * tau * scale).ln()).sum();
                let evidence = here.value + log_prior - 0.5 * information.log_determinant();
                return Some(Found { coefficients: at, information, evidence });
            }
        }
        None
    }

    fn evaluate(&self, at: &[f64], tau: f64) -> Evaluated {
        let (waves, size) = (self.scales.len(), at.len());
        let mut sum = Evaluated { value: 0.0, gradient: vec![0.0; size], information: vec![vec![0.0; size]; size] };
        for row in &self.rows {
            let factors: Vec<f64> = row.days.iter().map(|day| dot(day, &at[..waves]).exp()).collect();
            let all: f64 = factors.iter().sum();
            let log_mean = row.expected.ln() + (all / row.days.len() as f64).ln() + dot(&row.trend, &at[waves..]);
            let mean = log_mean.exp();
            let mut slope = vec![0.0; waves];
            for (day, factor) in row.days.iter().zip(&factors) {
                for (slope, wave) in slope.iter_mut().zip(day) {
                    *slope += factor / all * wave;
                }
            }
            slope.extend_from_slice(&row.trend);
            sum.value += (row.count * log_mean - mean) / self.dispersion;
            for (gradient, slope) in sum.gradient.iter_mut().zip(&slope) {
                *gradient += (row.count - mean) / self.dispersion * slope;
            }
            add_outer(&mut sum.information, &slope, mean / self.dispersion);
        }
        for (i, scale) in self.scales.iter().enumerate() {
            let precision = 1.0 / (tau * tau * scale);
            sum.value -= 0.5 * precision * at[i] * at[i];
            sum.gradient[i] -= precision * at[i];
            sum.information[i][i] += precision;
        }
        sum
    }
}

struct Evaluated {
    value: f64,
    gradient: Vec<f64>,
    information: Vec<Vec<f64>>,
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_solved() {
        let matrix = vec![vec![4.0, 2.0, 0.4], vec![2.0, 5.0, 1.0], vec![0.4, 1.0, 3.0]];
        let cholesky = Cholesky::new(&matrix).unwrap();
        let found = cholesky.solve(&[1.0, -2.0, 3.0]);
        for (row, right) in matrix.iter().zip([1.0, -2.0, 3.0]) {
            assert!((dot(row, &found) - right).abs() < 1e-12);
        }
        // By Sarrus: 60 + 0.8 + 0.8 - 0.8 - 4 - 12.
        assert!((cholesky.log_determinant() - 44.8f64.ln()).abs() < 1e-12);
        assert!(Cholesky::new(&[vec![1.0, 2.0], vec![2.0, 1.0]]).is_none());
    }

    /// The columns of the inverse root, squared and summed, are the inverse.
    #[test]
    fn draws_have_the_inverse_as_covariance() {
        let cholesky = Cholesky::new(&[vec![4.0, 2.0], vec![2.0, 5.0]]).unwrap();
        let columns = [vec![1.0, 0.0], vec![0.0, 1.0]].map(|unit| cholesky.solve_upper(unit));
        for (i, row) in [[5.0, -2.0], [-2.0, 4.0]].iter().enumerate() {
            for (j, inverse) in row.iter().enumerate() {
                let found: f64 = columns.iter().map(|column| column[i] * column[j]).sum();
                assert!((found - inverse / 16.0).abs() < 1e-14);
            }
        }
    }

    /// Closed forms: with 2 and 2 degrees the tail is 1 / (1 + f); with 2 and n it is (1 + 2 f / n)^(-n / 2).
    #[test]
    fn tails_of_the_f_distribution_are_known() {
        for f in [0.1, 1.0, 4.0, 30.0] {
            assert!((f_tail(f, 2.0, 2.0) - 1.0 / (1.0 + f)).abs() < 1e-12);
            assert!((f_tail(f, 2.0, 9.0) - (1.0 + 2.0 * f / 9.0).powf(-4.5)).abs() < 1e-12);
        }
        assert_eq!(f_tail(0.0, 11.0, 10.0), 1.0);
    }
}
