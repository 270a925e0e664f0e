//! The lake: the fact tables as immutable Parquet files in one folder, listed by the catalogue of the state.
//!
//! The way of rows into the lake:
//!
//! 1. Whoever reads (an import, the sealing of the inbox) hands over an [`Addition`]: batches of [`crate::tables`].
//! 2. [`units`]: what is said twice in it is said once. For tables that are looked up, the ids of the sealed rows are
//!    scanned: a unit that is there in the same words changes nothing, one that is there in newer words is left alone, one
//!    that is there in older words is replaced.
//! 3. [`write`]: new rows are written by month, sorted by time, and so are the files that lose replaced rows. A file
//!    is written under a temporary name, synced, renamed, and its folder synced.
//! 4. The catalogue changes in one transaction, in which the inbox is cleared too. Where another process changed it since
//!    step 2, the new files are deleted and the look-up is done again.
//!
//! A crash before step 4 leaves files that no generation lists; [`Lake::orphans`] finds them. After it everything is there.

mod check;
mod compare;
mod keys;
mod read;
pub(crate) mod units;
mod write;

use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use jiff::Timestamp;
use mehrwert_core::FileId;
use mehrwert_state::{Change, Changed, FactFile, Mark, State, StateError};
use parquet::errors::ParquetError;

use crate::tables::FactTable;

pub use check::{Broken, Checked};
pub use read::read_file;

/// The folder of fact files.
///
/// ```
/// use mehrwert_facts::lake::Lake;
/// assert_eq!(Lake::in_directory("data".as_ref()).root(), std::path::Path::new("data/facts"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lake {
    root: PathBuf,
}

/// Rows of one reading (a file, a run of events in which no unit is stated twice), any number of batches a table.
pub type Reading = Vec<(FactTable, RecordBatch)>;

/// Rows to be added.
#[derive(Debug)]
pub struct Addition {
    /// What was read, in any order. Rows of one unit and version in one reading are one statement, in two readings two.
    pub readings: Vec<Reading>,
    /// What of the inbox they were made of, to be cleared with them.
    pub read: Option<Mark>,
    /// Why, for the list of generations: `sealed`, or the name of an import.
    pub reason: String,
}

/// What an addition came to, in units (orders, refunds, payments, days of a campaign).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Units that were not there.
    pub new: u64,
    /// Units that were there and are said differently now.
    pub changed: u64,
    /// Units that were there in the same words.
    pub unchanged: u64,
    /// Units that are there in newer words already, and were left alone.
    pub older: u64,
    /// Units among the changed and the older ones of which neither statement is newer: their words alone decided.
    pub tied: u64,
}

/// What an addition came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Added {
    /// The generation that holds it; none when there was nothing to write.
    pub generation: Option<i64>,
    /// By table, those with rows only.
    pub counted: Vec<(FactTable, Counted)>,
    /// Some of the changed units, where all tables are looked up.
    pub examples: Vec<Restated>,
}

/// One unit that was said differently before.
#[derive(Debug, Clone, PartialEq)]
pub struct Restated {
    /// The table.
    pub table: FactTable,
    /// Its rows as they were.
    pub before: RecordBatch,
    /// Its rows as they are from now on.
    pub after: RecordBatch,
}

/// The lake could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// A file or folder could not be written, read or deleted.
    #[error("cannot {operation} {path}: {source}")]
    File {
        /// What was tried.
        operation: &'static str,
        /// Where.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A fact file cannot be read or made.
    #[error("cannot {operation} the fact file {path}: {source}")]
    Parquet {
        /// What was tried.
        operation: &'static str,
        /// Where.
        path: PathBuf,
        /// What the Parquet library said.
        source: ParquetError,
    },
    /// Rows do not fit together, or a fact file does not have the columns of its table.
    #[error("cannot {operation} rows of the table {table}: {source}")]
    Rows {
        /// What was tried.
        operation: &'static str,
        /// Which table.
        table: &'static str,
        /// What was found.
        source: ArrowError,
    },
    /// The catalogue failed.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Which tables are looked up for what is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookUp {
    /// All: for files, which may be imported twice.
    All,
    /// Those whose rows are restated; touches, events and contacts are known to be new, because the inbox has left out
    /// repeated ones.
    Restated,
}

