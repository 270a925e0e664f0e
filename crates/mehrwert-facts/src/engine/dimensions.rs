//! What the state knows, as tables of the engine: `state.aliases`, `state.members`, `state.products`, `state.rates`,
//! `state.months`.
//!
//! They are written as Parquet files under the data directory's `derived`, so that a cluster reads the same plan over the
//! same files, and named by what they hold: the version of the alias map, or a hash of the rows. One that is there is taken
//! as it is. They are never truth: all of `derived` may be deleted at any time.
//!
//! | table | columns |
//! |---|---|
//! | `aliases` | alias, person: at one version of the alias map |
//! | `members` | account, person: at one time |
//! | `products` | product, from_day, to_day, category, goods_cost, currency: each day has at most one row a product |
//! | `rates` | base, quote, from_day, to_day, rate: each day has at most one row a pair |
//! | `months` | first_day, last_day: of every month of three centuries |

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, FixedSizeBinaryBuilder, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use datafusion::catalog::{MemorySchemaProvider, SchemaProvider};
use jiff::Timestamp;
use mehrwert_core::{Amount, Currency, Day};
use mehrwert_state::{ExchangeRate, Member, Product, State};
use xxhash_rust::xxh3::Xxh3;

use super::{Engine, EngineError};
use crate::lake::LakeError;
use crate::tables::{FACT_PRECISION, FACT_SCALE};

mod files;

/// The schema of the engine in which the dimensions stand.
pub const STATE: &str = "state";

/// The tables.
pub const DIMENSIONS: [&str; 5] = ["aliases", "members", "products", "rates", "months"];

/// The years whose months there are.
const YEARS: std::ops::Range<i32> = 1900..2200;

