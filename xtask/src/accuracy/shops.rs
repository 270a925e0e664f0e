//! Simulated shops: half follow one of the models, half follow none.

use mehrwert_clv::{Days, ModelKind, TimeUnit, Timelines, model_with};
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Exp1, Gamma, Weibull};
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

/// Who the customers of a shop are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Process {
    /// They follow a model with these parameters, per week.
    Assumed(ModelKind, [f64; 4]),
    /// They follow no model.
    Other(Other),
}

/// What no model assumes; everything not said is as in the Pareto/NBD.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Other {
    /// Lifetimes are Weibull-distributed with this shape.
    Lifetimes { shape: f64 },
    /// Customers buy regularly: Erlang-distributed pauses with this shape.
    Regular { shape: u32 },
    /// Purchase rates grow by this a year.
    Trend { growth: f64 },
    /// Purchase rates swing by this share over the year, from this part of the year on.
    Season { swing: f64, phase: f64 },
    /// A share of the customers buys so many times as often and stays so many times as long.
    Mixed { share: f64, pace: f64, stay: f64 },
}

impl Process {
    /// A short name for tables.
    pub fn name(&self) -> &'static str {
        match self {
            Process::Assumed(kind, _) => kind.name(),
            Process::Other(Other::Lifetimes { .. }) => "Weibull lifetimes",
            Process::Other(Other::Regular { .. }) => "regular buyers",
            Process::Other(Other::Trend { .. }) => "trend in the rate",
            Process::Other(Other::Season { .. }) => "season",
            Process::Other(Other::Mixed { .. }) => "two populations",
        }
    }

    /// Whether it follows this model.
    pub fn is_of(&self, model: ModelKind) -> bool {
        matches!(self, Process::Assumed(kind, _) if *kind == model)
    }

    /// Whether a model assumes it.
    pub fn is_assumed(&self) -> bool {
        matches!(self, Process::Assumed(..))
    }
}

/// A shop with its past and its future.
pub struct Shop {
    /// Who its customers are.
    pub process: Process,
    /// All purchases, past and future, of the customers won in the past.
    pub timelines: Timelines,
    /// The last day of the past; the first is 0.
    pub until: i32,
    /// Days to forecast.
    pub horizon: u32,
}

/// Log-uniform between two ends.
fn between(low: f64, high: f64, rng: &mut Pcg64Mcg) -> f64 {
    rng.random_range(low.ln()..high.ln()).exp()
}

/// Parameters of a broad, plausible range, per week: rates differ little or much between customers (r from 0.3 to 3),
/// the average customer pauses 4 to 60 weeks; dropout from 2 % to 40 % a purchase, or lifetimes of some weeks to years.
fn parameters(kind: ModelKind, rng: &mut Pcg64Mcg) -> [f64; 4] {
    let r = between(0.3, 3.0, rng);
    let alpha = r * between(4.0, 60.0, rng);
    match kind {
        ModelKind::ParetoNbd => [r, alpha, between(0.3, 2.5, rng), between(8.0, 120.0, rng)],
        ModelKind::BgNbd | ModelKind::MbgNbd => {
            let (leaving, certainty) = (between(0.02, 0.4, rng), between(0.8, 8.0, rng));
            [r, alpha, leaving * certainty, (1.0 - leaving) * certainty]
        }
    }
}

const OTHERS: u64 = 5;

fn other(number: u64, rng: &mut Pcg64Mcg) -> Other {
    let either = |one: std::ops::Range<f64>, two: std::ops::Range<f64>, rng: &mut Pcg64Mcg| {
        if rng.random() { rng.random_range(one) } else { rng.random_range(two) }
    };
    match number % OTHERS {
        0 => Other::Lifetimes { shape: either(0.5..0.8, 1.5..3.0, rng) },
        1 => Other::Regular { shape: rng.random_range(2..=4) },
        2 => Other::Trend { growth: either(-0.35..-0.1, 0.1..0.5, rng) },
        3 => Other::Season { swing: rng.random_range(0.2..0.7), phase: rng.random_range(0.0..1.0) },
        _ => Other::Mixed {
            share: rng.random_range(0.1..0.4),
            pace: rng.random_range(2.0..6.0),
            stay: rng.random_range(2.0..6.0),
        },
    }
}

impl Shop {
    /// The shop of this number: even ones follow a model, odd ones none.
    pub fn simulate(number: u64, most_customers: u32) -> Shop {
        let mut rng = Pcg64Mcg::seed_from_u64(number);
        let customers = between(50.0, f64::from(most_customers.max(51)), &mut rng) as usize;
        let past = rng.random_range(365..=1461u32);
        let horizon = rng.random_range(182..=1096u32);
        let process = if number.is_multiple_of(2) {
            let kind = ModelKind::ALL[(number / 2 % 3) as usize];
            Process::Assumed(kind, parameters(kind, &mut rng))
        } else {
            Process::Other(other(number / 2, &mut rng))
        };
        let basis = parameters(ModelKind::ParetoNbd, &mut rng);
        let end = past + horizon;
        let of_one = |rng: &mut Pcg64Mcg| {
            let won = rng.random_range(0..past);
            let times = match process {
                Process::Assumed(kind, parameters) => assumed(kind, parameters, end - won, rng),
                Process::Other(other) => unassumed(other, basis, won, end, rng),
            };
            on_days(won, &times, end)
        };
        let all: Vec<Vec<i32>> = (0..customers.max(50)).map(|_| of_one(&mut rng)).collect();
        // Every customer has a first day.
        let timelines = Timelines::from_customers(all).unwrap_or_default();
        Shop { process, timelines, until: past as i32 - 1, horizon }
    }
}

