//! The No-U-Turn sampler (Hoffman & Gelman 2014) with multinomial weights (Betancourt 2017) and dual averaging of the
//! step, in coordinates in which the target is about standard normal: the Hessian at the mode is the mass matrix.

use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64Mcg;
use rayon::prelude::*;

/// The logarithm of a density with its gradient; not finite outside its support.
pub(crate) type Slope<const N: usize> = (f64, [f64; N]);

/// How long to sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lengths {
    pub chains: usize,
    pub warmup: usize,
    pub draws: usize,
}

/// Draws by chain, and how often the integration of a trajectory broke down after the warm-up.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chains<const N: usize> {
    pub draws: Vec<Vec<[f64; N]>>,
    pub divergences: usize,
}

/// Doublings of a trajectory: enough for posteriors of four parameters, and an end to what has none.
const DEEPEST: u32 = 8;
/// With 0.65 or 0.72 steps are longer, but trajectories now and then break down where with this none does.
const WANTED_ACCEPTANCE: f64 = 0.8;
/// A loss of log density beyond this is a breakdown.
const BREAKDOWN: f64 = 1000.0;
/// How far from the centre chains start, in deviations.
const START_SPREAD: f64 = 1.5;

/// Samples `target`. Chains run in parallel, each with its own generator: the result depends on the seeds only.
pub(crate) fn sample<const N: usize>(
    target: impl Fn(&[f64; N]) -> Slope<N> + Sync,
    lengths: Lengths,
    seeds: &[u64],
) -> Chains<N> {
    let chains: Vec<(Vec<[f64; N]>, usize)> = seeds[..lengths.chains.min(seeds.len())]
        .par_iter()
        .map(|&seed| Chain::new(&target, seed).run(lengths))
        .collect();
    let divergences = chains.iter().map(|chain| chain.1).sum();
    Chains { draws: chains.into_iter().map(|chain| chain.0).collect(), divergences }
}

#[derive(Debug, Clone, Copy)]
struct Point<const N: usize> {
    at: [f64; N],
    momentum: [f64; N],
    value: f64,
    gradient: [f64; N],
}

impl<const N: usize> Point<N> {
    /// Log of the joint density of place and momentum.
    fn joint(&self) -> f64 {
        self.value - 0.5 * dot(&self.momentum, &self.momentum)
    }
}

fn dot<const N: usize>(one: &[f64; N], other: &[f64; N]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

fn sum<const N: usize>(one: &[f64; N], other: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|i| one[i] + other[i])
}

fn log_sum(one: f64, other: f64) -> f64 {
    crate::jet::log_sum(one, other)
}

/// Part of a trajectory, in the order of its time.
#[derive(Debug, Clone, Copy)]
struct Tree<const N: usize> {
    left: Point<N>,
    right: Point<N>,
    proposal: Point<N>,
    log_weight: f64,
    /// Sum of the momenta.
    momenta: [f64; N],
    /// Turned back on itself, or broke down.
    ended: bool,
    broke_down: bool,
    acceptance: f64,
    steps: f64,
}

struct Chain<'a, F, const N: usize> {
    target: &'a F,
    rng: Pcg64Mcg,
    step: f64,
}

impl<'a, F: Fn(&[f64; N]) -> Slope<N>, const N: usize> Chain<'a, F, N> {
    fn new(target: &'a F, seed: u64) -> Self {
        Chain { target, rng: Pcg64Mcg::seed_from_u64(seed), step: 0.8 }
    }

    fn run(mut self, lengths: Lengths) -> (Vec<[f64; N]>, usize) {
        let mut here = self.start();
        let mut averaging = DualAveraging::new(self.step);
        for _ in 0..lengths.warmup {
            let tree = self.transition(&here);
            here = tree.proposal;
            self.step = averaging.next(tree.acceptance / tree.steps);
        }
        self.step = averaging.settled();
        let mut draws = Vec::with_capacity(lengths.draws);
        let mut divergences = 0;
        for _ in 0..lengths.draws {
            let tree = self.transition(&here);
            here = tree.proposal;
            divergences += usize::from(tree.broke_down);
            draws.push(here.at);
        }
        (draws, divergences)
    }

    fn normals(&mut self) -> [f64; N] {
        std::array::from_fn(|_| StandardNormal.sample(&mut self.rng))
    }

