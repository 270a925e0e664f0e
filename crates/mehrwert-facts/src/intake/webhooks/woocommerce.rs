//! WooCommerce: every `order.*` webhook tells the whole order as it is now.
//!
//! - `total` of a line is without VAT and after discounts, whatever the shop's prices contain; `subtotal` is before them.
//!   Fees are lines of their own. Shipping stands on the first line, its VAT among that line's.
//! - Refunds are listed with their gross amount and without a time: VAT is taken out by the share that the order has,
//!   and they stand at the time of the order's last change.
//! - An order that is cancelled is sale and cancellation of what was not refunded before; one that was never paid
//!   (pending, failed, a draft, in the bin) is no sale until it is.

use std::collections::HashMap;

use jiff::Timestamp;
use mehrwert_core::Amount;
use mehrwert_state::{Identity, IdentityKind};
use serde_json::Value;

use super::super::envelope::Envelope;
use super::super::fields::{amount_or_zero, at, currency, first, list, number, text, time};
use super::super::rows::{Line, Occasion, Order, Rows};
use super::super::seal::Outcome;
use super::super::tracking::host_of;
use super::{Before, Taken, address_of, cancel_rest, changed, net_part, no_sale, order_unit, traits_of, version};
use crate::identities::order_identity;
use crate::orders::formats::status::{State as OrderState, state_of as order_state};

/// Which topics are taken.
pub(super) fn taken(topic: &str) -> Taken {
    match topic {
        "order.created" | "order.updated" | "order.deleted" | "order.restored" | "customer.created"
        | "customer.updated" => Taken::Yes,
        "customer.deleted" => Taken::No("a deleted account of the shop is no erased person"),
        _ => Taken::No("nothing is made of this topic"),
    }
}

/// By which names it names somebody: the e-mail address first.
pub(super) fn identities(envelope: &Envelope) -> Vec<Identity> {
    let body = &envelope.body;
    let is_customer = envelope.topic.starts_with("customer.");
    let email = text(body, &["billing", "email"]);
    let email = if is_customer { text(body, &["email"]).or(email) } else { email };
    let id = first(body, if is_customer { &["id"] } else { &["customer_id"] }).filter(|id| id != "0");
    let mut found = Vec::new();
    found.extend(email.and_then(|email| Identity::new(IdentityKind::Email, &email).ok()));
    let id = id.map(|id| format!("{}/{id}", envelope.shop));
    found.extend(id.and_then(|id| Identity::new(IdentityKind::Shop, &id).ok()));
    if found.is_empty() {
        let phone = text(body, &["billing", "phone"]);
        found.extend(phone.and_then(|phone| Identity::new(IdentityKind::Phone, &phone).ok()));
    }
    if !is_customer && !found.is_empty() {
        let name = order_number(body);
        found.extend(name.and_then(|name| order_identity(&envelope.shop, &name)));
    }
    found
}

/// What it says of a person.
pub(super) fn traits(envelope: &Envelope) -> Vec<(&'static str, Value)> {
    let names = [("firstName", "first_name"), ("lastName", "last_name"), ("phone", "phone"), ("company", "company")];
    let Some(billing) = at(&envelope.body, &["billing"]) else { return Vec::new() };
    let mut found = traits_of(billing, &names);
    found.extend(address_of(billing, &ADDRESS));
    found
}

/// The parts of an address under our names.
const ADDRESS: [(&str, &str); 5] = [
    ("street", "address_1"),
    ("street2", "address_2"),
    ("postalCode", "postcode"),
    ("city", "city"),
    ("country", "country"),
];

/// What it comes to.
pub(super) fn translate(
    envelope: &Envelope,
    occasion: &Occasion<'_>,
    before: Before<'_>,
    rows: &mut Rows,
) -> Result<Outcome, String> {
    match envelope.topic.as_str() {
        "order.deleted" => before.gone.take_out(envelope, occasion, rows),
        topic if topic.starts_with("order.") => order(envelope, occasion, before, rows),
        _ => Ok(Outcome::Told),
    }
}

fn order_number(body: &Value) -> Option<String> {
    let name = first(body, &["number", "id"])?;
    let plain = number(&name);
    (!plain.is_empty()).then(|| plain.to_owned())
}

