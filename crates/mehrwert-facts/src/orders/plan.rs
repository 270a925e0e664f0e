//! The plan of a file: its layout, its format, and how each of its columns is to be read.

use std::path::Path;

use mehrwert_core::{Currency, Day, Share};
use rayon::prelude::*;

use super::bytes::Content;
use super::dates::DateOrder;
use super::dialect::{apply_mapping, choose_format, find_dialect};
use super::error::ReadError;
use super::evidence::{Evidence, Place, Watched};
use super::formats::Format;
use super::header::{ColumnMap, Header};
use super::numbers::DecimalMark;
use super::parquet_rows::ParquetFile;
use super::report::{AmountBasis, ColumnReport, FileReport};
use super::request::{OrderRequest, Scope};
use super::role::Role;
use super::rows::{Layout, RecordSource, RowError, cut_at_line_ends, cut_outside_quotes, text_source};

/// Rows looked at before all rows are.
const SAMPLE_ROWS: u64 = 2_000;
/// A chunk is at least so long, so that a thread has something to do ...
const SHORTEST_CHUNK: usize = 1 << 20;
/// ... and at most so long, so that progress is seen and threads end together.
const LONGEST_CHUNK: usize = 64 << 20;

/// How rows of a file are read.
pub(crate) struct Reading {
    pub format: &'static dyn Format,
    pub columns: ColumnMap,
    /// The column of each attribute asked for; `None` where this file has none.
    pub attributes: Vec<Option<u16>>,
    /// Cells of every row.
    pub cells: usize,
    pub date_order: Option<DateOrder>,
    marks: [DecimalMark; Role::ALL.len()],
    pub today: Day,
    /// Whether a row without a customer is of no use.
    pub needs_customer: bool,
    pub currency_wanted: Option<Currency>,
    /// The currency that the name of the amount's column states.
    pub currency_of_file: Option<Currency>,
    /// The rate to take out of amounts.
    pub vat: Option<Share>,
    /// Two rows are identical only under identical headers.
    pub identity_seed: u64,
}

impl Reading {
    pub(crate) fn mark(&self, role: Role) -> DecimalMark {
        self.marks[role as usize]
    }
}

/// Where the rows come from.
enum Body<'t> {
    Text { text: &'t [u8], layout: Layout },
    Parquet(ParquetFile),
}

/// A piece of a file for one thread.
pub(crate) enum Chunk<'t> {
    Text { text: &'t [u8], layout: Layout },
    RowGroups { file: ParquetFile, row_group: usize },
}

impl<'t> Chunk<'t> {
    pub(crate) fn source(&self) -> Result<Box<dyn RecordSource<'t> + 't>, RowError> {
        match self {
            Chunk::Text { text, layout } => Ok(text_source(text, *layout)),
            Chunk::RowGroups { file, row_group } => Ok(Box::new(file.source(*row_group)?)),
        }
    }

    /// Its length in bytes, for the progress bar.
    pub(crate) fn length(&self) -> u64 {
        match self {
            Chunk::Text { text, .. } => text.len() as u64,
            Chunk::RowGroups { file, row_group } => file.row_group_bytes(*row_group),
        }
    }
}

/// A file found out about.
pub(crate) struct Plan<'t> {
    body: Body<'t>,
    pub reading: Reading,
    pub rows_before: u64,
    pub basis: AmountBasis,
    pub customers_by_name: bool,
    pub report: FileReport,
}

impl<'t> Plan<'t> {
    /// Finds out everything about a file.
    pub(crate) fn find(path: &Path, content: &'t Content, request: &OrderRequest) -> Result<Plan<'t>, ReadError> {
        let found = match content {
            Content::Text(text) => Found::in_text(path, &text.bytes, request)?,
            Content::Parquet(bytes) => Found::in_parquet(path, bytes.clone(), request)?,
        };
        found.require_columns(path)?;
        let evidence = found.evidence(path, request)?;
        if evidence.examples.is_empty() {
            return Err(ReadError::HeaderOnly { path: path.to_owned() });
        }
        found.into_plan(path, content, request, evidence)
    }

    /// The file in pieces that can be read at the same time and whose rows follow each other.
    pub(crate) fn chunks(&self) -> Vec<Chunk<'t>> {
        chunks(&self.body, self.reading.format.needs_order())
    }

    /// The file in as few pieces as possible.
    pub(crate) fn whole(&self) -> Vec<Chunk<'t>> {
        chunks(&self.body, true)
    }
}

