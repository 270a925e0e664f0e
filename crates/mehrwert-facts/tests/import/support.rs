//! A data directory of the test's own, files to import into it, and its facts as text.

use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::util::display::array_value_to_string;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mehrwert_core::{AliasId, FileId, PersonId, Silent};
use mehrwert_facts::identities::Fresh;
use mehrwert_facts::import::{Amounts, FileImport, ImportError, ImportRequest, Place, import_file};
use mehrwert_facts::lake::{Lake, read_file};
use mehrwert_facts::orders::{OrderRequest, Scope};
use mehrwert_facts::tables::FactTable;
use mehrwert_state::{State, StateUrl};

pub struct Shop {
    pub state: State,
    pub lake: Lake,
    pub folder: tempfile::TempDir,
    pub request: ImportRequest,
    fresh: Counting,
}

/// Ids one after the other.
#[derive(Default)]
struct Counting(u64);

impl Counting {
    fn next(&mut self) -> [u8; 10] {
        self.0 += 1;
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.0.to_be_bytes());
        bytes
    }
}

impl Fresh for Counting {
    fn person(&mut self) -> (PersonId, AliasId) {
        (PersonId::new(1, self.next()), AliasId::new(1, self.next()))
    }

    fn file(&mut self) -> FileId {
        FileId::new(1, self.next())
    }
}

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub fn now() -> Timestamp {
    "2026-01-01T12:00:00Z".parse().unwrap()
}

/// A request that answers what the fixtures leave open.
pub fn request() -> ImportRequest {
    ImportRequest {
        reading: OrderRequest {
            scope: Scope::Everything,
            ..OrderRequest::new(Vec::new(), "2026-01-01".parse().unwrap())
        },
        shop: "main".to_owned(),
        time_zone: TimeZone::get("Europe/Berlin").unwrap(),
        as_of: None,
        amounts: Some(Amounts::Net),
        vat: None,
        currency: "EUR".parse().ok(),
        payments_are_orders: false,
        source: None,
        rehearsal: false,
    }
}

impl Shop {
    pub fn run<T>(test: impl AsyncFnOnce(&mut Shop) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let state = State::open(&StateUrl::in_directory(folder.path()), [1; 32]).await.unwrap();
            let lake = Lake::in_directory(folder.path());
            test(&mut Shop { state, lake, folder, request: request(), fresh: Counting::default() }).await
        })
    }

    pub async fn import(&mut self, path: &Path) -> Result<FileImport, ImportError> {
        let place = Place { state: &self.state, lake: &self.lake };
        import_file(place, path, &self.request, &mut self.fresh, now(), &Silent).await
    }

    pub async fn import_text(&mut self, text: &str) -> FileImport {
        let path = self.folder.path().join("given.csv");
        std::fs::write(&path, text).unwrap();
        self.import(&path).await.unwrap()
    }

    /// New, changed, unchanged, older of the first table.
    pub async fn counts(&mut self, text: &str) -> [u64; 4] {
        let counted = self.import_text(text).await.tables[0].counted;
        [counted.new, counted.changed, counted.unchanged, counted.older]
    }

    /// All rows of a table, everything but when they were received and the bytes of ids; people by the names that they are
    /// known by.
    pub async fn rows(&self, table: FactTable) -> Vec<String> {
        let people = self.names().await;
        let snapshot = self.state.snapshot(None).await.unwrap();
        let mut rows = Vec::new();
        for file in snapshot.files.iter().filter(|file| file.fact == table.name()) {
            read_file(&self.lake.path(file), None, |batch| {
                rows.extend((0..batch.num_rows()).map(|row| row_of(&batch, row, &people)));
                Ok(())
            })
            .unwrap();
        }
        rows.sort();
        rows
    }

    /// All rows of all tables, ids included.
    pub async fn everything(&self) -> Vec<String> {
        let mut all = Vec::new();
        for table in FactTable::ALL {
            all.extend(self.rows(table).await.into_iter().map(|row| format!("{} {row}", table.name())));
        }
        all
    }

    /// By which names the person behind each alias is known.
    async fn names(&self) -> std::collections::HashMap<AliasId, String> {
        let map = self.state.alias_map(None).await.unwrap();
        let mut names = std::collections::HashMap::new();
        for (alias, person) in map {
            let known = self.state.identities(person).await.unwrap();
            let known = known.iter().map(|(identity, _)| identity.value().to_owned()).collect::<Vec<_>>();
            names.insert(alias, known.join("+"));
        }
        names
    }
}

fn row_of(batch: &RecordBatch, row: usize, people: &std::collections::HashMap<AliasId, String>) -> String {
    let mut said = Vec::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let name = field.name().as_str();
        if column.is_null(row) || matches!(name, "received_at" | "digest" | "version") {
            continue;
        }
        let value = match name {
            "who" => people.get(&alias(column, row)).cloned().unwrap_or_default(),
            "id" => continue,
            _ => array_value_to_string(column, row).unwrap(),
        };
        said.push(format!("{name}={value}"));
    }
    said.join(" ")
}

fn alias(column: &ArrayRef, row: usize) -> AliasId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(column.as_fixed_size_binary().value(row));
    AliasId::from_bytes(bytes)
}
