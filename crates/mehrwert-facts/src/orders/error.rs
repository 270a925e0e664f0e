//! Why files could not be read: always the file, the row and column where there is one, what was expected, what to do.

use std::io;
use std::path::PathBuf;

use mehrwert_core::{Amount, Currency, Day};

use super::report::SetAsideReason;
use super::role::Role;

/// Why orders could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No file was named.
    #[error("expected at least one file to read")]
    NoFiles,
    /// More files than the evidence columns can number.
    #[error("expected at most 65,535 files, found {0}")]
    TooManyFiles(usize),
    /// The file cannot be opened or read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The path is a directory.
    #[error("{} is a directory; name the files in it", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
    },
    /// No text and no Parquet.
    #[error("{} looks like {looks_like}, not like text or Parquet; {advice}", path.display())]
    Binary {
        /// The file.
        path: PathBuf,
        /// What its first bytes say.
        looks_like: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// A gzip file that ends early or is damaged.
    #[error("{} is a damaged or incomplete gzip file ({source}); fetch it again, nothing of it was used", path.display())]
    BrokenGzip {
        /// The file.
        path: PathBuf,
        /// What the decompressor says.
        source: io::Error,
    },
    /// A Parquet file that ends early or is damaged.
    #[error("{} is a damaged or incomplete Parquet file ({message}); write it again, nothing of it was used", path.display())]
    BrokenParquet {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        message: String,
    },
    /// Nothing in the file.
    #[error("{} is empty; expected a header line and a row for every purchase", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A header without rows.
    #[error("{} has a header but no rows; expected a row for every purchase", path.display())]
    HeaderOnly {
        /// The file.
        path: PathBuf,
    },
    /// The user's mapping names a column that the file does not have.
    #[error("{} has no column '{column}' for {}; its columns are {}", path.display(), role.name(), columns.join(", "))]
    NoSuchColumn {
        /// The file.
        path: PathBuf,
        /// The role it was named for.
        role: Role,
        /// The name in the mapping.
        column: String,
        /// All columns of the file.
        columns: Vec<String>,
    },
    /// The files do not have a column that customers are to be told apart by.
    #[error("{} has no column '{column}' to tell customers apart by; its columns are {}", path.display(), columns.join(", "))]
    NoAttribute {
        /// The file, the last one where there are several.
        path: PathBuf,
        /// The name asked for.
        column: String,
        /// All columns of the file.
        columns: Vec<String>,
    },
    /// No column was found for something that every log needs.
    #[error(
        "{} has no column recognised as {}; its columns are {}; name it with --map {}=COLUMN",
        path.display(), role.name(), columns.join(", "), role.name()
    )]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// What is missing.
        role: Role,
        /// All columns of the file.
        columns: Vec<String>,
    },
    /// Dates that can be read in two ways, and no row decides.
    #[error(
        "{}, row {row}, column '{column}': '{example}' could be {day_first} or {month_first}, and no row of the file \
         decides; say --dates dmy or --dates mdy",
        path.display()
    )]
    AmbiguousDates {
        /// The file.
        path: PathBuf,
        /// The row of the example.
        row: u64,
        /// The column.
        column: Box<str>,
        /// A value.
        example: Box<str>,
        /// The value with the day first.
        day_first: Day,
        /// The value with the month first.
        month_first: Day,
    },
    /// Some dates have the day first, others the month.
    #[error(
        "{}, column '{column}': '{day_first}' (row {day_first_row}) has the day first, '{month_first}' (row \
         {month_first_row}) the month; say --dates dmy or --dates mdy, the others are then set aside",
        path.display()
    )]
    MixedDates {
        /// The file.
        path: PathBuf,
        /// The column.
        column: Box<str>,
        /// A value with the day first.
        day_first: Box<str>,
        /// Its row.
        day_first_row: u64,
        /// A value with the month first.
        month_first: Box<str>,
        /// Its row.
        month_first_row: u64,
    },
    /// Numbers that can be read in two ways, and nothing in the file decides.
    #[error(
        "{}, row {row}, column '{column}': '{example}' could be {as_point} or {as_comma}, and nothing in the file \
         decides; say --decimal point or --decimal comma",
        path.display()
    )]
    AmbiguousNumbers {
        /// The file.
        path: PathBuf,
        /// The row of the example.
        row: u64,
        /// The column.
        column: Box<str>,
        /// A value.
        example: Box<str>,
        /// The value read with a decimal point.
        as_point: Amount,
        /// The value read with a decimal comma.
        as_comma: Amount,
    },
    /// Some numbers have a decimal point, others a decimal comma.
    #[error(
        "{}, column '{column}': '{point}' (row {point_row}) has a decimal point, '{comma}' (row {comma_row}) a decimal \
         comma; say --decimal point or --decimal comma, the others are then set aside",
        path.display()
    )]
    MixedNumbers {
        /// The file.
        path: PathBuf,
        /// The column.
        column: Box<str>,
        /// A value with a point.
        point: Box<str>,
        /// Its row.
        point_row: u64,
        /// A value with a comma.
        comma: Box<str>,
        /// Its row.
        comma_row: u64,
    },
    /// The first line is longer than any header.
    #[error("{}: the first line is longer than a megabyte; expected a header line and one line a row", path.display())]
    NoLines {
        /// The file.
        path: PathBuf,
    },
    /// A quoted cell that never ends and so would swallow the rest of the file.
    #[error("{}, row {row}: a quoted cell begins that does not end; close or remove the quote", path.display())]
    UnclosedQuote {
        /// The file.
        path: PathBuf,
        /// The row in which it begins.
        row: u64,
    },
    /// More rows than the evidence column can number.
    #[error("{} has more than 4,294,967,295 rows; split it", path.display())]
    TooManyRows {
        /// The file.
        path: PathBuf,
    },
    /// Several currencies, and none was chosen.
    #[error("the rows have several currencies: {}; choose one, for example --currency {}",
        list_currencies(counts), counts.first().map_or("EUR", |(currency, _)| currency.code()))]
    SeveralCurrencies {
        /// Rows by currency, most frequent first.
        counts: Vec<(Currency, u64)>,
    },
    /// A VAT rate was given, but amounts are without VAT already.
    #[error("the amounts are without VAT already ({}); leave out the VAT rate", path.display())]
    AlreadyNet {
        /// A file that says so.
        path: PathBuf,
    },
    /// One file says with VAT, another without.
    #[error(
        "{} has amounts with VAT, {} without; give the VAT rate to take out of the first, for example --vat 19%",
        gross.display(), net.display()
    )]
    NetAndGross {
        /// A file with VAT.
        gross: PathBuf,
        /// A file without.
        net: PathBuf,
    },
    /// A file of contracts where orders were expected.
    #[error("{} holds contracts, not orders; value it without the others, or say --kind generic", path.display())]
    HoldsContracts {
        /// The file.
        path: PathBuf,
    },
    /// A file of orders where contracts were expected.
    #[error("{} holds orders, not contracts; value it without the others, or say --kind contracts", path.display())]
    HoldsOrders {
        /// The file.
        path: PathBuf,
    },
    /// One file has amounts, another has none.
    #[error("{} has amounts, {} has none; value them separately", with.display(), without.display())]
    AmountsMissing {
        /// A file with amounts.
        with: PathBuf,
        /// A file without.
        without: PathBuf,
    },
    /// The lines do not fit their own schema: a mistake in this program.
    #[error("the order lines do not fit their schema; this is a mistake in mehrwert: {0}")]
    Schema(#[from] arrow::error::ArrowError),
    /// Every row was set aside.
    #[error(
        "no row could be used, {rows} were set aside: {}; see --explain for what each column was taken for",
        list_reasons(reasons)
    )]
    NothingUsable {
        /// So many rows were read.
        rows: u64,
        /// The reasons, most frequent first, each with its count and the first row it concerns.
        reasons: Vec<(SetAsideReason, u64, String)>,
    },
}

fn list_currencies(counts: &[(Currency, u64)]) -> String {
    counts.iter().map(|(currency, rows)| format!("{currency} ({rows} rows)")).collect::<Vec<_>>().join(", ")
}

fn list_reasons(reasons: &[(SetAsideReason, u64, String)]) -> String {
    let shown = reasons.iter().take(3);
    shown
        .map(|(reason, rows, place)| format!("{} ({rows} rows, first {place})", reason.label()))
        .collect::<Vec<_>>()
        .join(", ")
}
