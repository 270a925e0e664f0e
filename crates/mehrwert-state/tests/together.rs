//! Two processes at work on one state at once, here as two sets of connections: nothing is lost and nothing doubled.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod support;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use mehrwert_core::FileId;
use mehrwert_state::{InboxEvent, State, StateError};
use support::{Store, at, event, fact_file, run};

const EVENTS: u64 = 1_500;
const BATCH: usize = 20;

/// What a process would have written into its files before it enters them: message ids by file.
type Files = Arc<Mutex<HashMap<FileId, Vec<String>>>>;

/// Appends every event of a range in batches; ranges of the two overlap.
async fn append(state: State, numbers: Vec<u64>) -> u64 {
    let mut new = 0;
    for batch in numbers.chunks(BATCH) {
        let events: Vec<InboxEvent> = batch.iter().map(|number| event(*number, 0)).collect();
        new += state.append(&events).await.unwrap().new;
    }
    new
}

/// Seals what it finds until nothing has been found for a while after the end of appending.
async fn seal(state: State, name: &str, files: Files, ended: Arc<std::sync::atomic::AtomicBool>) -> (u64, u64) {
    let (mut sealed, mut overtaken) = (0, 0);
    for number in 0.. {
        let over = ended.load(std::sync::atomic::Ordering::SeqCst);
        let read = state.inbox(130).await.unwrap();
        if read.events.is_empty() {
            if over {
                break;
            }
            tokio::task::yield_now().await;
            continue;
        }
        let file = fact_file(&format!("events/{name}-{number}"), read.events.len() as u64);
        let ids = read.events.into_iter().map(|event| event.message_id).collect();
        files.lock().unwrap().insert(file.id, ids);
        match state.seal(&[file], Some(&read.mark), "sealed", at(1)).await {
            Ok(_) => sealed += 1,
            Err(StateError::Overtaken { .. }) => overtaken += 1,
            Err(error) => panic!("{error}"),
        }
    }
    (sealed, overtaken)
}

async fn nothing_is_lost_or_doubled(store: Store) {
    let (one, other) = (store.open().await, store.open().await);
    let files = Files::default();
    let ended = Arc::default();
    let forward: Vec<u64> = (0..1_000).collect();
    let backward: Vec<u64> = (500..EVENTS).rev().collect();
    let appending = [tokio::spawn(append(one.clone(), forward)), tokio::spawn(append(other.clone(), backward))];
    let sealing = [(one.clone(), "one"), (other.clone(), "other")]
        .map(|(state, name)| tokio::spawn(seal(state, name, Arc::clone(&files), Arc::clone(&ended))));
    let mut new = 0;
    for task in appending {
        new += task.await.unwrap();
    }
    ended.store(true, std::sync::atomic::Ordering::SeqCst);
    let (mut sealed, mut overtaken) = (0, 0);
    for task in sealing {
        let (done, late) = task.await.unwrap();
        sealed += done;
        overtaken += late;
    }
    assert_eq!(new, EVENTS, "acknowledged as new");
    let snapshot = one.snapshot(None).await.unwrap();
    assert_eq!((snapshot.generation, snapshot.files.len() as i64), (sealed as i64, sealed as i64));
    assert_eq!(other.inbox(10).await.unwrap().events, []);
    let files = files.lock().unwrap();
    let mut found: Vec<&String> = snapshot.files.iter().flat_map(|file| &files[&file.id]).collect();
    found.sort();
    let mut expected: Vec<String> = (0..EVENTS).map(|number| format!("m-{number}")).collect();
    expected.sort();
    assert!(found.into_iter().eq(&expected), "every event is in one file once; overtaken {overtaken} times");
}

#[test]
fn on_sqlite() {
    run(nothing_is_lost_or_doubled(Store::sqlite()));
}

#[test]
fn on_postgres() {
    run(nothing_is_lost_or_doubled(Store::postgres()));
}
