//! Numbers as shops write them: `1234.56`, `1.234,56 €`, `1'234.50`, `(12.00)`, `12,00-`.

use mehrwert_core::Amount;

/// The character between the whole and its decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecimalMark {
    /// `1234.56`
    Point,
    /// `1234,56`
    Comma,
}

impl DecimalMark {
    fn byte(self) -> u8 {
        match self {
            DecimalMark::Point => b'.',
            DecimalMark::Comma => b',',
        }
    }
}

/// No single number of a file may be larger, in units: a trillion. Products of two such numbers still fit the exact type.
const LARGEST_UNITS: i64 = 1_000_000_000_000;

/// A number read, and whether it had more than six decimals.
pub(crate) type ReadNumber = (Amount, bool);

/// Whether an amount is no larger than a file's number may be.
pub(crate) fn is_plausible(amount: Amount) -> bool {
    amount.abs() <= Amount::from_units(LARGEST_UNITS)
}

/// Reads a number; `None` when the text is none.
pub(crate) fn parse_number(text: &[u8], mark: DecimalMark) -> Option<ReadNumber> {
    let text = text.trim_ascii();
    if let Some(amount) = parse_plain(text, mark.byte()) {
        return Some((amount, false));
    }
    let decorated = Decorated::strip(std::str::from_utf8(text).ok()?)?;
    let plain = plain_notation(decorated.body, mark)?;
    let (amount, rounded) = Amount::parse_ascii(plain.as_bytes()).ok()?;
    let amount = if decorated.negative { -amount } else { amount };
    is_plausible(amount).then_some((amount, rounded))
}

/// The common case: a sign, up to twelve digits, up to six decimals, nothing else.
fn parse_plain(text: &[u8], mark: u8) -> Option<Amount> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let mut value: i64 = 0;
    let mut decimals: Option<usize> = None;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            value = value.checked_mul(10)?.checked_add(i64::from(digit))?;
            decimals = decimals.map(|count| count + 1);
        } else if byte == mark && decimals.is_none() {
            decimals = Some(0);
        } else {
            return None;
        }
    }
    let has_digits = digits.len() > usize::from(decimals.is_some());
    let decimals = decimals.unwrap_or(0);
    if !has_digits || decimals > 6 {
        return None;
    }
    const SCALES: [i64; 7] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
    let micros = i128::from(value) * i128::from(SCALES[decimals]);
    let amount = Amount::from_micros(if negative { -micros } else { micros });
    is_plausible(amount).then_some(amount)
}

/// A number without its sign, its currency and its blanks.
struct Decorated<'t> {
    negative: bool,
    body: &'t str,
}

impl<'t> Decorated<'t> {
    fn strip(text: &'t str) -> Option<Decorated<'t>> {
        let mut body = trim_blanks(text);
        let mut negative = false;
        if let Some(inner) = body.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            negative = true;
            body = trim_blanks(inner);
        }
        let mut signs = 0;
        let mut currencies = 0;
        // A sign and a currency may stand on either side and in either order: `-€ 5`, `€ -5`, `5,00- EUR`.
        loop {
            if let Some((minus, rest)) = strip_sign(body) {
                negative |= minus;
                signs += 1;
                body = trim_blanks(rest);
            } else if let Some(rest) = strip_currency(body) {
                currencies += 1;
                body = trim_blanks(rest);
            } else {
                break;
            }
            if signs > 1 || currencies > 1 {
                return None;
            }
        }
        (!body.is_empty()).then_some(Decorated { negative, body })
    }
}

fn trim_blanks(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
}

fn strip_sign(body: &str) -> Option<(bool, &str)> {
    for sign in ['-', '\u{2212}', '\u{2013}'] {
        if let Some(rest) = body.strip_prefix(sign).or_else(|| body.strip_suffix(sign)) {
            return Some((true, rest));
        }
    }
    body.strip_prefix('+').map(|rest| (false, rest))
}

