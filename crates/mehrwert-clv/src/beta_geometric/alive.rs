//! What a living BG/NBD or MBG/NBD customer will do, without the hypergeometric function of the papers.
//!
//! Given the probability p of leaving after a purchase, purchases to come by time t are expected to be
//! `h(p) = (1 - (1 + p tau)^-(r + x)) / p` with `tau = t / (alpha + T)`. Given alive, p is Beta(a, b'). So the
//! expectation is the mean of a positive function, finite everywhere, also where the papers' closed form divides zero
//! by zero or needs a + b > 1.
//!
//! The mean is taken by the trapezoidal rule over the logit of p, which converges exponentially. Where the beta
//! density is nearly flat in the logit (tiny a or b'), the rule's far ends are geometric series in which h is linear,
//! so one node each stands for them.

use crate::kernel::GivenAlive;
use crate::quadrature;

/// Discounting by more than exp(-50) leaves nothing to the last digit.
const LOG_NEGLIGIBLE: f64 = 50.0;
/// Beyond this distance from the ends, h and the density are linear to the last digit.
const LINEAR: f64 = 1e-8;
/// The logarithm of an integrand may change by so much on one panel.
const LARGEST_CHANGE: f64 = 20.0;
/// Where both shapes of the beta distribution are greater than this, it is a point to seven digits.
const CERTAIN: f64 = 1e8;
/// Shapes of the beta distribution beyond these are at the limit to the last digit.
const LEAST_SHAPE: f64 = 1e-100;
const MOST_SHAPE: f64 = 1e15;
/// Rates and spans beyond this would lead to numbers that are not finite.
const MOST_RATE: f64 = 1e200;
/// From so many ages on, interpolating costs less than a mean for each age.
const AGES_WORTH_INTERPOLATING: usize = 3;

/// Living customers of equal repeats.
pub(super) struct Living {
    /// r + x.
    pub shape: f64,
    pub alpha: f64,
    pub a: f64,
    /// Second parameter of the beta distribution given alive.
    pub b: f64,
}

impl Living {
    /// Expectations by age.
    pub fn expectations(&self, ages: &[f64], over: f64, rate: f64) -> Vec<GivenAlive> {
        let Some(youngest) = ages.iter().copied().reduce(f64::min) else {
            return Vec::new();
        };
        if rate == 0.0 && over == f64::INFINITY {
            return vec![self.for_ever(); ages.len()];
        }
        let horizon = effective_horizon(over, rate);
        let longest = if over == f64::INFINITY { horizon } else { over } / (self.alpha + youngest);
        let mean = MeanPurchases::new(self, longest, ages.len());
        ages.iter().map(|age| self.expectation(&mean, self.alpha + age, over, rate, horizon)).collect()
    }

    /// `E[N (N - 1)]` by age, over a finite horizon. Given rate and p, N is the lesser of a Poisson and a geometric number,
    /// so with the rate's gamma distribution, y = p tau and k = r + x it is
    /// `2 (1 - p) / p^2 [1 - (1 + y)^-k - k y (1 + y)^-(k + 1)]`; then the mean over p.
    pub fn second_moments(&self, ages: &[f64], over: f64) -> Vec<f64> {
        let Some(youngest) = ages.iter().copied().reduce(f64::min) else {
            return Vec::new();
        };
        let longest = over / (self.alpha + youngest);
        let nodes = LeavingNodes::new(self, longest);
        // Relative to tau^2, which makes it go from k (k + 1) downwards.
        let direct = |tau: f64| -> f64 {
            let of = |&(p, w): &(f64, f64)| w * 2.0 * (1.0 - p) * twice_slowed(p * tau, self.shape);
            nodes.nodes.iter().map(of).sum::<f64>() / nodes.weight
        };
        let interpolant = (ages.len() >= AGES_WORTH_INTERPOLATING && longest > 0.0)
            .then(|| Interpolant::new(longest.ln_1p(), |log_time| direct(log_time.exp_m1()).ln()))
            .flatten();
        let at = |age: &f64| {
            let tau = over / (self.alpha + age);
            let relative = interpolant.as_ref().map_or_else(|| direct(tau), |one| one.at(tau.ln_1p()).exp());
            tau * tau * relative
        };
        ages.iter().map(at).collect()
    }

