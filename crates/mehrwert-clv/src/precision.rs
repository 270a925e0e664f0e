//! The functions that the models are made of against values of high precision (tests/reference/functions.py).

use crate::gamma_difference::{log_gamma_step, log_of_leaving, second_difference};
use crate::jet::{Jet, NONE};
use crate::pareto::tail::TailIntegral;
use crate::period::Horizon;
use crate::special::{
    WithDerivatives, ln_gamma, log_gamma_ratio, log_rising_factorial, regularised_incomplete_beta, stirling_difference,
};
use crate::survival::BetaSurvival;

const PRECISE: &str = include_str!("../tests/reference/functions.csv");

/// The arguments and values of a function's rows.
fn rows(function: &'static str) -> impl Iterator<Item = (Vec<f64>, Vec<f64>)> {
    PRECISE.lines().skip(1).filter_map(move |line| {
        let (arguments, values) = line.strip_prefix(function)?.strip_prefix(',')?.split_once(",=,")?;
        let numbers = |text: &str| text.split(',').map(|number| number.parse().expect("a number")).collect();
        Some((numbers(arguments), numbers(values)))
    })
}

/// Compares every row with what `found` makes of its arguments: values, and how great an error of one counts as one.
/// Sizes are at least the values' own; where a value goes through zero only an error relative to its parts is small.
fn check<const N: usize>(function: &'static str, least: usize, found: impl Fn(&[f64]) -> [(f64, f64); N]) {
    let mut count = 0;
    let mut worst = (0.0, String::new());
    for (arguments, expected) in rows(function) {
        count += 1;
        for (i, (&expected, (value, size))) in expected.iter().zip(found(&arguments)).enumerate() {
            let error = (value - expected).abs() / expected.abs().max(size);
            // Written so that what is not a number is the worst.
            if error.is_nan() || error > worst.0 {
                let error = if error.is_nan() { f64::INFINITY } else { error };
                worst = (error, format!("{arguments:?}, value {i}: found {value}, expected {expected}"));
            }
        }
    }
    println!("{function}: {count} rows, worst {:e} at {}", worst.0, worst.1);
    assert!(count >= least && worst.0 <= 1e-12, "{function}: {count} rows, worst {:e} at {}", worst.0, worst.1);
}

fn with_sizes(found: WithDerivatives, sizes: [f64; 3]) -> [(f64, f64); 3] {
    [(found.value, sizes[0]), (found.first, sizes[1]), (found.second, sizes[2])]
}

#[test]
fn gamma_functions_are_precise() {
    // The logarithm is zero at 1 and 2, its derivative between.
    check("ln_gamma", 80, |of| with_sizes(ln_gamma(of[0]), [1.0, 1.0, 0.0]));
    // Zero where the product is one.
    check("log_rising_factorial", 80, |of| with_sizes(log_rising_factorial(of[0], of[1] as u32), [1.0, 0.0, 0.0]));
    check("stirling_difference", 60, |of| with_sizes(stirling_difference(of[0], of[1]), [0.0; 3]));
    // The difference of two logarithms where y is small.
    let size = |y: f64| if y < 16.0 { ln_gamma(y).value.abs().max(1.0) } else { 0.0 };
    check("log_gamma_ratio", 60, |of| [(log_gamma_ratio(of[0], of[1]), size(of[0]))]);
}

#[test]
fn differences_are_precise() {
    // Zero where gamma returns to its value, below 1.5.
    let size = |of: &[f64]| if of[0] < 1.5 { of[1].min(1.0) } else { 0.0 };
    check("log_gamma_step", 80, |of| with_sizes(log_gamma_step(of[0], of[1]), [size(of), 0.0, 0.0]));
    let parts = |y: f64, a: f64, b: f64| if b == 1.0 { 0.0 } else { a.min(b) * (1.0 + y.ln().abs()) };
    check("second_difference", 80, |of| [(second_difference(of[0], of[1], of[2]), parts(of[0], of[1], of[2]))]);
    check("log_of_leaving", 40, |of| [(log_of_leaving(of[0]), 0.0)]);
}

#[test]
fn incomplete_beta_is_precise() {
    check("incomplete_beta", 60, |of| [(regularised_incomplete_beta(of[0], of[1], of[2], of[3]), 0.0)]);
}

/// The logarithm of the integral: an absolute error in it is a relative one in the integral.
#[test]
fn the_tail_integral_is_precise() {
    check("tail", 80, |of| {
        let [e, k, q]: [Jet<NONE>; 3] = std::array::from_fn(|i| Jet::of_one(i, of[i], 1.0, 0.0));
        let found = TailIntegral::new(e, k, e + k).log_at(&q, of[3]);
        [(found.value, 1.0), (found.gradient[0], 0.0), (found.gradient[1], 0.0), (found.gradient[2], 0.0)]
    });
}

#[test]
fn survival_and_its_sums_are_precise() {
    let model = |of: &[f64]| BetaSurvival { alpha: of[0], beta: of[1], c: of[2] };
    check("hazard", 60, |of| [(model(of).hazard(of[3], of[4]), 0.0)]);
    check("endless_sum", 30, |of| [(model(of).discounted_sum(of[3], Horizon::Forever, of[4]), 0.0)]);
    check("finite_sum", 30, |of| [(model(of).discounted_sum(of[3], Horizon::Periods(of[5] as u32), of[4]), 0.0)]);
}