/// Takes off `€`, `EUR`, `US$`, `Fr.` and the like.
fn strip_currency(body: &str) -> Option<&str> {
    for symbol in ["US$", "A$", "C$", "€", "$", "£", "¥", "₺", "₹", "zł", "Kč", "kr.", "kr", "Fr.", "SFr."] {
        if let Some(rest) = body.strip_prefix(symbol).or_else(|| body.strip_suffix(symbol)) {
            return Some(rest);
        }
    }
    let is_code = |code: &str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if let Some(code) = body.get(..3).filter(|code| is_code(code)) {
        return Some(&body[code.len()..]);
    }
    let start = body.len().checked_sub(3)?;
    body.get(start..).filter(|code| is_code(code)).map(|_| &body[..start])
}

/// `1.234,56` with a comma as mark becomes `1234.56`; `None` when the grouping is no grouping by threes.
fn plain_notation(body: &str, mark: DecimalMark) -> Option<String> {
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(position) => (&body[..position], Some(body[position + 1..].parse::<i32>().ok()?)),
        None => (body, None),
    };
    let mark = char::from(mark.byte());
    let (whole, decimals) = match mantissa.split_once(mark) {
        Some((whole, decimals)) => (whole, decimals),
        None => (mantissa, ""),
    };
    if !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = ungrouped(whole, mark)?;
    if whole.is_empty() && decimals.is_empty() {
        return None;
    }
    match exponent {
        None => Some(format!("{whole}.{decimals}")),
        Some(exponent) => shifted(&whole, decimals, exponent),
    }
}

fn ungrouped(whole: &str, mark: char) -> Option<String> {
    let mut digits = String::with_capacity(whole.len());
    let mut separator = None;
    let mut group = 0;
    for letter in whole.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
            group += 1;
            continue;
        }
        let groups = letter != mark
            && matches!(letter, '.' | ',' | '\'' | '\u{2019}' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '_');
        let fits = if separator.is_none() { (1..=3).contains(&group) } else { group == 3 };
        if !groups || !fits || separator.is_some_and(|known| known != letter) {
            return None;
        }
        separator = Some(letter);
        group = 0;
    }
    (separator.is_none() || group == 3).then_some(digits)
}

/// Moves the decimal point of a number in scientific notation.
fn shifted(whole: &str, decimals: &str, exponent: i32) -> Option<String> {
    if !(-40..=40).contains(&exponent) {
        return None;
    }
    let digits = format!("{}{whole}{decimals}{}", "0".repeat(41), "0".repeat(41));
    let point = 41 + whole.len() as i32 + exponent;
    let (before, after) = digits.split_at_checked(usize::try_from(point).ok()?)?;
    Some(format!("{}.{after}", before.trim_start_matches('0')))
}

/// What one value says about the decimal mark of its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MarkHint {
    /// Nothing: no separator, or no number.
    Silent,
    /// The mark must be this one.
    Must(DecimalMark),
    /// One separator with three digits behind it: `1.234` may be one and a bit or a thousand and more.
    Either,
}

/// What a value says about the decimal mark.
pub(crate) fn mark_hint(text: &[u8]) -> MarkHint {
    let points = text.iter().filter(|byte| **byte == b'.').count();
    let commas = text.iter().filter(|byte| **byte == b',').count();
    if points + commas == 0 {
        return MarkHint::Silent;
    }
    let reads = |mark| parse_number(text, mark).map(|(amount, _)| amount);
    match (reads(DecimalMark::Point), reads(DecimalMark::Comma)) {
        (None, None) => MarkHint::Silent,
        (Some(_), None) => MarkHint::Must(DecimalMark::Point),
        (None, Some(_)) => MarkHint::Must(DecimalMark::Comma),
        (Some(as_point), Some(as_comma)) if as_point == as_comma => MarkHint::Silent,
        // `0.125`: no grouping starts with a zero.
        (Some(_), Some(_)) => match leads_with_zero(text) {
            true if commas == 0 => MarkHint::Must(DecimalMark::Point),
            true => MarkHint::Must(DecimalMark::Comma),
            false => MarkHint::Either,
        },
    }
}

