//! Order files of any kind, read into one table of order lines.
//!
//! The way of a row from the disk to Arrow:
//!
//! 1. [`bytes`]: the file is read whole, recognised by its first bytes, unpacked if it is gzip, decoded to UTF-8.
//! 2. [`dialect`]: for text, the first rows tell the delimiter, the quotes, the header and so the [`formats`] format;
//!    [`parquet_rows`] knows all that from the file. [`header`] maps columns to roles.
//! 3. [`evidence`]: the columns tell how their [`dates`] and [`numbers`] are written, the first rows where they suffice,
//!    all rows where they do not. What stays open is asked, never guessed. [`plan`] puts 2 and 3 together.
//! 4. [`rows`]: the text is cut into chunks at line ends, one for each thread; each gives one record after the other.
//! 5. [`chunk`]: the format judges each record: one or more [`lines`], or set aside with its reason. Either way its
//!    amount enters the reconciliation before the judgement, and the used and the set-aside amounts are summed behind it.
//! 6. [`log`]: the chunks are put together in the order of the files: [`names`] get their numbers by first appearance,
//!    whatever the number of threads; rows that an order id proves to be duplicates are set aside; [`across`] does what
//!    only all files together tell; the lines become batches of [`order_lines_schema`].
//!
//! Nothing here is specific to a vendor; what is stands in one file under [`formats`].

mod across;
pub(crate) mod bytes;
pub(crate) mod chunk;
pub(crate) mod dates;
pub(crate) mod dialect;
mod error;
mod evidence;
pub(crate) mod formats;
pub(crate) mod header;
mod lines;
pub(crate) mod log;
mod mapping;
pub(crate) mod names;
pub(crate) mod numbers;
mod parquet_rows;
pub(crate) mod plan;
pub(crate) mod report;
mod request;
mod role;
pub(crate) mod rows;
mod schema;
pub(crate) mod sums;
pub(crate) mod times;

pub use dates::DateOrder;
pub use error::ReadError;
pub use mapping::{MappingError, parse_mapping};
pub use names::Names;
pub use numbers::DecimalMark;
pub use report::{
    AmountBasis, ColumnReport, FileKind, FileReport, ReadWarning, ReasonTotal, Reconciliation, SetAside, SetAsideReason,
};
pub use request::{OrderRequest, Scope};
pub use role::Role;
pub use schema::{AMOUNT_PRECISION, AMOUNT_SCALE, OrderColumns, attribute_column, order_lines_schema};

use std::path::Path;

use ::bytes::Bytes;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use mehrwert_core::{Currency, Phase, Progress, Silent};
use rayon::prelude::*;

use self::bytes::Content;
use self::chunk::{ChunkProgress, ChunkResult, read_chunk};
use self::log::{FileResult, LogBuilder};
use self::plan::Plan;
use self::rows::RowError;

/// Orders read from files.
#[derive(Debug)]
pub struct OrderLog {
    /// The columns of the batches: [`order_lines_schema`].
    pub schema: SchemaRef,
    /// The order lines, in the order of the files and their rows.
    pub batches: Vec<RecordBatch>,
    /// The customers that the column `customer` numbers, in the order of their first used row.
    pub customers: Names,
    /// The orders that the column `order` numbers.
    pub order_ids: Names,
    /// The products that the column `product` numbers.
    pub products: Names,
    /// The sources that the column `source` numbers.
    pub sources: Names,
    /// The attributes asked for, in the order of the request.
    pub attributes: Vec<Attribute>,
    /// What was found out about each file.
    pub files: Vec<FileReport>,
    /// That nothing was lost.
    pub reconciliation: Reconciliation,
    /// Every row set aside, in the order of the files and their rows.
    pub set_aside: Vec<SetAside>,
    /// What a person should know before believing a figure.
    pub warnings: Vec<ReadWarning>,
    /// Whether amounts contain VAT.
    pub basis: AmountBasis,
    /// The currency of the amounts, where the files say.
    pub currency: Option<Currency>,
}

