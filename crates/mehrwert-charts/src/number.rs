//! Numbers, money, shares and days as a person of either language writes them.

use mehrwert_core::{Amount, Currency, Day};

use crate::Language;

/// What stands where a number is unknown.
pub const UNKNOWN: &str = "–";

const NO_BREAK: char = '\u{a0}';
const MINUS: char = '−';

/// Writes numbers in one language and one currency.
///
/// Tables show exact figures ([`Format::amount`], [`Format::money`]), sentences at most three significant digits
/// ([`Format::money_short`]). Blanks inside a number never break a line; a minus is a minus, not a hyphen; what is not
/// finite is shown as a dash.
///
/// ```
/// use mehrwert_charts::{Format, Language};
/// let euro = Some("EUR".parse()?);
/// let german = Format::new(Language::De, euro);
/// let english = Format::new(Language::En, euro);
/// assert_eq!(german.money(1234.56), "1.234,56\u{a0}€");
/// assert_eq!(english.money(-1234.56), "−€1,234.56");
/// assert_eq!(german.money_short(1_237_000.0), "1,24\u{a0}Mio.\u{a0}€");
/// assert_eq!(english.money_short(1_237_000.0), "€1.24\u{a0}million");
/// assert_eq!(german.percent(0.1215, 1), "12,2\u{a0}%");
/// # Ok::<(), mehrwert_core::CurrencyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    language: Language,
    currency: Option<Currency>,
}

/// A rounded number: its digits, and the word for the power of ten they are counted in.
struct Short {
    digits: String,
    power: Option<&'static str>,
}

impl Format {
    /// Numbers in this language; amounts in this currency, or plain where none is known.
    #[must_use]
    pub const fn new(language: Language, currency: Option<Currency>) -> Format {
        Format { language, currency }
    }

    /// The language written in.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The same language without a currency.
    #[must_use]
    pub const fn plain(&self) -> Format {
        Format { language: self.language, currency: None }
    }

    /// A whole number: `1.234`.
    #[must_use]
    pub fn count(&self, count: u64) -> String {
        self.grouped(&count.to_string())
    }

    /// A number with so many decimals: `1.234,50`.
    #[must_use]
    pub fn decimal(&self, value: f64, decimals: usize) -> String {
        if !value.is_finite() {
            return UNKNOWN.to_owned();
        }
        self.signed(is_shown_negative(value, decimals), &self.magnitude(value, decimals))
    }

    /// A number with at most three significant digits, for sentences: `1,24 Mio.`, `12.300`, `4,82`.
    #[must_use]
    pub fn number_short(&self, value: f64) -> String {
        if !value.is_finite() {
            return UNKNOWN.to_owned();
        }
        let short = self.short(value, 0);
        self.signed(round_to_significant(value) < 0.0, &with_power(&short))
    }

    /// A share with so many decimals: `12,2 %`.
    #[must_use]
    pub fn percent(&self, share: f64, decimals: usize) -> String {
        if !share.is_finite() {
            return UNKNOWN.to_owned();
        }
        let number = self.decimal(share * 100.0, decimals);
        match self.language {
            Language::De => format!("{number}{NO_BREAK}%"),
            Language::En => format!("{number}%"),
        }
    }

    /// A share with its sign, for errors and changes: `+4,0 %`, `−12,2 %`.
    #[must_use]
    pub fn signed_percent(&self, share: f64, decimals: usize) -> String {
        let shown = self.percent(share, decimals);
        if share.is_finite() && share > 0.0 && shown.contains(|digit: char| ('1'..='9').contains(&digit)) {
            format!("+{shown}")
        } else {
            shown
        }
    }

    /// An exact amount, with every decimal it has and at least two: `1.234,56 €`.
    #[must_use]
    pub fn amount(&self, amount: Amount) -> String {
        let text = amount.abs().to_string();
        let (units, decimals) = text.split_once('.').unwrap_or((&text, "00"));
        let no_decimals = decimals == "00" && self.currency_decimals() == 0;
        let number = if no_decimals {
            self.grouped(units)
        } else {
            format!("{}{}{decimals}", self.grouped(units), self.decimal_mark())
        };
        self.with_currency(amount.is_negative(), &number, None)
    }

    /// An estimated amount to the cent, for tables: `1.234,56 €`.
    #[must_use]
    pub fn money(&self, value: f64) -> String {
        if !value.is_finite() {
            return UNKNOWN.to_owned();
        }
        let decimals = self.currency_decimals();
        self.with_currency(is_shown_negative(value, decimals), &self.magnitude(value, decimals), None)
    }

