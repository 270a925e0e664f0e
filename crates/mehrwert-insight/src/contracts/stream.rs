//! The payments ahead of running contracts: how many, when, and how surely.

use std::collections::BTreeMap;

use mehrwert_clv::contracts::{ContractDraw, ContractModel};
use mehrwert_clv::{Days, DiscountRate};
use mehrwert_core::Day;
use mehrwert_facts::contracts::Interval;

use super::relations::Relation;
use super::result::Estimate;

/// Draws for the intervals: their bounds then hold to a hundredth of their width.
pub(super) const DRAWS: usize = 500;
/// The draws are the same in every run.
pub(super) const SEED: u64 = 20_070_101;

/// Contracts that differ in nothing but their price: equally often renewed, the next renewal on the same day, as many
/// renewals ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    /// Renewals made.
    pub made: u32,
    /// Days to the next renewal.
    pub days: u32,
    /// Renewals that fall due over the span looked at.
    pub ahead: u32,
}

impl Cell {
    /// The cell of a contract that runs on `day`, over the span until `end`.
    pub(super) fn of(relation: &Relation, day: Day, end: Day) -> Cell {
        let made = relation.due(day);
        let next = relation.interval.renewal(relation.start, made + 1);
        let ahead = relation.due(end).saturating_sub(made);
        Cell { made, days: next.since(day).unsigned_abs(), ahead }
    }
}

/// What one in each of the payments ahead is worth on the day.
pub(super) fn discounts(interval: Interval, days: u32, ahead: u32, rate: DiscountRate) -> Vec<f64> {
    let at = |payment: u32| f64::from(days) + f64::from(payment) * interval.mean_days();
    (0..ahead).map(|payment| rate.factor(Days::new(at(payment)))).collect()
}

/// The ages at which some contract comes to a renewal.
#[derive(Default)]
pub(super) struct Ages {
    needed: Vec<bool>,
}

impl Ages {
    /// Adds those that a cell comes to, and the next renewal in any case.
    pub(super) fn push(&mut self, cell: Cell) {
        let (from, to) = (cell.made as usize, (cell.made + cell.ahead.max(1)) as usize);
        if self.needed.len() < to {
            self.needed.resize(to, false);
        }
        self.needed[from..to].fill(true);
    }
}

/// The retention rates of a model at the ages needed, each worked out once.
pub(super) struct Retention {
    rates: Vec<f64>,
}

/// Mean and variance of a contract's discounted payments, and the mean of their number.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Moments {
    pub mean: f64,
    pub variance: f64,
    pub count: f64,
}

impl Retention {
    pub(super) fn of(model: &ContractModel, ages: &Ages) -> Retention {
        let rate = |(age, needed): (u32, &bool)| if *needed { model.retention(age) } else { 0.0 };
        Retention { rates: (0..).zip(&ages.needed).map(rate).collect() }
    }

    fn rate(&self, survived: u32) -> f64 {
        self.rates.get(survived as usize).copied().unwrap_or(0.0)
    }

    pub(super) fn moments(&self, made: u32, discounts: &[f64]) -> Moments {
        let (mut survival, mut sum) = (1.0, 0.0);
        let (mut mean, mut square, mut count) = (0.0, 0.0, 0.0);
        for (ahead, discount) in (0_u32..).zip(discounts) {
            survival *= self.rate(made + ahead);
            let before = sum;
            sum += discount;
            mean += survival * discount;
            square += survival * (sum * sum - before * before);
            count += survival;
        }
        Moments { mean, variance: (square - mean * mean).max(0.0), count }
    }

    /// The bounds between which the discounted payments of a single contract lie with `confidence`.
    pub(super) fn bounds(&self, made: u32, discounts: &[f64], confidence: f64) -> (f64, f64) {
        let tail = (1.0 - confidence) / 2.0;
        let (mut survival, mut sum) = (1.0, 0.0);
        let (mut low, mut high) = (0.0, 0.0);
        for (ahead, discount) in (0_u32..).zip(discounts) {
            survival *= self.rate(made + ahead);
            sum += discount;
            // The number of payments is at least this with probability `survival`.
            if survival >= 1.0 - tail {
                low = sum;
            }
            if survival > tail {
                high = sum;
            }
        }
        (low, high)
    }
}

/// Prices of the contracts in a cell.
#[derive(Debug, Clone, Copy, Default)]
struct Prices {
    contracts: f64,
    sum: f64,
    squares: f64,
}

/// Contracts of one interval by cell: what a total is made of.
pub(super) struct Portfolio {
    interval: Interval,
    cells: BTreeMap<Cell, Prices>,
    /// Payments that are certain, because the end is known.
    certain: f64,
    certain_count: f64,
}

/// A total of payments with what is not known of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Total {
    /// What is expected.
    pub value: f64,
    /// The number of payments expected.
    pub count: f64,
    /// Of these, certain because the end is known.
    pub certain_count: f64,
    /// Draws of the total.
    pub draws: Vec<f64>,
    /// Draws of the number of payments.
    pub count_draws: Vec<f64>,
    /// Relative variance by the chance of single contracts.
    pub chance: f64,
}

impl Portfolio {
    pub(super) fn new(interval: Interval) -> Portfolio {
        Portfolio { interval, cells: BTreeMap::new(), certain: 0.0, certain_count: 0.0 }
    }