    /// Somewhere around the centre where the density is above zero.
    fn start(&mut self) -> Point<N> {
        let mut spread = START_SPREAD;
        let direction = self.normals();
        loop {
            let at = direction.map(|along| spread * along);
            let (value, gradient) = (self.target)(&at);
            // At the centre itself the density is finite, or there is nothing to sample.
            if value.is_finite() || spread == 0.0 {
                return Point { at, momentum: [0.0; N], value, gradient };
            }
            spread = if spread > 0.01 { 0.5 * spread } else { 0.0 };
        }
    }

    fn leapfrog(&self, from: &Point<N>, step: f64) -> Point<N> {
        let half: [f64; N] = std::array::from_fn(|i| from.momentum[i] + 0.5 * step * from.gradient[i]);
        let at: [f64; N] = std::array::from_fn(|i| from.at[i] + step * half[i]);
        let (value, gradient) = (self.target)(&at);
        Point { at, momentum: std::array::from_fn(|i| half[i] + 0.5 * step * gradient[i]), value, gradient }
    }

    /// One trajectory from a fresh momentum, doubled forwards or backwards until it turns.
    fn transition(&mut self, from: &Point<N>) -> Tree<N> {
        let start = Point { momentum: self.normals(), ..*from };
        let joint = start.joint();
        let mut whole = Tree::of(start, 0.0, 0.0, 0.0);
        for depth in 0..DEEPEST {
            let forwards = self.rng.random::<bool>();
            let edge = if forwards { whole.right } else { whole.left };
            let grown = self.grow(&edge, depth, forwards, joint);
            let progress = (grown.log_weight - whole.log_weight).exp();
            // The new half is preferred, which moves farther than a uniform choice.
            let moves = !grown.ended && self.rng.random::<f64>() < progress;
            let proposal = if moves { grown.proposal } else { whole.proposal };
            whole = whole.joined(&grown, forwards, proposal);
            if whole.ended {
                break;
            }
        }
        whole
    }

    /// `2^depth` steps on from an end of the trajectory.
    fn grow(&mut self, edge: &Point<N>, depth: u32, forwards: bool, joint: f64) -> Tree<N> {
        if depth == 0 {
            let next = self.leapfrog(edge, if forwards { self.step } else { -self.step });
            let gain = next.joint() - joint;
            let gain = if gain.is_nan() { f64::NEG_INFINITY } else { gain };
            return Tree::of(next, gain, gain.exp().min(1.0), 1.0);
        }
        let inner = self.grow(edge, depth - 1, forwards, joint);
        if inner.ended {
            return inner;
        }
        let outer = self.grow(if forwards { &inner.right } else { &inner.left }, depth - 1, forwards, joint);
        let share = (outer.log_weight - log_sum(inner.log_weight, outer.log_weight)).exp();
        let proposal = if self.rng.random::<f64>() < share { outer.proposal } else { inner.proposal };
        inner.joined(&outer, forwards, proposal)
    }
}

impl<const N: usize> Tree<N> {
    fn of(point: Point<N>, log_weight: f64, acceptance: f64, steps: f64) -> Tree<N> {
        let broke_down = log_weight < -BREAKDOWN;
        Tree {
            left: point,
            right: point,
            proposal: point,
            log_weight,
            momenta: point.momentum,
            ended: broke_down,
            broke_down,
            acceptance,
            steps,
        }
    }

    /// This part with the one that `follows` it in time or comes before.
    fn joined(&self, other: &Tree<N>, follows: bool, proposal: Point<N>) -> Tree<N> {
        let (first, last) = if follows { (self, other) } else { (other, self) };
        let momenta = sum(&first.momenta, &last.momenta);
        let turns = |momenta: &[f64; N], from: &Point<N>, to: &Point<N>| {
            dot(momenta, &from.momentum) <= 0.0 || dot(momenta, &to.momentum) <= 0.0
        };
        // Also across the seam, where a whole turn would go unnoticed.
        let turned = turns(&momenta, &first.left, &last.right)
            || turns(&sum(&first.momenta, &last.left.momentum), &first.left, &last.left)
            || turns(&sum(&last.momenta, &first.right.momentum), &first.right, &last.right);
        Tree {
            left: first.left,
            right: last.right,
            proposal,
            log_weight: log_sum(first.log_weight, last.log_weight),
            momenta,
            ended: other.ended || turned,
            broke_down: first.broke_down || last.broke_down,
            acceptance: first.acceptance + last.acceptance,
            steps: first.steps + last.steps,
        }
    }
}

