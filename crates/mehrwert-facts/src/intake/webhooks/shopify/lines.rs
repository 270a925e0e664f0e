//! The lines of a Shopify order, and what its refunds take back of them.

use jiff::Timestamp;
use mehrwert_core::Amount;
use serde_json::Value;

use super::super::super::fields::{amount, amount_or_zero, list, text, time, yes};
use super::super::super::rows::Line;
use super::super::net_part;

/// The lines that were sold.
pub(super) struct Sold {
    pub lines: Vec<Line>,
    /// Shopify's ids of the lines.
    ids: Vec<Option<String>>,
    /// VAT on the goods of each line; that on shipping stands on the first line beside it.
    goods_tax: Vec<Amount>,
    /// What of the order is net, and the whole with VAT.
    share: (Amount, Amount),
}

impl Sold {
    /// The lines of an order, shipping on the first of them.
    pub fn of(body: &Value, created: Timestamp) -> Result<Sold, String> {
        let contains_vat = yes(body, &["taxes_included"]);
        let mut lines = Vec::new();
        let mut ids = Vec::new();
        for (place, item) in list(body, &["line_items"]).iter().enumerate() {
            ids.push(text(item, &["id"]).map(|id| id.into_owned()));
            lines.push(sold_line(item, place as i64 + 1, contains_vat, created)?);
        }
        if lines.is_empty() {
            ids.push(None);
            lines.push(Line::new("sale", 1, created));
        }
        let goods_tax = lines.iter().map(|line| line.tax.unwrap_or_default()).collect();
        let (shipping, shipping_tax) = shipping(body, contains_vat)?;
        lines[0].shipping = Some(shipping);
        lines[0].tax = Some(lines[0].tax.unwrap_or_default() + shipping_tax);
        let net: Amount = lines.iter().map(|line| line.net + line.shipping.unwrap_or_default()).sum();
        let tax: Amount = lines.iter().filter_map(|line| line.tax).sum();
        Ok(Sold { lines, ids, goods_tax, share: (net, net + tax) })
    }

    /// Adds what a refund takes back.
    pub fn take_back(&self, refund: &Value, created: Timestamp, lines: &mut Vec<Line>) -> Result<(), String> {
        let at = time(refund, &["processed_at"]).or_else(|| time(refund, &["created_at"])).unwrap_or(created);
        let (items, adjustments) = (list(refund, &["refund_line_items"]), list(refund, &["order_adjustments"]));
        for item in items {
            lines.push(self.item_back(item, at)?);
        }
        for one in adjustments {
            let (given, tax) = (amount_or_zero(one, &["amount"])?, amount_or_zero(one, &["tax_amount"])?);
            let line = Line::new("refund", 0, at);
            lines.push(match text(one, &["kind"]).as_deref() {
                Some("shipping_refund") => Line { shipping: Some(given), tax: Some(tax), ..line },
                _ => self.of_whole(given + tax, line),
            });
        }
        let back = if items.is_empty() && adjustments.is_empty() { paid_back(refund)? } else { Amount::ZERO };
        if !back.is_zero() {
            lines.push(self.of_whole(-back, Line::new("refund", 0, at)));
        }
        Ok(())
    }

    /// An item that came back, by its share of the line.
    fn item_back(&self, item: &Value, at: Timestamp) -> Result<Line, String> {
        let id = text(item, &["line_item_id"]);
        let place = id.and_then(|id| self.ids.iter().position(|one| one.as_deref() == Some(&*id)));
        let place = place.ok_or("refunds: expected a line_item_id of the order's line_items")?;
        let line = &self.lines[place];
        let (back, sold) = (amount_or_zero(item, &["quantity"])?, line.quantity.unwrap_or_default());
        let part = |amount: Amount| match sold.is_zero() {
            true => Amount::ZERO,
            false => -amount.scaled(back.micros(), sold.micros()),
        };
        Ok(Line {
            product: line.product.clone(),
            category: line.category.clone(),
            quantity: Some(-back),
            net: part(line.net),
            tax: Some(part(self.goods_tax[place])),
            ..Line::new("refund", line.line, at)
        })
    }

    /// An amount that belongs to no item, its VAT taken out by the share of the order.
    fn of_whole(&self, gross: Amount, line: Line) -> Line {
        let net = net_part(gross, self.share.0, self.share.1);
        Line { net, tax: Some(gross - net), ..line }
    }
}

fn sold_line(item: &Value, number: i64, contains_vat: bool, created: Timestamp) -> Result<Line, String> {
    let line = Line::new("sale", number, created);
    let quantity = amount_or_zero(item, &["quantity"])?;
    let named = |name: &str| text(item, &[name]).map(|text| text.into_owned());
    let product = named("sku").or_else(|| named("product_id")).or_else(|| named("title")).or_else(|| named("name"));
    let line = Line { product, quantity: Some(quantity), ..line };
    if yes(item, &["gift_card"]) {
        return Ok(Line { category: Some("gift card".to_owned()), ..line });
    }
    let off = allocations(item)?;
    let off = if off.is_zero() { amount_or_zero(item, &["total_discount"])? } else { off };
    let (paid, tax) = (amount_or_zero(item, &["price"])?.times(quantity) - off, taxes(item)?);
    let net = if contains_vat { paid - tax } else { paid };
    let discount = if contains_vat { net_part(off, net, paid) } else { off };
    Ok(Line { net, tax: Some(tax), discount: Some(discount), ..line })
}

/// What was charged for shipping, net, and the VAT on it.
fn shipping(body: &Value, contains_vat: bool) -> Result<(Amount, Amount), String> {
    let (mut net, mut all_tax) = (Amount::ZERO, Amount::ZERO);
    for one in list(body, &["shipping_lines"]) {
        let tax = taxes(one)?;
        let charged = match amount(one, &["discounted_price"])? {
            Some(charged) => charged,
            None => amount_or_zero(one, &["price"])? - allocations(one)?,
        };
        net += if contains_vat { charged - tax } else { charged };
        all_tax += tax;
    }
    Ok((net, all_tax))
}

fn taxes(item: &Value) -> Result<Amount, String> {
    sum(list(item, &["tax_lines"]), "price")
}

fn allocations(item: &Value) -> Result<Amount, String> {
    sum(list(item, &["discount_allocations"]), "amount")
}

/// The money that a refund paid back.
fn paid_back(refund: &Value) -> Result<Amount, String> {
    let done = |one: &&Value| {
        text(one, &["kind"]).as_deref() == Some("refund") && text(one, &["status"]).as_deref() == Some("success")
    };
    let mut back = Amount::ZERO;
    for one in list(refund, &["transactions"]).iter().filter(done) {
        back += amount_or_zero(one, &["amount"])?;
    }
    Ok(back)
}

fn sum(values: &[Value], name: &str) -> Result<Amount, String> {
    values.iter().map(|value| amount_or_zero(value, &[name])).sum()
}
