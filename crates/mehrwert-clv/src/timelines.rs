//! When each customer bought: the purchase days from which histories, and what came after them, are cut at any day.

use rayon::prelude::*;
use thiserror::Error;

use crate::{History, HistoryError};

/// The purchase days of many customers.
///
/// Days are whole numbers from any origin, the same for all. Purchases of one day are one purchase.
///
/// ```
/// use mehrwert_clv::Timelines;
/// let shop = Timelines::from_customers([vec![0, 30, 90], vec![50], vec![70, 70, 75]])?;
/// let known = shop.known_on(60)?;
/// assert_eq!(known.customers, [0, 1]); // the third comes later
/// assert_eq!((known.histories[0].repeats(), known.histories[0].recency(), known.histories[0].age()), (1, 30, 60));
/// assert_eq!(shop.purchases_between(&known.customers, 60, 90), [1, 0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timelines {
    /// Customer i has the days from `offsets[i]` to before `offsets[i + 1]`.
    offsets: Vec<u32>,
    days: Vec<i32>,
}

/// Why purchase days cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TimelineError {
    /// A customer without purchases is none.
    #[error("customer {customer} has no purchase day: expected at least one, leave such customers out")]
    NoPurchase {
        /// The customer's number, from zero.
        customer: usize,
    },
    /// Days out of order, or one day twice.
    #[error("customer {customer} has day {day} after day {before}: expected ascending days, each once")]
    NotAscending {
        /// The customer's number, from zero.
        customer: usize,
        /// The day that is out of order.
        day: i32,
        /// The day before it.
        before: i32,
    },
    /// Offsets that do not divide the days among customers.
    #[error(
        "offset {position} is {offset} of {days} days: expected offsets from 0 to the number of days, none below the last"
    )]
    BadOffset {
        /// Position among the offsets, from zero.
        position: usize,
        /// The offset found there.
        offset: u32,
        /// The number of days.
        days: usize,
    },
    /// More purchases than can be numbered.
    #[error("{0} purchases: expected at most 4,294,967,295")]
    TooMany(usize),
}

/// The customers known on a day, with their histories until then.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// The numbers of the customers won by then, ascending.
    pub customers: Vec<u32>,
    /// Their histories, in the same order.
    pub histories: Vec<History>,
}

/// Customers per piece of parallel work.
const CHUNK: usize = 4096;

impl Timelines {
    /// Timelines from the days of each customer, in any order; a day that comes twice counts once.
    ///
    /// # Errors
    /// If a customer has no day, or there are more than 2^32 - 1 days.
    pub fn from_customers<C: IntoIterator<Item = i32>>(
        customers: impl IntoIterator<Item = C>,
    ) -> Result<Timelines, TimelineError> {
        let mut timelines = Timelines { offsets: vec![0], days: Vec::new() };
        let mut of_one: Vec<i32> = Vec::new();
        for (customer, days) in customers.into_iter().enumerate() {
            of_one.clear();
            of_one.extend(days);
            of_one.sort_unstable();
            of_one.dedup();
            if of_one.is_empty() {
                return Err(TimelineError::NoPurchase { customer });
            }
            timelines.days.extend_from_slice(&of_one);
            let end = u32::try_from(timelines.days.len()).map_err(|_| TimelineError::TooMany(timelines.days.len()))?;
            timelines.offsets.push(end);
        }
        Ok(timelines)
    }

    /// Timelines from flat columns: customer i has the days from `offsets[i]` to before `offsets[i + 1]`, ascending and
    /// each once. There is one offset more than there are customers.
    ///
    /// # Errors
    /// If offsets do not divide the days, or a customer has no day or days that are not ascending.
    pub fn from_flat(offsets: Vec<u32>, days: Vec<i32>) -> Result<Timelines, TimelineError> {
        let bad = |position: usize, offset: u32| TimelineError::BadOffset { position, offset, days: days.len() };
        let (first, last) = (offsets.first().copied().unwrap_or(0), offsets.last().copied().unwrap_or(0));
        if first != 0 {
            return Err(bad(0, first));
        }
        if last as usize != days.len() {
            return Err(bad(offsets.len().saturating_sub(1), last));
        }
        for (customer, ends) in offsets.windows(2).enumerate() {
            if ends[0] == ends[1] {
                return Err(TimelineError::NoPurchase { customer });
            }
            let of_one = days.get(ends[0] as usize..ends[1] as usize).ok_or_else(|| bad(customer + 1, ends[1]))?;
            if let Some(pair) = of_one.windows(2).find(|pair| pair[0] >= pair[1]) {
                return Err(TimelineError::NotAscending { customer, day: pair[1], before: pair[0] });
            }
        }
        Ok(Timelines { offsets: if offsets.is_empty() { vec![0] } else { offsets }, days })
    }

    /// The number of customers.
    pub fn customers(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// The purchase days of a customer, ascending; none of a customer that there is not.
    pub fn of(&self, customer: usize) -> &[i32] {
        let ends = self.offsets.get(customer).zip(self.offsets.get(customer + 1));
        ends.map_or(&[], |(&start, &end)| &self.days[start as usize..end as usize])
    }

    /// All customers' days, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &[i32]> {
        (0..self.customers()).map(|customer| self.of(customer))
    }

    /// The first and the last day on which anybody bought.
    pub fn span(&self) -> Option<(i32, i32)> {
        self.days.iter().copied().min().zip(self.days.iter().copied().max())
    }

