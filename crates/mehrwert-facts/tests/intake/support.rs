//! A data directory of the test's own, calls and webhooks to send to it, and its facts as text.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mehrwert_core::{AliasId, Amount, Day, FileId, KeyId, PersonId};
use mehrwert_facts::identities::Fresh;
use mehrwert_facts::intake::{
    Call, Endpoint, Prices, Reading, Received, Sealed, Settings, Webhook, read_webhook, seal,
};
use mehrwert_facts::lake::{Lake, read_file};
use mehrwert_state::{State, StateUrl};
use serde_json::Value;

/// Ids in a row: what randomness is handed in as.
#[derive(Default)]
pub struct Counter(u64);

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

pub struct Shop {
    pub state: State,
    pub lake: Lake,
    pub fresh: Counter,
    _folder: tempfile::TempDir,
}

/// When everything arrives unless said otherwise.
pub fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

pub fn received(key: u8, at: Timestamp) -> Received {
    let key = KeyId::new(1, [key; 10]);
    Received { key, shop: "main".to_owned(), prices: Prices::Net, received_at: at }
}

pub fn settings() -> Settings {
    Settings { time_zone: TimeZone::get("Europe/Berlin").unwrap() }
}

/// A file of the folder `fixtures`.
pub fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/intake/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// What a batch is read as.
pub fn batch(body: &Value, received: &Received) -> Reading {
    let call = Call::parse(Endpoint::Batch, body.to_string().as_bytes()).unwrap();
    call.read(received).unwrap()
}

/// What a webhook is read as.
pub fn webhook(from: Webhook, topic: &str, body: &Value) -> Reading {
    let key = match from {
        Webhook::Shopify => 2,
        Webhook::WooCommerce => 3,
        Webhook::Stripe => 4,
    };
    read_webhook(from, topic, body.to_string().as_bytes(), &received(key, now())).unwrap()
}

impl Shop {
    pub fn run<T>(test: impl AsyncFnOnce(&mut Shop) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let state = State::open(&StateUrl::in_directory(folder.path()), [1; 32]).await.unwrap();
            let lake = Lake::in_directory(folder.path());
            test(&mut Shop { state, lake, fresh: Counter::default(), _folder: folder }).await
        })
    }

    /// Makes events durable and seals them.
    pub async fn take(&mut self, reading: &Reading) -> Sealed {
        self.state.append(&reading.events).await.unwrap();
        self.seal().await
    }

    pub async fn seal(&mut self) -> Sealed {
        seal(&self.state, &self.lake, &settings(), &mut self.fresh, now()).await.unwrap()
    }

    pub async fn batch(&mut self, events: Value) -> Sealed {
        self.take(&batch(&serde_json::json!({ "batch": events }), &received(1, now()))).await
    }

    /// All facts, a line a row, by table and then by what they say; persons by their names.
    pub async fn facts(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let snapshot = self.state.snapshot(None).await.unwrap();
        for file in &snapshot.files {
            let mut batches = Vec::new();
            read_file(&self.lake.path(file), None, |batch| {
                batches.push(batch);
                Ok(())
            })
            .unwrap();
            for batch in &batches {
                for row in 0..batch.num_rows() {
                    lines.push(format!("{}: {}", file.fact, self.row(batch, row).await));
                }
            }
        }
        lines.sort();
        lines
    }

    /// As [`Shop::facts`], of one table and the columns named.
    pub async fn column(&self, table: &str, columns: &[&str]) -> Vec<String> {
        let facts = self.facts().await;
        let rows = facts.iter().filter_map(|line| line.strip_prefix(&format!("{table}: ")));
        let pick = |row: &str| {
            let cells: Vec<&str> = row
                .split(" | ")
                .filter(|cell| columns.iter().any(|name| cell.starts_with(&format!("{name}="))))
                .collect();
            cells.join(" ")
        };
        rows.map(pick).collect()
    }

    async fn row(&self, batch: &RecordBatch, row: usize) -> String {
        let mut cells = Vec::new();
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            let name = field.name();
            if ["id", "version", "digest", "received_at"].contains(&name.as_str()) || column.is_null(row) {
                continue;
            }
            let cell = match field.data_type() {
                DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
                DataType::Decimal128(..) => {
                    Amount::from_micros(column.as_primitive::<Decimal128Type>().value(row)).to_string()
                }
                DataType::Date32 => Day::from_epoch(column.as_primitive::<Date32Type>().value(row)).to_string(),
                DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
                DataType::Timestamp(..) => {
                    let micros = column.as_primitive::<TimestampMicrosecondType>().value(row);
                    Timestamp::from_microsecond(micros).unwrap().to_string()
                }
                DataType::FixedSizeBinary(_) => {
                    let bytes = column.as_fixed_size_binary().value(row);
                    self.names(AliasId::from_bytes(bytes.try_into().unwrap())).await
                }
                other => panic!("no test looks at {other}"),
            };
            cells.push(format!("{name}={cell}"));
        }
        cells.join(" | ")
    }

    /// All names of whoever an alias is.
    async fn names(&self, alias: AliasId) -> String {
        let persons = self.state.resolve(&[alias], None).await.unwrap();
        let Some(person) = persons.get(&alias) else { return "nobody".to_owned() };
        let identities = self.state.identities(*person).await.unwrap();
        let names: Vec<&str> = identities.iter().map(|(identity, _)| identity.value()).collect();
        names.join("+")
    }
}
