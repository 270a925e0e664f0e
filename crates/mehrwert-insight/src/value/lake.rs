//! The main job on the data directory: the lake's order lines take the place of a file's, and the ledger that of a margin.
//!
//! The lines become an [`OrderLog`] such as a file gives, so that everything behind it is one and the same code: the same
//! orders give the same figures, whether they come from a file or from the lake. Beside it the ledger says what each
//! customer really brought, day by day: what goods, carriers, payments and care cost is in it, what winning them cost is not.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, Date32Array, Decimal128Array, DictionaryArray, Int8Array, RecordBatch, StringArray, UInt16Array,
    UInt32Array,
};
use arrow::datatypes::{DataType, Decimal128Type, Field, Schema};
use arrow::error::ArrowError;
use mehrwert_core::{Amount, Currency, Day, PersonId, Phase, Progress};
use mehrwert_facts::engine::{Columns, ColumnsError, Engine, EngineError, NamedQuery};
use mehrwert_facts::orders::{
    AMOUNT_PRECISION, AMOUNT_SCALE, AmountBasis, Attribute, Names, OrderColumns, OrderLog, ReasonTotal, Reconciliation,
    SetAsideReason, order_lines_schema,
};

use super::purchases::date;
use super::{ValueError, ValueRequest, ValueResult, answer};

/// The name of the only column of the lake to group by: the source that won a customer.
pub const SOURCE: &str = "source";

/// Rows of a batch.
const BATCH_ROWS: usize = 1 << 16;
const QUERY: &str = "lake_lines";

/// Values every customer of the lake. The ledger is laid over the engine, and all its currencies can be reported; `by` is
/// 0 to group by the source that won the customer.
///
/// # Errors
/// [`ValueError`] when nothing can be valued, and what to change.
pub fn value_of_lake(
    engine: &Engine,
    currency: Option<Currency>,
    request: &ValueRequest,
    progress: &dyn Progress,
) -> Result<ValueResult, ValueError> {
    progress.begin(Phase::Reading, None);
    let (log, customers) = log(engine, currency, request.by.is_some())?;
    register_contributions(engine, &customers)?;
    progress.end();
    answer(engine, log, request, true, progress)
}

/// Numbers given by first appearance.
#[derive(Default)]
struct Numbers {
    by_name: HashMap<String, u32>,
    names: Vec<String>,
}

impl Numbers {
    fn of(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.by_name.get(name) {
            return number;
        }
        // Arrow's own row numbers end where these do.
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.by_name.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        number
    }

    fn names(self) -> Names {
        self.names.iter().map(String::as_str).collect()
    }
}

/// Lines of the log, column by column.
#[derive(Default)]
struct Lines {
    customers: Vec<u32>,
    days: Vec<i32>,
    kinds: Vec<i8>,
    amounts: Vec<i128>,
    orders: Vec<Option<u32>>,
    products: Vec<Option<u32>>,
    quantities: Vec<Option<i128>>,
    goods: Vec<Option<i128>>,
    sources: Vec<Option<u32>>,
}

/// Customers' numbers by their keys.
type Customers = HashMap<i128, u32>;

fn log(engine: &Engine, currency: Option<Currency>, by_source: bool) -> Result<(OrderLog, Customers), ValueError> {
    let rows = engine.query(QUERY, include_str!("sql/lake_lines.sql"), &[])?;
    let mut reading = Reading::default();
    for batch in &rows {
        reading.batch(batch).map_err(|source| EngineError::Answer { query: QUERY, source })?;
    }
    reading.finish(currency, by_source).map_err(ValueError::Returns)
}

/// What is read of the lines so far.
#[derive(Default)]
struct Reading {
    lines: Lines,
    customers: Customers,
    persons: Vec<String>,
    orders: Numbers,
    products: Numbers,
    sources: Numbers,
    sums: Reconciliation,
    nobody: (u64, Amount),
    cards: (u64, Amount),
}

/// The kinds of lines in the order in which the log numbers them.
const KINDS: [&str; 3] = ["sale", "refund", "cancellation"];