    fn expectation(&self, mean: &MeanPurchases, scale: f64, over: f64, rate: f64, horizon: f64) -> GivenAlive {
        let expected = if over == f64::INFINITY { self.for_ever().expected } else { mean.at(over / scale) };
        if rate == 0.0 {
            return GivenAlive { expected, discounted: expected };
        }
        // By parts: what the horizon still counts of all purchases, and what was counted on the way. The logarithm of
        // time since the birth makes the expectation smooth on the scale of one.
        let pace = rate * scale;
        let end = (horizon / scale).ln_1p();
        let widest = if rate * horizon > 8.0 { 1.0 } else { 2.0 };
        // Many purchases may crowd at the beginning.
        let first = LARGEST_CHANGE / self.shape;
        let mut discounted = (-rate * horizon).exp() * mean.at(horizon / scale);
        for (log_time, weight) in quadrature::nodes(end, first, widest) {
            let time = log_time.exp_m1();
            discounted += weight * pace * (log_time - pace * time).exp() * mean.at(time);
        }
        GivenAlive { expected, discounted: discounted.min(expected) }
    }

    /// Over an infinite horizon h is 1 / p, whose mean exists for a > 1 only.
    fn for_ever(&self) -> GivenAlive {
        let expected = if self.a > 1.0 { (self.a + self.b - 1.0) / (self.a - 1.0) } else { f64::INFINITY };
        GivenAlive { expected, discounted: expected }
    }
}

/// The horizon beyond which discounting leaves nothing.
fn effective_horizon(over: f64, rate: f64) -> f64 {
    if rate > 0.0 { over.min(LOG_NEGLIGIBLE / rate) } else { over }
}

/// The mean of h as a function of tau.
struct MeanPurchases {
    nodes: LeavingNodes,
    shape: f64,
    interpolant: Option<Interpolant>,
}

impl MeanPurchases {
    fn new(living: &Living, longest: f64, ages: usize) -> MeanPurchases {
        let nodes = LeavingNodes::new(living, longest);
        let mut mean = MeanPurchases { nodes, shape: living.shape, interpolant: None };
        if ages >= AGES_WORTH_INTERPOLATING && longest > 0.0 {
            mean.interpolant = Interpolant::new(longest.ln_1p(), |log_time| mean.direct(log_time.exp_m1()).ln());
        }
        mean
    }

    fn at(&self, tau: f64) -> f64 {
        match &self.interpolant {
            _ if tau <= 0.0 => 0.0,
            Some(interpolant) => tau * interpolant.at(tau.ln_1p()).exp(),
            None => tau * self.direct(tau),
        }
    }

    /// The mean of h / tau, which goes from r + x downwards.
    fn direct(&self, tau: f64) -> f64 {
        if tau <= 0.0 {
            return self.shape;
        }
        let sum: f64 = self.nodes.nodes.iter().map(|&(p, w)| w * slowed(p * tau, self.shape)).sum();
        sum / self.nodes.weight
    }
}

/// `(1 - (1 + y)^-k) / y`, which is h / tau at y = p tau.
#[inline]
fn slowed(y: f64, k: f64) -> f64 {
    if y < 1e-280 { k } else { -(-k * y.ln_1p()).exp_m1() / y }
}

/// `[1 - (1 + y)^-k - k y (1 + y)^-(k + 1)] / y^2`, which is the integral of `k (k + 1) u (1 + u)^-(k + 2)` to y over y^2.
fn twice_slowed(y: f64, k: f64) -> f64 {
    if (k + 2.0) * y > 1e-2 {
        let left = (-k * y.ln_1p()).exp();
        return (1.0 - left * (1.0 + k * y / (1.0 + y))) / (y * y);
    }
    let (mut term, mut sum) = (k * (k + 1.0), 0.0);
    for j in 0..6 {
        let j = f64::from(j);
        sum += term / (j + 2.0);
        term *= -y * (k + 2.0 + j) / (j + 1.0);
    }
    sum
}

/// Nodes for the mean over Beta(a, b): (p, weight), and the sum of the weights.
///
/// There are fewer than 10,000 nodes, whatever the finite parameters: a density narrower than that of [`CERTAIN`] has
/// its mean taken over one as narrow as that around the same place, and beyond [`LEAST_SHAPE`] and [`MOST_SHAPE`] shapes
/// are taken to be these. All lies beyond what a fit can reach.
struct LeavingNodes {
    nodes: Vec<(f64, f64)>,
    weight: f64,
}

