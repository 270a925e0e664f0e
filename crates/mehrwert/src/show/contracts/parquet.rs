//! A row per contract as Parquet, the same columns as the CSV with proper types.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Field, Schema};
use arrow::error::ArrowError;
use mehrwert_core::Amount;
use mehrwert_insight::contracts::{ContractResult, ContractScores, Estimate};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::csv::{COLUMNS, state};

/// Digits of the amounts, of which [`Amount::DECIMALS`] stand after the point.
const DIGITS: u8 = 28;
const DECIMALS: i8 = Amount::DECIMALS as i8;

/// Writes a row per contract, in the order of the files.
///
/// # Errors
/// What the writer says, or that an amount has more than 22 digits before the point.
pub fn write(result: &ContractResult, out: impl Write + Send) -> Result<(), ParquetError> {
    let batch = batch(&result.scores)?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(out, batch.schema(), Some(properties))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}

fn batch(scores: &ContractScores) -> Result<RecordBatch, ArrowError> {
    let names = |names: &[String]| -> ArrayRef {
        Arc::new(names.iter().map(|name| (!name.is_empty()).then_some(name)).collect::<StringArray>())
    };
    let amounts = |amounts: &[Amount]| -> Result<ArrayRef, ArrowError> {
        let column = amounts.iter().map(|amount| Some(amount.micros())).collect::<Decimal128Array>();
        let column = column.with_precision_and_scale(DIGITS, DECIMALS)?;
        column.validate_decimal_precision(DIGITS)?;
        Ok(Arc::new(column))
    };
    let numbers = |numbers: &[Option<f64>]| -> ArrayRef { Arc::new(numbers.iter().copied().collect::<Float64Array>()) };
    let bound = |bound: fn(Estimate) -> f64| -> ArrayRef {
        Arc::new(scores.value.iter().map(|value| value.map(bound)).collect::<Float64Array>())
    };
    let ends = scores.end.iter().map(|end| end.map(|end| end.epoch()));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(&scores.customer)),
        names(&scores.contract),
        names(&scores.product),
        Arc::new(scores.start.iter().map(|day| Some(day.epoch())).collect::<Date32Array>()),
        Arc::new(ends.collect::<Date32Array>()),
        amounts(&scores.price)?,
        Arc::new(StringArray::from_iter_values(scores.interval.iter().map(|interval| interval.name()))),
        Arc::new(StringArray::from_iter_values(scores.state.iter().map(|one| state(*one)))),
        Arc::new(Int64Array::from_iter_values(scores.renewals.iter().map(|renewals| i64::from(*renewals)))),
        amounts(&scores.paid)?,
        numbers(&scores.renews),
        numbers(&scores.payments),
        bound(|value| value.value),
        bound(|value| value.low),
        bound(|value| value.high),
    ];
    let field = |(name, column): (&str, &ArrayRef)| {
        let is_known = !matches!(
            name,
            "contract" | "product" | "end" | "p_renew" | "expected_payments" | "value" | "value_low" | "value_high"
        );
        Field::new(name, column.data_type().clone(), !is_known)
    };
    let fields: Vec<Field> = COLUMNS.into_iter().zip(&columns).map(field).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}
