//! Every text that a person reads, in both languages.
//!
//! The texts stand in `locales/de.ftl` and `locales/en.ftl` and are embedded in the binary. Numbers are handed in
//! already written ([`mehrwert_charts::Format`]), because Fluent knows nothing of our currencies; the bare count goes
//! along under `NAME-count`, only to choose between one and many.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use mehrwert_charts::{Format, Language};
use unic_langid::LanguageIdentifier;

/// The German texts.
pub(super) const GERMAN: &str = include_str!("../../locales/de.ftl");
/// The English texts.
pub(super) const ENGLISH: &str = include_str!("../../locales/en.ftl");

/// What is filled into a text.
pub enum Fill<'a> {
    /// A text or a number already written.
    Text(&'a str),
    /// A count: written by language, and deciding between one and many.
    Count(u64),
}

/// The texts of one language.
pub struct Words {
    bundle: FluentBundle<FluentResource>,
    format: Format,
}

impl Words {
    /// The texts of a language.
    pub fn new(language: Language) -> Words {
        let source = match language {
            Language::De => GERMAN,
            Language::En => ENGLISH,
        };
        // Both codes are language identifiers; the default would only lose the forms for one and many.
        let identifier: LanguageIdentifier = language.code().parse().unwrap_or_default();
        // A text with a mistake is left out and its key is shown instead; a test holds that there is none.
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) => resource,
            Err((resource, _)) => resource,
        };
        let mut bundle = FluentBundle::new(vec![identifier]);
        // Isolation marks around values help mixed directions, which we do not have, and break terminals and copying.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Words { bundle, format: Format::new(language, None) }
    }

    /// A text without gaps.
    pub fn text(&self, key: &str) -> String {
        self.say(key, &[])
    }

    /// A text with its gaps filled.
    pub fn say(&self, key: &str, fills: &[(&str, Fill<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            debug_assert!(false, "no text '{key}'");
            return key.to_owned();
        };
        let mut arguments = FluentArgs::new();
        for (name, fill) in fills {
            match fill {
                Fill::Text(text) => arguments.set(*name, FluentValue::from(*text)),
                Fill::Count(count) => {
                    arguments.set(*name, FluentValue::from(self.format.count(*count)));
                    arguments.set(format!("{name}-count"), FluentValue::from(*count as f64));
                }
            }
        }
        let mut errors = Vec::new();
        let said = self.bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
        debug_assert!(errors.is_empty(), "text '{key}': {errors:?}");
        said
    }
}
