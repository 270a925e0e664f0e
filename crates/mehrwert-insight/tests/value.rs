//! The main job on small shops whose answers can be worked out by hand.

use mehrwert_clv::ModelKind;
use mehrwert_core::{Amount, Day, Horizon, Share, Silent};
use mehrwert_facts::engine::Engine;
use mehrwert_facts::orders::{OrderRequest, read_orders};
use mehrwert_insight::value::{Choice, Measure, ValueError, ValueRequest, ValueResult, Warning, value};

fn request() -> ValueRequest {
    ValueRequest {
        horizon: Horizon::years(1),
        discount_rate: "10%".parse().expect("a share"),
        margin: None,
        candidates: vec![ModelKind::BgNbd],
        model: None,
        until: None,
    }
}

fn answer(text: &str, request: &ValueRequest) -> Result<ValueResult, ValueError> {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let path = folder.path().join("orders.csv");
    std::fs::write(&path, text).expect("the file can be written");
    let today: Day = "2026-01-01".parse().expect("a day");
    let log = read_orders(&OrderRequest::new(vec![path], today), &Silent).expect("the file can be read");
    value(&Engine::new().expect("an engine"), log, request, &Silent)
}

/// Forty customers with one to four orders of 10 each, a month apart, in 2023.
fn shop(header: &str, row: impl Fn(u32, u32, Day) -> String) -> String {
    let start: Day = "2023-01-01".parse().expect("a day");
    let mut text = format!("{header}\n");
    for customer in 0..40_u32 {
        for order in 0..=(customer % 4) {
            let day = start.plus_days(i32::try_from(customer + order * 30).expect("a small number"));
            text += &row(customer, order, day);
            text.push('\n');
        }
    }
    text
}

fn plain_shop() -> String {
    shop("customer,date,order,amount", |customer, order, day| format!("c{customer},{day},{customer}-{order},10.00"))
}

fn row_of(result: &ValueResult, customer: &str) -> usize {
    result.scores.customer.iter().position(|name| name == customer).expect("the customer is among the scores")
}

fn units(amount: i64) -> Amount {
    Amount::from_units(amount)
}

#[test]
fn counts_and_sums_are_those_of_the_shop() {
    let result = answer(&plain_shop(), &request()).expect("an answer");
    assert_eq!((result.customers, result.orders, result.revenue), (40, 100, units(1000)));
    assert_eq!(result.measure, Measure::Revenue);
    assert!(result.reconciliation.holds());
    let third = row_of(&result, "c3");
    assert_eq!((result.scores.orders[third], result.scores.revenue[third]), (4, units(40)));
    let total: f64 = result.scores.value.iter().sum();
    assert!((total - result.value.total.value).abs() < 1e-9 * total);
    assert!(result.value.total.low < total && total < result.value.total.high);
    let pyramid: f64 = result.pyramid.iter().map(|step| step.value).sum();
    assert!((pyramid - total).abs() < 1e-9 * total);
}

#[test]
fn an_order_wholly_returned_is_no_purchase_and_one_returned_in_part_is() {
    let whole = plain_shop() + "c3,2023-06-01,3-2,-10.00\n";
    let result = answer(&whole, &request()).expect("an answer");
    let third = row_of(&result, "c3");
    assert_eq!((result.scores.orders[third], result.scores.revenue[third]), (3, units(30)));
    assert_eq!((result.returns.matched_rows, result.returns.unmatched_rows), (1, 0));

    let part = plain_shop() + "c3,2023-06-01,3-2,-4.00\n";
    let result = answer(&part, &request()).expect("an answer");
    let third = row_of(&result, "c3");
    assert_eq!((result.scores.orders[third], result.scores.revenue[third]), (4, units(36)));
}

#[test]
fn a_return_without_its_order_is_set_against_the_customer() {
    let result = answer(&(plain_shop() + "c3,2023-06-01,other,-7.00\n"), &request()).expect("an answer");
    let third = row_of(&result, "c3");
    assert_eq!((result.scores.orders[third], result.scores.revenue[third]), (4, units(33)));
    assert_eq!(result.returns.unmatched_amount, units(-7));
    assert!(result.warnings.iter().any(|warning| matches!(warning, Warning::UnmatchedReturns { rows: 1, .. })));
}

#[test]
fn a_return_after_the_end_of_the_history_is_not_known_in_it() {
    let text = plain_shop() + "c3,2023-06-01,3-2,-10.00\n";
    let until = ValueRequest { until: Some("2023-05-31".parse().expect("a day")), ..request() };
    let before = answer(&text, &until).expect("an answer");
    assert_eq!(before.scores.orders[row_of(&before, "c3")], 4);
    assert_eq!(before.returns.matched_rows, 0);
}

#[test]
fn a_named_margin_makes_value_of_revenue_and_goods_costs_do_too() {
    let revenue = answer(&plain_shop(), &request()).expect("an answer");
    let named: Share = "40%".parse().expect("a share");
    let valued = answer(&plain_shop(), &ValueRequest { margin: Some(named), ..request() }).expect("an answer");
    assert_eq!(valued.measure, Measure::Value);
    assert!((valued.value.total.value - 0.4 * revenue.value.total.value).abs() < 1e-6);

    let costs = shop("customer,date,order,amount,goods_cost", |customer, order, day| {
        format!("c{customer},{day},{customer}-{order},10.00,7.50")
    });
    let costed = answer(&costs, &request()).expect("an answer");
    assert_eq!(costed.measure, Measure::Value);
    assert!((costed.margin.expect("a margin") - 0.25).abs() < 1e-12);
}

#[test]
fn a_short_history_takes_the_stated_default_and_says_so() {
    let all = ValueRequest { candidates: ModelKind::ALL.to_vec(), ..request() };
    let result = answer(&plain_shop(), &all).expect("an answer");
    assert_eq!((result.choice, result.chosen), (Choice::TooLittleHistory, ModelKind::ParetoNbd));
    let named = ValueRequest { model: Some(ModelKind::MbgNbd), ..all };
    let result = answer(&plain_shop(), &named).expect("an answer");
    assert_eq!((result.choice, result.chosen), (Choice::Named, ModelKind::MbgNbd));
}

#[test]
fn what_cannot_be_valued_is_refused_with_its_reason() {
    let early = ValueRequest { until: Some("2022-12-31".parse().expect("a day")), ..request() };
    assert!(matches!(answer(&plain_shop(), &early), Err(ValueError::UntilBeforeFirst { .. })));
    let once = shop("customer,date,amount", |customer, order, day| format!("c{customer}-{order},{day},10"));
    let refused = answer(&once, &request()).expect_err("nobody bought again");
    assert!(refused.to_string().contains("bought again"), "{refused}");
}

#[test]
fn the_same_file_gives_the_same_digits() {
    let first = answer(&plain_shop(), &request()).expect("an answer");
    let second = answer(&plain_shop(), &request()).expect("an answer");
    assert_eq!(first.scores.value, second.scores.value);
    assert_eq!(first.value, second.value);
}
