//! The intake: from the bytes of a tracking call or a webhook to events of the inbox, and from there to rows of the lake.
//!
//! The way of an event:
//!
//! 1. [`Call::parse`] reads the body of a tracking call and holds it to the limits of the API; [`Call::read`] merges the
//!    batch's context, corrects the clock ([`clock`]) and gives every event its message id. [`read_webhook`] does the
//!    same for what shops and payment providers send. Both return [`InboxEvent`]s, which whoever called makes durable
//!    before they acknowledge.
//! 2. [`seal`] reads the inbox in portions, finds out who the events are about ([`crate::identities`]), translates them
//!    ([`tracking`], [`webhooks`]) and adds the rows to the lake, in the transaction that clears the inbox.
//! 3. What nothing can be made of (a date that is none, an amount that cannot be read) is set aside with its reason
//!    ([`State::aside`](mehrwert_state::State::aside)) and never holds up the rest.
//!
//! An event is kept whole in the inbox, IP addresses, secrets and payment details aside. What enters the lake holds no
//! personal data ([`personal`]); names and addresses go to the state as traits.
//!
//! No HTTP is known here: signatures, keys and answers are the server's.

mod clock;
mod envelope;
mod fields;
mod ids;
mod personal;
mod rows;
mod seal;
mod tracking;
mod webhooks;

use jiff::Timestamp;
use mehrwert_core::{Amount, KeyId};
use mehrwert_state::InboxEvent;

pub use seal::{SealError, Sealed, Settings, seal};
pub use tracking::{Call, Endpoint, MOST_BATCH_BYTES, MOST_EVENT_BYTES, remap};
pub use webhooks::{Webhook, read_webhook};

/// From whom something came, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The key under which it was sent; message ids are unique under it. A webhook has one too.
    pub key: KeyId,
    /// The shop whose order numbers these are: `main`, unless the key names another.
    pub shop: String,
    /// What the amounts of tracked orders contain. Webhooks say so themselves.
    pub prices: Prices,
    /// When it arrived.
    pub received_at: Timestamp,
}

/// What the amounts of tracked orders contain: a setting of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prices {
    /// `subtotal`, `revenue` and prices are without VAT, as the Segment documentation has them.
    #[default]
    Net,
    /// They contain VAT, as German shops show them. Where an event names no `tax`, the VAT is taken out at this rate
    /// (19 % is `0.19`); without a rate such an order stays an event, because its net is not known.
    Gross {
        /// The rate, as a share of the net.
        vat: Option<Amount>,
    },
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// Everything that was acknowledged, to be appended to the inbox; also what will be set aside.
    pub events: Vec<InboxEvent>,
    /// Those of them of which nothing can be made, for a log: they will be set aside when they are sealed.
    pub aside: Vec<Unreadable>,
    /// Why a webhook needs no event: it says nothing that another does not say better.
    pub ignored: Option<&'static str>,
}

/// An event of which nothing can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its place in the batch, from 0.
    pub place: usize,
    /// What was found and what was expected; without personal data.
    pub reason: String,
}

/// A call cannot be read: nothing of it was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// The body is no JSON.
    #[error("the body is no JSON: line {line}, column {column}: {found}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong there.
        found: String,
    },
    /// The body is JSON, but not what the endpoint takes.
    #[error("{place}: expected {expected}")]
    Shape {
        /// Where.
        place: String,
        /// What was expected there.
        expected: &'static str,
    },
    /// The body or an event is too large.
    #[error("{what} has {bytes} bytes; at most {most} are taken")]
    TooLarge {
        /// The body, or which event.
        what: String,
        /// Its size.
        bytes: usize,
        /// The limit.
        most: usize,
    },
}

impl IntakeError {
    fn json(error: &serde_json::Error) -> IntakeError {
        let found = error.to_string();
        // The place is told in words of our own.
        let found = found.split(" at line ").next().unwrap_or_default().to_owned();
        IntakeError::Json { line: error.line(), column: error.column(), found }
    }

    fn shape(place: impl Into<String>, expected: &'static str) -> IntakeError {
        IntakeError::Shape { place: place.into(), expected }
    }
}

/// Reads any bytes as a call to every endpoint and as every webhook: for fuzzing. Must never panic.
pub fn read_anything(bytes: &[u8]) {
    let received = Received {
        key: KeyId::from_bytes([0; 16]),
        shop: "main".to_owned(),
        prices: Prices::Net,
        received_at: Timestamp::UNIX_EPOCH,
    };
    for endpoint in Endpoint::ALL {
        if let Ok(reading) = Call::parse(endpoint, bytes).and_then(|call| call.read(&received)) {
            seal::translate_alone(&reading.events);
        }
    }
    for (webhook, topic) in webhooks::ALL_TOPICS {
        if let Ok(reading) = read_webhook(webhook, topic, bytes, &received) {
            seal::translate_alone(&reading.events);
        }
    }
}
