//! The purchases of a sample of the customers, day by day in memory: what rolling cuts are made in.

use mehrwert_clv::Timelines;
use mehrwert_clv::spend::{SpendHistory, fit_spend};
use mehrwert_core::Day;
use mehrwert_facts::engine::{Columns, ColumnsError, EngineError};

use super::ValueError;
use super::purchases::{Purchases, date};

/// Purchase days with their amounts.
pub(super) struct SampledPurchases {
    pub timelines: Timelines,
    /// Where each customer's purchases begin; one more than there are customers.
    offsets: Vec<u32>,
    days: Vec<i32>,
    amounts: Vec<f64>,
}

impl Purchases<'_> {
    /// The purchases until a day of every `step`-th customer.
    pub(super) fn sampled(&self, until: Day, step: u32) -> Result<SampledPurchases, ValueError> {
        const QUERY: &str = "timelines";
        let parameters = [("until", date(until)), ("step", step.into())];
        let rows = self.engine.query(QUERY, include_str!("sql/timelines.sql"), &parameters)?;
        let columns = Columns::new(&rows);
        let answer = |source: ColumnsError| EngineError::Answer { query: QUERY, source };
        let customers = columns.keys("customer").map_err(answer)?;
        let days: Vec<i32> = columns.days("day").map_err(answer)?.into_iter().map(Day::epoch).collect();
        let amounts = columns.amounts("amount").map_err(answer)?.into_iter().map(|amount| amount.to_f64()).collect();
        let mut offsets: Vec<u32> = vec![0];
        offsets.extend((1_u32..).zip(customers.windows(2)).filter(|(_, pair)| pair[0] != pair[1]).map(|(row, _)| row));
        if !days.is_empty() {
            offsets.push(u32::try_from(days.len()).unwrap_or(u32::MAX));
        }
        let timelines = Timelines::from_flat(offsets.clone(), days.clone()).map_err(ValueError::Timelines)?;
        Ok(SampledPurchases { timelines, offsets, days, amounts })
    }
}

impl SampledPurchases {
    /// Days and amounts of a customer's purchases, ascending.
    fn of(&self, customer: u32) -> impl Iterator<Item = (i32, f64)> + '_ {
        let range = self.offsets[customer as usize] as usize..self.offsets[customer as usize + 1] as usize;
        self.days[range.clone()].iter().copied().zip(self.amounts[range].iter().copied())
    }

    /// What each of these customers is expected to spend a purchase, by what was known at a cut; one a purchase where the
    /// spend model has no fit.
    pub(super) fn expected_spend(&self, customers: &[u32], cut: i32) -> Vec<f64> {
        let history = |&customer: &u32| {
            let repeats = || self.of(customer).take_while(|&(day, _)| day <= cut).skip(1);
            let count = repeats().count();
            let mean = repeats().map(|(_, amount)| amount).sum::<f64>() / count.max(1) as f64;
            SpendHistory { repeats: u32::try_from(count).unwrap_or(u32::MAX), mean }
        };
        let histories: Vec<SpendHistory> = customers.iter().map(history).collect();
        match fit_spend(&histories) {
            Ok(fit) => histories.iter().map(|one| fit.model.expected_spend(one.repeats, one.mean)).collect(),
            Err(_) => vec![1.0; customers.len()],
        }
    }

    /// Purchases of each of these customers in the days after a cut, and what they spent.
    pub(super) fn outcomes(&self, customers: &[u32], cut: i32, days: u32) -> Vec<(u32, f64)> {
        let end = cut.saturating_add_unsigned(days);
        let outcome = |&customer: &u32| {
            let after = self.of(customer).filter(|&(day, _)| day > cut && day <= end);
            after.fold((0, 0.0), |(count, spend), (_, amount)| (count + 1, spend + amount))
        };
        customers.iter().map(outcome).collect()
    }
}
