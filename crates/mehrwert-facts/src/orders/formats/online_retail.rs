//! UCI Online Retail: a row for every line of an invoice.
//!
//! What the data's description leaves open was decided so:
//! - An invoice beginning with `C` cancels; its number is its own, so the lines have no order and are to be matched by
//!   product and quantity. A negative quantity without `C` (stock written off) is taken for a refund.
//! - `D` (discount) lines stand on `C` invoices but take back no goods: they are refunds.
//! - `POST`, `DOT`, `C2` (carriage) and `M` (manual) lines are money the customer paid: they count, as the shipping in
//!   a shop's order total does. So do gift vouchers.
//! - An invoice beginning with `A` (bad debt) and the codes `BANK CHARGES`, `AMAZONFEE`, `CRUK` (commission), `B` (bad
//!   debt) and `S` (samples) are no orders.
//! - A line that repeats an earlier line of its invoice in every cell, the minute included, is a duplicate.

use mehrwert_core::Amount;

use super::super::header::{ColumnMap, Header};
use super::super::report::{AmountBasis, FileKind, SetAsideReason};
use super::super::role::Role;
use super::{Figures, Format, Kind, Line, Memory, Reject, RoleNames, RowView};

pub(crate) struct OnlineRetail;

const NAMES: RoleNames = &[
    (Role::Order, "invoiceno invoice"),
    (Role::Product, "stockcode"),
    (Role::Quantity, "quantity"),
    (Role::Date, "invoicedate"),
    (Role::UnitPrice, "unitprice price"),
    (Role::Customer, "customerid"),
];

impl Format for OnlineRetail {
    fn kind(&self) -> FileKind {
        FileKind::OnlineRetail
    }

    /// The second edition of the data calls the columns `Invoice`, `Price` and `Customer ID`.
    fn recognises(&self, header: &Header) -> bool {
        header.has_all(&["stockcode", "description", "quantity", "invoicedate", "customerid", "country"])
    }

    fn names(&self) -> RoleNames {
        NAMES
    }

    fn basis(&self, _header: &Header, _columns: &ColumnMap) -> AmountBasis {
        AmountBasis::AsGiven
    }

    fn figures(&self, row: &RowView<'_>) -> Result<Figures, Reject> {
        let amount = row.required_amount()?;
        let cancels = matches!(row.text(Role::Order).first(), Some(b'C' | b'c'));
        let is_discount = row.text(Role::Product) == b"D";
        let kind = if cancels && !is_discount {
            Kind::Cancellation
        } else if cancels || row.text(Role::Quantity).starts_with(b"-") {
            Kind::Refund
        } else {
            Kind::Sale
        };
        Ok(Figures { amount, kind, back: None })
    }

    fn judge<'r>(
        &self,
        row: &RowView<'r>,
        figures: Result<Figures, Reject>,
        _memory: &mut Memory,
        lines: &mut Vec<Line<'r>>,
    ) -> Result<(), Reject> {
        let customer = row.customer(Role::Customer)?;
        if matches!(row.text(Role::Order).first(), Some(b'A' | b'a')) {
            return Err(row.reject(SetAsideReason::NotAnOrder, Role::Order));
        }
        if matches!(row.text(Role::Product), b"BANK CHARGES" | b"AMAZONFEE" | b"CRUK" | b"B" | b"S") {
            return Err(row.reject(SetAsideReason::NotAnOrder, Role::Product));
        }
        let mut line = row.line(customer, &figures)?;
        if line.kind != Kind::Sale {
            line.order = &[];
            debug_assert!(line.amount <= Amount::ZERO || !line.quantity.is_some_and(Amount::is_negative));
        }
        lines.push(line);
        Ok(())
    }
}
