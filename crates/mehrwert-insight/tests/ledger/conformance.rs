//! Every named query on one fixed lake, against kept answers: what a second engine has to say too.
//!
//! The lake is made from a stated seed. Answers are kept as text, a row a line in an order of their own; whole numbers, days,
//! amounts and texts have to be equal, floating-point numbers to nine digits. After a wanted change the kept answers are
//! written anew with `MEHRWERT_KEEP_ANSWERS=1` and read before they are committed.

use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use mehrwert_core::{Amount, Day};
use mehrwert_facts::engine::{Engine, NamedQuery, QueryRunner};
use mehrwert_facts::tables::{Cost, OrderLine};
use mehrwert_insight::{health, ledger, value};
use mehrwert_state::{ExchangeRate, Product, State};

use crate::shop::{Rows, alias, amount, ask, cost, day, line, person, terms};

/// Where the numbers of the lake begin.
const SEED: u64 = 20_260_331;
/// Floating-point numbers may differ by this share.
const TOLERANCE: f64 = 1e-9;

/// Numbers by chance, the same on every machine (Knuth's MMIX generator).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn day(&mut self) -> Day {
        day("2024-01-01").plus_days(i32::try_from(self.below(180)).expect("a small number"))
    }

    fn cents(&mut self, bound: u64) -> Amount {
        Amount::from_micros(i128::from(self.below(bound) + 1) * 10_000)
    }
}

/// Some sixty orders of ten people, with what belongs to them and what does not.
fn rows() -> Rows {
    let (mut rows, mut chance) = (Rows::default(), Chance(SEED));
    let sources = [None, Some("search"), Some("mail")];
    for order in 0..60_u64 {
        let number = format!("{}", 1000 + order);
        let who = (order % 13 != 12).then(|| alias((chance.below(10) + 1) as u8));
        let kind = ["sale", "sale", "sale", "sale", "refund"][chance.below(5) as usize];
        let sign = if kind == "sale" { 1 } else { -1 };
        let net = chance.cents(9_000);
        let sale = OrderLine {
            kind,
            net: if sign > 0 { net } else { -net },
            product: [Some("tea"), Some("pot"), None][chance.below(3) as usize],
            quantity: Some(Amount::from_units(sign * (1 + chance.below(3) as i64))),
            goods_cost: (chance.below(4) == 0).then(|| chance.cents(2_000)),
            shipping_charged: (chance.below(3) == 0).then(|| amount("4.90")),
            category: (chance.below(15) == 0).then_some("Gift card"),
            source: sources[chance.below(3) as usize],
            currency: if chance.below(8) == 0 { "CHF".parse().ok() } else { "EUR".parse().ok() },
            ..line(&number)
        };
        let when = chance.day();
        rows.order(when, who, &sale);
        if chance.below(2) == 0 {
            let paid = if chance.below(9) == 0 { "unknown".to_owned() } else { number };
            rows.fee(when, &paid, chance.cents(90));
        }
    }
    for _ in 0..30 {
        let (when, who) = (chance.day(), alias((chance.below(12) + 1) as u8));
        rows.touch(when, who, sources[chance.below(3) as usize]);
        rows.contact(when, who, "letter", (chance.below(2) == 0).then(|| chance.cents(50)));
    }
    for number in 0..24_u64 {
        let from = chance.day();
        let to = from.plus_days(chance.below(70) as i32);
        let purpose = ["acquire", "retain", "serve", "overhead"][chance.below(4) as usize];
        let spent = Cost {
            kind: ["ads", "staff", "carrier"][chance.below(3) as usize],
            source: sources[chance.below(3) as usize],
            measure: (chance.below(2) == 0).then_some("letter"),
            order_id: (number % 8 == 0).then_some("1003"),
            ..cost(from, to, purpose, chance.cents(90_000))
        };
        rows.cost(None, &spent);
    }
    rows.contract(alias(1), day("2024-01-31"), None, "month", amount("9.90"));
    rows
}

async fn set_up(state: &State) {
    let (_, first) = person(state, "one@example.com", 1).await;
    let (_, second) = person(state, "two@example.com", 2).await;
    for number in 3..=9 {
        person(state, &format!("person{number}@example.com"), number).await;
    }
    state.merge(second, first, "the same", jiff::Timestamp::UNIX_EPOCH).await.expect("merged");
    let product = |product: &str, from: &str, cost: &str| Product {
        product: product.to_owned(),
        from: day(from),
        name: None,
        category: None,
        goods_cost: Some((amount(cost), "EUR".parse().expect("a currency"))),
        vat: None,
    };
    let products = [product("tea", "2024-01-01", "1.10"), product("tea", "2024-03-01", "1.25")];
    state.set_products(&products).await.expect("products");
    let rate = ExchangeRate {
        base: "CHF".parse().expect("a currency"),
        quote: "EUR".parse().expect("a currency"),
        day: day("2023-12-31"),
        rate: amount("1.0437"),
    };
    state.set_rates(&[rate]).await.expect("rates");
}

