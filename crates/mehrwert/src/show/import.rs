//! What an import prints: for each file what it was taken for, that nothing was lost, what changed, and what to know.

use std::io::{self, Write};

use mehrwert_charts::{Column, DataTable, Format};
use mehrwert_core::Amount;
use mehrwert_facts::import::{Amounts, ChangeSaid, FileImport, Notice, SingleAdded, Tabled};
use mehrwert_facts::lake::Counted;
use mehrwert_facts::tables::FactTable;

use super::terminal::Paper;
use super::words::{Fill, Words};
use super::{Style, explain, names, tables};

/// The answer as text.
#[must_use]
pub fn render(files: &[FileImport], is_rehearsal: bool, style: &Style) -> String {
    let words = Words::new(style.language);
    let mut paper = Paper::new(*style);
    for (number, file) in files.iter().enumerate() {
        if number > 0 {
            paper.blank();
        }
        one(file, &words, &mut paper, style);
    }
    paper.blank();
    paper.strong(&last_line(files, is_rehearsal, &words));
    paper.finish()
}

fn one(file: &FileImport, words: &Words, paper: &mut Paper, style: &Style) {
    let format = Format::new(style.language, None);
    paper.strong(&explain::file_line(words, &file.report));
    let has_amounts = !file.reconciliation.amount_read.is_zero() || !file.reconciliation.amount_used.is_zero();
    let amounts = has_amounts.then(|| words.text("column-amount"));
    paper.captioned(&tables::sums(words, &format, &file.reconciliation, amounts));
    paper.captioned(&counts(&file.tables, words, &format));
    if !file.changes.is_empty() {
        paper.heading(&words.text("heading-import-changes"));
        for change in &file.changes {
            paper.paragraph(&change_line(change, words, &format));
        }
    }
    paper.blank();
    if file.tables.iter().any(|one| FactTable::from_name(one.name).is_some()) {
        let day = file.as_of.strftime("%Y-%m-%d %H:%M").to_string();
        paper.remark(&words.say("import-as-of", &[("time", Fill::Text(&day))]));
    }
    for notice in &file.notices {
        match notice {
            Notice::Tied(_) | Notice::ByName | Notice::NoCurrency(_) | Notice::KeptApart(_) => {
                paper.warning(&notice_line(notice, words));
            }
            _ => paper.paragraph(&notice_line(notice, words)),
        }
    }
}

/// New, changed, unchanged and older, a row for each table.
fn counts(tabled: &[Tabled], words: &Words, format: &Format) -> DataTable {
    let columns = [
        Column::words(words.text("column-import-table")),
        Column::figures(words.text("column-import-new")),
        Column::figures(words.text("column-import-changed")),
        Column::figures(words.text("column-import-unchanged")),
        Column::figures(words.text("column-import-older")),
    ];
    let mut table = DataTable::new(words.text("heading-import-tables"), columns);
    for one in tabled {
        let Counted { new, changed, unchanged, older, .. } = one.counted;
        let mut cells = vec![words.text(&format!("table-{}", one.name))];
        cells.extend([new, changed, unchanged, older].map(|count| format.count(count)));
        table.push(cells);
    }
    table
}

/// `Order 1001: net 50.00 -> 40.00`.
fn change_line(change: &ChangeSaid, words: &Words, format: &Format) -> String {
    let what = names::plain(&change.what, 40);
    let name = words.text(match change.table {
        FactTable::Orders => "unit-orders",
        FactTable::Payments => "unit-payments",
        FactTable::Contracts => "unit-contracts",
        FactTable::Costs => "unit-costs",
        FactTable::Tallies => "unit-tallies",
        FactTable::Events => "unit-events",
        FactTable::Touches => "unit-touches",
        FactTable::Contacts => "unit-contacts",
    });
    let differences = change.differences.iter().map(|one| {
        let column = words.text(&format!("fact-{}", one.column.replace('_', "-")));
        let value = |text: &Option<String>| match text {
            None => words.text("import-nothing"),
            // Amounts have a point; counts, days and words have none that a number is made of.
            Some(text) => match text.parse::<Amount>() {
                Ok(amount) if text.contains('.') => format.amount(amount),
                _ => names::plain(text, 30),
            },
        };
        match (&one.before, &one.after) {
            (None, None) => column,
            (before, after) => format!("{column} {} → {}", value(before), value(after)),
        }
    });
    let differences = differences.collect::<Vec<_>>();
    let said = if differences.is_empty() { words.text("import-other-words") } else { differences.join(", ") };
    format!("{name} {what}: {said}")
}

