//! Shopify: every `orders/*` webhook tells the whole order as it is now.
//!
//! - Prices contain VAT where `taxes_included` says so; then the `tax_lines` of a line are taken out of it. Discounts are
//!   taken off by their allocations. Shipping stands on the first line, its VAT among that line's.
//! - A gift card that is sold is a liability, not a sale: its line stands there with nothing.
//! - Items that came back become refunds by their share of the line; `order_adjustments` add refunded shipping and amounts
//!   that belong to no item, of which VAT is taken out by the share that the order has.
//! - A cancelled order is sale and cancellation of what was not refunded before. Orders that were never paid (pending,
//!   authorised, voided, expired) are no sale until they are.
//! - The number is the one that customers see, without `#`; Shopify's own id is the reference.

mod lines;

use mehrwert_state::{Identity, IdentityKind};
use serde_json::Value;
use url::Url;

use super::super::envelope::Envelope;
use super::super::fields::{amount, at, currency, first, list, number, text, time, yes};
use super::super::personal::Stripped;
use super::super::rows::{Occasion, Order, Rows};
use super::super::seal::Outcome;
use super::super::tracking::{Source, add_event};
use super::{Before, Taken, address_of, cancel_rest, changed, no_sale, order_unit, traits_of, version};
use crate::identities::order_identity;
use crate::orders::formats::status::{State as OrderState, state_of as order_state};
use lines::Sold;

/// Which topics are taken.
pub(super) fn taken(topic: &str) -> Taken {
    match topic {
        "orders/edited"
        | "refunds/create"
        | "order_transactions/create"
        | "fulfillments/create"
        | "fulfillments/update" => Taken::No("the order's own update tells it"),
        "checkouts/update" | "checkouts/delete" => Taken::No("a checkout counts when it is started"),
        "checkouts/create" | "customers/create" | "customers/update" | "customers/enable" => Taken::Yes,
        topic if topic.starts_with("orders/") => Taken::Yes,
        _ => Taken::No("nothing is made of this topic"),
    }
}

/// By which names it names somebody: the e-mail address first, as an export would.
pub(super) fn identities(envelope: &Envelope) -> Vec<Identity> {
    let body = &envelope.body;
    let is_customer = envelope.topic.starts_with("customers/");
    let customer = if is_customer { body } else { body.get("customer").unwrap_or(&Value::Null) };
    let email = first(body, &["email", "contact_email"]).or_else(|| text(customer, &["email"]));
    let id = text(customer, &["id"]).map(|id| format!("{}/{id}", envelope.shop));
    let mut found = Vec::new();
    found.extend(email.and_then(|email| Identity::new(IdentityKind::Email, &email).ok()));
    found.extend(id.and_then(|id| Identity::new(IdentityKind::Shop, &id).ok()));
    if found.is_empty() {
        let phone = text(body, &["phone"]).or_else(|| text(customer, &["phone"]));
        found.extend(phone.and_then(|phone| Identity::new(IdentityKind::Phone, &phone).ok()));
    }
    if envelope.topic.starts_with("orders/") && !found.is_empty() {
        let name = order_number(body);
        found.extend(name.and_then(|name| order_identity(&envelope.shop, &name)));
    }
    found
}

/// What it says of a person.
pub(super) fn traits(envelope: &Envelope) -> Vec<(&'static str, Value)> {
    let body = &envelope.body;
    let is_customer = envelope.topic.starts_with("customers/");
    let customer = if is_customer { body } else { body.get("customer").unwrap_or(&Value::Null) };
    let address = at(body, &["billing_address"]).or_else(|| at(customer, &["default_address"]));
    let names = [("firstName", "first_name"), ("lastName", "last_name"), ("phone", "phone")];
    let mut found = address.map_or_else(Vec::new, |address| {
        let mut found = traits_of(address, &[names[0], names[1], names[2], ("company", "company")]);
        found.extend(address_of(address, &ADDRESS));
        found
    });
    // The customer's own words last: they hold.
    found.extend(traits_of(customer, &names));
    found
}

/// The parts of an address under our names.
const ADDRESS: [(&str, &str); 5] = [
    ("street", "address1"),
    ("street2", "address2"),
    ("postalCode", "zip"),
    ("city", "city"),
    ("country", "country_code"),
];

