//! How many tracked events a second are read, and how many are sealed into the lake.
//!
//! `cargo bench -p mehrwert-facts --bench intake -- [EVENTS]`: batches of 100 events of some 500 bytes (half of them pages,
//! some orders and identifications; ten events a visitor), read into inbox events, made durable, then sealed. Everything
//! runs on one thread but for what the database does; the disk's syncs are in the times.

use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mehrwert_core::{AliasId, FileId, KeyId, PersonId};
use mehrwert_facts::identities::Fresh;
use mehrwert_facts::intake::{Call, Endpoint, Prices, Received, Settings, seal};
use mehrwert_facts::lake::Lake;
use mehrwert_state::{InboxEvent, State, StateUrl};
use serde_json::{Value, json};

const BATCH: usize = 100;
const VISITS: usize = 10;

struct Counter(u64);

impl Counter {
    fn next(&mut self) -> [u8; 10] {
        self.0 += 1;
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.0.to_be_bytes());
        bytes
    }
}

impl Fresh for Counter {
    fn person(&mut self) -> (PersonId, AliasId) {
        (PersonId::new(1, self.next()), AliasId::new(1, self.next()))
    }

    fn file(&mut self) -> FileId {
        FileId::new(1, self.next())
    }
}

fn event(number: usize) -> Value {
    let visitor = number / VISITS;
    let common = json!({
        "messageId": format!("m-{number:012}"),
        "anonymousId": format!("a-{visitor:010}"),
        "timestamp": "2026-11-24T10:15:00.250Z",
        "context": {
            "library": {"name": "analytics.js", "version": "next-1.84.3"},
            "locale": "de-DE",
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
            "page": {"path": "/products/kaffee", "url": "https://shop.example.de/products/kaffee?utm_source=newsletter&utm_medium=email",
                "referrer": "https://www.google.de/", "title": "Kaffee"},
        },
    });
    let mut event = match number % VISITS {
        0..5 => json!({"type": "page", "name": "Kaffee", "properties": {"title": "Kaffee"}}),
        5 => {
            json!({"type": "identify", "userId": format!("u-{visitor}"), "traits": {"email": format!("u{visitor}@gmx.de"), "firstName": "Eva"}})
        }
        6 => json!({"type": "track", "event": "Order Completed", "userId": format!("u-{visitor}"),
            "properties": {"order_id": format!("{visitor}"), "subtotal": 32.54, "tax": 4.56, "shipping": 4.12, "currency": "EUR",
            "products": [{"sku": "KAF-500", "price": 11.9, "quantity": 2}, {"sku": "TAS-1", "price": 14.9, "quantity": 1}]}}),
        _ => {
            json!({"type": "track", "event": "Product Viewed", "properties": {"sku": "KAF-500", "price": 11.9, "currency": "EUR", "category": "Kaffee"}})
        }
    };
    if let (Value::Object(event), Value::Object(common)) = (&mut event, common) {
        event.extend(common);
    }
    event
}

fn main() {
    let told = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let events: usize = told.unwrap_or(200_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime can be made").block_on(run(events));
}

async fn run(events: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let state = State::open(&StateUrl::in_directory(folder.path()), [1; 32]).await.expect("a state can be opened");
    let lake = Lake::in_directory(folder.path());
    let received = Received {
        key: KeyId::new(1, [1; 10]),
        shop: "main".to_owned(),
        prices: Prices::Net,
        received_at: "2026-11-24T10:16:00Z".parse().expect("this is a time"),
    };
    let batches: Vec<String> = (0..events / BATCH)
        .map(|batch| {
            let all: Vec<Value> = (batch * BATCH..(batch + 1) * BATCH).map(event).collect();
            json!({"batch": all, "sentAt": "2026-11-24T10:15:59Z"}).to_string()
        })
        .collect();
    let bytes: usize = batches.iter().map(String::len).sum();
    let begin = Instant::now();
    let mut read: Vec<InboxEvent> = Vec::with_capacity(events);
    for body in &batches {
        let call = Call::parse(Endpoint::Batch, body.as_bytes()).expect("the batch is one");
        read.extend(call.read(&received).expect("the batch is within the limits").events);
    }
    tell("read", events, begin);
    let begin = Instant::now();
    for chunk in read.chunks(5_000) {
        state.append(chunk).await.expect("the inbox takes it");
    }
    tell("made durable", events, begin);
    let settings = Settings { time_zone: TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC) };
    let now: Timestamp = received.received_at;
    let begin = Instant::now();
    let sealed = seal(&state, &lake, &settings, &mut Counter(0), now).await.expect("the inbox can be sealed");
    tell("sealed", events, begin);
    let (aside, persons) = (sealed.aside, sealed.persons);
    println!("{} bytes an event; {persons} persons seen first, {aside} events set aside", bytes / events);
}

fn tell(what: &str, events: usize, begin: Instant) {
    println!("{what:<14} {:>10.0} events/s", events as f64 / begin.elapsed().as_secs_f64());
}