fn chunks<'t>(body: &Body<'t>, whole: bool) -> Vec<Chunk<'t>> {
    match body {
        Body::Parquet(file) => {
            (0..file.row_groups()).map(|row_group| Chunk::RowGroups { file: file.clone(), row_group }).collect()
        }
        Body::Text { text, layout } => {
            let size = (text.len() / rayon::current_num_threads() + 1).clamp(SHORTEST_CHUNK, LONGEST_CHUNK);
            let pieces = match layout {
                _ if whole => vec![*text],
                Layout::Delimited { quote: Some(quote), .. } => cut_outside_quotes(text, size, *quote),
                Layout::Delimited { quote: None, .. } | Layout::Blanks => cut_at_line_ends(text, size),
            };
            pieces.into_iter().map(|text| Chunk::Text { text, layout: *layout }).collect()
        }
    }
}

/// A file whose columns are known, but not yet how its dates and numbers are written.
struct Found<'t> {
    body: Body<'t>,
    header: Header,
    rows_before: u64,
    format: &'static dyn Format,
    columns: ColumnMap,
    /// Columns whose notation leaves nothing open.
    typed: Vec<bool>,
}

impl<'t> Found<'t> {
    fn in_text(path: &Path, text: &'t [u8], request: &OrderRequest) -> Result<Found<'t>, ReadError> {
        let dialect = find_dialect(path, text, request)?;
        let typed = vec![false; dialect.header.names.len()];
        Ok(Found {
            body: Body::Text { text: dialect.body, layout: dialect.layout },
            header: dialect.header,
            rows_before: dialect.rows_before,
            format: dialect.format,
            columns: dialect.columns,
            typed,
        })
    }

    fn in_parquet(path: &Path, bytes: bytes::Bytes, request: &OrderRequest) -> Result<Found<'t>, ReadError> {
        let file =
            ParquetFile::open(bytes).map_err(|message| ReadError::BrokenParquet { path: path.to_owned(), message })?;
        if file.rows() == 0 {
            return Err(ReadError::HeaderOnly { path: path.to_owned() });
        }
        let header = Header::new(file.names.clone());
        let (format, mut columns) = choose_format(&header, request);
        apply_mapping(path, &header, format, &mut columns, request)?;
        let typed = file.typed.clone();
        Ok(Found { body: Body::Parquet(file), header, rows_before: 0, format, columns, typed })
    }

    fn require_columns(&self, path: &Path) -> Result<(), ReadError> {
        let missing = self.format.required().iter().copied().find(|role| !self.columns.has(*role));
        match missing {
            None => Ok(()),
            Some(role) => Err(ReadError::NoColumn { path: path.to_owned(), role, columns: self.header.names.clone() }),
        }
    }

    /// What is to be looked at: the user's own word and typed columns leave nothing open.
    fn watched(&self, request: &OrderRequest) -> Watched {
        let open = |role: &Role| {
            let column = self.columns.get(*role)?;
            let typed = self.typed.get(usize::from(column)).copied().unwrap_or(false);
            (!typed).then_some(column)
        };
        let numbers = Role::ALL.iter().filter(|role| role.is_number() && request.decimal.is_none());
        Watched {
            dates: Role::ALL.iter().filter(|role| role.is_day()).filter_map(open).collect(),
            numbers: numbers.filter_map(open).collect(),
        }
    }

    fn evidence(&self, path: &Path, request: &OrderRequest) -> Result<Evidence, ReadError> {
        let watched = self.watched(request);
        let all = chunks(&self.body, false);
        let failed = |error: RowError| error.at(path, self.rows_before);
        let mut sample = Evidence::default();
        sample.reached_end = true;
        for chunk in &all {
            let mut source = chunk.source().map_err(failed)?;
            sample = Evidence::gather(source.as_mut(), &watched, SAMPLE_ROWS).map_err(failed)?;
            sample.reached_end &= all.len() == 1;
            if !sample.examples.is_empty() {
                break;
            }
        }
        if !sample.wants_more(request.date_order.is_none(), request.decimal.is_none()) {
            return Ok(sample);
        }
        let gather = |chunk: &Chunk<'t>| Evidence::gather(chunk.source()?.as_mut(), &watched, u64::MAX);
        let parts = match all.par_iter().map(gather).collect::<Result<Vec<_>, RowError>>() {
            Ok(parts) => parts,
            // A piece may have been cut inside quotes; the whole knows better.
            Err(_) => chunks(&self.body, true).iter().map(gather).collect::<Result<_, _>>().map_err(failed)?,
        };
        let mut whole = Evidence::default();
        for part in parts {
            whole.merge(part);
        }
        whole.examples = sample.examples;
        Ok(whole)
    }

