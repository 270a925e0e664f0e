//! What the owner decided: definitions, products, rates; and what people agreed to.

use mehrwert_core::{Amount, Currency, Day};
use mehrwert_state::{ConsentEntry, ConsentStep, ExchangeRate, Product, StateError};
use serde_json::{Value, json};

use crate::support::{Store, at, person};

pub async fn definitions_keep_their_versions(store: &Store) {
    let state = store.open().await;
    let (first, second) = (json!({"columns": {"Preis": "net"}}), json!([1.5, "zwei", null]));
    assert_eq!(state.save_definition("mapping", "shop", 0, &first, at(1)).await.unwrap(), 1);
    assert_eq!(state.save_definition("mapping", "shop", 1, &second, at(2)).await.unwrap(), 2);
    state.save_definition("mapping", "another", 0, &first, at(3)).await.unwrap();
    state.save_definition("stages", "shop", 0, &first, at(3)).await.unwrap();
    let body = async |version| {
        let found = state.definition("mapping", "shop", version).await.unwrap();
        found.map(|definition| (definition.version, definition.body, definition.saved_at))
    };
    assert_eq!(body(None).await, Some((2, second.clone(), at(2))));
    assert_eq!(body(Some(1)).await, Some((1, first.clone(), at(1))));
    assert_eq!(body(Some(3)).await, None);
    let names = async || {
        let found = state.definitions("mapping").await.unwrap();
        found.into_iter().map(|definition| (definition.name, definition.version)).collect::<Vec<_>>()
    };
    assert_eq!(names().await, [("another".to_owned(), 1), ("shop".to_owned(), 2)]);
    state.save_definition("mapping", "another", 1, &Value::Null, at(4)).await.unwrap();
    assert_eq!(names().await, [("shop".to_owned(), 2)]);
}

pub async fn of_two_who_save_at_once_one_is_told(store: &Store) {
    let (one, other) = (store.open().await, store.open().await);
    for version in 0..10 {
        let (mine, yours) = (json!("mine"), json!("yours"));
        let (first, second) = tokio::join!(
            one.save_definition("stages", "shop", version, &mine, at(version)),
            other.save_definition("stages", "shop", version, &yours, at(version)),
        );
        let saved = [&first, &second].into_iter().filter(|result| matches!(result, Ok(new) if *new == version + 1));
        assert_eq!(saved.count(), 1, "{first:?} {second:?}");
        let told = [&first, &second].into_iter().filter(|result| matches!(result, Err(StateError::Overtaken { .. })));
        assert_eq!(told.count(), 1, "{first:?} {second:?}");
    }
}

pub async fn products_change_by_day(store: &Store) {
    let state = store.open().await;
    let euro: Currency = "EUR".parse().unwrap();
    let tea = |day: i32, cost: &str| Product {
        product: "Tee".to_owned(),
        from: Day::from_epoch(day),
        name: Some("Grüner Tee".to_owned()),
        category: None,
        goods_cost: Some((cost.parse().unwrap(), euro)),
        vat: Some("7%".parse().unwrap()),
    };
    let bare = Product { product: "Becher".to_owned(), name: None, goods_cost: None, vat: None, ..tea(-5, "0") };
    state.set_products(&[tea(20, "3.10"), tea(10, "2.905"), bare.clone()]).await.unwrap();
    assert_eq!(state.products().await.unwrap(), [bare.clone(), tea(10, "2.905"), tea(20, "3.10")]);
    state.set_products(&[tea(20, "3.20")]).await.unwrap();
    assert_eq!(state.products().await.unwrap()[2], tea(20, "3.20"));
    let dear = Product { goods_cost: Some((Amount::from_units(10_000_000_000_000), euro)), ..tea(30, "0") };
    let refused = state.set_products(&[tea(10, "1"), dear]).await;
    assert!(matches!(refused, Err(StateError::Refused { .. })), "{refused:?}");
    assert_eq!(state.products().await.unwrap(), [bare, tea(10, "2.905"), tea(20, "3.20")]);
}

pub async fn a_rate_holds_until_the_next(store: &Store) {
    let state = store.open().await;
    let (euro, rupiah): (Currency, Currency) = ("EUR".parse().unwrap(), "IDR".parse().unwrap());
    let rate = |day: i32, rate: &str| ExchangeRate {
        base: euro,
        quote: rupiah,
        day: Day::from_epoch(day),
        rate: rate.parse().unwrap(),
    };
    state.set_rates(&[rate(10, "17407.36"), rate(13, "17500.000001")]).await.unwrap();
    let on = async |day| state.rate(euro, rupiah, Day::from_epoch(day)).await.unwrap();
    assert_eq!(on(9).await, None);
    assert_eq!(on(12).await, Some(rate(10, "17407.36")));
    assert_eq!(on(13).await, Some(rate(13, "17500.000001")));
    assert_eq!(state.rate(rupiah, euro, Day::from_epoch(13)).await.unwrap(), None);
    state.set_rates(&[rate(10, "17407.37")]).await.unwrap();
    assert_eq!(on(10).await, Some(rate(10, "17407.37")));
    let refused = state.set_rates(&[rate(11, "0")]).await;
    assert!(matches!(refused, Err(StateError::Refused { .. })), "{refused:?}");
}

pub async fn consents_are_added_and_never_changed(store: &Store) {
    let state = store.open().await;
    let (eva, _) = person(&state, "eva@example.com").await;
    let (muster, _) = person(&state, "muster@example.com").await;
    let requested = ConsentEntry {
        person: eva,
        channel: "email".to_owned(),
        purpose: "newsletter".to_owned(),
        step: ConsentStep::Requested,
        at: at(1),
        address: "eva@example.com".to_owned(),
        form_url: Some("https://shop.example/newsletter".to_owned()),
        wording: Some("Ja, ich möchte den Newsletter.".to_owned()),
        wording_version: Some("2".to_owned()),
        ip: Some("192.0.2.7".to_owned()),
        message: None,
    };
    let mail = Some("Bitte bestätigen".to_owned());
    let confirmed = ConsentEntry { step: ConsentStep::Confirmed, at: at(9), message: mail, ..requested.clone() };
    let withdrawn = ConsentEntry { person: muster, step: ConsentStep::Withdrawn, at: at(5), ..requested.clone() };
    for entry in [&requested, &withdrawn, &confirmed] {
        state.add_consent(entry).await.unwrap();
    }
    assert_eq!(state.consents(eva).await.unwrap(), [requested.clone(), confirmed.clone()]);
    state.merge(eva, muster, "same", at(10)).await.unwrap();
    assert_eq!(state.consents(eva).await.unwrap(), [requested, withdrawn, confirmed]);
}
