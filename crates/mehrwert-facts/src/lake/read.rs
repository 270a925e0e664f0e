//! Reading fact files: whole, or the few columns that a look-up needs.

use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use mehrwert_state::FactFile;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::keys::{self, Keys};
use super::units::{NewRows, Statement, There};
use super::{Lake, LakeError};
use crate::tables::FactTable;

/// Rows read at once.
const BATCH_ROWS: usize = 1 << 16;

/// Reads a fact file batch by batch: all columns, or those named.
///
/// # Errors
/// [`LakeError`] when the file is missing or damaged, or the caller's function fails.
pub fn read_file(
    path: &Path,
    columns: Option<&[&str]>,
    mut each: impl FnMut(RecordBatch) -> Result<(), LakeError>,
) -> Result<(), LakeError> {
    let file =
        File::open(path).map_err(|source| LakeError::File { operation: "open", path: path.to_owned(), source })?;
    let damaged = |source| LakeError::Parquet { operation: "read", path: path.to_owned(), source };
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(damaged)?.with_batch_size(BATCH_ROWS);
    let mask = match columns {
        Some(columns) => ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied()),
        None => ProjectionMask::all(),
    };
    for batch in builder.with_projection(mask).build().map_err(damaged)? {
        each(batch.map_err(|source| damaged(source.into()))?)?;
    }
    Ok(())
}

impl Lake {
    /// Looks up what is there of the units of new rows.
    pub(super) fn look_up(&self, table: FactTable, rows: &NewRows, files: &[&FactFile]) -> Result<There, LakeError> {
        let mut there = There::default();
        for file in files {
            read_file(&self.path(file), Some(keys::columns(table)), |batch| {
                let error = |source| LakeError::Rows { operation: "look up", table: table.name(), source };
                let keys = Keys::of(table, &batch).map_err(error)?;
                for row in 0..batch.num_rows() {
                    let (unit, version) = (keys.unit(row), keys.versions[row]);
                    let names = if rows.compares_names(version) { keys.names(row) } else { Vec::new() };
                    if rows.concerns(unit, version, &names) {
                        there.note(unit, Statement { version, digest: keys.digests[row] }, file.id);
                        there.names.note(unit, version, &names);
                    }
                }
                Ok(())
            })?;
        }
        Ok(there)
    }
}
