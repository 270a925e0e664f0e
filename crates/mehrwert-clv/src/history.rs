//! What a model needs to know of a customer: how often, how recently, for how long.

use rayon::prelude::*;
use thiserror::Error;

/// A customer's purchase history, reduced to the three numbers that suffice (Schmittlein, Morrison & Colombo 1987).
///
/// Time starts at the first purchase, which is not counted; purchases on one day are one purchase.
///
/// ```
/// use mehrwert_clv::History;
/// // First purchase 200 days ago, two more since, the last of them on day 150.
/// let history = History::new(2, 150, 200)?;
/// assert_eq!((history.repeats(), history.recency(), history.age()), (2, 150, 200));
/// # Ok::<(), mehrwert_clv::HistoryError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct History {
    // The order of the fields is the order of sorting: equal (repeats, age) stand together, which the models
    // exploit to compute once what depends only on them.
    repeats: u32,
    age: u32,
    recency: u32,
}

/// Why three numbers are no purchase history.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HistoryError {
    /// The last purchase lies after the end of the observation.
    #[error(
        "recency {recency} days exceeds age {age} days: both count from the first purchase, so recency is at most age"
    )]
    RecencyBeyondAge {
        /// Days from the first to the last purchase.
        recency: u32,
        /// Days from the first purchase to the end of the observation.
        age: u32,
    },
    /// Repeat purchases, yet the last purchase is the first.
    #[error(
        "{repeats} repeat purchases with recency 0: expected a recency of at least one day, merge purchases of one day"
    )]
    RepeatsWithoutRecency {
        /// Purchases after the first.
        repeats: u32,
    },
    /// The last purchase is not the first, yet there are no repeat purchases.
    #[error(
        "recency {recency} days without repeat purchases: expected recency 0, the first purchase is not counted as a repeat"
    )]
    RecencyWithoutRepeats {
        /// Days from the first to the last purchase.
        recency: u32,
    },
    /// Longer than any customer relation.
    #[error("age {age} days: expected at most {} days, check the dates", History::OLDEST_DAYS)]
    TooOld {
        /// Days from the first purchase to the end of the observation.
        age: u32,
    },
}

impl History {
    /// A customer at the moment of the first purchase: conditional expectations for it are the unconditional ones.
    pub const NEWBORN: History = History { repeats: 0, recency: 0, age: 0 };

    /// The greatest age accepted, in days: two centuries. Anything beyond is a wrong date.
    pub const OLDEST_DAYS: u32 = 73_050;

    /// A history of `repeats` purchases after the first, the last of them `recency_days` after the first, observed
    /// until `age_days` after the first.
    ///
    /// # Errors
    /// If recency exceeds age, if repeats and recency are not zero together, or if age exceeds
    /// [`History::OLDEST_DAYS`].
    pub fn new(repeats: u32, recency_days: u32, age_days: u32) -> Result<History, HistoryError> {
        if recency_days > age_days {
            return Err(HistoryError::RecencyBeyondAge { recency: recency_days, age: age_days });
        }
        if repeats > 0 && recency_days == 0 {
            return Err(HistoryError::RepeatsWithoutRecency { repeats });
        }
        if repeats == 0 && recency_days > 0 {
            return Err(HistoryError::RecencyWithoutRepeats { recency: recency_days });
        }
        if age_days > History::OLDEST_DAYS {
            return Err(HistoryError::TooOld { age: age_days });
        }
        Ok(History { repeats, recency: recency_days, age: age_days })
    }

    /// The history as one number of the same order.
    fn packed(self) -> u128 {
        u128::from(self.repeats) << 64 | u128::from(self.age) << 32 | u128::from(self.recency)
    }

    fn unpacked(packed: u128) -> History {
        // Each cast keeps the lowest 32 bits, which is all there is of the number.
        History { repeats: (packed >> 64) as u32, age: (packed >> 32) as u32, recency: packed as u32 }
    }

    /// Purchases after the first.
    pub fn repeats(&self) -> u32 {
        self.repeats
    }

    /// Days from the first to the last purchase.
    pub fn recency(&self) -> u32 {
        self.recency
    }

    /// Days from the first purchase to the end of the observation.
    pub fn age(&self) -> u32 {
        self.age
    }
}

/// Customers' histories with equal ones merged: customers with equal histories share one likelihood term and one
/// prediction, so that fitting and scoring cost by distinct histories, not by customers.
///
/// ```
/// use mehrwert_clv::{Histories, History};
/// let once = History::new(0, 0, 90)?;
/// let twice = History::new(1, 30, 90)?;
/// let histories = Histories::compress([once, twice, once]);
/// assert_eq!(histories.distinct(), [once, twice]);
/// assert_eq!(histories.weights(), [2.0, 1.0]);
/// assert_eq!(histories.distinct_of(2), Some(0)); // the third customer is like the first
/// # Ok::<(), mehrwert_clv::HistoryError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Histories {
    distinct: Vec<History>,
    weights: Vec<f64>,
    distinct_of: Vec<u32>,
}

/// Why weights cannot be used.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("weight {weight} of history {position}: expected a finite number above zero")]
pub struct WeightError {
    /// Position among the pairs handed in, from zero.
    pub position: usize,
    /// The weight found there.
    pub weight: f64,
}

