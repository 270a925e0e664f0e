//! The one interface behind which SQLite and PostgreSQL stand.
//!
//! It lies low on purpose: a transaction that runs statements over three kinds of values. So every rule of the state is
//! written once, and the two databases differ only where they are different: how they are opened and brought up to
//! date, and how a transaction begins. Statements are written in the words that both understand; parameters are `$1`.

mod postgres;
mod sqlite;

use std::borrow::Cow;
use std::sync::Arc;

use sqlx::postgres::{PgPool, PgRow};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _};

use crate::{StateError, StateUrl};

/// Rows of one statement with many rows of values: SQLite takes at most 32,766 parameters, PostgreSQL 65,535.
pub(crate) const ROWS_AT_ONCE: usize = 500;

/// A value of a statement or a row; the databases' own booleans, times and numbers are not used.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Integer(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! value_from {
    ($($from:ty, $variant:ident, $convert:expr;)*) => { $(
        impl From<$from> for Value {
            fn from(value: $from) -> Value {
                Value::$variant(Some($convert(value)))
            }
        }

        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Value {
                Value::$variant(value.map($convert))
            }
        }
    )* };
}

value_from! {
    i64, Integer, |value| value;
    &str, Text, kept_text;
    String, Text, |value: String| kept_text(&value);
    &[u8], Bytes, <[u8]>::to_vec;
    [u8; 16], Bytes, |value: [u8; 16]| value.to_vec();
    [u8; 32], Bytes, |value: [u8; 32]| value.to_vec();
    jiff::Timestamp, Integer, |value: jiff::Timestamp| value.as_microsecond();
    mehrwert_core::PersonId, Bytes, |value: mehrwert_core::PersonId| value.bytes().to_vec();
    mehrwert_core::AliasId, Bytes, |value: mehrwert_core::AliasId| value.bytes().to_vec();
    mehrwert_core::AccountId, Bytes, |value: mehrwert_core::AccountId| value.bytes().to_vec();
    mehrwert_core::KeyId, Bytes, |value: mehrwert_core::KeyId| value.bytes().to_vec();
    mehrwert_core::JobId, Bytes, |value: mehrwert_core::JobId| value.bytes().to_vec();
    mehrwert_core::FileId, Bytes, |value: mehrwert_core::FileId| value.bytes().to_vec();
    mehrwert_core::Day, Integer, |value: mehrwert_core::Day| i64::from(value.epoch());
}

/// PostgreSQL keeps no zero bytes in text. One from outside must not break off a transaction that holds the events of
/// others, so it becomes the sign for what cannot be shown, with both databases.
pub(crate) fn kept_text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// The values of a statement, in the order of `$1`, `$2` ...
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$(crate::database::Value::from($value)),*] };
}
pub(crate) use values;

/// A statement with `rows` rows of `width` parameters each where `{rows}` stands: `($1, $2), ($3, $4)`.
pub(crate) fn with_rows(statement: &'static str, rows: usize, width: usize) -> String {
    let row = |row: usize| {
        let names: Vec<String> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
        format!("({})", names.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    statement.replace("{rows}", &rows.join(", "))
}

/// An open database.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pools: Pools,
    place: Arc<str>,
}

#[derive(Debug, Clone)]
enum Pools {
    /// One connection writes, so that writers of one process queue here instead of at the lock of the file.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        clearer: SqlitePool,
    },
    Postgres(PgPool),
}

impl Database {
    /// Opens the database, makes it where there is none, and brings its tables up to date.
    pub async fn open(url: &StateUrl) -> Result<Database, StateError> {
        let opened = match url {
            StateUrl::Sqlite(path) => sqlite::open(path).await,
            StateUrl::Postgres(url) => postgres::open(url).await,
        };
        let place = url.to_string();
        match opened {
            Ok(pools) => Ok(Database { pools, place: place.into() }),
            Err(source) => Err(StateError::Open { place, source }),
        }
    }

    /// Begins a transaction that may write. With SQLite it has the only write lock from its beginning.
    pub async fn write(&self, operation: &'static str) -> Result<Transaction, StateError> {
        let began = match &self.pools {
            Pools::Sqlite { writer, .. } => writer.begin_with("BEGIN IMMEDIATE").await.map(Begun::Sqlite),
            Pools::Postgres(pool) => pool.begin().await.map(Begun::Postgres),
        };
        self.begun(operation, began)
    }

