//! The catalogue of the lake: which Parquet files make up the facts, generation by generation.
//!
//! Every change of the list makes a new generation; a file is in the generations from the one that added it to before
//! the one that removed it, so any earlier list can be read again. Only a rewrite (an erasure) changes earlier
//! generations too: the rewritten file takes the place of the old one in all of them.

use jiff::Timestamp;
use mehrwert_core::{Day, FileId};

use crate::database::{Row, Transaction, values};
use crate::inbox::{Mark, clear};
use crate::{State, StateError};

/// A Parquet file that lies, synced and under its final name, in the lake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactFile {
    /// Its id.
    pub id: FileId,
    /// The fact table it belongs to.
    pub fact: String,
    /// Where it lies, relative to the lake. No two files share a path.
    pub path: String,
    /// Its rows.
    pub rows: u64,
    /// Its bytes.
    pub bytes: u64,
    /// The first day in it.
    pub first_day: Day,
    /// The last day in it.
    pub last_day: Day,
}

/// The files of the lake at one generation, by fact and path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The generation.
    pub generation: i64,
    /// Its files.
    pub files: Vec<FactFile>,
}

/// A generation: when and why the list of files changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// Its number; 0 is the empty lake.
    pub number: i64,
    /// When it was made.
    pub made_at: Timestamp,
    /// Why: sealed, or what the caller gave.
    pub reason: String,
}

/// A change of the list of files: what comes, what goes, and what of the inbox the new files hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct Change<'a> {
    /// The generation that was looked at when the change was made up; a later one makes it void. None when nothing was.
    pub based_on: Option<i64>,
    /// Files that come.
    pub add: &'a [FactFile],
    /// Files that go; earlier generations keep them.
    pub remove: &'a [FileId],
    /// What was read from the inbox for it, to be cleared.
    pub read: Option<&'a Mark>,
    /// Why, for people who read the list of generations.
    pub reason: &'a str,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is done, and this is the generation it made.
    Made(i64),
    /// Nothing was changed, because the list is no longer the one that was looked at: look again.
    Moved,
}

impl State {
    /// Changes the list of files and clears the inbox, all in one transaction.
    ///
    /// # Errors
    /// [`StateError::Overtaken`] when a file to be removed is no longer there, or another process has sealed some of the
    /// events read: nothing is changed.
    pub async fn change_files(&self, change: &Change<'_>, at: Timestamp) -> Result<Changed, StateError> {
        let operation = "change the files of the catalogue";
        let mut transaction = self.database.write(operation).await?;
        let generation = next_generation(&mut transaction, change.reason, at).await?;
        if change.based_on.is_some_and(|based_on| based_on + 1 != generation) {
            return Ok(Changed::Moved);
        }
        if let Some(mark) = change.read {
            clear(&mut transaction, mark).await?;
        }
        for file in change.remove {
            let remove = "UPDATE files SET removed = $1 WHERE file = $2 AND removed IS NULL";
            if transaction.execute(remove, values![generation, *file]).await? != 1 {
                return Err(StateError::Overtaken { operation });
            }
        }
        enter(&mut transaction, change.add, generation).await?;
        transaction.commit().await?;
        Ok(Changed::Made(generation))
    }

    /// Clears from the inbox what was read and came to nothing new. Makes no generation.
    ///
    /// # Errors
    /// [`StateError::Overtaken`] when another process has sealed some of these events.
    pub async fn clear_inbox(&self, read: &Mark) -> Result<(), StateError> {
        let mut transaction = self.database.write("clear the inbox").await?;
        clear(&mut transaction, read).await?;
        transaction.commit().await
    }

    /// Enters files that hold what was read from the inbox and clears it there, in one transaction. Returns the
    /// generation. Without a mark it only enters the files (an import).
    ///
    /// # Errors
    /// [`StateError::Overtaken`] when another process has sealed some of these events: nothing is changed, the files
    /// made for them are to be deleted.
    pub async fn seal(
        &self,
        files: &[FactFile],
        read: Option<&Mark>,
        reason: &str,
        at: Timestamp,
    ) -> Result<i64, StateError> {
        self.made(&Change { add: files, read, reason, ..Change::default() }, at).await
    }

    /// Replaces files by others as a new generation (compaction, correction); earlier generations keep the old ones.
    ///
    /// # Errors
    /// [`StateError::Overtaken`] when one of the old files is no longer in the present generation.
    pub async fn replace_files(
        &self,
        old: &[FileId],
        new: &[FactFile],
        reason: &str,
        at: Timestamp,
    ) -> Result<i64, StateError> {
        self.made(&Change { add: new, remove: old, reason, ..Change::default() }, at).await
    }

    /// Makes a change that is based on no generation.
    async fn made(&self, change: &Change<'_>, at: Timestamp) -> Result<i64, StateError> {
        match self.change_files(change, at).await? {
            Changed::Made(generation) => Ok(generation),
            Changed::Moved => Err(StateError::Overtaken { operation: "change the files of the catalogue" }),
        }
    }

