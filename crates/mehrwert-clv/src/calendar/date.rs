//! Dates and day numbers, by Howard Hinnant's algorithms ("chrono-compatible low-level date algorithms", 2013).

/// The number of a day of the Gregorian calendar since 1970-01-01. Months and days beyond their range run on.
///
/// ```
/// use mehrwert_clv::calendar::{date_of, day_number};
/// assert_eq!((day_number(1970, 1, 1), day_number(2000, 3, 1)), (0, 11_017));
/// assert_eq!(date_of(11_016), (2000, 2, 29));
/// ```
pub fn day_number(year: i32, month: u32, day: u32) -> i32 {
    let (year, month) = (i64::from(year), i64::from(month));
    // Years begin with March, so that the leap day is their last.
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let number = era * 146_097 + day_of_era - 719_468;
    number.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}

/// Year, month and day of a day number.
pub fn date_of(day: i32) -> (i32, u32, u32) {
    let shifted = i64::from(day) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as i32, month as u32, day_of_month as u32)
}

/// The day's place in its year, from zero, the first day of the year, and the year's length.
pub(super) fn place_in_year(day: i32) -> (usize, i32, usize) {
    let (year, _, _) = date_of(day);
    let first = day_number(year, 1, 1);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    ((day - first) as usize, first, if leap { 366 } else { 365 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Day by day over the leap years of four centuries, counting as one does by hand.
    #[test]
    fn every_day_has_its_date() {
        let (mut year, mut month, mut day) = (1899, 12, 31);
        for number in day_number(1899, 12, 31)..=day_number(2301, 1, 1) {
            assert_eq!(date_of(number), (year, month, day));
            assert_eq!(day_number(year, month, day), number);
            let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            let (place, first, length) = place_in_year(number);
            assert_eq!((first + place as i32, length), (number, if leap { 366 } else { 365 }));
            let length = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
            (year, month, day) = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (_, last) if last == length => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
        assert_eq!(day_number(1970, 1, 1), 0);
    }
}
