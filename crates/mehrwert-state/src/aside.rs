//! Events set aside: they were acknowledged, so they are kept, but nothing could be made of them.
//!
//! Sealing puts an event here, with the reason, instead of letting it hold up the others. Somebody looks at the list;
//! what can be read by now goes back to the inbox, the rest is forgotten after a time, because it may hold personal data.

use jiff::Timestamp;
use mehrwert_core::KeyId;

use crate::database::{Row, values};
use crate::{InboxEvent, State, StateError};

/// An event that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideEvent {
    /// The event as it stood in the inbox.
    pub event: InboxEvent,
    /// What is wrong with it, for people.
    pub reason: String,
}

impl State {
    /// Sets events aside. One that is there already, by key and message id, stays as it is.
    pub async fn set_aside(&self, events: &[AsideEvent]) -> Result<(), StateError> {
        if events.is_empty() {
            return Ok(());
        }
        let mut transaction = self.database.write("set events aside").await?;
        let insert = "INSERT INTO inbox_aside (intake_key, message_id, received_at, reason, body) VALUES {rows}
            ON CONFLICT (intake_key, message_id) DO NOTHING";
        let row = |AsideEvent { event, reason }: &AsideEvent| {
            let (message, body) = (event.message_id.as_str(), event.body.as_slice());
            values![event.key, message, event.received_at, reason.as_str(), body]
        };
        let rows: Vec<_> = events.iter().map(row).collect();
        transaction.rows_in_chunks(insert, &rows).await?;
        transaction.commit().await
    }

    /// The events that were set aside, the oldest first, at most so many.
    pub async fn aside(&self, most: u32) -> Result<Vec<AsideEvent>, StateError> {
        let mut transaction = self.database.read("list the events set aside").await?;
        let list = "SELECT intake_key, message_id, received_at, body, reason FROM inbox_aside
            ORDER BY received_at, intake_key, message_id LIMIT $1";
        transaction.rows(list, values![i64::from(most)]).await?.iter().map(read).collect()
    }

    /// Those of these events that were set aside, by key and message id.
    pub async fn aside_among(&self, events: &[(KeyId, String)]) -> Result<Vec<AsideEvent>, StateError> {
        let mut transaction = self.database.read("look for events set aside").await?;
        let find = "SELECT intake_key, message_id, received_at, body, reason FROM inbox_aside
            WHERE (intake_key, message_id) IN (VALUES {rows})";
        let rows: Vec<_> = events.iter().map(|(key, message)| values![*key, message.as_str()]).collect();
        transaction.rows_in_chunks(find, &rows).await?.iter().map(read).collect()
    }

    /// How many events are set aside.
    pub async fn aside_count(&self) -> Result<u64, StateError> {
        let mut transaction = self.database.read("count the events set aside").await?;
        let row = transaction.row("SELECT COUNT(*) FROM inbox_aside", values![]).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }

    /// Puts events that were set aside back into the inbox, to be sealed once more; returns how many.
    pub async fn retry_aside(&self, events: &[(KeyId, String)]) -> Result<u64, StateError> {
        let mut transaction = self.database.write("put events back into the inbox").await?;
        let mut returned = 0;
        for (key, message) in events {
            let take = "DELETE FROM inbox_aside WHERE intake_key = $1 AND message_id = $2
                RETURNING intake_key, message_id, received_at, body";
            let Some(row) = transaction.row(take, values![*key, message.as_str()]).await? else { continue };
            let put = "INSERT INTO inbox (intake_key, message_id, received_at, body) VALUES ($1, $2, $3, $4)";
            transaction.execute(put, values![*key, row.text(1)?, row.time(2)?, row.bytes(3)?.as_slice()]).await?;
            returned += 1;
        }
        transaction.commit().await?;
        Ok(returned)
    }

    /// Forgets the events set aside that arrived before a time; returns how many.
    pub async fn forget_aside(&self, before: Timestamp) -> Result<u64, StateError> {
        let mut transaction = self.database.write("forget events set aside").await?;
        let forgotten = transaction.execute("DELETE FROM inbox_aside WHERE received_at < $1", values![before]).await?;
        transaction.commit().await?;
        Ok(forgotten)
    }
}

fn read(row: &Row) -> Result<AsideEvent, StateError> {
    let event = InboxEvent {
        key: KeyId::from_bytes(row.id(0)?),
        message_id: row.text(1)?,
        received_at: row.time(2)?,
        body: row.bytes(3)?,
    };
    Ok(AsideEvent { event, reason: row.text(4)? })
}