    /// An amount with at most three significant digits, for sentences: `1,24 Mio. €`, `48,20 €`.
    #[must_use]
    pub fn money_short(&self, value: f64) -> String {
        if !value.is_finite() {
            return UNKNOWN.to_owned();
        }
        let short = self.short(value, self.currency_decimals());
        self.with_currency(round_to_significant(value) < 0.0, &short.digits, short.power)
    }

    /// An amount on an axis, without decimals that say nothing: `50 €`, `1,5 Mio. €`.
    #[must_use]
    pub fn money_tick(&self, value: f64) -> String {
        if !value.is_finite() {
            return UNKNOWN.to_owned();
        }
        let short = self.short(value, 0);
        self.with_currency(round_to_significant(value) < 0.0, &short.digits, short.power)
    }

    /// A day: `30.09.1997`, `30 Sep 1997`.
    #[must_use]
    pub fn day(&self, day: Day) -> String {
        let date = day.date();
        match self.language {
            Language::De => format!("{:02}.{:02}.{}", date.day(), date.month(), date.year()),
            Language::En => {
                format!("{}{NO_BREAK}{}{NO_BREAK}{}", date.day(), self.month(date.month()), date.year())
            }
        }
    }

    /// The short name of a month, 1 to 12; empty for any other number.
    #[must_use]
    pub fn month(&self, month: i8) -> &'static str {
        const GERMAN: [&str; 12] = ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"];
        const ENGLISH: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let names = match self.language {
            Language::De => GERMAN,
            Language::En => ENGLISH,
        };
        usize::try_from(month - 1).ok().and_then(|index| names.get(index).copied()).unwrap_or_default()
    }

    fn decimal_mark(&self) -> char {
        match self.language {
            Language::De => ',',
            Language::En => '.',
        }
    }

    fn group_mark(&self) -> char {
        match self.language {
            Language::De => '.',
            Language::En => ',',
        }
    }

    /// Digits in groups of three.
    fn grouped(&self, digits: &str) -> String {
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(self.group_mark());
            }
            grouped.push(digit);
        }
        grouped
    }

    fn magnitude(&self, value: f64, decimals: usize) -> String {
        let text = format!("{:.*}", decimals, value.abs());
        match text.split_once('.') {
            Some((units, rest)) => format!("{}{}{rest}", self.grouped(units), self.decimal_mark()),
            None => self.grouped(&text),
        }
    }

    fn signed(&self, negative: bool, number: &str) -> String {
        if negative { format!("{MINUS}{number}") } else { number.to_owned() }
    }

    /// Three significant digits. Amounts below a hundred keep the decimals of their currency: 48,20, not 48,2.
    fn short(&self, value: f64, padded_decimals: usize) -> Short {
        let rounded = round_to_significant(value).abs();
        let (million, billion) = match self.language {
            Language::De => ("Mio.", "Mrd."),
            Language::En => ("million", "billion"),
        };
        let (scaled, power) = if rounded >= 1e9 {
            (rounded / 1e9, Some(billion))
        } else if rounded >= 1e6 {
            (rounded / 1e6, Some(million))
        } else {
            (rounded, None)
        };
        let decimals = match scaled {
            scaled if scaled >= 100.0 => 0,
            scaled if scaled >= 10.0 => 1,
            scaled if scaled >= 1.0 || padded_decimals > 0 => 2,
            _ => 3,
        };
        let padded = if power.is_none() && scaled < 100.0 && scaled > 0.0 { padded_decimals } else { 0 };
        let mut digits = format!("{scaled:.decimals$}");
        trim_decimals(&mut digits);
        let shown = digits.split_once('.').map_or(0, |(_, rest)| rest.len());
        let digits = self.magnitude(digits.parse().unwrap_or(scaled), shown.max(padded));
        Short { digits, power }
    }

    fn currency_decimals(&self) -> usize {
        match self.currency.as_ref().map(Currency::code) {
            Some("JPY" | "KRW" | "VND" | "CLP" | "ISK") => 0,
            _ => 2,
        }
    }

    fn with_currency(&self, negative: bool, number: &str, power: Option<&str>) -> String {
        let number = match power {
            Some(power) => format!("{number}{NO_BREAK}{power}"),
            None => number.to_owned(),
        };
        let Some(currency) = &self.currency else { return self.signed(negative, &number) };
        let symbol = symbol(currency.code());
        match (self.language, symbol) {
            (Language::De, symbol) => {
                self.signed(negative, &format!("{number}{NO_BREAK}{}", symbol.unwrap_or(currency.code())))
            }
            (Language::En, Some(symbol)) => self.signed(negative, &format!("{symbol}{number}")),
            (Language::En, None) => self.signed(negative, &format!("{}{NO_BREAK}{number}", currency.code())),
        }
    }
}

