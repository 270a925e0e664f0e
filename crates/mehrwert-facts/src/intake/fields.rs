//! Reading fields of JSON that others made: text, amounts and times by their path, without ever trusting their type.

use std::borrow::Cow;

use jiff::Timestamp;
use mehrwert_core::{Amount, Currency};
use serde_json::Value;

use super::clock;
use crate::tables::LARGEST_FACT_AMOUNT;

/// The value at a path; null is none.
pub(super) fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    let found = path.iter().try_fold(value, |value, name| value.get(*name))?;
    (!found.is_null()).then_some(found)
}

/// A text that is not empty, or a number as text; without blanks around.
pub(super) fn text<'a>(value: &'a Value, path: &[&str]) -> Option<Cow<'a, str>> {
    plain(at(value, path)?)
}

/// As [`text`], of the first of several names.
pub(super) fn first<'a>(value: &'a Value, names: &[&str]) -> Option<Cow<'a, str>> {
    names.iter().find_map(|name| text(value, &[name]))
}

/// A value as text.
pub(super) fn plain(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.trim()).filter(|text| !text.is_empty()).map(Cow::Borrowed),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// The elements of a list; nothing where there is none.
pub(super) fn list<'a>(value: &'a Value, path: &[&str]) -> &'a [Value] {
    at(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Whether a field says yes.
pub(super) fn yes(value: &Value, path: &[&str]) -> bool {
    match at(value, path) {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::String(text)) => text == "true" || text == "1",
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        _ => false,
    }
}

/// A time.
pub(super) fn time(value: &Value, path: &[&str]) -> Option<Timestamp> {
    at(value, path).and_then(clock::time)
}

/// An amount, if one is given.
///
/// # Errors
/// Where it stands and what was expected, for people.
pub(super) fn amount(value: &Value, path: &[&str]) -> Result<Option<Amount>, String> {
    let Some(found) = at(value, path) else { return Ok(None) };
    if found.as_str().is_some_and(|text| text.trim().is_empty()) {
        return Ok(None);
    }
    match amount_of(found) {
        Some(amount) if amount.abs() < LARGEST_FACT_AMOUNT => Ok(Some(amount)),
        Some(_) => Err(format!("{}: expected an amount below a trillion", path.join("."))),
        None => {
            let shown: String = found.to_string().chars().take(40).collect();
            Err(format!("{}: expected an amount such as 12.34, found {shown}", path.join(".")))
        }
    }
}

/// As [`amount`], nothing where none is given.
pub(super) fn amount_or_zero(value: &Value, path: &[&str]) -> Result<Amount, String> {
    amount(value, path).map(Option::unwrap_or_default)
}

fn amount_of(value: &Value) -> Option<Amount> {
    match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok().or_else(|| {
            // A number written with an exponent: so large that it is refused above, or next to nothing.
            let number = number.as_f64()?;
            (number.abs() < 1e20).then(|| Amount::from_f64_rounded(number))
        }),
        _ => None,
    }
}

/// A currency, where one is named by its code.
pub(super) fn currency(value: &Value, path: &[&str]) -> Option<Currency> {
    text(value, path)?.parse().ok()
}

/// An order's number as customers see it: without the `#` in front.
pub(super) fn number(text: &str) -> &str {
    text.trim().trim_start_matches('#').trim_start()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_exact_and_bounded() {
        let value = json!({"a": 19.99, "b": " 0.10 ", "c": 1e-9, "d": 1e300, "e": "19,99", "f": "", "g": null,
            "h": 1_000_000_000_000_u64, "i": {}});
        let read = |name| amount(&value, &[name]);
        assert_eq!(read("a"), Ok("19.99".parse().ok()));
        assert_eq!(read("b"), Ok("0.1".parse().ok()));
        assert_eq!(read("c"), Ok(Some(Amount::ZERO)));
        for nothing in ["f", "g", "z"] {
            assert_eq!(read(nothing), Ok(None), "{nothing}");
        }
        for wrong in ["d", "e", "h", "i"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_lose_their_sign() {
        assert_eq!(["#1001", " 1001", "# 1001", "A#1"].map(number), ["1001", "1001", "1001", "A#1"]);
    }
}
