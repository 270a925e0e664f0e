//! What the rows of all files come to, whatever they hold: one currency, one basis, and that nothing was lost.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mehrwert_core::{Amount, Currency};

use super::error::ReadError;
use super::report::{AmountBasis, FileReport, ReasonTotal, Reconciliation, SetAside, SetAsideReason};
use super::request::OrderRequest;

/// The error that no row was left, with the reasons.
pub(crate) fn nothing_usable(files: &[FileReport], set_aside: &[SetAside], rows: u64) -> ReadError {
    let mut reasons: BTreeMap<SetAsideReason, (u64, String)> = BTreeMap::new();
    for row in set_aside {
        let entry = reasons.entry(row.reason).or_insert_with(|| (0, place(files, row)));
        entry.0 += 1;
    }
    let mut reasons = reasons.into_iter().map(|(reason, (rows, place))| (reason, rows, place)).collect::<Vec<_>>();
    reasons.sort_by_key(|(_, rows, _)| std::cmp::Reverse(*rows));
    ReadError::NothingUsable { rows, reasons }
}

fn place(files: &[FileReport], set_aside: &SetAside) -> String {
    let Some(file) = files.get(usize::from(set_aside.file)) else { return String::new() };
    let column = set_aside.column.and_then(|column| file.columns.get(usize::from(column)));
    let column = column.map(|column| format!(", column '{}'", column.name)).unwrap_or_default();
    format!("{}, row {}{column}", file.path.display(), set_aside.row)
}

/// The currency of all rows, where they have but one.
pub(crate) fn one_currency(rows: &BTreeMap<Currency, u64>) -> Result<Option<Currency>, ReadError> {
    if rows.len() > 1 {
        let mut counts = rows.iter().map(|(currency, rows)| (*currency, *rows)).collect::<Vec<_>>();
        counts.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        return Err(ReadError::SeveralCurrencies { counts });
    }
    Ok(rows.keys().next().copied())
}

/// One basis for all files, where their bases go together.
pub(crate) fn one_basis(
    bases: &[AmountBasis],
    files: &[FileReport],
    request: &OrderRequest,
) -> Result<AmountBasis, ReadError> {
    let file_with = |basis| -> Option<PathBuf> {
        let index = bases.iter().position(|known| *known == basis)?;
        files.get(index).map(|file| file.path.clone())
    };
    let without_amounts = file_with(AmountBasis::NoAmounts);
    let with_amounts = bases.iter().position(|basis| *basis != AmountBasis::NoAmounts);
    if let (Some(without), Some(with)) = (&without_amounts, with_amounts.and_then(|index| files.get(index))) {
        return Err(ReadError::AmountsMissing { with: with.path.clone(), without: without.clone() });
    }
    if without_amounts.is_some() {
        return Ok(AmountBasis::NoAmounts);
    }
    let gross = file_with(AmountBasis::Gross);
    let as_given = file_with(AmountBasis::AsGiven);
    match (file_with(AmountBasis::Net), request.vat) {
        (Some(path), Some(_)) if gross.is_none() && as_given.is_none() => Err(ReadError::AlreadyNet { path }),
        (_, Some(_)) => Ok(AmountBasis::NetByRate),
        (Some(net), None) if gross.is_some() => Err(ReadError::NetAndGross { gross: gross.unwrap_or_default(), net }),
        _ if as_given.is_some() => Ok(AmountBasis::AsGiven),
        (Some(_), None) => Ok(AmountBasis::Net),
        (None, None) => Ok(AmountBasis::Gross),
    }
}

/// The sums of what was read, used and set aside.
pub(crate) fn reconciliation(
    rows_read: u64,
    rows_used: u64,
    amount_read: Amount,
    amount_used: Amount,
    set_aside: &[SetAside],
) -> Reconciliation {
    let mut reasons: BTreeMap<SetAsideReason, ReasonTotal> = BTreeMap::new();
    for row in set_aside {
        let reason = row.reason;
        let total = reasons.entry(reason).or_insert(ReasonTotal { reason, rows: 0, amount: Amount::ZERO });
        total.rows += 1;
        total.amount += row.amount.unwrap_or_default();
    }
    Reconciliation {
        rows_read,
        rows_used,
        rows_set_aside: set_aside.len() as u64,
        amount_read,
        amount_used,
        amount_set_aside: set_aside.iter().filter_map(|row| row.amount).sum(),
        reasons: reasons.into_values().collect(),
    }
}