fn assumed(kind: ModelKind, parameters: [f64; 4], days: u32, rng: &mut Pcg64Mcg) -> Vec<f64> {
    // The parameters are finite and above zero.
    let model = model_with(kind, parameters, TimeUnit::Week);
    let life = model.map(|model| model.simulate(Days::new(f64::from(days)), rng));
    life.map_or_else(|_| Vec::new(), |life| life.purchases.iter().map(|time| time.days()).collect())
}

/// Whole days from times since the first purchase. A purchase on a day already taken moves to the next free one, so that
/// merging does not take purchases from processes that know no days.
fn on_days(won: u32, times: &[f64], end: u32) -> Vec<i32> {
    let mut days = vec![won as i32];
    let mut last = won;
    for time in times {
        last = (won + time.ceil() as u32).max(last + 1);
        if last < end {
            days.push(last as i32);
        }
    }
    days
}

fn gamma(shape: f64, scale: f64, rng: &mut Pcg64Mcg) -> f64 {
    Gamma::new(shape, scale).map_or(0.0, |gamma| gamma.sample(rng))
}

/// Times of the repeat purchases, in days since the first, of one customer of a process that no model assumes.
fn unassumed(other: Other, basis: [f64; 4], won: u32, end: u32, rng: &mut Pcg64Mcg) -> Vec<f64> {
    const WEEK: f64 = 7.0;
    const YEAR: f64 = 365.25;
    let [r, alpha, s, beta] = basis;
    let mut rate = gamma(r, 1.0 / (alpha * WEEK), rng);
    let draw: f64 = Exp1.sample(rng);
    let mut lifetime = draw / gamma(s, 1.0 / (beta * WEEK), rng);
    let mut pauses = 1;
    match other {
        Other::Lifetimes { shape } => {
            // Scales differ between customers by a factor, around the median of the Pareto lifetimes.
            let scale = beta * WEEK * (f64::exp2(1.0 / s) - 1.0) * gamma(3.0, 1.0 / 3.0, rng).max(1e-3);
            lifetime = Weibull::new(scale, shape).map_or(lifetime, |weibull| weibull.sample(rng));
        }
        Other::Regular { shape } => pauses = shape,
        Other::Mixed { share, pace, stay } => {
            if rng.random::<f64>() < share {
                rate *= pace;
                lifetime *= stay;
            }
        }
        Other::Trend { .. } | Other::Season { .. } => {}
    }
    let relative = |day: f64| match other {
        Other::Trend { growth } => (growth.ln_1p() * (day - f64::from(end) / 2.0) / YEAR).exp(),
        Other::Season { swing, phase } => 1.0 + swing * (std::f64::consts::TAU * (day / YEAR + phase)).sin(),
        _ => 1.0,
    };
    let most = match other {
        Other::Trend { .. } => relative(0.0).max(relative(f64::from(end))),
        Other::Season { swing, .. } => 1.0 + swing,
        _ => 1.0,
    };
    let last = lifetime.min(f64::from(end - won));
    let (mut now, mut times) = (0.0, Vec::new());
    loop {
        for _ in 0..pauses {
            let wait: f64 = Exp1.sample(rng);
            now += wait / (rate * most * f64::from(pauses));
        }
        // Also ends where the rate is zero: the wait is infinite.
        if now.is_nan() || now > last {
            return times;
        }
        if rng.random::<f64>() * most < relative(f64::from(won) + now) {
            times.push(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_is_the_same_every_time_and_within_its_bounds() {
        for number in 0..12 {
            let (shop, again) = (Shop::simulate(number, 500), Shop::simulate(number, 500));
            assert_eq!((shop.process, &shop.timelines), (again.process, &again.timelines));
            assert_eq!(shop.process.is_assumed(), number % 2 == 0);
            assert!((50..=500).contains(&shop.timelines.customers()));
            assert!((364..1461).contains(&shop.until) && (182..=1096).contains(&shop.horizon));
            for days in shop.timelines.iter() {
                assert!(days[0] <= shop.until && days[days.len() - 1] <= shop.until + shop.horizon as i32);
            }
        }
    }

    /// Without what makes a process different it is the Pareto/NBD, whose expectation is known.
    #[test]
    fn processes_without_their_difference_are_the_model() {
        let basis = [0.9, 20.0, 0.8, 30.0];
        let end = 600;
        let model = model_with(ModelKind::ParetoNbd, basis, TimeUnit::Week).expect("a model");
        let newborn = mehrwert_clv::History::NEWBORN;
        let expected = model.purchase_moments(&[newborn], Days::new(f64::from(end)))[0];
        let same = [
            Other::Regular { shape: 1 },
            Other::Trend { growth: 0.0 },
            Other::Season { swing: 0.0, phase: 0.3 },
            Other::Mixed { share: 0.0, pace: 3.0, stay: 3.0 },
        ];
        for other in same {
            let mut rng = Pcg64Mcg::seed_from_u64(8);
            let counts = (0..20_000).map(|_| unassumed(other, basis, 0, end, &mut rng).len());
            let mean = counts.sum::<usize>() as f64 / 20_000.0;
            let error = (expected.variance / 20_000.0).sqrt();
            assert!((mean - expected.mean).abs() < 4.5 * error, "{other:?}: {mean}, expected {expected:?}");
        }
    }
}
