//! Newton's search from several starts within a box.

use crate::newton::{Evaluation, Limits, Outcome, maximise};
use crate::prior::SearchOptions;

/// The maximum from the start asked for if that leads to one, else the best end of searches from the usual starts, given as
/// logarithms, and from the centre of the prior.
pub(crate) fn search<const N: usize>(
    function: impl Fn(&[f64; N]) -> Evaluation<N>,
    options: &SearchOptions<N>,
    usual: &[[f64; N]],
    limits: &Limits<N>,
) -> Option<Outcome<N>> {
    let inside = |at: [f64; N]| std::array::from_fn(|i| at[i].clamp(limits.lower[i], limits.upper[i]));
    let asked = options.start.map(|start| inside(start.map(f64::ln)));
    let warm = asked.and_then(|start| maximise(&function, start, limits, options.max_iterations));
    // A start far out may end on a plateau there, which is no answer while there is another.
    if let Some(found) = warm.filter(|found| found.converged && is_inside(found, limits)) {
        return Some(found);
    }
    let mut starts = usual.to_vec();
    starts.extend(options.prior.map(|prior| inside(prior.log_mean)));
    best_maximum(function, &starts, limits, options.max_iterations)
}

/// Inside the box, but for sides that are held together, with a slope of the logarithms that has an end.
fn is_inside<const N: usize>(found: &Outcome<N>, limits: &Limits<N>) -> bool {
    (0..N).all(|i| found.free[i] || limits.lower[i] == limits.upper[i]) && found.condition < PLATEAU
}

/// A Hessian of worse condition is that of a plateau.
const PLATEAU: f64 = 1e9;

/// The best end of searches from several starts; ends at a maximum come before others. `None` if the function is finite
/// at none of them.
fn best_maximum<const N: usize>(
    function: impl Fn(&[f64; N]) -> Evaluation<N>,
    starts: &[[f64; N]],
    limits: &Limits<N>,
    max_iterations: u32,
) -> Option<Outcome<N>> {
    let mut best: Option<Outcome<N>> = None;
    for &start in starts {
        if let Some(found) = maximise(&function, start, limits, max_iterations)
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
        let found = best_maximum(ridge, &[[0.9, 0.9]], &limits, 200).unwrap();
        // With x = 1: -(y - 39) + 100 (1 - y) = 0.
        assert!(found.converged && found.at[0] == 1.0);
        assert!((found.at[1] - 139.0 / 101.0).abs() < 1e-6, "{found:?}");
    }
}
