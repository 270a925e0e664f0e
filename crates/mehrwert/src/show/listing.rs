//! Lists of what is set up: a table for people, JSON and CSV for programs, from the same rows.

use mehrwert_charts::{Column, DataTable};
use serde_json::{Map, Value};

use super::Style;
use super::terminal::Paper;
use super::words::Words;
use crate::Failure;
use crate::cli::Format;
use crate::terminal::print;

/// A list with its columns, which have the same names in JSON and CSV whatever the language.
pub struct Listing {
    title: &'static str,
    fields: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Listing {
    /// An empty list; title and fields name texts of the locales: `listing-TITLE`, `field-FIELD`.
    pub fn new(title: &'static str, fields: &'static [&'static str]) -> Listing {
        Listing { title, fields, rows: Vec::new() }
    }

    /// Adds a row with a cell for every field.
    pub fn push(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Prints it.
    pub fn print(&self, format: Format, style: &Style) -> Result<(), Failure> {
        match format {
            Format::Table => print(|out| out.write_all(self.table(style).as_bytes())),
            Format::Json => print(|out| writeln!(out, "{:#}", self.json())),
            Format::Csv => print(|out| {
                let mut writer = csv::Writer::from_writer(out);
                writer.write_record(self.fields)?;
                for row in &self.rows {
                    writer.write_record(row)?;
                }
                writer.flush()
            }),
        }
    }

    fn table(&self, style: &Style) -> String {
        let words = Words::new(style.language);
        let mut paper = Paper::new(*style);
        paper.strong(&words.text(&format!("listing-{}", self.title)));
        if self.rows.is_empty() {
            paper.paragraph(&words.text("listing-empty"));
            return paper.finish();
        }
        let name = |field: &&str| Column::words(words.text(&format!("field-{}", field.replace('_', "-"))));
        let mut table = DataTable::new(String::new(), self.fields.iter().map(name));
        for row in &self.rows {
            table.push(row.iter().map(String::as_str));
        }
        paper.table(&table);
        paper.finish()
    }

    fn json(&self) -> Value {
        let value = |cell: &String| if cell.is_empty() { Value::Null } else { Value::String(cell.clone()) };
        let row = |row: &Vec<String>| {
            let fields = self.fields.iter().zip(row).map(|(field, cell)| ((*field).to_owned(), value(cell)));
            Value::Object(fields.collect::<Map<String, Value>>())
        };
        self.rows.iter().map(row).collect()
    }
}