impl LookUp {
    fn covers(self, table: FactTable) -> bool {
        let arrives_once = matches!(table, FactTable::Touches | FactTable::Events | FactTable::Contacts);
        self == LookUp::All || !arrives_once
    }
}

/// Where ids of new files come from.
pub type FreshFileIds<'a> = &'a mut (dyn FnMut() -> FileId + Send);

/// How often a look-up is repeated because other processes were first.
const MOST_LOOKS: u32 = 100;

impl Lake {
    /// The lake of a data directory: its folder `facts`.
    #[must_use]
    pub fn in_directory(data: &Path) -> Lake {
        Lake { root: data.join("facts") }
    }

    /// Its folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a file lies.
    #[must_use]
    pub fn path(&self, file: &FactFile) -> PathBuf {
        self.root.join(&file.path)
    }

    /// Adds rows and returns when they are on disk and in the catalogue.
    ///
    /// # Errors
    /// [`LakeError`]; the lake is then as it was. [`StateError::Overtaken`] in it means that another process sealed the
    /// same events of the inbox: they are there.
    pub async fn add(
        &self,
        state: &State,
        addition: Addition,
        look_up: LookUp,
        fresh: FreshFileIds<'_>,
        now: Timestamp,
    ) -> Result<Added, LakeError> {
        let tables = units::by_table(addition.readings)?;
        for _ in 0..MOST_LOOKS {
            let snapshot = state.snapshot(None).await?;
            let mut prepared = write::Prepared::default();
            let weighed = self.weigh(&tables, &snapshot, look_up)?;
            let counted = weighed.iter().map(|one| (one.table, one.judged.counted)).collect();
            let examples = if look_up == LookUp::All { self.examples(&weighed)? } else { Vec::new() };
            for one in &weighed {
                prepared.rewrite(self, one.table, &one.files, &one.judged.replaced, &one.there, fresh)?;
                prepared.write(self, one.table, &one.rows.kept(&one.judged)?, fresh)?;
            }
            drop(weighed);
            if prepared.is_empty() {
                if let Some(mark) = &addition.read {
                    state.clear_inbox(mark).await?;
                }
                return Ok(Added { generation: None, counted, examples });
            }
            let change = Change {
                based_on: Some(snapshot.generation),
                add: &prepared.add,
                remove: &prepared.remove,
                read: addition.read.as_ref(),
                reason: &addition.reason,
            };
            match state.change_files(&change, now).await {
                Ok(Changed::Made(generation)) => {
                    return Ok(Added { generation: Some(generation), counted, examples });
                }
                Ok(Changed::Moved) => prepared.discard(self)?,
                Err(error) => {
                    prepared.discard(self)?;
                    return Err(error.into());
                }
            }
        }
        Err(StateError::Overtaken { operation: "add rows to the lake" }.into())
    }

    /// What adding these rows would come to; nothing is written.
    ///
    /// # Errors
    /// [`LakeError`] when the catalogue or a file cannot be read.
    pub async fn preview(&self, state: &State, rows: Reading) -> Result<Added, LakeError> {
        let tables = units::by_table(vec![rows])?;
        let snapshot = state.snapshot(None).await?;
        let weighed = self.weigh(&tables, &snapshot, LookUp::All)?;
        let counted = weighed.iter().map(|one| (one.table, one.judged.counted)).collect();
        Ok(Added { generation: None, counted, examples: self.examples(&weighed)? })
    }

    /// Files in the lake's folder that no generation lists and none is to delete: left by a crash, or being written at
    /// this moment by another process.
    pub fn orphans(&self, listed: &std::collections::HashSet<String>) -> Result<Vec<PathBuf>, LakeError> {
        let mut found = Vec::new();
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            let error = |source| LakeError::File { operation: "list", path: folder.clone(), source };
            let entries = match std::fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => continue,
                Err(source) => return Err(error(source)),
            };
            for entry in entries {
                let path = entry.map_err(error)?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.strip_prefix(&self.root).is_ok_and(|inner| listed.contains(&write::slashed(inner))) {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }
}
