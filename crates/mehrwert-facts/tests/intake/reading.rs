//! Reading calls: limits, places of errors, and bytes of any kind.

use mehrwert_facts::intake::{Call, Endpoint, IntakeError, MOST_EVENT_BYTES, Webhook, read_anything, read_webhook};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Shop, batch, fixture, now, received};

fn parse(endpoint: Endpoint, body: &str) -> Result<Call, IntakeError> {
    Call::parse(endpoint, body.as_bytes())
}

#[test]
fn an_error_says_where() {
    for (endpoint, body, said) in [
        (
            Endpoint::Batch,
            "{\"batch\": [\n  {\"type\": \"track\",}\n]}",
            "the body is no JSON: line 2, column 20: trailing comma",
        ),
        (Endpoint::Batch, "", "the body is no JSON: line 1, column 0: EOF while parsing a value"),
        (Endpoint::Track, "[]", "the body: expected an object"),
        (Endpoint::Batch, "{\"batch\": {}}", "batch: expected a list of events"),
        (Endpoint::PostHog, "{}", "batch: expected a list of events"),
    ] {
        assert_eq!(parse(endpoint, body).unwrap_err().to_string(), said, "{body}");
    }
}

#[test]
fn what_is_too_large_is_refused_whole() {
    let event = |bytes: usize| json!({"type": "track", "event": "x", "properties": {"text": "x".repeat(bytes)}});
    let large = event(MOST_EVENT_BYTES).to_string();
    let error = parse(Endpoint::Track, &large).unwrap_err();
    assert!(matches!(error, IntakeError::TooLarge { most: 32_768, .. }), "{error}");
    assert!(parse(Endpoint::Track, &event(MOST_EVENT_BYTES - 100).to_string()).is_ok());
    let call = json!({"batch": [event(10), event(MOST_EVENT_BYTES + 2_000)]}).to_string();
    let error = parse(Endpoint::Batch, &call).unwrap().read(&received(1, now())).unwrap_err();
    assert!(error.to_string().starts_with("event 2 of the batch has"), "{error}");
    let call = json!({"batch": vec![event(30_000); 18]}).to_string();
    assert!(matches!(parse(Endpoint::Batch, &call), Err(IntakeError::TooLarge { .. })));
}

