//! Small normal distributions: triangular factors, and what a group's likelihood looks like around its mode.

// Small matrices are read best by their indices.
#![allow(clippy::needless_range_loop)]

use crate::newton::Evaluation;
use crate::symmetric::symmetric_eigen;

pub(super) type Vector<const N: usize> = [f64; N];
pub(super) type Matrix<const N: usize> = [[f64; N]; N];

pub(super) fn times<const N: usize>(matrix: &Matrix<N>, vector: &Vector<N>) -> Vector<N> {
    std::array::from_fn(|i| dot(&matrix[i], vector))
}

pub(super) fn dot<const N: usize>(left: &Vector<N>, right: &Vector<N>) -> f64 {
    (0..N).map(|i| left[i] * right[i]).sum()
}

/// The lower triangular factor L of a positive definite matrix L L'.
#[derive(Debug, Clone, Copy)]
pub(super) struct Factor<const N: usize>(Matrix<N>);

impl<const N: usize> Factor<N> {
    /// Reads the lower triangle only. Rounding may leave a pivot at or below zero; it counts as next to nothing.
    pub fn of(matrix: &Matrix<N>) -> Factor<N> {
        let mut lower = [[0.0; N]; N];
        for i in 0..N {
            for j in 0..=i {
                let rest = matrix[i][j] - (0..j).map(|k| lower[i][k] * lower[j][k]).sum::<f64>();
                lower[i][j] = if i == j { rest.max(1e-300).sqrt() } else { rest / lower[j][j] };
            }
        }
        Factor(lower)
    }

    /// `L^-1 b`.
    pub fn forward(&self, b: &Vector<N>) -> Vector<N> {
        let mut x = [0.0; N];
        for i in 0..N {
            x[i] = (b[i] - (0..i).map(|k| self.0[i][k] * x[k]).sum::<f64>()) / self.0[i][i];
        }
        x
    }

    /// `L'^-1 b`.
    pub fn backward(&self, b: &Vector<N>) -> Vector<N> {
        let mut x = [0.0; N];
        for i in (0..N).rev() {
            x[i] = (b[i] - (i + 1..N).map(|k| self.0[k][i] * x[k]).sum::<f64>()) / self.0[i][i];
        }
        x
    }

    /// `(L L')^-1 b`.
    pub fn solve(&self, b: &Vector<N>) -> Vector<N> {
        self.backward(&self.forward(b))
    }

    /// The logarithm of the determinant of L L'.
    pub fn log_determinant(&self) -> f64 {
        2.0 * (0..N).map(|i| self.0[i][i].ln()).sum::<f64>()
    }

    /// `(L L')^-1`.
    pub fn inverse(&self) -> Matrix<N> {
        std::array::from_fn(|j| self.solve(&std::array::from_fn(|i| if i == j { 1.0 } else { 0.0 })))
    }
}

/// A group's log-likelihood to second order around a point; directions in which it is convex there say nothing.
#[derive(Debug, Clone)]
pub(super) struct Surrogate<const N: usize> {
    pub at: Vector<N>,
    value: f64,
    gradient: Vector<N>,
    /// The negative Hessian without its negative eigenvalues.
    pub information: Matrix<N>,
    /// The slope at the origin.
    linear: Vector<N>,
}

impl<const N: usize> Surrogate<N> {
    pub fn new(at: Vector<N>, here: &Evaluation<N>) -> Surrogate<N> {
        let (values, vectors) = symmetric_eigen(here.hessian.map(|row| row.map(|h| -h)));
        let information = std::array::from_fn(|i| {
            std::array::from_fn(|j| (0..N).map(|k| values[k].max(0.0) * vectors[k][i] * vectors[k][j]).sum())
        });
        let bent = times(&information, &at);
        let linear = std::array::from_fn(|i| here.gradient[i] + bent[i]);
        Surrogate { at, value: here.value, gradient: here.gradient, information, linear }
    }

    pub fn log_value(&self, to: &Vector<N>) -> f64 {
        let away: Vector<N> = std::array::from_fn(|i| to[i] - self.at[i]);
        self.value + dot(&self.gradient, &away) - 0.5 * dot(&away, &times(&self.information, &away))
    }

    /// The group whose deviations from the common means have these standard deviations; zero holds a coordinate.
    pub fn given(&self, spread: &Vector<N>) -> Given<'_, N> {
        let scaled = std::array::from_fn(|i| {
            std::array::from_fn(|j| spread[i] * self.information[i][j] * spread[j] + if i == j { 1.0 } else { 0.0 })
        });
        Given { surrogate: self, spread: *spread, factor: Factor::of(&scaled) }
    }
}