/// The answer as lines: a header, then the rows in order.
fn lines(rows: &[RecordBatch]) -> Vec<String> {
    let options = FormatOptions::default().with_null("-");
    let mut lines = Vec::new();
    for batch in rows {
        let formatters: Vec<ArrayFormatter<'_>> = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options).expect("a column that can be shown"))
            .collect();
        for row in 0..batch.num_rows() {
            let cells: Vec<String> = formatters.iter().map(|column| column.value(row).to_string()).collect();
            lines.push(cells.join(" | "));
        }
    }
    lines.sort();
    let names = |batch: &RecordBatch| {
        let fields: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
        fields.join(" | ")
    };
    lines.insert(0, rows.first().map(names).unwrap_or_default());
    lines
}

/// Whether two cells say the same: the same text, or floating-point numbers that hardly differ.
fn same(kept: &str, found: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok().filter(|_| text.contains(['.', 'e']));
    match (number(kept), number(found)) {
        _ if kept == found => true,
        // Decimals have six digits after the point and are exact; only floating-point numbers have others.
        (Some(one), Some(other)) if !is_decimal(kept) || !is_decimal(found) => {
            (one - other).abs() <= TOLERANCE * one.abs().max(other.abs())
        }
        _ => false,
    }
}

fn is_decimal(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(_, digits)| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ledger/answers").join(format!("{name}.txt"))
}

/// Holds one answer to the kept one.
fn hold(name: &str, rows: &[RecordBatch]) {
    let found = lines(rows);
    let path = kept(name);
    if std::env::var_os("MEHRWERT_KEEP_ANSWERS").is_some() {
        std::fs::write(&path, found.join("\n") + "\n").expect("the answer can be kept");
    }
    let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no answer of {name} is kept"));
    let kept: Vec<&str> = text.lines().collect();
    assert_eq!(kept.len(), found.len(), "{name}: other rows than kept:\n{}", found.join("\n"));
    for (one, other) in kept.iter().zip(&found) {
        let cells = one.split(" | ").zip(other.split(" | "));
        assert!(
            one.split(" | ").count() == other.split(" | ").count()
                && cells.clone().all(|(one, other)| same(one, other)),
            "{name}\n   kept {one}\n  found {other}"
        );
    }
}

/// What any engine has to answer. The queries come in the order in which they build on each other.
fn conform(runner: &dyn QueryRunner, queries: &[NamedQuery]) {
    for query in queries {
        let rows = runner.run(query).unwrap_or_else(|error| panic!("{}: {error:?}", query.name));
        hold(query.name, &rows);
    }
}

/// Every query reads tables that are registered, so that another engine with the same tables can run it.
fn reads_registered_tables(engine: &Engine, queries: &[NamedQuery]) {
    for query in queries {
        for table in engine.tables_read(query.name, &query.sql).expect("a plan") {
            let is_ours = ["facts.", "state.", "ledger."].iter().any(|schema| table.starts_with(schema));
            assert!(is_ours, "{} reads {table}, which is no table of the lake, the state or the ledger", query.name);
        }
    }
}

#[test]
fn every_query_says_what_it_said() {
    ask(rows(), terms("2024-06-30"), set_up, |engine| {
        let queries: Vec<NamedQuery> =
            ledger::queries().into_iter().chain(health::queries()).chain(value::queries()).collect();
        reads_registered_tables(engine, &queries);
        conform(engine, &queries);
        let histories = engine.purchase_histories(day("2024-06-30")).expect("histories");
        hold("purchase_histories", &histories);
    });
}

#[test]
fn every_kept_answer_is_asked_for() {
    let mut asked: Vec<String> = ledger::queries()
        .into_iter()
        .chain(health::queries())
        .chain(value::queries())
        .map(|query| format!("{}.txt", query.name))
        .collect();
    asked.push("purchase_histories.txt".to_owned());
    asked.sort();
    let folder = std::fs::read_dir(kept("x").parent().expect("a folder")).expect("the kept answers");
    let mut found: Vec<String> =
        folder.filter_map(|entry| entry.ok().map(|entry| entry.file_name().to_string_lossy().into_owned())).collect();
    found.sort();
    assert_eq!(found, asked);
}
