//! Identities: under which names outside systems know a person, in one spelling.

/// What kind of name an identity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentityKind {
    /// A random id that a browser or app was given before anyone knew who it is.
    Anonymous,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// The customer number of a shop, as `shop/number`: two shops may use the same numbers.
    Shop,
    /// Anything else the owner knows people by.
    Given,
}

impl IdentityKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            IdentityKind::Anonymous => "anonymous",
            IdentityKind::Email => "email",
            IdentityKind::Phone => "phone",
            IdentityKind::Shop => "shop",
            IdentityKind::Given => "given",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<IdentityKind> {
        let all = [Self::Anonymous, Self::Email, Self::Phone, Self::Shop, Self::Given];
        all.into_iter().find(|kind| kind.name() == name)
    }
}

/// A name under which a person is known, in one spelling, so that equal names are equal text.
///
/// ```
/// use mehrwert_state::{Identity, IdentityKind};
/// let identity = Identity::new(IdentityKind::Email, " Eva.Muster@Example.COM")?;
/// assert_eq!(identity.value(), "eva.muster@example.com");
/// # Ok::<(), mehrwert_state::IdentityError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    kind: IdentityKind,
    value: String,
}

/// The text cannot be such an identity. It is not repeated here, because it may be personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Nothing was given.
    #[error("expected an identity, found nothing but blanks")]
    Empty,
    /// The text has no part before or after the @, or blanks inside.
    #[error("expected an e-mail address such as name@example.com")]
    Email,
    /// The text has fewer than four or more than fifteen digits, or other letters.
    #[error("expected a telephone number of four to fifteen digits")]
    Phone,
    /// The text is longer than 512 bytes.
    #[error("expected an identity of at most 512 bytes")]
    Long,
}

/// Longer names are no names; the index of a database ends somewhere too.
const LONGEST: usize = 512;

impl Identity {
    /// Brings a name into its one spelling. E-mail addresses are written in small letters. Telephone numbers keep their
    /// digits, and a leading `00` becomes `+`; numbers without a country's code stay as given. Everything else keeps
    /// its letters, without blanks around.
    pub fn new(kind: IdentityKind, text: &str) -> Result<Identity, IdentityError> {
        // PostgreSQL keeps no zero bytes in text.
        let text = text.replace('\0', "");
        let text = text.trim();
        if text.is_empty() {
            return Err(IdentityError::Empty);
        }
        if text.len() > LONGEST {
            return Err(IdentityError::Long);
        }
        let value = match kind {
            IdentityKind::Email => email(text).ok_or(IdentityError::Email)?,
            IdentityKind::Phone => phone(text).ok_or(IdentityError::Phone)?,
            _ => text.to_owned(),
        };
        Ok(Identity { kind, value })
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> IdentityKind {
        self.kind
    }

    /// Its one spelling.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl std::fmt::Debug for Identity {
    /// Without the value: it is personal data, and this may end in a log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Identity({})", self.kind.name())
    }
}

fn email(text: &str) -> Option<String> {
    let (name, host) = text.rsplit_once('@')?;
    let odd = |letter: char| letter.is_whitespace() || letter.is_control();
    let complete = !name.is_empty() && !host.is_empty() && !text.contains(odd);
    complete.then(|| text.to_lowercase())
}

fn phone(text: &str) -> Option<String> {
    let known = |letter: char| letter.is_ascii_digit() || " -/().+\u{a0}".contains(letter);
    let mut digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let mut country = text.starts_with('+');
    // +49 (0)30: the zero is dialled only without the country's code.
    if country && text.contains("(0)") {
        digits = text.replacen("(0)", "", 1).chars().filter(char::is_ascii_digit).collect();
    }
    if let Some(rest) = digits.strip_prefix("00") {
        (digits, country) = (rest.to_owned(), true);
    }
    let complete = text.chars().all(known) && (4..=15).contains(&digits.len());
    complete.then(|| if country { format!("+{digits}") } else { digits })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(kind: IdentityKind, text: &str) -> Result<String, IdentityError> {
        Identity::new(kind, text).map(|identity| identity.value)
    }

    #[test]
    fn one_spelling() {
        for text in ["+49 30 1234567", "0049 30 123 45-67", "+49 (0)30/1234567"] {
            assert_eq!(spelled(IdentityKind::Phone, text).as_deref(), Ok("+49301234567"), "{text}");
        }
        assert_eq!(spelled(IdentityKind::Phone, "030 1234567").as_deref(), Ok("0301234567"));
        assert_eq!(spelled(IdentityKind::Email, "Jörg@MÜLLER.de").as_deref(), Ok("jörg@müller.de"));
        assert_eq!(spelled(IdentityKind::Shop, " main/A7 ").as_deref(), Ok("main/A7"));
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["eva", "@example.com", "eva@", "eva muster@example.com"] {
            assert_eq!(spelled(IdentityKind::Email, text), Err(IdentityError::Email), "{text}");
        }
        for text in ["123", "12345x", "1234567890123456"] {
            assert_eq!(spelled(IdentityKind::Phone, text), Err(IdentityError::Phone), "{text}");
        }
        assert_eq!(spelled(IdentityKind::Given, " \t\0"), Err(IdentityError::Empty));
        assert_eq!(spelled(IdentityKind::Given, &"x".repeat(513)), Err(IdentityError::Long));
    }

    #[test]
    fn kinds_keep_their_names() {
        for kind in ["anonymous", "email", "phone", "shop", "given"] {
            assert_eq!(IdentityKind::from_name(kind).map(IdentityKind::name), Some(kind));
        }
    }

    #[test]
    fn no_identity_is_printed() {
        let identity = Identity::new(IdentityKind::Email, "eva@example.com").unwrap();
        assert!(!format!("{identity:?}").contains("eva"));
    }
}
