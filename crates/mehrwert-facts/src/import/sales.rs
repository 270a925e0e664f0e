//! Orders and payments out of the lines that the formats of orders give.
//!
//! An order is stated whole: its sales and what its own row says was taken back are one unit. A refund that is a row of
//! its own is a unit of its own: by its own number where it has one, else by what it says. So neither replaces the other.
//! A line without an order is a unit by what it says.

use std::borrow::Cow;

use mehrwert_core::{Amount, Day};

use super::context::{Context, fits, may_fit};
use super::entry::{Entry, Fact, Names, Numbering, currency_or};
use crate::orders::formats::{Figures, Kind, Line, Memory, Reject, RowView};
use crate::orders::{FileKind, Role};
use crate::tables::{FactTable, OrderLine, Payment, Unit};

/// Adds what a row comes to.
pub(crate) fn entries<'r>(
    row: &RowView<'r>,
    figures: Result<Figures, Reject>,
    memory: &mut Memory,
    context: &Context<'r>,
    out: &mut Vec<Entry<'r>>,
) -> Result<(), Reject> {
    let mut lines = Vec::new();
    context.format.judge(row, figures, memory, &mut lines)?;
    let is_payment = matches!(context.kind, FileKind::Stripe | FileKind::PayPal) && !context.payments_are_orders;
    for (index, line) in lines.into_iter().enumerate() {
        out.push(match is_payment {
            true => payment(row, line, context)?,
            false => order(row, line, index > 0, context)?,
        });
    }
    Ok(())
}

/// An order's line. `is_reversal`: it takes back what the same row sold.
fn order<'r>(row: &RowView<'r>, line: Line<'r>, is_reversal: bool, context: &Context<'r>) -> Result<Entry<'r>, Reject> {
    let is_cancelled_later = is_reversal && !row.text(Role::CancelledAt).is_empty();
    let when = if is_cancelled_later { Role::CancelledAt } else { Role::Date };
    let (at, day) = match context.holds_day(row, when, line.day) {
        true => context.moment(row, when)?,
        false => (context.clock.midnight(line.day), line.day),
    };
    let product = text(line.product);
    let rate = context.vat.of(product, day);
    let (net, tax) = if context.format.takes_tax_out(row.columns()) {
        (line.amount, line.tax)
    } else {
        context.split(line.amount, line.tax, rate)
    };
    // What was taken off contains as much VAT as what was paid.
    let part =
        |whole: Amount| if line.amount.is_zero() { whole } else { whole.scaled(net.micros(), line.amount.micros()) };
    let discount = line.discount.map(|discount| part(if is_reversal { discount } else { discount.abs() }));
    let mut shipping = None;
    let mut line_net = net;
    if context.kind == FileKind::Shopify && !is_reversal {
        let mut spread = context.spread.borrow_mut();
        let is_further = row.text(Role::Amount).is_empty();
        let part = if is_further { spread.further(row)? } else { spread.first(row, net, line.given)? };
        (line_net, shipping) = (part.net, part.shipping);
    }
    let who = names_of(row, &line, context);
    let standalone = line.kind != Kind::Sale && !is_reversal;
    let number = number_of(line.order);
    let (unit, numbering, order_id, reference) = if standalone {
        refund_unit(row, &line, number, &who, day, context)
    } else if number.is_empty() {
        (
            words_unit("row", &line, &who, at.as_microsecond(), context),
            Numbering::Copies,
            None,
            row.word(Role::Reference),
        )
    } else {
        (context.order_unit(number), Numbering::Places, text(number), row.word(Role::Reference))
    };
    let fact = OrderLine {
        shop: context.shop,
        order_id,
        reference: reference.filter(|other| Some(*other) != order_id),
        line: 0,
        kind: Kind::VALUES[line.kind as usize],
        product,
        category: row.word(Role::Category).or_else(|| gift_card(line.product)),
        quantity: may_fit(row, line.quantity, Role::Quantity)?,
        net: fits(row, line_net, Role::Amount)?,
        tax: may_fit(row, tax, Role::Tax)?,
        discount: may_fit(row, discount, Role::Discount)?,
        shipping_charged: may_fit(row, shipping, Role::Shipping)?,
        goods_cost: may_fit(row, line.goods_cost, Role::GoodsCost)?,
        coupon: row.word(Role::Coupon),
        offer: row.word(Role::Offer),
        source: text(line.source),
        currency: currency_or(row.currency.get(), context.currency),
    };
    Ok(Entry { unit, numbering, who, at, day, fact: Fact::Order(fact) })
}

type Placed<'r> = (Unit, Numbering, Option<&'r str>, Option<&'r str>);

