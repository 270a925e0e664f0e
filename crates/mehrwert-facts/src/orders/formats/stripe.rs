//! Stripe, payments export: a row a payment; which columns it has is up to who exports.
//!
//! - The customer is the e-mail address, so that files of shop and payments meet; without that column the customer's id.
//! - The amount is the one charged, in the currency charged. Who has several currencies can value the converted ones:
//!   `amount=Converted Amount,currency=Converted Currency,refunded=Converted Amount Refunded`.
//! - `Amount Refunded` becomes a refund on the day of the payment, since the export names no other.
//! - Payments that failed, were cancelled, are incomplete or were never captured are set aside.

use super::super::header::{ColumnMap, Header};
use super::super::report::{AmountBasis, FileKind, SetAsideReason};
use super::super::role::Role;
use super::status::{State, says_yes, state_of};
use super::{Figures, Format, Kind, Line, Memory, Reject, RoleNames, RowView};

pub(crate) struct Stripe;

const NAMES: RoleNames = &[
    (Role::Order, "id paymentintentid"),
    (Role::Date, "createddateutc createdutc created"),
    (Role::Amount, "amount"),
    (Role::Refunded, "amountrefunded"),
    (Role::Currency, "currency"),
    (Role::Captured, "captured"),
    (Role::Status, "status"),
    (Role::Customer, "customeremail customerid cardfingerprint"),
    (Role::Product, "description"),
    (Role::Test, "mode livemode"),
];

/// What an import takes besides.
const MORE: RoleNames = &[
    (Role::Fee, "fee"),
    (
        Role::Reference,
        "orderidmetadata orderid ordermetadata ordernumbermetadata shopordermetadata bestellnummermetadata",
    ),
    (Role::Phone, "customerphone"),
];

impl Format for Stripe {
    fn kind(&self) -> FileKind {
        FileKind::Stripe
    }

    fn recognises(&self, header: &Header) -> bool {
        let created = header.find(&["createddateutc", "createdutc"]).is_some();
        created && header.has_all(&["id", "amount"])
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

    fn states_orders(&self) -> bool {
        true
    }

    fn figures(&self, row: &RowView<'_>) -> Result<Figures, Reject> {
        let amount = row.required_amount()?;
        let back = match row.has(Role::Refunded) {
            true => row.refunded()?,
            false if state_of(&row.lowercase(Role::Status)) == State::Refunded => Some((Kind::Refund, amount)),
            false => None,
        };
        Ok(Figures { amount, kind: Kind::Sale, back })
    }

    fn judge<'r>(
        &self,
        row: &RowView<'r>,
        figures: Result<Figures, Reject>,
        _memory: &mut Memory,
        lines: &mut Vec<Line<'r>>,
    ) -> Result<(), Reject> {
        let mode = row.lowercase(Role::Test);
        if mode == "test" || says_yes(&mode) == Some(false) {
            return Err(row.reject(SetAsideReason::TestOrder, Role::Test));
        }
        match state_of(&row.lowercase(Role::Status)) {
            State::Test => return Err(row.reject(SetAsideReason::TestOrder, Role::Status)),
            State::Failed | State::Cancelled => return Err(row.reject(SetAsideReason::FailedOrder, Role::Status)),
            State::Counts | State::Refunded => {}
        }
        if says_yes(&row.lowercase(Role::Captured)) == Some(false) {
            return Err(row.reject(SetAsideReason::FailedOrder, Role::Captured));
        }
        let line = row.line(row.customer(Role::Customer)?, &figures)?;
        row.push_with_reversal(line, &figures?, lines)
    }
}