impl LeavingNodes {
    /// `longest` is the greatest tau that will be asked for.
    fn new(living: &Living, longest: f64) -> LeavingNodes {
        let (a, b) = computable(living.a, living.b);
        let [shape, longest] = [living.shape, longest].map(|value| value.clamp(LEAST_SHAPE, MOST_RATE));
        let step = logit_step(a, b);
        let log_density = |logit: f64| -a * (-logit).exp().ln_1p() - b * logit.exp().ln_1p();
        let centre = (a / b).ln().clamp(-600.0, 600.0);
        let peak = log_density(centre);
        // To the left h is at most this much greater than at the peak, to the right it only falls.
        let rise = shape.ln() - slowed(longest, shape).ln();
        let leftmost = (LINEAR / (a + b + (shape + 1.0) * longest + 1.0)).ln().max(-650.0);
        let rightmost = -(LINEAR / (a + b + shape + 2.0)).ln();
        let mut nodes = Vec::with_capacity(256);
        let mut weight_sum = 0.0;
        let mut push = |p: f64, weight: f64| {
            nodes.push((p, weight));
            weight_sum += weight;
        };
        let mut logit = centre;
        loop {
            let log_weight = log_density(logit) - peak;
            if log_weight < -42.0 - rise {
                break;
            }
            if logit < leftmost {
                let (p, weight) = far_end(a, b, logit, step, log_weight);
                push(p, weight);
                break;
            }
            push(1.0 / (1.0 + (-logit).exp()), log_weight.exp());
            logit -= step;
        }
        let mut logit = centre + step;
        loop {
            let log_weight = log_density(logit) - peak;
            if log_weight < -42.0 {
                break;
            }
            if logit > rightmost {
                let (q, weight) = far_end(b, a, -logit, step, log_weight);
                push(1.0 - q, weight);
                break;
            }
            push(1.0 / (1.0 + (-logit).exp()), log_weight.exp());
            logit += step;
        }
        LeavingNodes { nodes, weight: weight_sum }
    }
}

/// The shapes nearest to these that a mean can be taken over.
fn computable(a: f64, b: f64) -> (f64, f64) {
    let (a, b) = (a.clamp(LEAST_SHAPE, MOST_SHAPE), b.clamp(LEAST_SHAPE, MOST_SHAPE));
    let narrower = (a.min(b) / CERTAIN).max(1.0);
    (a / narrower, b / narrower)
}

/// One node for all from `logit` on downwards, where the density is `exp(a z) (1 - (a + b) exp(z))` to first order:
/// the sum of their weights and their mean, both geometric series.
fn far_end(a: f64, b: f64, logit: f64, step: f64, log_weight: f64) -> (f64, f64) {
    let p = logit.exp();
    let plain = -1.0 / (-a * step).exp_m1();
    let with_p = -p / (-(a + 1.0) * step).exp_m1();
    // The first weight is exact, so the correction counts relative to it.
    let sum = plain + (a + b) * (p * plain - with_p);
    (with_p / sum, log_weight.exp() * sum)
}

/// The widest step of the trapezoidal rule that keeps full precision: the Fourier transform of the integrand must be
/// negligible at 2 pi / step. For the beta density in the logit it is a product of two gamma functions of complex
/// argument; for h it falls like exp(-pi/2 omega) at worst.
fn logit_step(a: f64, b: f64) -> f64 {
    const NEEDED: f64 = 38.0;
    const FOR_PURCHASES: f64 = 25.0;
    let fall = |omega: f64, c: f64| {
        let ratio = omega / c;
        omega * ratio.atan() - 0.25 * (2.0 * c - 1.0) * (ratio * ratio).ln_1p()
    };
    let missing = |omega: f64| NEEDED - fall(omega, a) - fall(omega, b);
    let (mut short, mut omega) = (FOR_PURCHASES, FOR_PURCHASES);
    for _ in 0..60 {
        let missing = missing(omega);
        if missing <= 0.0 {
            break;
        }
        short = omega;
        omega += 0.1 + missing / ((omega / a).atan() + (omega / b).atan());
    }
    // Great shapes send the first steps far beyond what is needed, which would be paid for in nodes.
    while omega > 2.0 * short {
        let middle = (short * omega).sqrt();
        if missing(middle) <= 0.0 { omega = middle } else { short = middle }
    }
    std::f64::consts::TAU / omega
}

