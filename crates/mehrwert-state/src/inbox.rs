//! The inbox: events that were acknowledged and are not yet sealed into Parquet.
//!
//! [`State::append`] makes a batch durable and leaves out what came before ([`crate::seen`]); [`State::inbox`] reads in the
//! order of arrival; [`State::seal`] clears exactly what was read. Events lie packed in chunks ([`crate::chunk`]), a row a
//! chunk: a row an event would cost more than everything else. Chunks are numbered in the order of their commits, also
//! by several processes; a [`Mark`] names those that were read, and nothing else is ever cleared.

use jiff::{SignedDuration, Timestamp};
use mehrwert_core::KeyId;
use sha2::{Digest as _, Sha256};

use crate::database::{Transaction, values};
use crate::seen::{Digest, Seen};
use crate::{State, StateError, chunk};

/// For how long an event that comes again under the same key and message id is left out.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);
const REMEMBERED_MICROS: i64 = 30 * 24 * 60 * 60 * 1_000_000;

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

/// Which chunks were read: runs of their numbers, from the first to the last of each.
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

    fn chunks(&self) -> i64 {
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
        let digests: Vec<Digest> = batches.iter().flat_map(|batch| batch.iter()).map(digest).collect();
        let mut seen = self.seen.lock().await;
        let mut transaction = self.database.write("append to the inbox").await?;
        let mut seq = transaction.next("inbox").await?;
        seen.catch_up(&mut transaction).await?;
        let mut latest = seen.earlier(&mut transaction, &digests).await?;
        let mut new = Vec::new();
        let mut written = Vec::new();
        let mut results = Vec::with_capacity(batches.len());
        let mut digests = digests.iter();
        for batch in batches {
            let mut result = Appended::default();
            for (event, digest) in batch.iter().zip(&mut digests) {
                let at = event.received_at.as_microsecond();
                if latest.get(digest).is_some_and(|before| *before > at - REMEMBERED_MICROS) {
                    result.repeated += 1;
                } else {
                    result.new += 1;
                    latest.insert(*digest, at);
                    new.push((*digest, at));
                    written.push(event);
                }
            }
            results.push(result);
        }
        if new.is_empty() {
            // Nothing is to be made durable.
            return Ok(results);
        }
        seq = write(&mut transaction, &written, seq).await?;
        Seen::append(&mut transaction, seq, &new).await?;
        let merged = seen.merge_slice(&mut transaction, new.len()).await?;
        transaction.commit().await?;
        seen.appended(seq, new);
        seen.merged(merged);
        Ok(results)
    }

    /// The oldest events of the inbox: so many, and those that were written with the last of them. Fewer than that are
    /// all there are. They stay until they are sealed.
    pub async fn inbox(&self, most: u32) -> Result<InboxBatch, StateError> {
        let mut transaction = self.database.read("read the inbox").await?;
        let read = "SELECT seq, events FROM inbox WHERE seq <= COALESCE((SELECT MIN(seq) FROM
            (SELECT seq, SUM(event_count) OVER (ORDER BY seq) AS total FROM inbox) AS counted
            WHERE total >= $1), 9223372036854775807) ORDER BY seq";
        let mut batch = InboxBatch { events: Vec::new(), mark: Mark::default() };
        for row in transaction.rows(read, values![i64::from(most)]).await? {
            batch.mark.push(row.integer(0)?);
            let unpacked = chunk::unpack(&row.bytes(1)?, &mut batch.events);
            unpacked.map_err(|found| row.damaged(found))?;
        }
        Ok(batch)
    }

    /// How many events wait to be sealed.
    pub async fn inbox_count(&self) -> Result<u64, StateError> {
        let mut transaction = self.database.read("count the inbox").await?;
        let count = "SELECT CAST(COALESCE(SUM(event_count), 0) AS BIGINT) FROM inbox";
        let row = transaction.row(count, values![]).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }
}

/// Writes events into the inbox, whatever came before: events that go back to it.
pub(crate) async fn put_back(transaction: &mut Transaction, events: &[InboxEvent]) -> Result<(), StateError> {
    if events.is_empty() {
        return Ok(());
    }
    let seq = transaction.next("inbox").await?;
    write(transaction, &events.iter().collect::<Vec<_>>(), seq).await?;
    Ok(())
}

/// Writes events from this number on, chunk by chunk; returns the last number.
async fn write(transaction: &mut Transaction, events: &[&InboxEvent], mut seq: i64) -> Result<i64, StateError> {
    for (place, (count, bytes)) in chunk::pack(events).into_iter().enumerate() {
        if place > 0 {
            seq = transaction.next("inbox").await?;
        }
        let insert = "INSERT INTO inbox (seq, event_count, events) VALUES ($1, $2, $3)";
        transaction.execute(insert, values![seq, count, bytes.as_slice()]).await?;
    }
    Ok(seq)
}

/// Clears what was read; an error when some of it is gone already.
pub(crate) async fn clear(transaction: &mut Transaction, mark: &Mark) -> Result<(), StateError> {
    let mut cleared = 0;
    for (first, last) in &mark.runs {
        let delete = "DELETE FROM inbox WHERE seq BETWEEN $1 AND $2";
        cleared += transaction.execute(delete, values![*first, *last]).await?;
    }
    if i64::try_from(cleared) != Ok(mark.chunks()) {
        return Err(StateError::Overtaken { operation: transaction.operation() });
    }
    Ok(())
}

/// What stands for key and message id among those seen: half of their SHA-256, so that the index is small whatever
/// senders make up, and holds nothing of theirs.
fn digest(event: &InboxEvent) -> Digest {
    let digest = Sha256::new().chain_update(event.key.bytes()).chain_update(event.message_id.as_bytes()).finalize();
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_days_are_thirty_days() {
        assert_eq!(i128::from(REMEMBERED_MICROS), REMEMBERED.as_micros());
    }

    #[test]
    fn a_mark_names_what_was_read_and_nothing_between() {
        let mut mark = Mark::default();
        [3, 4, 5, 7, 9, 10].into_iter().for_each(|number| mark.push(number));
        assert_eq!(mark.runs, [(3, 5), (7, 7), (9, 10)]);
        assert_eq!(mark.chunks(), 6);
    }
}
