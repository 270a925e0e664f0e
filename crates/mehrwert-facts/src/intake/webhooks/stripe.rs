//! Stripe: payments, what was paid back or disputed, and subscriptions. A payment adds its fee, never revenue.
//!
//! - A payment is a unit under the charge's id. `charge.*` tells it; `payment_intent.succeeded` and `invoice.paid` tell the
//!   same with less, so they count as said earlier, when the intent or invoice was made.
//! - Refunds and disputes are units under their own ids, from events about them. `charge.refunded` is used where it lists
//!   the refunds, as older versions of the API do.
//! - Fees are known where `balance_transaction` is expanded, and in disputes; otherwise an export of Stripe brings them.
//! - A subscription is a contract. Its price is taken per month, quarter or year; one that contains VAT at an unknown rate
//!   is left open.
//! - What happened in test mode did not happen.

use jiff::Timestamp;
use mehrwert_core::{Amount, Currency};
use mehrwert_state::{Identity, IdentityKind};
use serde_json::Value;

use super::super::envelope::Envelope;
use super::super::fields::{amount, amount_or_zero, at, currency, first, list, number, plain, text, time};
use super::super::rows::{Occasion, Rows};
use super::super::seal::Outcome;
use super::Taken;
use crate::tables::{Contract, FactTable, LARGEST_FACT_AMOUNT, Payment, Unit};

/// Which topics are taken.
pub(super) fn taken(topic: &str) -> Taken {
    match topic {
        "charge.succeeded"
        | "charge.captured"
        | "charge.updated"
        | "charge.refunded"
        | "charge.refund.updated"
        | "refund.created"
        | "refund.updated"
        | "refund.failed"
        | "payment_intent.succeeded"
        | "invoice.paid" => Taken::Yes,
        topic if topic.starts_with("charge.dispute.") || topic.starts_with("customer.subscription.") => Taken::Yes,
        _ => Taken::No("nothing is made of this topic"),
    }
}

fn object(envelope: &Envelope) -> &Value {
    at(&envelope.body, &["data", "object"]).unwrap_or(&Value::Null)
}

/// A field that is an id, or an object with one.
fn id_of(value: &Value, name: &str) -> Option<String> {
    let found = at(value, &[name])?;
    plain(found).or_else(|| text(found, &["id"])).map(|id| id.into_owned())
}

/// By which names it names somebody: the address where it is told, and Stripe's own customer.
pub(super) fn identities(envelope: &Envelope) -> Vec<Identity> {
    let object = object(envelope);
    let paths = [&["billing_details", "email"][..], &["receipt_email"], &["customer_email"], &["customer", "email"]];
    let email = paths.iter().find_map(|path| text(object, path));
    let mut found = Vec::new();
    found.extend(email.and_then(|email| Identity::new(IdentityKind::Email, &email).ok()));
    let customer = id_of(object, "customer").map(|id| format!("stripe/{id}"));
    found.extend(customer.and_then(|id| Identity::new(IdentityKind::Shop, &id).ok()));
    found
}

/// What it comes to.
pub(super) fn translate(envelope: &Envelope, occasion: &Occasion<'_>, rows: &mut Rows) -> Result<Outcome, String> {
    if at(&envelope.body, &["livemode"]) == Some(&Value::Bool(false)) {
        return Ok(Outcome::Test);
    }
    let told = time(&envelope.body, &["created"]).unwrap_or(occasion.at);
    let object = object(envelope);
    if !object.is_object() {
        return Err("data.object: expected the object of the event".to_owned());
    }
    let payment = |told| Stripe { occasion, object, told };
    match envelope.topic.as_str() {
        "charge.refunded" => {
            for refund in list(object, &["refunds", "data"]) {
                Stripe { occasion, object: refund, told }.refund(order_of(object), rows)?;
            }
        }
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
            payment(told).refund(order_of(object), rows)?;
        }
        "payment_intent.succeeded" => payment(told).same_as_charge("latest_charge", "amount_received", rows)?,
        "invoice.paid" => payment(told).same_as_charge("charge", "amount_paid", rows)?,
        topic if topic.starts_with("charge.dispute.") => payment(told).dispute(rows)?,
        topic if topic.starts_with("customer.subscription.") => payment(told).subscription(rows)?,
        _ => payment(told).charge(rows)?,
    }
    Ok(Outcome::Told)
}

