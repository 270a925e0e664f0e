//! A typed id for every kind of thing that is kept: an alias cannot be passed where a person is expected.
//!
//! All ids are 128 bits in the layout of UUID version 7 (RFC 9562): milliseconds, then random bits. New ones sort after
//! old ones, which keeps the index of a table together. Time and randomness are handed in.

use std::fmt;
use std::str::FromStr;

/// The text is no id: it is not 32 hexadecimal digits, hyphens aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id such as 01890a5d-ac96-774b-bcce-b302099a8057, found '{0}'")]
pub struct IdError(String);

/// The 16 bytes of a UUID of version 7.
fn version_7(milliseconds: u64, random: [u8; 10]) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&milliseconds.to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(&random);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    bytes
}

fn parse(text: &str) -> Result<[u8; 16], IdError> {
    let digits: String = text.trim().chars().filter(|letter| *letter != '-').collect();
    let value = if digits.len() == 32 && digits.bytes().all(|letter| letter.is_ascii_hexdigit()) {
        u128::from_str_radix(&digits, 16).ok()
    } else {
        None
    };
    value.map(u128::to_be_bytes).ok_or_else(|| IdError(text.chars().take(40).collect()))
}

fn write(bytes: [u8; 16], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            formatter.write_str("-")?;
        }
        write!(formatter, "{byte:02x}")?;
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// A new id from the time (milliseconds since 1970) and ten random bytes, of which 74 bits are used.
            #[must_use]
            pub fn new(milliseconds: u64, random: [u8; 10]) -> Self {
                Self(version_7(milliseconds, random))
            }

            /// The id with these bytes: what a column holds.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Its bytes: what a column holds.
            #[must_use]
            pub const fn bytes(self) -> [u8; 16] {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(self.0, formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

id! {
    /// One human.
    ///
    /// ```
    /// use mehrwert_core::PersonId;
    /// let person = PersonId::new(1_700_000_000_000, [7; 10]);
    /// assert_eq!(person.to_string(), "018bcfe5-6800-7707-8707-070707070707");
    /// assert_eq!(person.to_string().parse::<PersonId>()?, person);
    /// # Ok::<(), mehrwert_core::IdError>(())
    /// ```
    PersonId
}
id! {
    /// What stands in the facts where someone did something; the alias map tells which person it is.
    AliasId
}
id! {
    /// A firm or household that persons belong to.
    AccountId
}
id! {
    /// A key with which others send facts or ask questions.
    KeyId
}
id! {
    /// One run of a job: the holder of its lease.
    JobId
}
id! {
    /// A Parquet file of the lake.
    FileId
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_layout_is_version_7() {
        // The example of RFC 9562, appendix A.6.
        let random = [0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f];
        assert_eq!(FileId::new(0x017F_22E2_79B0, random).to_string(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in ["", "1", "+1890a5dac96774bbcceb302099a8057", "g1890a5dac96774bbcceb302099a8057"] {
            assert!(text.parse::<KeyId>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_and_back(bytes: [u8; 16]) {
            let id = AliasId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse::<AliasId>(), Ok(id));
            prop_assert_eq!(AliasId::from_bytes(id.bytes()), id);
        }

        #[test]
        fn later_ids_sort_later(early in 0..1_u64 << 47, more in 1..1_u64 << 40, one: [u8; 10], other: [u8; 10]) {
            prop_assert!(PersonId::new(early, one) < PersonId::new(early + more, other));
        }
    }
}
