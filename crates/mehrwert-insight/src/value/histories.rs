//! Purchase histories: what the models need to know of each customer, as of a day.

use mehrwert_clv::{Histories, History};
use mehrwert_core::{Amount, Day};
use mehrwert_facts::engine::{Columns, ColumnsError, EngineError};

use super::ValueError;
use super::purchases::{Purchases, date};

/// One row a customer, as columns of equal length, in the order in which the customers first appear in the log.
pub(super) struct CustomerHistories {
    /// The last day that was seen.
    pub until: Day,
    /// Keys of the customers' names.
    pub customers: Vec<u32>,
    /// Days with a purchase.
    pub purchases: Vec<u32>,
    /// First purchase.
    pub first_day: Vec<Day>,
    /// Last purchase.
    pub last_day: Vec<Day>,
    /// Revenue, net of every return known by the day.
    pub revenue: Vec<Amount>,
    /// Amount of the first purchase.
    pub first_amount: Vec<Amount>,
    /// Mean amount of the purchases after the first, net of the customer's share of returns; zero without any.
    pub repeat_mean: Vec<f64>,
    /// Share of the revenue that is left after returns without a known sale.
    kept_share: Vec<f64>,
    /// The same histories, equal ones together.
    pub compressed: Histories,
}

impl Purchases<'_> {
    /// Histories of the customers won by a day.
    pub(super) fn histories(&self, until: Day) -> Result<CustomerHistories, ValueError> {
        const QUERY: &str = "histories";
        let parameters = [("until", date(until))];
        let rows = self.engine.query(QUERY, include_str!("sql/histories.sql"), &parameters)?;
        let columns = Columns::new(&rows);
        let answer = |source: ColumnsError| EngineError::Answer { query: QUERY, source };
        let keys = columns.keys("customer").map_err(answer)?;
        let order = order_of_appearance(&keys);
        let purchases = gather(&order, &columns.counts("purchases").map_err(answer)?);
        let customers = gather(&order, &keys);
        let first_day = gather(&order, &columns.days("first_day").map_err(answer)?);
        let last_day = gather(&order, &columns.days("last_day").map_err(answer)?);
        let packed = gather(&order, &columns.amounts("first_day_and_amount").map_err(answer)?);
        let first_amount: Vec<Amount> =
            packed.iter().zip(&first_day).map(|(&packed, &day)| packed - day_as_amount(day)).collect();
        let mut revenue = gather(&order, &columns.amounts("revenue").map_err(answer)?);
        let mut kept_share = vec![1.0; order.len()];
        let repeat_mean = (0..order.len())
            .map(|row| {
                let returned = self.unmatched_by(customers[row], until);
                kept_share[row] = share_kept(revenue[row], returned);
                let mean = repeat_mean(purchases[row], revenue[row], first_amount[row]) * kept_share[row];
                revenue[row] += returned;
                mean
            })
            .collect();
        let histories: Vec<History> = (0..order.len())
            .map(|row| history(purchases[row], first_day[row], last_day[row], until))
            .collect::<Result<_, _>>()?;
        Ok(CustomerHistories {
            until,
            customers,
            purchases: purchases.into_iter().map(|count| u32::try_from(count).unwrap_or(u32::MAX)).collect(),
            first_day,
            last_day,
            revenue,
            first_amount,
            repeat_mean,
            kept_share,
            compressed: Histories::compress(histories),
        })
    }
}

/// What the query puts before the first purchase's amount: its day times 10^15.
fn day_as_amount(day: Day) -> Amount {
    const DAY: i128 = 1_000_000_000_000_000 * 1_000_000;
    Amount::from_micros(i128::from(day.epoch()) * DAY)
}

/// Rows sorted by key, which numbers customers as they first appear.
fn order_of_appearance(keys: &[u32]) -> Vec<u32> {
    let size = keys.iter().max().map_or(0, |&key| key as usize + 1);
    let mut row_of = vec![u32::MAX; size];
    for (row, &key) in (0_u32..).zip(keys) {
        row_of[key as usize] = row;
    }
    row_of.into_iter().filter(|&row| row != u32::MAX).collect()
}

fn gather<T: Copy>(order: &[u32], values: &[T]) -> Vec<T> {
    order.iter().map(|&row| values[row as usize]).collect()
}

fn history(purchases: u64, first: Day, last: Day, until: Day) -> Result<History, ValueError> {
    let repeats = u32::try_from(purchases.saturating_sub(1)).unwrap_or(u32::MAX);
    // Days of the query lie in this order, so neither difference is negative.
    History::new(repeats, last.since(first).unsigned_abs(), until.since(first).unsigned_abs())
        .map_err(ValueError::History)
}

/// Mean of the repeat purchases.
fn repeat_mean(purchases: u64, revenue: Amount, first: Amount) -> f64 {
    if purchases < 2 { 0.0 } else { (revenue - first).to_f64() / (purchases - 1) as f64 }
}

/// The share of the revenue that was not returned without a known sale.
fn share_kept(revenue: Amount, returned: Amount) -> f64 {
    if returned.is_zero() || revenue <= Amount::ZERO {
        return 1.0;
    }
    ((revenue + returned).to_f64() / revenue.to_f64()).max(0.0)
}

impl CustomerHistories {
    /// Share of a customer's revenue that is left after returns without a known sale, between 0 and 1.
    pub(super) fn kept_share(&self, row: usize) -> f64 {
        self.kept_share[row]
    }

    /// Customers with more than one purchase.
    pub(super) fn repeat_customers(&self) -> usize {
        self.purchases.iter().filter(|&&count| count > 1).count()
    }
}
