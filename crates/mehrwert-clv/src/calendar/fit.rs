//! A purchase model and its season, fitted in turns.

use std::collections::BTreeMap;

use thiserror::Error;

use super::{Clock, PeriodCount, Season, SeasonError, SeasonFit, expected_purchases_by_day};
use crate::{Fit, FitError, FitOptions, Histories, HistoryError, ModelKind, fit};

/// A customer's purchases by date, merged by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatedCustomer {
    /// The day of the first purchase.
    pub first: i32,
    /// The day of the last.
    pub last: i32,
    /// Purchases after the first.
    pub repeats: u32,
}

/// A purchase model in operational time with its season.
#[derive(Debug)]
pub struct SeasonalFit {
    /// The model; its times are operational days of the clock.
    pub fit: Fit,
    /// The histories it was fitted to, in the order of the customers.
    pub histories: Histories,
    /// Turns dates into histories and horizons.
    pub clock: Clock,
    /// The season and how sure it is.
    pub season: SeasonFit,
}

/// Why there is no fit with a season.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SeasonalFitError {
    /// The model has no fit.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// There is no season.
    #[error(transparent)]
    Season(#[from] SeasonError),
    /// A customer whose dates do not go together.
    #[error("customer {position}: {reason}")]
    History {
        /// Position among the customers handed in, from zero.
        position: usize,
        /// What does not go together.
        reason: HistoryError,
    },
    /// The counts by day are of other purchases.
    #[error(
        "the counts by day hold {counted} repeat purchases: expected the {expected} of the customers, none of them before \
         the first customer or after the end"
    )]
    OtherPurchases {
        /// Purchases in the counts, within the time observed.
        counted: f64,
        /// Repeats of the customers.
        expected: f64,
    },
}

/// Rounds of season and fit.
const ROUNDS: usize = 2;

/// Fits a purchase model and the season of its purchases in turns: a fit by the calendar, a season from the purchases
/// that it does not explain, a fit in the operational time of that season, and so once more. `purchases` are the repeat
/// purchases of all customers by day, in any order; `end` is the last day seen.
///
/// Predictions take operational spans: `fit.model.expected_purchases(&history, clock.span(end, over))`.
///
/// # Errors
/// If customers were won over less than two years before the end or bought too little (see [`Season::estimate`]), if a
/// customer's dates or the counts do not go together, or if there is no fit.
pub fn fit_in_season(
    kind: ModelKind,
    customers: &[DatedCustomer],
    purchases: &[(i32, f64)],
    end: i32,
    options: &FitOptions,
) -> Result<SeasonalFit, SeasonalFitError> {
    let from = customers.iter().map(|customer| customer.first).min().ok_or(FitError::NoCustomers)?;
    let by_day = counts_by_day(customers, purchases, from, end)?;
    let mut won: BTreeMap<i32, f64> = BTreeMap::new();
    for customer in customers {
        *won.entry(customer.first).or_default() += 1.0;
    }
    let won: Vec<(i32, f64)> = won.into_iter().collect();
    let mut clock = Clock::plain();
    let mut histories = histories_of(customers, &clock, end)?;
    let mut fitted = fit(kind, &histories, options)?;
    let mut season = None;
    for _ in 0..ROUNDS {
        let expected = expected_purchases_by_day(&*fitted.model, &won, &clock, from, end);
        let periods = by_day.iter().zip(expected).zip(from..).map(|((&purchases, expected), first_day)| PeriodCount {
            first_day,
            days: 1,
            purchases,
            expected,
        });
        let found = Season::estimate(&periods.collect::<Vec<_>>())?;
        clock = Clock::new(found.season.clone());
        histories = histories_of(customers, &clock, end)?;
        let start = Some(fitted.parameters.map(|parameter| parameter.value));
        fitted = fit(kind, &histories, &FitOptions { start, ..options.clone() })?;
        season = Some(found);
    }
    // There is at least one round.
    let season = season.ok_or(SeasonError::NotConverged)?;
    Ok(SeasonalFit { fit: fitted, histories, clock, season })
}

fn counts_by_day(
    customers: &[DatedCustomer],
    purchases: &[(i32, f64)],
    from: i32,
    end: i32,
) -> Result<Vec<f64>, SeasonalFitError> {
    let days = usize::try_from(i64::from(end) - i64::from(from) + 1).unwrap_or(0);
    let longest = crate::History::OLDEST_DAYS as usize;
    let mut by_day = vec![0.0; days.min(longest)];
    for &(day, count) in purchases {
        if let Some(sum) = usize::try_from(i64::from(day) - i64::from(from)).ok().and_then(|at| by_day.get_mut(at)) {
            *sum += count;
        }
    }
    let counted: f64 = by_day.iter().sum();
    let expected: f64 = customers.iter().map(|customer| f64::from(customer.repeats)).sum();
    // Written so that a count that is not a number is none of theirs.
    if (counted - expected).abs() <= 1e-6 * expected.max(1.0) {
        return Ok(by_day);
    }
    Err(SeasonalFitError::OtherPurchases { counted, expected })
}

fn histories_of(customers: &[DatedCustomer], clock: &Clock, end: i32) -> Result<Histories, SeasonalFitError> {
    let history = |(position, customer): (usize, &DatedCustomer)| {
        let found = clock.history(customer.first, customer.last, end, customer.repeats);
        found.map_err(|reason| SeasonalFitError::History { position, reason })
    };
    let histories: Result<Vec<_>, _> = customers.iter().enumerate().map(history).collect();
    Ok(Histories::compress(histories?))
}
