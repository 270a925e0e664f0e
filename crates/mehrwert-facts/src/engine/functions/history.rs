//! `purchase_history(day, amount)`: what the models need of a customer, in one pass over its rows.
//!
//! Plain SQL groups twice, by customer and day and then by customer. Here the rows of a group are noted as they come, and
//! put in order when the group is asked for: a counting sort by group, then a sort of its few rows by day. Rows of one day
//! are one purchase; a day whose amounts sum to nothing or less is one too, as the caller has left out what was given back.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Date32Builder, Decimal128Array, Decimal128Builder,
    Int64Builder, ListArray, StructArray,
};
use arrow::buffer::{OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field, FieldRef, Fields};
use datafusion::common::{ScalarValue, exec_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility};

use crate::tables::{FACT_PRECISION, FACT_SCALE};

const DAY: DataType = DataType::Date32;
const AMOUNT: DataType = DataType::Decimal128(FACT_PRECISION, FACT_SCALE);
const SUM: DataType = DataType::Decimal128(28, FACT_SCALE);

/// What the function answers.
fn history_fields() -> Fields {
    Fields::from(vec![
        Field::new("purchases", DataType::Int64, false),
        Field::new("first_day", DAY, true),
        Field::new("last_day", DAY, true),
        Field::new("revenue", SUM, false),
        Field::new("first_amount", SUM, false),
    ])
}

/// The function.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct PurchaseHistory {
    signature: Signature,
}