/// The dimensions of one moment, on disk.
#[derive(Debug, Clone)]
pub struct Dimensions {
    files: Vec<(&'static str, PathBuf)>,
    /// The version of the alias map.
    pub alias_version: i64,
}

impl Dimensions {
    /// Writes what is not there yet, below the folder of derived files. Persons are as the alias map had them at the
    /// version named, or as it has them now; firms, products and rates are always those of now: a cost that was corrected
    /// is the better cost for an earlier month too.
    ///
    /// # Errors
    /// [`LakeError`] when the state cannot be read or a file cannot be written.
    pub async fn prepare(
        state: &State,
        derived: &Path,
        version: Option<i64>,
        now: Timestamp,
    ) -> Result<Dimensions, LakeError> {
        let folder = derived.join("dimensions");
        let present = state.alias_version().await?;
        let version = version.unwrap_or(present);
        // Both versions, because an erasure takes people out of earlier versions too.
        let aliases = folder.join(format!("aliases-{version}-of-{present}.parquet"));
        if !aliases.exists() {
            let map = state.alias_map(Some(version)).await?;
            let mut rows: Vec<_> = map.into_iter().map(|(alias, person)| (alias.bytes(), person.bytes())).collect();
            rows.sort_unstable();
            files::write(&aliases, &batch("aliases", ids("alias", "person", &rows))?)?;
        }
        let mut written = vec![("aliases", aliases)];
        let tables = [
            ("members", members(&state.members(now).await?)),
            ("products", products(&state.products().await?)),
            ("rates", rates(&state.rates().await?)),
            ("months", months()),
        ];
        for (name, columns) in tables {
            let rows = batch(name, columns)?;
            let path = folder.join(format!("{name}-{:016x}.parquet", hash(&rows)));
            if !path.exists() {
                files::write(&path, &rows)?;
            }
            written.push((name, path));
        }
        files::tidy(&folder, &written, now);
        Ok(Dimensions { files: written, alias_version: version })
    }
}

impl Engine {
    /// Registers the dimensions beside the facts.
    ///
    /// # Errors
    /// [`EngineError::Register`] when a path cannot be used.
    pub fn register_dimensions(&self, dimensions: &Dimensions) -> Result<(), EngineError> {
        let schema = MemorySchemaProvider::new();
        for (name, path) in &dimensions.files {
            let error = |source| EngineError::Register { table: format!("{STATE}.{name}"), source: Box::new(source) };
            let provider = self.files_as_table(std::slice::from_ref(path), None).map_err(error)?;
            schema.register_table((*name).to_owned(), provider).map_err(error)?;
        }
        self.register_schema(STATE, Arc::new(schema))
    }
}

type Columns = Result<Vec<(&'static str, ArrayRef)>, ArrowError>;

fn batch(name: &'static str, columns: Columns) -> Result<RecordBatch, LakeError> {
    let batch = columns.and_then(|columns| {
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
    });
    batch.map_err(|source| LakeError::Rows { operation: "make", table: name, source })
}

fn ids(one: &'static str, other: &'static str, rows: &[([u8; 16], [u8; 16])]) -> Columns {
    let (mut first, mut second) = (FixedSizeBinaryBuilder::new(16), FixedSizeBinaryBuilder::new(16));
    for (left, right) in rows {
        first.append_value(left)?;
        second.append_value(right)?;
    }
    Ok(vec![(one, Arc::new(first.finish())), (other, Arc::new(second.finish()))])
}

fn members(members: &[Member]) -> Columns {
    let rows: Vec<_> = members.iter().map(|member| (member.account.bytes(), member.person.bytes())).collect();
    ids("account", "person", &rows)
}

/// The last day before the next entry of the same thing, which stands behind it where there is one.
fn until<T>(next: Option<&T>, is_same: impl Fn(&T) -> bool, day: impl Fn(&T) -> Day) -> Day {
    next.filter(|next| is_same(next)).map_or(Day::from_epoch(i32::MAX), |next| day(next).plus_days(-1))
}

fn products(products: &[Product]) -> Columns {
    let to = |place: usize| {
        let product = &products[place].product;
        until(products.get(place + 1), |next| next.product == *product, |next| next.from)
    };
    let costs = products.iter().map(|product| product.goods_cost.map(|(cost, _)| cost.micros()));
    let codes = products.iter().map(|product| product.goods_cost.map(|(_, currency)| currency.to_string()));
    Ok(vec![
        ("product", Arc::new(StringArray::from_iter_values(products.iter().map(|one| &one.product)))),
        ("from_day", Arc::new(Date32Array::from_iter_values(products.iter().map(|one| one.from.epoch())))),
        ("to_day", Arc::new(Date32Array::from_iter_values((0..products.len()).map(|place| to(place).epoch())))),
        ("category", Arc::new(StringArray::from_iter(products.iter().map(|one| one.category.as_deref())))),
        ("goods_cost", Arc::new(decimals(costs)?)),
        ("currency", Arc::new(StringArray::from_iter(codes))),
    ])
}

fn decimals(amounts: impl Iterator<Item = Option<i128>>) -> Result<Decimal128Array, ArrowError> {
    Decimal128Array::from_iter(amounts).with_precision_and_scale(FACT_PRECISION, FACT_SCALE)
}

/// The rates in force, with those that follow from them: what the user gave in one direction only serves in the other too.
fn rates(given: &[ExchangeRate]) -> Columns {
    let pairs: BTreeSet<(Currency, Currency)> = given.iter().map(|rate| (rate.base, rate.quote)).collect();
    let mut all: BTreeMap<(Currency, Currency, Day), Amount> = BTreeMap::new();
    for rate in given {
        all.insert((rate.base, rate.quote, rate.day), rate.rate);
        if !pairs.contains(&(rate.quote, rate.base)) && rate.rate > Amount::ZERO {
            let inverse = Amount::from_units(1).scaled(Amount::from_units(1).micros(), rate.rate.micros());
            all.insert((rate.quote, rate.base, rate.day), inverse);
        }
    }
    let rows: Vec<_> = all.into_iter().collect();
    let to = |place: usize| {
        let (base, quote, _) = rows[place].0;
        until(rows.get(place + 1), |next| (next.0.0, next.0.1) == (base, quote), |next| next.0.2)
    };
    Ok(vec![
        ("base", Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.0.0.to_string())))),
        ("quote", Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.0.1.to_string())))),
        ("from_day", Arc::new(Date32Array::from_iter_values(rows.iter().map(|row| row.0.2.epoch())))),
        ("to_day", Arc::new(Date32Array::from_iter_values((0..rows.len()).map(|place| to(place).epoch())))),
        ("rate", Arc::new(decimals(rows.iter().map(|row| Some(row.1.micros())))?)),
    ])
}

