//! Parquet files: every type of column that can hold an order, and files cut short.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
    TimestampMicrosecondArray, TimestampNanosecondArray,
};
use arrow::datatypes::Int32Type;
use mehrwert_core::Amount;
use mehrwert_facts::orders::{OrderLog, ReadError, read_orders_from_bytes};
use parquet::arrow::ArrowWriter;

use crate::support::{amounts, days, request};

fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn read(bytes: &[u8]) -> Result<OrderLog, ReadError> {
    read_orders_from_bytes(bytes, &request(vec!["orders.parquet".into()]))
}

fn customers() -> (&'static str, ArrayRef) {
    ("customer_id", Arc::new(Int64Array::from(vec![7, 8, 7])))
}

#[test]
fn dates_and_amounts_of_every_type_are_read() {
    // 2024-01-12 23:30:00 UTC
    let micros = vec![1_705_102_200_000_000_i64; 3];
    let dates: Vec<(ArrayRef, &str)> = vec![
        (Arc::new(Date32Array::from(vec![19_734; 3])), "2024-01-12"),
        (Arc::new(TimestampMicrosecondArray::from(micros.clone())), "2024-01-12"),
        (Arc::new(TimestampMicrosecondArray::from(micros.clone()).with_timezone("UTC")), "2024-01-12"),
        (Arc::new(TimestampMicrosecondArray::from(micros.clone()).with_timezone("+02:00")), "2024-01-13"),
        (Arc::new(TimestampNanosecondArray::from(vec![1_705_102_200_000_000_000; 3])), "2024-01-12"),
        (Arc::new(StringArray::from(vec!["12.01.2024"; 3])), "2024-01-12"),
        (Arc::new(Int64Array::from(vec![20_240_112; 3])), "2024-01-12"),
    ];
    for (dates, day) in dates {
        let kind = format!("{:?}", dates.data_type());
        let log = read(&parquet(vec![
            customers(),
            ("order_date", dates),
            ("amount", Arc::new(Float64Array::from(vec![1.234, 1e7, -3.0]))),
        ]));
        let log = log.unwrap_or_else(|error| panic!("{kind}: {error}"));
        assert_eq!(days(&log), [day; 3], "{kind}");
        let expected = ["1.234", "10000000", "-3"].map(|amount| amount.parse::<Amount>().unwrap());
        assert_eq!(amounts(&log), expected, "{kind}");
        assert_eq!(log.customers.iter().collect::<Vec<_>>(), ["7", "8"]);
    }
    let decimals = Decimal128Array::from(vec![1234, 5, -99]).with_precision_and_scale(10, 3).unwrap();
    let log = read(&parquet(vec![
        customers(),
        ("date", Arc::new(Date32Array::from(vec![19_734; 3]))),
        ("amount", Arc::new(decimals)),
    ]));
    assert_eq!(amounts(&log.unwrap()).iter().map(Amount::to_string).collect::<Vec<_>>(), ["1.234", "0.005", "-0.099"]);
}

#[test]
fn nested_columns_are_left_out_and_missing_values_set_aside() {
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)]), None, Some(vec![])]);
    let log = read(&parquet(vec![
        ("tags", Arc::new(lists)),
        ("customer", Arc::new(StringArray::from(vec![Some("a"), None, Some("b")]))),
        ("date", Arc::new(Date32Array::from(vec![Some(19_734), Some(19_734), None]))),
        ("amount", Arc::new(Int64Array::from(vec![1, 2, 3]))),
    ]))
    .unwrap();
    let names = log.files[0].columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["customer", "date", "amount"]);
    assert_eq!(log.set_aside.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 3]);
    assert!(log.reconciliation.holds());
}

#[test]
fn a_file_cut_short_is_an_error_wherever_it_is_cut() {
    let bytes = parquet(vec![
        customers(),
        ("date", Arc::new(Date32Array::from(vec![19_734; 3]))),
        ("amount", Arc::new(Int64Array::from(vec![1, 2, 3]))),
    ]);
    assert!(read(&bytes).is_ok());
    for length in (4..bytes.len()).step_by(7) {
        assert!(matches!(read(&bytes[..length]), Err(ReadError::BrokenParquet { .. })), "{length}");
    }
}

#[test]
fn damaged_bytes_never_panic() {
    let bytes = parquet(vec![
        customers(),
        ("date", Arc::new(StringArray::from(vec!["2024-01-01"; 3]))),
        ("amount", Arc::new(Int64Array::from(vec![1, 2, 3]))),
    ]);
    for position in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[position] ^= 0x55;
        let _ = read(&damaged);
    }
}
