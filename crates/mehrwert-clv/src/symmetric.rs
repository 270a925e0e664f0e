//! Small symmetric matrices: eigenvalues, inverses, and which parameters an information matrix determines.

// Small matrices are read best by their indices.
#![allow(clippy::needless_range_loop)]

/// The inverse of a symmetric positive definite matrix; `None` if it is not (numerically) positive definite.
pub(crate) fn inverse_positive_definite<const N: usize>(matrix: [[f64; N]; N]) -> Option<[[f64; N]; N]> {
    inverse(rows_of(&matrix)).map(|inverse| std::array::from_fn(|i| array_of(&inverse[i])))
}

/// [`inverse_positive_definite`] of a matrix of any size.
pub(crate) fn inverse(matrix: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let size = matrix.len();
    let (values, vectors) = eigen(matrix);
    let greatest = values.iter().copied().fold(0.0, f64::max);
    if !values.iter().all(|&value| value > 1e-13 * greatest && value.is_finite()) {
        return None;
    }
    let entry = |i: usize, j: usize| (0..size).map(|k| vectors[k][i] * vectors[k][j] / values[k]).sum();
    Some((0..size).map(|i| (0..size).map(|j| entry(i, j)).collect()).collect())
}

/// The first entries as an array; the slice has at least as many.
pub(crate) fn array_of<T: Copy, const N: usize>(entries: &[T]) -> [T; N] {
    std::array::from_fn(|i| entries[i])
}

fn rows_of<const N: usize>(matrix: &[[f64; N]; N]) -> Vec<Vec<f64>> {
    matrix.iter().map(|row| row.to_vec()).collect()
}

/// The negative Hessian over some of the coordinates; the others count with curvature 1.
pub(crate) fn restricted(hessian: &[Vec<f64>], kept: &[bool]) -> Vec<Vec<f64>> {
    let entry = |i: usize, j: usize| match (kept[i] && kept[j], i == j) {
        (true, _) => -hessian[i][j],
        (false, true) => 1.0,
        (false, false) => 0.0,
    };
    (0..kept.len()).map(|i| (0..kept.len()).map(|j| entry(i, j)).collect()).collect()
}

/// Information about a logarithm below this leaves it uncertain by more than a factor of e^10: it is not determined.
const NO_INFORMATION: f64 = 1e-2;
/// A parameter with less than this share in a direction without information does not depend on it.
const NO_SHARE: f64 = 0.05;

/// Variances of the log parameters that the data determine, the others held where they are: the inverse of the negative
/// Hessian over the coordinates that are free (not held by the box) and have no part in a direction without information.
pub(crate) fn determined_variances(hessian: &[Vec<f64>], free: &[bool]) -> Vec<Option<f64>> {
    let mut kept = free.to_vec();
    let (values, vectors) = eigen(restricted(hessian, free));
    for (value, vector) in values.iter().zip(&vectors) {
        for i in 0..kept.len() {
            // Written so that a value that is not a number determines nothing.
            kept[i] &= *value >= NO_INFORMATION || vector[i] * vector[i] < NO_SHARE;
        }
    }
    let inverse = inverse(restricted(hessian, &kept));
    let variance = |i: usize| inverse.as_ref().filter(|_| kept[i]).map(|inverse| inverse[i][i]);
    (0..kept.len()).map(variance).collect()
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
        None => array_of(&determined_variances(&rows_of(hessian), &free)),
    };
    variances.map(|variance| variance.map(f64::sqrt))
}

/// Eigenvalues and eigenvectors (one a row) of a symmetric matrix, by Jacobi's rotations.
pub(crate) fn symmetric_eigen<const N: usize>(matrix: [[f64; N]; N]) -> ([f64; N], [[f64; N]; N]) {
    let (values, vectors) = eigen(rows_of(&matrix));
    (array_of(&values), std::array::from_fn(|i| array_of(&vectors[i])))
}

/// [`symmetric_eigen`] of a matrix of any size.
pub(crate) fn eigen(mut matrix: Vec<Vec<f64>>) -> (Vec<f64>, Vec<Vec<f64>>) {
    let size = matrix.len();
    let mut vectors = vec![vec![0.0; size]; size];
    for (i, row) in vectors.iter_mut().enumerate() {
        row[i] = 1.0;
    }
    // A handful of sweeps suffices for so small a matrix; the bound only guards against values that are not finite.
    for _ in 0..40 {
        let mut rotated = false;
        for p in 0..size {
            for q in p + 1..size {
                let off = matrix[p][q];
                if off.abs() <= 1e-18 * (matrix[p][p].abs() + matrix[q][q].abs()) {
                    continue;
                }
                rotated = true;
                let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * off);
                let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
                let cosine = 1.0 / tangent.hypot(1.0);
                let sine = tangent * cosine;
                for k in 0..size {
                    let (left, right) = (matrix[k][p], matrix[k][q]);
                    matrix[k][p] = cosine * left - sine * right;
                    matrix[k][q] = sine * left + cosine * right;
                }
                for k in 0..size {
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
    ((0..size).map(|i| matrix[i][i]).collect(), vectors)
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
        let found = determined_variances(&rows_of(&hessian), &[true, true, true, false]);
        assert_eq!(found, [Some(0.25), None, None, None]);
        // Nothing held: the full inverse.
        let found = determined_variances(&rows_of(&[[-2.0, 1.0], [1.0, -2.0]]), &[true, true]);
        assert!(found.iter().all(|variance| variance.is_some_and(|variance| (variance - 2.0 / 3.0).abs() < 1e-12)));
        assert_eq!(determined_variances(&rows_of(&[[f64::NAN; 2]; 2]), &[true, true]), [None, None]);
    }
}
