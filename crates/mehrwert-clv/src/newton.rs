//! Maximisation by Newton's method in a trust region (Moré & Sorensen 1983), within a box.
//!
//! The eigenvalues of the Hessian solve the step exactly, also where the function is not concave, and tell at the end
//! how well the data determine the parameters.

// Small matrices are read best by their indices.
#![allow(clippy::needless_range_loop)]

/// A function's value with its gradient and Hessian.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Evaluation<const N: usize> {
    pub value: f64,
    pub gradient: [f64; N],
    pub hessian: [[f64; N]; N],
}

impl<const N: usize> Evaluation<N> {
    fn is_finite(&self) -> bool {
        self.value.is_finite()
            && self.gradient.iter().all(|g| g.is_finite())
            && self.hessian.iter().flatten().all(|h| h.is_finite())
    }
}

/// The box that the argument stays in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits<const N: usize> {
    pub lower: [f64; N],
    pub upper: [f64; N],
}

/// Where the search ended, converged or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome<const N: usize> {
    pub at: [f64; N],
    pub evaluation: Evaluation<N>,
    pub converged: bool,
    pub iterations: u32,
    /// Length of the gradient in the directions that the box leaves free.
    pub gradient_norm: f64,
    /// Greatest over least eigenvalue of the free part of the negative Hessian; infinite where the function is flat.
    pub condition: f64,
}

const LARGEST_RADIUS: f64 = 3.0;
/// Steps whose predicted gain is below this gain nothing: a log-likelihood matters to about 0.01.
const WORTHLESS_GAIN: f64 = 1e-9;
/// Where rounding hides the gains of small steps, so small a slope is still too little to matter.
const HIDDEN_SLOPE: f64 = 1e-5;
/// What rounding leaves uncertain of a sum, relative to it.
const ROUNDING: f64 = 1e-14;

/// Maximises `function` from `start`. `None` if the function is not finite at the start.
pub(crate) fn maximise<const N: usize>(
    mut function: impl FnMut(&[f64; N]) -> Evaluation<N>,
    start: [f64; N],
    limits: &Limits<N>,
    max_iterations: u32,
) -> Option<Outcome<N>> {
    let mut at = clamped(start, limits);
    let mut here = function(&at);
    if !here.is_finite() {
        return None;
    }
    let mut radius = 1.0;
    let mut iterations = 0;
    let mut converged = false;
    while iterations < max_iterations && !converged {
        let quadratic = FreeQuadratic::new(&here, &at, limits);
        let step = quadratic.best_step(radius);
        let target = clamped(std::array::from_fn(|i| at[i] + step[i]), limits);
        let moved = std::array::from_fn(|i| target[i] - at[i]);
        let predicted = predicted_gain(&here, &moved);
        let noise = ROUNDING * here.value.abs();
        // A small promise means convergence only if a small radius is not what makes it small.
        converged = predicted <= WORTHLESS_GAIN.max(noise) && (radius >= 0.5 || length(&step) < 0.9 * radius);
        iterations += 1;
        let there = function(&target);
        let gain = there.value - here.value;
        let acceptable = there.is_finite() && (gain > 1e-4 * predicted || gain.abs() <= noise);
        if !acceptable || gain < 0.25 * predicted {
            radius = 0.25 * length(&step).min(radius);
        } else if gain > 0.75 * predicted && length(&step) > 0.9 * radius {
            radius = (2.0 * radius).min(LARGEST_RADIUS);
        }
        if acceptable {
            at = target;
            here = there;
        } else if radius < 1e-12 {
            // Derivatives are exact, so only rounding can refuse so short a step: the gradient tells what it hides.
            converged = length(&quadratic.gradient) <= HIDDEN_SLOPE;
            break;
        }
    }
    let quadratic = FreeQuadratic::new(&here, &at, limits);
    Some(Outcome {
        at,
        evaluation: here,
        converged,
        iterations,
        gradient_norm: length(&quadratic.gradient),
        condition: quadratic.condition(),
    })
}

fn clamped<const N: usize>(at: [f64; N], limits: &Limits<N>) -> [f64; N] {
    std::array::from_fn(|i| at[i].clamp(limits.lower[i], limits.upper[i]))
}

fn length<const N: usize>(vector: &[f64; N]) -> f64 {
    dot(vector, vector).sqrt()
}

fn dot<const N: usize>(left: &[f64; N], right: &[f64; N]) -> f64 {
    left.iter().zip(right).map(|(l, r)| l * r).sum()
}

fn predicted_gain<const N: usize>(here: &Evaluation<N>, step: &[f64; N]) -> f64 {
    let bent: f64 = (0..N).map(|i| step[i] * dot(&here.hessian[i], step)).sum();
    dot(&here.gradient, step) + 0.5 * bent
}

