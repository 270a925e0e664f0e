//! Operational time: days that count as much as purchases are likely on them.

use super::{Season, SeasonError};
use crate::{Days, History, HistoryError};

/// Turns dates into operational days.
///
/// ```
/// use mehrwert_clv::calendar::{Clock, Season};
/// let clock = Clock::new(Season::flat());
/// let history = clock.history(100, 150, 300, 2)?;
/// assert_eq!((history.repeats(), history.recency(), history.age()), (2, 50, 200));
/// # Ok::<(), mehrwert_clv::HistoryError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    season: Season,
}

impl Clock {
    /// A clock that goes by this season.
    pub fn new(season: Season) -> Clock {
        Clock { season }
    }

    /// A clock that goes by the calendar.
    pub fn plain() -> Clock {
        Clock::new(Season::flat())
    }

    /// The season it goes by.
    pub fn season(&self) -> &Season {
        &self.season
    }

    /// Operational days from the end of one day to the end of another: the factors of the days after `from` until `to`
    /// inclusive. Negative if `to` is earlier.
    pub fn days_between(&self, from: i32, to: i32) -> f64 {
        self.season.passed_by(to) - self.season.passed_by(from)
    }

    /// The history of a customer who bought on `first` for the first and on `last` for the last time, `repeats` times in
    /// between or on `last`, seen until `end`: operational days, rounded to whole ones. A repeat purchase lies at least
    /// one day after the first, however slowly time passes.
    ///
    /// # Errors
    /// As [`History::new`] for the calendar days: if `last` lies after `end` or before `first`, or if repeats and time do
    /// not go together.
    pub fn history(&self, first: i32, last: i32, end: i32, repeats: u32) -> Result<History, HistoryError> {
        // A span that runs backwards is longer than any other.
        let days = |from: i32, to: i32| u32::try_from(i64::from(to) - i64::from(from)).unwrap_or(u32::MAX);
        History::new(repeats, days(first, last), days(first, end))?;
        let recency = if repeats > 0 { self.days_between(first, last).round().max(1.0) } else { 0.0 };
        let age = self.days_between(first, end).round().max(recency).min(f64::from(History::OLDEST_DAYS));
        History::new(repeats, recency as u32, age as u32)
    }

    /// The operational length of the time from the end of a day on, for horizons. For ever is for ever.
    pub fn span(&self, from: i32, over: Days) -> Days {
        let days = over.days();
        if days >= f64::from(History::OLDEST_DAYS) {
            // Beyond any customer's life the season is lost among the years.
            return over;
        }
        let whole = days.floor();
        let to = from.saturating_add(whole as i32);
        let part = days - whole;
        let rest = if part > 0.0 { part * self.season.factor(to.saturating_add(1)) } else { 0.0 };
        Days::new(self.days_between(from, to) + rest)
    }
}

/// From harmonics, see [`Season::from_harmonics`].
impl TryFrom<&[[f64; 2]]> for Clock {
    type Error = SeasonError;

    fn try_from(harmonics: &[[f64; 2]]) -> Result<Clock, SeasonError> {
        Season::from_harmonics(harmonics).map(Clock::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::day_number;

    #[test]
    fn spans_add_up_and_years_are_years() {
        let clock = Clock::try_from([[0.5, 0.2], [-0.3, 0.1]].as_slice()).unwrap();
        let from = day_number(2022, 3, 17);
        let (one, both) = (clock.span(from, Days::new(100.0)), clock.span(from, Days::new(150.5)));
        let other = clock.span(from + 100, Days::new(50.5));
        assert!((one.days() + other.days() - both.days()).abs() < 1e-9);
        assert!((clock.span(from, Days::new(365.0)).days() - 365.0).abs() < 1e-9);
        assert_eq!(clock.span(from, Days::FOREVER), Days::FOREVER);
        assert_eq!(clock.span(from, Days::ZERO), Days::ZERO);
        // Across a leap day to within the day itself.
        assert!((clock.span(day_number(2023, 6, 1), Days::new(366.0)).days() - 366.0).abs() < 1.5);
    }

    #[test]
    fn histories_are_possible_ones() {
        let clock = Clock::try_from([[0.8, 0.0], [-0.4, 0.0]].as_slice()).unwrap();
        let summer = day_number(2024, 7, 1);
        assert!(clock.days_between(summer, summer + 1) < 0.4);
        let quick = clock.history(summer, summer + 1, summer + 1, 1).unwrap();
        assert_eq!((quick.recency(), quick.age()), (1, 1));
        assert_eq!(clock.history(summer, summer, summer, 0), Ok(History::NEWBORN));
        assert!(clock.history(summer, summer - 1, summer, 1).is_err());
        assert!(clock.history(summer, summer + 2, summer + 1, 1).is_err());
        assert!(clock.history(summer, summer, summer + 9, 1).is_err());
        assert!(clock.history(summer, summer + 3, summer + 9, 0).is_err());
        for length in 0..800 {
            let history = clock.history(summer, summer + length / 2, summer + length, u32::from(length > 1)).unwrap();
            assert!((f64::from(history.age()) - clock.days_between(summer, summer + length)).abs() <= 1.0);
        }
    }
}
