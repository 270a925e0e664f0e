//! A small program that writes to a data directory until it is killed: what `cargo xtask crash` lays hands on.
//!
//! It does what a server does, by the same calls: four senders append batches of events to the inbox, one task seals
//! the inbox into the lake, and one imports orders that it states again and again in newer words, so that fact files are
//! rewritten all the time. Whatever was acknowledged it says on its standard output, a line each: `event 17.` or
//! `order 3 12.` (order 3 as stated the 12th time). What was refused is said as `refused ...` and tried again.
//!
//! `crash_writer FOLDER STATE PROCESS FIRST`: the data directory, the state (`-` for the file in it), the number of this
//! process, and the number of the first event, of which some may have been sent before.

#![allow(clippy::unwrap_used, reason = "a program of the tests: it says best by stopping that it cannot go on")]

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{env, process};

use jiff::Timestamp;
use mehrwert_core::{Amount, Day, FileId, KeyId};
use mehrwert_facts::lake::{Addition, Lake, LakeError, LookUp};
use mehrwert_facts::tables::{Authority, Event, FactRows, FactTable, Head, OrderLine, Rank, Unit, Version};
use mehrwert_state::{Appender, InboxEvent, State, StateError, StateUrl};

/// Events of a batch.
const BATCH: u64 = 5;
/// Orders that are stated again and again.
const ORDERS: u64 = 40;
/// How many of them one import states.
const STATED_AT_ONCE: u64 = 8;
/// Days over which events and orders are spread, so that several months have files.
const DAYS: u64 = 70;

struct Writer {
    state: State,
    lake: Lake,
    process: u64,
    files: AtomicU64,
}

fn main() {
    let mut arguments = env::args().skip(1);
    let mut next = |what: &str| arguments.next().unwrap_or_else(|| panic!("expected {what}"));
    let (folder, state) = (PathBuf::from(next("the data directory")), next("the state, or -"));
    let process = next("the number of this process").parse().expect("a process is a number");
    let first = next("the number of the first event").parse().expect("an event is a number");
    let url = if state == "-" { StateUrl::in_directory(&folder) } else { state.parse().unwrap() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let state = State::open(&url, [7; 32]).await.unwrap();
        say("ready.");
        let lake = Lake::in_directory(&folder);
        write(Arc::new(Writer { state, lake, process, files: AtomicU64::new(0) }), first).await;
    });
}

/// In one call, so that a line is whole or cut off.
fn say(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}