/// What it comes to.
pub(super) fn translate(
    envelope: &Envelope,
    occasion: &Occasion<'_>,
    before: Before<'_>,
    rows: &mut Rows,
) -> Result<Outcome, String> {
    let body = &envelope.body;
    match envelope.topic.as_str() {
        "orders/delete" => before.gone.take_out(envelope, occasion, rows),
        "checkouts/create" => {
            let amount = amount(body, &["total_price"])?;
            let detail = serde_json::json!({"source": text(body, &["source_name"])});
            let token = first(body, &["id", "token"]);
            let money = (amount, currency(body, &["currency"]));
            let at = time(body, &["created_at"]).unwrap_or(occasion.at);
            add_event("Checkout Started", token.as_deref(), None, money, &detail, &Occasion { at, ..*occasion }, rows);
            Ok(Outcome::Told)
        }
        topic if topic.starts_with("customers/") => {
            consents(body, occasion, rows);
            Ok(Outcome::Told)
        }
        _ => order(envelope, occasion, before, rows),
    }
}

/// Consents as the shop keeps them, as an event: what Shopify says, not what was proven here.
fn consents(body: &Value, occasion: &Occasion<'_>, rows: &mut Rows) {
    let names = ["email_marketing_consent", "sms_marketing_consent", "accepts_marketing", "marketing_opt_in_level"];
    let said: serde_json::Map<String, Value> =
        names.iter().filter_map(|name| Some(((*name).to_owned(), at(body, &[name])?.clone()))).collect();
    if said.is_empty() {
        return;
    }
    let said = Value::Object(said);
    let at = changed(body).unwrap_or(occasion.at);
    let occasion = Occasion { at, ..*occasion };
    add_event("Marketing Consent", None, None, (None, None), &Stripped::new(&said), &occasion, rows);
}

fn order_number(body: &Value) -> Option<String> {
    let name = first(body, &["name", "order_number"])?;
    let plain = number(&name);
    (!plain.is_empty()).then(|| plain.to_owned())
}

fn order(envelope: &Envelope, occasion: &Occasion<'_>, before: Before<'_>, rows: &mut Rows) -> Result<Outcome, String> {
    let body = &envelope.body;
    if yes(body, &["test"]) {
        return Ok(Outcome::Test);
    }
    let named = order_number(body).ok_or("name: expected the order's number, found none")?;
    let created = time(body, &["created_at"]).ok_or("created_at: expected a time such as 2026-11-24T10:15:00+01:00")?;
    if before.erased.is_some_and(|erased| created <= erased) {
        return Ok(Outcome::Erased);
    }
    let changed = changed(body).unwrap_or(created);
    let cancelled = time(body, &["cancelled_at"]);
    let refunds = list(body, &["refunds"]);
    let steps = [time(body, &["closed_at"]), cancelled, time(body, &["processed_at"])].into_iter().flatten().count();
    let paid = text(body, &["financial_status"]).is_some_and(|status| status == "paid") as usize;
    let progress = refunds.len() * 16 + steps * 4 + paid * 2 + text(body, &["fulfillment_status"]).is_some() as usize;
    let version = version(occasion, changed, progress);
    let reference = text(body, &["id"]);
    if let Some(gone_at) = before.gone.deleted(envelope) {
        no_sale(occasion, &named, reference.as_deref(), created, occasion.record(gone_at), rows)?;
        return Ok(Outcome::Told);
    }
    let status = text(body, &["financial_status"]).unwrap_or_default().to_lowercase();
    if order_state(&status) == OrderState::Failed {
        no_sale(occasion, &named, reference.as_deref(), created, version, rows)?;
        return Ok(Outcome::Told);
    }
    let sold = Sold::of(body, created)?;
    let mut lines = sold.lines.clone();
    for refund in refunds {
        sold.take_back(refund, created, &mut lines)?;
    }
    if let Some(cancelled) = cancelled {
        cancel_rest("cancellation", cancelled, &mut lines);
    }
    let source = source(body);
    let coupon = list(body, &["discount_codes"]).iter().find_map(|code| text(code, &["code"]));
    let order = Order {
        number: Some(&named),
        reference: reference.as_deref(),
        currency: currency(body, &["currency"]),
        coupon: coupon.as_deref(),
        source: source.as_deref(),
    };
    rows.order(occasion, order_unit(occasion.shop, &named), version, &order, &lines)?;
    Ok(Outcome::Told)
}

/// Where the order came from: the campaign of the first page, the page before it, or the sales channel.
fn source(body: &Value) -> Option<String> {
    let landing = text(body, &["landing_site"]);
    let query = landing.as_deref().and_then(|landing| landing.split_once('?')).map(|(_, query)| query);
    let own = text(body, &["order_status_url"]).and_then(|url| Url::parse(&url).ok());
    let found = Source::of(&Value::Null, own.as_ref(), query, text(body, &["referring_site"]).as_deref());
    // Numbers are apps that nobody knows by them.
    let channel =
        || text(body, &["source_name"]).filter(|name| *name != "web" && !name.chars().all(|c| c.is_ascii_digit()));
    found.source.or_else(|| channel().map(|name| name.into_owned()))
}