impl PurchaseHistory {
    pub fn new() -> PurchaseHistory {
        PurchaseHistory { signature: Signature::exact(vec![DAY, AMOUNT], Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for PurchaseHistory {
    fn name(&self) -> &str {
        "purchase_history"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(history_fields()))
    }

    fn accumulator(&self, _arguments: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(OneHistory(Histories::default())))
    }

    fn state_fields(&self, _arguments: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let list = |name: &str, of: DataType| Arc::new(Field::new(name, DataType::List(item(of)), false));
        Ok(vec![list("days", DAY), list("amounts", AMOUNT)])
    }

    fn groups_accumulator_supported(&self, _arguments: AccumulatorArgs<'_>) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _arguments: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Histories::default()))
    }
}

fn item(of: DataType) -> FieldRef {
    Arc::new(Field::new("item", of, false))
}

/// The rows of all groups, as they came.
#[derive(Debug, Default)]
struct Histories {
    groups: Vec<u32>,
    days: Vec<i32>,
    amounts: Vec<i64>,
    /// Groups known so far, those without rows too.
    total: usize,
}

/// The rows of some groups, group by group.
struct Ordered {
    /// Where the rows of each group begin, and where those of the last one end.
    starts: Vec<usize>,
    rows: Vec<(i32, i64)>,
}

impl Histories {
    fn note(&mut self, group: usize, day: i32, amount: i128) -> Result<()> {
        let (Ok(group), Ok(amount)) = (u32::try_from(group), i64::try_from(amount)) else {
            return exec_err!("purchase_history: more groups or larger amounts than it can hold");
        };
        self.groups.push(group);
        self.days.push(day);
        self.amounts.push(amount);
        Ok(())
    }

    /// Takes the rows of the groups that are to be emitted; the others move up.
    fn take(&mut self, emit: EmitTo) -> Ordered {
        let count = match emit {
            EmitTo::All => self.total,
            EmitTo::First(count) => count.min(self.total),
        };
        let mut starts = vec![0_usize; count + 1];
        for &group in self.groups.iter().filter(|group| (**group as usize) < count) {
            starts[group as usize + 1] += 1;
        }
        for group in 0..count {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut rows = vec![(0, 0); starts[count]];
        let mut rest = Histories { total: self.total - count, ..Histories::default() };
        for ((&group, &day), &amount) in self.groups.iter().zip(&self.days).zip(&self.amounts) {
            match next.get_mut(group as usize) {
                Some(place) if (group as usize) < count => {
                    rows[*place] = (day, amount);
                    *place += 1;
                }
                _ => {
                    rest.groups.push(group - count as u32);
                    rest.days.push(day);
                    rest.amounts.push(amount);
                }
            }
        }
        *self = rest;
        Ordered { starts, rows }
    }
}

impl GroupsAccumulator for Histories {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        let (days, amounts) = columns(values)?;
        self.total = self.total.max(total);
        for (row, &group) in groups.iter().enumerate() {
            let wanted = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
            if wanted && days.is_valid(row) && amounts.is_valid(row) {
                self.note(group, days.value(row), amounts.value(row))?;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let mut ordered = self.take(emit);
        let count = ordered.starts.len() - 1;
        let decimals = || Decimal128Builder::with_capacity(count).with_data_type(SUM);
        let (mut purchases, mut revenue, mut first_amount) =
            (Int64Builder::with_capacity(count), decimals(), decimals());
        let (mut first, mut last) = (Date32Builder::with_capacity(count), Date32Builder::with_capacity(count));
        for group in 0..count {
            let rows = &mut ordered.rows[ordered.starts[group]..ordered.starts[group + 1]];
            if !rows.is_sorted_by_key(|row| row.0) {
                rows.sort_unstable_by_key(|row| row.0);
            }
            let first_day = rows.first().map(|row| row.0);
            let days = rows.chunk_by(|one, next| one.0 == next.0).count();
            let sum = |rows: &[(i32, i64)]| rows.iter().map(|row| i128::from(row.1)).sum::<i128>();
            let of_first = rows.partition_point(|row| Some(row.0) == first_day);
            purchases.append_value(days as i64);
            first.append_option(first_day);
            last.append_option(rows.last().map(|row| row.0));
            revenue.append_value(sum(rows));
            first_amount.append_value(sum(&rows[..of_first]));
        }
        let columns: Vec<ArrayRef> = vec![
            Arc::new(purchases.finish()),
            Arc::new(first.finish()),
            Arc::new(last.finish()),
            Arc::new(revenue.finish()),
            Arc::new(first_amount.finish()),
        ];
        Ok(Arc::new(StructArray::try_new(history_fields(), columns, None)?))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        let ordered = self.take(emit);
        let days = Date32Array::from_iter_values(ordered.rows.iter().map(|row| row.0));
        let amounts = Decimal128Array::from_iter_values(ordered.rows.iter().map(|row| i128::from(row.1)));
        lists(OffsetBuffer::from_lengths(ordered.starts.windows(2).map(|ends| ends[1] - ends[0])), days, amounts)
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        let [days, amounts] = values else { return exec_err!("purchase_history: a state has two columns") };
        let (Some(days), Some(amounts)) = (days.as_list_opt::<i32>(), amounts.as_list_opt::<i32>()) else {
            return exec_err!("purchase_history: a state has two lists");
        };
        let inner = [days.values().clone(), amounts.values().clone()];
        let (all_days, all_amounts) = columns(&inner)?;
        self.total = self.total.max(total);
        for (row, &group) in groups.iter().enumerate() {
            let (from, to) = (days.value_offsets()[row] as usize, days.value_offsets()[row + 1] as usize);
            let shift = amounts.value_offsets()[row] as usize;
            for place in from..to {
                self.note(group, all_days.value(place), all_amounts.value(shift + place - from))?;
            }
        }
        Ok(())
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let (days, amounts) = columns(values)?;
        let wanted = |row: usize| {
            let kept = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
            kept && days.is_valid(row) && amounts.is_valid(row)
        };
        let rows: Vec<usize> = (0..days.len()).filter(|row| wanted(*row)).collect();
        let offsets = OffsetBuffer::from_lengths((0..days.len()).map(|row| usize::from(wanted(row))));
        let kept_days = Date32Array::from_iter_values(rows.iter().map(|row| days.value(*row)));
        let kept_amounts = Decimal128Array::from_iter_values(rows.iter().map(|row| amounts.value(*row)));
        lists(offsets, kept_days, kept_amounts)
    }

    fn size(&self) -> usize {
        self.groups.capacity() * 4 + self.days.capacity() * 4 + self.amounts.capacity() * 8
    }
}

fn columns(values: &[ArrayRef]) -> Result<(&Date32Array, &Decimal128Array)> {
    match values {
        [days, amounts] => {
            match (days.as_primitive_opt::<Date32Type>(), amounts.as_primitive_opt::<Decimal128Type>()) {
                (Some(days), Some(amounts)) => Ok((days, amounts)),
                _ => exec_err!("purchase_history takes days and amounts"),
            }
        }
        _ => exec_err!("purchase_history takes two arguments"),
    }
}

fn lists(offsets: OffsetBuffer<i32>, days: Date32Array, amounts: Decimal128Array) -> Result<Vec<ArrayRef>> {
    let amounts = amounts.with_precision_and_scale(FACT_PRECISION, FACT_SCALE)?;
    let same = OffsetBuffer::new(ScalarBuffer::clone(offsets.inner()));
    Ok(vec![
        Arc::new(ListArray::try_new(item(DAY), offsets, Arc::new(days), None)?),
        Arc::new(ListArray::try_new(item(AMOUNT), same, Arc::new(amounts), None)?),
    ])
}

/// The function without groups: one of them.
#[derive(Debug)]
struct OneHistory(Histories);

impl Accumulator for OneHistory {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let rows = values.first().map_or(0, |column| column.len());
        self.0.update_batch(values, &vec![0; rows], None, 1)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.0.total = 1;
        ScalarValue::try_from_array(&self.0.evaluate(EmitTo::All)?, 0)
    }

    fn size(&self) -> usize {
        size_of::<OneHistory>() + self.0.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.0.total = 1;
        self.0.state(EmitTo::All)?.iter().map(|column| ScalarValue::try_from_array(column, 0)).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let rows = states.first().map_or(0, |column| column.len());
        self.0.merge_batch(states, &vec![0; rows], 1)
    }
}

#[cfg(test)]
mod tests;
