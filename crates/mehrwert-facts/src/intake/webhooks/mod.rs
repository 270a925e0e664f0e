//! Webhooks: what shops and payment providers send when something changes.
//!
//! [`read_webhook`] takes a body whose signature was checked and gives it a message id made of the state that it tells
//! (topic, object, when it was changed, a hash of the rest): one delivery that comes twice is one event, whatever its
//! delivery id says, and two states of one second are two. When it is sealed, an order is stated whole as a unit under
//! the number that customers see; which of several statements holds, the lake decides by the shop's own time of change.
//!
//! | from | becomes |
//! |---|---|
//! | Shopify `orders/*`, WooCommerce `order.*` | the order whole: sales, refunds, cancellation ([`shopify`], [`woocommerce`]) |
//! | Shopify `customers/*`, WooCommerce `customer.*` | identities and traits; consents as events |
//! | Shopify `checkouts/create` | an event |
//! | Stripe `charge.*`, `payment_intent.succeeded`, refunds, disputes, `invoice.paid` | payments ([`stripe`]) |
//! | Stripe `customer.subscription.*` | contracts |

mod gone;
mod shopify;
mod stripe;
mod woocommerce;

use jiff::Timestamp;
use mehrwert_core::{Amount, PersonId};
use mehrwert_state::{Identity, Trait};
use serde_json::Value;

pub(super) use gone::Gone;

use super::envelope::{Envelope, Kind, inbox_event};
use super::fields::{at, plain};
use super::ids::{content, own_id};
use super::rows::{Line, Occasion, Order, Rows};
use super::seal::Outcome;
use super::tracking::MOST_BATCH_BYTES;
use super::{IntakeError, Reading, Received};
use crate::identities::Said;
use crate::tables::{FactTable, Unit, Version};

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Webhook {
    /// A Shopify shop.
    Shopify,
    /// A WooCommerce shop.
    WooCommerce,
    /// Stripe.
    Stripe,
}

/// Orders of shops can be larger than events of browsers: the most bytes of a webhook's body.
const MOST_BYTES: usize = 8 * MOST_BATCH_BYTES;

/// One topic of each kind that is told apart: for fuzzing.
pub(super) const ALL_TOPICS: [(Webhook, &str); 9] = [
    (Webhook::Shopify, "orders/updated"),
    (Webhook::Shopify, "orders/delete"),
    (Webhook::Shopify, "customers/update"),
    (Webhook::Shopify, "checkouts/create"),
    (Webhook::WooCommerce, "order.updated"),
    (Webhook::WooCommerce, "order.deleted"),
    (Webhook::WooCommerce, "customer.updated"),
    (Webhook::Stripe, ""),
    (Webhook::Shopify, "refunds/create"),
];

/// What a topic is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// It becomes an event of the inbox.
    Yes,
    /// It says nothing that another webhook does not say better.
    No(&'static str),
}

