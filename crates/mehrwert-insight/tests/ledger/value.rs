//! The main job on the data directory: the same orders give the same figures as from a file, and costs make value of revenue.

use std::path::{Path, PathBuf};

use arrow::array::AsArray;
use arrow::datatypes::{Date32Type, Decimal128Type, UInt32Type};
use mehrwert_clv::ModelKind;
use mehrwert_core::{AliasId, Amount, Day, Horizon, Silent};
use mehrwert_facts::engine::Engine;
use mehrwert_facts::orders::{OrderLog, OrderRequest, read_orders};
use mehrwert_facts::tables::{Cost, OrderLine};
use mehrwert_insight::value::{Measure, SegmentName, ValueRequest, ValueResult, value, value_of_lake};

use crate::shop::{Rows, amount, ask, cost, day, euro, line, terms};

fn request() -> ValueRequest {
    ValueRequest {
        horizon: Horizon::years(1),
        discount_rate: "10%".parse().expect("a share"),
        margin: None,
        candidates: vec![ModelKind::BgNbd],
        model: None,
        age: Horizon::years(3),
        by: None,
        covariates: Vec::new(),
        saved: None,
        seed: 1,
        until: None,
    }
}

fn customer(number: u32) -> Option<AliasId> {
    let mut bytes = [0; 16];
    bytes[12..].copy_from_slice(&(number + 1).to_be_bytes());
    Some(AliasId::from_bytes(bytes))
}

fn cdnow() -> OrderLog {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/cdnow.txt.gz");
    read_orders(&OrderRequest::new(vec![path], day("2026-01-01")), &Silent).expect("the example can be read")
}

/// Every line of a log as an order of its own.
fn as_facts(log: &OrderLog) -> Rows {
    let mut rows = Rows::default();
    let mut number = 0;
    for batch in &log.batches {
        let column = |name: &str| batch.column_by_name(name).expect("a column");
        let customers = column("customer").as_primitive::<UInt32Type>();
        let days = column("day").as_primitive::<Date32Type>();
        let amounts = column("amount").as_primitive::<Decimal128Type>();
        for row in 0..batch.num_rows() {
            number += 1;
            let order = number.to_string();
            let sale = OrderLine { net: Amount::from_micros(amounts.value(row)), currency: None, ..line(&order) };
            rows.order(Day::from_epoch(days.value(row)), customer(customers.value(row)), &sale);
        }
    }
    rows
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-6 * one.abs().max(other.abs())
}

#[test]
fn the_example_gives_the_same_figures_from_the_data_directory_as_from_its_file() {
    let log = cdnow();
    let rows = as_facts(&log);
    let from_file = value(&Engine::new().expect("an engine"), log, &request(), &Silent).expect("an answer");
    let from_lake = ask(
        rows,
        terms("2026-01-01"),
        async |_| {},
        |engine| value_of_lake(engine, None, &request(), &Silent).expect("an answer"),
    );
    assert_eq!(from_lake.measure, Measure::Revenue);
    assert_eq!((from_lake.customers, from_lake.orders), (from_file.customers, from_file.orders));
    assert_eq!(from_lake.revenue, from_file.revenue);
    assert_eq!((from_lake.period, from_lake.chosen), (from_file.period, from_file.chosen));
    assert!(from_lake.reconciliation.holds());
    let figures = |result: &ValueResult| {
        let acquired = &result.from_acquisition;
        let cohorts = acquired.cohorts.iter().map(|cohort| cohort.from_acquisition.value);
        let own = [result.value.total.value, result.value.expected_orders.value, acquired.all.from_acquisition.value];
        own.into_iter().chain(cohorts).collect::<Vec<f64>>()
    };
    for (one, other) in figures(&from_file).into_iter().zip(figures(&from_lake)) {
        assert!(near(one, other), "{one} and {other}");
    }
}

/// Forty customers with one to four orders of 10 each, a month apart, in 2023; half of them won by search.
fn shop(goods_cost: Option<Amount>) -> Rows {
    let mut rows = Rows::default();
    for number in 0..40_u32 {
        for order in 0..=(number % 4) {
            let when = day("2023-01-01").plus_days(i32::try_from(number + order * 30).expect("a small number"));
            let id = format!("{number}-{order}");
            let source = (number % 2 == 0).then_some("search");
            rows.order(when, customer(number), &OrderLine { goods_cost, source, ..line(&id) });
        }
    }
    rows
}

fn of_lake(rows: Rows, request: ValueRequest) -> ValueResult {
    ask(
        rows,
        terms("2024-01-01"),
        async |_| {},
        move |engine| value_of_lake(engine, euro(), &request, &Silent).expect("an answer"),
    )
}

#[test]
fn costs_make_value_of_revenue_and_stand_beside_what_winning_cost() {
    let undiscounted = ValueRequest { discount_rate: "0%".parse().expect("a share"), ..request() };
    let mut rows = shop(Some(amount("6.00")));
    // 100 orders of 10.00 less 6.00 of goods and 0.50 of fees; winning the first month's customers cost 62.00.
    for number in 0..40_u32 {
        for order in 0..=(number % 4) {
            rows.fee(day("2023-05-01"), &format!("{number}-{order}"), amount("0.50"));
        }
    }
    let ads = cost(day("2023-01-01"), day("2023-01-31"), "acquire", amount("62.00"));
    rows.cost(None, &Cost { source: Some("search"), ..ads });
    let result = of_lake(rows, ValueRequest { by: Some(0), ..undiscounted });
    assert_eq!(result.measure, Measure::Value);
    assert!(near(result.margin.expect("a margin"), 0.35), "{:?}", result.margin);
    let acquired = &result.from_acquisition;
    assert!(near(acquired.all.brought, 350.0 / 40.0), "{}", acquired.all.brought);
    assert!(near(acquired.all.acquisition_cost.expect("a cost"), 62.0 / 40.0));
    let costs: Vec<Option<f64>> = acquired.cohorts.iter().map(|cohort| cohort.acquisition_cost).collect();
    assert_eq!(costs, [Some(2.0), Some(0.0)]);
    let groups = result.groups.expect("groups");
    let search = groups.groups.iter().find(|group| group.name == SegmentName::Group("search".into())).expect("search");
    assert!(near(search.acquisition_cost.expect("a cost"), 62.0 / 20.0));
    assert_eq!(search.customers, 20);
}

#[test]
fn until_goods_costs_are_known_it_is_revenue_and_a_named_margin_goes_before() {
    let mut rows = shop(None);
    rows.fee(day("2023-06-01"), "0-0", amount("0.50"));
    let result = of_lake(rows, request());
    assert_eq!((result.measure, result.margin), (Measure::Revenue, None));
    let named = ValueRequest { margin: "40%".parse().ok(), ..request() };
    let result = of_lake(shop(Some(amount("6.00"))), named);
    assert_eq!((result.measure, result.margin), (Measure::Value, Some(0.4)));
}
