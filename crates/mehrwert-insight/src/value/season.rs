//! The season of purchases, where two full years are seen and tell one.

use mehrwert_clv::calendar::{Clock, DatedCustomer, SeasonalFitError, fit_in_season};
use mehrwert_clv::{FitOptions, Histories, HistoryError, ModelKind};

use super::histories::CustomerHistories;
use super::purchases::DayTotal;
use super::result::{SeasonMonth, SeasonReport};

/// The clock to count time by, and what is known of the season; a plain clock where there is too little to know.
pub(super) fn season(
    kind: ModelKind,
    histories: &CustomerHistories,
    by_day: &[DayTotal],
) -> Result<(Clock, Option<SeasonReport>), SeasonalFitError> {
    let customers = dated(histories);
    let mut repeats: Vec<(i32, f64)> = by_day.iter().map(|total| (total.day.epoch(), total.purchases as f64)).collect();
    // First purchases are no repeat purchases.
    repeats.extend(customers.iter().map(|customer| (customer.first, -1.0)));
    match fit_in_season(kind, &customers, &repeats, histories.until.epoch(), &FitOptions::default()) {
        Ok(found) => {
            let months = found.season.months.map(|month| SeasonMonth {
                month: month.month,
                factor: month.factor,
                log_standard_error: month.log_standard_error,
            });
            let is_used = found.season.is_distinguishable();
            let report = SeasonReport { months, p_value: found.season.flatness.p_value, is_used };
            Ok((if is_used { found.clock } else { Clock::plain() }, Some(report)))
        }
        // Less than two years, too few purchases, or no fit: time goes by the calendar, as without this question.
        Err(SeasonalFitError::Fit(_) | SeasonalFitError::Season(_)) => Ok((Clock::plain(), None)),
        Err(error) => Err(error),
    }
}

fn dated(histories: &CustomerHistories) -> Vec<DatedCustomer> {
    (0..histories.customers.len())
        .map(|row| DatedCustomer {
            first: histories.first_day[row].epoch(),
            last: histories.last_day[row].epoch(),
            repeats: histories.purchases[row].saturating_sub(1),
        })
        .collect()
}

impl CustomerHistories {
    /// The same histories with time counted by this clock.
    pub(super) fn by_clock(&mut self, clock: &Clock) -> Result<(), HistoryError> {
        let end = self.until.epoch();
        let history = |one: &DatedCustomer| clock.history(one.first, one.last, end, one.repeats);
        let all = dated(self).iter().map(history).collect::<Result<Vec<_>, _>>()?;
        self.compressed = Histories::compress(all);
        Ok(())
    }
}