/// The order that a payment names in what the shop told Stripe.
fn order_of(object: &Value) -> Option<String> {
    let names = ["order_id", "order_number", "order", "orderId", "order_name"];
    let found = first(at(object, &["metadata"])?, &names)?;
    Some(number(&found).to_owned()).filter(|number| !number.is_empty())
}

/// One object of Stripe's, and when it was told.
struct Stripe<'a> {
    occasion: &'a Occasion<'a>,
    object: &'a Value,
    told: Timestamp,
}

/// What a row of `payments` says.
struct Money {
    id: String,
    order: Option<String>,
    method: Option<String>,
    amount: Amount,
    fee: Option<Amount>,
    kind: &'static str,
}

impl Stripe<'_> {
    fn id(&self) -> Result<String, String> {
        id_of(self.object, "id").ok_or_else(|| "data.object.id: expected an id, found none".to_owned())
    }

    fn created(&self) -> Timestamp {
        time(self.object, &["created"]).unwrap_or(self.told)
    }

    fn charge(&self, rows: &mut Rows) -> Result<(), String> {
        let object = self.object;
        if at(object, &["captured"]) == Some(&Value::Bool(false)) || at(object, &["paid"]) == Some(&Value::Bool(false))
        {
            // Money that is only reserved; it is told again when it is taken.
            return Ok(());
        }
        let taken = amount(object, &["amount_captured"])?.map_or_else(|| amount_or_zero(object, &["amount"]), Ok)?;
        let money = Money {
            id: self.id()?,
            order: order_of(object),
            method: text(object, &["payment_method_details", "type"]).map(|text| text.into_owned()),
            amount: self.major(taken),
            fee: amount(object, &["balance_transaction", "fee"])?.map(|fee| self.major(fee)),
            kind: "payment",
        };
        self.pay(&money, self.created(), self.told, rows)
    }

    /// What tells of a charge with less than the charge itself: counted as said when it was made.
    fn same_as_charge(&self, charge: &str, paid: &str, rows: &mut Rows) -> Result<(), String> {
        let Some(id) = id_of(self.object, charge) else { return Ok(()) };
        let amount = self.major(amount_or_zero(self.object, &[paid])?);
        let money = Money { id, order: order_of(self.object), method: None, amount, fee: None, kind: "payment" };
        self.pay(&money, self.created(), self.created(), rows)
    }

    fn refund(&self, order: Option<String>, rows: &mut Rows) -> Result<(), String> {
        let status = text(self.object, &["status"]).unwrap_or_default();
        let is_back = !matches!(&*status, "failed" | "canceled");
        let amount = if is_back { -self.major(amount_or_zero(self.object, &["amount"])?) } else { Amount::ZERO };
        let money = Money { id: self.id()?, order, method: None, amount, fee: None, kind: "refund" };
        self.pay(&money, self.created(), self.told, rows)
    }

    fn dispute(&self, rows: &mut Rows) -> Result<(), String> {
        let status = text(self.object, &["status"]).unwrap_or_default();
        let is_kept = matches!(&*status, "won" | "prevented") || status.starts_with("warning");
        let amount = if is_kept { Amount::ZERO } else { -self.major(amount_or_zero(self.object, &["amount"])?) };
        let mut fee = Amount::ZERO;
        for one in list(self.object, &["balance_transactions"]) {
            fee += self.major(amount_or_zero(one, &["fee"])?);
        }
        let order = order_of(self.object);
        let money = Money { id: self.id()?, order, method: None, amount, fee: Some(fee), kind: "dispute" };
        self.pay(&money, self.created(), self.told, rows)
    }

    fn pay(&self, money: &Money, at: Timestamp, told: Timestamp, rows: &mut Rows) -> Result<(), String> {
        if [Some(money.amount), money.fee].into_iter().flatten().any(|one| one.abs() >= LARGEST_FACT_AMOUNT) {
            return Err("expected amounts below a trillion".to_owned());
        }
        let unit = Unit::of(FactTable::Payments, &["stripe", &money.id]);
        let version = self.occasion.record(told);
        let head = self.occasion.head_at(unit, 0, version, at);
        let row = Payment {
            shop: Some(self.occasion.shop),
            order_id: money.order.as_deref(),
            method: money.method.as_deref(),
            amount: money.amount,
            fee: money.fee,
            kind: money.kind,
            currency: self.currency(),
        };
        rows.stated(unit, version)?.payments.push(&head, &row);
        Ok(())
    }

    fn subscription(&self, rows: &mut Rows) -> Result<(), String> {
        let (object, id) = (self.object, self.id()?);
        let items = list(object, &["items", "data"]);
        let price_of =
            |item: &'_ Value| at(item, &["price"]).or_else(|| at(item, &["plan"])).cloned().unwrap_or_default();
        let first_price = items.first().map(price_of).unwrap_or_default();
        let (interval, months) = interval(&first_price)?;
        let mut price = Some(Amount::ZERO);
        for item in items {
            let one = price_of(item);
            let unit = amount(&one, &["unit_amount"])?.map_or_else(|| amount_or_zero(&one, &["amount"]), Ok)?;
            let quantity = amount(item, &["quantity"])?.unwrap_or(Amount::from_units(1));
            let net = net_of_vat(unit.times(quantity), &one, object)?;
            price = price.zip(net).map(|(price, net)| price + net);
        }
        let price = price.map(|price| self.major(price).scaled(months.0, months.1));
        if price.is_some_and(|price| price.abs() >= LARGEST_FACT_AMOUNT) {
            return Err("expected amounts below a trillion".to_owned());
        }
        let started = time(object, &["start_date"]).unwrap_or_else(|| self.created());
        let product = id_of(&first_price, "product");
        let status = text(object, &["status"]);
        let unit = Unit::of(FactTable::Contracts, &["stripe", &id]);
        let version = self.occasion.record(self.told);
        let head = self.occasion.head_at(unit, 0, version, started);
        let row = Contract {
            contract: &id,
            product: product.as_deref(),
            offer: None,
            start: self.occasion.day(started),
            end: time(object, &["ended_at"]).map(|ended| self.occasion.day(ended)),
            price,
            interval,
            status: status.as_deref(),
            currency: currency(object, &["currency"]).or_else(|| currency(&first_price, &["currency"])),
        };
        rows.stated(unit, version)?.contracts.push(&head, &row);
        Ok(())
    }

    fn currency(&self) -> Option<Currency> {
        currency(self.object, &["currency"])
    }

    /// An amount of the smallest unit of the currency, in whole units.
    fn major(&self, minor: Amount) -> Amount {
        let code = self.currency();
        match code.as_ref().map_or("", Currency::code) {
            "BIF" | "CLP" | "DJF" | "GNF" | "JPY" | "KMF" | "KRW" | "MGA" | "PYG" | "RWF" | "VND" | "VUV" | "XAF"
            | "XOF" | "XPF" => minor,
            "BHD" | "JOD" | "KWD" | "OMR" | "TND" => minor.scaled(1, 1_000),
            _ => minor.scaled(1, 100),
        }
    }
}

