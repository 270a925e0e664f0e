//! Single facts and the entries they become.

use mehrwert_core::{Amount, Currency, Day};
use mehrwert_insight::ledger::{Entry, currencies_without_rate, entries_of_person, sums};
use mehrwert_state::{ExchangeRate, Product, State};

use crate::shop::{Rows, alias, amount, ask, cost, day, line, person, terms, unmapped};

/// Account, amount and evidence of each entry.
fn shown(entries: &[Entry]) -> Vec<String> {
    let one = |entry: &Entry| format!("{} {} {} {}", entry.day, entry.account.name(), entry.amount, entry.evidence);
    entries.iter().map(one).collect()
}

async fn nothing(_: &State) {}

#[test]
fn an_order_becomes_revenue_shipping_goods_and_fees() {
    let mut rows = Rows::default();
    let first = day("2024-03-05");
    let sale = mehrwert_facts::tables::OrderLine {
        shipping_charged: Some(amount("4.90")),
        goods_cost: Some(amount("6.00")),
        ..line("1001")
    };
    rows.order(first, Some(alias(1)), &sale);
    rows.fee(first, "1001", amount("0.59"));
    let entries = ask(rows, terms("2024-12-31"), nothing, move |engine| {
        entries_of_person(engine, unmapped(1), day("2024-12-31")).expect("entries")
    });
    let mut found = shown(&entries);
    found.sort();
    assert_eq!(
        found,
        [
            "2024-03-05 fee -0.59 payments",
            "2024-03-05 goods -6.00 orders",
            "2024-03-05 revenue 10.00 orders",
            "2024-03-05 revenue 4.90 orders",
        ]
    );
}

#[test]
fn refunds_give_goods_back_only_where_a_quantity_came_back() {
    let refund = |quantity: Option<&str>| mehrwert_facts::tables::OrderLine {
        kind: "refund",
        net: amount("-10.00"),
        goods_cost: Some(amount("-6.00")),
        quantity: quantity.map(amount),
        ..line("1001")
    };
    for (quantity, expected) in [(None, "0.00"), (Some("0"), "0.00"), (Some("-1"), "6.00"), (Some("1"), "6.00")] {
        let mut rows = Rows::default();
        rows.order(day("2024-03-05"), Some(alias(1)), &refund(quantity));
        let entries = ask(rows, terms("2024-12-31"), nothing, |engine| {
            entries_of_person(engine, unmapped(1), day("2024-12-31")).expect("entries")
        });
        let goods = entries.iter().filter(|entry| entry.account.name() == "goods");
        assert_eq!(goods.map(|entry| entry.amount).sum::<Amount>(), amount(expected), "{quantity:?}");
    }
}

#[test]
fn goods_cost_what_the_product_list_said_on_the_day() {
    let mut rows = Rows::default();
    let sale = mehrwert_facts::tables::OrderLine { product: Some("tea"), quantity: Some(amount("3")), ..line("1") };
    for when in ["2023-12-31", "2024-01-01", "2024-02-01"] {
        rows.order(day(when), Some(alias(1)), &sale);
    }
    rows.order(day("2024-02-02"), Some(alias(1)), &mehrwert_facts::tables::OrderLine { quantity: None, ..sale });
    let set_up = async |state: &State| {
        let entry = |from: &str, cost: &str| Product {
            product: "tea".to_owned(),
            from: day(from),
            name: None,
            category: None,
            goods_cost: Some((amount(cost), "EUR".parse().expect("a currency"))),
            vat: None,
        };
        state.set_products(&[entry("2024-01-01", "1.10"), entry("2024-02-01", "1.20")]).await.expect("products");
    };
    let entries = ask(rows, terms("2024-12-31"), set_up, |engine| {
        entries_of_person(engine, unmapped(1), day("2024-12-31")).expect("entries")
    });
    let goods: Vec<Entry> = entries.into_iter().filter(|entry| entry.account.name() == "goods").collect();
    assert_eq!(shown(&goods), ["2024-01-01 goods -3.30 orders", "2024-02-01 goods -3.60 orders"]);
}

