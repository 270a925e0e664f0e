//! Currencies by their three letters.

use std::fmt;
use std::str::FromStr;

/// A currency by its ISO 4217 code, such as `EUR`.
///
/// ```
/// use mehrwert_core::Currency;
/// assert_eq!("eur".parse::<Currency>()?.code(), "EUR");
/// # Ok::<(), mehrwert_core::CurrencyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The text is no currency code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a currency code of three letters such as EUR, found '{0}'")]
pub struct CurrencyError(String);

impl Currency {
    /// The three capital letters.
    #[must_use]
    pub fn code(&self) -> &str {
        // The constructor lets only ASCII letters in, so this is always UTF-8.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Currency, CurrencyError> {
        match text.trim().as_bytes() {
            &[first, second, third] if [first, second, third].iter().all(u8::is_ascii_alphabetic) => {
                Ok(Currency([first, second, third].map(|letter| letter.to_ascii_uppercase())))
            }
            _ => Err(CurrencyError(text.chars().take(20).collect())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_letters_are_a_code() {
        assert_eq!(" chf ".parse::<Currency>().unwrap().to_string(), "CHF");
        for text in ["", "EU", "EURO", "€", "12A"] {
            assert!(text.parse::<Currency>().is_err(), "{text}");
        }
    }
}
