//! PostgreSQL: one database for many servers.

use std::error::Error;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::Arguments as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions};

use super::{Pools, Value};
use crate::schema;

/// Connections of one process.
const CONNECTIONS: u32 = 10;

/// How long a call waits for a free connection, or for a server that is starting again.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn open(url: &str) -> Result<Pools, Box<dyn Error + Send + Sync>> {
    let options = PgConnectOptions::from_str(url)?.application_name("mehrwert");
    let pool =
        PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE).connect_with(options).await?;
    // The migrator takes an advisory lock: several servers may start at once.
    Migrator::with_migrations(schema::postgres()).run(&pool).await?;
    Ok(Pools::Postgres(pool))
}

pub(super) fn arguments(values: Vec<Value>) -> PgArguments {
    let mut arguments = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Integer(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
        };
        added.expect("integers, text and bytes have types that every server knows; encoding them cannot fail");
    }
    arguments
}
