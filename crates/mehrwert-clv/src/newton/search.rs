//! The search itself, for any number of coordinates.

use crate::symmetric::{eigen, restricted};

/// A function's value with its gradient and Hessian, in as many coordinates as it has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expansion {
    pub value: f64,
    pub gradient: Vec<f64>,
    pub hessian: Vec<Vec<f64>>,
}

impl Expansion {
    fn is_finite(&self) -> bool {
        self.value.is_finite()
            && self.gradient.iter().all(|g| g.is_finite())
            && self.hessian.iter().flatten().all(|h| h.is_finite())
    }
}

/// The box that the argument stays in.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
}

/// Where the search ended, converged or not.
#[derive(Debug, Clone)]
pub(crate) struct Ending {
    pub at: Vec<f64>,
    pub expansion: Expansion,
    pub converged: bool,
    pub iterations: u32,
    /// Length of the gradient in the directions that the box leaves free.
    pub gradient_norm: f64,
    /// The coordinates that the box leaves free.
    pub free: Vec<bool>,
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
pub(crate) fn maximise_any(
    mut function: impl FnMut(&[f64]) -> Expansion,
    start: &[f64],
    limits: &Bounds,
    max_iterations: u32,
) -> Option<Ending> {
    let mut at = clamped(start.to_vec(), limits);
    let mut here = function(&at);
    if !here.is_finite() {
        return None;
    }
    let mut radius = 1.0;
    let mut iterations = 0;
    let mut converged = false;
    while iterations < max_iterations && !converged {
        let target = best_target(&here, &at, limits, radius);
        let moved = difference(&target, &at);
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
    Some(Ending {
        at,
        expansion: here,
        converged,
        iterations,
        gradient_norm: length(&quadratic.gradient),
        condition: quadratic.condition(),
        free: quadratic.free,
    })
}

fn clamped(mut at: Vec<f64>, limits: &Bounds) -> Vec<f64> {
    for (i, x) in at.iter_mut().enumerate() {
        *x = x.clamp(limits.lower[i], limits.upper[i]);
    }
    at
}

fn difference(to: &[f64], from: &[f64]) -> Vec<f64> {
    to.iter().zip(from).map(|(to, from)| to - from).collect()
}

fn length(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(l, r)| l * r).sum()
}

fn predicted_gain(here: &Expansion, step: &[f64]) -> f64 {
    let bent: f64 = (0..step.len()).map(|i| step[i] * dot(&here.hessian[i], step)).sum();
    dot(&here.gradient, step) + 0.5 * bent
}

/// The coordinates that the box does not hold: those inside, and those on a wall that the function rises away from.
fn free_coordinates(here: &Expansion, at: &[f64], limits: &Bounds) -> Vec<bool> {
    let is_free = |i: usize| {
        let held_below = at[i] <= limits.lower[i] && here.gradient[i] <= 0.0;
        let held_above = at[i] >= limits.upper[i] && here.gradient[i] >= 0.0;
        !held_below && !held_above
    };
    (0..at.len()).map(is_free).collect()
}

fn held_quadratic(here: &Expansion, at: &[f64], limits: &Bounds) -> FreeQuadratic {
    FreeQuadratic::new(&here.gradient, &here.hessian, &free_coordinates(here, at, limits))
}

/// Where the quadratic model gains most within the box and at most `radius` away: by the active set or, should that
/// promise less (it may where the model is not concave), along the best single coordinate. So a small promise means
/// that no coordinate is left along which the function rises.
fn best_target(here: &Expansion, at: &[f64], limits: &Bounds, radius: f64) -> Vec<f64> {
    let by_active_set = active_set_target(here, at, limits, radius);
    let gain = |target: &[f64]| predicted_gain(here, &difference(target, at));
    let mut best = (gain(&by_active_set), by_active_set);
    for i in 0..at.len() {
        let (slope, bend) = (here.gradient[i], -here.hessian[i][i]);
        let wanted = if bend > 0.0 { (slope.abs() / bend).min(radius) } else { radius };
        let mut target = at.to_vec();
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
fn active_set_target(here: &Expansion, at: &[f64], limits: &Bounds, radius: f64) -> Vec<f64> {
    let mut free = free_coordinates(here, at, limits);
    let mut reached = at.to_vec();
    for _ in 0..=at.len() {
        let each = 0..at.len();
        let held: Vec<f64> = each.clone().map(|i| if free[i] { 0.0 } else { reached[i] - at[i] }).collect();
        let slope: Vec<f64> = each.clone().map(|i| here.gradient[i] + dot(&here.hessian[i], &held)).collect();
        let left = (radius * radius - dot(&held, &held)).max(0.0).sqrt();
        let step = FreeQuadratic::new(&slope, &here.hessian, &free).best_step(left);
        let target: Vec<f64> = each.map(|i| if free[i] { at[i] + step[i] } else { reached[i] }).collect();
        let Some((wall, part)) = first_wall(&reached, &target, limits) else {
            return clamped(target, limits);
        };
        reached = clamped(reached.iter().zip(&target).map(|(from, to)| from + part * (to - from)).collect(), limits);
        reached[wall] = if target[wall] > limits.upper[wall] { limits.upper[wall] } else { limits.lower[wall] };
        free[wall] = false;
    }
    reached
}

/// The first coordinate that leaves the box on the way, and after which part of the way.
fn first_wall(from: &[f64], to: &[f64], limits: &Bounds) -> Option<(usize, f64)> {
    let crossing = |i: usize| {
        let wall = to[i].clamp(limits.lower[i], limits.upper[i]);
        (wall != to[i]).then(|| (i, ((wall - from[i]) / (to[i] - from[i])).clamp(0.0, 1.0)))
    };
    (0..from.len()).filter_map(crossing).min_by(|one, other| one.1.total_cmp(&other.1))
}

/// The quadratic model in some of the coordinates, by the eigenvalues of its curvature.
struct FreeQuadratic {
    gradient: Vec<f64>,
    /// Eigenvalues of the negative Hessian; coordinates that are held count with curvature 1 and gradient 0.
    eigenvalues: Vec<f64>,
    /// Eigenvectors, one a row.
    eigenvectors: Vec<Vec<f64>>,
    free: Vec<bool>,
}

impl FreeQuadratic {
    fn new(slope: &[f64], hessian: &[Vec<f64>], free: &[bool]) -> Self {
        let gradient = slope.iter().zip(free).map(|(slope, free)| if *free { *slope } else { 0.0 }).collect();
        let (eigenvalues, eigenvectors) = eigen(restricted(hessian, free));
        FreeQuadratic { gradient, eigenvalues, eigenvectors, free: free.to_vec() }
    }

    /// The step of at most `radius` that gains most.
    fn best_step(&self, radius: f64) -> Vec<f64> {
        let slopes: Vec<f64> = self.eigenvectors.iter().map(|vector| dot(vector, &self.gradient)).collect();
        let least = self.eigenvalues.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = self.eigenvalues.iter().copied().fold(0.0, |a: f64, b| a.max(b.abs()));
        let floor = (-least).max(0.0) + 1e-14 * greatest + f64::MIN_POSITIVE;
        let along = |shift: f64| -> Vec<f64> {
            let component = |(slope, value): (&f64, &f64)| if *slope == 0.0 { 0.0 } else { slope / (value + shift) };
            slopes.iter().zip(&self.eigenvalues).map(component).collect()
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
        let places = 0..coordinates.len();
        places.clone().map(|i| places.clone().map(|k| coordinates[k] * self.eigenvectors[k][i]).sum()).collect()
    }

    fn condition(&self) -> f64 {
        let mut values = Vec::with_capacity(self.free.len());
        for (value, vector) in self.eigenvalues.iter().zip(&self.eigenvectors) {
            let is_held = self.free.iter().zip(vector).any(|(free, part)| !free && part.abs() > 0.5);
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
