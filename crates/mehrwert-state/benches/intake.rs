//! How many events a second become durable, and how fast persons are recognised, on both databases.
//!
//! `cargo bench -p mehrwert-state -- [SECONDS]`: senders as many as a busy server has requests in flight, each with
//! batches of 100 events of 300 bytes through one group commit; then an import's lookups in calls of 5,000.

#[path = "../tests/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mehrwert_state::{Appender, Identity, InboxEvent};
use support::{Store, at, email, event, fact_file, fresh_ids, run};

const SENDERS: u64 = 32;
const BATCH: u64 = 100;
const PERSONS: usize = 100_000;
const LOOKUPS: usize = 5_000;

fn main() {
    let told = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let life = Duration::from_secs(told.unwrap_or(5));
    println!("{:<12} {:>12} {:>9} {:>9} {:>14} {:>14}", "", "events/s", "p50 ms", "p99 ms", "new persons/s", "known/s");
    for (name, store) in [("SQLite", Store::sqlite()), ("PostgreSQL", Store::postgres())] {
        let (events, p50, p99) = run(intake(&store, life));
        let (new, known) = run(persons(&store));
        println!("{name:<12} {events:>12.0} {p50:>9.1} {p99:>9.1} {new:>14.0} {known:>14.0}");
    }
}

/// Events a second, and the times of a batch in milliseconds: the middle one and the one in a hundred.
async fn intake(store: &Store, life: Duration) -> (f64, f64, f64) {
    let state = store.open().await;
    let appender = Appender::start(state.clone(), 100_000_000);
    let next = Arc::new(AtomicU64::new(0));
    let begin = Instant::now();
    let mut senders = Vec::new();
    for _ in 0..SENDERS {
        let (appender, next) = (appender.clone(), Arc::clone(&next));
        senders.push(tokio::spawn(async move {
            let mut times = Vec::new();
            while begin.elapsed() < life {
                let first = next.fetch_add(BATCH, Ordering::Relaxed);
                let events =
                    (first..first + BATCH).map(|number| InboxEvent { body: vec![b'x'; 300], ..event(number, 0) });
                let events = events.collect();
                let sent = Instant::now();
                appender.append(events).await.expect("the bench stays within the room of the appender");
                times.push(sent.elapsed());
            }
            times
        }));
    }
    // As a server does, what comes in is sealed all the while.
    let sealing = async {
        let mut number = 0;
        while begin.elapsed() < life {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let read = state.inbox(100_000).await.expect("the inbox can be read");
            number += 1;
            let file = [fact_file(&format!("events/{number}"), read.events.len() as u64)];
            state.seal(&file, Some(&read.mark), "sealed", at(0)).await.expect("nobody else seals");
        }
    };
    sealing.await;
    let mut times = Vec::new();
    for sender in senders {
        times.append(&mut sender.await.expect("a sender ends"));
    }
    let seconds = begin.elapsed().as_secs_f64();
    times.sort();
    let milliseconds = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    (times.len() as f64 * BATCH as f64 / seconds, milliseconds(0.5), milliseconds(0.99))
}

/// Identities recognised a second: all new, then all known.
async fn persons(store: &Store) -> (f64, f64) {
    let state = store.open().await;
    let identities: Vec<Identity> = (0..PERSONS).map(|number| email(&format!("p{number}@example.com"))).collect();
    let mut rates = [0.0; 2];
    for rate in &mut rates {
        let begin = Instant::now();
        for chunk in identities.chunks(LOOKUPS) {
            state.recognise(chunk, &mut fresh_ids, at(0)).await.expect("persons are recognised");
        }
        *rate = PERSONS as f64 / begin.elapsed().as_secs_f64();
    }
    (rates[0], rates[1])
}
