//! A row per customer as Parquet, the same columns as the CSV with proper types.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use mehrwert_core::Amount;
use mehrwert_facts::orders::AmountBasis;
use mehrwert_insight::value::{Range, ValueResult};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::csv::COLUMNS;

/// Digits of the revenue column, of which [`Amount::DECIMALS`] stand after the point.
const REVENUE_DIGITS: u8 = 28;
const REVENUE_DECIMALS: i8 = Amount::DECIMALS as i8;
/// Customers turned into columns at a time.
const BATCH: usize = 65_536;

/// Writes a row per customer, in the order of first appearance.
///
/// # Errors
/// What the writer says, or that a customer's revenue has more than 22 digits before the point.
pub fn write(result: &ValueResult, out: impl Write + Send) -> Result<(), ParquetError> {
    let schema = schema();
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties))?;
    let has_amounts = result.basis != AmountBasis::NoAmounts;
    let customers = result.scores.customer.len();
    for start in (0..customers).step_by(BATCH) {
        let rows = start..customers.min(start + BATCH);
        writer.write(&batch(&schema, result, rows, has_amounts)?)?;
    }
    writer.close()?;
    Ok(())
}

fn schema() -> SchemaRef {
    let types = [
        (DataType::Utf8, false),
        (DataType::Int64, false),
        (DataType::Decimal128(REVENUE_DIGITS, REVENUE_DECIMALS), true),
        (DataType::Date32, false),
        (DataType::Date32, false),
        (DataType::Float64, true),
        (DataType::Float64, false),
        (DataType::Float64, false),
        (DataType::Float64, false),
        (DataType::Float64, false),
        (DataType::Float64, false),
        (DataType::Float64, false),
        (DataType::Float64, false),
        (DataType::Utf8, true),
    ];
    let fields: Vec<Field> =
        COLUMNS.into_iter().zip(types).map(|(name, (kind, nullable))| Field::new(name, kind, nullable)).collect();
    Arc::new(Schema::new(fields))
}

fn batch(
    schema: &SchemaRef,
    result: &ValueResult,
    rows: std::ops::Range<usize>,
    has_amounts: bool,
) -> Result<RecordBatch, ArrowError> {
    let scores = &result.scores;
    let revenue = scores.revenue[rows.clone()].iter().map(|amount| has_amounts.then(|| amount.micros()));
    let revenue = revenue.collect::<Decimal128Array>().with_precision_and_scale(REVENUE_DIGITS, REVENUE_DECIMALS)?;
    revenue.validate_decimal_precision(REVENUE_DIGITS)?;
    let days = |days: &[mehrwert_core::Day]| days.iter().map(|day| Some(day.epoch())).collect::<Date32Array>();
    let bounds = |ranges: &[Range], bound: fn(&Range) -> f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(ranges[rows.clone()].iter().map(bound)))
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(&scores.customer[rows.clone()])),
        Arc::new(Int64Array::from_iter_values(scores.orders[rows.clone()].iter().map(|orders| i64::from(*orders)))),
        Arc::new(revenue),
        Arc::new(days(&scores.first_order[rows.clone()])),
        Arc::new(days(&scores.last_order[rows.clone()])),
        Arc::new(scores.probability_alive[rows.clone()].iter().copied().collect::<Float64Array>()),
        Arc::new(Float64Array::from_iter_values(scores.expected_orders[rows.clone()].iter().copied())),
        bounds(&scores.expected_orders_range, |range| range.low),
        bounds(&scores.expected_orders_range, |range| range.high),
        Arc::new(Float64Array::from_iter_values(scores.value[rows.clone()].iter().copied())),
        bounds(&scores.value_range, |range| range.low),
        bounds(&scores.value_range, |range| range.high),
        Arc::new(Float64Array::from_iter_values(scores.from_acquisition[rows.clone()].iter().copied())),
        Arc::new(rows.clone().map(|row| result.group_of(row)).collect::<StringArray>()),
    ];
    RecordBatch::try_new(Arc::clone(schema), columns)
}
