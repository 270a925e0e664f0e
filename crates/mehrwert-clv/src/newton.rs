//! Maximisation by Newton's method in a trust region (Moré & Sorensen 1983), within a box.
//!
//! The eigenvalues of the Hessian solve the step exactly, also where the function is not concave, and tell at the end
//! how well the data determine the parameters. Walls of the box are met by an active set: a step that would cross one
//! goes up to it, and the coordinates that are still free are solved for again with that one held. Cutting the whole
//! step short instead can promise a loss on a slope, which must not be taken for a maximum.

use crate::symmetric::symmetric_eigen;

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
    /// The coordinates that the box leaves free.
    pub free: [bool; N],
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
        let target = best_target(&here, &at, limits, radius);
        let moved = std::array::from_fn(|i| target[i] - at[i]);
        let (predicted, walked) = (predicted_gain(&here, &moved), length(&moved));
        let noise = ROUNDING * here.value.abs();
        // A small promise means convergence only if a small radius is not what makes it small.
        converged = predicted <= WORTHLESS_GAIN.max(noise) && (radius >= 0.5 || walked < 0.9 * radius);
        iterations += 1;
        let there = function(&target);
        let gain = there.value - here.value;
        let acceptable = there.is_finite() && (gain > 1e-4 * predicted || gain.abs() <= noise);
        if !acceptable || gain < 0.25 * predicted {
            radius = 0.25 * walked.min(radius);
        } else if gain > 0.75 * predicted && walked > 0.9 * radius {
            radius = (2.0 * radius).min(LARGEST_RADIUS);
        }
        if acceptable {
            at = target;
            here = there;
        } else if radius < 1e-12 {
            // Derivatives are exact, so only rounding can refuse so short a step: the gradient tells what it hides.
            converged = length(&held_quadratic(&here, &at, limits).gradient) <= HIDDEN_SLOPE;
            break;
        }
    }
    let quadratic = held_quadratic(&here, &at, limits);
    Some(Outcome {
        at,
        evaluation: here,
        converged,
        iterations,
        gradient_norm: length(&quadratic.gradient),
        free: quadratic.free,
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

/// The coordinates that the box does not hold: those inside, and those on a wall that the function rises away from.
fn free_coordinates<const N: usize>(here: &Evaluation<N>, at: &[f64; N], limits: &Limits<N>) -> [bool; N] {
    std::array::from_fn(|i| {
        let held_below = at[i] <= limits.lower[i] && here.gradient[i] <= 0.0;
        let held_above = at[i] >= limits.upper[i] && here.gradient[i] >= 0.0;
        !held_below && !held_above
    })
}

fn held_quadratic<const N: usize>(here: &Evaluation<N>, at: &[f64; N], limits: &Limits<N>) -> FreeQuadratic<N> {
    FreeQuadratic::new(here.gradient, &here.hessian, free_coordinates(here, at, limits))
}

/// Where the quadratic model gains most within the box and at most `radius` away: by the active set or, should that
/// promise less (it may where the model is not concave), along the best single coordinate. So a small promise means
/// that no coordinate is left along which the function rises.
fn best_target<const N: usize>(here: &Evaluation<N>, at: &[f64; N], limits: &Limits<N>, radius: f64) -> [f64; N] {
    let by_active_set = active_set_target(here, at, limits, radius);
    let gain = |target: &[f64; N]| predicted_gain(here, &std::array::from_fn(|i| target[i] - at[i]));
    let mut best = (gain(&by_active_set), by_active_set);
    for i in 0..N {
        let (slope, bend) = (here.gradient[i], -here.hessian[i][i]);
        let wanted = if bend > 0.0 { (slope.abs() / bend).min(radius) } else { radius };
        let mut target = *at;
        target[i] = (at[i] + wanted.copysign(slope)).clamp(limits.lower[i], limits.upper[i]);
        let gain = gain(&target);
        if gain > best.0 {
            best = (gain, target);
        }
    }
    best.1
}

/// Solves for the free coordinates, goes up to the first wall that the step would cross, holds that coordinate there
/// and solves again; every round holds one coordinate more.
fn active_set_target<const N: usize>(here: &Evaluation<N>, at: &[f64; N], limits: &Limits<N>, radius: f64) -> [f64; N] {
    let mut free = free_coordinates(here, at, limits);
    let mut reached = *at;
    for _ in 0..=N {
        let held: [f64; N] = std::array::from_fn(|i| if free[i] { 0.0 } else { reached[i] - at[i] });
        let slope = std::array::from_fn(|i| here.gradient[i] + dot(&here.hessian[i], &held));
        let left = (radius * radius - dot(&held, &held)).max(0.0).sqrt();
        let step = FreeQuadratic::new(slope, &here.hessian, free).best_step(left);
        let target: [f64; N] = std::array::from_fn(|i| if free[i] { at[i] + step[i] } else { reached[i] });
        let Some((wall, part)) = first_wall(&reached, &target, limits) else {
            return clamped(target, limits);
        };
        reached = clamped(std::array::from_fn(|i| reached[i] + part * (target[i] - reached[i])), limits);
        reached[wall] = if target[wall] > limits.upper[wall] { limits.upper[wall] } else { limits.lower[wall] };
        free[wall] = false;
    }
    reached
}

/// The first coordinate that leaves the box on the way, and after which part of the way.
fn first_wall<const N: usize>(from: &[f64; N], to: &[f64; N], limits: &Limits<N>) -> Option<(usize, f64)> {
    let crossing = |i: usize| {
        let wall = to[i].clamp(limits.lower[i], limits.upper[i]);
        (wall != to[i]).then(|| (i, ((wall - from[i]) / (to[i] - from[i])).clamp(0.0, 1.0)))
    };
    (0..N).filter_map(crossing).min_by(|one, other| one.1.total_cmp(&other.1))
}

/// The quadratic model in some of the coordinates, by the eigenvalues of its curvature.
struct FreeQuadratic<const N: usize> {
    gradient: [f64; N],
    /// Eigenvalues of the negative Hessian; coordinates that are held count with curvature 1 and gradient 0.
    eigenvalues: [f64; N],
    /// Eigenvectors, one a row.
    eigenvectors: [[f64; N]; N],
    free: [bool; N],
}

impl<const N: usize> FreeQuadratic<N> {
    fn new(slope: [f64; N], hessian: &[[f64; N]; N], free: [bool; N]) -> Self {
        let gradient = std::array::from_fn(|i| if free[i] { slope[i] } else { 0.0 });
        let curvature = std::array::from_fn(|i| {
            std::array::from_fn(|j| match (free[i] && free[j], i == j) {
                (true, _) => -hessian[i][j],
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

    /// Minus a quadratic form with its maximum at `top`.
    fn hill(curvature: [[f64; 2]; 2], top: [f64; 2]) -> impl FnMut(&[f64; 2]) -> Evaluation<2> {
        move |at| {
            let away = [at[0] - top[0], at[1] - top[1]];
            let slope = curvature.map(|row| -dot(&row, &away));
            Evaluation {
                value: 0.5 * dot(&slope, &away),
                gradient: slope,
                hessian: curvature.map(|row| row.map(|c| -c)),
            }
        }
    }

    /// The step to the top of a narrow ridge, cut short in x, loses: held at the wall, the rest is solved for again.
    #[test]
    fn a_maximum_beyond_one_wall_is_met_on_it() {
        let limits = Limits { lower: [-5.0, -50.0], upper: [1.0, 50.0] };
        let ridge = [[202.0, -198.0], [-198.0, 202.0]];
        for start in [[0.9, 0.9], [1.0, 1.0], [1.0, -7.0], [-4.9, 30.0]] {
            let found = maximise(hill(ridge, [20.0, 20.0]), start, &limits, 100).unwrap();
            // With x = 1: 198 (1 - 20) = 202 (y - 20).
            assert!(found.converged && found.at[0] == 1.0 && found.gradient_norm < 1e-4, "{found:?}");
            assert!((found.at[1] - (20.0 - 19.0 * 198.0 / 202.0)).abs() < 1e-6, "{found:?}");
            assert_eq!(found.free, [false, true]);
        }
    }

    #[test]
    fn a_maximum_beyond_two_walls_is_met_in_the_corner() {
        let limits = Limits { lower: [-5.0, -1.0], upper: [1.0, 2.0] };
        let slanted = [[2.0, 0.5], [0.5, 1.0]];
        for start in [[0.9, 1.9], [-5.0, -1.0], [1.0, -1.0], [0.0, 2.0]] {
            let found = maximise(hill(slanted, [30.0, 40.0]), start, &limits, 100).unwrap();
            assert!(found.converged && found.at == [1.0, 2.0] && found.gradient_norm == 0.0, "{found:?}");
        }
    }

    /// The valley's floor leaves the box through a wall, along which the search must go on.
    #[test]
    fn a_bent_ridge_is_followed_along_the_wall() {
        for (upper, expected) in [([50.0, 0.25], [0.5, 0.25]), ([0.3, 50.0], [0.3, 0.09]), ([0.8, 0.1], [0.3172, 0.1])]
        {
            let limits = Limits { lower: [-2.0; 2], upper };
            for start in [[-1.2, 0.1], [-2.0, -2.0], [0.0, upper[1].min(3.0)], [upper[0].min(1.5), -2.0]] {
                let found = maximise(valley, start, &limits, 200).unwrap();
                assert!(found.converged && found.gradient_norm < 1e-3, "{found:?}");
                assert!((0..2).all(|i| (found.at[i] - expected[i]).abs() < 1.5e-2), "{upper:?} {start:?} {found:?}");
                assert!(found.at.iter().zip(upper).any(|(at, wall)| *at == wall));
            }
        }
    }
}
