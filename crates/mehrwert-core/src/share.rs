//! Shares and rates: `19%` or `0.19`.

use std::fmt;
use std::str::FromStr;

use crate::Amount;

/// A share or rate, exact to six decimals: a VAT rate, a margin, a yearly discount rate.
///
/// ```
/// use mehrwert_core::{Amount, Share};
/// let vat: Share = "19%".parse()?;
/// assert_eq!(vat, "0.19".parse()?);
/// let gross: Amount = "119".parse()?;
/// assert_eq!(vat.taken_out_of(gross).to_string(), "100.00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(Amount);

/// The text is no share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a share such as 19% or 0.19, found '{0}'")]
pub struct ShareError(String);

impl Share {
    /// The share of so many millionths: what a column holds.
    #[must_use]
    pub const fn from_micros(micros: i128) -> Share {
        Share(Amount::from_micros(micros))
    }

    /// Its millionths: what a column holds.
    #[must_use]
    pub const fn micros(self) -> i128 {
        self.0.micros()
    }

    /// The share as a float: 0.19 for 19 %.
    #[must_use]
    pub fn fraction(self) -> f64 {
        self.0.to_f64()
    }

    /// This share of an amount.
    #[must_use]
    pub fn of(self, amount: Amount) -> Amount {
        amount.times(self.0)
    }

    /// What an amount is without a surcharge of this share that it contains: the net of a gross amount.
    #[must_use]
    pub fn taken_out_of(self, amount: Amount) -> Amount {
        let whole = Amount::from_units(1) + self.0;
        amount.scaled(Amount::from_units(1).micros(), whole.micros())
    }
}

impl FromStr for Share {
    type Err = ShareError;

    /// `19%`, `19 %`, `0.19` or `0,19`; without a percent sign a value above 1 is refused, because it could mean either.
    fn from_str(text: &str) -> Result<Share, ShareError> {
        let error = || ShareError(text.chars().take(20).collect());
        let (number, percent) = match text.trim().strip_suffix('%') {
            Some(number) => (number.trim_end(), true),
            None => (text.trim(), false),
        };
        let amount: Amount = number.replace(',', ".").parse().map_err(|_| error())?;
        if amount.is_negative() || (!percent && amount > Amount::from_units(1)) {
            return Err(error());
        }
        Ok(Share(if percent { amount.scaled(1, 100) } else { amount }))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = self.0.scaled(100, 1).to_string();
        let trimmed = percent.trim_end_matches('0').trim_end_matches('.');
        write!(formatter, "{trimmed}%")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_and_fraction_are_the_same() {
        assert_eq!("7 %".parse::<Share>(), "0,07".parse());
        assert_eq!("7%".parse::<Share>().unwrap().to_string(), "7%");
        assert_eq!("12.5%".parse::<Share>().unwrap().to_string(), "12.5%");
    }

    #[test]
    fn a_bare_number_above_one_is_refused() {
        for text in ["19", "-5%", "", "%", "abc"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
        assert!("150%".parse::<Share>().is_ok());
    }
}
