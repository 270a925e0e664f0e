//! How often a contract is paid and renewed, and the days on which that happens.

use mehrwert_core::Day;

/// How often a contract is paid and renewed, by the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Interval {
    /// Seven days.
    Week,
    /// A month: the same day of the next month, or its last where there is none.
    Month,
    /// Three months.
    Quarter,
    /// Six months.
    HalfYear,
    /// A year.
    Year,
}

impl Interval {
    /// Every interval, from short to long.
    pub const ALL: [Interval; 5] =
        [Interval::Week, Interval::Month, Interval::Quarter, Interval::HalfYear, Interval::Year];

    /// The interval's name in files of ours.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Interval::Week => "week",
            Interval::Month => "month",
            Interval::Quarter => "quarter",
            Interval::HalfYear => "half_year",
            Interval::Year => "year",
        }
    }

    /// Mean length in days over the years of the calendar.
    #[must_use]
    pub fn mean_days(self) -> f64 {
        match self {
            Interval::Week => 7.0,
            _ => 365.25 / 12.0 * f64::from(self.months()),
        }
    }

    /// How many of them a year has.
    #[must_use]
    pub fn per_year(self) -> f64 {
        365.25 / self.mean_days()
    }

    fn months(self) -> u32 {
        match self {
            Interval::Week => 0,
            Interval::Month => 1,
            Interval::Quarter => 3,
            Interval::HalfYear => 6,
            Interval::Year => 12,
        }
    }

    /// The day of a contract's renewal of this number, from 1: so many intervals after its start. Number 0 is the start.
    ///
    /// ```
    /// use mehrwert_facts::contracts::Interval;
    /// let start = "2024-01-31".parse()?;
    /// assert_eq!(Interval::Month.renewal(start, 1).to_string(), "2024-02-29");
    /// assert_eq!(Interval::Month.renewal(start, 2).to_string(), "2024-03-31");
    /// # Ok::<(), mehrwert_core::DayError>(())
    /// ```
    #[must_use]
    pub fn renewal(self, start: Day, number: u32) -> Day {
        if self == Interval::Week {
            return start.plus_days(i32::try_from(u64::from(number) * 7).unwrap_or(i32::MAX));
        }
        // Past the calendar the last day that it has stands for all.
        let months = u64::from(number).saturating_mul(u64::from(self.months())).min(120_000);
        months_later(start, months as i64)
    }

    /// Renewals of a contract that lie before a day, or on it: the greatest number whose day is not after `day`.
    #[must_use]
    pub fn renewals_until(self, start: Day, day: Day) -> u32 {
        if day < start {
            return 0;
        }
        let days = f64::from(day.since(start));
        // The mean length is off by a few days at most, so that the true number is at most one away.
        let mut number = (days / self.mean_days()) as u32;
        while self.renewal(start, number + 1) <= day && number < 1_000_000 {
            number += 1;
        }
        while number > 0 && self.renewal(start, number) > day {
            number -= 1;
        }
        number
    }

    /// The interval that a cell names, in lower case: a word, German or English, or a number of months.
    pub(super) fn parse(text: &str) -> Option<Interval> {
        let plain: String = text.chars().filter(|letter| letter.is_alphanumeric()).collect();
        let plain = ["every", "per", "pro", "je", "jeden"]
            .iter()
            .find_map(|word| plain.strip_prefix(word).filter(|rest| !rest.is_empty() && *word != "je"))
            .unwrap_or(&plain);
        match plain {
            "week" | "weekly" | "w" | "1w" | "woche" | "wöchentlich" | "woechentlich" | "7d" | "7days" => {
                Some(Interval::Week)
            }
            "month" | "monthly" | "months" | "m" | "1m" | "monat" | "monatlich" | "mtl" | "monate" | "1" | "1month"
            | "1monat" | "mon" => Some(Interval::Month),
            "quarter" | "quarterly" | "q" | "3m" | "quartal" | "vierteljährlich" | "vierteljaehrlich"
            | "quartalsweise" | "vierteljahr" | "3" | "3months" | "3monate" => Some(Interval::Quarter),
            "halfyear" | "halfyearly" | "semiannual" | "semiannually" | "biannual" | "6m" | "halbjahr"
            | "halbjährlich" | "halbjaehrlich" | "6" | "6months" | "6monate" => Some(Interval::HalfYear),
            "year" | "yearly" | "years" | "annual" | "annually" | "y" | "1y" | "j" | "jahr" | "jährlich"
            | "jaehrlich" | "jahre" | "12m" | "12" | "12months" | "12monate" | "1year" | "1jahr" | "pa" => {
                Some(Interval::Year)
            }
            _ => None,
        }
    }

    /// The interval that a price's column name states, such as `Jahresbeitrag`.
    pub(super) fn of_column(name: &str) -> Option<Interval> {
        let name = name.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if says(&["jahr", "year", "annual", "jährlich"]) {
            Some(Interval::Year)
        } else if says(&["quartal", "quarter", "vierteljähr"]) {
            Some(Interval::Quarter)
        } else if says(&["woche", "week"]) {
            Some(Interval::Week)
        } else if says(&["monat", "month", "mrr"]) {
            Some(Interval::Month)
        } else {
            None
        }
    }
}

