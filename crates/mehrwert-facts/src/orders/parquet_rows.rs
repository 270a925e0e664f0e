//! Rows of Parquet files: typed values become the text that the same value has in a well-kept CSV file, so that one
//! way leads from a row to a purchase. Nested columns are left out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, LargeStringArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float32Type, Float64Type, TimeUnit, TimestampMicrosecondType};
use bytes::Bytes;
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};

use super::rows::{Record, RecordSource, RowError};

/// A Parquet file opened, with the columns that can be read.
#[derive(Clone)]
pub(crate) struct ParquetFile {
    bytes: Bytes,
    metadata: ArrowReaderMetadata,
    /// Positions of the flat columns among all.
    flat: Vec<usize>,
    /// Names of the flat columns.
    pub names: Vec<String>,
    /// Whether each flat column holds anything but text, so that nothing about its notation is open.
    pub typed: Vec<bool>,
}

impl ParquetFile {
    pub(crate) fn open(bytes: Bytes) -> Result<ParquetFile, String> {
        let metadata = guarded(|| {
            ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new()).map_err(|error| error.to_string())
        })?;
        let fields = metadata.schema().fields().clone();
        let flat = (0..fields.len()).filter(|index| is_flat(fields[*index].data_type())).collect::<Vec<_>>();
        let names = flat.iter().map(|index| fields[*index].name().clone()).collect();
        let typed = flat.iter().map(|index| !is_text(fields[*index].data_type())).collect();
        Ok(ParquetFile { bytes, metadata, flat, names, typed })
    }

    pub(crate) fn row_groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    /// Bytes that a row group takes in the file.
    pub(crate) fn row_group_bytes(&self, row_group: usize) -> u64 {
        u64::try_from(self.metadata.metadata().row_group(row_group).compressed_size()).unwrap_or(0)
    }

    pub(crate) fn rows(&self) -> u64 {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    pub(crate) fn source(&self, row_group: usize) -> Result<ParquetRows, RowError> {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.bytes.clone(), self.metadata.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), self.flat.iter().copied());
        let reader = guarded(|| {
            builder.with_projection(mask).with_row_groups(vec![row_group]).build().map_err(|error| error.to_string())
        });
        Ok(ParquetRows {
            reader: reader.map_err(RowError::Parquet)?,
            columns: Vec::new(),
            next: 0,
            in_batch: 0,
            row: 0,
        })
    }
}

/// Runs the Parquet library on bytes that may be damaged. It is not written to withstand every damage, so a panic in it
/// becomes an error like any other.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("the decoder failed on it".to_owned()))
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_text(values),
        other => matches!(
            other,
            DataType::Utf8
                | DataType::LargeUtf8
                | DataType::Utf8View
                | DataType::Binary
                | DataType::LargeBinary
                | DataType::BinaryView
        ),
    }
}

fn is_flat(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_flat(values),
        DataType::FixedSizeBinary(_) | DataType::Null => false,
        other => !other.is_nested(),
    }
}

/// The rows of one row group.
pub(crate) struct ParquetRows {
    reader: ParquetRecordBatchReader,
    columns: Vec<LargeStringArray>,
    next: usize,
    in_batch: usize,
    row: u64,
}

impl ParquetRows {
    fn next_batch(&mut self) -> Result<bool, String> {
        let reader = &mut self.reader;
        let batch = guarded(|| reader.next().transpose().map_err(|error| error.to_string()))?;
        let Some(batch) = batch else { return Ok(false) };
        self.columns = guarded(|| texts(&batch))?;
        self.in_batch = batch.num_rows();
        self.next = 0;
        Ok(true)
    }
}

impl<'t> RecordSource<'t> for ParquetRows {
    fn read(&mut self, record: &mut Record<'t>) -> Result<bool, RowError> {
        while self.next >= self.in_batch {
            if !self.next_batch().map_err(RowError::Parquet)? {
                return Ok(false);
            }
        }
        let mut text = record.unpacked.take().unwrap_or_default();
        text.clear();
        record.cells.clear();
        record.too_long = false;
        for column in &self.columns {
            let start = text.len() as u32;
            if column.is_valid(self.next) {
                let value = column.value(self.next).as_bytes();
                record.too_long |= value.len() > super::rows::LONGEST_CELL;
                text.extend_from_slice(&value[..value.len().min(super::rows::LONGEST_CELL)]);
            }
            record.cells.push((start, text.len() as u32));
        }
        record.unpacked = Some(text);
        self.next += 1;
        self.row += 1;
        record.row = self.row;
        Ok(true)
    }

    fn rows_passed(&self) -> u64 {
        self.row
    }
}

fn texts(batch: &RecordBatch) -> Result<Vec<LargeStringArray>, String> {
    batch.columns().iter().map(|column| text_of(column).map_err(|error| error.to_string())).collect()
}

fn text_of(column: &ArrayRef) -> Result<LargeStringArray, arrow::error::ArrowError> {
    match column.data_type() {
        DataType::Float64 => {
            let values = column.as_primitive::<Float64Type>();
            Ok(values.iter().map(|value| value.map(|value| value.to_string())).collect())
        }
        DataType::Float32 => {
            let values = column.as_primitive::<Float32Type>();
            Ok(values.iter().map(|value| value.map(|value| value.to_string())).collect())
        }
        DataType::Timestamp(_, Some(zone)) => local_times(column, zone),
        DataType::Dictionary(_, values) => text_of(&cast(column, values)?),
        _ => Ok(cast(column, &DataType::LargeUtf8)?.as_string::<i64>().clone()),
    }
}

/// Moments with a time zone become the time on that zone's clock; a zone the system does not know counts as UTC.
fn local_times(column: &ArrayRef, zone: &str) -> Result<LargeStringArray, arrow::error::ArrowError> {
    let time_zone = time_zone(zone);
    let instants = cast(column, &DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from(zone))))?;
    let instants = instants.as_primitive::<TimestampMicrosecondType>();
    let clock = |micros: i64| {
        Timestamp::from_microsecond(micros).ok().map(|instant| time_zone.to_datetime(instant).to_string())
    };
    Ok(instants.iter().map(|micros| micros.and_then(clock)).collect())
}

fn time_zone(zone: &str) -> TimeZone {
    let fixed = || {
        let (sign, rest) = match zone.split_at_checked(1)? {
            ("+", rest) => (1, rest),
            ("-", rest) => (-1, rest),
            _ => return None,
        };
        let digits = rest.replace(':', "");
        let hours = digits.get(..2)?.parse::<i32>().ok()?;
        let minutes =
            digits.get(2..).filter(|minutes| !minutes.is_empty()).map_or(Some(0), |text| text.parse().ok())?;
        Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok().map(TimeZone::fixed)
    };
    fixed().or_else(|| TimeZone::get(zone).ok()).unwrap_or(TimeZone::UTC)
}