/// A column of the files that tells customers apart.
#[derive(Debug)]
pub struct Attribute {
    /// The column as it was asked for.
    pub name: String,
    /// Its values.
    pub values: Names,
}

/// Reads order files.
///
/// # Errors
/// [`ReadError`] when a file cannot be read or understood, something about it must be asked, or no row is left.
pub fn read_orders(request: &OrderRequest, progress: &dyn Progress) -> Result<OrderLog, ReadError> {
    check_file_count(request.files.len())?;
    let sizes = request.files.iter().map(|path| std::fs::metadata(path).map_or(0, |metadata| metadata.len()));
    let sizes = sizes.collect::<Vec<_>>();
    progress.begin(Phase::Reading, Some(sizes.iter().sum()));
    let result = read_files(request, &sizes, progress);
    progress.end();
    result
}

fn read_files(request: &OrderRequest, sizes: &[u64], progress: &dyn Progress) -> Result<OrderLog, ReadError> {
    let mut log = LogBuilder::default();
    for (path, size) in request.files.iter().zip(sizes) {
        let content = bytes::load(path)?;
        read_file(&mut log, path, &content, *size, request, progress)?;
    }
    log.finish(request)
}

/// Reads one order file that lies in memory; `request.files` names it in reports and messages, and may be empty.
///
/// # Errors
/// As [`read_orders`].
pub fn read_orders_from_bytes(bytes: &[u8], request: &OrderRequest) -> Result<OrderLog, ReadError> {
    let path = request.files.first().map_or(Path::new("input"), |path| path.as_path());
    let content = bytes::recognise(path, bytes.to_vec())?;
    let mut log = LogBuilder::default();
    read_file(&mut log, path, &content, bytes.len() as u64, request, &Silent)?;
    log.finish(request)
}

pub(crate) fn check_file_count(count: usize) -> Result<(), ReadError> {
    match count {
        0 => Err(ReadError::NoFiles),
        count if count > usize::from(u16::MAX) => Err(ReadError::TooManyFiles(count)),
        _ => Ok(()),
    }
}

fn read_file(
    log: &mut LogBuilder,
    path: &Path,
    content: &Content,
    bytes_on_disk: u64,
    request: &OrderRequest,
    progress: &dyn Progress,
) -> Result<(), ReadError> {
    let plan = Plan::find(path, content, request)?;
    if plan.report.kind == FileKind::Contracts {
        return Err(ReadError::HoldsContracts { path: path.to_owned() });
    }
    let file = log.file_count();
    let bytes_of_text = match content {
        Content::Text(text) => text.bytes.len() as u64,
        Content::Parquet(bytes) => Bytes::len(bytes) as u64,
    };
    let read = |chunk: &plan::Chunk<'_>| {
        let progress = ChunkProgress { progress, bytes: chunk.length(), bytes_on_disk, bytes_of_text };
        read_chunk(chunk.source()?.as_mut(), &plan.reading, file, plan.basis, &progress)
    };
    let mut results = plan.chunks().par_iter().map(read).collect::<Vec<_>>();
    if was_cut_wrongly(&results) {
        results = plan.whole().iter().map(read).collect();
    }
    log.add_file(FileResult {
        basis: plan.basis,
        customers_by_name: plan.customers_by_name,
        rows_before: plan.rows_before,
        attributes_found: plan.reading.attributes.iter().map(Option::is_some).collect(),
        report: plan.report,
        chunks: results,
    })
}

/// Whether a piece before the last ended inside a row.
fn was_cut_wrongly(results: &[Result<ChunkResult, RowError>]) -> bool {
    let Some((_, before)) = results.split_last() else { return false };
    before.iter().any(|result| match result {
        Ok(chunk) => chunk.ended_inside_row,
        Err(error) => matches!(error, RowError::UnclosedQuote { .. }),
    })
}
