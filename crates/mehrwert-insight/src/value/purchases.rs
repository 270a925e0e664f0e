//! From order lines to purchases: the table `purchase_days` that every other query of the main job builds on.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, RecordBatch, UInt32Array};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use mehrwert_core::{Amount, Day, Period};
use mehrwert_facts::engine::{Columns, ColumnsError, Engine, EngineError};

use super::ValueError;
use super::result::Returns;
use super::returns::{Line, MatchedReturn, UnmatchedReturn, match_returns};

/// The purchases of an order log, ready to be asked.
pub(super) struct Purchases<'a> {
    pub(super) engine: &'a Engine,
    /// First purchase day to last day of the history.
    pub(super) period: Period,
    /// Last day of the log, after the history where it was cut.
    pub(super) last: Day,
    /// Returns known by the end of the history, and what they were set against.
    pub(super) returns: Returns,
    /// Returns without a sale, by customer: day and amount.
    unmatched: HashMap<u32, Vec<UnmatchedReturn>>,
}

/// Purchases and revenue of one day.
#[derive(Debug, Clone, Copy)]
pub(super) struct DayTotal {
    pub day: Day,
    pub purchases: u64,
    pub amount: Amount,
}

impl<'a> Purchases<'a> {
    /// Builds the table from the view `orders`, cutting the history after `until` where it is given.
    pub(super) fn build(engine: &'a Engine, until: Option<Day>) -> Result<Purchases<'a>, ValueError> {
        let (first, last, return_rows) = extent(engine)?.ok_or(ValueError::NoPurchases)?;
        let until = until.unwrap_or(last);
        if until < first {
            return Err(ValueError::UntilBeforeFirst { until, first });
        }
        let returns = if return_rows > 0 { find_sales(engine)? } else { (Vec::new(), Vec::new()) };
        let (matched, unmatched) = returns;
        let summary = summarise(&matched, &unmatched, until);
        register_matched(engine, &matched)?;
        let query = if return_rows == 0 { WITHOUT_RETURNS } else { WITH_RETURNS };
        let mut batches = purchase_days(engine, query, Period { from: first, to: until }, until)?;
        // What lies after the cut is as known at the very end; nothing before the cut may know of it.
        if last > until {
            batches.extend(purchase_days(engine, query, Period { from: until.plus_days(1), to: last }, last)?);
        }
        let schema = batches.first().ok_or(ValueError::NoPurchases)?.schema();
        engine.register_batches("purchase_days", schema, batches)?;
        let mut by_customer: HashMap<u32, Vec<UnmatchedReturn>> = HashMap::new();
        for one in unmatched {
            by_customer.entry(one.customer).or_default().push(one);
        }
        Ok(Purchases {
            engine,
            period: Period { from: first, to: until },
            last,
            returns: summary,
            unmatched: by_customer,
        })
    }

    /// Purchases and revenue of each day of the history.
    pub(super) fn by_day(&self) -> Result<Vec<DayTotal>, ValueError> {
        self.day_totals("purchases_by_day", include_str!("sql/purchases_by_day.sql"))
    }

    /// Purchases of each day after the history, by customers won within it.
    pub(super) fn holdout_by_day(&self) -> Result<Vec<DayTotal>, ValueError> {
        self.day_totals("holdout_by_day", include_str!("sql/holdout_by_day.sql"))
    }

    fn day_totals(&self, name: &'static str, sql: &str) -> Result<Vec<DayTotal>, ValueError> {
        let rows = self.engine.query(name, sql, &[("until", date(self.period.to))])?;
        let columns = Columns::new(&rows);
        let read = || -> Result<Vec<DayTotal>, ColumnsError> {
            let days = columns.days("day")?.into_iter();
            let totals = columns.counts("purchases")?.into_iter().zip(columns.amounts("amount")?);
            Ok(days.zip(totals).map(|(day, (purchases, amount))| DayTotal { day, purchases, amount }).collect())
        };
        read().map_err(|source| EngineError::Answer { query: name, source }.into())
    }

    /// What a customer returned without a sale by a day; never positive unless the log says so.
    pub(super) fn unmatched_by(&self, customer: u32, until: Day) -> Amount {
        self.unmatched
            .get(&customer)
            .map_or(Amount::ZERO, |list| list.iter().filter(|one| one.known <= until).map(|one| one.amount).sum())
    }
}

#[derive(Clone, Copy)]
struct DayQuery {
    name: &'static str,
    sql: &'static str,
    asks_when_known: bool,
}

const WITH_RETURNS: DayQuery =
    DayQuery { name: "purchase_days", sql: include_str!("sql/purchase_days.sql"), asks_when_known: true };
const WITHOUT_RETURNS: DayQuery = DayQuery {
    name: "purchase_days_without_returns",
    sql: include_str!("sql/purchase_days_without_returns.sql"),
    asks_when_known: false,
};

fn purchase_days(
    engine: &Engine,
    query: DayQuery,
    period: Period,
    known: Day,
) -> Result<Vec<RecordBatch>, EngineError> {
    let mut parameters = vec![("from", date(period.from)), ("to", date(period.to))];
    if query.asks_when_known {
        parameters.push(("known", date(known)));
    }
    engine.query(query.name, query.sql, &parameters)
}

/// A day as a parameter of a query.
pub(super) fn date(day: Day) -> datafusion::scalar::ScalarValue {
    datafusion::scalar::ScalarValue::Date32(Some(day.epoch()))
}

/// The first sale, the last day of the log and the number of return rows; `None` without any sale.
fn extent(engine: &Engine) -> Result<Option<(Day, Day, u64)>, EngineError> {
    let rows = engine.query("extent", include_str!("sql/extent.sql"), &[])?;
    let columns = Columns::new(&rows);
    let read = || -> Result<Option<(Day, Day, u64)>, ColumnsError> {
        let returns = columns.counts("returns")?;
        let first = columns.optional_days("first_day")?;
        let last = columns.optional_days("last_day")?;
        Ok(match (first.first(), last.first(), returns.first()) {
            (Some(&Some(first)), Some(&Some(last)), Some(&returns)) => Some((first, last, returns)),
            _ => None,
        })
    };
    read().map_err(|source| EngineError::Answer { query: "extent", source })
}

type FoundReturns = (Vec<MatchedReturn>, Vec<UnmatchedReturn>);

fn find_sales(engine: &Engine) -> Result<FoundReturns, EngineError> {
    let returns = lines(engine, "returns", include_str!("sql/returns.sql"))?;
    let sales = lines(engine, "sales_of_returners", include_str!("sql/sales_of_returners.sql"))?;
    Ok(match_returns(&sales, &returns))
}

fn lines(engine: &Engine, name: &'static str, sql: &str) -> Result<Vec<Line>, EngineError> {
    let rows = engine.query(name, sql, &[])?;
    let columns = Columns::new(&rows);
    let read = || -> Result<Vec<Line>, ColumnsError> {
        let customer = columns.keys("customer")?;
        let order = columns.optional_keys("order")?;
        let day = columns.days("day")?;
        let product = columns.optional_keys("product")?;
        let quantity = columns.optional_amounts("quantity")?;
        let amount = columns.amounts("amount")?;
        Ok((0..columns.rows())
            .map(|row| Line {
                customer: customer[row],
                order: order[row],
                day: day[row],
                product: product[row],
                quantity: quantity[row],
                amount: amount[row],
            })
            .collect())
    };
    read().map_err(|source| EngineError::Answer { query: name, source })
}

fn summarise(matched: &[MatchedReturn], unmatched: &[UnmatchedReturn], until: Day) -> Returns {
    let matched = || matched.iter().filter(|one| one.known <= until);
    let unmatched = || unmatched.iter().filter(|one| one.known <= until);
    Returns {
        matched_rows: matched().count() as u64,
        matched_amount: matched().map(|one| one.amount).sum(),
        unmatched_rows: unmatched().count() as u64,
        unmatched_amount: unmatched().map(|one| one.amount).sum(),
    }
}

fn register_matched(engine: &Engine, matched: &[MatchedReturn]) -> Result<(), ValueError> {
    let build = || -> Result<RecordBatch, ArrowError> {
        let amount = Decimal128Array::from_iter_values(matched.iter().map(|one| one.amount.micros()))
            .with_precision_and_scale(28, 6)?;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from_iter_values(matched.iter().map(|one| one.customer))),
            Arc::new(Date32Array::from_iter_values(matched.iter().map(|one| one.day.epoch()))),
            Arc::new(Date32Array::from_iter_values(matched.iter().map(|one| one.known.epoch()))),
            Arc::new(amount),
        ];
        let schema = Schema::new(vec![
            Field::new("customer", DataType::UInt32, false),
            Field::new("day", DataType::Date32, false),
            Field::new("known", DataType::Date32, false),
            Field::new("amount", DataType::Decimal128(28, 6), false),
        ]);
        RecordBatch::try_new(Arc::new(schema), columns)
    };
    let batch = build().map_err(ValueError::Returns)?;
    engine.register_batches("matched_returns", batch.schema(), vec![batch])?;
    Ok(())
}
