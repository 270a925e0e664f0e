//! What was done, as a row of `events`, kept whole but for personal data.

use serde::Serialize;
use serde_json::{Map, Value};

use super::super::Prices;
use super::super::fields::{amount, currency, first};
use super::super::personal::{Stripped, kept_text};
use super::super::rows::{Occasion, Rows};
use crate::tables::Event;

/// The `detail` of an event: what a later mapping reads again.
#[derive(Serialize)]
struct Detail<'a> {
    properties: Stripped<'a>,
    context: Stripped<'a>,
    shop: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    gross: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    vat: Option<String>,
    /// Why a known event came to no order.
    #[serde(skip_serializing_if = "Option::is_none")]
    unclear: Option<&'a str>,
}

/// Adds what was done.
pub(super) fn tracked(
    name: &str,
    properties: &Value,
    context: &Value,
    unclear: Option<String>,
    occasion: &Occasion<'_>,
    rows: &mut Rows,
) {
    let (gross, vat) = match occasion.prices {
        Prices::Net => (false, None),
        Prices::Gross { vat } => (true, vat.map(|vat| vat.to_string())),
    };
    let detail = Detail {
        properties: Stripped::new(properties),
        context: Stripped::new(context),
        shop: occasion.shop,
        gross,
        vat,
        unclear: unclear.as_deref(),
    };
    // An amount that cannot be read stays in the detail.
    let amounts = ["amount", "value", "total", "revenue", "price"];
    let amount = amounts.iter().find_map(|name| amount(properties, &[name]).ok().flatten());
    let object =
        first(properties, &["object", "order_id", "checkout_id", "cart_id", "product_id", "sku", "query", "id"]);
    let offer = first(properties, &["offer", "coupon", "promotion_id"]);
    add(
        name,
        object.as_deref(),
        offer.as_deref(),
        (amount, currency(properties, &["currency"])),
        &detail,
        occasion,
        rows,
    );
}

/// Adds what an `identify` call says of consents, as it says it: it is evidence of what was sent, not a consent.
pub(super) fn consents(body: &Value, occasion: &Occasion<'_>, rows: &mut Rows) {
    let mut said = Map::new();
    for path in [&["traits"][..], &["context", "traits"], &["context"]] {
        let found = path.iter().try_fold(body, |value, name| value.get(*name)).and_then(Value::as_object);
        let about_consent = found.into_iter().flatten().filter(|(name, value)| is_about_consent(name, value));
        said.extend(about_consent.map(|(name, value)| (name.clone(), value.clone())));
    }
    if said.is_empty() {
        return;
    }
    tracked("Identify", &Value::Object(said), &Value::Null, None, occasion, rows);
}

fn is_about_consent(name: &str, value: &Value) -> bool {
    let plain: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    let words = ["consent", "optin", "optout", "acceptsmarketing", "newsletter", "subscribe", "gdpr", "dsgvo"];
    !value.is_null() && words.iter().any(|word| plain.contains(word))
}

/// Adds a row of `events`.
pub(in super::super) fn add(
    name: &str,
    object: Option<&str>,
    offer: Option<&str>,
    (amount, currency): (Option<mehrwert_core::Amount>, Option<mehrwert_core::Currency>),
    detail: &impl Serialize,
    occasion: &Occasion<'_>,
    rows: &mut Rows,
) {
    // Texts, numbers and trees of them always have a JSON form.
    let detail = serde_json::to_string(detail).ok();
    let row = Event {
        name,
        object: object.and_then(kept_text),
        offer: offer.and_then(kept_text),
        amount,
        currency,
        detail: detail.as_deref(),
    };
    let head = occasion.head(occasion.message, 0, occasion.report());
    rows.once().events.push(&head, &row);
}