/// A group given the spread between groups. With D the variances between groups and H the group's information, all is
/// written by `S = I + D^1/2 H D^1/2`, which loses no digits where D is next to nothing.
pub(super) struct Given<'a, const N: usize> {
    surrogate: &'a Surrogate<N>,
    spread: Vector<N>,
    /// Of S.
    pub factor: Factor<N>,
}

impl<const N: usize> Given<'_, N> {
    fn scaled(&self, vector: &Vector<N>) -> Vector<N> {
        std::array::from_fn(|i| self.spread[i] * vector[i])
    }

    /// `D^1/2 S^-1 D^1/2 b`.
    fn shrunk(&self, b: &Vector<N>) -> Vector<N> {
        self.scaled(&self.factor.solve(&self.scaled(b)))
    }

    /// What the group says of the common means, its own deviations integrated out: information and slope at the origin,
    /// and the logarithm of the factor without the means.
    pub fn about_means(&self) -> (Matrix<N>, Vector<N>, f64) {
        let Surrogate { information, linear, .. } = self.surrogate;
        // The information is symmetric: its rows are its columns.
        let lost: Matrix<N> = std::array::from_fn(|j| times(information, &self.shrunk(&information[j])));
        let remaining = std::array::from_fn(|i| std::array::from_fn(|j| information[i][j] - lost[j][i]));
        let bent = times(information, &self.shrunk(linear));
        let half = self.factor.forward(&self.scaled(linear));
        let constant = 0.5 * (dot(&half, &half) - self.factor.log_determinant());
        (remaining, std::array::from_fn(|i| linear[i] - bent[i]), constant)
    }

    /// The expected deviations from the means, given these.
    pub fn deviations(&self, means: &Vector<N>) -> Vector<N> {
        let bent = times(&self.surrogate.information, means);
        self.shrunk(&std::array::from_fn(|i| self.surrogate.linear[i] - bent[i]))
    }

    /// A point `noise` (in units of standard deviations) away from the expected one, given the means.
    pub fn point(&self, means: &Vector<N>, noise: &Vector<N>) -> Vector<N> {
        let (expected, around) = (self.deviations(means), self.scaled(&self.factor.backward(noise)));
        std::array::from_fn(|i| means[i] + expected[i] + around[i])
    }

    /// Expected squares of the deviations, the means being uncertain with this covariance.
    pub fn squares(&self, means: &Vector<N>, covariance: &Matrix<N>) -> Vector<N> {
        let expected = self.deviations(means);
        let pull: Matrix<N> = std::array::from_fn(|j| self.shrunk(&self.surrogate.information[j]));
        let inverse = self.factor.inverse();
        std::array::from_fn(|k| {
            let along: Vector<N> = std::array::from_fn(|j| pull[j][k]);
            let of_means = dot(&along, &times(covariance, &along));
            expected[k] * expected[k] + self.spread[k] * self.spread[k] * inverse[k][k] + of_means
        })
    }

    /// Which share of each coordinate's variance between groups the group's own data take away, 0 to 1.
    pub fn own_weights(&self) -> Vector<N> {
        let inverse = self.factor.inverse();
        std::array::from_fn(|k| (1.0 - inverse[k][k]).clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_means_are_known_as_by_two_normal_distributions() {
        // One coordinate: a group of precision h around its own mean says of the common mean what precision
        // 1 / (1 / h + spread^2) says.
        let (h, own, spread) = (8.0, 0.7, 0.5);
        let here = Evaluation { value: 3.0, gradient: [0.0], hessian: [[-h]] };
        let group = Surrogate::new([own], &here);
        let given = group.given(&[spread]);
        let (information, slope, _) = given.about_means();
        let expected = 1.0 / (1.0 / h + spread * spread);
        assert!((information[0][0] - expected).abs() < 1e-12 && (slope[0] - expected * own).abs() < 1e-12);
        let weight = h / (h + spread.powi(-2));
        assert!((given.own_weights()[0] - weight).abs() < 1e-12);
        assert!((given.deviations(&[0.2])[0] - weight * (own - 0.2)).abs() < 1e-12);
        assert!((group.log_value(&[0.2]) - (3.0 - 0.5 * h * 0.25)).abs() < 1e-12);
    }

    #[test]
    fn factors_solve() {
        let matrix = [[4.0, 1.0, -2.0], [1.0, 2.0, 0.5], [-2.0, 0.5, 3.0]];
        let factor = Factor::of(&matrix);
        let solved = times(&matrix, &factor.solve(&[1.0, -2.0, 0.3]));
        assert!(solved.iter().zip([1.0, -2.0, 0.3]).all(|(found, expected)| (found - expected).abs() < 1e-12));
        // 4 (6 - 0.25) - (3 + 1) - 2 (0.5 + 4) = 10.
        assert!((factor.log_determinant() - 10.0f64.ln()).abs() < 1e-12);
    }
}
