//! What comes twice, out of turn, or from several sides is there once.

use mehrwert_facts::intake::{Reading, Webhook};
use mehrwert_facts::lake::{Addition, LookUp};
use mehrwert_facts::tables::{Authority, FactRows, FactTable, Head, Payment, Rank, Unit, Version};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{Shop, batch, fixture, now, received, settings, webhook};
use crate::vendors::{cancelled, refunded};

/// A payment as the import of PayPal's export adds it.
async fn paypal(shop: &mut Shop) {
    let at = "2026-11-20T22:30:00Z".parse().unwrap();
    let head = Head {
        unit: Unit::of(FactTable::Payments, &["paypal", "8WX1"]),
        place: 0,
        version: Version::new(Authority::Record, at, Rank::Export),
        origin: "paypal",
        at,
        day: "2026-11-20".parse().unwrap(),
        received_at: now(),
        who: None,
    };
    let row = Payment {
        shop: Some("main"),
        order_id: Some("1001"),
        method: Some("paypal"),
        amount: "41.22".parse().unwrap(),
        fee: "1.38".parse().ok(),
        kind: "payment",
        currency: "EUR".parse().ok(),
    };
    let mut rows = FactRows::default();
    rows.payments.push(&head, &row);
    let addition = Addition { readings: vec![rows.finish().unwrap()], read: None, reason: "paypal".to_owned() };
    let mut files = 1_000_000;
    let mut fresh = || {
        files += 1;
        mehrwert_core::FileId::new(files, [9; 10])
    };
    shop.lake.add(&shop.state, addition, LookUp::All, &mut fresh, now()).await.unwrap();
}

/// The sides from which one sale is told.
fn sides() -> [Option<Reading>; 4] {
    [
        Some(batch(&fixture("segment_batch"), &received(1, now()))),
        Some(webhook(Webhook::Shopify, "orders/create", &fixture("shopify_order"))),
        Some(webhook(Webhook::Stripe, "", &fixture("stripe_charge"))),
        // PayPal, as a file.
        None,
    ]
}

#[test]
fn one_sale_from_browser_shop_stripe_and_paypal_is_one_sale() {
    let mut told = Vec::new();
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1], [1, 2, 3, 0]] {
        let facts = Shop::run(async |shop| {
            for _ in 0..2 {
                for side in order {
                    match &sides()[side] {
                        Some(reading) => drop(shop.take(reading).await),
                        None => paypal(shop).await,
                    }
                }
            }
            let sale = shop.column("orders", &["origin", "order_id", "line", "kind", "net"]).await;
            assert_eq!(
                sale,
                [
                    "origin=shopify order_id=1001 line=1 kind=sale net=20.02",
                    "origin=shopify order_id=1001 line=2 kind=sale net=12.52"
                ]
            );
            assert_eq!(
                shop.column("payments", &["order_id", "fee"]).await,
                ["order_id=1001", "order_id=1001 fee=1.38"]
            );
            // Whoever was seen by the browser is the one who bought.
            assert_eq!(shop.state.person_count().await.unwrap(), 1);
            shop.facts().await
        });
        told.push(facts);
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:#?}");
}

#[test]
fn a_browsers_order_stands_until_the_shop_speaks() {
    Shop::run(async |shop| {
        let [browser, order, ..] = sides();
        shop.take(&browser.unwrap()).await;
        let report = ["origin=tracking net=12.53", "origin=tracking net=20.01"];
        assert_eq!(shop.column("orders", &["origin", "net"]).await, report);
        shop.take(&order.unwrap()).await;
        assert_eq!(
            shop.column("orders", &["origin", "net"]).await,
            ["origin=shopify net=12.52", "origin=shopify net=20.02"]
        );
    });
}

#[test]
fn a_browsers_refund_stands_until_the_shop_speaks() {
    let refund = json!([{"type": "track", "event": "Order Refunded", "messageId": "r", "anonymousId": "a",
        "properties": {"order_id": "#1001", "total": 10.71, "tax": 0.7, "currency": "EUR"}}]);
    Shop::run(async |shop| {
        shop.batch(refund.clone()).await;
        assert_eq!(shop.column("orders", &["kind", "net"]).await, ["kind=refund net=-10.01"]);
        shop.take(&webhook(Webhook::Shopify, "orders/updated", &refunded())).await;
        let kinds = shop.column("orders", &["kind", "origin", "line"]).await;
        assert!(kinds.iter().all(|row| row.contains("shopify")) && kinds.len() == 4, "{kinds:?}");
    });
}