    /// Begins a transaction that only reads and sees the database as it is at its first statement.
    pub async fn read(&self, operation: &'static str) -> Result<Transaction, StateError> {
        let began = match &self.pools {
            Pools::Sqlite { readers, .. } => readers.begin().await.map(Begun::Sqlite),
            Pools::Postgres(pool) => {
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await.map(Begun::Postgres)
            }
        };
        self.begun(operation, began)
    }

    fn begun(&self, operation: &'static str, began: Result<Begun, sqlx::Error>) -> Result<Transaction, StateError> {
        let context = Context { operation, place: Arc::clone(&self.place) };
        match began {
            Ok(begun) => Ok(Transaction { begun, context }),
            Err(error) => Err(context.failed(error)),
        }
    }

    /// Carries what is in SQLite's journal over into its file. PostgreSQL does such things by itself.
    pub async fn clear_journal(&self) -> Result<(), StateError> {
        let done = match &self.pools {
            Pools::Sqlite { writer, clearer, .. } => sqlite::clear_journal(writer, clearer).await,
            Pools::Postgres(_) => Ok(()),
        };
        let context = Context { operation: "clear the journal", place: Arc::clone(&self.place) };
        done.map_err(|error| context.failed(error))
    }

    /// Overwrites what was deleted and still lies in free pages of the file. With PostgreSQL its operator sees to that.
    pub async fn overwrite_freed(&self) -> Result<(), StateError> {
        let done = match &self.pools {
            Pools::Sqlite { writer, .. } => sqlite::overwrite_freed(writer).await,
            Pools::Postgres(_) => Ok(()),
        };
        let context = Context { operation: "overwrite what was deleted", place: Arc::clone(&self.place) };
        done.map_err(|error| context.failed(error))
    }

    /// Closes all connections; what was committed stays.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers, clearer } => {
                readers.close().await;
                clearer.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// What an error says besides its cause.
#[derive(Debug, Clone)]
struct Context {
    operation: &'static str,
    place: Arc<str>,
}

impl Context {
    fn failed(&self, error: sqlx::Error) -> StateError {
        StateError::Database { operation: self.operation, place: self.place.to_string(), source: error.into() }
    }

    fn damaged(&self, found: String) -> StateError {
        StateError::Damaged { operation: self.operation, place: self.place.to_string(), found }
    }
}

enum Begun {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// A transaction; what was not committed when it is dropped is rolled back.
pub(crate) struct Transaction {
    begun: Begun,
    context: Context,
}

impl Transaction {
    /// What was asked for, for errors of the caller's own.
    pub fn operation(&self) -> &'static str {
        self.context.operation
    }

    /// An error that says what was found where it cannot be.
    pub fn damaged(&self, found: impl Into<String>) -> StateError {
        self.context.damaged(found.into())
    }

    /// Runs a statement and tells how many rows it touched.
    pub async fn execute(
        &mut self,
        statement: impl Into<Cow<'static, str>>,
        values: Vec<Value>,
    ) -> Result<u64, StateError> {
        // Statements are constants of this crate; what comes from outside is always a parameter.
        let statement = AssertSqlSafe(statement.into());
        let done = match &mut self.begun {
            Begun::Sqlite(transaction) => {
                let query = sqlx::query_with(statement, sqlite::arguments(values));
                query.execute(&mut **transaction).await.map(|done| done.rows_affected())
            }
            Begun::Postgres(transaction) => {
                let query = sqlx::query_with(statement, postgres::arguments(values));
                query.execute(&mut **transaction).await.map(|done| done.rows_affected())
            }
        };
        done.map_err(|error| self.context.failed(error))
    }

    /// Runs a statement and returns its rows.
    pub async fn rows(
        &mut self,
        statement: impl Into<Cow<'static, str>>,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StateError> {
        let statement = AssertSqlSafe(statement.into());
        let cells = match &mut self.begun {
            Begun::Sqlite(transaction) => {
                let query = sqlx::query_with(statement, sqlite::arguments(values));
                query.fetch_all(&mut **transaction).await.map(|rows| rows.into_iter().map(Cells::Sqlite).collect())
            }
            Begun::Postgres(transaction) => {
                let query = sqlx::query_with(statement, postgres::arguments(values));
                query.fetch_all(&mut **transaction).await.map(|rows| rows.into_iter().map(Cells::Postgres).collect())
            }
        };
        let cells: Vec<Cells> = cells.map_err(|error| self.context.failed(error))?;
        Ok(cells.into_iter().map(|cells| Row { cells, context: self.context.clone() }).collect())
    }

    /// Runs a statement and returns its first row, if it has one.
    pub async fn row(
        &mut self,
        statement: impl Into<Cow<'static, str>>,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StateError> {
        Ok(self.rows(statement, values).await?.into_iter().next())
    }

