//! Which message ids came before: exact for thirty days, cheap at thousands of new ones a second.
//!
//! A table of all digests, kept in their order, is what an exact answer needs; but digests fall anywhere in it, so every
//! new one would change a page of its own, and a page is written twice. So new ones take two steps. They are appended, a
//! row per transaction, to `inbox_recent`, and are held in memory too. When many have gathered, they are merged into
//! `inbox_seen` in their order, a slice with every later transaction, so that neighbours share a page and nobody
//! waits for more than a slice. Merging a slice twice changes nothing, so a crash in between loses nothing.
//!
//! Every transaction counts up the counter `inbox` first. Its row is locked until the commit, so what other processes
//! appended is visible by then, and is read into memory before anything is judged.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use jiff::Timestamp;

use crate::database::{Transaction, values};
use crate::inbox::REMEMBERED;
use crate::{State, StateError};

/// What stands for key and message id.
pub(crate) type Digest = [u8; 16];

/// Microseconds since 1970.
type Micros = i64;

/// So many gather in memory before they are merged: at about fifty bytes each a dozen megabytes.
const GATHERED: usize = 250_000;

/// Rows of one statement that merges; a slice is a multiple of this.
const MERGED_AT_ONCE: usize = 500;

/// A digest and a time in a row of `inbox_recent`.
const RECENT_BYTES: usize = 24;

/// Asks for at most so many digests in one statement. A few sizes only, so that the statements stay prepared.
const ASKED_AT_ONCE: [usize; 3] = [512, 64, 8];

const MERGE: &str = "INSERT INTO inbox_seen (digest, received_at) VALUES {rows}
    ON CONFLICT (digest) DO UPDATE SET received_at = EXCLUDED.received_at
    WHERE EXCLUDED.received_at > inbox_seen.received_at";

/// The digests of late, as this process knows them.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Rows of `inbox_recent` up to this number are in memory, or merged.
    known: i64,
    gathering: BTreeMap<Digest, Micros>,
    merging: Option<Merging>,
    most: usize,
}

/// Digests on their way into `inbox_seen`.
#[derive(Debug)]
struct Merging {
    digests: BTreeMap<Digest, Micros>,
    /// The last one that is there.
    reached: Bound<Digest>,
    /// The last row of `inbox_recent` that holds any of them.
    until: i64,
}

/// What a slice came to, to be noted once it is durable.
#[derive(Debug)]
pub(crate) enum Merged {
    UpTo(Digest),
    All,
}

impl Default for Seen {
    fn default() -> Seen {
        Seen { known: 0, gathering: BTreeMap::new(), merging: None, most: GATHERED }
    }
}

impl Seen {
    /// Reads what other processes appended since. The counter of the inbox must be locked.
    pub async fn catch_up(&mut self, transaction: &mut Transaction) -> Result<(), StateError> {
        let read = "SELECT seq, digests FROM inbox_recent WHERE seq > $1 ORDER BY seq";
        for row in transaction.rows(read, values![self.known]).await? {
            let bytes = row.bytes(1)?;
            if bytes.len() % RECENT_BYTES != 0 {
                return Err(row.damaged(format!("message ids of {} bytes", bytes.len())));
            }
            let digests = bytes.chunks_exact(RECENT_BYTES).map(|one| (first_16(one), last_8(one)));
            self.gathering.extend(digests);
            self.known = row.integer(0)?;
        }
        Ok(())
    }

    /// When each of these came before, of those that did.
    pub async fn earlier(
        &self,
        transaction: &mut Transaction,
        digests: &[Digest],
    ) -> Result<HashMap<Digest, Micros>, StateError> {
        let mut found = HashMap::new();
        let mut asked = Vec::with_capacity(digests.len());
        for digest in digests {
            let merging = self.merging.as_ref().and_then(|merging| merging.digests.get(digest));
            match self.gathering.get(digest).or(merging) {
                Some(at) => drop(found.insert(*digest, *at)),
                None => asked.push(*digest),
            }
        }
        let mut left = asked.as_slice();
        while let Some(last) = left.last() {
            let fits = ASKED_AT_ONCE.into_iter().find(|size| left.len() >= *size).unwrap_or(ASKED_AT_ONCE[2]);
            let (now, later) = left.split_at(fits.min(left.len()));
            // Filled up with one that is asked for anyway.
            let rows: Vec<_> = (0..fits).map(|place| values![*now.get(place).unwrap_or(last)]).collect();
            let ask = "SELECT digest, received_at FROM inbox_seen WHERE digest IN (VALUES {rows})";
            for row in transaction.rows_in_chunks(ask, &rows).await? {
                found.insert(row.id(0)?, row.integer(1)?);
            }
            left = later;
        }
        Ok(found)
    }

    /// Writes new digests as a row of `inbox_recent`.
    pub async fn append(transaction: &mut Transaction, seq: i64, new: &[(Digest, Micros)]) -> Result<(), StateError> {
        let bytes: Vec<u8> =
            new.iter().flat_map(|(digest, at)| digest.iter().copied().chain(at.to_le_bytes())).collect();
        let insert = "INSERT INTO inbox_recent (seq, digests) VALUES ($1, $2)";
        transaction.execute(insert, values![seq, bytes.as_slice()]).await?;
        Ok(())
    }

    /// Notes what was appended, once it is durable.
    pub fn appended(&mut self, seq: i64, new: Vec<(Digest, Micros)>) {
        self.gathering.extend(new);
        self.known = seq;
    }