#[test]
fn every_webhook_twice_and_an_event_twice_change_nothing() {
    Shop::run(async |shop| {
        let all = [
            batch(&fixture("segment_batch"), &received(1, now())),
            webhook(Webhook::Shopify, "orders/updated", &refunded()),
            webhook(Webhook::Shopify, "customers/update", &fixture("shopify_customer")),
            webhook(Webhook::WooCommerce, "order.created", &fixture("woocommerce_order")),
            webhook(Webhook::Stripe, "", &fixture("stripe_charge")),
            webhook(Webhook::Stripe, "", &fixture("stripe_subscription")),
        ];
        for reading in &all {
            shop.take(reading).await;
        }
        let first = shop.facts().await;
        let generation = shop.state.snapshot(None).await.unwrap().generation;
        for reading in all.iter().rev() {
            assert_eq!(shop.take(reading).await.events, 0);
        }
        assert_eq!(shop.facts().await, first);
        assert_eq!(shop.state.snapshot(None).await.unwrap().generation, generation);
    });
}

#[test]
fn a_clock_a_day_off_either_way_tells_the_same_time() {
    let told = |days: i64| {
        let shift = jiff::SignedDuration::from_hours(24 * days);
        let at = |text: &str| (text.parse::<jiff::Timestamp>().unwrap() + shift).to_string();
        Shop::run(async |shop| {
            let body = json!({"sentAt": at("2026-11-25T11:59:59Z"), "batch": [
                {"type": "track", "event": "Order Completed", "messageId": "m", "anonymousId": "a", "timestamp": at("2026-11-25T11:00:00Z"),
                 "properties": {"order_id": "7", "subtotal": 5, "currency": "EUR"}},
                {"type": "page", "messageId": "p", "anonymousId": "a", "originalTimestamp": at("2026-11-25T11:01:00Z")},
            ]});
            shop.take(&batch(&body, &received(1, now()))).await;
            shop.facts().await
        })
    };
    let right = told(0);
    assert!(right.iter().any(|row| row.contains("at=2026-11-25T11:00:01Z | day=2026-11-25")), "{right:#?}");
    assert_eq!(told(1), right);
    assert_eq!(told(-1), right);
    assert_eq!(told(-20_000), right);
}

#[test]
fn days_are_those_of_the_shops_own_clock() {
    Shop::run(async |shop| {
        let body =
            json!({"batch": [{"type": "track", "event": "x", "messageId": "m", "timestamp": "2026-11-20T23:30:00Z"}]});
        shop.take(&batch(&body, &received(1, now()))).await;
        assert_eq!(shop.column("events", &["at", "day"]).await, ["at=2026-11-20T23:30:00Z day=2026-11-21"]);
        assert_eq!(settings().time_zone.iana_name(), Some("Europe/Berlin"));
    });
}

#[test]
fn events_without_ids_are_known_again_by_what_they_say() {
    let event = json!({"type": "track", "event": "Liked", "anonymousId": null, "userId": "u", "timestamp": "2026-11-24T10:00:00Z"});
    let call = json!({"sentAt": "2026-11-24T10:00:05Z", "batch": [event, event]});
    let again = json!({"sentAt": "2026-11-24T10:00:05Z", "batch": [event, event]});
    Shop::run(async |shop| {
        shop.take(&batch(&call, &received(1, now()))).await;
        let later = now() + jiff::SignedDuration::from_secs(60);
        shop.take(&batch(&again, &received(1, later))).await;
        assert_eq!(shop.column("events", &["name", "who"]).await, ["who=u name=Liked", "who=u name=Liked"]);
        // Under another key it is another sender's.
        shop.take(&batch(&call, &received(9, now()))).await;
        assert_eq!(shop.column("events", &["name"]).await.len(), 4);
    });
}

