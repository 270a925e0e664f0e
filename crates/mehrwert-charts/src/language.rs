//! The two languages that everything is said in.

use std::fmt;
use std::str::FromStr;

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// German.
    De,
    /// English.
    #[default]
    En,
}

/// The text names no language that we speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLanguage(String);

impl Language {
    /// Both languages, for tests and settings.
    pub const ALL: [Language; 2] = [Language::De, Language::En];

    /// The code that a page states in its `lang` attribute.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Language::De => "de",
            Language::En => "en",
        }
    }

    /// The language of a locale name such as `de_AT.UTF-8`; `None` for every other language.
    ///
    /// ```
    /// use mehrwert_charts::Language;
    /// assert_eq!(Language::from_locale("de_AT.UTF-8"), Some(Language::De));
    /// assert_eq!(Language::from_locale("fr_FR"), None);
    /// ```
    #[must_use]
    pub fn from_locale(locale: &str) -> Option<Language> {
        let primary = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        primary.to_ascii_lowercase().parse().ok()
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Language, UnknownLanguage> {
        match text {
            "de" => Ok(Language::De),
            "en" => Ok(Language::En),
            other => Err(UnknownLanguage(other.chars().take(20).collect())),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl fmt::Display for UnknownLanguage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "expected a language, de or en, found '{}'", self.0)
    }
}

impl std::error::Error for UnknownLanguage {}
