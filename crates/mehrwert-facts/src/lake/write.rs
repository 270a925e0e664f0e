//! Writing fact files: by month, sorted by time, synced before they have a name.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use arrow::array::{AsArray, BooleanArray, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, filter_record_batch, take_record_batch};
use arrow::datatypes::{Date32Type, TimestampMicrosecondType};
use arrow::error::ArrowError;
use mehrwert_core::{Day, FileId};
use mehrwert_state::FactFile;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use rayon::prelude::*;

use super::keys::Keys;
use super::read::read_file;
use super::units::There;
use super::{FreshFileIds, Lake, LakeError};
use crate::tables::{FactTable, Unit};

/// Rows of a row group: small enough that statistics by day make scans skip, large enough to compress.
const ROW_GROUP: usize = 1 << 18;

/// Files that are on disk and not yet in the catalogue.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    pub add: Vec<FactFile>,
    pub remove: Vec<FileId>,
}

impl Prepared {
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    /// Writes rows, a file a month.
    pub fn write(
        &mut self,
        lake: &Lake,
        table: FactTable,
        rows: &RecordBatch,
        fresh: FreshFileIds<'_>,
    ) -> Result<(), LakeError> {
        let months: Vec<(Day, Vec<u32>, FileId)> =
            by_month(table, rows)?.into_iter().map(|(month, places)| (month, places, fresh())).collect();
        // The months at the same time: sorting and compressing is where an import spends its time. What was written
        // is noted even where another month failed, so that it can be deleted.
        let write = |(month, places, id): (Day, Vec<u32>, FileId)| {
            let rows = sorted_part(table, rows, places)?;
            lake.write_file(table, month, &rows, id)
        };
        let written: Vec<Result<FactFile, LakeError>> = months.into_par_iter().map(write).collect();
        let mut failed = None;
        for one in written {
            match one {
                Ok(file) => self.add.push(file),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Writes anew, without the units that are replaced, every file that holds one.
    pub fn rewrite(
        &mut self,
        lake: &Lake,
        table: FactTable,
        files: &[&FactFile],
        replaced: &HashSet<Unit>,
        there: &There,
        fresh: FreshFileIds<'_>,
    ) -> Result<(), LakeError> {
        let concerned = replaced.iter().filter_map(|unit| there.units.get(unit)).flat_map(|unit| unit.files.iter());
        let concerned: HashSet<FileId> = concerned.copied().collect();
        for file in files.iter().filter(|file| concerned.contains(&file.id)) {
            let rest = lake.without(table, file, replaced)?;
            self.remove.push(file.id);
            if rest.num_rows() > 0 {
                self.write(lake, table, &rest, fresh)?;
            }
        }
        Ok(())
    }

    /// Deletes the files written: nothing lists them.
    pub fn discard(&self, lake: &Lake) -> Result<(), LakeError> {
        for file in &self.add {
            let path = lake.path(file);
            std::fs::remove_file(&path).map_err(|source| LakeError::File { operation: "delete", path, source })?;
        }
        Ok(())
    }
}

impl Lake {
    /// The rows of a file whose units are not replaced.
    fn without(&self, table: FactTable, file: &FactFile, replaced: &HashSet<Unit>) -> Result<RecordBatch, LakeError> {
        let error = |source| LakeError::Rows { operation: "rewrite", table: table.name(), source };
        let mut kept = Vec::new();
        read_file(&self.path(file), None, |batch| {
            let keys = Keys::of(table, &batch).map_err(error)?;
            let keep: BooleanArray =
                (0..batch.num_rows()).map(|row| Some(!replaced.contains(&keys.unit(row)))).collect();
            kept.push(filter_record_batch(&batch, &keep).map_err(error)?);
            Ok(())
        })?;
        concat_batches(&table.schema(), &kept).map_err(error)
    }

    /// Writes one file of one table and month. When this returns it is on disk under its name.
    ///
    /// # Errors
    /// [`LakeError`] when it cannot be written; then no file of that name is left.
    pub fn write_file(
        &self,
        table: FactTable,
        month: Day,
        rows: &RecordBatch,
        id: FileId,
    ) -> Result<FactFile, LakeError> {
        let folder = PathBuf::from(table.name()).join(month.to_string().get(..7).unwrap_or_default());
        let inner = folder.join(format!("{id}.parquet"));
        let (path, waiting) = (self.root.join(&inner), self.root.join(&folder).join(format!(".{id}.waiting")));
        self.make_folder(&folder)?;
        let days = days(table, rows)?;
        let bytes = write_parquet(&waiting, rows).inspect_err(|_| {
            // What was begun is of no use; if it cannot be deleted it is found as an orphan.
            drop(std::fs::remove_file(&waiting));
        })?;
        std::fs::rename(&waiting, &path).map_err(|source| LakeError::File {
            operation: "rename",
            path: path.clone(),
            source,
        })?;
        sync_folder(&self.root.join(&folder))?;
        Ok(FactFile {
            id,
            fact: table.name().to_owned(),
            path: slashed(&inner),
            rows: rows.num_rows() as u64,
            bytes,
            first_day: days.0,
            last_day: days.1,
        })
    }

    /// Makes a folder below the root; folders made are synced into those that hold them.
    fn make_folder(&self, folder: &Path) -> Result<(), LakeError> {
        let path = self.root.join(folder);
        std::fs::create_dir_all(&path).map_err(|source| LakeError::File {
            operation: "make",
            path: path.clone(),
            source,
        })?;
        // Also where the folder was there: whoever made it may have been stopped before its name was durable.
        for above in path.ancestors().skip(1).take(3) {
            sync_folder(above)?;
        }
        Ok(())
    }
}

/// The path with `/`, as the catalogue keeps it on every system.
pub(super) fn slashed(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn write_parquet(path: &Path, rows: &RecordBatch) -> Result<u64, LakeError> {
    let failed = |operation: &'static str| {
        move |source: std::io::Error| LakeError::File { operation, path: path.to_owned(), source }
    };
    let broken = |source| LakeError::Parquet { operation: "write", path: path.to_owned(), source };
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_column_statistics_enabled("id".into(), EnabledStatistics::None)
        .set_column_dictionary_enabled("id".into(), false)
        .set_column_dictionary_enabled("digest".into(), false)
        .set_column_statistics_enabled("digest".into(), EnabledStatistics::None)
        .build();
    let file = File::create(path).map_err(failed("make"))?;
    let mut writer = ArrowWriter::try_new(BufWriter::new(&file), rows.schema(), Some(properties)).map_err(broken)?;
    writer.write(rows).map_err(broken)?;
    let buffered = writer.into_inner().map_err(broken)?;
    buffered.into_inner().map_err(|error| failed("write")(error.into_error()))?;
    file.sync_all().map_err(failed("sync"))?;
    Ok(file.metadata().map_err(failed("look at"))?.len())
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(path: &Path) -> Result<(), LakeError> {
    let error = |source| LakeError::File { operation: "sync", path: path.to_owned(), source };
    File::open(path).and_then(|folder| folder.sync_all()).map_err(error)
}

fn day_column(table: FactTable, rows: &RecordBatch) -> Result<&[i32], LakeError> {
    let wrong = || ArrowError::SchemaError("expected a column 'day' of days".to_owned());
    let column = rows.column_by_name("day").and_then(|column| column.as_primitive_opt::<Date32Type>());
    column.map(|days| &days.values()[..]).ok_or_else(|| LakeError::Rows {
        operation: "write",
        table: table.name(),
        source: wrong(),
    })
}

/// The first and the last day of rows.
fn days(table: FactTable, rows: &RecordBatch) -> Result<(Day, Day), LakeError> {
    let days = day_column(table, rows)?;
    let bound = |day: Option<&i32>| Day::from_epoch(day.copied().unwrap_or(0));
    Ok((bound(days.iter().min()), bound(days.iter().max())))
}

/// The rows of each month, by its first day.
fn by_month(table: FactTable, rows: &RecordBatch) -> Result<BTreeMap<Day, Vec<u32>>, LakeError> {
    let mut months: BTreeMap<Day, Vec<u32>> = BTreeMap::new();
    // Rows of one day mostly follow each other, so the month is asked for seldom.
    let mut last: Option<(i32, Day)> = None;
    for (row, day) in day_column(table, rows)?.iter().enumerate() {
        let month = match last {
            Some((known, month)) if known == *day => month,
            _ => Day::first_of_month(Day::from_epoch(*day).month_number()),
        };
        last = Some((*day, month));
        // Arrow's own row numbers have 32 bits.
        months.entry(month).or_default().push(row as u32);
    }
    Ok(months)
}

/// Some of the rows, by the time at which they happened; of one time in the order in which they came.
fn sorted_part(table: FactTable, rows: &RecordBatch, mut places: Vec<u32>) -> Result<RecordBatch, LakeError> {
    let error = |source| LakeError::Rows { operation: "sort", table: table.name(), source };
    let wrong = || ArrowError::SchemaError("expected a column 'at' of times".to_owned());
    let at = rows.column_by_name("at").and_then(|at| at.as_primitive_opt::<TimestampMicrosecondType>());
    let at = at.ok_or_else(|| error(wrong()))?.values();
    let is_sorted = places.windows(2).all(|pair| at[pair[0] as usize] <= at[pair[1] as usize]);
    if is_sorted && places.len() == rows.num_rows() {
        return Ok(rows.clone());
    }
    if !is_sorted {
        places.sort_unstable_by_key(|row| (at[*row as usize], *row));
    }
    take_record_batch(rows, &UInt32Array::from(places)).map_err(error)
}
