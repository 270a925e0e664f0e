//! What stands in the inbox: our own small JSON around what was sent, with a version so that a later program reads what an
//! earlier one took in.

use jiff::Timestamp;
use mehrwert_core::Amount;
use mehrwert_state::InboxEvent;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Prices, Received};

/// The version of the envelopes that this program writes.
const VERSION: u32 = 1;

/// Which kind of event it is, and so who translates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Track,
    Identify,
    Page,
    Screen,
    Group,
    Alias,
    Shopify,
    WooCommerce,
    Stripe,
}

impl Kind {
    /// Whether a system sent it, and not a tracking client.
    pub fn is_webhook(self) -> bool {
        matches!(self, Kind::Shopify | Kind::WooCommerce | Kind::Stripe)
    }

    /// Where the rows come from, as facts say it.
    pub fn origin(self) -> &'static str {
        match self {
            Kind::Track | Kind::Identify | Kind::Page | Kind::Screen | Kind::Group | Kind::Alias => "tracking",
            Kind::Shopify => "shopify",
            Kind::WooCommerce => "woocommerce",
            Kind::Stripe => "stripe",
        }
    }
}

/// One event with what was found out when it was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Envelope {
    pub kind: Kind,
    pub shop: String,
    pub prices: Prices,
    /// When it happened; for a webhook when it arrived, unless its payload says.
    pub at: Timestamp,
    /// A webhook's topic.
    pub topic: String,
    /// Why nothing can be made of it.
    pub unreadable: Option<String>,
    pub body: Value,
}

/// The words of the JSON.
#[derive(Serialize, Deserialize)]
struct Words<B> {
    v: u32,
    kind: Kind,
    shop: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    gross: bool,
    /// Millionths of the net.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vat: Option<i64>,
    /// Microseconds since 1970.
    at: i64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    topic: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unreadable: Option<String>,
    body: B,
}

/// The body of an inbox event.
pub(super) fn seal_in(envelope: &Envelope) -> Vec<u8> {
    let (gross, vat) = match envelope.prices {
        Prices::Net => (false, None),
        Prices::Gross { vat } => (true, vat.and_then(|vat| i64::try_from(vat.micros()).ok())),
    };
    let words = Words {
        v: VERSION,
        kind: envelope.kind,
        shop: envelope.shop.clone(),
        gross,
        vat,
        at: envelope.at.as_microsecond(),
        topic: envelope.topic.clone(),
        unreadable: envelope.unreadable.clone(),
        body: &envelope.body,
    };
    // Texts, numbers and trees of them always have a JSON form.
    serde_json::to_vec(&words).unwrap_or_default()
}

/// What stands in an inbox event.
///
/// # Errors
/// What is wrong with it, for people.
pub(super) fn open(bytes: &[u8]) -> Result<Envelope, String> {
    let words: Words<Value> = serde_json::from_slice(bytes)
        .map_err(|error| format!("the inbox holds something else than an event: {error}"))?;
    if words.v != VERSION {
        let version = words.v;
        return Err(format!(
            "the event was taken in by another version of Mehrwert (version {version}, not {VERSION})"
        ));
    }
    let prices = if words.gross {
        Prices::Gross { vat: words.vat.map(|vat| Amount::from_micros(vat.into())) }
    } else {
        Prices::Net
    };
    let at = Timestamp::from_microsecond(words.at).map_err(|error| error.to_string())?;
    let Words { kind, shop, topic, unreadable, body, .. } = words;
    Ok(Envelope { kind, shop, prices, at, topic, unreadable, body })
}

/// The inbox event of an envelope.
pub(super) fn inbox_event(received: &Received, message_id: String, envelope: &Envelope) -> InboxEvent {
    InboxEvent { key: received.key, message_id, received_at: received.received_at, body: seal_in(envelope) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_sealed_in_comes_out() {
        for prices in [Prices::Net, Prices::Gross { vat: None }, Prices::Gross { vat: "0.19".parse().ok() }] {
            let envelope = Envelope {
                kind: Kind::Shopify,
                shop: "main".to_owned(),
                prices,
                at: Timestamp::from_microsecond(1_700_000_000_123_456).unwrap(),
                topic: "orders/create".to_owned(),
                unreadable: None,
                body: json!({"id": 1, "price": 19.99, "text": "ä\u{0}"}),
            };
            assert_eq!(open(&seal_in(&envelope)), Ok(envelope));
        }
    }

    #[test]
    fn anything_else_is_told() {
        assert!(open(b"{}").unwrap_err().contains("something else"));
        let later = br#"{"v":9,"kind":"track","shop":"main","at":0,"body":{}}"#;
        assert!(open(later).unwrap_err().contains("another version"));
    }
}
