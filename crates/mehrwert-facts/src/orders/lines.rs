//! Order lines by columns, growing row by row, and their way into Arrow.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Int8Array, RecordBatch, StringArray, UInt16Array,
    UInt32Array,
};
use arrow::buffer::NullBuffer;
use arrow::error::ArrowError;
use mehrwert_core::Amount;

use super::formats::{Kind, Line};
use super::header::ColumnMap;
use super::names::NO_NAME;
use super::role::Role;
use super::schema::{AMOUNT_PRECISION, AMOUNT_SCALE, OrderColumns, order_lines_schema};

/// Rows of a batch.
const BATCH_ROWS: usize = 1 << 16;
/// Stands for a missing number until the Arrow column is made; far outside what a file's number may be.
const NO_NUMBER: i128 = i128::MIN;

/// Lines of one chunk of a file. Columns that the file does not have stay empty; the names come last.
#[derive(Debug, Default)]
pub(crate) struct LineColumns {
    pub has: OrderColumns,
    pub customer: Vec<u32>,
    pub day: Vec<i32>,
    pub kind: Vec<i8>,
    pub amount: Vec<i128>,
    /// Amounts as given, only where they may differ from `amount`.
    pub given: Option<Vec<i128>>,
    pub order: Vec<u32>,
    pub product: Vec<u32>,
    pub source: Vec<u32>,
    /// One column an attribute.
    pub attributes: Vec<Vec<u32>>,
    quantity: Vec<i128>,
    tax: Vec<i128>,
    discount: Vec<i128>,
    goods_cost: Vec<i128>,
    pub row: Vec<u32>,
}

/// The columns that a file's roles give.
pub(crate) fn columns_of(columns: &ColumnMap, attributes: usize) -> OrderColumns {
    OrderColumns {
        amount: columns.has(Role::Amount) || columns.has(Role::UnitPrice),
        order: columns.has(Role::Order),
        product: columns.has(Role::Product),
        quantity: columns.has(Role::Quantity),
        tax: columns.has(Role::Tax),
        discount: columns.has(Role::Discount),
        goods_cost: columns.has(Role::GoodsCost),
        source: columns.has(Role::Source),
        attributes,
    }
}

impl OrderColumns {
    pub(crate) fn union(self, other: OrderColumns) -> OrderColumns {
        OrderColumns {
            amount: self.amount | other.amount,
            order: self.order | other.order,
            product: self.product | other.product,
            quantity: self.quantity | other.quantity,
            tax: self.tax | other.tax,
            discount: self.discount | other.discount,
            goods_cost: self.goods_cost | other.goods_cost,
            source: self.source | other.source,
            attributes: self.attributes.max(other.attributes),
        }
    }
}

impl LineColumns {
    pub(crate) fn new(has: OrderColumns, keep_given: bool) -> LineColumns {
        LineColumns { has, given: keep_given.then(Vec::new), ..LineColumns::default() }
    }