    /// Adds a contract by what it brings with each payment.
    pub(super) fn push(&mut self, cell: Cell, price: f64) {
        let prices = self.cells.entry(cell).or_default();
        prices.contracts += 1.0;
        prices.sum += price;
        prices.squares += price * price;
    }

    /// Adds payments that are certain.
    pub(super) fn push_certain(&mut self, value: f64, count: f64) {
        self.certain += value;
        self.certain_count += count;
    }

    /// The total by a model, with draws of it; `miss` is how far the logarithm of a total is off besides.
    pub(super) fn total(&self, model: &ContractModel, draws: &[ContractDraw], rate: DiscountRate, miss: f64) -> Total {
        let mut ages = Ages::default();
        self.cells.keys().for_each(|cell| ages.push(*cell));
        let cells: Vec<(Cell, Prices, Vec<f64>)> = self
            .cells
            .iter()
            .map(|(&cell, &prices)| (cell, prices, discounts(self.interval, cell.days, cell.ahead, rate)))
            .collect();
        let by = |model: &ContractModel| {
            let retention = Retention::of(model, &ages);
            let (mut value, mut variance, mut count, mut count_variance) = (0.0, 0.0, 0.0, 0.0);
            for (cell, prices, discounts) in &cells {
                let moments = retention.moments(cell.made, discounts);
                value += prices.sum * moments.mean;
                variance += prices.squares * moments.variance;
                count += prices.contracts * moments.count;
                count_variance += prices.contracts * moments.variance;
            }
            (value, variance, count, count_variance)
        };
        let (value, variance, count, _) = by(model);
        let mut drawn = (Vec::with_capacity(draws.len()), Vec::with_capacity(draws.len()));
        for draw in draws {
            let (value, variance, count, count_variance) = by(&draw.model);
            let factor = (miss * draw.miss).clamp(-50.0, 50.0).exp();
            drawn.0.push(self.certain + (value + variance.sqrt() * draw.chance).max(0.0) * factor);
            drawn.1.push(self.certain_count + (count + count_variance.sqrt() * draw.chance).max(0.0) * factor);
        }
        Total {
            value: self.certain + value,
            count: self.certain_count + count,
            certain_count: self.certain_count,
            draws: drawn.0,
            count_draws: drawn.1,
            chance: if value > 0.0 { variance / (value * value) } else { 0.0 },
        }
    }
}

/// The middle `confidence` of draws around a figure.
pub(super) fn around(value: f64, mut draws: Vec<f64>, confidence: f64) -> Estimate {
    draws.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = share * draws.len().saturating_sub(1) as f64;
        let below = draws.get(place.floor() as usize).copied().unwrap_or(value);
        let above = draws.get(place.ceil() as usize).copied().unwrap_or(value);
        below + (above - below) * place.fract()
    };
    let tail = (1.0 - confidence) / 2.0;
    // The figure is the best single one; it never stands outside its own bounds.
    Estimate { value, low: at(tail).min(value), high: at(1.0 - tail).max(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mehrwert_clv::{Discounting, FirstPeriod, Horizon};

    fn up_to_sixty(model: &ContractModel) -> Retention {
        let mut ages = Ages::default();
        ages.push(Cell { made: 0, days: 0, ahead: 60 });
        Retention::of(model, &ages)
    }

    #[test]
    fn moments_are_those_of_the_model() {
        let model = ContractModel::beta_discrete_weibull(0.7, 2.2, 1.3).unwrap();
        let retention = up_to_sixty(&model);
        let rate = DiscountRate::yearly(0.1);
        let year = discounts(Interval::Year, 100, 7, rate);
        let found = retention.moments(3, &year);
        let yearly = Discounting::of_periods(Days::new(365.25), rate, FirstPeriod::Undiscounted);
        let expected = rate.factor(Days::new(100.0)) * model.residual_value(3, 1.0, Horizon::Periods(7), yearly);
        assert!((found.mean - expected).abs() < 1e-12);
        assert!((found.count - model.expected_residual_lifetime(3, Horizon::Periods(7))).abs() < 1e-12);
        // By enumeration of how many renewals are made.
        let square: f64 = (0..=7_u32)
            .map(|made| {
                let left = if made < 7 { model.churn(3 + made) } else { 1.0 };
                let paid: f64 = year[..made as usize].iter().sum();
                model.survival_given(3, made) * left * paid * paid
            })
            .sum();
        assert!((found.variance - (square - expected * expected)).abs() < 1e-10);
    }

    #[test]
    fn bounds_hold_the_middle_of_what_can_come() {
        let model = ContractModel::shifted_beta_geometric(1e6, 9e6).unwrap();
        let retention = up_to_sixty(&model);
        // With 10 % churn the first payment comes with 90 %, 28 payments with 5.2 %, 29 with 4.7 %.
        let (low, high) = retention.bounds(0, &[1.0; 60], 0.9);
        assert_eq!((low, high), (0.0, 28.0));
        assert_eq!(retention.bounds(0, &[1.0; 60], 0.8), (1.0, 21.0));
    }

    #[test]
    fn the_middle_of_draws() {
        let draws: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        let middle = around(50.0, draws, 0.9);
        assert!((middle.low - 5.0).abs() < 1e-9 && (middle.high - 95.0).abs() < 1e-9, "{middle:?}");
        assert_eq!(around(3.0, Vec::new(), 0.9), Estimate { value: 3.0, low: 3.0, high: 3.0 });
    }
}
