//! Newton's search from several starts within a box.

use crate::newton::{Evaluation, Limits, Outcome, maximise};

const MAX_ITERATIONS: u32 = 200;

/// The best end of searches from several starts; ends at a maximum come before others. `None` if the function is finite
/// at none of them.
pub(crate) fn best_maximum<const N: usize>(
    function: impl Fn(&[f64; N]) -> Evaluation<N>,
    starts: &[[f64; N]],
    limits: &Limits<N>,
) -> Option<Outcome<N>> {
    let mut best: Option<Outcome<N>> = None;
    for &start in starts {
        if let Some(found) = maximise(&function, start, limits, MAX_ITERATIONS)
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
        let found = best_maximum(ridge, &[[0.9, 0.9]], &limits).unwrap();
        // With x = 1: -(y - 39) + 100 (1 - y) = 0.
        assert!(found.converged && found.at[0] == 1.0);
        assert!((found.at[1] - 139.0 / 101.0).abs() < 1e-6, "{found:?}");
    }
}