/// Reads a webhook whose signature is right. The topic is the header's, as `orders/create`; Stripe's stands in the body. The
/// delivery's id is not needed: it may be the same for two.
///
/// # Errors
/// [`IntakeError`] when the body is no JSON or not what the sender sends; nothing is to be taken then.
pub fn read_webhook(webhook: Webhook, topic: &str, body: &[u8], received: &Received) -> Result<Reading, IntakeError> {
    if body.len() > MOST_BYTES {
        return Err(IntakeError::TooLarge { what: "the body".to_owned(), bytes: body.len(), most: MOST_BYTES });
    }
    let mut body: Value = serde_json::from_slice(body).map_err(|error| IntakeError::json(&error))?;
    if !body.is_object() {
        return Err(IntakeError::shape("the body", "an object"));
    }
    let topic = match webhook {
        Webhook::Stripe => body.get("type").and_then(Value::as_str).unwrap_or_default().to_owned(),
        Webhook::Shopify | Webhook::WooCommerce => topic.trim().to_owned(),
    };
    let (kind, taken) = match webhook {
        Webhook::Shopify => (Kind::Shopify, shopify::taken(&topic)),
        Webhook::WooCommerce => (Kind::WooCommerce, woocommerce::taken(&topic)),
        Webhook::Stripe => (Kind::Stripe, stripe::taken(&topic)),
    };
    if let Taken::No(why) = taken {
        return Ok(Reading { ignored: Some(why), ..Reading::default() });
    }
    let message_id = match webhook {
        Webhook::Stripe => body.get("id").and_then(plain).map(|id| own_id(&id)),
        Webhook::Shopify | Webhook::WooCommerce if matches!(&*topic, "orders/delete" | "order.deleted") => {
            let id = body.get("id").and_then(plain).unwrap_or_default();
            Some(own_id(&gone::message_id(&topic, &id, received.received_at)))
        }
        Webhook::Shopify | Webhook::WooCommerce => None,
    };
    without_secrets(&mut body);
    let message_id = message_id.unwrap_or_else(|| {
        let id = body.get("id").and_then(plain).unwrap_or_default();
        let changed = ["updated_at", "date_modified_gmt"].iter().find_map(|name| body.get(*name)?.as_str());
        own_id(&format!("{topic} {id} {} {}", changed.unwrap_or_default(), content(&body)))
    });
    let envelope = Envelope {
        kind,
        shop: received.shop.clone(),
        prices: received.prices,
        at: received.received_at,
        topic,
        unreadable: None,
        body,
    };
    Ok(Reading { events: vec![inbox_event(received, message_id, &envelope)], ..Reading::default() })
}

/// Takes out what is not kept at all: network addresses, secrets, what identifies a card or a device.
fn without_secrets(value: &mut Value) {
    const SECRETS: [&str; 14] = [
        "browser_ip",
        "checkout_token",
        "cart_token",
        "client_details",
        "client_secret",
        "confirmation_number",
        "customer_ip_address",
        "customer_user_agent",
        "fingerprint",
        "ip",
        "last4",
        "order_key",
        "payment_details",
        "receipt",
    ];
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !SECRETS.contains(&name.as_str()));
            fields.values_mut().for_each(without_secrets);
        }
        Value::Array(values) => values.iter_mut().for_each(without_secrets),
        _ => {}
    }
}

/// By which names a webhook names somebody.
pub(super) fn said(envelope: &Envelope) -> Said {
    let identities = match envelope.kind {
        Kind::Shopify => shopify::identities(envelope),
        Kind::WooCommerce => woocommerce::identities(envelope),
        Kind::Stripe => stripe::identities(envelope),
        _ => Vec::new(),
    };
    let mut distinct: Vec<Identity> = Vec::with_capacity(identities.len());
    for identity in identities {
        if !distinct.contains(&identity) {
            distinct.push(identity);
        }
    }
    let reason = format!("named together by {} ({})", envelope.kind.origin(), envelope.topic);
    Said { identities: distinct, declared: false, reason }
}

/// What was known before a webhook came.
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    /// When whoever it names was erased.
    pub erased: Option<Timestamp>,
    /// Orders that their shop has deleted.
    pub gone: &'a Gone,
}

/// What a webhook comes to.
///
/// # Errors
/// Why nothing can be made of it, for people; then no row was made.
pub(super) fn translate(
    envelope: &Envelope,
    occasion: &Occasion<'_>,
    before: Before<'_>,
    rows: &mut Rows,
) -> Result<Outcome, String> {
    match envelope.kind {
        Kind::Shopify => shopify::translate(envelope, occasion, before, rows),
        Kind::WooCommerce => woocommerce::translate(envelope, occasion, before, rows),
        _ => stripe::translate(envelope, occasion, rows),
    }
}