/// A polynomial through Chebyshev points on [0, end].
struct Interpolant {
    end: f64,
    coefficients: Vec<f64>,
}

impl Interpolant {
    /// `None` if the function needs too many points to be worth it.
    fn new(end: f64, function: impl Fn(f64) -> f64) -> Option<Interpolant> {
        for points in [24, 40, 64, 112] {
            let coefficients = chebyshev_coefficients(points, end, &function);
            let size = coefficients.iter().fold(1.0, |size: f64, c| size.max(c.abs()));
            if coefficients[points - 3..].iter().all(|c| c.abs() < 4e-15 * size) {
                let kept = coefficients.iter().rposition(|c| c.abs() > 1e-16 * size).unwrap_or(0);
                return Some(Interpolant { end, coefficients: coefficients[..=kept].to_vec() });
            }
        }
        None
    }

    /// Clenshaw's recurrence.
    fn at(&self, at: f64) -> f64 {
        let x = 2.0 * at / self.end - 1.0;
        let (mut last, mut before) = (0.0, 0.0);
        for &coefficient in self.coefficients[1..].iter().rev() {
            (last, before) = (coefficient + 2.0 * x * last - before, last);
        }
        self.coefficients[0] + x * last - before
    }
}

fn chebyshev_coefficients(points: usize, end: f64, function: &impl Fn(f64) -> f64) -> Vec<f64> {
    let angle = std::f64::consts::PI / points as f64;
    let values: Vec<f64> =
        (0..points).map(|k| function(0.5 * end * (1.0 + (angle * (k as f64 + 0.5)).cos()))).collect();
    // cos(pi j (k + 1/2) / n) for all j and k are cosines of multiples of pi / (2n).
    let cosines: Vec<f64> = (0..4 * points).map(|m| (0.5 * angle * m as f64).cos()).collect();
    (0..points)
        .map(|j| {
            let sum: f64 =
                values.iter().enumerate().map(|(k, value)| value * cosines[j * (2 * k + 1) % (4 * points)]).sum();
            sum * if j == 0 { 1.0 } else { 2.0 } / points as f64
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shapes of 1e300 had a step that moved no logit any more, and pushed nodes without end.
    #[test]
    fn nodes_are_few_for_every_finite_parameter() {
        const VALUES: [f64; 9] = [f64::MIN_POSITIVE, 1e-100, 1e-8, 1.0, 1e6, 1e9, 1e20, 1e150, f64::MAX];
        for (a, b) in VALUES.into_iter().flat_map(|a| VALUES.map(|b| (a, b))) {
            for (shape, longest) in VALUES.into_iter().flat_map(|shape| VALUES.map(|longest| (shape, longest))) {
                let found = LeavingNodes::new(&Living { shape, alpha: 1.0, a, b }, longest);
                let count = found.nodes.len();
                assert!((1..10_000).contains(&count), "{count} nodes for {a} {b} {shape} {longest}");
                let sane = |&(p, weight): &(f64, f64)| (0.0..=1.0).contains(&p) && weight.is_finite() && weight >= 0.0;
                assert!(found.nodes.iter().all(sane) && found.weight.is_finite() && found.weight > 0.0);
            }
        }
    }

    /// A density too narrow to be told from a point has h at that point as its mean.
    #[test]
    fn certain_customers_do_what_their_probability_says() {
        for (a, b) in [(1e9, 3e9), (1e12, 1e12), (1e300, 1e300)] {
            let (p, tau, shape) = (a / b / (1.0 + a / b), 2.0, 5.0);
            let living = Living { shape, alpha: 3.0, a, b };
            let expected = living.expectations(&[1.0], 8.0, 0.0)[0].expected;
            let h = (1.0 - (1.0 + p * tau).powf(-shape)) / p;
            assert!((expected / h - 1.0).abs() < 1e-7, "{a}: {expected}, expected {h}");
        }
    }
}
