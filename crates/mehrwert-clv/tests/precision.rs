//! The models against values of high precision (tests/data/precise.py), and against their definitions.

use std::path::Path;

use mehrwert_clv::{Days, DiscountRate, Histories, History, ModelKind, TimeUnit, model_with};

struct Case {
    kind: ModelKind,
    parameters: [f64; 4],
    history: History,
    over: Days,
    rate: DiscountRate,
    log_likelihood: f64,
    alive: f64,
    expected: f64,
    discounted: f64,
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/precise_models.csv");
    let text = std::fs::read_to_string(path).expect("the table");
    let case = |line: &str| {
        let (kind, numbers) = line.split_once(',').expect("columns");
        let numbers: Vec<f64> = numbers.split(',').map(|number| number.parse().expect("a number")).collect();
        let [one, two, three, four, repeats, recency, age, over, weekly, log_likelihood, alive, expected, discounted] =
            numbers[..]
        else {
            panic!("expected fourteen columns in {line}")
        };
        Case {
            kind: kind.parse().expect("a model"),
            parameters: [one, two, three, four],
            history: History::new(repeats as u32, recency as u32, age as u32).expect("a possible history"),
            over: Days::new(over),
            rate: DiscountRate::continuous_per_week(weekly),
            log_likelihood,
            alive,
            expected,
            discounted,
        }
    };
    text.lines().skip(1).map(case).collect()
}

fn relative_error(found: f64, expected: f64) -> f64 {
    if expected.abs() < 1e-290 { (found - expected).abs() } else { (found / expected - 1.0).abs() }
}

/// Parameters over eight decades and up to 10,000 repeats. The log-likelihood is a sum of greater terms; its error
/// counts relative to its size or to one.
#[test]
fn values_of_high_precision_are_reproduced() {
    let cases = cases();
    assert!(cases.len() >= 100);
    let mut failures = Vec::new();
    for case in &cases {
        let model = model_with(case.kind, case.parameters, TimeUnit::Week).expect("possible parameters");
        let likelihood = model.log_likelihood(&Histories::compress([case.history]));
        // P(alive) is the exponential of a difference of logarithms, and inherits their rounding.
        let rounding = 1e-15 * case.log_likelihood.abs();
        let errors = [
            (likelihood - case.log_likelihood).abs() / case.log_likelihood.abs().max(1.0),
            relative_error(model.probability_alive(&case.history), case.alive),
            relative_error(model.expected_purchases(&case.history, case.over), case.expected),
            relative_error(model.discounted_purchases(&case.history, case.over, case.rate), case.discounted),
        ];
        let allowed = 2e-13 + rounding;
        if errors.iter().any(|error| error.is_nan() || *error > allowed) {
            failures
                .push(format!("{:?} {:?} {:?} {:?}: {errors:?}", case.kind, case.parameters, case.history, case.over));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// Integrates over the logarithm of one rate and the logit or logarithm of the other, by the trapezoidal rule.
fn mean_over(log_density: impl Fn(f64, f64) -> f64) -> f64 {
    let step = 0.1;
    let mut sum = 0.0;
    for i in -400..=200 {
        for j in -400..=400 {
            sum += log_density(step * f64::from(i), step * f64::from(j)).exp();
        }
    }
    (sum * step * step).ln()
}

/// The likelihood is, by definition, the mean over customers of what each of them would do.
#[test]
fn likelihoods_equal_integration_over_customers() {
    let [r, alpha, three, four] = [0.8, 6.0, 1.2, 2.5];
    let log_rate_density = |log_rate: f64| r * log_rate - alpha * log_rate.exp() + r * alpha.ln() - LN_GAMMA_0_8;
    for (x, recency, age) in [(0u32, 0u32, 100u32), (1, 30, 100), (4, 95, 100), (12, 60, 300)] {
        let history = History::new(x, recency, age).expect("a possible history");
        let (count, recency, age) = (f64::from(x), f64::from(recency) / 7.0, f64::from(age) / 7.0);
        let beta_geometric = |first_counts: u32| {
            mean_over(|log_rate, logit| {
                let rate = log_rate.exp();
                let (log_p, log_stay) = (-(-logit).exp().ln_1p(), -logit.exp().ln_1p());
                let stays = f64::from(x + first_counts);
                let stayed = stays * log_stay - rate * age;
                let left =
                    if stays > 0.0 { log_p + (stays - 1.0) * log_stay - rate * recency } else { f64::NEG_INFINITY };
                let density = three * log_p + four * log_stay - LN_BETA_1_2_2_5;
                count * log_rate + (stayed.exp() + left.exp()).ln() + density + log_rate_density(log_rate)
            })
        };
        let pareto = mean_over(|log_rate, log_leaving| {
            let (rate, leaving) = (log_rate.exp(), log_leaving.exp());
            let together = rate + leaving;
            let either = leaving * (-together * recency).exp() + rate * (-together * age).exp();
            let density = three * log_leaving - four * leaving + three * four.ln() - LN_GAMMA_1_2;
            count * log_rate + (either / together).ln() + density + log_rate_density(log_rate)
        });
        for (kind, brute) in [
            (ModelKind::BgNbd, beta_geometric(0)),
            (ModelKind::MbgNbd, beta_geometric(1)),
            (ModelKind::ParetoNbd, pareto),
        ] {
            let model = model_with(kind, [r, alpha, three, four], TimeUnit::Week).expect("possible parameters");
            let found = model.log_likelihood(&Histories::compress([history]));
            assert!((found - brute).abs() < 1e-9, "{kind} {history:?} {found} {brute}");
        }
    }
}

const LN_GAMMA_0_8: f64 = 0.152_059_678_399_837_56;
const LN_GAMMA_1_2: f64 = -0.085_374_090_003_315_85;
const LN_BETA_1_2_2_5: f64 = -1.228_763_546_195_784_7;
