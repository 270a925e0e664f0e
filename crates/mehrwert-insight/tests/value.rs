//! The main job on small shops whose answers can be worked out by hand.

use mehrwert_clv::ModelKind;
use mehrwert_core::{Amount, Day, Horizon, Share, Silent};
use mehrwert_facts::engine::Engine;
use mehrwert_facts::orders::{OrderRequest, read_orders};
use mehrwert_insight::value::{Choice, Measure, SegmentName, ValueError, ValueRequest, ValueResult, Warning, value};

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

fn answer(text: &str, request: &ValueRequest) -> Result<ValueResult, ValueError> {
    answer_by(text, request, &[])
}

/// The same with columns kept as attributes of the customers.
fn answer_by(text: &str, request: &ValueRequest, attributes: &[&str]) -> Result<ValueResult, ValueError> {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let path = folder.path().join("orders.csv");
    std::fs::write(&path, text).expect("the file can be written");
    let today: Day = "2026-01-01".parse().expect("a day");
    let attributes = attributes.iter().map(|&column| column.to_owned()).collect();
    let request_of_files = OrderRequest { attributes, ..OrderRequest::new(vec![path], today) };
    let log = read_orders(&request_of_files, &Silent).expect("the file can be read");
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

fn day(text: &str) -> Day {
    text.parse().expect("a day")
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
    // Two months are too short to look back in.
    let until = Some(day("2023-03-01"));
    let all = ValueRequest { candidates: ModelKind::ALL.to_vec(), until, ..request() };
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

/// Without discounting, what came so far is the revenue itself, cohort by cohort.
#[test]
fn value_from_acquisition_is_what_came_so_far_and_what_is_expected() {
    let undiscounted = ValueRequest { discount_rate: "0%".parse().expect("a share"), ..request() };
    let result = answer(&plain_shop(), &undiscounted).expect("an answer");
    let acquired = &result.from_acquisition;
    assert!((acquired.all.brought - 1000.0 / 40.0).abs() < 1e-9);
    assert!((acquired.all.from_acquisition.value - acquired.all.brought - acquired.all.expected).abs() < 1e-9);
    let names: Vec<SegmentName> = acquired.cohorts.iter().map(|cohort| cohort.name.clone()).collect();
    let month = |from: &str, to: &str| SegmentName::Cohort { from: day(from), to: day(to) };
    assert_eq!(names, [month("2023-01-01", "2023-01-31"), month("2023-02-01", "2023-02-28")]);
    assert_eq!(acquired.cohorts.iter().map(|cohort| cohort.customers).sum::<u64>(), 40);
    assert_eq!(acquired.cohorts.iter().map(|cohort| cohort.revenue).sum::<Amount>(), units(1000));
    let remaining: f64 = acquired.cohorts.iter().map(|cohort| cohort.remaining.value).sum();
    assert!((remaining - result.value.total.value).abs() < 1e-9 * remaining);
    let together: f64 = result.scores.from_acquisition.iter().sum();
    assert!((together - 40.0 * acquired.all.from_acquisition.value).abs() < 1e-9 * together);
}

/// Orders after the age do not count, those within it do, and customers beyond it are expected to add nothing.
#[test]
fn value_from_acquisition_ends_at_the_age() {
    let short = ValueRequest {
        discount_rate: "0%".parse().expect("a share"),
        age: "45d".parse().expect("a span"),
        until: Some(day("2023-12-31")),
        ..request()
    };
    let result = answer(&plain_shop(), &short).expect("an answer");
    // Everybody is older than 45 days; of the orders a month apart the first two count: 10 + 20 + 20 + 20 of four.
    let all = &result.from_acquisition.all;
    assert!((all.brought - 17.5).abs() < 1e-9 && all.expected == 0.0, "{all:?}");
}

/// A purchase is worth less the later it comes after the customer was won: discounted to that day, not to today.
#[test]
fn value_from_acquisition_is_discounted_to_the_day_of_acquisition() {
    let result = answer(&plain_shop(), &request()).expect("an answer");
    let day_factor = 1.1_f64.powf(-1.0 / 365.25);
    let of_orders = |orders: i32| (0..orders).map(|order| 10.0 * day_factor.powi(30 * order)).sum::<f64>();
    let expected: f64 = (1..=4).map(of_orders).sum::<f64>() / 4.0;
    assert!((result.from_acquisition.all.brought - expected).abs() < 1e-9 * expected);
}

#[test]
fn groups_are_the_values_at_the_first_purchase() {
    // Every third customer is from Austria, one in three is not known, and c0 moves after its first purchase.
    let land = |customer: u32, order: u32| match (customer % 3, order) {
        (0, 0) => "AT",
        (1, _) => "DE",
        (0, _) => "DE",
        _ => "",
    };
    let text = shop("customer,date,amount,country", |customer, order, day| {
        format!("c{customer},{day},10.00,{}", land(customer, order))
    });
    let by_country = ValueRequest { by: Some(0), ..request() };
    let result = answer_by(&text, &by_country, &["country"]).expect("an answer");
    let groups = result.groups.as_ref().expect("groups");
    assert_eq!(groups.column, "country");
    let found: Vec<(&SegmentName, u64)> = groups.groups.iter().map(|group| (&group.name, group.customers)).collect();
    let (at, de) = (SegmentName::Group("AT".into()), SegmentName::Group("DE".into()));
    assert_eq!(found, [(&at, 14), (&de, 13), (&SegmentName::Unknown, 13)]);
    assert_eq!(result.group_of(row_of(&result, "c3")), Some("AT"));
    assert_eq!(result.group_of(row_of(&result, "c2")), None);
    let remaining: f64 = groups.groups.iter().map(|group| group.remaining.value).sum();
    assert!((remaining - result.value.total.value).abs() < 1e-9 * remaining);
    assert_eq!(groups.groups.iter().map(|group| group.revenue).sum::<Amount>(), result.revenue);
}
