//! Newton's search from several starts within a box, with a check of its end.

use crate::newton::{Evaluation, Limits, Outcome, maximise};

const MAX_ITERATIONS: u32 = 200;
/// Rounds of restarts from the walls of the box.
const RESTARTS: usize = 4;
/// A little more than the longest step.
const REACH: f64 = 3.5;
/// At a maximum the squared gradient is of the order of 1e-9 (the gain still to be had) times the information, which grows
/// with the customers. Beyond this share of them the search has stalled.
const STALLED: f64 = 1e-6;

/// The best end of searches from several starts; ends at a maximum come before others. `None` if the function is finite
/// at none of them. `customers` is the total weight of the data.
pub(crate) fn best_maximum<const N: usize>(
    function: impl Fn(&[f64; N]) -> Evaluation<N>,
    starts: &[[f64; N]],
    limits: &Limits<N>,
    customers: f64,
) -> Option<Outcome<N>> {
    let mut best: Option<Outcome<N>> = None;
    for &start in starts {
        if let Some(found) = from_start(&function, start, limits, customers)
            && best.is_none_or(|best| rank(&found) > rank(&best))
        {
            best = Some(found);
        }
    }
    best
}

fn rank<const N: usize>(outcome: &Outcome<N>) -> (bool, f64) {
    (outcome.converged, outcome.evaluation.value)
}

/// A step that the box cuts short may gain nothing where others would: a search that ends so goes on from the walls
/// within a step's reach.
fn from_start<const N: usize>(
    function: &impl Fn(&[f64; N]) -> Evaluation<N>,
    start: [f64; N],
    limits: &Limits<N>,
    customers: f64,
) -> Option<Outcome<N>> {
    let has_stalled = |found: &Outcome<N>| found.gradient_norm.powi(2) > STALLED * customers.max(1.0);
    let mut found = maximise(function, start, limits, MAX_ITERATIONS)?;
    let mut iterations = found.iterations;
    for _ in 0..RESTARTS {
        if !(found.converged && has_stalled(&found)) {
            break;
        }
        let before = found;
        for (at, on_wall) in at_walls(&before.at, limits) {
            // Along the wall first: a ridge that leads beyond it would lead back to where the search stalled.
            let Some(along) = maximise(function, at, &on_wall, MAX_ITERATIONS) else { continue };
            let Some(next) = maximise(function, along.at, limits, MAX_ITERATIONS) else { continue };
            iterations += along.iterations + next.iterations;
            if next.converged && next.evaluation.value > found.evaluation.value {
                found = next;
            }
        }
        if found.evaluation.value == before.evaluation.value {
            break;
        }
    }
    found.converged &= !has_stalled(&found);
    found.iterations = iterations;
    Some(found)
}

/// The point, moved onto each wall within reach, and the box that keeps it there.
fn at_walls<const N: usize>(at: &[f64; N], limits: &Limits<N>) -> Vec<([f64; N], Limits<N>)> {
    let mut moved = Vec::new();
    for i in 0..N {
        for wall in [limits.lower[i], limits.upper[i]] {
            let distance = (wall - at[i]).abs();
            if distance > 0.0 && distance <= REACH {
                let (mut to, mut on_wall) = (*at, *limits);
                to[i] = wall;
                (on_wall.lower[i], on_wall.upper[i]) = (wall, wall);
                moved.push((to, on_wall));
            }
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_goes_on_along_the_wall() {
        // A ridge along x + y, whose top lies far beyond the box: the whole step, cut short in x, loses.
        let ridge = |at: &[f64; 2]| {
            let (along, across) = (at[0] + at[1] - 40.0, at[0] - at[1]);
            Evaluation {
                value: -along * along - 100.0 * across * across,
                gradient: [-2.0 * along - 200.0 * across, -2.0 * along + 200.0 * across],
                hessian: [[-202.0, 198.0], [198.0, -202.0]],
            }
        };
        let limits = Limits { lower: [-5.0, -50.0], upper: [1.0, 50.0] };
        let found = best_maximum(ridge, &[[0.9, 0.9]], &limits, 1.0).unwrap();
        // With x = 1: -(y - 39) + 100 (1 - y) = 0.
        assert!(found.converged && found.at[0] == 1.0);
        assert!((found.at[1] - 139.0 / 101.0).abs() < 1e-6, "{found:?}");
    }
}
