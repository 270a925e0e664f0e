//! Naive forecasts, to tell whether a model is worth its trouble.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::timelines::{Known, Timelines};

/// A forecast that anybody could make without a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// Nobody buys again.
    Zero,
    /// Everyone goes on at their own rate: repeat purchases by age.
    OwnRate,
    /// Everyone buys as often as in an equally long time before; a first purchase does not come again.
    SameAsBefore,
}

impl Baseline {
    /// All of them.
    pub const ALL: [Baseline; 3] = [Baseline::Zero, Baseline::OwnRate, Baseline::SameAsBefore];

    /// Expected purchases of the customers known on the day `cut`, in the `days` after it.
    pub fn forecasts(self, timelines: &Timelines, known: &Known, cut: i32, days: u32) -> Vec<f64> {
        match self {
            Baseline::Zero => vec![0.0; known.customers.len()],
            Baseline::OwnRate => {
                let rate = |repeats: u32, age: u32| f64::from(repeats) / f64::from(age.max(1));
                known.histories.iter().map(|one| rate(one.repeats(), one.age()) * f64::from(days)).collect()
            }
            Baseline::SameAsBefore => {
                let before = cut.saturating_sub_unsigned(days);
                let lately = timelines.purchases_between(&known.customers, before, cut);
                let repeats = lately.into_iter().zip(&known.histories).map(|(lately, one)| lately.min(one.repeats()));
                repeats.map(f64::from).collect()
            }
        }
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Baseline::Zero => "nobody buys again",
            Baseline::OwnRate => "everyone keeps their own rate",
            Baseline::SameAsBefore => "everyone buys as often as before",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn naive_forecasts_count_repeats_only() {
        let shop = Timelines::from_customers([vec![0, 50, 90, 95], vec![92], vec![40]]).unwrap();
        let known = shop.known_on(100).unwrap();
        let of = |baseline: Baseline| baseline.forecasts(&shop, &known, 100, 20);
        assert_eq!(of(Baseline::Zero), [0.0; 3]);
        assert_eq!(of(Baseline::SameAsBefore), [2.0, 0.0, 0.0]);
        assert_eq!(of(Baseline::OwnRate), [3.0 / 100.0 * 20.0, 0.0, 0.0]);
    }
}
