//! Shopify, orders export: the first row of an order carries its amounts, the later ones only further line items.
//!
//! - The amount is the total without taxes: shipping charged belongs to it, discounts are out of it already.
//! - `Refunded Amount` becomes a refund on the day of the order, since the export names no other, with the order's share
//!   of taxes taken out. `Cancelled at` becomes a cancellation of the whole on that day instead.
//! - Later rows are used: they carry product and quantity, and the amount zero.
//! - Orders that were never paid (pending, authorized, voided, expired) and orders through the test gateway are set
//!   aside, their later rows with them.

use std::borrow::Cow;

use mehrwert_core::Amount;

use super::super::header::{ColumnMap, Header};
use super::super::report::{AmountBasis, FileKind, SetAsideReason};
use super::super::role::Role;
use super::status::{State, state_of};
use super::{Figures, Format, Kind, Line, Memory, Reject, RoleNames, RowView};

pub(crate) struct Shopify;

const NAMES: RoleNames = &[
    (Role::Order, "name id"),
    (Role::Customer, "email"),
    (Role::Date, "createdat paidat"),
    (Role::Amount, "total"),
    (Role::Tax, "taxes"),
    (Role::Currency, "currency"),
    (Role::Status, "financialstatus"),
    (Role::Shipping, "shipping"),
    (Role::Discount, "discountamount"),
    (Role::Quantity, "lineitemquantity"),
    (Role::Product, "lineitemname lineitemsku"),
    (Role::CancelledAt, "cancelledat"),
    (Role::Refunded, "refundedamount"),
    (Role::Source, "source"),
    (Role::Test, "paymentmethod"),
];

/// What an import takes besides.
const MORE: RoleNames = &[
    (Role::Coupon, "discountcode"),
    (Role::Reference, "id"),
    (Role::Phone, "phone billingphone"),
    (Role::UnitPrice, "lineitemprice"),
    (Role::LineDiscount, "lineitemdiscount"),
    (Role::Subtotal, "subtotal"),
];

impl Format for Shopify {
    fn kind(&self) -> FileKind {
        FileKind::Shopify
    }

    fn recognises(&self, header: &Header) -> bool {
        header.has_all(&["name", "email", "financialstatus", "total", "lineitemname"])
    }

    fn names(&self) -> RoleNames {
        NAMES
    }

    fn more_names(&self) -> RoleNames {
        MORE
    }

    fn basis(&self, _header: &Header, columns: &ColumnMap) -> AmountBasis {
        if columns.has(Role::Tax) { AmountBasis::Net } else { AmountBasis::Gross }
    }

    fn needs_order(&self) -> bool {
        true
    }

    fn takes_tax_out(&self, columns: &ColumnMap) -> bool {
        columns.has(Role::Tax)
    }

    fn states_orders(&self) -> bool {
        true
    }

    fn figures(&self, row: &RowView<'_>) -> Result<Figures, Reject> {
        if is_later_row(row) {
            return Ok(Figures::sale(Amount::ZERO));
        }
        let amount = row.required_amount()?;
        let cancelled = !row.text(Role::CancelledAt).is_empty();
        let back = if cancelled { Some((Kind::Cancellation, amount)) } else { row.refunded()? };
        Ok(Figures { amount, kind: Kind::Sale, back })
    }

    fn judge<'r>(
        &self,
        row: &RowView<'r>,
        figures: Result<Figures, Reject>,
        memory: &mut Memory,
        lines: &mut Vec<Line<'r>>,
    ) -> Result<(), Reject> {
        if is_later_row(row) && row.text(Role::Order) == memory.order && !memory.order.is_empty() {
            return later_row(row, memory, lines);
        }
        let outcome = first_row(row, figures, lines);
        memory.order = row.text(Role::Order).to_vec();
        memory.first_row = row.hash();
        memory.rejected = outcome.err();
        if let Some(line) = lines.first() {
            memory.customer = line.customer.to_vec();
            memory.day = Some(line.day);
        }
        outcome
    }
}

fn is_later_row(row: &RowView<'_>) -> bool {
    row.text(Role::Amount).is_empty() && row.text(Role::Status).is_empty()
}

fn first_row<'r>(row: &RowView<'r>, figures: Result<Figures, Reject>, lines: &mut Vec<Line<'r>>) -> Result<(), Reject> {
    if row.lowercase(Role::Test).contains("bogus") {
        return Err(row.reject(SetAsideReason::TestOrder, Role::Test));
    }
    match state_of(&row.lowercase(Role::Status)) {
        State::Failed => return Err(row.reject(SetAsideReason::FailedOrder, Role::Status)),
        State::Test => return Err(row.reject(SetAsideReason::TestOrder, Role::Status)),
        State::Counts | State::Refunded | State::Cancelled => {}
    }
    if is_later_row(row) {
        // Its order's first row is missing, so there is no amount.
        return Err(row.reject(SetAsideReason::BadAmount, Role::Amount));
    }
    let mut line = row.line(row.customer(Role::Customer)?, &figures)?;
    line.amount = line.given - line.tax.unwrap_or_default();
    row.push_with_reversal(line, &figures?, lines)?;
    if let [_, reversal] = lines.as_mut_slice() {
        // The row's product and quantity are those of its first line item, not of all that came back.
        reversal.quantity = None;
        reversal.product = &[];
    }
    Ok(())
}

fn later_row<'r>(row: &RowView<'r>, memory: &Memory, lines: &mut Vec<Line<'r>>) -> Result<(), Reject> {
    if let Some(rejected) = memory.rejected {
        return Err(rejected);
    }
    let day = memory.day.ok_or(row.reject(SetAsideReason::NoDate, Role::Date))?;
    lines.push(Line {
        kind: Kind::Sale,
        customer: Cow::Owned(memory.customer.clone()),
        day,
        given: Amount::ZERO,
        amount: Amount::ZERO,
        order: row.text(Role::Order),
        product: row.text(Role::Product),
        source: &[],
        quantity: row.number(Role::Quantity)?,
        tax: None,
        discount: None,
        goods_cost: None,
    });
    Ok(())
}