fn symbol(code: &str) -> Option<&'static str> {
    match code {
        "EUR" => Some("€"),
        "USD" => Some("$"),
        "GBP" => Some("£"),
        "JPY" => Some("¥"),
        _ => None,
    }
}

fn with_power(short: &Short) -> String {
    match short.power {
        Some(power) => format!("{}{NO_BREAK}{power}", short.digits),
        None => short.digits.clone(),
    }
}

/// Whether anything but zeros would follow the minus: -0.001 with two decimals is 0.00, not −0.00.
fn is_shown_negative(value: f64, decimals: usize) -> bool {
    value < 0.0 && format!("{:.*}", decimals, value.abs()).bytes().any(|byte| (b'1'..=b'9').contains(&byte))
}

fn round_to_significant(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    // Below a thousandth no sentence needs the digits.
    if value.abs() < 0.0005 {
        return 0.0;
    }
    // The decimal text rounds as a person would; powers of ten in floats do not.
    format!("{value:.2e}").parse().unwrap_or(value)
}

fn trim_decimals(digits: &mut String) {
    if digits.contains('.') {
        let kept = digits.trim_end_matches('0').trim_end_matches('.').len();
        digits.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn format(language: Language, currency: &str) -> Format {
        Format::new(language, currency.parse().ok())
    }

    #[test]
    fn exact_amounts_keep_every_decimal() {
        let german = format(Language::De, "EUR");
        assert_eq!(german.amount("-1234567.8".parse().unwrap()), "−1.234.567,80\u{a0}€");
        assert_eq!(german.amount("0.0005".parse().unwrap()), "0,0005\u{a0}€");
        assert_eq!(format(Language::En, "CHF").amount("1234.5".parse().unwrap()), "CHF\u{a0}1,234.50");
        assert_eq!(format(Language::De, "").amount("1234.5".parse().unwrap()), "1.234,50");
        assert_eq!(format(Language::En, "JPY").amount("1234".parse().unwrap()), "¥1,234");
    }

    #[test]
    fn sentences_have_three_digits() {
        let german = format(Language::De, "EUR");
        for (value, shown) in [
            (48.2, "48,20 €"),
            (4.824, "4,82 €"),
            (183.7, "184 €"),
            (999.6, "1.000 €"),
            (12_345.0, "12.300 €"),
            (999_700.0, "1 Mio. €"),
            (-61_260_000.0, "−61,3 Mio. €"),
            (2.5e9, "2,5 Mrd. €"),
            (0.0, "0 €"),
            (0.25, "0,25 €"),
        ] {
            assert_eq!(german.money_short(value).replace('\u{a0}', " "), shown, "{value}");
        }
        assert_eq!(german.number_short(2.10), "2,1");
        assert_eq!(german.number_short(0.1234), "0,123");
        assert_eq!(format(Language::En, "USD").money_tick(1500.0), "$1,500");
    }

    #[test]
    fn zero_has_no_sign_and_nothing_is_not_a_number() {
        let english = format(Language::En, "EUR");
        assert_eq!(english.decimal(-0.001, 2), "0.00");
        assert_eq!(english.money(f64::NAN), UNKNOWN);
        assert_eq!(english.percent(f64::INFINITY, 1), UNKNOWN);
        assert_eq!(english.signed_percent(0.0001, 1), "0.0%");
        assert_eq!(english.signed_percent(-0.1215, 1), "−12.2%");
    }

    #[test]
    fn days_by_language() {
        let day: Day = "1997-03-09".parse().unwrap();
        assert_eq!(format(Language::De, "").day(day), "09.03.1997");
        assert_eq!(format(Language::En, "").day(day), "9\u{a0}Mar\u{a0}1997");
    }

    proptest! {
        #[test]
        fn every_float_has_a_text(value in any::<f64>()) {
            for language in Language::ALL {
                let format = format(language, "EUR");
                for text in [format.money(value), format.money_short(value), format.number_short(value)] {
                    prop_assert!(!text.to_lowercase().contains("nan") && !text.contains("inf"));
                    prop_assert!(!text.is_empty() && !text.contains('-'));
                }
            }
        }
    }
}
