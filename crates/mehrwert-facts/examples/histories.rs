//! The history query over a large lake, for `cargo xtask peers --histories`: makes the lake where there is none, and prints
//! what the query took, as plain SQL and as it is asked.
//!
//!     histories FOLDER ORDERS PERSONS RUNS

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use mehrwert_core::{AliasId, Amount, Day, FileId};
use mehrwert_facts::engine::Engine;
use mehrwert_facts::lake::Lake;
use mehrwert_facts::tables::{Authority, FactTable, Head, OrderLine, OrderRows, Rank, Unit, Version};
use mehrwert_state::{FactFile, Snapshot};
use xxhash_rust::xxh3::xxh3_64;

/// The first month, and how many there are.
const FIRST_MONTH: i32 = 2021 * 12;
const MONTHS: i32 = 36;

/// The history as plain SQL says it, grouped twice.
const PLAIN: &str = "SELECT who, count(*) - 1 AS repeats, min(day) AS first_day, max(day) AS last_day,
    CAST($until AS INT) - CAST(min(day) AS INT) AS age, sum(amount) AS revenue,
    CAST(sum(amount) - first_value(amount ORDER BY day) AS DOUBLE) / nullif(count(*) - 1, 0) AS repeat_mean
    FROM (SELECT who, day, sum(net) AS amount FROM facts.orders
          WHERE kind = 'sale' AND who IS NOT NULL AND day <= $until GROUP BY who, day) GROUP BY who";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, orders, persons, runs] = arguments.as_slice() else {
        return Err("expected FOLDER ORDERS PERSONS RUNS".into());
    };
    let lake = Lake::in_directory(Path::new(folder));
    if !lake.root().exists() {
        generate(&lake, orders.parse()?, persons.parse()?)?;
    }
    let engine = Engine::new()?;
    engine.register_lake(&lake, &snapshot(&lake)?)?;
    let until = Day::first_of_month(FIRST_MONTH + MONTHS).plus_days(-1);
    for _ in 0..runs.parse()? {
        let begun = Instant::now();
        let rows = engine.purchase_histories(until)?;
        let (seconds, persons) =
            (begun.elapsed().as_secs_f64(), rows.iter().map(|batch| batch.num_rows()).sum::<usize>());
        println!("ours {seconds:.3} {persons} {}", repeats(&rows));
    }
    let parameters = [("until", datafusion::scalar::ScalarValue::Date32(Some(until.epoch())))];
    let begun = Instant::now();
    let rows = engine.query("plain", PLAIN, &parameters)?;
    let (seconds, persons) = (begun.elapsed().as_secs_f64(), rows.iter().map(|batch| batch.num_rows()).sum::<usize>());
    println!("plain {seconds:.3} {persons} {}", repeats(&rows));
    Ok(())
}

/// All repeat purchases together, so that the answers can be compared.
fn repeats(rows: &[arrow::array::RecordBatch]) -> i64 {
    let column = |batch: &arrow::array::RecordBatch| {
        let repeats = batch.column_by_name("repeats").and_then(|column| {
            column.as_any().downcast_ref::<arrow::array::Int64Array>().map(|column| column.values().iter().sum::<i64>())
        });
        repeats.unwrap_or(-1)
    };
    rows.iter().map(column).sum()
}

/// The files that lie there; rows and days are not asked for by a scan.
fn snapshot(lake: &Lake) -> Result<Snapshot, Box<dyn Error>> {
    let mut files = Vec::new();
    for path in lake.orphans(&std::collections::HashSet::new())? {
        let day = Day::from_epoch(0);
        let path = path.strip_prefix(lake.root())?.to_string_lossy().into_owned();
        let (id, fact) = (FileId::new(files.len() as u64, [0; 10]), FactTable::Orders.name().to_owned());
        files.push(FactFile { id, fact, path, rows: 0, bytes: 0, first_day: day, last_day: day });
    }
    Ok(Snapshot { generation: 1, files })
}

/// Orders of one line by chance: everyone alike, on all days alike.
fn generate(lake: &Lake, orders: u64, persons: u64) -> Result<(), Box<dyn Error>> {
    for month in 0..MONTHS {
        let first = Day::first_of_month(FIRST_MONTH + month);
        let days = Day::first_of_month(FIRST_MONTH + month + 1).since(first).unsigned_abs();
        let range = orders * month as u64 / MONTHS as u64..orders * (month as u64 + 1) / MONTHS as u64;
        let count = range.end - range.start;
        let mut rows = OrderRows::default();
        for order in range.clone() {
            let chance = xxh3_64(&order.to_le_bytes());
            let day = first.plus_days(((order - range.start) * u64::from(days) / count.max(1)) as i32);
            let at = Timestamp::from_second(i64::from(day.epoch()) * 86_400)?;
            let number = order.to_string();
            let head = Head {
                unit: Unit::of(FactTable::Orders, &["main", &number]),
                place: 0,
                version: Version::new(Authority::Record, at, Rank::Import),
                origin: "simulated",
                at,
                day,
                received_at: at,
                who: Some(alias(chance % persons)),
            };
            rows.push(&head, &line(&number, Amount::from_micros(i128::from(chance >> 40) % 20_000 * 10_000)));
        }
        lake.write_file(FactTable::Orders, first, &rows.finish()?, FileId::new(month as u64, [0; 10]))?;
    }
    Ok(())
}

/// Random bits after a time, as aliases have them.
fn alias(person: u64) -> AliasId {
    let mut random = [0; 10];
    random[..8].copy_from_slice(&xxh3_64(&[person.to_le_bytes(), [7; 8]].concat()).to_le_bytes());
    AliasId::new(1_600_000_000_000 + person, random)
}

fn line(order: &str, net: Amount) -> OrderLine<'_> {
    OrderLine {
        shop: "main",
        order_id: Some(order),
        reference: None,
        line: 1,
        kind: "sale",
        product: None,
        category: None,
        quantity: None,
        net,
        tax: None,
        discount: None,
        shipping_charged: None,
        goods_cost: None,
        coupon: None,
        offer: None,
        source: None,
        currency: None,
    }
}
