//! The tables, as migrations that are built into the program; both databases have the same tables and columns.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType};

/// The steps in their order: number, what it makes, the statements for SQLite, those for PostgreSQL. A step that was
/// released is never changed; a change is a new step.
const STEPS: [(i64, &str, &str, &str); 2] = [
    (
        1,
        "first tables",
        include_str!("../migrations/sqlite/0001_first.sql"),
        include_str!("../migrations/postgres/0001_first.sql"),
    ),
    (
        2,
        "events set aside",
        include_str!("../migrations/sqlite/0002_set_aside.sql"),
        include_str!("../migrations/postgres/0002_set_aside.sql"),
    ),
];

fn migration(number: i64, name: &'static str, statements: &'static str) -> Migration {
    Migration::new(number, name.into(), MigrationType::Simple, statements.into_sql_str(), false)
}

pub(crate) fn sqlite() -> Vec<Migration> {
    STEPS.into_iter().map(|(number, name, sqlite, _)| migration(number, name, sqlite)).collect()
}

pub(crate) fn postgres() -> Vec<Migration> {
    STEPS.into_iter().map(|(number, name, _, postgres)| migration(number, name, postgres)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The statements of PostgreSQL that stand for those of SQLite.
    fn translated(sqlite: &str) -> String {
        let mut text = sqlite.to_owned();
        for (theirs, ours) in [
            ("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
            ("INTEGER", "BIGINT"),
            ("BLOB", "BYTEA"),
            (") STRICT, WITHOUT ROWID;", ");"),
            (") STRICT;", ");"),
        ] {
            text = text.replace(theirs, ours);
        }
        text
    }

    #[test]
    fn both_databases_have_the_same_tables() {
        for (number, _, sqlite, postgres) in STEPS {
            assert_eq!(translated(sqlite), postgres, "step {number}");
        }
    }

    #[test]
    fn steps_are_counted_from_one() {
        assert!(STEPS.iter().map(|step| step.0).eq(1..=STEPS.len() as i64));
    }
}
