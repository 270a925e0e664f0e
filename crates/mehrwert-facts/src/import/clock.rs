//! From a day and time as a file states them to the point in time, and to the day on the shop's own clock.

use std::cell::Cell;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use mehrwert_core::Day;

use crate::orders::times::Clock;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 24 * 3600 * SECOND;

/// The shop's clock. Days are remembered: rows of one day mostly follow each other.
#[derive(Debug)]
pub(crate) struct ShopClock {
    zone: TimeZone,
    last: Cell<Option<Midnight>>,
}

/// When a day begins.
#[derive(Debug, Clone, Copy)]
struct Midnight {
    day: Day,
    micros: i64,
    /// Whether the clock is not put forward or back on it.
    is_even: bool,
}

impl ShopClock {
    pub fn new(zone: &TimeZone) -> ShopClock {
        ShopClock { zone: zone.clone(), last: Cell::new(None) }
    }

    /// A day's beginning.
    pub fn midnight(&self, day: Day) -> Timestamp {
        micros(self.begin(day).micros)
    }

    /// A day and time of day as a file states them, as a point in time and the shop's own day. Without a time of day it
    /// is the day's beginning; a time without a zone is the shop's, unless the file has a zone of its own.
    pub fn at(&self, day: Day, clock: Option<Clock>, zone: Option<&TimeZone>) -> (Timestamp, Day) {
        let Some(clock) = clock else { return (self.midnight(day), day) };
        let whole = i64::from(day.epoch()) * DAY + clock.micros;
        let at = match (clock.offset, zone) {
            (Some(offset), _) => whole - i64::from(offset) * SECOND,
            (None, Some(zone)) => in_zone(zone, day, clock.micros),
            (None, None) => {
                let begin = self.begin(day);
                let at =
                    if begin.is_even { begin.micros + clock.micros } else { in_zone(&self.zone, day, clock.micros) };
                return (micros(at), day);
            }
        };
        (micros(at), self.day_of(at))
    }

    /// The shop's day of a point in time.
    pub fn day_of(&self, at: i64) -> Day {
        if let Some(last) = self.last.get()
            && last.is_even
            && (0..DAY).contains(&(at - last.micros))
        {
            return last.day;
        }
        Day::from(self.zone.to_datetime(micros(at)).date())
    }

    fn begin(&self, day: Day) -> Midnight {
        match self.last.get() {
            Some(last) if last.day == day => last,
            _ => {
                let begin = |day: Day| in_zone(&self.zone, day, 0);
                let at = begin(day);
                let midnight = Midnight { day, micros: at, is_even: begin(day.plus_days(1)) - at == DAY };
                self.last.set(Some(midnight));
                midnight
            }
        }
    }
}

/// A time on a zone's clock; one that the clock skips or shows twice is read as calendars do.
fn in_zone(zone: &TimeZone, day: Day, micros: i64) -> i64 {
    let time = jiff::civil::Time::midnight().saturating_add(jiff::SignedDuration::from_micros(micros.min(DAY - 1)));
    let civil = DateTime::from_parts(day.date(), time);
    let at = zone.to_timestamp(civil);
    // Outside the years that have a calendar there is no zone either.
    at.map_or_else(|_| i64::from(day.epoch()) * DAY + micros, Timestamp::as_microsecond)
}

fn micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or_default()
}

/// A time zone as a column of files names it.
pub(crate) fn zone_named(name: &str) -> Option<TimeZone> {
    let hours = match name {
        "UTC" | "GMT" | "WET" => 0,
        "CET" | "MEZ" | "BST" | "WEST" => 1,
        "CEST" | "MESZ" | "EET" => 2,
        "EEST" => 3,
        "EST" => -5,
        "EDT" => -4,
        "PST" => -8,
        "PDT" => -7,
        name => return TimeZone::get(name).ok(),
    };
    Some(TimeZone::fixed(Offset::constant(hours)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_the_shops_and_times_are_utc() {
        let clock = ShopClock::new(&TimeZone::get("Europe/Berlin").unwrap());
        let at = |day: &str, hours: i64, offset: Option<i32>| {
            let clock_shown = Clock { micros: hours * 3600 * SECOND, offset };
            let (at, day) = clock.at(day.parse().unwrap(), Some(clock_shown), None);
            (at.to_string(), day.to_string())
        };
        let expected = |at: &str, day: &str| (at.to_owned(), day.to_owned());
        assert_eq!(at("2024-01-05", 10, None), expected("2024-01-05T09:00:00Z", "2024-01-05"));
        assert_eq!(at("2024-07-05", 10, None), expected("2024-07-05T08:00:00Z", "2024-07-05"));
        // An hour before midnight in UTC is the next day in Berlin.
        assert_eq!(at("2024-01-05", 23, Some(0)), expected("2024-01-05T23:00:00Z", "2024-01-06"));
        // The day on which the clock is put forward.
        assert_eq!(at("2024-03-31", 10, None), expected("2024-03-31T08:00:00Z", "2024-03-31"));
        let whole = clock.at("2024-03-31".parse().unwrap(), None, None);
        assert_eq!(whole.0.to_string(), "2024-03-30T23:00:00Z");
    }

    #[test]
    fn zones_by_their_names() {
        for name in ["Europe/Berlin", "CEST", "MEZ", "GMT", "PST"] {
            assert!(zone_named(name).is_some(), "{name}");
        }
        assert!(zone_named("Mars/Base").is_none());
    }
}
