//! What we decided and who people are, in a relational database: SQLite in the data directory, or PostgreSQL.
//!
//! Facts are pseudonymous and lie in Parquet files; everything that names a human or changes in place is here. A
//! [`State`] is opened at a [`StateUrl`]; every call is one transaction, durable when it returns, and safe beside other
//! processes that work on the same state. Time and randomness are handed in.
//!
//! The way of an event: [`State::append`] makes it durable in the inbox, [`State::inbox`] reads it for sealing into a
//! Parquet file, and [`State::seal`] enters that file in the catalogue and clears the event in the same transaction.
//! A [`Snapshot`] is the list of files at one generation.
//!
//! The way to a person: an [`Identity`] (an e-mail address, a shop's customer number) has an alias, which is all that
//! facts hold; the versioned alias map tells which person an alias is. Merging and unmerging add rows to that map.
//!
//! ```
//! use jiff::Timestamp;
//! use mehrwert_core::KeyId;
//! use mehrwert_state::{InboxEvent, State, StateUrl};
//!
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let data = folder.path();
//! // 32 random bytes of the system: they become this state's secret when it is new.
//! let random = [7; 32];
//! let state = State::open(&StateUrl::in_directory(data), random).await?;
//! let event = InboxEvent {
//!     key: KeyId::new(1_700_000_000_000, [1; 10]),
//!     message_id: "m-1".to_owned(),
//!     received_at: Timestamp::from_millisecond(1_700_000_000_000)?,
//!     body: br#"{"type":"track"}"#.to_vec(),
//! };
//! assert_eq!(state.append(&[event.clone(), event]).await?.repeated, 1);
//! assert_eq!(state.inbox(100).await?.events.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod accounts;
mod aliases;
mod appender;
mod aside;
mod catalogue;
mod check;
mod consents;
mod database;
mod definitions;
mod erasure;
mod error;
mod identity;
mod inbox;
mod keys;
mod leases;
mod many;
mod people;
mod place;
mod products;
mod schema;

use database::{Database, values};

pub use accounts::{Account, Joining, Member};
pub use appender::{AppendError, Appender};
pub use aside::AsideEvent;
pub use catalogue::{Change, Changed, FactFile, Generation, Snapshot};
pub use check::MapFaults;
pub use consents::{ConsentEntry, ConsentStep};
pub use definitions::Definition;
pub use erasure::Erased;
pub use error::StateError;
pub use identity::{Identity, IdentityError, IdentityKind};
pub use inbox::{Appended, InboxBatch, InboxEvent, Mark, REMEMBERED};
pub use keys::{ApiKey, KeyKind};
pub use leases::Lease;
pub use many::{Merge, Move};
pub use people::{FreshIds, Recognised, Trait};
pub use place::{StateUrl, StateUrlError};
pub use products::{ExchangeRate, Product};

/// The open state. Clones share its connections.
#[derive(Debug, Clone)]
pub struct State {
    database: Database,
}

impl State {
    /// Opens the state, makes it when there is none and brings its tables up to date. The random bytes become the key of
    /// its tombstones when it is new, and are not used otherwise.
    ///
    /// # Errors
    /// [`StateError::Open`] when the file cannot be made, the server does not answer, or the state was written by a
    /// later version of Mehrwert.
    pub async fn open(url: &StateUrl, random: [u8; 32]) -> Result<State, StateError> {
        let database = Database::open(url).await?;
        let mut transaction = database.write("set up the state").await?;
        let keep = "INSERT INTO secrets (name, value) VALUES ('tombstones', $1) ON CONFLICT (name) DO NOTHING";
        transaction.execute(keep, values![random]).await?;
        transaction.commit().await?;
        Ok(State { database })
    }

    /// Closes all connections; what was acknowledged stays.
    pub async fn close(self) {
        self.database.close().await;
    }
}
