//! The coordinates in which groups differ independently of each other, more or less.
//!
//! The logarithms of a purchase model's parameters hang together: likelihoods are ridges along which level and spread
//! of a process are exchanged. So groups are compared by the logarithms of the level of the purchase rate (r / alpha),
//! its shape (r), the level of dropout (s / beta, or the odds a / b), and its shape (s, or the geometric mean of a and b).

use super::gaussian::{Matrix, Vector};
use crate::ModelKind;
use crate::newton::Evaluation;

/// What the coordinates are called, in their order.
pub(super) const COORDINATES: [&str; 4] = ["purchase level", "purchase shape", "dropout level", "dropout shape"];

/// Log parameters are `from_coordinates` times coordinates.
#[derive(Debug, Clone, Copy)]
pub(super) struct Basis {
    from_coordinates: Matrix<4>,
    kind: ModelKind,
}

impl Basis {
    pub fn new(kind: ModelKind) -> Basis {
        let dropout = match kind {
            ModelKind::BgNbd | ModelKind::MbgNbd => [[0.0, 0.0, 0.5, 1.0], [0.0, 0.0, -0.5, 1.0]],
            ModelKind::ParetoNbd => [[0.0, 0.0, 0.0, 1.0], [0.0, 0.0, -1.0, 1.0]],
        };
        let from_coordinates = [[0.0, 1.0, 0.0, 0.0], [-1.0, 1.0, 0.0, 0.0], dropout[0], dropout[1]];
        Basis { from_coordinates, kind }
    }

    pub fn log_parameters(&self, coordinates: &Vector<4>) -> Vector<4> {
        super::gaussian::times(&self.from_coordinates, coordinates)
    }

    pub fn coordinates(&self, log: &Vector<4>) -> Vector<4> {
        let [r, alpha, leave, stay] = *log;
        let shape = match self.kind {
            ModelKind::BgNbd | ModelKind::MbgNbd => 0.5 * (leave + stay),
            ModelKind::ParetoNbd => leave,
        };
        [r - alpha, r, leave - stay, shape]
    }
    /// Derivatives by the log parameters turned into derivatives by the coordinates.
    pub fn rotated(&self, by_log: &Evaluation<4>) -> Evaluation<4> {
        rotated(&self.from_coordinates, by_log)
    }
}

/// Derivatives by `from` times coordinates turned into derivatives by the coordinates.
pub(super) fn rotated<const N: usize>(from: &Matrix<N>, by_log: &Evaluation<N>) -> Evaluation<N> {
    let gradient = std::array::from_fn(|k| (0..N).map(|i| from[i][k] * by_log.gradient[i]).sum());
    let entry = |k: usize, l: usize| {
        let along = |i: usize| (0..N).map(|j| by_log.hessian[i][j] * from[j][l]).sum::<f64>();
        (0..N).map(|i| from[i][k] * along(i)).sum()
    };
    let hessian = std::array::from_fn(|k| std::array::from_fn(|l| entry(k, l)));
    Evaluation { value: by_log.value, gradient, hessian }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_there_and_back() {
        for kind in ModelKind::ALL {
            let basis = Basis::new(kind);
            let log = [0.3, 1.7, -0.4, 2.1];
            let back = basis.log_parameters(&basis.coordinates(&log));
            assert!(back.iter().zip(log).all(|(found, expected)| (found - expected).abs() < 1e-12), "{kind} {back:?}");
            assert_eq!(basis.coordinates(&log)[0], 0.3 - 1.7);
            assert_eq!(basis.coordinates(&log)[2], -0.4 - 2.1);
        }
    }
}