    /// The customers won by the end of this day, with their histories until then.
    ///
    /// # Errors
    /// If a customer would be older than a history can be.
    pub fn known_on(&self, day: i32) -> Result<Known, HistoryError> {
        let mut known = Known::default();
        for (customer, days) in self.iter().enumerate() {
            let Some(&first) = days.first().filter(|&&first| first <= day) else { continue };
            let bought = days.partition_point(|&bought| bought <= day);
            let repeats = (bought - 1) as u32;
            let history = History::new(repeats, days[bought - 1].abs_diff(first), day.abs_diff(first))?;
            known.customers.push(customer as u32);
            known.histories.push(history);
        }
        Ok(known)
    }

    /// How often each of these customers bought after the day `after` and up to the end of `until`. First purchases
    /// count too: hand in customers who are known by then.
    pub fn purchases_between(&self, customers: &[u32], after: i32, until: i32) -> Vec<u32> {
        let count = |&customer: &u32| {
            let days = self.of(customer as usize);
            let start = days.partition_point(|&day| day <= after);
            let end = days.partition_point(|&day| day <= until);
            end.saturating_sub(start) as u32
        };
        customers.par_iter().with_min_len(CHUNK).map(count).collect()
    }

    /// The numbers of every n-th customer in the order of their first purchases, as good as a random sample spread evenly
    /// over time; ascending.
    pub fn every_nth(&self, n: usize) -> Vec<u32> {
        let mut by_first: Vec<(i32, u32)> =
            self.iter().enumerate().map(|(customer, days)| (days[0], customer as u32)).collect();
        by_first.sort_unstable();
        let mut kept: Vec<u32> = by_first.into_iter().step_by(n.max(1)).map(|(_, customer)| customer).collect();
        kept.sort_unstable();
        kept
    }

    /// The timelines of these customers only, in this order; numbers that there are not are left out.
    pub fn only(&self, customers: &[u32]) -> Timelines {
        let mut kept = Timelines { offsets: vec![0], days: Vec::new() };
        for days in customers.iter().map(|&customer| self.of(customer as usize)).filter(|days| !days.is_empty()) {
            kept.days.extend_from_slice(days);
            kept.offsets.push(kept.days.len() as u32);
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shop() -> Timelines {
        Timelines::from_customers([vec![5, 1, 5, 9], vec![-3], vec![7, 8], vec![2, 4]]).unwrap()
    }

    #[test]
    fn days_are_sorted_and_merged() {
        assert_eq!(shop().of(0), [1, 5, 9]);
        assert_eq!((shop().customers(), shop().span()), (4, Some((-3, 9))));
        assert_eq!(shop().of(4), [0i32; 0]);
        assert_eq!(Timelines::from_flat(vec![0, 3, 4, 6, 8], vec![1, 5, 9, -3, 7, 8, 2, 4]), Ok(shop()));
    }

    #[test]
    fn what_is_no_timeline_is_refused() {
        let none = Timelines::from_customers([vec![1], vec![]]);
        assert_eq!(none, Err(TimelineError::NoPurchase { customer: 1 }));
        assert_eq!(Timelines::from_flat(vec![0, 1, 1], vec![4]), Err(TimelineError::NoPurchase { customer: 1 }));
        let twice = Timelines::from_flat(vec![0, 2], vec![4, 4]);
        assert_eq!(twice, Err(TimelineError::NotAscending { customer: 0, day: 4, before: 4 }));
        for offsets in [vec![1, 2], vec![0, 1], vec![0, 3, 2], vec![0, 5, 2], vec![]] {
            assert!(matches!(Timelines::from_flat(offsets, vec![1, 2]), Err(TimelineError::BadOffset { .. })));
        }
        assert_eq!(Timelines::from_flat(vec![], vec![]).unwrap().customers(), 0);
        assert_eq!(Timelines::default().known_on(3), Ok(Known::default()));
        let old = Timelines::from_customers([[0]]).unwrap();
        assert!(matches!(old.known_on(i32::MAX), Err(HistoryError::TooOld { .. })));
        assert!(Timelines::from_customers([[i32::MIN]]).unwrap().known_on(i32::MAX).is_err());
    }

    #[test]
    fn every_nth_customer_is_kept_by_first_day() {
        // By first day: customers 1, 0, 3, 2.
        assert_eq!(shop().every_nth(2), [1, 3]);
        let half = shop().only(&[1, 3, 9]);
        assert_eq!(half.iter().collect::<Vec<_>>(), [&[-3][..], &[2, 4]]);
        assert_eq!(shop().only(&shop().every_nth(0)), shop());
    }

    proptest! {
        #[test]
        fn a_cut_loses_no_purchase(
            days in prop::collection::vec(prop::collection::btree_set(-50i32..50, 1..8), 1..20),
            cut in -60i32..60,
        ) {
            let shop = Timelines::from_customers(days.iter().map(|days| days.iter().copied())).unwrap();
            let known = shop.known_on(cut).unwrap();
            let later = shop.purchases_between(&known.customers, cut, 60);
            for ((&customer, history), later) in known.customers.iter().zip(&known.histories).zip(later) {
                let all = &days[customer as usize];
                prop_assert_eq!(history.repeats() as usize + 1 + later as usize, all.len());
            }
            let late = days.iter().filter(|days| days.first().is_some_and(|&first| first > cut)).count();
            prop_assert_eq!(known.customers.len() + late, days.len());
        }
    }
}
