//! The inbox: events that were acknowledged and are not yet sealed into Parquet.
//!
//! [`State::append`] makes a batch durable and leaves out what came before; [`State::inbox`] reads in the order of
//! arrival; [`State::seal`] clears exactly what was read. With PostgreSQL an event may become visible after one with a
//! higher number, because its transaction ended later. A [`Mark`] therefore names what was read, not how far, and
//! nothing that appears between is ever cleared unread.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use mehrwert_core::KeyId;
use sha2::{Digest as _, Sha256};

use crate::database::{Row, Transaction, values};
use crate::{State, StateError};

/// For how long an event that comes again under the same key and message id is left out.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// An event as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxEvent {
    /// The key under which it was sent.
    pub key: KeyId,
    /// The sender's own id of it, unique under the key.
    pub message_id: String,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Its bytes.
    pub body: Vec<u8>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Appended {
    /// Events written.
    pub new: u64,
    /// Events left out because they are there already.
    pub repeated: u64,
}

/// Events read from the inbox, in the order of their arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxBatch {
    /// The events.
    pub events: Vec<InboxEvent>,
    /// What [`State::seal`] clears.
    pub mark: Mark,
}

/// Which events were read: runs of sequence numbers, from the first to the last of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mark {
    runs: Vec<(i64, i64)>,
}

impl Mark {
    fn push(&mut self, number: i64) {
        match self.runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => self.runs.push((number, number)),
        }
    }

    fn events(&self) -> i64 {
        self.runs.iter().map(|(first, last)| last - first + 1).sum()
    }
}

impl State {
    /// Appends events and returns when they are on disk. An event whose key and message id came within [`REMEMBERED`]
    /// before is left out; of two in one call the first is kept.
    pub async fn append(&self, events: &[InboxEvent]) -> Result<Appended, StateError> {
        let fresh = self.append_batches(&[events]).await?;
        Ok(fresh[0])
    }

    /// Appends several batches in one transaction: the cost of making them durable is paid once. One result a batch.
    pub async fn append_batches(&self, batches: &[&[InboxEvent]]) -> Result<Vec<Appended>, StateError> {
        // The digests are made before the lock is taken.
        let digests: Vec<[u8; 16]> = batches.iter().flat_map(|batch| batch.iter()).map(digest).collect();
        let mut transaction = self.database.write("append to the inbox").await?;
        let mut new = unseen(&mut transaction, batches, &digests).await?;
        let mut rows = Vec::new();
        let mut results = Vec::with_capacity(batches.len());
        let mut digests = digests.iter();
        for batch in batches {
            let mut result = Appended::default();
            for (event, digest) in batch.iter().zip(&mut digests) {
                if new.remove(digest) {
                    result.new += 1;
                    let (message, body) = (event.message_id.as_str(), event.body.as_slice());
                    rows.push(values![event.key, message, event.received_at, body]);
                } else {
                    result.repeated += 1;
                }
            }
            results.push(result);
        }
        let insert = "INSERT INTO inbox (intake_key, message_id, received_at, body) VALUES {rows}";
        transaction.rows_in_chunks(insert, &rows).await?;
        transaction.commit().await?;
        Ok(results)
    }

    /// The oldest events of the inbox, at most so many. They stay until they are sealed.
    pub async fn inbox(&self, most: u32) -> Result<InboxBatch, StateError> {
        let mut transaction = self.database.read("read the inbox").await?;
        let read = "SELECT seq, intake_key, message_id, received_at, body FROM inbox ORDER BY seq LIMIT $1";
        let mut batch = InboxBatch { events: Vec::new(), mark: Mark::default() };
        for row in transaction.rows(read, values![i64::from(most)]).await? {
            batch.mark.push(row.integer(0)?);
            batch.events.push(event(&row)?);
        }
        Ok(batch)
    }

    /// How many events wait to be sealed.
    pub async fn inbox_count(&self) -> Result<u64, StateError> {
        let mut transaction = self.database.read("count the inbox").await?;
        let row = transaction.row("SELECT COUNT(*) FROM inbox", values![]).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }

    /// Forgets the message ids that came longer ago than [`REMEMBERED`]; returns how many.
    pub async fn forget_messages(&self, now: Timestamp) -> Result<u64, StateError> {
        let mut transaction = self.database.write("forget old message ids").await?;
        let forget = "DELETE FROM inbox_seen WHERE received_at <= $1";
        let forgotten = transaction.execute(forget, values![long_ago(now)]).await?;
        transaction.commit().await?;
        Ok(forgotten)
    }
}

/// Clears what was read; an error when some of it is gone already.
pub(crate) async fn clear(transaction: &mut Transaction, mark: &Mark) -> Result<(), StateError> {
    let mut cleared = 0;
    for (first, last) in &mark.runs {
        let delete = "DELETE FROM inbox WHERE seq BETWEEN $1 AND $2";
        cleared += transaction.execute(delete, values![*first, *last]).await?;
    }
    if i64::try_from(cleared) != Ok(mark.events()) {
        return Err(StateError::Overtaken { operation: transaction.operation() });
    }
    Ok(())
}

/// What stands for key and message id among those seen: half of their SHA-256, so that the index is small whatever
/// senders make up, and holds nothing of theirs.
fn digest(event: &InboxEvent) -> [u8; 16] {
    let digest = Sha256::new().chain_update(event.key.bytes()).chain_update(event.message_id.as_bytes()).finalize();
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    half
}

fn long_ago(now: Timestamp) -> Timestamp {
    now.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN)
}

/// Notes the events as seen and returns the digests of those that were not.
async fn unseen(
    transaction: &mut Transaction,
    batches: &[&[InboxEvent]],
    digests: &[[u8; 16]],
) -> Result<HashSet<[u8; 16]>, StateError> {
    let mut first = HashMap::with_capacity(digests.len());
    for (event, digest) in batches.iter().flat_map(|batch| batch.iter()).zip(digests) {
        first.entry(*digest).or_insert(event.received_at);
    }
    let mut rows: Vec<([u8; 16], Timestamp)> = first.into_iter().collect();
    // In one order, so that two processes that note the same events wait for each other instead of locking up.
    rows.sort_unstable();
    let rows: Vec<_> = rows.into_iter().map(|(digest, at)| values![digest, at]).collect();
    let new = transaction.rows_in_chunks(NOTE, &rows).await?;
    new.iter().map(|row| row.id(0)).collect()
}

/// Notes digests as seen; those that were seen within [`REMEMBERED`] are left as they are and not returned.
const NOTE: &str = "INSERT INTO inbox_seen (digest, received_at) VALUES {rows}
    ON CONFLICT (digest) DO UPDATE SET received_at = EXCLUDED.received_at
    WHERE inbox_seen.received_at <= EXCLUDED.received_at - 2592000000000
    RETURNING digest";

fn event(row: &Row) -> Result<InboxEvent, StateError> {
    Ok(InboxEvent {
        key: KeyId::from_bytes(row.id(1)?),
        message_id: row.text(2)?,
        received_at: row.time(3)?,
        body: row.bytes(4)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_remembers_as_long_as_the_constant_says() {
        assert!(NOTE.contains(&format!("received_at - {}\n", REMEMBERED.as_micros())));
    }

    #[test]
    fn a_mark_names_what_was_read_and_nothing_between() {
        let mut mark = Mark::default();
        [3, 4, 5, 7, 9, 10].into_iter().for_each(|number| mark.push(number));
        assert_eq!(mark.runs, [(3, 5), (7, 7), (9, 10)]);
        assert_eq!(mark.events(), 6);
    }
}
