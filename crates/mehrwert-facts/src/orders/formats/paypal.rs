//! PayPal, activity and report exports, German and English: everything that moved on the account, of which only
//! payments received and what was paid back of them are orders.
//!
//! - `Brutto` and `Netto` are before and after PayPal's fee and say nothing about VAT: amounts are as given.
//! - A payment's customer is its sender. A refund goes the other way: its customer is who received it, and its order is
//!   the payment that it belongs to. The report variant does not name the receiver; the payment's customer is taken.
//! - Payments sent, transfers, currency conversions, fees, holds and the like are no orders.

use std::borrow::Cow;

use mehrwert_core::Amount;

use super::super::header::{ColumnMap, Header};
use super::super::report::{AmountBasis, FileKind, SetAsideReason};
use super::super::role::Role;
use super::{Figures, Format, Kind, Line, Memory, Reject, RoleNames, RowView};

pub(crate) struct PayPal;

const NAMES: RoleNames = &[
    (Role::Date, "datum date"),
    (Role::Kind, "typ type beschreibung description"),
    (Role::Status, "status"),
    (Role::Currency, "währung waehrung currency"),
    (Role::Amount, "brutto gross"),
    (Role::Customer, "absenderemailadresse vonemailadresse fromemailaddress"),
    (Role::Recipient, "empfängeremailadresse empfaengeremailadresse anemailadresse toemailaddress"),
    (Role::Order, "transaktionscode transactionid"),
    (Role::RelatedOrder, "zugehörigertransaktionscode zugehoerigertransaktionscode referencetxnid"),
    (Role::Product, "artikelbezeichnung itemtitle"),
    (Role::Quantity, "anzahl quantity menge"),
];

/// What an import takes besides.
const MORE: RoleNames = &[
    (Role::Fee, "gebühr gebuehr entgelt fee"),
    (Role::Time, "uhrzeit time"),
    (Role::Zone, "zeitzone timezone"),
    (Role::Reference, "rechnungsnummer invoicenumber invoiceid"),
    (Role::Object, "artikelnummer itemid"),
];

impl Format for PayPal {
    fn kind(&self) -> FileKind {
        FileKind::PayPal
    }

    fn recognises(&self, header: &Header) -> bool {
        let has = |names: &[&str]| header.find(names).is_some();
        has(&["brutto", "gross"])
            && has(&["gebühr", "gebuehr", "entgelt", "fee"])
            && has(&["transaktionscode", "transactionid"])
            && has(&["absenderemailadresse", "vonemailadresse", "fromemailaddress"])
    }

    fn names(&self) -> RoleNames {
        NAMES
    }

    fn more_names(&self) -> RoleNames {
        MORE
    }

    fn basis(&self, _header: &Header, _columns: &ColumnMap) -> AmountBasis {
        AmountBasis::AsGiven
    }

    fn figures(&self, row: &RowView<'_>) -> Result<Figures, Reject> {
        let amount = row.required_amount()?;
        let kind = if amount.is_negative() { Kind::Refund } else { Kind::Sale };
        Ok(Figures { amount, kind, back: None })
    }

    fn judge<'r>(
        &self,
        row: &RowView<'r>,
        figures: Result<Figures, Reject>,
        _memory: &mut Memory,
        lines: &mut Vec<Line<'r>>,
    ) -> Result<(), Reject> {
        let not_an_order = row.reject(SetAsideReason::NotAnOrder, Role::Kind);
        let movement = movement_of(&row.lowercase(Role::Kind)).ok_or(not_an_order)?;
        if has_failed(&row.lowercase(Role::Status)) {
            return Err(row.reject(SetAsideReason::FailedOrder, Role::Status));
        }
        let amount = figures?.amount;
        match movement {
            // A payment with a negative amount is one the shop sent to somebody.
            Movement::Payment if amount.is_negative() => Err(not_an_order),
            Movement::Payment => {
                lines.push(row.line(row.customer(Role::Customer)?, &figures)?);
                Ok(())
            }
            // Money that came back to the shop from its own suppliers.
            Movement::PaidBack if amount > Amount::ZERO => Err(not_an_order),
            Movement::PaidBack => {
                let order = row.text(Role::RelatedOrder);
                // The report variant does not name the recipient: the customer is that of the order then.
                let customer = match row.customer(Role::Recipient) {
                    Err(_) if !order.is_empty() => Cow::Borrowed(b"".as_slice()),
                    found => found?,
                };
                let mut line = row.line(customer, &figures)?;
                line.order = order;
                lines.push(line);
                Ok(())
            }
        }
    }
}

enum Movement {
    Payment,
    PaidBack,
}

/// What the type of a row (in lower case) says; `None` for everything that is no order.
fn movement_of(kind: &str) -> Option<Movement> {
    const NEITHER: [&str; 20] = [
        "gebühr",
        "entgelt",
        "fee",
        "abbuchung",
        "withdrawal",
        "bankgutschrift",
        "umrechnung",
        "conversion",
        "einbehalt",
        "hold",
        "reserve",
        "transfer",
        "überweisung",
        "auszahlung",
        "mass pay",
        "massenzahlung",
        "kreditkarteneinzahlung",
        "authorization",
        "autorisierung",
        "memo",
    ];
    const PAID_BACK: [&str; 9] = [
        "rückzahlung",
        "rückerstattung",
        "erstattung",
        "refund",
        "rückbuchung",
        "chargeback",
        "reversal",
        "stornierung",
        "rückgängig",
    ];
    const PAYMENT: [&str; 6] = ["zahlung", "payment", "kauf", "checkout", "purchase", "spende"];
    let says = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    if says(&NEITHER) {
        None
    } else if says(&PAID_BACK) {
        Some(Movement::PaidBack)
    } else if says(&PAYMENT) || kind.contains("donation") {
        Some(Movement::Payment)
    } else {
        None
    }
}

/// Whether a state (in lower case) says that no money moved. Partly and wholly refunded payments did move: the refund is a
/// row of its own.
fn has_failed(status: &str) -> bool {
    const FAILED: [&str; 14] = [
        "pending",
        "denied",
        "failed",
        "expired",
        "canceled",
        "cancelled",
        "voided",
        "unclaimed",
        "ausstehend",
        "abgelehnt",
        "fehlgeschlagen",
        "abgelaufen",
        "storniert",
        "offen",
    ];
    FAILED.contains(&status)
}
