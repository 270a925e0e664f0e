//! The function against the plain SQL that it stands for, on random rows, in one step and in two.

use arrow::array::{Int64Array, RecordBatch};
use arrow::datatypes::Schema;
use arrow::util::pretty::pretty_format_batches;
use proptest::prelude::*;

use super::*;
use crate::engine::Engine;

const PLAIN: &str = "WITH days AS (SELECT customer, day, sum(amount) AS amount FROM rows GROUP BY customer, day),
    ends AS (SELECT customer, count(*) AS purchases, min(day) AS first_day, max(day) AS last_day,
        CAST(sum(amount) AS DECIMAL(28, 6)) AS revenue FROM days GROUP BY customer)
    SELECT ends.customer, purchases, first_day, last_day, revenue, CAST(days.amount AS DECIMAL(28, 6)) AS first_amount
    FROM ends JOIN days ON ends.customer = days.customer AND ends.first_day = days.day ORDER BY ends.customer";
const OURS: &str = "SELECT customer, get_field(h, 'purchases') AS purchases, get_field(h, 'first_day') AS first_day,
    get_field(h, 'last_day') AS last_day, get_field(h, 'revenue') AS revenue, get_field(h, 'first_amount') AS first_amount
    FROM (SELECT customer, purchase_history(day, amount) AS h FROM rows GROUP BY customer) ORDER BY customer";

fn batch(rows: &[(i64, i32, i64)]) -> RecordBatch {
    let amounts = Decimal128Array::from_iter_values(rows.iter().map(|row| i128::from(row.2)));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.0))),
        Arc::new(Date32Array::from_iter_values(rows.iter().map(|row| row.1))),
        Arc::new(amounts.with_precision_and_scale(FACT_PRECISION, FACT_SCALE).unwrap()),
    ];
    let schema = Schema::new(vec![
        Field::new("customer", DataType::Int64, false),
        Field::new("day", DAY, false),
        Field::new("amount", AMOUNT, false),
    ]);
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn it_says_what_plain_sql_says(
        rows in prop::collection::vec((0..20_i64, 18_000..18_010, -5_000_000..50_000_000_i64), 1..200),
        cut in 0..200_usize,
    ) {
        let (one, other) = rows.split_at(cut.min(rows.len()));
        let batches = vec![batch(one), batch(other)];
        let engine = Engine::new().unwrap();
        engine.register_batches("rows", batches[0].schema(), batches).unwrap();
        let ask = |sql| pretty_format_batches(&engine.query("test", sql, &[]).unwrap()).unwrap().to_string();
        prop_assert_eq!(ask(OURS), ask(PLAIN));
    }

    #[test]
    fn groups_may_be_taken_a_few_at_a_time(
        rows in prop::collection::vec((0..20_i64, 18_000..18_010, 1..50_000_000_i64), 1..100), few in 1..20_usize,
    ) {
        let all = batch(&rows);
        let values = [all.column(1).clone(), all.column(2).clone()];
        let groups: Vec<usize> = rows.iter().map(|row| row.0 as usize).collect();
        let filled = || {
            let mut histories = Histories::default();
            histories.update_batch(&values, &groups, None, 20).unwrap();
            histories
        };
        let whole = filled().evaluate(EmitTo::All).unwrap();
        let mut histories = filled();
        let first = histories.evaluate(EmitTo::First(few)).unwrap();
        let rest = histories.evaluate(EmitTo::All).unwrap();
        prop_assert_eq!(&first, &whole.slice(0, few));
        prop_assert_eq!(&rest, &whole.slice(few, 20 - few));
        // And by way of a state, as between two steps.
        let mut before = filled();
        let mut after = Histories::default();
        after.merge_batch(&before.state(EmitTo::All).unwrap(), &(0..20).collect::<Vec<_>>(), 20).unwrap();
        prop_assert_eq!(&after.evaluate(EmitTo::All).unwrap(), &whole);
        let mut after = Histories::default();
        after.merge_batch(&filled().convert_to_state(&values, None).unwrap(), &groups, 20).unwrap();
        prop_assert_eq!(&after.evaluate(EmitTo::All).unwrap(), &whole);
    }
}
