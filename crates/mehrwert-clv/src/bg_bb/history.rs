//! What is known of a customer of discrete occasions.

use thiserror::Error;

use crate::WeightError;

/// A customer's history in the three numbers that suffice: purchases x, the occasion of the last one t_x, and the
/// occasions n there were since the customer was won. The first purchase, at occasion 0, is not counted.
///
/// ```
/// use mehrwert_clv::bg_bb::OccasionHistory;
/// // Bought at the 1st, 2nd and 4th of six occasions.
/// let history = OccasionHistory::of_purchases(&[true, true, false, true, false, false]);
/// assert_eq!(history, OccasionHistory::new(3, 4, 6));
/// assert_eq!((history.clone()?.repeats(), history?.last()), (3, 4));
/// # Ok::<(), mehrwert_clv::bg_bb::OccasionHistoryError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OccasionHistory {
    // The order of the fields is the order of sorting: histories of equal (occasions, repeats) share their sums.
    occasions: u32,
    repeats: u32,
    last: u32,
}

/// Why three numbers are no history.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OccasionHistoryError {
    /// The last purchase lies after the last occasion.
    #[error("last purchase at occasion {last} of {occasions}: expected it among the occasions seen")]
    LastBeyondEnd {
        /// The occasion of the last purchase.
        last: u32,
        /// Occasions seen.
        occasions: u32,
    },
    /// More purchases than occasions until the last one.
    #[error("{repeats} purchases until occasion {last}: expected at most one an occasion")]
    TooManyRepeats {
        /// Purchases after the first.
        repeats: u32,
        /// The occasion of the last purchase.
        last: u32,
    },
    /// A last purchase without purchases.
    #[error("last purchase at occasion {last} without purchases: expected 0, the first purchase is not counted")]
    LastWithoutRepeats {
        /// The occasion of the last purchase.
        last: u32,
    },
    /// More occasions than the model is made for.
    #[error(
        "{occasions} occasions: expected at most {}, use a model in continuous time",
        OccasionHistory::MOST_OCCASIONS
    )]
    TooManyOccasions {
        /// Occasions seen.
        occasions: u32,
    },
}

impl OccasionHistory {
    /// A customer just won: expectations for it are the unconditional ones.
    pub const NEWBORN: OccasionHistory = OccasionHistory { occasions: 0, repeats: 0, last: 0 };

    /// The greatest number of occasions accepted. The likelihood costs by their square.
    pub const MOST_OCCASIONS: u32 = 2000;

    /// A history of `repeats` purchases after the first, the last of them at occasion `last`, over `occasions`.
    ///
    /// # Errors
    /// If the last purchase lies beyond the occasions, if there are more purchases than occasions until then, if there is
    /// a last purchase without purchases, or if there are more than [`OccasionHistory::MOST_OCCASIONS`].
    pub fn new(repeats: u32, last: u32, occasions: u32) -> Result<OccasionHistory, OccasionHistoryError> {
        if last > occasions {
            return Err(OccasionHistoryError::LastBeyondEnd { last, occasions });
        }
        if repeats > last {
            return Err(OccasionHistoryError::TooManyRepeats { repeats, last });
        }
        if repeats == 0 && last > 0 {
            return Err(OccasionHistoryError::LastWithoutRepeats { last });
        }
        if occasions > OccasionHistory::MOST_OCCASIONS {
            return Err(OccasionHistoryError::TooManyOccasions { occasions });
        }
        Ok(OccasionHistory { occasions, repeats, last })
    }

    /// The history of a customer who bought, or did not, at each occasion in turn.
    ///
    /// # Errors
    /// If there are more than [`OccasionHistory::MOST_OCCASIONS`].
    pub fn of_purchases(bought: &[bool]) -> Result<OccasionHistory, OccasionHistoryError> {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let repeats = bought.iter().filter(|&&bought| bought).count();
        let last = bought.iter().rposition(|&bought| bought).map_or(0, |position| position + 1);
        OccasionHistory::new(count(repeats), count(last), count(bought.len()))
    }

    /// Purchases after the first: x.
    pub fn repeats(&self) -> u32 {
        self.repeats
    }

    /// The occasion of the last purchase, 0 for none: t_x.
    pub fn last(&self) -> u32 {
        self.last
    }

