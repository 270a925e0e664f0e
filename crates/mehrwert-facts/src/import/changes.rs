//! What changed, in a few words: which order, payment or cost, and from what to what.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Decimal128Type, Int64Type};
use mehrwert_core::{Amount, Day};

use crate::lake::Restated;
use crate::tables::FactTable;

/// One unit that is said differently now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSaid {
    /// The table.
    pub table: FactTable,
    /// Which: the number of the order, the campaign and day.
    pub what: String,
    /// What is different, each as it was and as it is.
    pub differences: Vec<Difference>,
}

/// A column that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The column of the table; of amounts the sum over the unit's rows, `lines` for their number.
    pub column: &'static str,
    /// As it was; none where nothing stood there.
    pub before: Option<String>,
    /// As it is.
    pub after: Option<String>,
}

/// Columns by which a table's unit is called, the first of which that has a value ...
const fn names(table: FactTable) -> &'static [&'static str] {
    match table {
        FactTable::Orders => &["order_id", "reference", "product", "day"],
        FactTable::Payments => &["order_id", "method", "day"],
        FactTable::Contracts => &["contract"],
        FactTable::Costs => &["campaign", "measure", "kind"],
        FactTable::Tallies => &["stage"],
        FactTable::Events => &["object", "name"],
        FactTable::Touches | FactTable::Contacts => &["day"],
    }
}

/// ... with these added.
const fn more_names(table: FactTable) -> &'static [&'static str] {
    match table {
        FactTable::Costs | FactTable::Tallies | FactTable::Events => &["day"],
        _ => &[],
    }
}

/// Columns that are compared: the sums of amounts, the first row's texts and days.
const fn compared(table: FactTable) -> &'static [&'static str] {
    match table {
        FactTable::Orders => &[
            "net",
            "tax",
            "shipping_charged",
            "discount",
            "goods_cost",
            "quantity",
            "day",
            "product",
            "category",
            "coupon",
            "offer",
            "source",
            "currency",
            "reference",
        ],
        FactTable::Payments => &["amount", "fee", "kind", "method", "order_id", "currency", "day"],
        FactTable::Contracts => &["price", "start", "end", "status", "product", "interval", "currency"],
        FactTable::Costs => &["amount", "purpose", "source", "to", "currency"],
        FactTable::Tallies => &["count"],
        FactTable::Events => &["amount", "object", "currency"],
        FactTable::Touches => &["source", "medium", "campaign", "page"],
        FactTable::Contacts => &["kind", "cost"],
    }
}

/// A change in words.
pub(super) fn said(restated: &Restated) -> ChangeSaid {
    let Restated { table, before, after } = restated;
    let mut what: Vec<String> = names(*table).iter().find_map(|name| value(after, name)).into_iter().collect();
    what.extend(more_names(*table).iter().filter_map(|name| value(after, name)));
    let mut differences = Vec::new();
    let mut compare = |column, before: Option<String>, after: Option<String>| {
        if before != after {
            differences.push(Difference { column, before, after });
        }
    };
    for column in compared(*table) {
        compare(column, value(before, column), value(after, column));
    }
    let rows = |batch: &RecordBatch| Some(batch.num_rows().to_string());
    compare("lines", rows(before), rows(after));
    let who = |batch: &RecordBatch| batch.column_by_name("who").map(|who| who.to_data());
    if differences.is_empty() && who(before) != who(after) {
        differences.push(Difference { column: "who", before: None, after: None });
    }
    ChangeSaid { table: *table, what: what.join(" "), differences }
}

/// The sum of a column of amounts or counts, the first value of any other.
fn value(batch: &RecordBatch, name: &str) -> Option<String> {
    let column = batch.column_by_name(name)?;
    if let Some(amounts) = column.as_primitive_opt::<Decimal128Type>() {
        let mut known = amounts.iter().flatten().peekable();
        known.peek()?;
        return Some(known.map(Amount::from_micros).sum::<Amount>().to_string());
    }
    if let Some(counts) = column.as_primitive_opt::<Int64Type>() {
        return Some(counts.iter().flatten().sum::<i64>().to_string());
    }
    if let Some(days) = column.as_primitive_opt::<Date32Type>() {
        return days.iter().next().flatten().map(|day| Day::from_epoch(day).to_string());
    }
    let texts = column.as_string_opt::<i32>()?;
    texts.iter().flatten().next().map(str::to_owned)
}
