//! Orders as browsers and apps report them: they fill the gap until the shop's own system speaks of the order, and never
//! override it.
//!
//! **Which amount is the net.** The published example of `Order Completed` has `subtotal` 22.50, `revenue` 25.00, `discount`
//! 2.50, `shipping` 3.00, `tax` 2.00 and `total` 27.50. So `subtotal` is what the goods brought: discounts taken off, without
//! shipping and tax; and `revenue` is the same before the discount. What the goods brought is read from the first of
//!
//! 1. `subtotal`,
//! 2. `total` without `tax` and `shipping`,
//! 3. `revenue` without `discount`,
//! 4. the products' `price` times `quantity`, without `discount`.
//!
//! Where the key says that its amounts contain VAT ([`Prices::Gross`]), `subtotal`, `revenue`, `shipping`, `discount` and
//! the prices are read as gross, `tax` as the VAT that `total` contains, and the VAT is taken out: by the share of `tax`
//! where it is named, else at the key's rate. Amounts of the order are spread over its products by price times quantity,
//! to the cent; shipping stands on the first line.

use jiff::Timestamp;
use mehrwert_core::Amount;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

use super::super::Prices;
use super::super::fields::{amount, amount_or_zero, currency, first, list, number, text};
use super::super::rows::{Line, Occasion, Order, Rows};
use crate::tables::{FactTable, Unit};

/// What an order's event says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It was made, or is said anew.
    Completed,
    /// Some or all of it was paid back.
    Refunded,
    /// It does not come about.
    Cancelled,
}

/// Amounts of an order, all net.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sums {
    goods: Amount,
    tax: Option<Amount>,
    shipping: Option<Amount>,
    discount: Option<Amount>,
}

/// Adds an order, refund or cancellation.
///
/// # Errors
/// Why it cannot be one, for people; then no row was added.
pub(super) fn tell(told: Told, properties: &Value, occasion: &Occasion<'_>, rows: &mut Rows) -> Result<(), String> {
    let named = text(properties, &["order_id"]).ok_or("order_id: expected the number of the order, found none")?;
    let named = number(&named);
    let sums = sums(properties, occasion.prices)?;
    let coupon = text(properties, &["coupon"]);
    let order = Order {
        number: Some(named),
        currency: currency(properties, &["currency"]),
        coupon: coupon.as_deref(),
        ..Order::default()
    };
    let lines = lines(properties, sums, occasion.at)?;
    let (unit, lines) = match told {
        Told::Completed => (Unit::of(FactTable::Orders, &[occasion.shop, named]), lines),
        Told::Refunded => (refund_unit(properties, occasion.shop, named), reversed(&lines, "refund")),
        Told::Cancelled => {
            (Unit::of(FactTable::Orders, &["cancellation", occasion.shop, named]), reversed(&lines, "cancellation"))
        }
    };
    rows.order(occasion, unit, occasion.report(), &order, &lines)
}

/// Refunds of one order are told apart by their own id, or else by what they say.
fn refund_unit(properties: &Value, shop: &str, order: &str) -> Unit {
    match text(properties, &["refund_id"]) {
        Some(refund) => Unit::of(FactTable::Orders, &["refund", shop, &refund]),
        None => {
            let said = ["total", "subtotal", "revenue", "products"].map(|name| properties.get(name));
            let said = format!("{:032x}", xxh3_128(&serde_json::to_vec(&said).unwrap_or_default()));
            Unit::of(FactTable::Orders, &["refund", shop, order, &said])
        }
    }
}

fn reversed(lines: &[Line], kind: &'static str) -> Vec<Line> {
    lines.iter().map(|line| Line { discount: None, ..line.reversed(kind, line.at) }).collect()
}

fn sums(properties: &Value, prices: Prices) -> Result<Sums, String> {
    let read = |name: &str| amount(properties, &[name]);
    let (tax, shipping, discount) = (read("tax")?, read("shipping")?, read("discount")?);
    let off = discount.unwrap_or_default();
    let taken_out = match prices {
        Prices::Net => tax.unwrap_or_default() + shipping.unwrap_or_default(),
        Prices::Gross { .. } => shipping.unwrap_or_default(),
    };
    let goods = match (read("subtotal")?, read("total")?, read("revenue")?, prices_of_products(properties)?) {
        (Some(subtotal), ..) => subtotal,
        (_, Some(total), ..) => total - taken_out,
        (_, _, Some(revenue), _) => revenue - off,
        (.., Some(products)) => products - off,
        _ => return Err("expected subtotal, total, revenue or products with prices, found none".to_owned()),
    };
    let given = Sums { goods, tax, shipping, discount };
    match prices {
        Prices::Net => Ok(given),
        Prices::Gross { vat } => without_vat(given, vat),
    }
}

/// Gross sums as net ones.
fn without_vat(gross: Sums, vat: Option<Amount>) -> Result<Sums, String> {
    let all = gross.goods + gross.shipping.unwrap_or_default();
    let one = Amount::from_units(1);
    let (share, whole) = match (gross.tax, vat) {
        (Some(tax), _) if !all.is_zero() => (all - tax, all),
        (Some(_), _) => (one, one),
        (None, Some(vat)) if (one + vat).micros() > 0 => (one, one + vat),
        _ => return Err("the key's amounts contain VAT: expected tax, or a VAT rate at the key, found none".to_owned()),
    };
    let net = |amount: Amount| amount.scaled(share.micros(), whole.micros());
    let (goods, shipping) = (net(gross.goods), gross.shipping.map(net));
    let tax = all - goods - shipping.unwrap_or_default();
    Ok(Sums { goods, tax: Some(tax), shipping, discount: gross.discount.map(net) })
}

