//! The columns by which rows are told apart: unit, version, digest, and for orders their names.

use arrow::array::{Array, AsArray, FixedSizeBinaryArray, RecordBatch, StringArray};
use arrow::datatypes::{Int64Type, UInt64Type};
use arrow::error::ArrowError;
use xxhash_rust::xxh3::Xxh3;

use crate::tables::{Authority, FactTable, Unit, Version};

/// A name of an order: a hash of the shop and one of the order's numbers.
pub(super) type Name = u128;

/// Columns that are read of sealed files in a look-up.
pub(super) fn columns(table: FactTable) -> &'static [&'static str] {
    match table {
        FactTable::Orders => &["id", "version", "digest", "shop", "order_id", "reference"],
        _ => &["id", "version", "digest"],
    }
}

/// The columns of one batch.
pub(super) struct Keys<'a> {
    ids: &'a FixedSizeBinaryArray,
    pub versions: &'a [i64],
    pub digests: &'a [u64],
    /// Shop, number and other number of orders.
    orders: Option<[&'a StringArray; 3]>,
}

impl<'a> Keys<'a> {
    pub fn of(table: FactTable, batch: &'a RecordBatch) -> Result<Keys<'a>, ArrowError> {
        let column = |name: &str| {
            batch.column_by_name(name).ok_or_else(|| ArrowError::SchemaError(format!("expected a column '{name}'")))
        };
        let wrong = |name: &str| ArrowError::SchemaError(format!("the column '{name}' has another type"));
        let text = |name: &str| column(name)?.as_string_opt::<i32>().ok_or_else(|| wrong(name));
        let orders = match table {
            FactTable::Orders => Some([text("shop")?, text("order_id")?, text("reference")?]),
            _ => None,
        };
        Ok(Keys {
            ids: column("id")?.as_fixed_size_binary_opt().ok_or_else(|| wrong("id"))?,
            versions: column("version")?.as_primitive_opt::<Int64Type>().ok_or_else(|| wrong("version"))?.values(),
            digests: column("digest")?.as_primitive_opt::<UInt64Type>().ok_or_else(|| wrong("digest"))?.values(),
            orders,
        })
    }

    pub fn id(&self, row: usize) -> &'a [u8] {
        self.ids.value(row)
    }

    pub fn unit(&self, row: usize) -> Unit {
        let mut id = [0; 16];
        id.copy_from_slice(self.ids.value(row));
        Unit::of_row(&id)
    }

    /// The names of an order: a report has the one that it names, a record both of its own.
    pub fn names(&self, row: usize) -> Vec<Name> {
        let Some([shop, number, other]) = self.orders else { return Vec::new() };
        let is_report = Version::authority_of(self.versions[row]) == Authority::Report;
        let given = |column: &'a StringArray| column.is_valid(row).then(|| name(shop.value(row), column.value(row)));
        let other = if is_report { None } else { given(other) };
        given(number).into_iter().chain(other).collect()
    }
}

fn name(shop: &str, number: &str) -> Name {
    let mut hash = Xxh3::new();
    hash.update(&(shop.len() as u64).to_le_bytes());
    hash.update(shop.as_bytes());
    hash.update(number.as_bytes());
    hash.digest128()
}