/// The quadratic model in the coordinates that are not held by the box, by the eigenvalues of its curvature.
struct FreeQuadratic<const N: usize> {
    gradient: [f64; N],
    /// Eigenvalues of the negative Hessian; coordinates that are held count with curvature 1 and gradient 0.
    eigenvalues: [f64; N],
    /// Eigenvectors, one a row.
    eigenvectors: [[f64; N]; N],
    free: [bool; N],
}

impl<const N: usize> FreeQuadratic<N> {
    fn new(here: &Evaluation<N>, at: &[f64; N], limits: &Limits<N>) -> Self {
        let free: [bool; N] = std::array::from_fn(|i| {
            let held_below = at[i] <= limits.lower[i] && here.gradient[i] <= 0.0;
            let held_above = at[i] >= limits.upper[i] && here.gradient[i] >= 0.0;
            !held_below && !held_above
        });
        let gradient = std::array::from_fn(|i| if free[i] { here.gradient[i] } else { 0.0 });
        let curvature = std::array::from_fn(|i| {
            std::array::from_fn(|j| match (free[i] && free[j], i == j) {
                (true, _) => -here.hessian[i][j],
                (false, true) => 1.0,
                (false, false) => 0.0,
            })
        });
        let (eigenvalues, eigenvectors) = symmetric_eigen(curvature);
        FreeQuadratic { gradient, eigenvalues, eigenvectors, free }
    }

    /// The step of at most `radius` that gains most.
    fn best_step(&self, radius: f64) -> [f64; N] {
        let slopes: [f64; N] = std::array::from_fn(|k| dot(&self.eigenvectors[k], &self.gradient));
        let least = self.eigenvalues.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = self.eigenvalues.iter().copied().fold(0.0, |a: f64, b| a.max(b.abs()));
        let floor = (-least).max(0.0) + 1e-14 * greatest + f64::MIN_POSITIVE;
        let along = |shift: f64| -> [f64; N] {
            std::array::from_fn(|k| if slopes[k] == 0.0 { 0.0 } else { slopes[k] / (self.eigenvalues[k] + shift) })
        };
        let mut coordinates = along(if least > 0.0 { 0.0 } else { floor });
        if length(&coordinates) > radius {
            let (mut low, mut high) = (floor, floor + length(&slopes) / radius);
            for _ in 0..60 {
                let middle = 0.5 * (low + high);
                if length(&along(middle)) > radius { low = middle } else { high = middle }
            }
            coordinates = along(high);
        } else if least < 0.0 {
            // Uphill both ways along the direction of negative curvature: walk it to the edge.
            let missing = (radius * radius - dot(&coordinates, &coordinates)).max(0.0).sqrt();
            if let Some(k) = self.eigenvalues.iter().position(|&value| value == least) {
                coordinates[k] += if slopes[k] < 0.0 { -missing } else { missing };
            }
        }
        std::array::from_fn(|i| (0..N).map(|k| coordinates[k] * self.eigenvectors[k][i]).sum())
    }

    fn condition(&self) -> f64 {
        let mut values = Vec::with_capacity(N);
        for (value, vector) in self.eigenvalues.iter().zip(&self.eigenvectors) {
            let is_held = (0..N).any(|i| !self.free[i] && vector[i].abs() > 0.5);
            if !is_held {
                values.push(*value);
            }
        }
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = values.iter().copied().fold(0.0, f64::max);
        if values.is_empty() {
            1.0
        } else if least > 0.0 {
            greatest / least
        } else {
            f64::INFINITY
        }
    }
}

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

    const WIDE: Limits<2> = Limits { lower: [-50.0; 2], upper: [50.0; 2] };

    /// Rosenbrock's valley upside down, maximum 0 at (1, 1).
    fn valley(at: &[f64; 2]) -> Evaluation<2> {
        let [x, y] = *at;
        let rise = y - x * x;
        Evaluation {
            value: -(1.0 - x).powi(2) - 100.0 * rise * rise,
            gradient: [2.0 * (1.0 - x) + 400.0 * x * rise, -200.0 * rise],
            hessian: [[-2.0 + 400.0 * rise - 800.0 * x * x, 400.0 * x], [400.0 * x, -200.0]],
        }
    }

    #[test]
    fn finds_the_end_of_a_bent_valley() {
        let found = maximise(valley, [-1.2, 1.0], &WIDE, 100).unwrap();
        assert!(found.converged && found.iterations < 40);
        assert!((found.at[0] - 1.0).abs() < 1e-6 && (found.at[1] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn stops_at_the_edge_of_the_box() {
        let limits = Limits { lower: [-2.0; 2], upper: [0.5, 3.0] };
        let found = maximise(valley, [-1.2, 1.0], &limits, 100).unwrap();
        assert!(found.converged);
        assert!((found.at[0] - 0.5).abs() < 1e-12 && (found.at[1] - 0.25).abs() < 1e-6);
    }

    #[test]
    fn too_few_iterations_are_not_convergence() {
        assert!(!maximise(valley, [-1.2, 1.0], &WIDE, 3).unwrap().converged);
    }

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
}