fn quantity(product: &Value) -> Result<Amount, String> {
    Ok(amount(product, &["quantity"])?.unwrap_or(Amount::from_units(1)))
}

fn prices_of_products(properties: &Value) -> Result<Option<Amount>, String> {
    let mut all = None;
    for product in list(properties, &["products"]) {
        if let Some(price) = amount(product, &["price"])? {
            *all.get_or_insert(Amount::ZERO) += price.times(quantity(product)?);
        }
    }
    Ok(all)
}

fn lines(properties: &Value, sums: Sums, at: Timestamp) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    let mut weights = Vec::new();
    for (place, product) in list(properties, &["products"]).iter().enumerate() {
        let quantity = quantity(product)?;
        weights.push(amount_or_zero(product, &["price"])?.times(quantity).micros().max(0));
        // By their number, or else by name.
        let id = first(product, &["sku", "product_id", "id", "name"]);
        let [id, category] = [id, text(product, &["category"])].map(|text| text.map(|text| text.into_owned()));
        let line = Line::new("sale", place as i64 + 1, at);
        lines.push(Line { product: id, category, quantity: Some(quantity), ..line });
    }
    if lines.is_empty() {
        lines.push(Line::new("sale", 1, at));
        weights.push(1);
    }
    let parts = |amount: Option<Amount>| match amount {
        Some(amount) => spread(amount, &weights).into_iter().map(Some).collect(),
        None => vec![None; weights.len()],
    };
    let (nets, taxes, discounts) = (spread(sums.goods, &weights), parts(sums.tax), parts(sums.discount));
    for (place, line) in lines.iter_mut().enumerate() {
        (line.net, line.tax, line.discount) = (nets[place], taxes[place], discounts[place]);
    }
    lines[0].shipping = sums.shipping;
    Ok(lines)
}

/// An amount spread by weights, to the cent; the parts sum up to it exactly.
fn spread(amount: Amount, weights: &[i128]) -> Vec<Amount> {
    const CENT: i128 = 10_000;
    let whole: i128 = weights.iter().sum();
    let mut given = Amount::ZERO;
    let mut so_far = 0;
    let mut parts = Vec::with_capacity(weights.len());
    for (place, weight) in weights.iter().enumerate() {
        so_far += weight;
        let up_to_here = if place + 1 == weights.len() {
            amount
        } else if whole == 0 {
            Amount::ZERO
        } else {
            // Whole cents up to here, so that the rounding of one part is the next one's.
            let exact = amount.scaled(so_far, whole).micros();
            Amount::from_micros((exact + exact.signum() * CENT / 2) / CENT * CENT)
        };
        parts.push(up_to_here - given);
        given = up_to_here;
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(properties: &Value, prices: Prices) -> Result<[String; 4], String> {
        let sums = sums(properties, prices)?;
        let shown = |amount: Option<Amount>| amount.map_or_else(|| "-".to_owned(), |amount| amount.to_string());
        Ok([sums.goods.to_string(), shown(sums.tax), shown(sums.shipping), shown(sums.discount)])
    }

    #[test]
    fn the_published_example_and_what_is_left_of_it() {
        let all = json!({"subtotal": 22.5, "revenue": 25.0, "total": 27.5, "tax": 2, "shipping": 3, "discount": 2.5,
            "products": [{"price": 19, "quantity": 1}, {"price": 3, "quantity": 2}]});
        for gone in [&[][..], &["subtotal"], &["subtotal", "total"], &["subtotal", "total", "revenue"]] {
            let mut some = all.clone();
            gone.iter().for_each(|name| some[*name] = Value::Null);
            assert_eq!(read(&some, Prices::Net), Ok(["22.50", "2.00", "3.00", "2.50"].map(String::from)), "{gone:?}");
        }
        assert!(read(&json!({"products": [{"name": "x"}]}), Prices::Net).unwrap_err().contains("subtotal"));
        assert!(read(&json!({"total": "a lot"}), Prices::Net).unwrap_err().contains("total"));
    }

    #[test]
    fn vat_is_taken_out_where_amounts_contain_it() {
        let gross = |vat: &str| Prices::Gross { vat: vat.parse().ok() };
        let told = json!({"total": 125.0, "shipping": 6, "tax": 20, "discount": 12.5});
        assert_eq!(read(&told, gross("")), Ok(["99.96", "20.00", "5.04", "10.50"].map(String::from)));
        let silent = json!({"total": 125.0, "shipping": 5.95});
        assert_eq!(read(&silent, gross("0.19")), Ok(["100.042017", "19.957983", "5.00", "-"].map(String::from)));
        assert!(read(&silent, gross("")).unwrap_err().contains("VAT"));
    }

    proptest! {
        #[test]
        fn what_is_spread_stays_the_same(micros in -1_000_000_000_i64..1_000_000_000, weights in prop::collection::vec(0_i128..1_000_000, 1..20)) {
            let amount = Amount::from_micros(micros.into());
            let parts = spread(amount, &weights);
            prop_assert_eq!(parts.iter().copied().sum::<Amount>(), amount);
            prop_assert_eq!(parts.len(), weights.len());
        }
    }
}
