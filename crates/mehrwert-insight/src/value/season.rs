//! The season of purchases, where two full years are seen and tell one.

use mehrwert_clv::calendar::{Clock, DatedCustomer, SeasonalFitError, fit_in_season};
use mehrwert_clv::saved::SavedModel;
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
                log_standard_error: Some(month.log_standard_error),
            });
            let is_used = found.season.is_distinguishable();
            let report = SeasonReport { months, p_value: Some(found.season.flatness.p_value), is_used };
            Ok((if is_used { found.clock } else { Clock::plain() }, Some(report)))
        }
        // Less than two years, too few purchases, or no fit: time goes by the calendar, as without this question.
        Err(SeasonalFitError::Fit(_) | SeasonalFitError::Season(_)) => Ok((Clock::plain(), None)),
        Err(error) => Err(error),
    }
}

/// The clock that a saved model counts time by, and the season it goes by, if any.
pub(super) fn of_saved(saved: &SavedModel) -> (Clock, Option<SeasonReport>) {
    let clock = saved.clock();
    if clock == Clock::plain() {
        return (clock, None);
    }
    let factors = clock.season().month_factors();
    let month = |at: usize| SeasonMonth { month: at as u32 + 1, factor: factors[at], log_standard_error: None };
    let report = SeasonReport { months: std::array::from_fn(month), p_value: None, is_used: true };
    (clock, Some(report))
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
