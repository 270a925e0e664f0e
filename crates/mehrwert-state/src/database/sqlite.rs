//! SQLite: a file in the data directory, shared by several processes.

use std::error::Error;
use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Arguments as _, Connection as _};

use super::{Pools, Value};
use crate::schema;

/// How long a writer waits for the writer of another process. Transactions are short; whoever waits this long stands
/// behind a process that hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Connections that read while one writes.
const READERS: u32 = 4;

pub(super) async fn open(path: &Path) -> Result<Pools, Box<dyn Error + Send + Sync>> {
    // Two processes that make the file and its tables at the same time would trip over each other: SQLite has no lock
    // that holds over several transactions, so a file beside it is locked. The lock ends with the process at the latest.
    let _lock = first_come(path).await?;
    let writer = pool(1).connect_with(options(path)).await?;
    keep_private(path)?;
    Migrator::with_migrations(schema::sqlite()).run(&writer).await?;
    let readers = pool(READERS).connect_lazy_with(options(path).pragma("query_only", "on"));
    let clearer = pool(1).connect_lazy_with(options(path));
    Ok(Pools::Sqlite { writer, readers, clearer })
}

/// Carries what is in the journal over into the file. First beside the writer, which is most of it; then, between two
/// transactions of the writer, the little that came in the meantime. With nothing left the writer begins at the start of
/// the journal again, so that it does not grow.
pub(super) async fn clear_journal(writer: &SqlitePool, clearer: &SqlitePool) -> Result<(), sqlx::Error> {
    for pool in [clearer, writer] {
        sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_all(pool).await?;
    }
    Ok(())
}

/// Overwrites the pages that are free, and empties the journal, which holds their last content.
pub(super) async fn overwrite_freed(writer: &SqlitePool) -> Result<(), sqlx::Error> {
    let mut connection = writer.acquire().await?;
    let free: i64 = sqlx::query_scalar("PRAGMA freelist_count").fetch_one(&mut *connection).await?;
    let page: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(&mut *connection).await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("CREATE TABLE overwritten (zeros BLOB NOT NULL)").execute(&mut *transaction).await?;
    let mut left = free * page;
    while left > 0 {
        let zeros = sqlx::query("INSERT INTO overwritten (zeros) VALUES (zeroblob(?))");
        zeros.bind(left.min(1 << 20)).execute(&mut *transaction).await?;
        left -= 1 << 20;
    }
    sqlx::query("DROP TABLE overwritten").execute(&mut *transaction).await?;
    transaction.commit().await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&mut *connection).await?;
    Ok(())
}

/// A pool that gives no connection back out that believes itself within a transaction. After some errors, a full disk first
/// of all, SQLite has rolled back by itself; the roll-back that follows then fails, and without this the connection
/// would refuse every further transaction until the process ends.
fn pool(most: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(most).before_acquire(|connection, _| {
        let fit = !connection.is_in_transaction();
        Box::pin(async move { Ok(fit) })
    })
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // Full, not normal: in WAL mode only this syncs at every commit, and acknowledged means on disk.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        // Erased means overwritten, not only unlinked. Pages that become free as a whole are left to `overwrite_freed`:
        // the inbox frees thousands a second.
        .pragma("secure_delete", "fast")
        // The journal is cleared beside the writer (`clear_journal`); this is for whoever does not do that.
        .pragma("wal_autocheckpoint", "16384")
        .optimize_on_close(true, None)
}

async fn first_come(path: &Path) -> Result<File, Box<dyn Error + Send + Sync>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let lock = File::options().create(true).truncate(false).write(true).open(path.with_extension("lock"))?;
    // Waiting blocks, and must not take the thread from whoever holds the lock and waits for the database.
    let waiting = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock));
    Ok(waiting.await??)
}

/// The file holds personal data: only its owner reads it. Its journal takes over the same permissions.
#[cfg(unix)]
fn keep_private(path: &Path) -> Result<(), std::io::Error> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn keep_private(_path: &Path) -> Result<(), std::io::Error> {
    Ok(())
}

pub(super) fn arguments(values: Vec<Value>) -> SqliteArguments {
    let mut arguments = SqliteArguments::default();
    for value in values {
        let added = match value {
            Value::Integer(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
        };
        added.expect("integers, text and bytes are handed over as they are; nothing is encoded that could fail");
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_got_over_without_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let Pools::Sqlite { writer, .. } = open(&folder.path().join("state.sqlite")).await.unwrap() else {
                panic!("SQLite was opened");
            };
            // No room for more pages: the same error, and the same roll-back by SQLite itself, as with a full disk.
            sqlx::query("PRAGMA max_page_count = 1").execute(&writer).await.unwrap();
            let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.unwrap();
            let insert = "INSERT INTO secrets (name, value) VALUES ('large', zeroblob(1000000))";
            let full = sqlx::query(insert).execute(&mut *transaction).await.unwrap_err();
            assert!(full.to_string().contains("full"), "{full}");
            drop(transaction);
            let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.unwrap();
            sqlx::query(insert).execute(&mut *transaction).await.unwrap();
            transaction.commit().await.unwrap();
        });
    }
}