#[test]
fn the_key_stands_in_the_body_or_does_not() {
    let key = |endpoint, body: &str| parse(endpoint, body).unwrap().write_key().map(str::to_owned);
    assert_eq!(key(Endpoint::Track, r#"{"writeKey": "mw_1", "event": "x"}"#).as_deref(), Some("mw_1"));
    assert_eq!(key(Endpoint::Batch, r#"{"writeKey": "mw_1", "batch": []}"#).as_deref(), Some("mw_1"));
    assert_eq!(key(Endpoint::PostHog, r#"{"api_key": "mw_1", "event": "x"}"#).as_deref(), Some("mw_1"));
    assert_eq!(key(Endpoint::Track, r#"{"writeKey": null}"#), None);
}

#[test]
fn neither_keys_nor_addresses_of_the_network_are_kept() {
    let reading = batch(&fixture("segment_batch"), &received(1, now()));
    let shopify = fixture("shopify_order").to_string();
    let order = read_webhook(Webhook::Shopify, "orders/create", shopify.as_bytes(), &received(2, now())).unwrap();
    for event in reading.events.iter().chain(&order.events) {
        let kept = String::from_utf8(event.body.clone()).unwrap();
        assert!(!kept.contains("203.0.113.7") && !kept.contains("mw_test"), "{kept}");
    }
}

#[test]
fn what_cannot_be_read_is_set_aside_and_the_rest_goes_on() {
    Shop::run(async |shop| {
        let reading = batch(
            &json!({"batch": [
                {"type": "track", "event": "good", "messageId": "1", "userId": "u"},
                {"type": "track", "event": "bad", "messageId": "2", "userId": "u", "timestamp": "the 30th of February"},
                {"type": "dance", "messageId": "3"},
                {"type": "track", "messageId": "4"},
                17,
                {"type": "track", "event": "old", "messageId": "5", "timestamp": "1970-01-01T00:00:00Z"},
            ]}),
            &received(1, now()),
        );
        let places: Vec<usize> = reading.aside.iter().map(|one| one.place).collect();
        assert_eq!((reading.events.len(), places), (6, vec![1, 2, 3, 4, 5]));
        let sealed = shop.take(&reading).await;
        assert_eq!((sealed.events, sealed.aside), (6, 5));
        assert_eq!(shop.column("events", &["name"]).await, ["name=good"]);
        let aside = shop.state.aside(10).await.unwrap();
        let mut reasons: Vec<&str> = aside.iter().map(|one| one.reason.as_str()).collect();
        reasons.sort_unstable();
        insta::assert_snapshot!(reasons.join("\n"));
        // Back in the inbox they are set aside once more, and nothing is lost.
        let again: Vec<_> = aside.iter().map(|one| (one.event.key, one.event.message_id.clone())).collect();
        assert_eq!(shop.state.retry_aside(&again).await.unwrap(), 5);
        assert_eq!(shop.seal().await.aside, 5);
        assert_eq!(shop.state.aside_count().await.unwrap(), 5);
    });
}

#[test]
fn a_known_event_with_an_unreadable_amount_stays_an_event_that_says_so() {
    Shop::run(async |shop| {
        let event = json!([{"type": "track", "event": "Order Completed", "messageId": "1", "userId": "u",
            "properties": {"order_id": "1", "total": "eleven"}}]);
        let sealed = shop.batch(event).await;
        assert_eq!(sealed.aside, 0);
        let said = shop.column("events", &["detail"]).await;
        assert!(said[0].contains("total: expected an amount such as 12.34, found"), "{said:?}");
        assert!(shop.column("orders", &["net"]).await.is_empty());
    });
}

#[test]
fn nulls_are_nothing() {
    Shop::run(async |shop| {
        shop.batch(json!([{"type": "track", "event": "x", "messageId": "1", "anonymousId": null, "userId": null,
            "context": null, "properties": null, "timestamp": null, "integrations": null}]))
            .await;
        assert_eq!(shop.column("events", &["who", "name"]).await, ["name=x"]);
        assert_eq!(shop.state.person_count().await.unwrap(), 0);
    });
}

/// JSON that looks like what clients send, with anything in its places.
fn twisted() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ -~äß€]{0,12}".prop_map(Value::from),
        Just(json!("2026-11-24T10:00:00Z")),
        Just(json!("999999999999.99")),
        Just(json!([{}])),
    ];
    let fixtures = [
        "segment_batch",
        "shopify_order",
        "shopify_refund",
        "woocommerce_order",
        "stripe_charge",
        "stripe_subscription",
        "stripe_dispute",
    ];
    let changes = prop::collection::vec((any::<prop::sample::Index>(), leaf), 0..6);
    (prop::sample::select(fixtures.to_vec()), changes).prop_map(|(name, changes)| {
        let mut value = fixture(name);
        for (index, leaf) in changes {
            let count = nodes(&mut value, &mut |_, _| {});
            let chosen = index.index(count);
            nodes(&mut value, &mut |place, node| {
                if place == chosen {
                    *node = leaf.clone();
                }
            });
        }
        value
    })
}

/// Goes through all values of a tree; returns how many there are.
fn nodes(value: &mut Value, each: &mut dyn FnMut(usize, &mut Value)) -> usize {
    fn walk(value: &mut Value, place: &mut usize, each: &mut dyn FnMut(usize, &mut Value)) {
        each(*place, value);
        *place += 1;
        match value {
            Value::Object(fields) => fields.values_mut().for_each(|value| walk(value, place, each)),
            Value::Array(values) => values.iter_mut().for_each(|value| walk(value, place, each)),
            _ => {}
        }
    }
    let mut place = 0;
    walk(value, &mut place, each);
    place
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_anything(&bytes);
    }

    #[test]
    fn twisted_payloads_are_read_without_panic(value in twisted()) {
        read_anything(value.to_string().as_bytes());
    }
}
