//! WooCommerce Analytics, orders export: a row an order, `Net Sales` without taxes and shipping.
//!
//! The export has no e-mail address: customers are told apart by their names, which the answer warns of. Which states
//! count is what WooCommerce's own reports count: pending, failed, cancelled and draft orders do not, orders on hold do.
//! A refund is a row of its own with negative net sales.

use super::super::header::{ColumnMap, Header};
use super::super::report::{AmountBasis, FileKind, SetAsideReason};
use super::super::role::Role;
use super::status::{State, state_of};
use super::{Figures, Format, Kind, Line, Memory, Reject, RoleNames, RowView};

pub(crate) struct WooCommerce;

const NAMES: RoleNames = &[
    (Role::Order, "order bestellung bestellungnr bestellnr"),
    (Role::Date, "date datum"),
    (Role::Customer, "customer kunde"),
    (Role::Amount, "netsales nettoumsatz nettoumsätze nettoverkäufe"),
    (Role::Status, "status"),
    (Role::Product, "products produkte produkt"),
    (Role::Quantity, "itemssold verkaufteartikel artikelverkauft"),
    (Role::Source, "attribution zuordnung herkunft"),
];

impl Format for WooCommerce {
    fn kind(&self) -> FileKind {
        FileKind::WooCommerce
    }

    fn recognises(&self, header: &Header) -> bool {
        let own = header.find(&["customertype", "kundentyp", "kundenart", "nrevenueformatted", "numsatzformatiert"]);
        let columns = self.columns(header);
        let needed = [Role::Order, Role::Date, Role::Customer, Role::Amount];
        own.is_some() && needed.into_iter().all(|role| columns.has(role))
    }

    fn names(&self) -> RoleNames {
        NAMES
    }

    fn basis(&self, _header: &Header, _columns: &ColumnMap) -> AmountBasis {
        AmountBasis::Net
    }

    fn customers_by_name(&self, _header: &Header, _columns: &ColumnMap) -> bool {
        true
    }

    fn states_orders(&self) -> bool {
        true
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
        match state_of(&row.lowercase(Role::Status)) {
            State::Test => return Err(row.reject(SetAsideReason::TestOrder, Role::Status)),
            State::Failed | State::Cancelled => return Err(row.reject(SetAsideReason::FailedOrder, Role::Status)),
            State::Counts | State::Refunded => {}
        }
        lines.push(row.line(row.customer(Role::Customer)?, &figures)?);
        Ok(())
    }
}