fn notice_line(notice: &Notice, words: &Words) -> String {
    let count = |key: &str, count: u64| words.say(key, &[("n", Fill::Count(count))]);
    match notice {
        Notice::NewPeople(n) => count("import-new-people", *n),
        Notice::Joined(n) => count("import-joined", *n),
        Notice::KeptApart(n) => count("import-kept-apart", *n),
        Notice::Nobody(n) => count("import-nobody", *n),
        Notice::Periods(n) => count("import-periods", *n),
        Notice::Rounded(n) => count("warning-rounded-amounts", *n),
        Notice::NoCurrency(n) => count("import-no-currency", *n),
        Notice::Tied(n) => count("import-tied", *n),
        Notice::UnusedColumns(n) => count("import-unused-columns", *n),
        Notice::ByName => words.text("warning-customers-by-name"),
        Notice::Amounts(Amounts::Net) => words.text("import-amounts-net"),
        Notice::Amounts(Amounts::Gross) => words.text("import-amounts-gross"),
    }
}

fn last_line(files: &[FileImport], is_rehearsal: bool, words: &Words) -> String {
    let sum = |pick: fn(&Counted) -> u64| {
        files.iter().flat_map(|file| &file.tables).map(|one| pick(&one.counted)).sum::<u64>()
    };
    let fills = [("new", Fill::Count(sum(|one| one.new))), ("changed", Fill::Count(sum(|one| one.changed)))];
    words.say(if is_rehearsal { "import-rehearsed" } else { "import-done" }, &fills)
}

/// One fact added, as a sentence and what changed.
#[must_use]
pub fn added(added: &SingleAdded, is_rehearsal: bool, style: &Style) -> String {
    let words = Words::new(style.language);
    let mut paper = Paper::new(*style);
    let counted = added.table.counted;
    let key = match (counted.new, counted.changed, counted.older) {
        (1.., _, _) if is_rehearsal => "add-would-be-new",
        (1.., _, _) => "add-new",
        (_, 1.., _) if is_rehearsal => "add-would-change",
        (_, 1.., _) => "add-changed",
        (_, _, 1..) => "add-older",
        _ => "add-unchanged",
    };
    let table = words.text(&format!("table-{}", added.table.name));
    paper.strong(&words.say(key, &[("table", Fill::Text(&table))]));
    for change in &added.changes {
        paper.paragraph(&change_line(change, &words, &Format::new(style.language, None)));
    }
    paper.finish()
}

/// A row for each file and table.
pub fn csv(files: &[FileImport], out: &mut dyn Write) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record([
        "file",
        "rows_read",
        "rows_used",
        "rows_set_aside",
        "amount_read",
        "amount_used",
        "amount_set_aside",
        "table",
        "new",
        "changed",
        "unchanged",
        "older",
    ])?;
    for file in files {
        let sums = &file.reconciliation;
        let rows = [sums.rows_read, sums.rows_used, sums.rows_set_aside].map(|rows| rows.to_string());
        let amounts = [sums.amount_read, sums.amount_used, sums.amount_set_aside].map(|amount| amount.to_string());
        for one in &file.tables {
            let mut record = vec![file.report.path.display().to_string()];
            record.extend(rows.iter().chain(&amounts).cloned());
            record.extend(counted_record(one));
            writer.write_record(record)?;
        }
    }
    writer.flush()
}

/// The one fact added.
pub fn added_csv(added: &SingleAdded, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(["table", "new", "changed", "unchanged", "older"])?;
    writer.write_record(counted_record(&added.table))?;
    writer.flush()
}

fn counted_record(one: &Tabled) -> Vec<String> {
    let Counted { new, changed, unchanged, older, .. } = one.counted;
    let mut record = vec![one.name.to_owned()];
    record.extend([new, changed, unchanged, older].map(|count| count.to_string()));
    record
}
