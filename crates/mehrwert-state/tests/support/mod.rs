//! The places that tests keep a state in: a file in a temporary folder, and a database of a real server.

// Every test program uses its own part of this.
#![allow(dead_code)]

pub mod postgres;

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use mehrwert_core::{AliasId, Day, FileId, KeyId, PersonId};
use mehrwert_state::{FactFile, Identity, IdentityKind, InboxEvent, Recognised, State, StateUrl};

/// An empty place of its own for one test.
pub struct Store {
    pub url: StateUrl,
    _folder: Option<tempfile::TempDir>,
}

impl Store {
    pub fn sqlite() -> Store {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Store { url: StateUrl::in_directory(folder.path()), _folder: Some(folder) }
    }

    pub fn postgres() -> Store {
        Store { url: run(postgres::new_database()), _folder: None }
    }

    /// Opens the state, as one more process would.
    pub async fn open(&self) -> State {
        State::open(&self.url, [7; 32]).await.expect("a state can be opened")
    }
}

/// Runs a test to its end.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime can be made").block_on(test)
}

/// The test's clock: so many seconds after its beginning.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_700_000_000 + seconds)
}

/// Ten bytes that no other call of this process returns: what randomness is handed in as.
pub fn fresh() -> [u8; 10] {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    bytes
}

pub fn key(number: u8) -> KeyId {
    KeyId::new(1_700_000_000_000, [number; 10])
}

pub fn event(number: u64, seconds: i64) -> InboxEvent {
    let body = format!(r#"{{"event":{number}}}"#).into_bytes();
    InboxEvent { key: key(1), message_id: format!("m-{number}"), received_at: at(seconds), body }
}

/// A file of the lake with so many rows.
pub fn fact_file(path: &str, rows: u64) -> FactFile {
    FactFile {
        id: FileId::new(1_700_000_000_000, fresh()),
        fact: path.split('/').next().unwrap_or_default().to_owned(),
        path: path.to_owned(),
        rows,
        bytes: rows * 10,
        first_day: Day::from_epoch(19_000),
        last_day: Day::from_epoch(19_030),
    }
}

pub fn email(text: &str) -> Identity {
    Identity::new(IdentityKind::Email, text).expect("the test's address is one")
}

/// Ids for one that is seen for the first time.
pub fn fresh_ids() -> (PersonId, AliasId) {
    (PersonId::new(1_700_000_000_000, fresh()), AliasId::new(1_700_000_000_000, fresh()))
}

/// Who is behind an address, seen now or before.
pub async fn person(state: &State, address: &str) -> (PersonId, AliasId) {
    let recognised = state.recognise(&[email(address)], &mut fresh_ids, at(0)).await.expect("a person is recognised");
    match recognised[..] {
        [Recognised::Person { alias, person, .. }] => (person, alias),
        ref other => panic!("expected a person, found {other:?}"),
    }
}