fn leads_with_zero(text: &[u8]) -> bool {
    text.iter().find(|byte| byte.is_ascii_digit()) == Some(&b'0')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, mark: DecimalMark) -> Option<String> {
        parse_number(text.as_bytes(), mark).map(|(amount, _)| amount.to_string())
    }

    #[test]
    fn reads_what_shops_write() {
        for (text, expected) in [
            ("1234.56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("1'234.50", "1234.50"),
            ("1\u{2019}234.50", "1234.50"),
            ("$1,234", "1234.00"),
            ("USD 12.5", "12.50"),
            ("12.00-", "-12.00"),
            ("-$5", "-5.00"),
            ("$-5", "-5.00"),
            ("(3.20)", "-3.20"),
            ("\u{2212}3.20", "-3.20"),
            (" .5 ", "0.50"),
            ("5.", "5.00"),
            ("+7", "7.00"),
            ("1.5E3", "1500.00"),
            ("1e-2", "0.01"),
            ("12.340000000000002", "12.34"),
        ] {
            assert_eq!(read(text, DecimalMark::Point).as_deref(), Some(expected), "{text}");
        }
        for (text, expected) in [
            ("1.234,56", "1234.56"),
            ("1 234,56 €", "1234.56"),
            ("1\u{202f}234,56\u{a0}€", "1234.56"),
            ("-1.234.567,8", "-1234567.80"),
            ("12,00- EUR", "-12.00"),
            ("CHF 1'000,05", "1000.05"),
        ] {
            assert_eq!(read(text, DecimalMark::Comma).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in [
            "",
            "-",
            ".",
            ",",
            "abc",
            "abc12",
            "1,23.4",
            "1.2.3",
            "12,34",
            "--5",
            "(5",
            "1e",
            "1e99",
            "NaN",
            "inf",
            "5 5",
            "€",
            "9999999999999999",
        ] {
            assert_eq!(read(text, DecimalMark::Point), None, "{text}");
        }
        assert_eq!(read("12.34", DecimalMark::Comma), None);
    }

    #[test]
    fn a_value_hints_at_its_mark_only_where_it_must() {
        use DecimalMark::{Comma, Point};
        for (text, hint) in [
            ("12", MarkHint::Silent),
            ("x", MarkHint::Silent),
            ("1.50", MarkHint::Must(Point)),
            ("1,50", MarkHint::Must(Comma)),
            ("1.234", MarkHint::Either),
            ("1,234", MarkHint::Either),
            ("0.125", MarkHint::Must(Point)),
            ("1234.567", MarkHint::Must(Point)),
            ("1.234.567", MarkHint::Must(Comma)),
            ("1.234,5", MarkHint::Must(Comma)),
            ("1,234.5", MarkHint::Must(Point)),
            ("1'234.500", MarkHint::Must(Point)),
        ] {
            assert_eq!(mark_hint(text.as_bytes()), hint, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in prop::collection::vec(any::<u8>(), 0..40)) {
            for mark in [DecimalMark::Point, DecimalMark::Comma] {
                let _ = parse_number(&text, mark);
            }
            let _ = mark_hint(&text);
        }

        #[test]
        fn what_is_written_is_read(micros in -999_999_999_999_999_999_i128..=999_999_999_999_999_999) {
            let amount = Amount::from_micros(micros);
            let point = amount.to_string();
            prop_assert_eq!(parse_number(point.as_bytes(), DecimalMark::Point), Some((amount, false)));
            let comma = point.replace('.', ",");
            prop_assert_eq!(parse_number(comma.as_bytes(), DecimalMark::Comma), Some((amount, false)));
        }
    }
}
