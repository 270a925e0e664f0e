//! Exact amounts: a whole number of millionths.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

/// An exact amount of money or of anything counted with decimals, kept as a whole number of millionths.
///
/// Six decimals hold every unit price seen in shop exports (a tenth of a cent times a fraction of a piece) and are the
/// scale of the fact tables' decimal columns. Sums of up to 10^20 amounts of a million each stay exact.
///
/// ```
/// use mehrwert_core::Amount;
/// let line: Amount = "-2.5".parse()?;
/// assert_eq!(line.micros(), -2_500_000);
/// assert_eq!(line.to_string(), "-2.50");
/// assert_eq!("0.001".parse::<Amount>()?.to_string(), "0.001");
/// # Ok::<(), mehrwert_core::AmountError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i128);

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Nothing but blanks.
    #[error("expected a number such as 12.34, found nothing")]
    Empty,
    /// A character that no number has.
    #[error("expected a number such as 12.34 with a point before the decimals")]
    NotANumber,
    /// More digits than 30, so that no sum could overflow.
    #[error("expected at most 24 digits before the decimals")]
    TooLarge,
}

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);
    /// Decimals kept: the scale of the decimal columns that hold amounts.
    pub const DECIMALS: u32 = 6;
    const MICROS_PER_UNIT: i128 = 1_000_000;
    /// Largest magnitude a single amount may have, 10^24: far from the limits of the type, so that sums cannot overflow.
    const LARGEST_UNITS: i128 = 1_000_000_000_000_000_000_000_000;

    /// An amount of so many millionths.
    #[must_use]
    pub const fn from_micros(micros: i128) -> Amount {
        Amount(micros)
    }

    /// An amount of so many whole units.
    #[must_use]
    pub const fn from_units(units: i64) -> Amount {
        Amount(units as i128 * Amount::MICROS_PER_UNIT)
    }

    /// The number of millionths.
    #[must_use]
    pub const fn micros(self) -> i128 {
        self.0
    }

    /// The nearest float, for models and charts only: sums are taken before, on the exact amounts.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / Amount::MICROS_PER_UNIT as f64
    }

    /// The amount nearest to a float, for estimates that are shown beside exact amounts. Not a number becomes zero.
    #[must_use]
    pub fn from_f64_rounded(value: f64) -> Amount {
        Amount((value * Amount::MICROS_PER_UNIT as f64).round() as i128)
    }

    /// Without sign.
    #[must_use]
    pub const fn abs(self) -> Amount {
        Amount(self.0.abs())
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether it is exactly zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The product with another amount (a price times a quantity), rounded half away from zero to six decimals.
    #[must_use]
    pub fn times(self, other: Amount) -> Amount {
        self.scaled(other.0, Amount::MICROS_PER_UNIT)
    }

    /// `self * numerator / denominator`, rounded half away from zero; the denominator must not be zero.
    #[must_use]
    pub fn scaled(self, numerator: i128, denominator: i128) -> Amount {
        debug_assert!(denominator != 0);
        let product = self.0.saturating_mul(numerator);
        let half = denominator.abs() / 2;
        let rounded = if (product < 0) == (denominator < 0) {
            product.saturating_add(half * denominator.signum())
        } else {
            product.saturating_sub(half * denominator.signum())
        };
        Amount(rounded / denominator)
    }

    /// Reads `-12.345`: ASCII digits, an optional sign and an optional point. Digits past the sixth decimal are rounded
    /// half away from zero, and the second value says whether that lost anything.
    ///
    /// # Errors
    /// [`AmountError`] when the text is no such number.
    pub fn parse_ascii(text: &[u8]) -> Result<(Amount, bool), AmountError> {
        let text = text.trim_ascii();
        let (negative, digits) = match text {
            [] => return Err(AmountError::Empty),
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let (micros, rounded) = parse_magnitude(digits)?;
        Ok((Amount(if negative { -micros } else { micros }), rounded))
    }
}

/// Millionths of an unsigned decimal, and whether rounding lost anything.
fn parse_magnitude(digits: &[u8]) -> Result<(i128, bool), AmountError> {
    let mut units: i128 = 0;
    let mut position = 0;
    let mut seen = 0_u32;
    while let Some(digit) = digit_at(digits, position) {
        units = units * 10 + digit;
        if units > Amount::LARGEST_UNITS {
            return Err(AmountError::TooLarge);
        }
        position += 1;
        seen += 1;
    }
    let mut micros: i128 = 0;
    let mut decimals = 0;
    let mut rounded = false;
    let mut round_up = false;
    if digits.get(position) == Some(&b'.') {
        position += 1;
        while let Some(digit) = digit_at(digits, position) {
            if decimals < Amount::DECIMALS {
                micros = micros * 10 + digit;
            } else {
                round_up |= decimals == Amount::DECIMALS && digit >= 5;
                rounded |= digit != 0;
            }
            decimals += 1;
            position += 1;
            seen += 1;
        }
    }
    if position != digits.len() || seen == 0 {
        return Err(AmountError::NotANumber);
    }
    let scale = 10_i128.pow(Amount::DECIMALS.saturating_sub(decimals));
    Ok((units * Amount::MICROS_PER_UNIT + micros * scale + i128::from(round_up), rounded))
}

fn digit_at(digits: &[u8], position: usize) -> Option<i128> {
    digits.get(position).filter(|byte| byte.is_ascii_digit()).map(|byte| i128::from(byte - b'0'))
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Amount, AmountError> {
        Amount::parse_ascii(text.as_bytes()).map(|(amount, _)| amount)
    }
}

impl fmt::Display for Amount {
    /// With a point and at least two decimals, without trailing zeros past the second.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let units = magnitude / Amount::MICROS_PER_UNIT as u128;
        let mut decimals = format!("{:06}", magnitude % Amount::MICROS_PER_UNIT as u128);
        while decimals.len() > 2 && decimals.ends_with('0') {
            decimals.pop();
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(formatter, "{sign}{units}.{decimals}")
    }
}

impl Add for Amount {
    type Output = Amount;
    fn add(self, other: Amount) -> Amount {
        Amount(self.0 + other.0)
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Amount) {
        self.0 += other.0;
    }
}

impl Sub for Amount {
    type Output = Amount;
    fn sub(self, other: Amount) -> Amount {
        Amount(self.0 - other.0)
    }
}

impl SubAssign for Amount {
    fn sub_assign(&mut self, other: Amount) {
        self.0 -= other.0;
    }
}

impl Neg for Amount {
    type Output = Amount;
    fn neg(self) -> Amount {
        Amount(-self.0)
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Amount>>(amounts: I) -> Amount {
        amounts.fold(Amount::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_and_shows_what_shops_write() {
        for (text, shown) in
            [("1", "1.00"), ("-0.5", "-0.50"), ("+3.20", "3.20"), (".5", "0.50"), ("5.", "5.00"), ("0.0005", "0.0005")]
        {
            assert_eq!(text.parse::<Amount>().unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn rounds_float_dust_and_says_so() {
        assert_eq!(Amount::parse_ascii(b"12.340000000000002"), Ok((Amount::from_micros(12_340_000), true)));
        assert_eq!(Amount::parse_ascii(b"0.0000005"), Ok((Amount::from_micros(1), true)));
        assert_eq!(Amount::parse_ascii(b"12.3400000000"), Ok((Amount::from_micros(12_340_000), false)));
    }

    #[test]
    fn refuses_what_is_no_number() {
        for (text, error) in [
            ("", AmountError::Empty),
            ("-", AmountError::NotANumber),
            (".", AmountError::NotANumber),
            ("1,5", AmountError::NotANumber),
            ("1e5", AmountError::NotANumber),
            ("--1", AmountError::NotANumber),
            ("99999999999999999999999999999999999999999", AmountError::TooLarge),
        ] {
            assert_eq!(text.parse::<Amount>(), Err(error), "{text}");
        }
    }

    #[test]
    fn scaling_rounds_half_away_from_zero() {
        assert_eq!(Amount::from_micros(5).scaled(1, 2), Amount::from_micros(3));
        assert_eq!(Amount::from_micros(-5).scaled(1, 2), Amount::from_micros(-3));
        assert_eq!(Amount::from_micros(5).scaled(-1, 2), Amount::from_micros(-3));
        assert_eq!(Amount::from_micros(4).scaled(1, 3), Amount::from_micros(1));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(micros in -10_i128.pow(24)..10_i128.pow(24)) {
            let amount = Amount::from_micros(micros);
            prop_assert_eq!(amount.to_string().parse::<Amount>(), Ok(amount));
        }

        #[test]
        fn reading_never_panics(text in ".*") {
            let _ = text.parse::<Amount>();
        }
    }
}
