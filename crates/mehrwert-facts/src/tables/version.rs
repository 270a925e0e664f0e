//! What is restated together, and which of two statements holds.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::FactTable;

/// What is restated as one: an order with all its lines, a refund, a payment, a day's cost of a campaign, an event.
///
/// ```
/// use mehrwert_facts::tables::{FactTable, Unit};
/// let order = Unit::of(FactTable::Orders, &["main", "1001"]);
/// assert_eq!(order, Unit::of(FactTable::Orders, &["main", "1001"]));
/// assert_ne!(order, Unit::of(FactTable::Orders, &["main1", "001"]));
/// assert_eq!(Unit::of_row(&order.row(3)), order);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit([u8; 12]);

impl Unit {
    /// The unit with this key in its table; the parts are the origin's name space and its own key.
    #[must_use]
    pub fn of(table: FactTable, key: &[&str]) -> Unit {
        Unit::of_bytes(table, key.iter().map(|part| part.as_bytes()))
    }

    /// The same of parts that are no text.
    pub(crate) fn of_bytes<'k>(table: FactTable, key: impl Iterator<Item = &'k [u8]>) -> Unit {
        let mut hash = Sha256::new().chain_update(table.name()).chain_update([0]);
        for part in key {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let mut bytes = [0; 12];
        bytes.copy_from_slice(&hash.finalize()[..12]);
        Unit(bytes)
    }

    /// The id of the row at a place in it.
    #[must_use]
    pub fn row(self, place: u32) -> [u8; 16] {
        let mut id = [0; 16];
        id[..12].copy_from_slice(&self.0);
        id[12..].copy_from_slice(&place.to_be_bytes());
        id
    }

    /// The unit that the row with this id belongs to.
    #[must_use]
    pub fn of_row(id: &[u8; 16]) -> Unit {
        let mut bytes = [0; 12];
        bytes.copy_from_slice(&id[..12]);
        Unit(bytes)
    }
}

/// Who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Authority {
    /// A browser or app: fills the gap until the shop's own system speaks, and never overrides it.
    Report,
    /// The system that keeps the books, or a person.
    Record,
}

/// By which way a statement came; of two of the same source time the later of these holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A generic file, or a person on the command line.
    Import,
    /// The export of a known system.
    Export,
    /// A webhook.
    Webhook,
}

/// How new a statement is: authority, then source time, then rank. Greater ones hold.
///
/// ```
/// use jiff::Timestamp;
/// use mehrwert_facts::tables::{Authority, Rank, Version};
/// let at = |seconds| Timestamp::from_second(seconds).unwrap_or_default();
/// let export = Version::new(Authority::Record, at(100), Rank::Export);
/// assert!(export < Version::new(Authority::Record, at(101), Rank::Import));
/// assert!(export < Version::new(Authority::Record, at(100), Rank::Webhook));
/// assert!(export > Version::new(Authority::Report, at(999), Rank::Webhook));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(i64);

impl Version {
    /// Where the authority stands: above the microseconds of the year 9999 and the rank.
    const AUTHORITY: u32 = 61;

    /// A version.
    #[must_use]
    pub fn new(authority: Authority, source_time: Timestamp, rank: Rank) -> Version {
        let micros = source_time.as_microsecond().max(0);
        Version(((authority as i64) << Version::AUTHORITY) | (micros << 2) | rank as i64)
    }

    /// Who says what a column holds as this number.
    #[must_use]
    pub const fn authority_of(number: i64) -> Authority {
        if number >> Version::AUTHORITY == 0 { Authority::Report } else { Authority::Record }
    }

    /// As a column holds it; ordered as versions are.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}