#[test]
fn gift_cards_are_owed_and_not_earned() {
    let mut rows = Rows::default();
    let card = mehrwert_facts::tables::OrderLine { category: Some("Gift card"), ..line("1") };
    rows.order(day("2024-03-05"), Some(alias(1)), &card);
    let entries = ask(rows, terms("2024-12-31"), nothing, |engine| {
        entries_of_person(engine, unmapped(1), day("2024-12-31")).expect("entries")
    });
    assert_eq!(shown(&entries), ["2024-03-05 liability 10.00 orders"]);
    assert!(!entries[0].account.is_contribution());
}

#[test]
fn ads_are_shared_by_the_customers_their_source_won_in_the_month_to_the_cent() {
    let mut rows = Rows::default();
    for (who, source, when) in [(1, "search", "2024-03-05"), (2, "search", "2024-03-30"), (3, "search", "2024-03-31")] {
        rows.touch(day("2024-02-01"), alias(who), Some(source));
        rows.order(day(when), Some(alias(who)), &line(&who.to_string()));
    }
    // Someone of another source, and one of the same source in another month.
    rows.order(
        day("2024-03-01"),
        Some(alias(4)),
        &mehrwert_facts::tables::OrderLine { source: Some("mail"), ..line("4") },
    );
    rows.order(
        day("2024-04-01"),
        Some(alias(5)),
        &mehrwert_facts::tables::OrderLine { source: Some("search"), ..line("5") },
    );
    let ads = |source| mehrwert_facts::tables::Cost {
        source,
        ..cost(day("2024-03-10"), day("2024-03-10"), "acquire", amount("10.00"))
    };
    rows.cost(None, &ads(Some("search")));
    rows.cost(None, &ads(Some("fair")));
    rows.cost(None, &ads(None));
    let (each, all) = ask(rows, terms("2024-12-31"), nothing, |engine| {
        let of = |who: u8| -> Amount {
            let entries = entries_of_person(engine, unmapped(who), day("2024-12-31")).expect("entries");
            entries.iter().filter(|entry| entry.account.name() == "acquisition").map(|entry| entry.amount).sum()
        };
        ((1..=5).map(of).collect::<Vec<_>>(), sums(engine).expect("sums"))
    });
    // 10.00 of search in three, and 10.00 without a source in four.
    let mut of_search = each[..3].to_vec();
    of_search.sort();
    assert_eq!(of_search, [amount("-5.84"), amount("-5.83"), amount("-5.83")]);
    assert_eq!(&each[3..], [amount("-2.50"), Amount::ZERO]);
    // The fair won nobody: nobody bears it, and it is seen.
    let unassigned: Vec<_> =
        all.iter().filter(|sum| sum.unassigned).map(|sum| (sum.account.name(), sum.amount)).collect();
    assert_eq!(unassigned, [("acquisition", amount("-10.00"))]);
}

#[test]
fn a_cost_of_many_days_lies_on_them_evenly() {
    let mut rows = Rows::default();
    // A year of 366 days for 100.00: 27 cents a day, and 118 days with one more.
    rows.cost(Some(alias(1)), &cost(day("2024-01-01"), day("2024-12-31"), "serve", amount("100.00")));
    let entries = ask(rows, terms("2024-12-31"), nothing, |engine| {
        entries_of_person(engine, unmapped(1), day("2024-12-31")).expect("entries")
    });
    assert_eq!(entries.len(), 12);
    assert_eq!(entries.iter().map(|entry| entry.amount).sum::<Amount>(), amount("-100.00"));
    assert_eq!(shown(&entries[..1]), ["2024-01-31 service -8.68 costs"]);
    assert_eq!(entries[11].amount, amount("-8.37"));
}

