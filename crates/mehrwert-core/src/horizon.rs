//! Calendar spans: how far ahead a value looks.

use std::fmt;
use std::str::FromStr;

use jiff::{Span, ToSpan};

use crate::Day;

/// A calendar span such as `12m` or `3y`: it has a length in days only from a day on.
///
/// A popular library takes twelve months for 360 days; here one year from 2024-02-29 ends on 2025-02-28, as on a
/// calendar.
///
/// ```
/// use mehrwert_core::{Day, Horizon};
/// let horizon: Horizon = "12m".parse()?;
/// assert_eq!(horizon.days_from("2023-03-01".parse()?)?, 366);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    count: u16,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Days,
    Weeks,
    Months,
    Years,
}

/// The text is no calendar span, or it leads past the calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HorizonError {
    /// The text is no calendar span.
    #[error("expected a span of the calendar such as 90d, 26w, 12m or 3y, found '{0}'")]
    NotASpan(String),
    /// The span is too long: past a hundred years no forecast of customers means anything.
    #[error("expected a span of at most 100 years, found '{0}'")]
    TooLong(String),
}

impl Horizon {
    /// So many calendar years.
    #[must_use]
    pub const fn years(count: u16) -> Horizon {
        Horizon { count, unit: Unit::Years }
    }

    /// The last day of the span that begins after `start`.
    ///
    /// # Errors
    /// [`HorizonError::TooLong`] when it would lie past the year 9999.
    pub fn end(self, start: Day) -> Result<Day, HorizonError> {
        let too_long = || HorizonError::TooLong(self.to_string());
        start.date().checked_add(self.span()).map(Day::from).map_err(|_| too_long())
    }

    /// The length in days when it begins after `start`.
    ///
    /// # Errors
    /// [`HorizonError::TooLong`] when it would lead past the year 9999.
    pub fn days_from(self, start: Day) -> Result<u32, HorizonError> {
        // A span is never negative, so its end is never before its start.
        Ok(self.end(start)?.since(start).unsigned_abs())
    }

    /// The span as whole months and days, as a query engine counts intervals.
    #[must_use]
    pub const fn months_and_days(self) -> (i32, i32) {
        // A span is at most a hundred years, whatever its unit.
        let count = self.count as i32;
        match self.unit {
            Unit::Days => (0, count),
            Unit::Weeks => (0, 7 * count),
            Unit::Months => (count, 0),
            Unit::Years => (12 * count, 0),
        }
    }

    fn span(self) -> Span {
        let count = i64::from(self.count);
        match self.unit {
            Unit::Days => count.days(),
            Unit::Weeks => count.weeks(),
            Unit::Months => count.months(),
            Unit::Years => count.years(),
        }
    }
}

impl FromStr for Horizon {
    type Err = HorizonError;

    fn from_str(text: &str) -> Result<Horizon, HorizonError> {
        let shown = || text.chars().take(20).collect::<String>();
        let error = || HorizonError::NotASpan(shown());
        let trimmed = text.trim();
        let unit = match trimmed.chars().last() {
            Some('d') => Unit::Days,
            Some('w') => Unit::Weeks,
            Some('m') => Unit::Months,
            Some('y') => Unit::Years,
            _ => return Err(error()),
        };
        let digits = &trimmed[..trimmed.len() - 1];
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(error());
        }
        let limit = match unit {
            Unit::Days => 36_525,
            Unit::Weeks => 5_218,
            Unit::Months => 1_200,
            Unit::Years => 100,
        };
        match digits.parse::<u16>() {
            Ok(0) => Err(error()),
            Ok(count) if count <= limit => Ok(Horizon { count, unit }),
            _ => Err(HorizonError::TooLong(shown())),
        }
    }
}

impl fmt::Display for Horizon {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = match self.unit {
            Unit::Days => 'd',
            Unit::Weeks => 'w',
            Unit::Months => 'm',
            Unit::Years => 'y',
        };
        write!(formatter, "{}{letter}", self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_follow_the_calendar() {
        let days =
            |horizon: &str, start: &str| horizon.parse::<Horizon>().unwrap().days_from(start.parse().unwrap()).unwrap();
        assert_eq!(days("1m", "2024-01-31"), 29);
        assert_eq!(days("3y", "1997-09-30"), 1096);
        assert_eq!(days("2w", "2024-01-01"), 14);
        assert_eq!(days("90d", "2024-01-01"), 90);
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for text in ["", "y", "3", "0m", "-1y", "1.5y", "3 y", "101y", "99999d", "3j", "€"] {
            assert!(text.parse::<Horizon>().is_err(), "{text}");
        }
    }
}
