//! The tables, as migrations that are built into the program; both databases have the same tables and columns.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType};

/// The steps in their order: number, what it makes, the statements for SQLite, those for PostgreSQL. A step that was
/// released is never changed; a change is a new step.
const STEPS: [(i64, &str, &str, &str); 1] = [(
    1,
    "first tables",
    include_str!("../migrations/sqlite/0001_first.sql"),
    include_str!("../migrations/postgres/0001_first.sql"),
)];

fn migration(number: i64, name: &'static str, statements: &'static str) -> Migration {
    Migration::new(number, name.into(), MigrationType::Simple, statements.into_sql_str(), false)
}

pub(crate) fn sqlite() -> Vec<Migration> {
    STEPS.into_iter().map(|(number, name, sqlite, _)| migration(number, name, sqlite)).collect()
}

pub(crate) fn postgres() -> Vec<Migration> {
    STEPS.into_iter().map(|(number, name, _, postgres)| migration(number, name, postgres)).collect()
}