#[test]
fn two_who_seal_at_once_seal_every_event_once() {
    Shop::run(async |shop| {
        let events: Vec<_> = (0..200).map(|number| json!({"type": "track", "event": "x", "messageId": number.to_string(), "userId": (number % 7).to_string()})).collect();
        shop.state.append(&batch(&json!({"batch": events}), &received(1, now())).events).await.unwrap();
        let mut tasks = Vec::new();
        for one in 0..4_u8 {
            let (state, lake) = (shop.state.clone(), shop.lake.clone());
            tasks.push(tokio::spawn(async move {
                let mut fresh = Apart(one, crate::support::Counter::default());
                mehrwert_facts::intake::seal(&state, &lake, &settings(), &mut fresh, now()).await.unwrap()
            }));
        }
        let mut sealed = 0;
        for task in tasks {
            sealed += task.await.unwrap().events;
        }
        assert_eq!(sealed, 200);
        assert_eq!(shop.column("events", &["name"]).await.len(), 200);
        assert_eq!(shop.state.person_count().await.unwrap(), 7);
    });
}

/// Ids that no other of several at once hands out.
struct Apart(u8, crate::support::Counter);

impl mehrwert_facts::identities::Fresh for Apart {
    fn person(&mut self) -> (mehrwert_core::PersonId, mehrwert_core::AliasId) {
        let (person, alias) = self.1.person();
        let apart = |mut bytes: [u8; 16]| {
            bytes[0] = self.0 + 1;
            bytes
        };
        (
            mehrwert_core::PersonId::from_bytes(apart(person.bytes())),
            mehrwert_core::AliasId::from_bytes(apart(alias.bytes())),
        )
    }

    fn file(&mut self) -> mehrwert_core::FileId {
        let mut bytes = self.1.file().bytes();
        bytes[0] = self.0 + 1;
        mehrwert_core::FileId::from_bytes(bytes)
    }
}

/// Everything that is told of two orders and their buyer, in the order in which it happened.
fn story() -> Vec<Reading> {
    let shopify = |topic: &str, body: &serde_json::Value| webhook(Webhook::Shopify, topic, body);
    let mut paid = fixture("shopify_order");
    paid["financial_status"] = json!("pending");
    let pending = shopify("orders/create", &paid);
    let mut fulfilled = fixture("shopify_order");
    fulfilled["fulfillment_status"] = json!("fulfilled");
    // Two states of one second.
    let other = |status: &str| {
        let mut order = fixture("woocommerce_order");
        order["status"] = json!(status);
        if status == "completed" {
            order["date_completed_gmt"] = json!("2026-11-20T22:28:08");
        }
        webhook(Webhook::WooCommerce, "order.updated", &order)
    };
    vec![
        batch(&fixture("segment_batch"), &received(1, now())),
        pending,
        shopify("orders/paid", &fixture("shopify_order")),
        shopify("orders/fulfilled", &fulfilled),
        other("processing"),
        other("completed"),
        webhook(Webhook::Stripe, "", &fixture("stripe_charge")),
        shopify("orders/updated", &refunded()),
        shopify("customers/update", &fixture("shopify_customer")),
        webhook(Webhook::Stripe, "", &fixture("stripe_refund")),
        shopify("orders/cancelled", &cancelled()),
        webhook(Webhook::Stripe, "", &fixture("stripe_dispute")),
    ]
}

async fn tell(shop: &mut Shop, told: &[Reading], seal_every: usize) {
    for (place, reading) in told.iter().enumerate() {
        shop.state.append(&reading.events).await.unwrap();
        if place % seal_every == 0 {
            shop.seal().await;
        }
    }
    shop.seal().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_arrival_does_not_matter(
        shuffled in Just(story().into_iter().chain(story()).collect::<Vec<_>>()).prop_shuffle(),
        seal_every in 1_usize..8,
    ) {
        let straight = Shop::run(async |shop| {
            tell(shop, &story(), 1).await;
            shop.facts().await
        });
        let turned = Shop::run(async |shop| {
            tell(shop, &shuffled, seal_every).await;
            shop.facts().await
        });
        prop_assert_eq!(straight, turned);
    }
}