impl Reading {
    fn batch(&mut self, batch: &RecordBatch) -> Result<(), ColumnsError> {
        let one = std::slice::from_ref(batch);
        let columns = Columns::new(one);
        let keys = batch.column_by_name("customer").and_then(|keys| keys.as_primitive_opt::<Decimal128Type>());
        let keys = keys.ok_or_else(|| ColumnsError::Missing("customer".to_owned()))?;
        let (days, kinds, amounts) = (columns.days("day")?, columns.texts("kind")?, columns.amounts("amount")?);
        let (shops, orders) = (columns.texts("shop")?, columns.optional_texts("order_id")?);
        let (products, sources) = (columns.optional_texts("product")?, columns.optional_texts("won_by")?);
        let (quantities, goods) = (columns.optional_amounts("quantity")?, columns.optional_amounts("goods_cost")?);
        let cards = columns.flags("is_gift_card")?;
        for (row, key) in keys.iter().enumerate() {
            let amount = amounts[row];
            self.sums.rows_read += 1;
            self.sums.amount_read += amount;
            let aside = match (cards[row], key) {
                (true, _) => Some(&mut self.cards),
                (false, None) => Some(&mut self.nobody),
                (false, Some(_)) => None,
            };
            if let Some(aside) = aside {
                aside.0 += 1;
                aside.1 += amount;
                continue;
            }
            let Some(key) = key else { continue };
            self.sums.rows_used += 1;
            self.sums.amount_used += amount;
            let customer = self.customer(key);
            let kind = KINDS.iter().position(|kind| *kind == kinds[row]).unwrap_or(0);
            let lines = &mut self.lines;
            lines.customers.push(customer);
            lines.days.push(days[row].epoch());
            lines.kinds.push(kind as i8);
            lines.amounts.push(amount.micros());
            lines.orders.push(orders[row].as_ref().map(|order| self.orders.of(&format!("{}/{order}", shops[row]))));
            lines.products.push(products[row].as_deref().map(|product| self.products.of(product)));
            lines.quantities.push(quantities[row].map(Amount::micros));
            lines.goods.push(goods[row].map(Amount::micros));
            lines.sources.push(sources[row].as_deref().map(|source| self.sources.of(source)));
        }
        Ok(())
    }

    fn customer(&mut self, key: i128) -> u32 {
        let next = u32::try_from(self.persons.len()).unwrap_or(u32::MAX);
        *self.customers.entry(key).or_insert_with(|| {
            // The key is the id's bytes as they lie.
            self.persons.push(PersonId::from_bytes(key.to_ne_bytes()).to_string());
            next
        })
    }

    fn finish(self, currency: Option<Currency>, by_source: bool) -> Result<(OrderLog, Customers), ArrowError> {
        let has_costs = self.lines.goods.iter().any(Option::is_some);
        let has = OrderColumns {
            amount: true,
            order: true,
            product: true,
            quantity: true,
            goods_cost: has_costs,
            attributes: usize::from(by_source),
            ..OrderColumns::default()
        };
        let schema = order_lines_schema(has);
        let batches = self.lines.batches(has)?;
        let sources = self.sources.names();
        let attribute = Attribute { name: SOURCE.to_owned(), values: sources.clone() };
        let log = OrderLog {
            schema,
            batches,
            customers: self.persons.iter().map(String::as_str).collect(),
            order_ids: self.orders.names(),
            products: self.products.names(),
            sources,
            attributes: if by_source { vec![attribute] } else { Vec::new() },
            files: Vec::new(),
            reconciliation: reconciliation(self.sums, self.nobody, self.cards),
            set_aside: Vec::new(),
            warnings: Vec::new(),
            basis: AmountBasis::Net,
            currency,
        };
        Ok((log, self.customers))
    }
}

fn reconciliation(sums: Reconciliation, nobody: (u64, Amount), cards: (u64, Amount)) -> Reconciliation {
    let reasons = [(SetAsideReason::NoCustomer, nobody), (SetAsideReason::NotAnOrder, cards)];
    let occurred = reasons.into_iter().filter(|(_, (rows, _))| *rows > 0);
    Reconciliation {
        rows_set_aside: nobody.0 + cards.0,
        amount_set_aside: nobody.1 + cards.1,
        reasons: occurred.map(|(reason, (rows, amount))| ReasonTotal { reason, rows, amount }).collect(),
        ..sums
    }
}