    /// Occasions seen: n.
    pub fn occasions(&self) -> u32 {
        self.occasions
    }
}

/// Customers' histories with equal ones merged.
///
/// ```
/// use mehrwert_clv::bg_bb::{OccasionHistories, OccasionHistory};
/// let (never, once) = (OccasionHistory::new(0, 0, 3)?, OccasionHistory::new(1, 2, 3)?);
/// let histories = OccasionHistories::compress([once, never, once]);
/// assert_eq!(histories.distinct(), [never, once]);
/// assert_eq!((histories.weights(), histories.distinct_of(2)), ([1.0, 2.0].as_slice(), Some(1)));
/// # Ok::<(), mehrwert_clv::bg_bb::OccasionHistoryError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OccasionHistories {
    distinct: Vec<OccasionHistory>,
    weights: Vec<f64>,
    distinct_of: Vec<u32>,
}

impl OccasionHistories {
    /// Merges equal histories. Customers are numbered in the order in which they come, from zero; at most 2^32.
    pub fn compress(histories: impl IntoIterator<Item = OccasionHistory>) -> OccasionHistories {
        OccasionHistories::merged(histories.into_iter().map(|history| (history, 1.0)).collect())
    }

    /// Merges equal histories that already carry weights, such as the counts of a recency/frequency table. The pairs
    /// play the part of customers in [`OccasionHistories::distinct_of`].
    ///
    /// # Errors
    /// If a weight is not a finite number above zero.
    pub fn from_weighted(
        pairs: impl IntoIterator<Item = (OccasionHistory, f64)>,
    ) -> Result<OccasionHistories, WeightError> {
        let pairs: Vec<(OccasionHistory, f64)> = pairs.into_iter().collect();
        match pairs.iter().position(|(_, weight)| !(weight.is_finite() && *weight > 0.0)) {
            Some(position) => Err(WeightError { position, weight: pairs[position].1 }),
            None => Ok(OccasionHistories::merged(pairs)),
        }
    }

    fn merged(pairs: Vec<(OccasionHistory, f64)>) -> OccasionHistories {
        let mut order: Vec<u32> = pairs.iter().zip(0..=u32::MAX).map(|(_, customer)| customer).collect();
        order.sort_by_key(|&customer| pairs[customer as usize].0);
        let mut merged = OccasionHistories { distinct_of: vec![0; order.len()], ..OccasionHistories::default() };
        for customer in order {
            let (history, weight) = pairs[customer as usize];
            match merged.weights.last_mut() {
                Some(sum) if merged.distinct.last() == Some(&history) => *sum += weight,
                _ => {
                    merged.distinct.push(history);
                    merged.weights.push(weight);
                }
            }
            merged.distinct_of[customer as usize] = (merged.distinct.len() - 1) as u32;
        }
        merged
    }

    /// The distinct histories, in ascending order of (occasions, repeats, last).
    pub fn distinct(&self) -> &[OccasionHistory] {
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

    /// Distinct histories with their weights.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (OccasionHistory, f64)> + '_ {
        self.distinct.iter().copied().zip(self.weights.iter().copied())
    }

    /// The number of customers: the sum of the weights.
    pub fn customers(&self) -> f64 {
        self.weights.iter().sum()
    }

    /// The greatest number of occasions that any customer had.
    pub fn most_occasions(&self) -> u32 {
        self.distinct.last().map_or(0, |history| history.occasions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_histories_are_refused() {
        use OccasionHistoryError::*;
        assert!(matches!(OccasionHistory::new(1, 7, 6), Err(LastBeyondEnd { .. })));
        assert!(matches!(OccasionHistory::new(4, 3, 6), Err(TooManyRepeats { .. })));
        assert!(matches!(OccasionHistory::new(0, 3, 6), Err(LastWithoutRepeats { .. })));
        assert!(matches!(OccasionHistory::new(1, 1, 5000), Err(TooManyOccasions { .. })));
        assert_eq!(OccasionHistory::of_purchases(&[]), Ok(OccasionHistory::NEWBORN));
        let wrong = OccasionHistories::from_weighted([(OccasionHistory::NEWBORN, f64::NAN)]);
        assert!(wrong.is_err());
    }
}
