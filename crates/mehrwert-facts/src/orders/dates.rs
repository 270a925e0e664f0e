//! Dates as files write them. A value's own shape says how it is read; only `03/04/2020` needs an order from outside.

use mehrwert_core::Day;

/// Which comes first in dates such as `03/04/2020`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateOrder {
    /// The day: 3 April.
    DayFirst,
    /// The month: 4 March.
    MonthFirst,
}

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// `2020-04-03`, `2020/04/03`, `2020.04.03`
    YearFirst(u8),
    /// `20200403`
    Compact,
    /// `03.04.2020`: with points the day always comes first.
    Points,
    /// `03/04/2020` or `03-04-2020`: somebody has to say which comes first.
    Undecided(u8),
    /// `3 Apr 2020`, `April 3, 2020`, `3. April 2020`
    MonthName,
}

impl Shape {
    /// The shape as a person would write it.
    pub(crate) fn label(self, order: Option<DateOrder>) -> String {
        match self {
            Shape::YearFirst(separator) => format!("YYYY{0}MM{0}DD", char::from(separator)),
            Shape::Compact => "YYYYMMDD".to_owned(),
            Shape::Points => "DD.MM.YYYY".to_owned(),
            Shape::MonthName => "month by name".to_owned(),
            Shape::Undecided(separator) => {
                let separator = char::from(separator);
                match order {
                    Some(DateOrder::MonthFirst) => format!("MM{separator}DD{separator}YYYY"),
                    _ => format!("DD{separator}MM{separator}YYYY"),
                }
            }
        }
    }
}

/// The three numbers of a date as they stand in the text.
struct Parts {
    shape: Shape,
    first: u32,
    second: u32,
    third: u32,
}

impl Parts {
    fn day(&self, order: Option<DateOrder>) -> Option<Day> {
        match (self.shape, order) {
            (Shape::YearFirst(_) | Shape::Compact, _) => day_of(self.first, self.second, self.third),
            (Shape::Points | Shape::MonthName, _) | (Shape::Undecided(_), Some(DateOrder::DayFirst)) => {
                day_of(self.third, self.second, self.first)
            }
            (Shape::Undecided(_), Some(DateOrder::MonthFirst)) => day_of(self.third, self.first, self.second),
            // 04/04/2020 is one day in either order.
            (Shape::Undecided(_), None) if self.first == self.second => day_of(self.third, self.second, self.first),
            (Shape::Undecided(_), None) => None,
        }
    }
}

/// Reads a date, with or without a time behind it; `None` when the text is none, there is no such day, or its order is
/// not known. Offsets such as `+02:00` are not applied: the day counts as the file's own clock states it.
pub(crate) fn parse_day(text: &[u8], order: Option<DateOrder>) -> Option<Day> {
    let text = text.trim_ascii();
    if let Some(day) = parse_iso(text) {
        return Some(day);
    }
    read_parts(text)?.day(order)
}

/// The common case: `2020-04-03` alone or with a time of 19 characters.
fn parse_iso(text: &[u8]) -> Option<Day> {
    let (date, rest) = text.split_at_checked(10)?;
    if date[4] != b'-' || date[7] != b'-' || !is_time(rest) {
        return None;
    }
    day_of(digits(&date[..4])?, digits(&date[5..7])?, digits(&date[8..])?)
}

fn digits(text: &[u8]) -> Option<u32> {
    let mut value = 0;
    for &byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + u32::from(digit);
    }
    Some(value)
}

/// The day of a calendar date by the days since 1970-01-01; the arithmetic counts years from March, so that leap days
/// come last.
fn day_of(year: u32, month: u32, day: u32) -> Option<Day> {
    const LENGTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let leap = month == 2 && year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if day > LENGTHS[month as usize - 1] + u32::from(leap) {
        return None;
    }
    let year_from_march = year - u32::from(month <= 2);
    let century_cycle = year_from_march / 400;
    let year_of_cycle = year_from_march % 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    Some(Day::from_epoch((century_cycle * 146_097 + day_of_cycle) as i32 - 719_468))
}

fn read_parts(text: &[u8]) -> Option<Parts> {
    // Nothing longer is a date with a time; and the effort spent on a cell stays small.
    if text.len() > 64 {
        return None;
    }
    if let Some(parts) = read_numeric(text) {
        return Some(parts);
    }
    read_named(std::str::from_utf8(text).ok()?)
}

/// Splits digits off the front: their value, how many they were, and the rest.
fn take_digits(text: &[u8]) -> Option<(u32, usize, &[u8])> {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 || length > 8 {
        return None;
    }
    Some((digits(&text[..length])?, length, &text[length..]))
}