    /// Adds everything of a line but its names.
    pub(crate) fn push(&mut self, line: &Line<'_>, amount: Amount, row: u32) {
        self.day.push(line.day.epoch());
        self.kind.push(line.kind as i8);
        self.row.push(row);
        if self.has.amount {
            self.amount.push(amount.micros());
            if let Some(given) = &mut self.given {
                given.push(line.given.micros());
            }
        }
        let numbers = [
            (self.has.quantity, &mut self.quantity, line.quantity),
            (self.has.tax, &mut self.tax, line.tax),
            (self.has.discount, &mut self.discount, line.discount),
            (self.has.goods_cost, &mut self.goods_cost, line.goods_cost),
        ];
        for (has, column, number) in numbers {
            if has {
                column.push(number.map_or(NO_NUMBER, Amount::micros));
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.day.len()
    }

    /// The amount of a line as given in the file.
    pub(crate) fn given(&self, line: usize) -> Amount {
        let micros = self.given.as_ref().unwrap_or(&self.amount).get(line);
        Amount::from_micros(micros.copied().unwrap_or(0))
    }

    /// Drops every line whose mark is false.
    pub(crate) fn retain(&mut self, keep: &[bool]) {
        fn filter<T: Copy>(column: &mut Vec<T>, keep: &[bool]) {
            if !column.is_empty() {
                let mut marks = keep.iter();
                column.retain(|_| marks.next().copied().unwrap_or(true));
            }
        }
        filter(&mut self.customer, keep);
        filter(&mut self.day, keep);
        filter(&mut self.kind, keep);
        filter(&mut self.row, keep);
        for column in [&mut self.order, &mut self.product, &mut self.source].into_iter().chain(&mut self.attributes) {
            filter(column, keep);
        }
        let numbers = [&mut self.amount, &mut self.quantity, &mut self.tax, &mut self.discount, &mut self.goods_cost];
        for column in numbers {
            filter(column, keep);
        }
        if let Some(given) = &mut self.given {
            filter(given, keep);
        }
    }

    /// The lines as batches of a log that has the columns `wanted`.
    pub(crate) fn into_batches(self, wanted: OrderColumns, file: u16) -> Result<Vec<RecordBatch>, ArrowError> {
        let rows = self.len();
        let has = self.has;
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from(self.customer)),
            Arc::new(Date32Array::from(self.day)),
            Arc::new(DictionaryArray::try_new(
                Int8Array::from(self.kind),
                Arc::new(StringArray::from(Kind::VALUES.to_vec())),
            )?),
        ];
        let mut add = |wanted: bool, column: ArrayRef| {
            if wanted {
                columns.push(column);
            }
        };
        add(wanted.amount, numbers(self.amount, rows, false)?);
        add(wanted.order, names(self.order, has.order, rows));
        add(wanted.product, names(self.product, has.product, rows));
        add(wanted.quantity, numbers(self.quantity, rows, true)?);
        add(wanted.tax, numbers(self.tax, rows, true)?);
        add(wanted.discount, numbers(self.discount, rows, true)?);
        add(wanted.goods_cost, numbers(self.goods_cost, rows, true)?);
        add(wanted.source, names(self.source, has.source, rows));
        let mut attributes = self.attributes.into_iter();
        for _ in 0..wanted.attributes {
            let column = attributes.next().unwrap_or_default();
            let has = column.len() == rows;
            add(true, names(column, has, rows));
        }
        columns.push(Arc::new(UInt16Array::from_value(file, rows)));
        columns.push(Arc::new(UInt32Array::from(self.row)));
        let whole = RecordBatch::try_new(order_lines_schema(wanted), columns)?;
        // Slices share the memory of the whole.
        Ok((0..rows).step_by(BATCH_ROWS).map(|start| whole.slice(start, BATCH_ROWS.min(rows - start))).collect())
    }
}

fn names(column: Vec<u32>, has: bool, rows: usize) -> ArrayRef {
    if !has {
        return Arc::new(UInt32Array::new_null(rows));
    }
    let nulls = null_marks(&column, NO_NAME);
    Arc::new(UInt32Array::new(column.into(), nulls))
}

fn numbers(column: Vec<i128>, rows: usize, nullable: bool) -> Result<ArrayRef, ArrowError> {
    let array = if column.is_empty() && rows > 0 {
        Decimal128Array::new_null(rows)
    } else {
        let nulls = if nullable { null_marks(&column, NO_NUMBER) } else { None };
        Decimal128Array::new(column.into(), nulls)
    };
    Ok(Arc::new(array.with_precision_and_scale(AMOUNT_PRECISION, AMOUNT_SCALE)?))
}

fn null_marks<T: PartialEq + Copy>(column: &[T], missing: T) -> Option<NullBuffer> {
    column.contains(&missing).then(|| column.iter().map(|value| *value != missing).collect::<NullBuffer>())
}
