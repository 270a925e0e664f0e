//! What only all files together tell: orders restated by a later export, and whose refund a row is that names only the
//! order.

use super::formats::{Kind, format_of};
use super::lines::LineColumns;
use super::names::NO_NAME;
use super::report::{FileReport, SetAside, SetAsideReason};

/// Lines of a part that are to go, and why.
pub(crate) struct Withdrawn {
    pub part: usize,
    /// For every line of the part, whether it stays.
    pub keep: Vec<bool>,
    pub reason: SetAsideReason,
}

/// Gives refunds that name an order but no customer the customer of the order; those whose order is unknown go.
pub(crate) fn adopt_refunds(parts: &mut [(u16, LineColumns)], orders: usize) -> Vec<Withdrawn> {
    if !parts.iter().any(|(_, lines)| lines.customer.contains(&NO_NAME)) {
        return Vec::new();
    }
    let mut owners = vec![NO_NAME; orders];
    for (_, lines) in parts.iter() {
        for (order, customer) in lines.order.iter().zip(&lines.customer) {
            if *order != NO_NAME && owners[*order as usize] == NO_NAME {
                owners[*order as usize] = *customer;
            }
        }
    }
    let mut withdrawn = Vec::new();
    for (part, (_, lines)) in parts.iter_mut().enumerate() {
        for (customer, order) in
            lines.customer.iter_mut().zip(&lines.order).filter(|(customer, _)| **customer == NO_NAME)
        {
            *customer = owners.get(*order as usize).copied().unwrap_or(NO_NAME);
        }
        if lines.customer.contains(&NO_NAME) {
            let keep = lines.customer.iter().map(|customer| *customer != NO_NAME).collect();
            withdrawn.push(Withdrawn { part, keep, reason: SetAsideReason::NoCustomer });
        }
    }
    withdrawn
}

/// Orders that a file states again which an earlier file of the same kind stated otherwise: exports that overlap, made
/// before and after a refund. The later file counts; the lines of the earlier ones go. Says also how many orders.
pub(crate) fn restated_orders(
    parts: &[(u16, LineColumns)],
    files: &[FileReport],
    orders: usize,
) -> (Vec<Withdrawn>, u64) {
    let mut withdrawn = Vec::new();
    let mut restated = vec![false; orders];
    let mut kinds =
        files.iter().map(|file| file.kind).filter(|kind| format_of(*kind).states_orders()).collect::<Vec<_>>();
    kinds.dedup();
    for (index, kind) in kinds.iter().enumerate() {
        let is_kind = |file: u16| files.get(usize::from(file)).is_some_and(|file| file.kind == *kind);
        if kinds[..index].contains(kind) || files.iter().filter(|file| file.kind == *kind).count() < 2 {
            continue;
        }
        let mut last_file = vec![None; orders];
        for (file, lines) in parts.iter().filter(|(file, _)| is_kind(*file)) {
            for order in sold_orders(lines) {
                last_file[order as usize] = Some(*file);
            }
        }
        for (part, (file, lines)) in parts.iter().enumerate().filter(|(_, (file, _))| is_kind(*file)) {
            let is_older = |order: u32| {
                let last = last_file.get(order as usize).copied().flatten();
                last.is_some_and(|last| last > *file)
            };
            let keep = lines.order.iter().map(|order| !is_older(*order)).collect::<Vec<_>>();
            if keep.contains(&false) {
                for order in lines.order.iter().filter(|order| is_older(**order)) {
                    restated[*order as usize] = true;
                }
                withdrawn.push(Withdrawn { part, keep, reason: SetAsideReason::Duplicate });
            }
        }
    }
    (withdrawn, restated.iter().filter(|restated| **restated).count() as u64)
}

fn sold_orders(lines: &LineColumns) -> impl Iterator<Item = u32> {
    let sale = Kind::Sale as i8;
    let of_sales =
        lines.order.iter().zip(&lines.kind).filter(move |(order, kind)| **kind == sale && **order != NO_NAME);
    of_sales.map(|(order, _)| *order)
}

/// The rows of the lines that go, each with the sum of its lines.
pub(crate) fn rows_of(lines: &LineColumns, keep: &[bool], file: u16, reason: SetAsideReason) -> Vec<SetAside> {
    let mut rows: Vec<SetAside> = Vec::new();
    for (line, _) in keep.iter().enumerate().filter(|(_, keep)| !**keep) {
        let row = u64::from(lines.row[line]);
        let given = lines.given(line);
        match rows.last_mut() {
            Some(last) if last.row == row => last.amount = last.amount.map(|amount| amount + given),
            _ => rows.push(SetAside { file, row, column: None, reason, amount: Some(given) }),
        }
    }
    rows
}
