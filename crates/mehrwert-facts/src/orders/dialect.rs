//! Finding out how a text is laid out: delimiter, quotes, header or none, and of which format it is.

use std::path::Path;

use super::error::ReadError;
use super::formats::{Format, format_of, formats};
use super::header::{ColumnMap, Header};
use super::report::FileKind;
use super::request::{OrderRequest, Scope};
use super::role::Role;
use super::rows::{Layout, Record, text_source};

/// Rows looked at to tell the delimiter.
const SAMPLE_ROWS: usize = 50;

/// A text's layout and what its columns are.
pub(crate) struct Dialect<'t> {
    pub layout: Layout,
    pub header: Header,
    /// The text behind the header.
    pub body: &'t [u8],
    /// Rows before the body as a spreadsheet counts them.
    pub rows_before: u64,
    pub format: &'static dyn Format,
    pub columns: ColumnMap,
}

/// Finds out everything about a text that does not need all of its rows.
pub(crate) fn find_dialect<'t>(path: &Path, text: &'t [u8], request: &OrderRequest) -> Result<Dialect<'t>, ReadError> {
    let (text, skipped, told) = told_delimiter(text);
    let quote = quote_of(text);
    let candidates = match told {
        Some(delimiter) => vec![Layout::Delimited { delimiter, quote }],
        None => [b',', b';', b'\t', b'|'].map(|delimiter| Layout::Delimited { delimiter, quote }).to_vec(),
    };
    let mut best: Option<(Score, Sample)> = None;
    for layout in candidates.into_iter().chain([Layout::Blanks]) {
        let Some(sample) = Sample::take(text, layout) else { continue };
        let score = sample.score(request, told.is_some());
        if best.as_ref().is_none_or(|(known, _)| score > *known) {
            best = Some((score, sample));
        }
    }
    let Some((_, sample)) = best else {
        let is_blank = text.trim_ascii().is_empty();
        let path = path.to_owned();
        return Err(if is_blank { ReadError::Empty { path } } else { ReadError::NoLines { path } });
    };
    sample.into_dialect(path, text, skipped, request)
}

/// Excel writes `sep=;` into the first line when asked to.
fn told_delimiter(text: &[u8]) -> (&[u8], u64, Option<u8>) {
    let Some(rest) = text.strip_prefix(b"sep=") else { return (text, 0, None) };
    match rest {
        [delimiter, b'\r', b'\n', following @ ..] | [delimiter, b'\n', following @ ..] if delimiter.is_ascii() => {
            (following, 1, Some(*delimiter))
        }
        _ => (text, 0, None),
    }
}

/// The quote character, where the text has any; a text that begins with a single quote and has no double ones uses those.
fn quote_of(text: &[u8]) -> Option<u8> {
    if memchr::memchr(b'"', text).is_some() {
        return Some(b'"');
    }
    text.starts_with(b"'").then_some(b'\'')
}

/// How good a layout fits; compared field by field.
#[derive(PartialEq, PartialOrd)]
struct Score {
    /// A customer, a date and what else is recognised by name.
    recognised: usize,
    /// Rows with as many cells as the first, in tenths, when there is more than one cell.
    regular: usize,
    /// Delimiters go before blanks, which stand inside cells as well.
    is_delimited: bool,
    cells: usize,
}

/// The first rows under one layout.
struct Sample {
    layout: Layout,
    first: Vec<String>,
    first_row: u64,
    /// Bytes up to the end of the first row.
    first_end: usize,
    cell_counts: Vec<usize>,
}

impl Sample {
    fn take(text: &[u8], layout: Layout) -> Option<Sample> {
        let mut source = text_source(text, layout);
        let mut record = Record::default();
        // Lines of nothing but delimiters before the header are what spreadsheets leave above a table; titles of one cell
        // are what reports begin with.
        let mut titles = titles(text, layout);
        loop {
            if !source.read(&mut record).ok()? {
                return None;
            }
            if !record.is_blank() {
                if titles == 0 {
                    break;
                }
                titles -= 1;
            }
        }
        if record.too_long {
            return None;
        }
        let mut sample = Sample {
            layout,
            first: record.to_strings(),
            first_row: record.row,
            first_end: text.len() - source.remaining().len(),
            cell_counts: Vec::new(),
        };
        while sample.cell_counts.len() < SAMPLE_ROWS && matches!(source.read(&mut record), Ok(true)) {
            sample.cell_counts.push(record.cells.len());
        }
        Some(sample)
    }