    fn into_plan(
        self,
        path: &Path,
        content: &Content,
        request: &OrderRequest,
        evidence: Evidence,
    ) -> Result<Plan<'t>, ReadError> {
        let place = Place { path, header: &self.header, rows_before: self.rows_before };
        let date_order = match request.date_order {
            Some(order) => Some(order),
            None => evidence.date_order(&place)?,
        };
        let mark = match request.decimal {
            Some(mark) => mark,
            None => evidence.decimal_mark(&place, self.expects_comma())?,
        };
        let marks = Role::ALL.map(|role| {
            let column = self.columns.get(role).map_or(0, usize::from);
            if self.typed.get(column) == Some(&true) { DecimalMark::Point } else { mark }
        });
        let amount_column = self.format.amount_column(&self.columns);
        let basis = if amount_column.is_some() {
            self.format.basis(&self.header, &self.columns)
        } else {
            AmountBasis::NoAmounts
        };
        let attributes = self.attributes(path, request)?;
        let report = self.report(path, content, &evidence, date_order, mark, &attributes);
        let customers_by_name = self.format.customers_by_name(&self.header, &self.columns)
            && !request.mapping.iter().any(|(role, _)| *role == Role::Customer);
        let contains_vat = matches!(basis, AmountBasis::Gross | AmountBasis::AsGiven);
        let reading = Reading {
            format: self.format,
            cells: self.header.names.len(),
            date_order,
            marks,
            today: request.today,
            needs_customer: request.scope == Scope::Customers,
            currency_wanted: request.currency,
            currency_of_file: amount_column.and_then(|column| self.header.currency(column)),
            vat: request.vat.filter(|_| contains_vat),
            identity_seed: xxhash_rust::xxh3::xxh3_64(self.header.names.join("\u{1f}").as_bytes()),
            columns: self.columns,
            attributes,
        };
        Ok(Plan { body: self.body, reading, rows_before: self.rows_before, basis, customers_by_name, report })
    }

    /// The columns of the attributes asked for: by name or, failing that, by the role of that name. Only where several
    /// files are read may one of them lack a column.
    fn attributes(&self, path: &Path, request: &OrderRequest) -> Result<Vec<Option<u16>>, ReadError> {
        let column = |name: &String| {
            let by_role =
                || Role::ALL.into_iter().find(|role| role.name() == name).and_then(|role| self.columns.get(role));
            match self.header.named(name).or_else(by_role) {
                None if request.files.len() <= 1 => Err(ReadError::NoAttribute {
                    path: path.to_owned(),
                    column: name.clone(),
                    columns: self.header.names.clone(),
                }),
                found => Ok(found),
            }
        };
        request.attributes.iter().map(column).collect()
    }

    /// German names between semicolons: Excel writes semicolons where the comma is the decimal mark.
    fn expects_comma(&self) -> bool {
        let semicolons = matches!(self.body, Body::Text { layout: Layout::Delimited { delimiter: b';', .. }, .. });
        semicolons && self.header.is_german()
    }

    fn report(
        &self,
        path: &Path,
        content: &Content,
        evidence: &Evidence,
        date_order: Option<DateOrder>,
        mark: DecimalMark,
        attributes: &[Option<u16>],
    ) -> FileReport {
        let columns = self.header.names.iter().enumerate().map(|(index, name)| ColumnReport {
            name: name.clone(),
            role: u16::try_from(index).ok().and_then(|column| self.columns.role_of(column)),
            is_attribute: attributes.iter().flatten().any(|column| usize::from(*column) == index),
            example: evidence.examples.get(index).cloned().unwrap_or_default(),
        });
        let (encoding, gzip) = match content {
            Content::Text(text) => (text.encoding, text.gzip),
            Content::Parquet(_) => ("", false),
        };
        FileReport {
            path: path.to_owned(),
            kind: self.format.kind(),
            layout: layout_label(&self.body, gzip),
            encoding: encoding.to_owned(),
            date_format: evidence.shape.map_or_else(|| "typed".to_owned(), |shape| shape.label(date_order)),
            number_format: match mark {
                DecimalMark::Point => "1234.56".to_owned(),
                DecimalMark::Comma => "1.234,56".to_owned(),
            },
            columns: columns.collect(),
            rows: 0,
        }
    }
}

fn layout_label(body: &Body<'_>, gzip: bool) -> String {
    let layout = match body {
        Body::Parquet(_) => return "Parquet".to_owned(),
        Body::Text { layout: Layout::Blanks, .. } => "columns of text, blanks".to_owned(),
        Body::Text { layout: Layout::Delimited { delimiter: b'\t', .. }, .. } => "CSV, tab".to_owned(),
        Body::Text { layout: Layout::Delimited { delimiter, .. }, .. } => format!("CSV, '{}'", char::from(*delimiter)),
    };
    if gzip { format!("{layout}, gzip") } else { layout }
}