/// The same day so many months later, or the month's last where it has no such day.
///
/// Plain arithmetic on days counted in years from March on (Hinnant 2013, chrono-compatible date algorithms), since a
/// contract's days are asked for some fifty times and the calendar library would take most of the time of the whole job;
/// a test holds that both agree.
fn months_later(start: Day, months: i64) -> Day {
    const DAYS_OF_400_YEARS: i64 = 146_097;
    // Days from 0000-03-01 to 1970-01-01.
    const EPOCH: i64 = 719_468;
    let days = i64::from(start.epoch()) + EPOCH;
    let era = days.div_euclid(DAYS_OF_400_YEARS);
    let day_of_era = days.rem_euclid(DAYS_OF_400_YEARS);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;

    let all_months = (era * 400 + year_of_era) * 12 + month + months;
    let (year, month) = (all_months.div_euclid(12), all_months.rem_euclid(12));
    // The year from March on ends with the February of the next calendar year.
    let next = year + 1;
    let is_leap = next % 4 == 0 && (next % 100 != 0 || next % 400 == 0);
    let longest = match month {
        11 => 28 + i64::from(is_leap),
        1 | 3 | 6 | 8 => 30,
        _ => 31,
    };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day.min(longest) - 1;
    let days = era * DAYS_OF_400_YEARS + 365 * year + year / 4 - year / 100 + day_of_year - EPOCH;
    Day::from_epoch(i32::try_from(days).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn renewals_follow_the_calendar() {
        assert_eq!(Interval::Month.renewals_until(day("2024-01-31"), day("2024-02-28")), 0);
        assert_eq!(Interval::Month.renewals_until(day("2024-01-31"), day("2024-02-29")), 1);
        assert_eq!(Interval::Year.renewals_until(day("2020-02-29"), day("2021-02-28")), 1);
        assert_eq!(Interval::Quarter.renewals_until(day("2024-01-01"), day("2024-12-31")), 3);
        assert_eq!(Interval::Week.renewals_until(day("2024-01-01"), day("2024-01-15")), 2);
        assert_eq!(Interval::Month.renewals_until(day("2024-01-31"), day("2023-02-28")), 0);
    }

    #[test]
    fn words_for_intervals() {
        for (text, interval) in [
            ("monatlich", Interval::Month),
            ("per month", Interval::Month),
            ("jährlich", Interval::Year),
            ("pro jahr", Interval::Year),
            ("12", Interval::Year),
            ("every 3 months", Interval::Quarter),
            ("half-yearly", Interval::HalfYear),
            ("week", Interval::Week),
        ] {
            assert_eq!(Interval::parse(text), Some(interval), "{text}");
        }
        assert_eq!(Interval::parse("sometimes"), None);
        assert_eq!(Interval::of_column("Jahresbeitrag"), Some(Interval::Year));
        assert_eq!(Interval::of_column("Preis"), None);
    }

    proptest! {
        #[test]
        fn months_are_those_of_the_calendar_library(start in -700_000..2_000_000_i32, months in 0..1_500_i64) {
            use jiff::ToSpan;
            let start = Day::from_epoch(start);
            let expected = start.date().checked_add(months.months()).map(Day::from).unwrap();
            prop_assert_eq!(months_later(start, months), expected);
        }

        #[test]
        fn the_number_of_renewals_is_the_greatest_not_after_the_day(start in 0..30_000_i32, days in 0..20_000_i32) {
            let (start, end) = (Day::from_epoch(start), Day::from_epoch(start + days));
            for interval in Interval::ALL {
                let number = interval.renewals_until(start, end);
                prop_assert!(interval.renewal(start, number) <= end);
                prop_assert!(interval.renewal(start, number + 1) > end);
            }
        }
    }
}