/// Nesterov's dual averaging of the logarithm of the step (Hoffman & Gelman 2014, section 3.2).
struct DualAveraging {
    centre: f64,
    error: f64,
    settled: f64,
    count: f64,
}

impl DualAveraging {
    fn new(step: f64) -> DualAveraging {
        DualAveraging { centre: (10.0 * step).ln(), error: 0.0, settled: step.ln(), count: 0.0 }
    }

    fn next(&mut self, acceptance: f64) -> f64 {
        self.count += 1.0;
        let share = 1.0 / (self.count + 10.0);
        self.error += share * (WANTED_ACCEPTANCE - acceptance - self.error);
        let log_step = self.centre - self.count.sqrt() / 0.05 * self.error;
        self.settled += self.count.powf(-0.75) * (log_step - self.settled);
        log_step.exp()
    }

    fn settled(&self) -> f64 {
        self.settled.exp()
    }
}

#[cfg(test)]
mod tests {
    use super::super::diagnostics::{bulk_effective, r_hat, tail_effective};
    use super::*;

    const LENGTHS: Lengths = Lengths { chains: 4, warmup: 1000, draws: 1000 };

    fn of<const N: usize>(chains: &Chains<N>, function: impl Fn(&[f64; N]) -> f64) -> Vec<Vec<f64>> {
        chains.draws.iter().map(|chain| chain.iter().map(&function).collect()).collect()
    }

    fn mean(chains: &[Vec<f64>]) -> f64 {
        let all = chains.concat();
        all.iter().sum::<f64>() / all.len() as f64
    }

    #[test]
    fn a_normal_gives_its_moments_back() {
        // Precision [[2, 0.9], [0.9, 1]] around (1, -1): covariance [[1, -0.9], [-0.9, 2]] / 1.19.
        let target = |at: &[f64; 2]| {
            let (x, y) = (at[0] - 1.0, at[1] + 1.0);
            let slope = [-2.0 * x - 0.9 * y, -0.9 * x - y];
            (0.5 * (slope[0] * x + slope[1] * y), slope)
        };
        let chains = sample(target, LENGTHS, &[1, 2, 3, 4]);
        let (x, y) = (of(&chains, |at| at[0]), of(&chains, |at| at[1]));
        let product = of(&chains, |at| (at[0] - 1.0) * (at[1] + 1.0));
        let square = of(&chains, |at| (at[1] + 1.0).powi(2));
        assert!((mean(&x) - 1.0).abs() < 0.06 && (mean(&y) + 1.0).abs() < 0.09);
        assert!((mean(&product) + 0.9 / 1.19).abs() < 0.09 && (mean(&square) - 2.0 / 1.19).abs() < 0.17);
        for chains in [&x, &y] {
            assert!(r_hat(chains) < 1.01 && bulk_effective(chains) > 1000.0 && tail_effective(chains) > 800.0);
        }
        assert_eq!(chains.divergences, 0);
    }

    /// x is standard normal, y is normal around x^2 / 2: the mean of y is 1 / 2, its variance 1 / 2 + 1.
    #[test]
    fn a_banana_gives_its_moments_back() {
        let target = |at: &[f64; 2]| {
            let off = at[1] - 0.5 * at[0] * at[0];
            (-0.5 * at[0] * at[0] - 0.5 * off * off, [-at[0] + off * at[0], -off])
        };
        let chains = sample(target, Lengths { draws: 4000, ..LENGTHS }, &[5, 6, 7, 8]);
        let (x, y) = (of(&chains, |at| at[0]), of(&chains, |at| at[1]));
        assert!(mean(&x).abs() < 0.06 && (mean(&of(&chains, |at| at[0] * at[0])) - 1.0).abs() < 0.08);
        assert!((mean(&y) - 0.5).abs() < 0.07, "{}", mean(&y));
        assert!((mean(&of(&chains, |at| (at[1] - 0.5).powi(2))) - 1.5).abs() < 0.2);
        assert!(r_hat(&x).max(r_hat(&y)) < 1.01);
    }

    #[test]
    fn the_number_of_threads_does_not_matter() {
        let target = |at: &[f64; 1]| (-0.5 * at[0] * at[0], [-at[0]]);
        let lengths = Lengths { chains: 4, warmup: 50, draws: 50 };
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| sample(target, lengths, &[1, 2, 3, 4]))
        };
        assert_eq!(run(1), run(3));
    }
}
