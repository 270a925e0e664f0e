//! Unknown events are kept whole, and mapped later without loss.

use mehrwert_facts::intake::remap;
use serde_json::{Value, json};

use crate::support::{Shop, now, settings};

fn purchase() -> Value {
    json!([
        {"type": "track", "event": "purchase", "messageId": "1", "anonymousId": "a", "timestamp": "2026-11-24T10:00:00Z",
         "properties": {"ecommerce": {"transaction_id": "T-7"}, "total": 11.9, "tax": 1.9, "currency": "EUR",
            "items": [{"item_id": "HON-1", "price": 10}]}},
        {"type": "track", "event": "landed", "messageId": "2", "anonymousId": "a", "timestamp": "2026-11-24T09:00:00Z",
         "properties": {"href": "https://shop.de/x?utm_source=flyer"}},
        {"type": "track", "event": "other", "messageId": "3", "anonymousId": "a", "timestamp": "2026-11-24T10:00:00Z"},
    ])
}

async fn map(shop: &Shop) {
    let order = json!({"as": "Order Completed", "product_fields": {"product_id": "item_id"},
        "fields": {"order_id": "ecommerce.transaction_id", "products": "items"}});
    let touch = json!({"as": "Page", "fields": {"url": "href"}});
    for (name, body) in [("purchase", &order), ("landed", &touch), ("broken", &json!({"as": "Whatever"}))] {
        shop.state.save_definition("event-mapping", name, 0, body, now()).await.unwrap();
    }
}

#[test]
fn a_mapping_made_later_comes_to_the_same_as_one_made_before() {
    let before = Shop::run(async |shop| {
        map(shop).await;
        shop.batch(purchase()).await;
        shop.facts().await
    });
    assert!(before.iter().any(|row| row.starts_with("touches") && row.contains("source=flyer")), "{before:#?}");
    let sale = before.iter().find(|row| row.starts_with("orders")).unwrap();
    assert!(sale.contains("order_id=T-7") && sale.contains("net=10.00") && sale.contains("product=HON-1"), "{sale}");
    let later = Shop::run(async |shop| {
        shop.batch(purchase()).await;
        assert_eq!(shop.column("events", &["name"]).await.len(), 3);
        assert!(shop.column("orders", &["net"]).await.is_empty());
        map(shop).await;
        for round in 0..2 {
            let added = remap(&shop.state, &shop.lake, &settings(), &mut shop.fresh, now()).await.unwrap();
            assert_eq!(added.generation.is_some(), round == 0);
        }
        shop.facts().await
    });
    assert_eq!(without_names(&before), without_names(&later));
}

/// The number of an order that is only mapped later was no name of its buyer when the event came.
fn without_names(facts: &[String]) -> Vec<String> {
    facts.iter().map(|row| row.replace("+main/order/T-7", "")).collect()
}