impl Histories {
    /// Merges equal histories. Customers are numbered in the order in which they come, from zero; at most 2^32.
    pub fn compress(histories: impl IntoIterator<Item = History>) -> Histories {
        // History and customer in one number: comparing that is what merging spends its time on.
        let mut ordered: Vec<u128> = histories
            .into_iter()
            .zip(0..=u32::MAX)
            .map(|(history, customer)| history.packed() << 32 | u128::from(customer))
            .collect();
        ordered.par_sort_unstable();
        let mut merged = Histories { distinct_of: vec![0; ordered.len()], ..Histories::default() };
        for packed in ordered {
            let position = merged.push(History::unpacked(packed >> 32), 1.0);
            merged.distinct_of[packed as u32 as usize] = position;
        }
        merged
    }

    /// Merges equal histories that already carry weights, such as the counts of a recency/frequency table. The pairs
    /// play the part of customers in [`Histories::distinct_of`].
    ///
    /// # Errors
    /// If a weight is not a finite number above zero.
    pub fn from_weighted(pairs: impl IntoIterator<Item = (History, f64)>) -> Result<Histories, WeightError> {
        let mut ordered = Vec::new();
        for (position, (history, weight)) in pairs.into_iter().enumerate() {
            if !(weight.is_finite() && weight > 0.0) {
                return Err(WeightError { position, weight });
            }
            ordered.push((history, position, weight));
        }
        ordered.sort_unstable_by_key(|&(history, position, _)| (history, position));
        let mut merged = Histories { distinct_of: vec![0; ordered.len()], ..Histories::default() };
        for (history, pair, weight) in ordered {
            merged.distinct_of[pair] = merged.push(history, weight);
        }
        Ok(merged)
    }

    /// Adds to the last distinct history if equal to it, else appends; returns the position.
    fn push(&mut self, history: History, weight: f64) -> u32 {
        if self.distinct.last() == Some(&history) {
            let last = self.weights.len() - 1;
            self.weights[last] += weight;
        } else {
            self.distinct.push(history);
            self.weights.push(weight);
        }
        (self.distinct.len() - 1) as u32
    }

    /// The distinct histories, in ascending order of (repeats, age, recency).
    pub fn distinct(&self) -> &[History] {
        &self.distinct
    }

    /// How many customers share each distinct history.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Which distinct history the customer of this number has.
    pub fn distinct_of(&self, customer: usize) -> Option<usize> {
        self.distinct_of.get(customer).map(|&position| position as usize)
    }

    /// How many customers (or weighted pairs) were numbered.
    pub(crate) fn numbered(&self) -> usize {
        self.distinct_of.len()
    }

    /// The number of customers: the sum of the weights.
    pub fn customers(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// Whether there is no customer at all.
    pub fn is_empty(&self) -> bool {
        self.distinct.is_empty()
    }

    /// About `size` histories drawn evenly by weight along the order: a small likeness of the whole, from which a fit
    /// on many histories starts.
    pub(crate) fn thinned(&self, size: usize) -> Histories {
        let step = self.customers() / size as f64;
        let mut thinned = Histories::default();
        let (mut cumulated, mut drawn) = (0.0, 0.0);
        for (&history, &weight) in self.distinct.iter().zip(&self.weights) {
            cumulated += weight;
            let draws = (cumulated / step - 0.5).ceil().max(drawn) - drawn;
            if draws > 0.0 {
                thinned.push(history, draws * step);
                drawn += draws;
            }
        }
        thinned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_histories_are_refused() {
        assert!(matches!(History::new(1, 11, 10), Err(HistoryError::RecencyBeyondAge { .. })));
        assert!(matches!(History::new(1, 0, 10), Err(HistoryError::RepeatsWithoutRecency { .. })));
        assert!(matches!(History::new(0, 5, 10), Err(HistoryError::RecencyWithoutRepeats { .. })));
        assert!(matches!(History::new(0, 0, 80_000), Err(HistoryError::TooOld { .. })));
        assert_eq!(History::new(0, 0, 0), Ok(History::NEWBORN));
    }

    #[test]
    fn every_customer_finds_its_own_history() {
        let all: Vec<History> = (0..500).map(|i| History::new(1 + i % 3, 1 + i % 7, 10 + i % 11).unwrap()).collect();
        let merged = Histories::compress(all.iter().copied());
        assert_eq!(merged.customers(), 500.0);
        assert!(merged.distinct().is_sorted());
        for (customer, history) in all.iter().enumerate() {
            assert_eq!(&merged.distinct()[merged.distinct_of(customer).unwrap()], history);
        }
        assert_eq!(merged.distinct_of(500), None);
    }

    #[test]
    fn weights_must_be_positive() {
        let error = Histories::from_weighted([(History::NEWBORN, 1.0), (History::NEWBORN, -1.0)]).unwrap_err();
        assert_eq!(error.position, 1);
    }

    #[test]
    fn a_thinned_set_keeps_the_number_of_customers() {
        let all = (0..10_000u32).map(|i| History::new(1 + i % 3, 1 + i % 97, 100 + i % 101).unwrap());
        let merged = Histories::compress(all);
        let thinned = merged.thinned(500);
        assert!((thinned.customers() - merged.customers()).abs() < 1e-6 * merged.customers());
        assert!(thinned.distinct().len() <= 500);
    }
}
