//! That the files are what the catalogue says, and that each unit is there once and in one version.

use std::collections::hash_map::Entry;
use std::fs::File;
use std::path::PathBuf;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use mehrwert_state::{FactFile, Snapshot};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::read::read_file;
use super::units::ByUnit;
use super::{Lake, LakeError};
use crate::tables::{FactTable, Unit};

/// Something about the lake that can never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// A file is gone.
    Missing(PathBuf),
    /// A file cannot be read.
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What was the matter.
        reason: String,
    },
    /// A file has other rows than the catalogue says.
    Rows {
        /// Which.
        path: PathBuf,
        /// Rows by the catalogue.
        expected: u64,
        /// Rows in the file.
        found: u64,
    },
    /// A file is of a table that there is not.
    UnknownTable {
        /// Which file.
        path: PathBuf,
        /// Its table by the catalogue.
        table: String,
    },
    /// Rows of one unit come in more than one version, or one of them twice.
    Doubled {
        /// The table.
        table: &'static str,
        /// So many units.
        units: u64,
        /// The id of a row of one of them, in hexadecimal digits.
        example: String,
    },
}

/// What was looked at, and what is broken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Files looked at.
    pub files: u64,
    /// Rows of them.
    pub rows: u64,
    /// Units of them.
    pub units: u64,
    /// What is broken.
    pub broken: Vec<Broken>,
}

/// What is known of a unit so far: its version, and a sum over the places of its rows.
struct Seen {
    version: i64,
    rows: u32,
    greatest: u32,
    is_doubled: bool,
}

impl Lake {
    /// Looks at every file of a snapshot: its rows are counted, and the ids and versions of all rows are read.
    #[must_use]
    pub fn check(&self, snapshot: &Snapshot) -> Checked {
        let mut checked = Checked::default();
        for table in FactTable::ALL {
            let files = snapshot.files.iter().filter(|file| file.fact == table.name());
            let mut seen = ByUnit::default();
            for file in files {
                checked.files += 1;
                match self.check_file(table, file, &mut seen) {
                    Ok(rows) => checked.rows += rows,
                    Err(broken) => checked.broken.push(broken),
                }
            }
            checked.units += seen.len() as u64;
            // A unit has the places 0 to its number of rows less one, unless a row is there twice.
            let is_doubled = |seen: &Seen| seen.is_doubled || (seen.greatest < seen.rows - 1);
            let mut doubled = seen.iter().filter(|(_, seen)| is_doubled(seen)).map(|(unit, _)| *unit);
            if let Some(first) = doubled.next() {
                let example = first.row(0).iter().map(|byte| format!("{byte:02x}")).collect();
                let units = 1 + doubled.count() as u64;
                checked.broken.push(Broken::Doubled { table: table.name(), units, example });
            }
        }
        let is_unknown = |file: &&FactFile| FactTable::from_name(&file.fact).is_none();
        for file in snapshot.files.iter().filter(is_unknown) {
            checked.broken.push(Broken::UnknownTable { path: self.path(file), table: file.fact.clone() });
        }
        checked
    }

    /// The rows of a file, or what is wrong with it.
    fn check_file(&self, table: FactTable, file: &FactFile, seen: &mut ByUnit<Seen>) -> Result<u64, Broken> {
        let path = self.path(file);
        if !path.exists() {
            return Err(Broken::Missing(path));
        }
        let unreadable = |reason: String| Broken::Unreadable { path: path.clone(), reason };
        let opened = File::open(&path).map_err(|error| unreadable(error.to_string()))?;
        let builder =
            ParquetRecordBatchReaderBuilder::try_new(opened).map_err(|error| unreadable(error.to_string()))?;
        if builder.schema().fields() != table.schema().fields() {
            return Err(unreadable("its columns are not those of its table".to_owned()));
        }
        let mut rows = 0;
        let note = |batch: arrow::array::RecordBatch| -> Result<(), LakeError> {
            let ids = batch.column_by_name("id").and_then(|ids| ids.as_fixed_size_binary_opt());
            let versions = batch.column_by_name("version").and_then(|column| column.as_primitive_opt::<Int64Type>());
            if let (Some(ids), Some(versions)) = (ids, versions) {
                for row in 0..batch.num_rows() {
                    let mut id = [0; 16];
                    id.copy_from_slice(ids.value(row));
                    note_row(seen, &id, versions.value(row));
                }
                rows += batch.num_rows() as u64;
            }
            Ok(())
        };
        read_file(&path, Some(&["id", "version"]), note).map_err(|error| unreadable(error.to_string()))?;
        if rows == file.rows { Ok(rows) } else { Err(Broken::Rows { path, expected: file.rows, found: rows }) }
    }
}

fn note_row(seen: &mut ByUnit<Seen>, id: &[u8; 16], version: i64) {
    let place = u32::from_be_bytes([id[12], id[13], id[14], id[15]]);
    match seen.entry(Unit::of_row(id)) {
        Entry::Vacant(entry) => drop(entry.insert(Seen { version, rows: 1, greatest: place, is_doubled: false })),
        Entry::Occupied(mut entry) => {
            let seen = entry.get_mut();
            seen.is_doubled |= seen.version != version;
            seen.rows = seen.rows.saturating_add(1);
            seen.greatest = seen.greatest.max(place);
        }
    }
}