fn read_numeric(text: &[u8]) -> Option<Parts> {
    if text.len() >= 14 && text[..14].iter().all(u8::is_ascii_digit) {
        // 20200403103000: date and time in one run of digits.
        let whole = read_numeric(&text[..8])?;
        return is_time(&text[14..]).then_some(whole);
    }
    let (first, first_length, rest) = take_digits(text)?;
    if first_length == 8 {
        let parts =
            Parts { shape: Shape::Compact, first: first / 10_000, second: first / 100 % 100, third: first % 100 };
        return is_time(rest).then_some(parts);
    }
    let (&separator, rest) = rest.split_first()?;
    if !matches!(separator, b'-' | b'/' | b'.') {
        return None;
    }
    let (second, second_length, rest) = take_digits(rest)?;
    let rest = rest.strip_prefix(&[separator])?;
    let (third, third_length, rest) = take_digits(rest)?;
    if second_length > 2 || !is_time(rest) {
        return None;
    }
    match (first_length, third_length) {
        (4, 1 | 2) => Some(Parts { shape: Shape::YearFirst(separator), first, second, third }),
        (1 | 2, 2 | 4) => {
            let shape = if separator == b'.' { Shape::Points } else { Shape::Undecided(separator) };
            let third = if third_length == 2 { full_year(third) } else { third };
            Some(Parts { shape, first, second, third })
        }
        _ => None,
    }
}

/// Years of two digits: 70 to 99 lie in the last century.
fn full_year(year: u32) -> u32 {
    if year < 70 { 2000 + year } else { 1900 + year }
}

/// Whether what follows a date is nothing, or a time with or without zone: ` 08:26:00`, `T10:00:00.123+02:00`, `Z`,
/// `, 3:45 PM`.
fn is_time(rest: &[u8]) -> bool {
    let Some((&first, following)) = rest.split_first() else { return true };
    if matches!(first, b'Z' | b'z') {
        return following.is_empty();
    }
    if !matches!(first, b'T' | b't' | b' ' | b',' | b'+' | b'-') {
        return false;
    }
    let time = following.trim_ascii_start();
    time.first().is_some_and(u8::is_ascii_digit)
        && time.iter().all(|byte| {
            byte.is_ascii_digit()
                || matches!(byte, b':' | b'.' | b',' | b'+' | b'-' | b' ' | b'/' | b'_')
                || byte.is_ascii_alphabetic()
        })
}

/// `12 Jan 2024`, `Jan 12, 2024`, `Fri, 12. Januar 2024 10:00`.
fn read_named(text: &str) -> Option<Parts> {
    let mut month = None;
    let mut numbers = [0_u32; 2];
    let mut lengths = [0_usize; 2];
    let mut found = 0;
    let is_break = |letter: char| letter.is_whitespace() || matches!(letter, ',' | '.' | '-' | '/');
    for word in text.split(is_break).filter(|word| !word.is_empty()) {
        if word.bytes().all(|byte| byte.is_ascii_digit()) && found < 2 && word.len() <= 4 {
            numbers[found] = word.parse().ok()?;
            lengths[found] = word.len();
            found += 1;
        } else if month.is_none() && found < 2 {
            match month_of(word) {
                Some(number) => month = Some(number),
                None if found == 0 && is_weekday(word) => {}
                None => return None,
            }
        } else if found == 2 && month.is_some() {
            // The time, of which only the shape of its first word is looked at.
            if !word.starts_with(|letter: char| letter.is_ascii_digit()) && !word.eq_ignore_ascii_case("um") {
                return None;
            }
            break;
        } else {
            return None;
        }
    }
    if found < 2 {
        return None;
    }
    let (day, year, year_length) =
        if lengths[0] == 4 { (numbers[1], numbers[0], 4) } else { (numbers[0], numbers[1], lengths[1]) };
    let year = match year_length {
        4 => year,
        2 => full_year(year),
        _ => return None,
    };
    Some(Parts { shape: Shape::MonthName, first: day, second: month?, third: year })
}

fn month_of(word: &str) -> Option<u32> {
    const NAMES: [&[&str]; 12] = [
        &["january", "januar", "jänner"],
        &["february", "februar", "feber"],
        &["march", "märz", "mrz"],
        &["april"],
        &["may", "mai"],
        &["june", "juni"],
        &["july", "juli"],
        &["august"],
        &["september"],
        &["october", "oktober"],
        &["november"],
        &["december", "dezember"],
    ];
    let word = word.to_lowercase();
    if word.chars().count() < 3 {
        return None;
    }
    let is_name = |name: &&str| **name == word || (name.starts_with(&word) && word.chars().count() <= 4);
    NAMES.iter().position(|names| names.iter().any(&is_name)).map(|index| index as u32 + 1)
}

fn is_weekday(word: &str) -> bool {
    const STARTS: [&str; 14] =
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "mo", "di", "mi", "do", "fr", "sa", "so"];
    let word = word.to_lowercase();
    STARTS.iter().any(|start| *start == word || (start.len() == 3 && word.starts_with(start)))
        || matches!(word.as_str(), "dienstag" | "mittwoch" | "donnerstag" | "freitag" | "samstag" | "sonnabend")
}

