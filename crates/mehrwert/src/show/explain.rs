//! `--explain`: what each column of each file was taken for, with an example, so that a person can check it.

use mehrwert_charts::{Column, DataTable};
use mehrwert_facts::orders::FileReport;

use super::terminal::Paper;
use super::words::{Fill, Words};
use super::{Style, names};

/// One table a file: its columns, an example of each, and what it was taken for.
#[must_use]
pub fn render(files: &[FileReport], style: &Style) -> String {
    let words = Words::new(style.language);
    let mut paper = Paper::new(*style);
    if files.is_empty() {
        paper.paragraph(&words.text("explain-nothing"));
        return paper.finish();
    }
    paper.strong(&words.text("heading-explain"));
    for file in files {
        paper.blank();
        paper.paragraph(&file_line(&words, file));
        paper.table(&columns(&words, file));
    }
    paper.blank();
    paper.strong(&words.text("explain-last-line"));
    paper.finish()
}

/// The file in one line: layout, encoding, date and number format.
pub(super) fn file_line(words: &Words, file: &FileReport) -> String {
    let path = names::plain(&file.path.to_string_lossy(), 80);
    let kind = words.text(names::file_kind_key(file.kind));
    let fills = [
        ("path", Fill::Text(&path)),
        ("kind", Fill::Text(&kind)),
        ("layout", Fill::Text(&file.layout)),
        ("encoding", Fill::Text(&file.encoding)),
        ("date", Fill::Text(&file.date_format)),
        ("number", Fill::Text(&file.number_format)),
        ("rows", Fill::Count(file.rows)),
    ];
    words.say("explain-file", &fills)
}

/// Each column, an example, and what it was taken for.
pub(super) fn columns(words: &Words, file: &FileReport) -> DataTable {
    let mut table = DataTable::new(
        file_line(words, file),
        [
            Column::words(words.text("column-column")),
            Column::words(words.text("column-example")),
            Column::words(words.text("column-role")),
        ],
    );
    for column in &file.columns {
        let role = match (column.is_attribute, column.role) {
            (false, role) => words.text(&names::role_key(role)),
            (true, None) => words.text("role-attribute"),
            (true, role) => format!("{}, {}", words.text(&names::role_key(role)), words.text("role-attribute")),
        };
        table.push([names::plain(&column.name, 36), names::plain(&column.example, 32), role]);
    }
    table
}