async fn write(writer: Arc<Writer>, first: u64) {
    let appender = Appender::start(writer.state.clone(), 10_000_000);
    let next = Arc::new(AtomicU64::new(first));
    for _ in 0..4 {
        tokio::spawn(send(appender.clone(), Arc::clone(&next)));
    }
    let importer = Arc::clone(&writer);
    tokio::spawn(async move {
        for round in 0.. {
            importer.import(round).await;
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    });
    loop {
        writer.seal().await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn send(appender: Appender, next: Arc<AtomicU64>) {
    loop {
        let first = next.fetch_add(BATCH, Ordering::Relaxed);
        let numbers = first..first + BATCH;
        let events: Vec<InboxEvent> = numbers.clone().map(event).collect();
        // Sent again until it is acknowledged, as every sender does.
        while let Err(error) = appender.append(events.clone()).await {
            say(&format!("refused {error}"));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let lines: Vec<String> = numbers.map(|number| format!("event {number}.")).collect();
        say(&lines.join("\n"));
    }
}

fn event(number: u64) -> InboxEvent {
    let key = KeyId::new(1_700_000_000_000, [1; 10]);
    let body = format!(r#"{{"number":{number}}}"#).into_bytes();
    InboxEvent { key, message_id: format!("m-{number}"), received_at: Timestamp::now(), body }
}

fn head<'a>(unit: Unit, place: u32, number: u64, seconds: u64) -> Head<'a> {
    let day = 20_000 + number % DAYS;
    let at = Timestamp::from_second(day as i64 * 86_400).unwrap();
    let source = Timestamp::from_second(1_700_000_000 + seconds as i64).unwrap();
    let version = Version::new(Authority::Record, source, Rank::Webhook);
    let day = Day::from_epoch(day as i32);
    Head { unit, place, version, origin: "crash", at, day, received_at: Timestamp::now(), who: None }
}

impl Writer {
    fn fresh(&self) -> FileId {
        let milliseconds = Timestamp::now().as_millisecond().unsigned_abs();
        let (number, process) = (self.files.fetch_add(1, Ordering::Relaxed), process::id());
        let mut bytes = [0; 10];
        bytes[..4].copy_from_slice(&process.to_be_bytes());
        bytes[4..].copy_from_slice(&number.to_be_bytes()[2..]);
        FileId::new(milliseconds, bytes)
    }

    /// Makes a file of what waits in the inbox.
    async fn seal(&self) {
        let read = match self.state.inbox(400).await {
            Ok(read) => read,
            Err(error) => return say(&format!("refused {error}")),
        };
        if read.events.is_empty() {
            return;
        }
        let mut rows = FactRows::default();
        for event in &read.events {
            let number = event.message_id.trim_start_matches("m-").parse().expect("this program names its events");
            let unit = Unit::of(FactTable::Events, &["crash", &event.message_id]);
            let (object, detail) = (Some(event.message_id.as_str()), std::str::from_utf8(&event.body).ok());
            let row = Event { name: "tick", object, offer: None, amount: None, currency: None, detail };
            rows.events.push(&head(unit, 0, number, 0), &row);
        }
        let readings = vec![rows.finish().unwrap()];
        let addition = Addition { readings, read: Some(read.mark), reason: "sealed".to_owned() };
        match self.add(addition, LookUp::Restated).await {
            // Another process sealed the same events: they are there.
            Ok(()) | Err(LakeError::State(StateError::Overtaken { .. })) => {}
            Err(error) => say(&format!("refused {error}")),
        }
    }

    /// States some orders once more: two lines each, their amounts the number of the statement.
    async fn import(&self, round: u64) {
        let statement = Timestamp::now().as_microsecond().unsigned_abs();
        let orders: Vec<u64> = (0..STATED_AT_ONCE).map(|one| (round * STATED_AT_ONCE + one) % ORDERS).collect();
        let mut rows = FactRows::default();
        for order in &orders {
            // Each process has orders of its own: their source times do not compete.
            let number = format!("{}-{order}", self.process);
            let unit = Unit::of(FactTable::Orders, &["main", &number]);
            for line in 0..2_u32 {
                let mut head = head(unit, line, *order, 0);
                let source = Timestamp::from_microsecond(statement as i64).unwrap();
                head.version = Version::new(Authority::Record, source, Rank::Import);
                rows.orders.push(&head, &order_line(&number, line, statement));
            }
        }
        let readings = vec![rows.finish().unwrap()];
        let addition = Addition { readings, read: None, reason: "imported".to_owned() };
        match self.add(addition, LookUp::All).await {
            Ok(()) => {
                let line = |order: &u64| format!("order {}-{order} {statement}.", self.process);
                say(&orders.iter().map(line).collect::<Vec<_>>().join("\n"));
            }
            Err(error) => say(&format!("refused {error}")),
        }
    }

    async fn add(&self, addition: Addition, look_up: LookUp) -> Result<(), LakeError> {
        let mut fresh = || self.fresh();
        self.lake.add(&self.state, addition, look_up, &mut fresh, Timestamp::now()).await.map(|_| ())
    }
}

/// A line whose words are those of its statement: of a mixture of two statements the lines would differ.
fn order_line(order: &str, line: u32, statement: u64) -> OrderLine<'_> {
    OrderLine {
        shop: "main",
        order_id: Some(order),
        reference: None,
        line: line.into(),
        kind: "sale",
        product: None,
        category: None,
        quantity: None,
        net: Amount::from_units((statement % 1_000_000_000_000) as i64),
        tax: None,
        discount: None,
        shipping_charged: None,
        goods_cost: None,
        coupon: None,
        offer: None,
        source: None,
        currency: "EUR".parse().ok(),
    }
}