/// What one value says about how dates are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderHint {
    /// Readable by itself.
    Clear(Shape),
    /// Only a day in this place makes it a date.
    Must(Shape, DateOrder),
    /// Both readings are days: `day_first`, `month_first`; they differ.
    Either(Shape, Day, Day),
    /// No date at all.
    NoDate,
}

/// What a value says about the order of day and month.
pub(crate) fn order_hint(text: &[u8]) -> OrderHint {
    let Some(parts) = read_parts(text.trim_ascii()) else { return OrderHint::NoDate };
    let day_first = parts.day(Some(DateOrder::DayFirst));
    let month_first = parts.day(Some(DateOrder::MonthFirst));
    match (day_first, month_first) {
        (None, None) => OrderHint::NoDate,
        (Some(_), None) => OrderHint::Must(parts.shape, DateOrder::DayFirst),
        (None, Some(_)) => OrderHint::Must(parts.shape, DateOrder::MonthFirst),
        (Some(first), Some(second)) if first == second => OrderHint::Clear(parts.shape),
        (Some(first), Some(second)) => OrderHint::Either(parts.shape, first, second),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<String> {
        parse_day(text.as_bytes(), None).map(|day| day.to_string())
    }

    #[test]
    fn reads_what_files_write() {
        for text in [
            "2024-01-12",
            " 2024-01-12 ",
            "2024-01-12 08:26:00",
            "2024-01-12T23:59:59.123456+02:00",
            "2024-01-12T00:30:00Z",
            "2024-01-12 08:26:00 +0100",
            "2024-01-12 08:26:00 UTC",
            "2024/1/12",
            "20240112",
            "20240112T101112",
            "20240112101112",
            "12.01.2024",
            "12.1.24",
            "12.01.2024 10:00",
            "12.01.2024, 10:00 Uhr",
            "12 Jan 2024",
            "12-Jan-2024",
            "Jan 12, 2024",
            "January 12, 2024, 3:45 PM",
            "12. Januar 2024",
            "Fri, 12 Jan 2024 10:11:12 +0000",
            "Fr, 12. Jan. 2024",
        ] {
            assert_eq!(read(text).as_deref(), Some("2024-01-12"), "{text}");
        }
        assert_eq!(read("3. März 1999").as_deref(), Some("1999-03-03"));
        assert_eq!(read("31.12.97").as_deref(), Some("1997-12-31"));
        assert_eq!(read("5 Dez 2020").as_deref(), Some("2020-12-05"));
    }

    #[test]
    fn refuses_what_is_no_day() {
        for text in [
            "",
            "2024",
            "2024-13-01",
            "2023-02-29",
            "0000-01-01",
            "2024-01-12x",
            "12/13",
            "1.2.3.4",
            "31.04.2020",
            "abc",
            "00.01.2020",
            "1705017600",
            "2024-1",
            "12 Foo 2024",
            "Jan 2024",
            "may",
            "1-2-345",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn slashes_need_an_order() {
        let day = |order| parse_day(b"03/04/2020", order).map(|day| day.to_string());
        assert_eq!(day(None), None);
        assert_eq!(day(Some(DateOrder::DayFirst)).as_deref(), Some("2020-04-03"));
        assert_eq!(day(Some(DateOrder::MonthFirst)).as_deref(), Some("2020-03-04"));
    }

    #[test]
    fn a_value_hints_at_its_order_only_where_it_must() {
        assert_eq!(order_hint(b"13/04/2020"), OrderHint::Must(Shape::Undecided(b'/'), DateOrder::DayFirst));
        assert_eq!(order_hint(b"04-13-2020 10:00"), OrderHint::Must(Shape::Undecided(b'-'), DateOrder::MonthFirst));
        assert_eq!(order_hint(b"04/04/2020"), OrderHint::Clear(Shape::Undecided(b'/')));
        assert_eq!(order_hint(b"2020-04-03"), OrderHint::Clear(Shape::YearFirst(b'-')));
        assert_eq!(order_hint(b"13/13/2020"), OrderHint::NoDate);
        assert!(matches!(order_hint(b"03/04/2020"), OrderHint::Either(..)));
    }

    proptest! {
        #[test]
        fn the_calendar_agrees_with_the_library(year in 1_i16..=9999, month in 1_i8..=12, day in 0_i8..=32) {
            let expected = Day::from_calendar(year, month, day);
            let (year, month, day) = (year as u32, month as u32, day.max(0) as u32);
            prop_assert_eq!(day_of(year, month, day), expected);
        }

        #[test]
        fn any_text_is_read_without_panic(text in prop::collection::vec(any::<u8>(), 0..70)) {
            let _ = order_hint(&text);
            let _ = parse_day(&text, Some(DateOrder::DayFirst));
        }

        #[test]
        fn near_dates_are_read_without_panic(text in "[0-9]{0,5}[-/. ]?[0-9A-Zäö]{0,4}[-/. ,]?[0-9]{0,9}[T ]?[0-9:Z+]{0,9}") {
            let _ = order_hint(text.as_bytes());
        }
    }
}
