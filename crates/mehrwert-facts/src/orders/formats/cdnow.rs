//! The CDNOW research data: customer, day, number of CDs, dollars, separated by blanks.
//!
//! The full file has a header; the tenth of it that the literature works with has none and a second id in front.

use super::super::dates::{OrderHint, Shape, order_hint};
use super::super::header::{ColumnMap, Header};
use super::super::report::{AmountBasis, FileKind};
use super::super::role::Role;
use super::{Figures, Format, Line, Memory, Reject, RoleNames, RowView};

pub(crate) struct Cdnow;

const NAMES: RoleNames = &[
    (Role::Customer, "customerid"),
    (Role::Date, "date"),
    (Role::Quantity, "numberofcds"),
    (Role::Amount, "dollarvalue"),
];

impl Format for Cdnow {
    fn kind(&self) -> FileKind {
        FileKind::Cdnow
    }

    fn recognises(&self, header: &Header) -> bool {
        header.has_all(&["customerid", "date", "numberofcds", "dollarvalue"])
    }

    fn names(&self) -> RoleNames {
        NAMES
    }

    /// `id yyyymmdd count dollars`, with or without the id of the full data in front, which is the customer then.
    fn columns_without_header(&self, first: &[String]) -> Option<ColumnMap> {
        let date = match first.len() {
            4 => 1,
            5 => 2,
            _ => return None,
        };
        let is_whole = |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_compact = order_hint(first[date].as_bytes()) == OrderHint::Clear(Shape::Compact);
        if !is_compact || !first[..date].iter().all(is_whole) || !is_whole(&first[date + 1]) {
            return None;
        }
        let mut columns = ColumnMap::default();
        let date = date as u16;
        for (role, column) in
            [(Role::Customer, 0), (Role::Date, date), (Role::Quantity, date + 1), (Role::Amount, date + 2)]
        {
            columns.set(role, Some(column));
        }
        Some(columns)
    }

    fn basis(&self, _header: &Header, _columns: &ColumnMap) -> AmountBasis {
        AmountBasis::AsGiven
    }

    fn figures(&self, row: &RowView<'_>) -> Result<Figures, Reject> {
        row.required_amount().map(Figures::sale)
    }

    fn judge<'r>(
        &self,
        row: &RowView<'r>,
        figures: Result<Figures, Reject>,
        _memory: &mut Memory,
        lines: &mut Vec<Line<'r>>,
    ) -> Result<(), Reject> {
        lines.push(row.line(row.customer(Role::Customer)?, &figures)?);
        Ok(())
    }
}
