//! Calendar days and periods of them.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

/// A calendar day, counted from 1970-01-01: the day as the shop's own clock had it.
///
/// ```
/// use mehrwert_core::Day;
/// let day: Day = "1997-09-30".parse()?;
/// assert_eq!(day.plus_days(1).to_string(), "1997-10-01");
/// assert_eq!(day.plus_days(7).since(day), 7);
/// # Ok::<(), mehrwert_core::DayError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// The text or date is no day of the years 0001 to 9999.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a day such as 2024-12-31, found '{0}'")]
pub struct DayError(pub(crate) String);

impl Day {
    const FIRST: i32 = -719_162;
    const LAST: i32 = 2_932_896;

    /// The day so many days after 1970-01-01, held within the years 0001 to 9999.
    #[must_use]
    pub fn from_epoch(days: i32) -> Day {
        Day(days.clamp(Day::FIRST, Day::LAST))
    }

    /// Days since 1970-01-01: what a date column of the fact tables holds.
    #[must_use]
    pub const fn epoch(self) -> i32 {
        self.0
    }

    /// The day of a calendar date; `None` when there is no such date.
    #[must_use]
    pub fn from_calendar(year: i16, month: i8, day: i8) -> Option<Day> {
        if year < 1 {
            return None;
        }
        Date::new(year, month, day).ok().map(Day::from)
    }

    /// The calendar date.
    #[must_use]
    pub fn date(self) -> Date {
        // Clamped to the years 0001 to 9999, which the calendar type covers whole.
        Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(i64::from(self.0)))
    }

    /// So many days later (or earlier), held within the years 0001 to 9999.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Day {
        Day::from_epoch(self.0.saturating_add(days))
    }

    /// The months from January of year 0 to the month of this day.
    ///
    /// ```
    /// use mehrwert_core::Day;
    /// let day: Day = "2024-02-29".parse()?;
    /// assert_eq!(day.month_number(), 2024 * 12 + 1);
    /// assert_eq!(Day::first_of_month(day.month_number()).to_string(), "2024-02-01");
    /// # Ok::<(), mehrwert_core::DayError>(())
    /// ```
    #[must_use]
    pub fn month_number(self) -> i32 {
        let date = self.date();
        i32::from(date.year()) * 12 + i32::from(date.month()) - 1
    }

    /// The first day of the month of this number, held within the years 0001 to 9999.
    #[must_use]
    pub fn first_of_month(number: i32) -> Day {
        let year = i16::try_from(number.div_euclid(12)).unwrap_or(i16::MAX);
        // The remainder is below twelve.
        let month = number.rem_euclid(12) as i8 + 1;
        let beyond = if number < 12 { Day(Day::FIRST) } else { Day(Day::LAST) };
        Day::from_calendar(year, month, 1).unwrap_or(beyond)
    }

    /// Days from `earlier` to this day; negative when this day is the earlier one.
    #[must_use]
    pub const fn since(self, earlier: Day) -> i32 {
        self.0 - earlier.0
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Day {
        let days = Date::constant(1970, 1, 1).duration_until(date).as_hours() / 24;
        Day::from_epoch(i32::try_from(days).unwrap_or(0))
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Day, DayError> {
        text.trim().parse::<Date>().map(Day::from).map_err(|_| DayError(text.chars().take(30).collect()))
    }
}

impl fmt::Display for Day {
    /// ISO 8601: `2024-12-31`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.date())
    }
}

/// A period of whole days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

impl Period {
    /// Number of days, at least one.
    #[must_use]
    pub fn days(self) -> i32 {
        self.to.since(self.from) + 1
    }

    /// Whether a day lies in it.
    #[must_use]
    pub fn contains(self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_days() {
        assert_eq!("1970-01-01".parse::<Day>().unwrap().epoch(), 0);
        assert_eq!("2000-03-01".parse::<Day>().unwrap().epoch(), 11_017);
        assert_eq!(Day::from_calendar(2023, 2, 29), None);
        assert_eq!(Day::from_epoch(i32::MIN).to_string(), "0001-01-01");
        assert_eq!(Day::from_epoch(i32::MAX).to_string(), "9999-12-31");
    }

    proptest! {
        #[test]
        fn a_day_survives_its_text(days in Day::FIRST..=Day::LAST) {
            let day = Day::from_epoch(days);
            prop_assert_eq!(day.to_string().parse::<Day>(), Ok(day));
        }
    }
}
