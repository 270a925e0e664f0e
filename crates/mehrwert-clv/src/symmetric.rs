//! Small symmetric matrices: eigenvalues, inverses, and which parameters an information matrix determines.

// Small matrices are read best by their indices.
#![allow(clippy::needless_range_loop)]

/// The inverse of a symmetric positive definite matrix; `None` if it is not (numerically) positive definite.
pub(crate) fn inverse_positive_definite<const N: usize>(matrix: [[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let (values, vectors) = symmetric_eigen(matrix);
    let greatest = values.iter().copied().fold(0.0, f64::max);
    if !values.iter().all(|&value| value > 1e-13 * greatest && value.is_finite()) {
        return None;
    }
    Some(std::array::from_fn(|i| {
        std::array::from_fn(|j| (0..N).map(|k| vectors[k][i] * vectors[k][j] / values[k]).sum())
    }))
}

/// Information about a logarithm below this leaves it uncertain by more than a factor of e^10: it is not determined.
const NO_INFORMATION: f64 = 1e-2;
/// A parameter with less than this share in a direction without information does not depend on it.
const NO_SHARE: f64 = 0.05;

/// Variances of the log parameters that the data determine, the others held where they are: the inverse of the negative
/// Hessian over the coordinates that are free (not held by the box) and have no part in a direction without information.
pub(crate) fn determined_variances<const N: usize>(hessian: &[[f64; N]; N], free: [bool; N]) -> [Option<f64>; N] {
    let restricted = |kept: &[bool; N]| -> [[f64; N]; N] {
        std::array::from_fn(|i| {
            std::array::from_fn(|j| match (kept[i] && kept[j], i == j) {
                (true, _) => -hessian[i][j],
                (false, true) => 1.0,
                (false, false) => 0.0,
            })
        })
    };
    let mut kept = free;
    let (values, vectors) = symmetric_eigen(restricted(&free));
    for (value, vector) in values.iter().zip(&vectors) {
        for i in 0..N {
            // Written so that a value that is not a number determines nothing.
            kept[i] &= *value >= NO_INFORMATION || vector[i] * vector[i] < NO_SHARE;
        }
    }
    let inverse = inverse_positive_definite(restricted(&kept));
    std::array::from_fn(|i| inverse.filter(|_| kept[i]).map(|inverse| inverse[i][i]))
}

/// Standard errors of the logarithms of the parameters: from the covariance of all where the data determine all, else
/// those of [`determined_variances`].
pub(crate) fn log_standard_errors<const N: usize>(
    covariance: Option<[[f64; N]; N]>,
    hessian: &[[f64; N]; N],
    free: [bool; N],
) -> [Option<f64>; N] {
    let variances = match covariance {
        Some(covariance) => std::array::from_fn(|i| Some(covariance[i][i])),
        None => determined_variances(hessian, free),
    };
    variances.map(|variance| variance.map(f64::sqrt))
}

/// Eigenvalues and eigenvectors (one a row) of a symmetric matrix, by Jacobi's rotations.
pub(crate) fn symmetric_eigen<const N: usize>(mut matrix: [[f64; N]; N]) -> ([f64; N], [[f64; N]; N]) {
    let mut vectors = [[0.0; N]; N];
    for (i, row) in vectors.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    // A handful of sweeps suffices for so small a matrix; the bound only guards against values that are not finite.
    for _ in 0..40 {
        let mut rotated = false;
        for p in 0..N {
            for q in p + 1..N {
                let off = matrix[p][q];
                if off.abs() <= 1e-18 * (matrix[p][p].abs() + matrix[q][q].abs()) {
                    continue;
                }
                rotated = true;
                let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * off);
                let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
                let cosine = 1.0 / tangent.hypot(1.0);
                let sine = tangent * cosine;
                for k in 0..N {
                    let (left, right) = (matrix[k][p], matrix[k][q]);
                    matrix[k][p] = cosine * left - sine * right;
                    matrix[k][q] = sine * left + cosine * right;
                }
                for k in 0..N {
                    let (left, right) = (matrix[p][k], matrix[q][k]);
                    matrix[p][k] = cosine * left - sine * right;
                    matrix[q][k] = sine * left + cosine * right;
                    let (left, right) = (vectors[p][k], vectors[q][k]);
                    vectors[p][k] = cosine * left - sine * right;
                    vectors[q][k] = sine * left + cosine * right;
                }
                matrix[p][q] = 0.0;
                matrix[q][p] = 0.0;
            }
        }
        if !rotated {
            break;
        }
    }
    (std::array::from_fn(|i| matrix[i][i]), vectors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvectors_rebuild_the_matrix() {
        let matrix = [[4.0, 1.0, -2.0], [1.0, 2.0, 0.5], [-2.0, 0.5, 3.0]];
        let (values, vectors) = symmetric_eigen(matrix);
        for i in 0..3 {
            for j in 0..3 {
                let rebuilt: f64 = (0..3).map(|k| values[k] * vectors[k][i] * vectors[k][j]).sum();
                assert!((rebuilt - matrix[i][j]).abs() < 1e-13);
            }
        }
        assert!(inverse_positive_definite([[1.0, 2.0], [2.0, 1.0]]).is_none());
    }

    #[test]
    fn what_is_flat_or_held_has_no_variance_and_the_rest_has_its_own() {
        // The second and third are known by their difference only; the fourth lies on a wall.
        let hessian = [[-4.0, 0.0, 0.0, 1.0], [0.0, -9.0, 9.0, 0.0], [0.0, 9.0, -9.0, 0.0], [1.0, 0.0, 0.0, -2.0]];
        let found = determined_variances(&hessian, [true, true, true, false]);
        assert_eq!(found, [Some(0.25), None, None, None]);
        // Nothing held: the full inverse.
        let found = determined_variances(&[[-2.0, 1.0], [1.0, -2.0]], [true, true]);
        assert!(found.iter().all(|variance| variance.is_some_and(|variance| (variance - 2.0 / 3.0).abs() < 1e-12)));
        assert_eq!(determined_variances(&[[f64::NAN; 2]; 2], [true, true]), [None, None]);
    }
}
