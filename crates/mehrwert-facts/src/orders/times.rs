//! The time of day behind a date: `10:12:30`, `T10:12:30.123+02:00`, `3:45 PM`, `Z`.

/// A time of day as it stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Clock {
    /// Microseconds since midnight.
    pub micros: i64,
    /// Seconds that the clock is ahead of UTC, where the cell says so.
    pub offset: Option<i32>,
}

const SECOND: i64 = 1_000_000;

/// The time of day in a cell that holds a date and time, or a time alone; `None` where it holds none.
pub(crate) fn parse_clock(text: &[u8]) -> Option<Clock> {
    let text = text.trim_ascii();
    if text.len() >= 14 && text[..14].iter().all(u8::is_ascii_digit) {
        // 20200403103000: date and time in one run of digits.
        let (hours, minutes, seconds) = (number(&text[8..10])?, number(&text[10..12])?, number(&text[12..14])?);
        return clock(hours, minutes, seconds, 0, &text[14..]);
    }
    let colon = memchr::memchr(b':', text)?;
    let digits = text[..colon].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let hours = number(text.get(colon.checked_sub(digits.min(2))?..colon)?)?;
    let mut rest = &text[colon + 1..];
    let minutes = number(take(&mut rest, 2)?)?;
    let (mut seconds, mut micros) = (0, 0);
    if let Some((b':', following)) = rest.split_first() {
        rest = following;
        seconds = number(take(&mut rest, 2)?)?;
        if let Some((b'.' | b',', following)) = rest.split_first() {
            let length = following.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let mut fraction = [b'0'; 6];
            let used = length.min(6);
            fraction[..used].copy_from_slice(&following[..used]);
            micros = number(&fraction)?;
            rest = &following[length..];
        }
    }
    clock(hours, minutes, seconds, micros, rest)
}

fn clock(mut hours: i64, minutes: i64, seconds: i64, micros: i64, rest: &[u8]) -> Option<Clock> {
    let mut rest = rest.trim_ascii();
    let half = rest.get(..2).map(<[u8]>::to_ascii_uppercase);
    match half.as_deref() {
        Some(b"AM") => (hours, rest) = (hours % 12, rest[2..].trim_ascii()),
        Some(b"PM") => (hours, rest) = (hours % 12 + 12, rest[2..].trim_ascii()),
        _ => {}
    }
    let whole = hours < 24 && minutes < 60 && seconds <= 60;
    let micros = ((hours * 60 + minutes) * 60 + seconds.min(59)) * SECOND + micros;
    whole.then(|| Clock { micros, offset: offset(rest) })
}

/// `Z`, `UTC`, `+02:00`, `+0200`, `+02`; a zone named otherwise is not known.
fn offset(rest: &[u8]) -> Option<i32> {
    if matches!(rest, b"Z" | b"z" | b"UTC" | b"GMT" | b"utc") {
        return Some(0);
    }
    let (sign, digits) = rest.split_first()?;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = match digits {
        [a, b] => ([*a, *b], [b'0'; 2]),
        [a, b, c, d] | [a, b, b':', c, d] => ([*a, *b], [*c, *d]),
        _ => return None,
    };
    let seconds = (number(&hours)? * 60 + number(&minutes)?) * 60;
    (seconds <= 18 * 3600).then(|| sign * seconds as i32)
}

fn take<'t>(rest: &mut &'t [u8], length: usize) -> Option<&'t [u8]> {
    let (taken, following) = rest.split_at_checked(length)?;
    *rest = following;
    Some(taken)
}

fn number(digits: &[u8]) -> Option<i64> {
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    is_number.then(|| digits.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_found_behind_dates_and_alone() {
        let hours = |hours: i64, minutes: i64, seconds: i64| ((hours * 60 + minutes) * 60 + seconds) * SECOND;
        for (text, micros, offset) in [
            ("2024-01-05 10:12:33 +0100", hours(10, 12, 33), Some(3600)),
            ("2024-01-05T10:12:33.5Z", hours(10, 12, 33) + 500_000, Some(0)),
            ("2024-01-05T10:12:33-08:00", hours(10, 12, 33), Some(-8 * 3600)),
            ("06.01.2024 14:30", hours(14, 30, 0), None),
            ("1/5/2024, 3:45 PM", hours(15, 45, 0), None),
            ("1/5/2024 12:00:01 am", hours(0, 0, 1), None),
            ("20240105101233", hours(10, 12, 33), None),
            ("9:05:00", hours(9, 5, 0), None),
        ] {
            assert_eq!(parse_clock(text.as_bytes()), Some(Clock { micros, offset }), "{text}");
        }
        for text in ["2024-01-05", "05.01.2024", "", ":", "a:b", "25:00", "12:60"] {
            assert_eq!(parse_clock(text.as_bytes()), None, "{text}");
        }
    }
}