    fn score(&self, request: &OrderRequest, told: bool) -> Score {
        let cells = self.first.len();
        let regular = self.cell_counts.iter().filter(|count| **count == cells).count();
        let regular = if cells < 2 { 0 } else { (regular + 1) * 10 / (self.cell_counts.len() + 1) };
        let is_delimited = self.layout != Layout::Blanks;
        // Blanks separate cells only when every row agrees.
        let possible = cells > 1 && (is_delimited || (regular == 10 && !told));
        let recognised = if possible { self.recognised(request) } else { 0 };
        Score { recognised, regular: if possible { regular } else { 0 }, is_delimited, cells }
    }

    fn recognised(&self, request: &OrderRequest) -> usize {
        let header = Header::new(self.first.clone());
        let (_, columns) = choose_format(&header, request);
        columns.count() + request.mapping.iter().filter(|(_, name)| header.named(name).is_some()).count()
    }

    fn into_dialect<'t>(
        self,
        path: &Path,
        text: &'t [u8],
        skipped: u64,
        request: &OrderRequest,
    ) -> Result<Dialect<'t>, ReadError> {
        let without_header = looks_like_data(&self.first);
        let (header, format, mut columns) = if without_header {
            let header = Header::numbered(self.first.len());
            let told = formats(request.scope)
                .iter()
                .find_map(|format| Some((*format, format.columns_without_header(&self.first)?)));
            let (format, columns) = told.unwrap_or((format_of(FileKind::Generic), ColumnMap::default()));
            (header, format, columns)
        } else {
            let header = Header::new(self.first.clone());
            let (format, columns) = choose_format(&header, request);
            (header, format, columns)
        };
        apply_mapping(path, &header, format, &mut columns, request)?;
        // Without a header the first row is data: everything that was read of it is given back.
        let (body, rows_before) =
            if without_header { (text, skipped) } else { (&text[self.first_end..], self.first_row + skipped) };
        Ok(Dialect { layout: self.layout, header, body, rows_before, format, columns })
    }
}

/// A report has no more lines of title than this.
const MOST_TITLES: usize = 4;

/// Lines with one cell above rows that all have more: the title of a report and its dates.
fn titles(text: &[u8], layout: Layout) -> usize {
    if layout == Layout::Blanks {
        return 0;
    }
    let mut source = text_source(text, layout);
    let mut record = Record::default();
    let mut counts = Vec::new();
    while counts.len() < SAMPLE_ROWS && matches!(source.read(&mut record), Ok(true)) {
        if !record.is_blank() {
            counts.push(record.cells.len());
        }
    }
    let titles = counts.iter().take_while(|count| **count == 1).count();
    let (above, rows) = counts.split_at(titles);
    let is_table = rows.len() >= 2 && rows.iter().all(|count| *count == rows[0]);
    if is_table && above.len() <= MOST_TITLES { titles } else { 0 }
}

/// Whether a first row is data already: some cell is a date, and no cell is empty or a word that names a column.
fn looks_like_data(first: &[String]) -> bool {
    use super::dates::{OrderHint, order_hint};
    first.iter().any(|cell| {
        !matches!(order_hint(cell.as_bytes()), OrderHint::NoDate) && cell.bytes().any(|byte| byte.is_ascii_digit())
    })
}

/// The format of a header: the kind the user named, or the first that recognises it.
pub(crate) fn choose_format(header: &Header, request: &OrderRequest) -> (&'static dyn Format, ColumnMap) {
    let generic = format_of(FileKind::Generic);
    let names_contracts = request.mapping.iter().any(|(role, _)| matches!(role, Role::Start | Role::End | Role::Price));
    let format = match request.kind {
        Some(kind) => format_of(kind),
        // Only contracts have these columns.
        None if names_contracts => format_of(FileKind::Contracts),
        None => formats(request.scope).iter().copied().find(|format| format.recognises(header)).unwrap_or(generic),
    };
    let mut columns = format.columns(header);
    if request.scope == Scope::Everything {
        columns.add(header, format.more_names());
    }
    (format, columns)
}

/// Lets the columns that the user names go before those found. Among several files one of a known kind may lack them:
/// they are meant for the others then.
pub(crate) fn apply_mapping(
    path: &Path,
    header: &Header,
    format: &dyn Format,
    columns: &mut ColumnMap,
    request: &OrderRequest,
) -> Result<(), ReadError> {
    let may_lack = request.files.len() > 1 && format.kind() != FileKind::Generic;
    for (role, name) in &request.mapping {
        match header.named(name) {
            Some(column) => columns.assign(*role, column),
            None if may_lack => {}
            None => {
                return Err(ReadError::NoSuchColumn {
                    path: path.to_owned(),
                    role: *role,
                    column: name.clone(),
                    columns: header.names.clone(),
                });
            }
        }
    }
    Ok(())
}