/// What a webhook says of a person, for the state.
pub(super) fn traits(envelope: &Envelope, person: PersonId, occasion: &Occasion<'_>, rows: &mut Rows) {
    let said = match envelope.kind {
        Kind::Shopify => shopify::traits(envelope),
        Kind::WooCommerce => woocommerce::traits(envelope),
        _ => Vec::new(),
    };
    let set_at = changed(&envelope.body).unwrap_or(occasion.at);
    rows.traits.extend(said.into_iter().map(|(name, value)| (person, Trait { name: name.to_owned(), value, set_at })));
}

/// The fields of an object that are traits, under our names.
fn traits_of(value: &Value, names: &[(&'static str, &str)]) -> Vec<(&'static str, Value)> {
    let given = |(ours, theirs): &(&'static str, &str)| {
        let found = at(value, &[theirs])?;
        let is_empty = found.as_str().is_some_and(|text| text.trim().is_empty());
        (!is_empty).then(|| (*ours, found.clone()))
    };
    names.iter().filter_map(given).collect()
}

/// The address of an object as one trait, its parts under our names.
fn address_of(value: &Value, names: &[(&'static str, &str)]) -> Option<(&'static str, Value)> {
    let parts: Vec<(&str, Value)> = traits_of(value, names);
    let parts: serde_json::Map<String, Value> = parts.into_iter().map(|(name, part)| (name.to_owned(), part)).collect();
    (!parts.is_empty()).then_some(("address", Value::Object(parts)))
}

/// When a shop changed what it sends.
fn changed(body: &Value) -> Option<Timestamp> {
    super::fields::time(body, &["updated_at"]).or_else(|| super::fields::time(body, &["date_modified_gmt"]))
}

/// The version of an order: the shop's time of change, which is in whole seconds, and within the second how far the
/// order has come, so that of two states of one second the later holds.
fn version(occasion: &Occasion<'_>, changed: Timestamp, progress: usize) -> Version {
    let second = Timestamp::from_second(changed.as_second()).unwrap_or(changed);
    let micros = i64::try_from(progress.min(999_999)).unwrap_or(0);
    let at = second.checked_add(jiff::SignedDuration::from_micros(micros)).unwrap_or(second);
    occasion.record(if changed.subsec_nanosecond() == 0 { at } else { changed })
}

/// States that there is no such sale: it was never paid, was a test, or was deleted.
fn no_sale(
    occasion: &Occasion<'_>,
    number: &str,
    reference: Option<&str>,
    at: Timestamp,
    version: Version,
    rows: &mut Rows,
) -> Result<(), String> {
    let order = Order { number: Some(number), reference, ..Order::default() };
    let line = Line::new("cancellation", 0, at);
    rows.order(occasion, order_unit(occasion.shop, number), version, &order, &[line])
}

fn order_unit(shop: &str, number: &str) -> Unit {
    Unit::of(FactTable::Orders, &[shop, number])
}

/// Takes back what is left of every line.
fn cancel_rest(kind: &'static str, at: Timestamp, lines: &mut Vec<Line>) {
    let mut rest: std::collections::BTreeMap<i64, Line> = std::collections::BTreeMap::new();
    let both = |one: Option<Amount>, other: Option<Amount>| match (one, other) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or_default() + other.unwrap_or_default()),
    };
    for line in lines.iter() {
        let left = rest.entry(line.line).or_insert_with(|| Line {
            product: line.product.clone(),
            category: line.category.clone(),
            ..Line::new(kind, line.line, at)
        });
        left.net += line.net;
        left.quantity = both(left.quantity, line.quantity);
        left.tax = both(left.tax, line.tax);
        left.shipping = both(left.shipping, line.shipping);
    }
    lines.extend(rest.into_values().map(|left| left.reversed(kind, at)));
}

/// The part of a gross amount that is net, by the share that the whole has.
fn net_part(gross: Amount, net: Amount, whole: Amount) -> Amount {
    if whole.is_zero() { gross } else { gross.scaled(net.micros(), whole.micros()) }
}