impl Lines {
    fn batches(self, has: OrderColumns) -> Result<Vec<RecordBatch>, ArrowError> {
        let rows = self.customers.len();
        let kinds = Arc::new(StringArray::from(KINDS.to_vec()));
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from(self.customers)),
            Arc::new(Date32Array::from(self.days)),
            Arc::new(DictionaryArray::try_new(Int8Array::from(self.kinds), kinds)?),
            decimals(Decimal128Array::from(self.amounts))?,
            Arc::new(UInt32Array::from(self.orders)),
            Arc::new(UInt32Array::from(self.products)),
            decimals(Decimal128Array::from(self.quantities))?,
        ];
        if has.goods_cost {
            columns.push(decimals(Decimal128Array::from(self.goods))?);
        }
        if has.attributes > 0 {
            columns.push(Arc::new(UInt32Array::from(self.sources)));
        }
        columns.push(Arc::new(UInt16Array::from_value(0, rows)));
        columns.push(Arc::new(UInt32Array::from_iter_values((0..rows).map(|row| row as u32))));
        let whole = RecordBatch::try_new(order_lines_schema(has), columns)?;
        // Slices share the memory of the whole.
        Ok((0..rows).step_by(BATCH_ROWS).map(|start| whole.slice(start, BATCH_ROWS.min(rows - start))).collect())
    }
}

fn decimals(numbers: Decimal128Array) -> Result<ArrayRef, ArrowError> {
    Ok(Arc::new(numbers.with_precision_and_scale(AMOUNT_PRECISION, AMOUNT_SCALE)?))
}

/// Registers `contributions`: what each customer brought and cost on each day, by the customers' numbers.
fn register_contributions(engine: &Engine, customers: &Customers) -> Result<(), ValueError> {
    const QUERY: &str = "contributions";
    let rows = engine.query(QUERY, include_str!("sql/contributions.sql"), &[])?;
    let schema = Arc::new(Schema::new(vec![
        Field::new("customer", DataType::UInt32, false),
        Field::new("day", DataType::Date32, false),
        Field::new("amount", DataType::Decimal128(28, 6), false),
        Field::new("revenue", DataType::Decimal128(28, 6), false),
        Field::new("uncosted", DataType::Decimal128(28, 6), false),
    ]));
    let mut batches = Vec::with_capacity(rows.len());
    for batch in &rows {
        let keys = batch.column_by_name("customer").and_then(|keys| keys.as_primitive_opt::<Decimal128Type>());
        let missing = || EngineError::Answer { query: QUERY, source: ColumnsError::Missing("customer".to_owned()) };
        let keys = keys.ok_or_else(missing)?;
        // Someone who cost something and never bought is no customer, and in no history.
        let numbers: UInt32Array = keys.iter().map(|key| customers.get(&key?).copied()).collect();
        let mut columns: Vec<ArrayRef> = vec![Arc::new(numbers)];
        columns.extend(batch.columns().iter().skip(1).cloned());
        let known = arrow::compute::is_not_null(&columns[0]).map_err(ValueError::Returns)?;
        let kept: Result<Vec<ArrayRef>, ArrowError> =
            columns.iter().map(|column| arrow::compute::filter(column, &known)).collect();
        let batch = kept.and_then(|columns| RecordBatch::try_new(schema.clone(), columns));
        batches.push(batch.map_err(ValueError::Returns)?);
    }
    Ok(engine.register_batches(QUERY, schema, batches)?)
}

/// The queries over lake and ledger, for the conformance suite; those over purchases are over what they give.
#[must_use]
pub fn queries() -> Vec<NamedQuery> {
    let until = date(Day::from_epoch(i32::MAX));
    let all = [
        (QUERY, include_str!("sql/lake_lines.sql"), Vec::new()),
        ("contributions", include_str!("sql/contributions.sql"), Vec::new()),
        ("goods_known", include_str!("sql/goods_known.sql"), vec![("until", until.clone())]),
        ("acquisition_costs", include_str!("sql/acquisition_costs.sql"), vec![("until", until)]),
    ];
    all.into_iter().map(|(name, sql, parameters)| NamedQuery { name, sql: sql.to_owned(), parameters }).collect()
}
