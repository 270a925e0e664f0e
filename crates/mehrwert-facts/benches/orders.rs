//! How fast order files are read: a million customers' purchases in the plainest form, and a quoted export.
//!
//! `cargo bench -p mehrwert-facts --bench orders`; the files are made anew from a fixed seed in a temporary directory.

use std::fmt::Write as _;
use std::path::PathBuf;

use divan::Bencher;
use mehrwert_core::Silent;
use mehrwert_facts::orders::{OrderRequest, read_orders};

fn main() {
    divan::main();
}

const CUSTOMERS: u64 = 1_000_000;
const ROWS: u64 = 2_850_000;

/// Whole numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// Which rows, and how they are written.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// `customer,date,amount`, customers one after the other.
    ByCustomer,
    /// The same, customers in no order, as a shop's log has them.
    ByTime,
    /// With an order id.
    WithOrders,
    /// Every cell in quotes.
    Quoted,
}

fn write_file(shape: Shape) -> (tempfile::TempDir, PathBuf) {
    let mut numbers = Numbers(42);
    let mut text = String::with_capacity(100 << 20);
    text.push_str(match shape {
        Shape::WithOrders => "customer,date,amount,order_id\n",
        _ => "customer,date,amount\n",
    });
    for row in 0..ROWS {
        let customer = match shape {
            Shape::ByCustomer => row * CUSTOMERS / ROWS,
            _ => numbers.below(CUSTOMERS),
        };
        let (year, month, day) = (2020 + numbers.below(5), 1 + numbers.below(12), 1 + numbers.below(28));
        let (euros, cents) = (numbers.below(200), numbers.below(100));
        let _ = match shape {
            Shape::ByCustomer | Shape::ByTime => {
                writeln!(text, "C{customer:08},{year}-{month:02}-{day:02},{euros}.{cents:02}")
            }
            Shape::WithOrders => {
                writeln!(text, "C{customer:08},{year}-{month:02}-{day:02},{euros}.{cents:02},{row:08}")
            }
            Shape::Quoted => {
                writeln!(text, "\"C{customer:08}\",\"{year}-{month:02}-{day:02}\",\"{euros}.{cents:02}\"")
            }
        };
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("orders.csv");
    std::fs::write(&path, text).expect("room for the file");
    (directory, path)
}

#[divan::bench(args = [Shape::ByCustomer, Shape::ByTime, Shape::WithOrders, Shape::Quoted], sample_count = 5)]
fn read(bencher: Bencher<'_, '_>, shape: Shape) {
    let (_directory, path) = write_file(shape);
    let today = "2026-01-01".parse().expect("a day");
    let request = OrderRequest::new(vec![path], today);
    bencher
        .counter(divan::counter::ItemsCount::new(ROWS))
        .bench_local(|| read_orders(&request, &Silent).expect("a file that can be read").reconciliation.rows_used);
}
