//! The JSON of `mehrwert import` and `mehrwert add`.

use mehrwert_facts::import::{Amounts, ChangeSaid, FileImport, Notice, SingleAdded, Tabled};
use serde_json::{Value, json};

use super::wire;

/// What an import came to.
#[must_use]
pub fn import(files: &[FileImport], is_rehearsal: bool) -> String {
    let files: Vec<Value> = files.iter().map(file).collect();
    json!({ "dry_run": is_rehearsal, "files": files }).to_string()
}

/// What adding one fact came to.
#[must_use]
pub fn added(added: &SingleAdded, is_rehearsal: bool) -> String {
    let changes: Vec<Value> = added.changes.iter().map(change).collect();
    json!({ "dry_run": is_rehearsal, "table": tabled(&added.table), "changes": changes }).to_string()
}

fn file(file: &FileImport) -> Value {
    let sums = &file.reconciliation;
    let reasons: Vec<Value> = sums
        .reasons
        .iter()
        .map(|one| json!({ "reason": wire::set_aside(one.reason), "rows": one.rows, "amount": one.amount.to_string() }))
        .collect();
    json!({
        "file": wire::file(&file.report),
        "as_of": file.as_of.to_string(),
        "reconciliation": {
            "rows_read": sums.rows_read,
            "rows_used": sums.rows_used,
            "rows_set_aside": sums.rows_set_aside,
            "amount_read": sums.amount_read.to_string(),
            "amount_used": sums.amount_used.to_string(),
            "amount_set_aside": sums.amount_set_aside.to_string(),
            "reasons": reasons,
        },
        "tables": file.tables.iter().map(tabled).collect::<Vec<_>>(),
        "changes": file.changes.iter().map(change).collect::<Vec<_>>(),
        "notices": file.notices.iter().map(notice).collect::<Vec<_>>(),
    })
}

fn tabled(one: &Tabled) -> Value {
    let counted = one.counted;
    json!({
        "table": one.name,
        "new": counted.new,
        "changed": counted.changed,
        "unchanged": counted.unchanged,
        "older": counted.older,
    })
}

fn change(change: &ChangeSaid) -> Value {
    let differences =
        change.differences.iter().map(|one| json!({ "column": one.column, "before": one.before, "after": one.after }));
    json!({ "table": change.table.name(), "what": change.what, "differences": differences.collect::<Vec<_>>() })
}

fn notice(notice: &Notice) -> Value {
    let (kind, count) = match notice {
        Notice::NewPeople(n) => ("new_people", Some(*n)),
        Notice::Joined(n) => ("joined", Some(*n)),
        Notice::KeptApart(n) => ("kept_apart", Some(*n)),
        Notice::Nobody(n) => ("nobody", Some(*n)),
        Notice::Periods(n) => ("periods", Some(*n)),
        Notice::Rounded(n) => ("rounded", Some(*n)),
        Notice::NoCurrency(n) => ("no_currency", Some(*n)),
        Notice::Tied(n) => ("tied", Some(*n)),
        Notice::UnusedColumns(n) => ("unused_columns", Some(*n)),
        Notice::ByName => ("customers_by_name", None),
        Notice::Amounts(Amounts::Net) => ("amounts_net", None),
        Notice::Amounts(Amounts::Gross) => ("amounts_gross", None),
    };
    json!({ "kind": kind, "count": count })
}
