//! The columns of the order lines.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use mehrwert_core::Amount;

/// Which columns the order lines have beyond `customer`, `day`, `kind`, `file` and `row`: those that some file has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrderColumns {
    /// What was paid.
    pub amount: bool,
    /// The order.
    pub order: bool,
    /// The product.
    pub product: bool,
    /// How many.
    pub quantity: bool,
    /// Tax.
    pub tax: bool,
    /// Discount.
    pub discount: bool,
    /// What the goods cost.
    pub goods_cost: bool,
    /// Where the customer came from.
    pub source: bool,
    /// So many attributes, in the order of the request.
    pub attributes: usize,
}

/// Digits of the decimal columns.
pub const AMOUNT_PRECISION: u8 = 28;
/// Decimals of the decimal columns: those of [`Amount`].
pub const AMOUNT_SCALE: i8 = Amount::DECIMALS as i8;

/// The schema of the order lines.
///
/// | column | type | |
/// |---|---|---|
/// | `customer` | UInt32 | number in [`super::OrderLog::customers`] |
/// | `day` | Date32 | the day on the file's own clock |
/// | `kind` | Dictionary(Int8, Utf8) | `sale`, `refund` or `cancellation` |
/// | `amount` | Decimal128(28, 6) | refunds and cancellations negative; tax taken out where known |
/// | `order` | UInt32, nullable | number in [`super::OrderLog::order_ids`] |
/// | `product` | UInt32, nullable | number in [`super::OrderLog::products`] |
/// | `quantity`, `tax`, `discount`, `goods_cost` | Decimal128(28, 6), nullable | |
/// | `source` | UInt32, nullable | number in [`super::OrderLog::sources`] |
/// | `attribute_0`, `attribute_1` ... | UInt32, nullable | number in the values of [`super::OrderLog::attributes`] |
/// | `file` | UInt16 | number of the file in the request |
/// | `row` | UInt32 | row of the file as a spreadsheet numbers it |
#[must_use]
pub fn order_lines_schema(columns: OrderColumns) -> SchemaRef {
    let decimal = DataType::Decimal128(AMOUNT_PRECISION, AMOUNT_SCALE);
    let kind = DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8));
    let optional = |wanted: bool, name: &str, data_type: &DataType| {
        wanted.then(|| Field::new(name, data_type.clone(), name != "amount"))
    };
    let mut fields = vec![
        Some(Field::new("customer", DataType::UInt32, false)),
        Some(Field::new("day", DataType::Date32, false)),
        Some(Field::new("kind", kind, false)),
        optional(columns.amount, "amount", &decimal),
        optional(columns.order, "order", &DataType::UInt32),
        optional(columns.product, "product", &DataType::UInt32),
        optional(columns.quantity, "quantity", &decimal),
        optional(columns.tax, "tax", &decimal),
        optional(columns.discount, "discount", &decimal),
        optional(columns.goods_cost, "goods_cost", &decimal),
        optional(columns.source, "source", &DataType::UInt32),
    ];
    let attribute = |number| Some(Field::new(attribute_column(number), DataType::UInt32, true));
    fields.extend((0..columns.attributes).map(attribute));
    fields.push(Some(Field::new("file", DataType::UInt16, false)));
    fields.push(Some(Field::new("row", DataType::UInt32, false)));
    Arc::new(Schema::new(fields.into_iter().flatten().collect::<Vec<_>>()))
}

/// The column of the attribute with this number in the request.
#[must_use]
pub fn attribute_column(number: usize) -> String {
    format!("attribute_{number}")
}
