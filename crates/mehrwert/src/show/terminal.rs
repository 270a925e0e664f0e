//! Setting text for a terminal: paragraphs, tables and headings in at most so many columns.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, Table};
use mehrwert_charts::DataTable;

use super::Style;

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const YELLOW: &str = "\u{1b}[33m";
const RESET: &str = "\u{1b}[0m";

/// Text being set, line by line.
pub(super) struct Paper {
    style: Style,
    text: String,
}

impl Paper {
    pub fn new(style: Style) -> Paper {
        Paper { style, text: String::new() }
    }

    /// What was set. Unbreakable blanks have done their work in wrapping and become plain ones, so that what is
    /// copied or searched is what one would type.
    pub fn finish(self) -> String {
        self.text.replace('\u{a0}', " ")
    }

    pub fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A paragraph, wrapped at blanks.
    pub fn paragraph(&mut self, text: &str) {
        self.wrapped(text, "", "", "");
    }

    /// A paragraph that carries the message of the page.
    pub fn strong(&mut self, text: &str) {
        self.wrapped(text, "", "", BOLD);
    }

    /// A side remark, such as a definition.
    pub fn remark(&mut self, text: &str) {
        self.wrapped(text, "", "", DIM);
    }

    /// Something to mind: marked by a sign, not by colour alone.
    pub fn warning(&mut self, text: &str) {
        self.wrapped(text, "! ", "  ", YELLOW);
    }

    /// A heading with a line of its own.
    pub fn heading(&mut self, text: &str) {
        self.blank();
        self.wrapped(text, "", "", BOLD);
    }

    /// A table, its caption as heading.
    pub fn captioned(&mut self, table: &DataTable) {
        self.heading(&table.caption);
        self.table(table);
    }

    /// A table without its caption.
    pub fn table(&mut self, data: &DataTable) {
        let mut table = Table::new();
        table.load_style(NOTHING.header_separator(LineStyle::none().fill('─').junction('─')));
        table.set_width(self.style.width).set_content_arrangement(ContentArrangement::Dynamic);
        let alignment = |index: usize| match data.columns.get(index) {
            Some(column) if column.is_figures() => CellAlignment::Right,
            _ => CellAlignment::Left,
        };
        let cells = |texts: &mut dyn Iterator<Item = &String>| -> Vec<Cell> {
            texts.enumerate().map(|(index, text)| Cell::new(text).set_alignment(alignment(index))).collect()
        };
        table.set_header(cells(&mut data.columns.iter().map(|column| &column.name)));
        for row in &data.rows {
            table.add_row(cells(&mut row.iter()));
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        for (index, line) in table.to_string().lines().enumerate() {
            let line = line.trim_end();
            if index <= 1 {
                self.coloured(line, DIM)
            } else {
                self.text.push_str(line)
            }
            self.blank();
        }
    }

    fn wrapped(&mut self, text: &str, first: &str, rest: &str, colour: &str) {
        let width = usize::from(self.style.width);
        let mut line = first.to_owned();
        let mut is_empty = true;
        for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
            if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
                self.coloured(&line, colour);
                self.blank();
                line = rest.to_owned();
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        self.coloured(&line, colour);
        self.blank();
    }

    fn coloured(&mut self, text: &str, colour: &str) {
        if self.style.colour && !colour.is_empty() && !text.is_empty() {
            self.text.extend([colour, text, RESET]);
        } else {
            self.text.push_str(text);
        }
    }
}