    /// Runs a statement whose answer is one number.
    pub async fn number(&mut self, statement: &'static str, values: Vec<Value>) -> Result<i64, StateError> {
        match self.row(statement, values).await? {
            Some(row) => row.integer(0),
            None => Err(self.damaged(format!("no answer to {statement}"))),
        }
    }

    /// Runs a statement over many rows of values, [`ROWS_AT_ONCE`] at a time: `{rows}` in it stands for them.
    pub async fn rows_in_chunks(
        &mut self,
        statement: &'static str,
        rows: &[Vec<Value>],
    ) -> Result<Vec<Row>, StateError> {
        let mut found = Vec::new();
        for chunk in rows.chunks(ROWS_AT_ONCE) {
            let sql = with_rows(statement, chunk.len(), chunk[0].len());
            found.append(&mut self.rows(sql, chunk.concat()).await?);
        }
        Ok(found)
    }

    /// Counts a counter up by one and returns it. The row stays locked until the end of the transaction, so numbers are
    /// committed in their order, also by several processes.
    pub async fn next(&mut self, counter: &'static str) -> Result<i64, StateError> {
        self.number("UPDATE counters SET value = value + 1 WHERE name = $1 RETURNING value", values![counter]).await
    }

    /// The present value of a counter.
    pub async fn counter(&mut self, counter: &'static str) -> Result<i64, StateError> {
        self.number("SELECT value FROM counters WHERE name = $1", values![counter]).await
    }

    /// Makes everything since the beginning durable.
    pub async fn commit(self) -> Result<(), StateError> {
        let done = match self.begun {
            Begun::Sqlite(transaction) => transaction.commit().await,
            Begun::Postgres(transaction) => transaction.commit().await,
        };
        done.map_err(|error| self.context.failed(error))
    }
}

enum Cells {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A row of an answer; columns are counted from 0.
pub(crate) struct Row {
    cells: Cells,
    context: Context,
}

macro_rules! cell {
    ($($name:ident, $optional:ident, $type:ty;)*) => { $(
        pub fn $name(&self, column: usize) -> Result<$type, StateError> {
            let cell = match &self.cells {
                Cells::Sqlite(row) => row.try_get(column),
                Cells::Postgres(row) => row.try_get(column),
            };
            cell.map_err(|error| self.context.damaged(error.to_string()))
        }

        pub fn $optional(&self, column: usize) -> Result<Option<$type>, StateError> {
            let cell = match &self.cells {
                Cells::Sqlite(row) => row.try_get(column),
                Cells::Postgres(row) => row.try_get(column),
            };
            cell.map_err(|error| self.context.damaged(error.to_string()))
        }
    )* };
}

impl Row {
    cell! {
        integer, optional_integer, i64;
        text, optional_text, String;
    }

    /// Bytes.
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, StateError> {
        let cell = match &self.cells {
            Cells::Sqlite(row) => row.try_get(column),
            Cells::Postgres(row) => row.try_get(column),
        };
        cell.map_err(|error| self.context.damaged(error.to_string()))
    }

    /// A count, which is never negative.
    pub fn count(&self, column: usize) -> Result<u64, StateError> {
        let number = self.integer(column)?;
        u64::try_from(number).map_err(|_| self.context.damaged(format!("a count of {number}")))
    }

    /// The 16 bytes of an id.
    pub fn id(&self, column: usize) -> Result<[u8; 16], StateError> {
        let bytes = self.bytes(column)?;
        bytes.try_into().map_err(|bytes: Vec<u8>| self.context.damaged(format!("an id of {} bytes", bytes.len())))
    }

    /// A point in time.
    pub fn time(&self, column: usize) -> Result<jiff::Timestamp, StateError> {
        let number = self.integer(column)?;
        jiff::Timestamp::from_microsecond(number).map_err(|error| self.context.damaged(error.to_string()))
    }

    /// A point in time, or none.
    pub fn optional_time(&self, column: usize) -> Result<Option<jiff::Timestamp>, StateError> {
        self.optional_integer(column)?.map(|_| self.time(column)).transpose()
    }

    /// A calendar day.
    pub fn day(&self, column: usize) -> Result<mehrwert_core::Day, StateError> {
        let number = self.integer(column)?;
        let day = i32::try_from(number).map(mehrwert_core::Day::from_epoch);
        day.map_err(|_| self.context.damaged(format!("the day {number}")))
    }

    /// An error that says what was found where it cannot be.
    pub fn damaged(&self, found: impl Into<String>) -> StateError {
        self.context.damaged(found.into())
    }
}
