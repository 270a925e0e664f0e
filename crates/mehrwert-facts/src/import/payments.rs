//! Payments of any provider: a row each, with the order that it was for.

use super::context::{Context, fits, may_fit};
use super::entry::{Entry, Fact, Numbering, currency_or};
use crate::orders::formats::status::{State, state_of};
use crate::orders::formats::{Figures, Format, Reject, RoleNames, RowView};
use crate::orders::header::{ColumnMap, Header};
use crate::orders::{AmountBasis, FileKind, Role, SetAsideReason};
use crate::tables::{FactTable, Payment, Unit};

/// Any table of payments.
pub(crate) struct Payments;

const NAMES: RoleNames = &[
    (
        Role::Date,
        "date datum paidat bezahltam paymentdate zahlungsdatum zahldatum transactiondate createdat buchungsdatum",
    ),
    (Role::Time, "time uhrzeit"),
    (Role::Id, "paymentid zahlungsid zahlungsnummer transactionid transaktionsid transaktionscode transaction id"),
    (
        Role::Order,
        "order orderid orderno ordernumber bestellung bestellnummer bestellnr invoice rechnungsnummer auftrag",
    ),
    (Role::Amount, "amount betrag gross brutto total summe zahlbetrag paidamount"),
    (Role::Fee, "fee fees gebühr gebuehr entgelt transaktionsgebühr"),
    (Role::Method, "method paymentmethod zahlungsart zahlungsmethode zahlart zahlweise"),
    (Role::Kind, "kind type typ art"),
    (Role::Status, "status zustand state"),
    (Role::Currency, "currency währung waehrung currencycode"),
    (Role::Email, "email customeremail mail"),
    (Role::Customer, "customer customerid kunde kundennummer kundennr"),
];

impl Format for Payments {
    fn kind(&self) -> FileKind {
        FileKind::Payments
    }

    fn recognises(&self, header: &Header) -> bool {
        let columns = self.columns(header);
        let says_payment = header
            .find(&["paymentid", "zahlungsid", "zahlungsnummer", "paymentdate", "zahlungsdatum", "zahldatum"])
            .is_some();
        let has_goods = header.find(&["product", "produkt", "sku", "artikel", "quantity", "menge"]).is_some();
        columns.has(Role::Date)
            && columns.has(Role::Amount)
            && !has_goods
            && (says_payment || (columns.has(Role::Fee) && columns.has(Role::Order)))
    }

    fn names(&self) -> RoleNames {
        NAMES
    }

    fn more_names(&self) -> RoleNames {
        &[]
    }

    fn required(&self) -> &'static [Role] {
        &[Role::Date, Role::Amount]
    }

    /// What was paid, whatever is in it.
    fn basis(&self, _header: &Header, _columns: &ColumnMap) -> AmountBasis {
        AmountBasis::Net
    }

    fn figures(&self, row: &RowView<'_>) -> Result<Figures, Reject> {
        row.required_number(Role::Amount).map(Figures::sale)
    }
}

/// Adds what a row comes to.
pub(crate) fn entries<'r>(
    row: &RowView<'r>,
    figures: Result<Figures, Reject>,
    context: &Context<'r>,
    out: &mut Vec<Entry<'r>>,
) -> Result<(), Reject> {
    match state_of(&row.lowercase(Role::Status)) {
        State::Test => return Err(row.reject(SetAsideReason::TestOrder, Role::Status)),
        State::Failed => return Err(row.reject(SetAsideReason::FailedOrder, Role::Status)),
        State::Counts | State::Refunded | State::Cancelled => {}
    }
    let (at, day) = context.moment(row, Role::Date)?;
    row.check_currency()?;
    let given = figures?.given();
    let kind = kind_of(row, given.is_negative());
    let amount = if kind == "payment" { given } else { -given.abs() };
    let order = row.word(Role::Order).map(|order| order.trim_start_matches('#'));
    let (unit, numbering) = match row.word(Role::Id) {
        Some(own) => (Unit::of(FactTable::Payments, &[context.shop, own]), Numbering::Places),
        None => {
            let said = format!("{at} {given} {kind}");
            let key = [context.shop, "row", order.unwrap_or(""), &said];
            (Unit::of(FactTable::Payments, &key), Numbering::Copies)
        }
    };
    let fact = Payment {
        shop: Some(context.shop),
        order_id: order,
        method: row.word(Role::Method),
        amount: fits(row, amount, Role::Amount)?,
        fee: may_fit(
            row,
            row.number(Role::Fee)?.map(|fee| if kind == "payment" { fee.abs() } else { fee }),
            Role::Fee,
        )?,
        kind,
        currency: currency_or(row.currency.get(), context.currency),
    };
    out.push(Entry { unit, numbering, who: context.names(row), at, day, fact: Fact::Payment(fact) });
    Ok(())
}

/// `payment`, `refund`, `dispute` or `fee`, by the word of the row or the sign of its amount.
fn kind_of(row: &RowView<'_>, is_negative: bool) -> &'static str {
    match row.lowercase(Role::Kind).as_str() {
        "dispute" | "chargeback" | "rückbuchung" | "rücklastschrift" => "dispute",
        "fee" | "gebühr" | "entgelt" => "fee",
        word if is_negative || matches!(state_of(word), State::Refunded | State::Cancelled) => "refund",
        _ => "payment",
    }
}
