//! The kinds of columns: what a row gives, what Arrow holds, and how it enters a row's digest.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Builder, Decimal128Builder, FixedSizeBinaryBuilder, Int64Builder, StringBuilder,
    TimestampMicrosecondBuilder, UInt64Builder,
};
use arrow::datatypes::{DataType, TimeUnit};
use jiff::Timestamp;
use mehrwert_core::{AliasId, Amount, Currency, Day};
use xxhash_rust::xxh3::Xxh3;

/// Digits of the decimal columns of fact tables: Parquet keeps them as 64-bit integers.
pub const FACT_PRECISION: u8 = 18;
/// Decimals of the decimal columns: those of [`Amount`].
pub const FACT_SCALE: i8 = Amount::DECIMALS as i8;
/// The first amount too large for a fact: a trillion.
pub const LARGEST_FACT_AMOUNT: Amount = Amount::from_units(1_000_000_000_000);

/// The hash of what a row says.
pub(crate) type Digest = Xxh3;

/// A kind of column.
pub trait Kind {
    /// What a row gives.
    type Value<'a>: Copy;
    /// What collects it.
    type Column;
    /// Whether a row may give nothing.
    const NULLABLE: bool;
    /// The type of the Arrow column.
    fn data_type() -> DataType;
    /// An empty column.
    fn column() -> Self::Column;
    /// Adds a row's value.
    fn push(column: &mut Self::Column, value: Self::Value<'_>);
    /// Adds a value to the hash of its row; different values give different bytes.
    fn digest(value: Self::Value<'_>, digest: &mut Xxh3);
    /// The Arrow column.
    fn finish(column: Self::Column) -> ArrayRef;
}

/// Text that every row has.
#[derive(Debug)]
pub enum Word {}
/// Text.
#[derive(Debug)]
pub enum Text {}
/// An exact amount that every row has; less than [`LARGEST_FACT_AMOUNT`].
#[derive(Debug)]
pub enum Money {}
/// An exact amount, or a quantity.
#[derive(Debug)]
pub enum MaybeMoney {}
/// A day that every row has.
#[derive(Debug)]
pub enum Date {}
/// A day.
#[derive(Debug)]
pub enum MaybeDate {}
/// A whole number that every row has.
#[derive(Debug)]
pub enum Number {}
/// A currency by its code.
#[derive(Debug)]
pub enum Code {}
/// A point in time that every row has.
#[derive(Debug)]
pub enum Instant {}
/// The alias under which someone arrived.
#[derive(Debug)]
pub enum Who {}
/// Sixteen bytes that every row has.
#[derive(Debug)]
pub enum Bytes16 {}
/// A hash that every row has.
#[derive(Debug)]
pub enum Hash64 {}

fn digest_text(text: Option<&str>, digest: &mut Xxh3) {
    // The length keeps two neighbouring texts apart; no text has this one, so nothing differs from the empty text.
    let length = text.map_or(u64::MAX, |text| text.len() as u64);
    digest.update(&length.to_le_bytes());
    digest.update(text.unwrap_or_default().as_bytes());
}

fn digest_number(number: Option<i128>, digest: &mut Xxh3) {
    digest.update(&[u8::from(number.is_some())]);
    digest.update(&number.unwrap_or_default().to_le_bytes());
}

macro_rules! kind {
    ($life:lifetime, $name:ident, $value:ty, $column:ty, $nullable:expr, $type:expr, $new:expr,
     |$into:ident, $given:ident| $push:expr, |$said:ident, $hash:ident| $digest:expr) => {
        impl Kind for $name {
            type Value<$life> = $value;
            type Column = $column;
            const NULLABLE: bool = $nullable;

            fn data_type() -> DataType {
                $type
            }

            fn column() -> $column {
                $new
            }

            fn push($into: &mut $column, $given: Self::Value<'_>) {
                $push
            }

            fn digest($said: Self::Value<'_>, $hash: &mut Xxh3) {
                $digest
            }

            fn finish(mut column: $column) -> ArrayRef {
                Arc::new(column.finish())
            }
        }
    };
}

fn decimals() -> Decimal128Builder {
    Decimal128Builder::new().with_data_type(DataType::Decimal128(FACT_PRECISION, FACT_SCALE))
}

fn instants() -> TimestampMicrosecondBuilder {
    TimestampMicrosecondBuilder::new().with_timezone("UTC")
}

const DECIMAL: DataType = DataType::Decimal128(FACT_PRECISION, FACT_SCALE);

kind!(
    'a,
    Word,
    &'a str,
    StringBuilder,
    false,
    DataType::Utf8,
    StringBuilder::new(),
    |column, text| column.append_value(text),
    |text, digest| digest_text(Some(text), digest)
);
kind!(
    'a,
    Text,
    Option<&'a str>,
    StringBuilder,
    true,
    DataType::Utf8,
    StringBuilder::new(),
    |column, text| column.append_option(text),
    |text, digest| digest_text(text, digest)
);
kind!(
    'a,
    Money,
    Amount,
    Decimal128Builder,
    false,
    DECIMAL,
    decimals(),
    |column, amount| column.append_value(amount.micros()),
    |amount, digest| digest_number(Some(amount.micros()), digest)
);
kind!(
    'a,
    MaybeMoney,
    Option<Amount>,
    Decimal128Builder,
    true,
    DECIMAL,
    decimals(),
    |column, amount| column.append_option(amount.map(Amount::micros)),
    |amount, digest| digest_number(amount.map(Amount::micros), digest)
);
kind!(
    'a,
    Date,
    Day,
    Date32Builder,
    false,
    DataType::Date32,
    Date32Builder::new(),
    |column, day| column.append_value(day.epoch()),
    |day, digest| digest_number(Some(i128::from(day.epoch())), digest)
);
kind!(
    'a,
    MaybeDate,
    Option<Day>,
    Date32Builder,
    true,
    DataType::Date32,
    Date32Builder::new(),
    |column, day| column.append_option(day.map(Day::epoch)),
    |day, digest| digest_number(day.map(|day| i128::from(day.epoch())), digest)
);
kind!(
    'a,
    Number,
    i64,
    Int64Builder,
    false,
    DataType::Int64,
    Int64Builder::new(),
    |column, number| column.append_value(number),
    |number, digest| digest_number(Some(i128::from(number)), digest)
);
kind!(
    'a,
    Code,
    Option<Currency>,
    StringBuilder,
    true,
    DataType::Utf8,
    StringBuilder::new(),
    |column, currency| column.append_option(currency.as_ref().map(Currency::code)),
    |currency, digest| digest_text(currency.as_ref().map(Currency::code), digest)
);
kind!(
    'a,
    Instant,
    Timestamp,
    TimestampMicrosecondBuilder,
    false,
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    instants(),
    |column, at| column.append_value(at.as_microsecond()),
    |at, digest| digest_number(Some(i128::from(at.as_microsecond())), digest)
);
kind!(
    'a,
    Who,
    Option<AliasId>,
    FixedSizeBinaryBuilder,
    true,
    DataType::FixedSizeBinary(16),
    FixedSizeBinaryBuilder::new(16),
    |column, alias| match alias {
        // Sixteen bytes are what the column takes.
        Some(alias) => drop(column.append_value(alias.bytes())),
        None => column.append_null(),
    },
    |alias, digest| {
        digest.update(&[u8::from(alias.is_some())]);
        digest.update(&alias.map(AliasId::bytes).unwrap_or_default());
    }
);
kind!(
    'a,
    Bytes16,
    [u8; 16],
    FixedSizeBinaryBuilder,
    false,
    DataType::FixedSizeBinary(16),
    FixedSizeBinaryBuilder::new(16),
    |column, bytes| drop(column.append_value(bytes)),
    |bytes, digest| digest.update(&bytes)
);
kind!(
    'a,
    Hash64,
    u64,
    UInt64Builder,
    false,
    DataType::UInt64,
    UInt64Builder::new(),
    |column, hash| column.append_value(hash),
    |hash, digest| digest.update(&hash.to_le_bytes())
);
