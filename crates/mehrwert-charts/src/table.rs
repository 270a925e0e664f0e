//! Tables as typed rows: the twin of every chart, printed by page and terminal alike.

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words: from the left.
    Left,
    /// Figures: to the right, so that digits stand under digits.
    Right,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub name: String,
    /// How it is set.
    pub align: Align,
}

/// A table of texts, already written in the reader's language.
///
/// ```
/// use mehrwert_charts::{Column, DataTable};
/// let mut table = DataTable::new("Orders a year", [Column::words("Year"), Column::figures("Orders")]);
/// table.push(["1997", "1,882"]);
/// assert_eq!(table.rows.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataTable {
    /// What the table shows.
    pub caption: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with a cell for every column.
    pub rows: Vec<Vec<String>>,
}

impl Column {
    /// A column of words.
    pub fn words(name: impl Into<String>) -> Column {
        Column { name: name.into(), align: Align::Left }
    }

    /// A column of figures.
    pub fn figures(name: impl Into<String>) -> Column {
        Column { name: name.into(), align: Align::Right }
    }

    /// Whether it holds figures.
    #[must_use]
    pub fn is_figures(&self) -> bool {
        self.align == Align::Right
    }
}

impl DataTable {
    /// A table without rows.
    pub fn new(caption: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> DataTable {
        DataTable { caption: caption.into(), columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row; cells that are missing stay empty, cells past the last column are dropped.
    pub fn push<Cell: Into<String>>(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let mut row: Vec<String> = cells.into_iter().map(Into::into).collect();
        debug_assert_eq!(row.len(), self.columns.len(), "a cell for every column of '{}'", self.caption);
        row.resize(self.columns.len(), String::new());
        self.rows.push(row);
    }
}
