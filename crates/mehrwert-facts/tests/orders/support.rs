//! What the tests share: requests, and a log as text.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Decimal128Type, Int8Type, UInt16Type, UInt32Type};
use mehrwert_core::{Amount, Day, Silent};
use mehrwert_facts::orders::{Names, OrderLog, OrderRequest, ReadError, read_orders, read_orders_from_bytes};

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

pub fn request(files: Vec<PathBuf>) -> OrderRequest {
    OrderRequest::new(files, "2026-01-01".parse().unwrap())
}

pub fn read(files: Vec<PathBuf>) -> OrderLog {
    read_orders(&request(files), &Silent).unwrap()
}

pub fn read_text(text: &str) -> Result<OrderLog, ReadError> {
    read_orders_from_bytes(text.as_bytes(), &request(vec!["orders.csv".into()]))
}

/// The message of the error that a text gives.
pub fn error_of(text: &str) -> String {
    match read_text(text) {
        Ok(log) => panic!("was read:\n{}", as_text(&log)),
        Err(error) => error.to_string(),
    }
}

pub fn amounts(log: &OrderLog) -> Vec<Amount> {
    let columns = log.batches.iter().map(|batch| batch.column_by_name("amount").unwrap());
    columns
        .flat_map(|column| column.as_primitive::<Decimal128Type>().iter().flatten())
        .map(Amount::from_micros)
        .collect()
}

pub fn days(log: &OrderLog) -> Vec<String> {
    let columns = log.batches.iter().map(|batch| batch.column_by_name("day").unwrap());
    let days = columns.flat_map(|column| column.as_primitive::<Date32Type>().iter().flatten());
    days.map(|day| Day::from_epoch(day).to_string()).collect()
}

/// A log as a person would check it: every line, what was set aside, what each column was taken for.
pub fn as_text(log: &OrderLog) -> String {
    let mut text = String::new();
    for file in &log.files {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        let _ = writeln!(
            text,
            "{name}: {:?} | {} | {} | {} | {} | {} rows",
            file.kind, file.layout, file.encoding, file.date_format, file.number_format, file.rows
        );
        for column in &file.columns {
            let role = column.role.map_or("-", |role| role.name());
            let _ = writeln!(text, "  {} = {role} ({})", column.name, column.example);
        }
    }
    let _ = writeln!(text, "basis {:?}, currency {:?}", log.basis, log.currency.map(|currency| currency.to_string()));
    for warning in &log.warnings {
        let _ = writeln!(text, "warning {warning:?}");
    }
    let sums = &log.reconciliation;
    let _ = writeln!(
        text,
        "rows {} = {} + {}, amounts {} = {} + {}",
        sums.rows_read, sums.rows_used, sums.rows_set_aside, sums.amount_read, sums.amount_used, sums.amount_set_aside
    );
    for set_aside in &log.set_aside {
        let file = &log.files[usize::from(set_aside.file)];
        let column = set_aside.column.map(|column| file.columns[usize::from(column)].name.as_str());
        let amount = set_aside.amount.map(|amount| amount.to_string());
        let _ = writeln!(
            text,
            "set aside: file {} row {} column {} {:?} amount {}",
            set_aside.file,
            set_aside.row,
            column.unwrap_or("-"),
            set_aside.reason,
            amount.as_deref().unwrap_or("-")
        );
    }
    for batch in &log.batches {
        for index in 0..batch.num_rows() {
            let _ = writeln!(text, "{}", line(log, batch, index));
        }
    }
    text
}

fn line(log: &OrderLog, batch: &RecordBatch, index: usize) -> String {
    let name = |column: &str, names: &Names| {
        let ids = batch.column_by_name(column)?.as_primitive::<UInt32Type>();
        ids.is_valid(index).then(|| format!(" {column}={}", names.get(ids.value(index)).unwrap()))
    };
    let number = |column: &str| {
        let numbers = batch.column_by_name(column)?.as_primitive::<Decimal128Type>();
        numbers.is_valid(index).then(|| format!(" {column}={}", Amount::from_micros(numbers.value(index))))
    };
    let day = batch.column_by_name("day").unwrap().as_primitive::<Date32Type>().value(index);
    let kinds = batch.column_by_name("kind").unwrap().as_dictionary::<Int8Type>();
    let kind = kinds.values().as_string::<i32>().value(kinds.keys().value(index) as usize).to_owned();
    let file = batch.column_by_name("file").unwrap().as_primitive::<UInt16Type>().value(index);
    let row = batch.column_by_name("row").unwrap().as_primitive::<UInt32Type>().value(index);
    let mut text = format!("{file}/{row} {} {kind}", Day::from_epoch(day));
    let parts = [
        name("customer", &log.customers),
        number("amount"),
        name("order", &log.order_ids),
        name("product", &log.products),
        number("quantity"),
        number("tax"),
        number("discount"),
        number("goods_cost"),
        name("source", &log.sources),
    ];
    text.extend(parts.into_iter().flatten());
    text
}
