//! The time of an event: what the sender's clock says, corrected and bounded.
//!
//! Clocks of browsers and phones are wrong by minutes, days or decades, but what they measure is right: how long before
//! sending something happened. So with `timestamp` and `sentAt` from one clock, an event happened
//! `receivedAt - (sentAt - timestamp)`. The bounds:
//!
//! - Without `sentAt` the timestamp is taken as it is.
//! - Nothing happens after it arrived: a time past `receivedAt` becomes `receivedAt`. That also holds for an event whose
//!   timestamp is later than its own `sentAt`. A clock that is fast is thus corrected even without `sentAt`; one that is
//!   slow then cannot be told from an event that comes late.
//! - Late events may be of any age down to [`OLDEST`]: a history may be sent. An earlier one is set aside.
//! - An event without a timestamp happened when it arrived.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// Events of before 1995 are taken for errors: nobody tracked any.
const OLDEST: i64 = 788_918_400;

/// Seconds that are larger than this are milliseconds: the year 5138.
const LARGEST_SECONDS: f64 = 1e11;

/// When an event happened.
///
/// # Errors
/// What is wrong with the timestamp, for people.
pub(super) fn happened(
    timestamp: Option<&Value>,
    sent_at: Option<&Value>,
    received_at: Timestamp,
) -> Result<Timestamp, String> {
    let Some(timestamp) = timestamp.filter(|value| !is_nothing(value)) else { return Ok(received_at) };
    let said = time(timestamp).ok_or_else(|| {
        let found: String = timestamp.to_string().chars().take(60).collect();
        format!("timestamp: expected a time such as 2026-11-24T10:15:00.000Z, found {found}")
    })?;
    // A sending time that cannot be read corrects nothing.
    let skew = sent_at.and_then(time).map_or_else(Default::default, |sent_at| received_at.duration_since(sent_at));
    let at = said.checked_add(skew).unwrap_or(received_at).min(received_at);
    if at.as_second() < OLDEST {
        return Err(format!("timestamp: expected a time after 1995-01-01, found {at}"));
    }
    Ok(at)
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// A time: ISO 8601 with an offset, without one in UTC, or seconds or milliseconds since 1970.
pub(super) fn time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => time_of(text),
        Value::Number(number) => {
            let number = number.as_f64().filter(|number| number.is_finite())?;
            let milliseconds = if number.abs() < LARGEST_SECONDS { number * 1_000.0 } else { number };
            // A float that is out of range becomes the end of the range, which is no time either.
            Timestamp::from_microsecond((milliseconds * 1_000.0).round() as i64).ok()
        }
        _ => None,
    }
}

/// As [`time`], of a text.
pub(super) fn time_of(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let parsed = text.parse::<Timestamp>().ok();
    let at = parsed.or_else(|| TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok())?;
    // Facts hold microseconds; what is compared later must be what is kept.
    Timestamp::from_microsecond(at.as_microsecond()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn corrected(timestamp: &Value, sent_at: &Value) -> Result<String, String> {
        let received = at("2026-11-24T12:00:00Z");
        happened(Some(timestamp), Some(sent_at), received).map(|time| time.to_string())
    }

    #[test]
    fn a_clock_that_is_wrong_is_corrected() {
        for (timestamp, sent_at, expected) in [
            // A day slow, a day fast, and one that never was set.
            ("2026-11-23T11:50:00Z", "2026-11-23T12:00:00Z", "2026-11-24T11:50:00Z"),
            ("2026-11-25T11:50:00Z", "2026-11-25T12:00:00Z", "2026-11-24T11:50:00Z"),
            ("1970-01-01T00:00:10Z", "1970-01-01T00:00:20Z", "2026-11-24T11:59:50Z"),
            // Right, and offline for a month.
            ("2026-10-24T12:00:00Z", "2026-11-24T12:00:00Z", "2026-10-24T12:00:00Z"),
            // Later than its own sending.
            ("2026-11-24T13:00:00Z", "2026-11-24T12:00:00Z", "2026-11-24T12:00:00Z"),
        ] {
            assert_eq!(corrected(&json!(timestamp), &json!(sent_at)).as_deref(), Ok(expected), "{timestamp} {sent_at}");
        }
    }

    #[test]
    fn without_a_sending_time_the_future_ends_at_the_arrival() {
        assert_eq!(corrected(&json!("2030-01-01T00:00:00Z"), &Value::Null).as_deref(), Ok("2026-11-24T12:00:00Z"));
        assert_eq!(corrected(&json!("2020-01-01T00:00:00Z"), &json!("no")).as_deref(), Ok("2020-01-01T00:00:00Z"));
        assert_eq!(corrected(&Value::Null, &Value::Null).as_deref(), Ok("2026-11-24T12:00:00Z"));
    }

    #[test]
    fn times_are_read_as_clients_write_them() {
        for value in [
            json!("2026-11-24T10:15:00.250Z"),
            json!("2026-11-24T11:15:00.250+01:00"),
            json!("2026-11-24T10:15:00.250"),
            json!("2026-11-24 10:15:00.250"),
            json!(1_795_515_300.25),
            json!(1_795_515_300_250_u64),
        ] {
            assert_eq!(
                time(&value).map(|time| time.to_string()).as_deref(),
                Some("2026-11-24T10:15:00.25Z"),
                "{value}"
            );
        }
    }

    #[test]
    fn what_is_no_time_is_told() {
        for value in [json!("yesterday"), json!(true), json!({}), json!("0001-01-01T00:00:00Z"), json!(1e300)] {
            assert!(corrected(&value, &Value::Null).is_err(), "{value}");
        }
    }
}