fn months() -> Columns {
    let numbers = YEARS.start * 12..YEARS.end * 12;
    let first = |number: i32| Day::first_of_month(number);
    let firsts = numbers.clone().map(|number| first(number).epoch());
    let lasts = numbers.map(|number| first(number + 1).plus_days(-1).epoch());
    Ok(vec![
        ("first_day", Arc::new(Date32Array::from_iter_values(firsts))),
        ("last_day", Arc::new(Date32Array::from_iter_values(lasts))),
    ])
}

/// A hash of what the columns hold.
fn hash(rows: &RecordBatch) -> u64 {
    let mut hash = Xxh3::new();
    for (field, column) in rows.schema().fields().iter().zip(rows.columns()) {
        hash.update(field.name().as_bytes());
        // Text cannot be told from its neighbours by its bytes alone; the buffers hold the ends too.
        let data = column.to_data();
        for buffer in data.buffers() {
            hash.update(&(buffer.len() as u64).to_le_bytes());
            hash.update(buffer.as_slice());
        }
        if let Some(nulls) = data.nulls() {
            hash.update(nulls.validity());
        }
        debug_assert!(!matches!(field.data_type(), DataType::List(_) | DataType::Struct(_)));
    }
    hash.digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(columns: &Columns, name: &str) -> Vec<String> {
        let column = columns.as_ref().unwrap().iter().find(|column| column.0 == name).unwrap().1.clone();
        let column = column.as_any().downcast_ref::<Date32Array>().unwrap().clone();
        column.values().iter().map(|day| Day::from_epoch(*day).to_string()).collect()
    }

    #[test]
    fn an_entry_holds_until_the_day_before_the_next_of_the_same() {
        let one = |product: &str, from: &str| Product {
            product: product.to_owned(),
            from: from.parse().unwrap(),
            name: None,
            category: None,
            goods_cost: Some(("1.5".parse().unwrap(), "EUR".parse().unwrap())),
            vat: None,
        };
        let columns = products(&[one("a", "2024-01-01"), one("a", "2024-03-01"), one("b", "2023-01-01")]);
        assert_eq!(days(&columns, "to_day"), ["2024-02-29", "9999-12-31", "9999-12-31"]);
    }

    #[test]
    fn a_rate_given_one_way_serves_the_other_way_too() {
        let rate = |base: &str, quote: &str, day: &str, rate: &str| ExchangeRate {
            base: base.parse().unwrap(),
            quote: quote.parse().unwrap(),
            day: day.parse().unwrap(),
            rate: rate.parse().unwrap(),
        };
        let columns = rates(&[rate("EUR", "CHF", "2024-01-01", "0.8"), rate("EUR", "CHF", "2024-02-01", "1")]);
        // By base and quote: CHF to EUR first.
        assert_eq!(days(&columns, "to_day"), ["2024-01-31", "9999-12-31", "2024-01-31", "9999-12-31"]);
        let rates = columns.unwrap().last().unwrap().1.clone();
        let rates = rates.as_any().downcast_ref::<Decimal128Array>().unwrap().clone();
        assert_eq!(rates.values()[..], [1_250_000, 1_000_000, 800_000, 1_000_000]);
    }
}