fn order(envelope: &Envelope, occasion: &Occasion<'_>, before: Before<'_>, rows: &mut Rows) -> Result<Outcome, String> {
    let body = &envelope.body;
    let named = order_number(body).ok_or("number: expected the order's number, found none")?;
    let created =
        time(body, &["date_created_gmt"]).ok_or("date_created_gmt: expected a time such as 2026-11-24T10:15:00")?;
    if before.erased.is_some_and(|erased| created <= erased) {
        return Ok(Outcome::Erased);
    }
    let status = text(body, &["status"]).unwrap_or_default().to_lowercase();
    let state = order_state(&status);
    let refunds = list(body, &["refunds"]);
    let steps = [time(body, &["date_paid_gmt"]), time(body, &["date_completed_gmt"])].into_iter().flatten().count();
    let is_over = matches!(state, OrderState::Refunded | OrderState::Cancelled);
    let changed = changed(body).unwrap_or(created);
    // A restored order keeps the time of its last change; what holds is that it came back.
    let changed = if envelope.topic == "order.restored" { changed.max(occasion.received_at) } else { changed };
    let version = version(occasion, changed, refunds.len() * 8 + usize::from(is_over) * 4 + steps);
    let reference = text(body, &["id"]);
    if state == OrderState::Failed {
        no_sale(occasion, &named, reference.as_deref(), created, version, rows)?;
        return Ok(Outcome::Told);
    }
    let mut lines = sold(body, created)?;
    take_back(refunds, changed, &mut lines)?;
    match state {
        OrderState::Cancelled => cancel_rest("cancellation", changed, &mut lines),
        OrderState::Refunded => cancel_rest("refund", changed, &mut lines),
        _ => {}
    }
    let source = source(body);
    let coupon = list(body, &["coupon_lines"]).iter().find_map(|one| text(one, &["code"]));
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

fn sold(body: &Value, created: Timestamp) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for name in ["line_items", "fee_lines"] {
        for item in list(body, &[name]) {
            let named = |name: &str| text(item, &[name]).map(|text| text.into_owned());
            // Numbers of products start at one.
            let id = named("product_id").filter(|id| id != "0");
            let product = named("sku").or(id).or_else(|| named("name"));
            let net = amount_or_zero(item, &["total"])?;
            let before = if name == "line_items" { amount_or_zero(item, &["subtotal"])? } else { net };
            let quantity = at(item, &["quantity"]).map(|_| amount_or_zero(item, &["quantity"])).transpose()?;
            let tax = Some(amount_or_zero(item, &["total_tax"])?);
            let category = (name == "fee_lines").then(|| "fee".to_owned());
            let line = Line::new("sale", lines.len() as i64 + 1, created);
            lines.push(Line { product, category, quantity, net, tax, discount: Some(before - net), ..line });
        }
    }
    if lines.is_empty() {
        lines.push(Line::new("sale", 1, created));
    }
    lines[0].shipping = Some(amount_or_zero(body, &["shipping_total"])?);
    lines[0].tax = Some(lines[0].tax.unwrap_or_default() + amount_or_zero(body, &["shipping_tax"])?);
    Ok(lines)
}

fn take_back(refunds: &[Value], at: Timestamp, lines: &mut Vec<Line>) -> Result<(), String> {
    let net: Amount = lines.iter().map(|line| line.net + line.shipping.unwrap_or_default()).sum();
    let tax: Amount = lines.iter().filter_map(|line| line.tax).sum();
    for refund in refunds {
        // Written with a minus, but not by every version.
        let back = -amount_or_zero(refund, &["total"])?.abs();
        let back_net = net_part(back, net, net + tax);
        lines.push(Line { net: back_net, tax: Some(back - back_net), ..Line::new("refund", 0, at) });
    }
    Ok(())
}

/// Where the order came from, as WooCommerce's own attribution has it.
fn source(body: &Value) -> Option<String> {
    let meta = list(body, &["meta_data"]).iter().filter_map(|one| Some((text(one, &["key"])?, text(one, &["value"])?)));
    let meta: HashMap<_, _> = meta.collect();
    let of = |name: &str| meta.get(&*format!("_wc_order_attribution_{name}")).map(|text| text.to_string());
    let named = of("utm_source").filter(|source| source != "(direct)");
    named.or_else(|| of("referrer").and_then(|referrer| host_of(&referrer)))
}