/// The unit of a refund that is a row of its own, and the order that it names.
fn refund_unit<'r>(
    row: &RowView<'r>,
    line: &Line<'r>,
    order: &'r [u8],
    who: &Names<'r>,
    day: Day,
    context: &Context<'r>,
) -> Placed<'r> {
    let own = number_of(row.text(Role::Order));
    let is_own = matches!(context.kind, FileKind::OnlineRetail | FileKind::PayPal | FileKind::WooCommerce)
        || (row.has(Role::RelatedOrder) && !order.is_empty() && own != order);
    if is_own && !own.is_empty() {
        let key = [b"refund".as_slice(), context.shop.as_bytes(), own];
        let unit = Unit::of_bytes(FactTable::Orders, key.into_iter());
        let order = if own == order { b"".as_slice() } else { order };
        return (unit, Numbering::Places, text(order), text(own));
    }
    let unit = words_unit("refund", line, who, i64::from(day.epoch()), context);
    (unit, Numbering::Copies, text(order), None)
}

/// The unit of a line that has no number: what it says.
fn words_unit(what: &str, line: &Line<'_>, who: &Names<'_>, at: i64, context: &Context<'_>) -> Unit {
    let mut key = Vec::with_capacity(96);
    who.write_key(&mut key);
    let quantity = line.quantity.unwrap_or_default().micros().to_le_bytes();
    let (at, given) = (at.to_le_bytes(), line.given.micros().to_le_bytes());
    let kind = [line.kind as u8];
    let parts: [&[u8]; 9] = [
        what.as_bytes(),
        context.shop.as_bytes(),
        &key,
        &at,
        &given,
        &kind,
        number_of(line.order),
        line.product,
        &quantity,
    ];
    Unit::of_bytes(FactTable::Orders, parts.into_iter())
}

/// Money that moved.
fn payment<'r>(row: &RowView<'r>, line: Line<'r>, context: &Context<'r>) -> Result<Entry<'r>, Reject> {
    let (at, day) = context.moment(row, Role::Date)?;
    let provider = if context.kind == FileKind::Stripe { "stripe" } else { "paypal" };
    let own = row.text(Role::Order);
    let who = names_of(row, &line, context);
    let (unit, numbering) = if own.is_empty() {
        (words_unit(provider, &line, &who, at.as_microsecond(), context), Numbering::Copies)
    } else {
        let key = [provider.as_bytes(), own];
        (Unit::of_bytes(FactTable::Payments, key.into_iter()), Numbering::Places)
    };
    let is_refund = line.kind != Kind::Sale;
    let named = row.word(Role::Reference).or_else(|| row.word(Role::Object));
    // PayPal writes the fee as what it takes off; the row of a refund brings some of it back.
    let fee = match context.kind {
        FileKind::PayPal => row.number(Role::Fee)?.map(|fee| -fee),
        _ if is_refund => None,
        _ => row.number(Role::Fee)?,
    };
    let fact = Payment {
        shop: Some(context.shop),
        order_id: named.map(|named| named.trim_start_matches('#')),
        method: Some(if context.kind == FileKind::Stripe { "Stripe" } else { "PayPal" }),
        amount: fits(row, line.given, Role::Amount)?,
        fee: may_fit(row, fee, Role::Fee)?,
        kind: if is_refund { "refund" } else { "payment" },
        currency: currency_or(row.currency.get(), context.currency),
    };
    Ok(Entry { unit, numbering, who, at, day, fact: Fact::Payment(fact) })
}

fn names_of<'r>(row: &RowView<'r>, line: &Line<'r>, context: &Context<'r>) -> Names<'r> {
    let mut names = context.names(row);
    // The line knows better than its row: an order's later rows may be silent, and of a refund it is who received it.
    names.customer = line.customer.clone();
    if line.customer.contains(&b'@') {
        names.email = std::mem::replace(&mut names.customer, Cow::Borrowed(&[]));
    }
    names
}

/// An order's number as customers see it, without `#`.
fn number_of(order: &[u8]) -> &[u8] {
    order.strip_prefix(b"#").unwrap_or(order)
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| !text.is_empty())
}

/// The category of what is no sale but a liability, where the product's name says so.
fn gift_card(product: &[u8]) -> Option<&'static str> {
    // A quick look first: most products are none.
    if memchr::memmem::find(product, b"ift").is_none()
        && memchr::memmem::find(product, b"utschein").is_none()
        && memchr::memmem::find(product, b"eschenkkarte").is_none()
    {
        return None;
    }
    const WORDS: [&str; 8] = [
        "gift card",
        "giftcard",
        "gift voucher",
        "gift certificate",
        "geschenkkarte",
        "geschenkgutschein",
        "gutscheinkarte",
        "wertgutschein",
    ];
    let name = String::from_utf8_lossy(product).to_lowercase();
    WORDS.iter().any(|word| name.contains(word)).then_some("gift card")
}