/// The interval that a price is told by, and by what it is multiplied to be that: a weekly price is one of months.
fn interval(price: &Value) -> Result<(&'static str, (i128, i128)), String> {
    let recurring = at(price, &["recurring"]).unwrap_or(price);
    let every = amount(recurring, &["interval_count"])?.unwrap_or(Amount::from_units(1)).micros().max(1);
    let one = Amount::from_units(1).micros();
    let unit = text(recurring, &["interval"]).unwrap_or_default();
    Ok(match (&*unit, every / one) {
        ("month", 3) => ("quarter", (1, 1)),
        ("month", 12) | ("year", 1) => ("year", (1, 1)),
        ("month", _) => ("month", (one, every)),
        ("year", _) => ("year", (one, every)),
        ("week", _) => ("month", (52 * one, 12 * every)),
        ("day", _) => ("month", (365 * one, 12 * every)),
        _ => return Err("items.data.price.recurring.interval: expected day, week, month or year".to_owned()),
    })
}

/// A price without VAT; none where it contains VAT at a rate that is not told.
fn net_of_vat(price: Amount, of: &Value, subscription: &Value) -> Result<Option<Amount>, String> {
    if text(of, &["tax_behavior"]).as_deref() != Some("inclusive") {
        return Ok(Some(price));
    }
    let rates = list(subscription, &["default_tax_rates"]);
    if rates.is_empty() {
        return Ok(None);
    }
    let mut percent = Amount::ZERO;
    for rate in rates {
        percent += amount_or_zero(rate, &["percentage"])?;
    }
    let hundred = Amount::from_units(100);
    let whole = (hundred + percent).micros();
    Ok((whole > 0).then(|| price.scaled(hundred.micros(), whole)))
}