#[test]
fn a_measure_is_borne_by_those_it_reached_and_overhead_by_nobody() {
    let mut rows = Rows::default();
    rows.order(day("2024-01-01"), Some(alias(9)), &line("9"));
    for who in [1, 2] {
        rows.contact(day("2024-03-05"), alias(who), "spring letter", Some(amount("0.10")));
        rows.contact(day("2024-03-06"), alias(who), "spring letter", None);
    }
    let one = cost(day("2024-03-01"), day("2024-03-01"), "retain", amount("5.00"));
    rows.cost(None, &mehrwert_facts::tables::Cost { measure: Some("spring letter"), ..one });
    rows.cost(None, &cost(day("2024-03-01"), day("2024-03-01"), "overhead", amount("7.00")));
    let (entries, all) = ask(rows, terms("2024-12-31"), nothing, |engine| {
        let entries = entries_of_person(engine, unmapped(1), day("2024-12-31")).expect("entries");
        (entries, sums(engine).expect("sums"))
    });
    assert_eq!(shown(&entries), ["2024-03-01 care -2.50 costs", "2024-03-05 care -0.10 contacts"]);
    let overhead = all.iter().find(|sum| sum.account.name() == "overhead").expect("overhead");
    assert_eq!((overhead.amount, overhead.unassigned), (amount("-7.00"), true));
}

#[test]
fn contracts_bring_their_price_as_long_as_they_run() {
    let mut rows = Rows::default();
    rows.contract(alias(1), day("2024-01-31"), Some(day("2024-04-15")), "month", amount("9.00"));
    rows.contract(alias(2), day("2024-01-01"), None, "quarter", amount("30.00"));
    let (first, second) = ask(rows, terms("2024-08-01"), nothing, |engine| {
        let of = |who| entries_of_person(engine, unmapped(who), day("2025-12-31")).expect("entries");
        (of(1), of(2))
    });
    let days = |entries: &[Entry]| entries.iter().map(|entry| entry.day).collect::<Vec<Day>>();
    assert_eq!(days(&first), [day("2024-01-31"), day("2024-02-29"), day("2024-03-31")]);
    assert_eq!(days(&second), [day("2024-01-01"), day("2024-04-01"), day("2024-07-01")]);
    assert!(second.iter().all(|entry| entry.amount == amount("30.00")));
}

#[test]
fn merged_persons_have_one_ledger() {
    let mut rows = Rows::default();
    rows.order(day("2024-03-05"), Some(alias(1)), &line("1"));
    rows.order(day("2024-03-06"), Some(alias(2)), &line("2"));
    let set_up = async |state: &State| {
        let (_, eva) = person(state, "eva@example.com", 1).await;
        let (_, muster) = person(state, "muster@example.com", 2).await;
        state.merge(muster, eva, "the same", jiff::Timestamp::UNIX_EPOCH).await.expect("merged");
    };
    let entries = ask(rows, terms("2024-12-31"), set_up, |engine| {
        let eva = mehrwert_core::PersonId::new(1_700_000_000_000, [1; 10]);
        entries_of_person(engine, eva, day("2024-12-31")).expect("entries")
    });
    assert_eq!(entries.iter().map(|entry| entry.amount).sum::<Amount>(), amount("20.00"));
}

#[test]
fn other_currencies_are_reported_by_the_rate_of_their_day_or_refused_by_name() {
    let francs: Option<Currency> = "CHF".parse().ok();
    let mut rows = Rows::default();
    for (order, when, currency) in [("1", "2024-03-05", "CHF"), ("2", "2024-02-01", "CHF"), ("3", "2024-03-05", "USD")]
    {
        let sale = mehrwert_facts::tables::OrderLine { currency: currency.parse().ok(), ..line(order) };
        rows.order(day(when), Some(alias(1)), &sale);
    }
    let set_up = async |state: &State| {
        let rate = ExchangeRate {
            base: francs.expect("francs"),
            quote: "EUR".parse().expect("euro"),
            day: day("2024-03-01"),
            rate: amount("1.05"),
        };
        state.set_rates(&[rate]).await.expect("rates");
    };
    let (entries, missing) = ask(rows, terms("2024-12-31"), set_up, |engine| {
        let entries = entries_of_person(engine, unmapped(1), day("2024-12-31")).expect("entries");
        (entries, currencies_without_rate(engine).expect("currencies"))
    });
    let reported: Vec<_> = entries.iter().map(|entry| entry.reported).collect();
    assert_eq!(reported.iter().flatten().copied().collect::<Vec<_>>(), [amount("10.50")]);
    assert_eq!(missing, [("CHF".to_owned(), 1, day("2024-02-01")), ("USD".to_owned(), 1, day("2024-03-05"))]);
}