    /// Puts rewritten files in the place of others in every generation (erasure): earlier generations stay reproducible
    /// without what was erased. The old files are noted for deletion from the disk. Makes a new generation, by which
    /// derived tables know that they are out of date.
    ///
    /// # Errors
    /// [`StateError::Overtaken`] when one of the old files is not in the catalogue (any more).
    pub async fn rewrite_files(
        &self,
        rewritten: &[(FileId, FactFile)],
        reason: &str,
        at: Timestamp,
    ) -> Result<i64, StateError> {
        let operation = "rewrite files of the catalogue";
        let mut transaction = self.database.write(operation).await?;
        let generation = next_generation(&mut transaction, reason, at).await?;
        for (old, new) in rewritten {
            let delete = "DELETE FROM files WHERE file = $1 RETURNING path, added, removed";
            let Some(row) = transaction.row(delete, values![*old]).await? else {
                return Err(StateError::Overtaken { operation });
            };
            let (path, added, removed) = (row.text(0)?, row.integer(1)?, row.optional_integer(2)?);
            let doom = "INSERT INTO doomed_files (path, doomed_at) VALUES ($1, $2)";
            transaction.execute(doom, values![path, at]).await?;
            enter(&mut transaction, std::slice::from_ref(new), added).await?;
            transaction.execute("UPDATE files SET removed = $1 WHERE file = $2", values![removed, new.id]).await?;
        }
        transaction.commit().await?;
        Ok(generation)
    }

    /// The files of the lake at a generation, or now.
    ///
    /// # Errors
    /// [`StateError::Missing`] when there is no such generation yet.
    pub async fn snapshot(&self, generation: Option<i64>) -> Result<Snapshot, StateError> {
        let operation = "read the catalogue";
        let mut transaction = self.database.read(operation).await?;
        let present = transaction.counter("catalogue").await?;
        let generation = generation.unwrap_or(present);
        if !(0..=present).contains(&generation) {
            return Err(StateError::missing(operation, format!("generation {generation}; the latest is {present}")));
        }
        let read = "SELECT file, fact, path, row_count, byte_count, first_day, last_day FROM files
            WHERE added <= $1 AND (removed IS NULL OR removed > $1)";
        let rows = transaction.rows(read, values![generation]).await?;
        let mut files = rows.iter().map(file).collect::<Result<Vec<FactFile>, StateError>>()?;
        // Sorted here: the databases order text by different rules.
        files.sort_by(|one, other| (&one.fact, &one.path).cmp(&(&other.fact, &other.path)));
        Ok(Snapshot { generation, files })
    }

    /// The latest generation made at or before a point in time: how a month was reported.
    pub async fn generation_at(&self, at: Timestamp) -> Result<i64, StateError> {
        let mut transaction = self.database.read("find a generation of the catalogue").await?;
        let find = "SELECT COALESCE(MAX(generation), 0) FROM generations WHERE made_at <= $1";
        transaction.number(find, values![at]).await
    }

    /// All generations, the latest first, at most so many.
    pub async fn generations(&self, most: u32) -> Result<Vec<Generation>, StateError> {
        let mut transaction = self.database.read("list the generations of the catalogue").await?;
        let list = "SELECT generation, made_at, reason FROM generations ORDER BY generation DESC LIMIT $1";
        let rows = transaction.rows(list, values![i64::from(most)]).await?;
        let read = |row: &Row| Ok(Generation { number: row.integer(0)?, made_at: row.time(1)?, reason: row.text(2)? });
        rows.iter().map(read).collect()
    }

    /// Paths that no generation holds any more and that are still to be deleted from the disk.
    pub async fn doomed_files(&self) -> Result<Vec<String>, StateError> {
        let mut transaction = self.database.read("list files to delete").await?;
        let rows = transaction.rows("SELECT path FROM doomed_files", values![]).await?;
        let mut paths = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<String>, StateError>>()?;
        paths.sort();
        Ok(paths)
    }

    /// Notes that these paths were deleted from the disk.
    pub async fn files_deleted(&self, paths: &[String]) -> Result<(), StateError> {
        let mut transaction = self.database.write("note deleted files").await?;
        for path in paths {
            transaction.execute("DELETE FROM doomed_files WHERE path = $1", values![path.as_str()]).await?;
        }
        transaction.commit().await
    }
}

/// Begins a generation. The counter's row is locked until the end: generations are committed in their order.
async fn next_generation(transaction: &mut Transaction, reason: &str, at: Timestamp) -> Result<i64, StateError> {
    let generation = transaction.next("catalogue").await?;
    let insert = "INSERT INTO generations (generation, made_at, reason) VALUES ($1, $2, $3)";
    transaction.execute(insert, values![generation, at, reason]).await?;
    Ok(generation)
}

async fn enter(transaction: &mut Transaction, files: &[FactFile], generation: i64) -> Result<(), StateError> {
    let insert = "INSERT INTO files (file, fact, path, row_count, byte_count, first_day, last_day, added)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    for file in files {
        let fits = |count: u64| {
            let refused =
                |_| StateError::refused(transaction.operation(), format!("{}: {count} is too large", file.path));
            i64::try_from(count).map_err(refused)
        };
        let (rows, bytes) = (fits(file.rows)?, fits(file.bytes)?);
        let (fact, path) = (file.fact.as_str(), file.path.as_str());
        let values = values![file.id, fact, path, rows, bytes, file.first_day, file.last_day, generation];
        transaction.execute(insert, values).await?;
    }
    Ok(())
}

fn file(row: &Row) -> Result<FactFile, StateError> {
    Ok(FactFile {
        id: FileId::from_bytes(row.id(0)?),
        fact: row.text(1)?,
        path: row.text(2)?,
        rows: row.count(3)?,
        bytes: row.count(4)?,
        first_day: row.day(5)?,
        last_day: row.day(6)?,
    })
}