    /// Merges a slice where many have gathered, larger than what came new, so that merging keeps ahead.
    pub async fn merge_slice(
        &mut self,
        transaction: &mut Transaction,
        new: usize,
    ) -> Result<Option<Merged>, StateError> {
        if self.merging.is_none() && self.gathering.len() >= self.most {
            self.begin_merging();
        }
        let Some(merging) = &self.merging else { return Ok(None) };
        let size = (2 * new).next_multiple_of(MERGED_AT_ONCE).max(MERGED_AT_ONCE);
        let slice: Vec<(Digest, Micros)> = merging
            .digests
            .range((merging.reached, Bound::Unbounded))
            .take(size)
            .map(|(digest, at)| (*digest, *at))
            .collect();
        let rows: Vec<_> = slice.iter().map(|(digest, at)| values![*digest, *at]).collect();
        transaction.rows_in_chunks(MERGE, &rows).await?;
        match slice.last() {
            Some((last, _)) if slice.len() == size => Ok(Some(Merged::UpTo(*last))),
            _ => {
                let clear = "DELETE FROM inbox_recent WHERE seq <= $1";
                transaction.execute(clear, values![merging.until]).await?;
                Ok(Some(Merged::All))
            }
        }
    }

    /// Notes what was merged, once it is durable.
    pub fn merged(&mut self, merged: Option<Merged>) {
        match (merged, &mut self.merging) {
            (Some(Merged::UpTo(last)), Some(merging)) => merging.reached = Bound::Excluded(last),
            (Some(Merged::All), _) => self.merging = None,
            _ => {}
        }
    }

    fn begin_merging(&mut self) {
        let digests = std::mem::take(&mut self.gathering);
        self.merging = Some(Merging { digests, reached: Bound::Unbounded, until: self.known });
    }
}

impl State {
    /// Forgets the message ids that came longer ago than [`REMEMBERED`]; returns how many. Does it part by part, so that
    /// others can write in between.
    pub async fn forget_messages(&self, now: Timestamp) -> Result<u64, StateError> {
        self.merge_gathered().await?;
        let before = now.checked_sub(REMEMBERED).unwrap_or(Timestamp::MIN);
        let mut forgotten = 0;
        for first in 0..=u8::MAX {
            let (mut from, mut to) = ([0; 16], [u8::MAX; 16]);
            (from[0], to[0]) = (first, first);
            let mut transaction = self.database.write("forget old message ids").await?;
            let forget = "DELETE FROM inbox_seen WHERE digest >= $1 AND digest <= $2 AND received_at <= $3";
            forgotten += transaction.execute(forget, values![from, to, before]).await?;
            transaction.commit().await?;
        }
        Ok(forgotten)
    }

    /// Merges all that have gathered, slice by slice.
    async fn merge_gathered(&self) -> Result<(), StateError> {
        loop {
            let mut seen = self.seen.lock().await;
            let mut transaction = self.database.write("merge message ids").await?;
            transaction.next("inbox").await?;
            seen.catch_up(&mut transaction).await?;
            if seen.merging.is_none() {
                if seen.gathering.is_empty() {
                    return Ok(());
                }
                seen.begin_merging();
            }
            let merged = seen.merge_slice(&mut transaction, MERGED_AT_ONCE).await?;
            transaction.commit().await?;
            seen.merged(merged);
        }
    }
}

/// A piece of a row of `inbox_recent` has [`RECENT_BYTES`], which its reader has seen to.
fn first_16(piece: &[u8]) -> Digest {
    let mut digest = [0; 16];
    digest.copy_from_slice(&piece[..16]);
    digest
}

fn last_8(piece: &[u8]) -> Micros {
    let mut micros = [0; 8];
    micros.copy_from_slice(&piece[16..RECENT_BYTES]);
    Micros::from_le_bytes(micros)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use mehrwert_core::KeyId;

    use crate::{InboxEvent, State, StateUrl};

    fn event(number: u64) -> InboxEvent {
        InboxEvent {
            key: KeyId::from_bytes([1; 16]),
            message_id: format!("m-{number}"),
            received_at: jiff::Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_700_000_000),
            body: Vec::new(),
        }
    }

    /// Two processes append what overlaps; each of them merges all the time, and one starts again in between.
    #[test]
    fn merging_forgets_nothing_and_doubles_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let url = StateUrl::in_directory(folder.path());
        let open = async || {
            let state = State::open(&url, [7; 32]).await.unwrap();
            state.seen.lock().await.most = 300;
            state
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut states = [open().await, open().await];
            let mut new = 0;
            for round in 0..60_u64 {
                let which = (round % 2) as usize;
                if round % 17 == 0 {
                    states[which] = open().await;
                }
                // Half of it was sent before, by this process or the other.
                let events: Vec<InboxEvent> = (round * 50..round * 50 + 100).map(event).collect();
                new += states[which].append(&events).await.unwrap().new;
            }
            assert_eq!(new, 59 * 50 + 100);
            let all: Vec<InboxEvent> = (0..3_000).map(event).collect();
            for state in &states {
                assert_eq!(state.append(&all).await.unwrap().new, 0);
            }
            let merged = states[0]
                .database
                .read("count")
                .await
                .unwrap()
                .number("SELECT COUNT(*) FROM inbox_seen", crate::database::values![])
                .await
                .unwrap();
            assert!(merged > 1_000, "{merged} were merged");
        });
    }
}
