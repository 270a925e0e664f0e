//! Maximisation by Newton's method in a trust region (Moré & Sorensen 1983), within a box.
//!
//! The eigenvalues of the Hessian solve the step exactly, also where the function is not concave, and tell at the end
//! how well the data determine the parameters. Walls of the box are met by an active set: a step that would cross one
//! goes up to it, and the coordinates that are still free are solved for again with that one held. Cutting the whole
//! step short instead can promise a loss on a slope, which must not be taken for a maximum.
//!
//! The search takes any number of coordinates; where their number is known, arrays stand in front of it.

mod search;

pub(crate) use search::{Bounds, Ending, Expansion, maximise_any};

use crate::symmetric::array_of;

/// A function's value with its gradient and Hessian.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Evaluation<const N: usize> {
    pub value: f64,
    pub gradient: [f64; N],
    pub hessian: [[f64; N]; N],
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

/// Maximises `function` from `start`. `None` if the function is not finite at the start.
pub(crate) fn maximise<const N: usize>(
    mut function: impl FnMut(&[f64; N]) -> Evaluation<N>,
    start: [f64; N],
    limits: &Limits<N>,
    max_iterations: u32,
) -> Option<Outcome<N>> {
    let bounds = Bounds { lower: limits.lower.to_vec(), upper: limits.upper.to_vec() };
    let expand = |at: &[f64]| {
        let Evaluation { value, gradient, hessian } = function(&array_of(at));
        Expansion { value, gradient: gradient.to_vec(), hessian: hessian.map(|row| row.to_vec()).to_vec() }
    };
    let found = maximise_any(expand, &start, &bounds, max_iterations)?;
    let Expansion { value, gradient, hessian } = &found.expansion;
    Some(Outcome {
        at: array_of(&found.at),
        evaluation: Evaluation {
            value: *value,
            gradient: array_of(gradient),
            hessian: std::array::from_fn(|i| array_of(&hessian[i])),
        },
        converged: found.converged,
        iterations: found.iterations,
        gradient_norm: found.gradient_norm,
        free: array_of(&found.free),
        condition: found.condition,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(left: &[f64], right: &[f64]) -> f64 {
        left.iter().zip(right).map(|(l, r)| l * r).sum()
    }

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
