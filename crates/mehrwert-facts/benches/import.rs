//! How fast orders are imported from CSV into a data directory, durable: when all people are known, and when every third
//! line brings a new one.
//!
//! `cargo bench -p mehrwert-facts --bench import`; the files are made anew from fixed numbers in a temporary directory, and
//! the rates are printed. What is measured is the whole way: reading, asking the state, comparing, sorting, compressing,
//! syncing, and the catalogue.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mehrwert_core::{AliasId, FileId, PersonId, Silent};
use mehrwert_facts::identities::Fresh;
use mehrwert_facts::import::{Amounts, ImportRequest, Place, import_file};
use mehrwert_facts::lake::Lake;
use mehrwert_facts::orders::{OrderRequest, Scope};
use mehrwert_state::{State, StateUrl};

const LINES: u64 = 600_000;
const CUSTOMERS: u64 = 100_000;

/// Ids that look random and are not.
struct Ids(u64);

impl Ids {
    fn next(&mut self) -> [u8; 10] {
        self.0 += 1;
        let mixed = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&mixed.to_be_bytes());
        bytes[8..].copy_from_slice(&(self.0 as u16).to_be_bytes());
        bytes
    }
}

impl Fresh for Ids {
    fn person(&mut self) -> (PersonId, AliasId) {
        (PersonId::new(self.0 / 1000, self.next()), AliasId::new(self.0 / 1000, self.next()))
    }

    fn file(&mut self) -> FileId {
        FileId::new(self.0, self.next())
    }
}

/// Orders of two lines each over two years, in the order of their days.
fn orders(path: &Path, from: u64, lines: u64, customer: impl Fn(u64) -> u64) {
    let mut text = String::with_capacity(80 << 20);
    text.push_str("order_id,created_at,customer_id,product,quantity,net,tax,currency\n");
    for line in 0..lines {
        let order = from + line / 2;
        let day = line * 700 / lines;
        let (year, month, day) = (2023 + day / 350, day % 350 / 30 + 1, day % 28 + 1);
        let cents = 500 + line * 7919 % 20_000;
        let tax = cents * 19 / 100;
        let _ = writeln!(
            text,
            "{order},{year}-{month:02}-{day:02} {:02}:{:02}:00,K{},P{},1,{}.{:02},{}.{:02},EUR",
            line % 24,
            line % 60,
            customer(line / 2),
            line * 31 % 500,
            cents / 100,
            cents % 100,
            tax / 100,
            tax % 100
        );
    }
    std::fs::write(path, text).expect("room for the file");
}

/// Which customer an order is of.
type CustomerOf = fn(u64) -> u64;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let state = State::open(&StateUrl::in_directory(folder.path()), [1; 32]).await.expect("a state");
        let lake = Lake::in_directory(folder.path());
        let mut ids = Ids(0);
        let file = folder.path().join("orders.csv");
        println!("{:<44} {:>10} {:>9} {:>12}", "import", "lines", "seconds", "lines/s");
        let jobs: [(&str, u64, u64, CustomerOf); 4] = [
            ("first import: each customer new", 0, 2 * CUSTOMERS, |order| order % CUSTOMERS),
            ("all people known", 10_000_000, LINES, |order| order * 7919 % CUSTOMERS),
            ("every third line brings a new person", 20_000_000, LINES, |order| {
                if order % 3 == 0 { order * 7919 % CUSTOMERS } else { 1_000_000 + order }
            }),
            ("the same again", 20_000_000, LINES, |order| {
                if order % 3 == 0 { order * 7919 % CUSTOMERS } else { 1_000_000 + order }
            }),
        ];
        for (name, from, lines, customer) in jobs {
            orders(&file, from, lines, customer);
            let request = ImportRequest {
                reading: OrderRequest {
                    scope: Scope::Everything,
                    ..OrderRequest::new(Vec::new(), "2026-01-01".parse().expect("a day"))
                },
                shop: "main".to_owned(),
                time_zone: TimeZone::get("Europe/Berlin").expect("a zone"),
                as_of: None,
                amounts: Some(Amounts::Net),
                vat: None,
                currency: None,
                payments_are_orders: false,
                source: None,
                rehearsal: false,
            };
            let place = Place { state: &state, lake: &lake };
            let now = Timestamp::from_second(1_767_000_000).expect("a time");
            let began = Instant::now();
            let done = import_file(place, &file, &request, &mut ids, now, &Silent).await.expect("an import");
            let seconds = began.elapsed().as_secs_f64();
            assert_eq!(done.reconciliation.rows_used, lines);
            println!("{name:<44} {lines:>10} {seconds:>9.2} {:>12.0}", lines as f64 / seconds);
        }
        state.close().await;
    });
}
