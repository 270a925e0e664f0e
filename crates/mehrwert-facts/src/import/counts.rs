//! Tallies: how many were counted at a stage, over some days, without persons. The same days, stage and source counted
//! again are a correction.

use mehrwert_core::Amount;

use super::context::Context;
use super::entry::{Entry, Fact, Names, Numbering};
use crate::orders::formats::{Figures, Format, Reject, RoleNames, RowView};
use crate::orders::header::{ColumnMap, Header};
use crate::orders::{AmountBasis, FileKind, Role, SetAsideReason};
use crate::tables::{FactTable, Tally, Unit};

/// Any table of counts.
pub(crate) struct Tallies;

const NAMES: RoleNames = &[
    (Role::Date, "date datum day tag"),
    (Role::Start, "from start von beginn startdate"),
    (Role::End, "to end bis ende enddate"),
    (Role::Stage, "stage stufe phase what was gezählt counted"),
    (Role::Source, "source quelle utmsource channel kanal ort place"),
    (Role::Count, "count anzahl number zahl besucher visitors calls anrufe menge"),
];

impl Format for Tallies {
    fn kind(&self) -> FileKind {
        FileKind::Tallies
    }

    fn recognises(&self, header: &Header) -> bool {
        let columns = self.columns(header);
        let is_counted = header.find(&["stage", "stufe"]).is_some() && columns.has(Role::Count);
        is_counted && (columns.has(Role::Date) || columns.has(Role::Start))
    }

    fn names(&self) -> RoleNames {
        NAMES
    }

    fn more_names(&self) -> RoleNames {
        &[]
    }

    fn required(&self) -> &'static [Role] {
        &[Role::Stage, Role::Count]
    }

    fn basis(&self, _header: &Header, _columns: &ColumnMap) -> AmountBasis {
        AmountBasis::NoAmounts
    }

    fn figures(&self, _row: &RowView<'_>) -> Result<Figures, Reject> {
        Ok(Figures::sale(Amount::ZERO))
    }
}

/// Adds what a row comes to.
pub(crate) fn entries<'r>(row: &RowView<'r>, context: &Context<'r>, out: &mut Vec<Entry<'r>>) -> Result<(), Reject> {
    let (from, to) = context.period(row)?;
    let stage = row.word(Role::Stage).ok_or(row.reject(SetAsideReason::EmptyCell, Role::Stage))?;
    let count = row.number(Role::Count)?.ok_or(row.reject(SetAsideReason::EmptyCell, Role::Count))?;
    let whole = count.micros() / 1_000_000;
    let count = i64::try_from(whole)
        .ok()
        .filter(|count| *count >= 0 && Amount::from_units(*count).micros() == whole * 1_000_000)
        .ok_or(row.reject(SetAsideReason::BadNumber, Role::Count))?;
    let source = row.word(Role::Source).or(context.source);
    let unit = tally_unit(stage, source, &format!("{from} {to}"));
    let at = context.clock.midnight(from);
    let fact = Fact::Tally(Tally { from, to, stage, source, count });
    out.push(Entry { unit, numbering: Numbering::Places, who: Names::default(), at, day: from, fact });
    Ok(())
}

/// The unit of a count: counted again, it is corrected.
pub(crate) fn tally_unit(stage: &str, source: Option<&str>, days: &str) -> Unit {
    Unit::of(FactTable::Tallies, &["tally", stage, source.unwrap_or(""), days])
}
