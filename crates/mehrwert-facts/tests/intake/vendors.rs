//! Each vendor's payload, from its bytes to the rows of the lake.

use mehrwert_facts::intake::{Call, Endpoint, Webhook};
use serde_json::{Value, json};

use crate::support::{Shop, batch, fixture, now, received, webhook};

/// The facts that events come to, as text.
fn facts(all: &[mehrwert_facts::intake::Reading]) -> String {
    Shop::run(async |shop| {
        for reading in all {
            shop.take(reading).await;
        }
        shop.facts().await.join("\n")
    })
}

/// The sum of what an order's rows say, net, VAT and shipping.
async fn total(shop: &Shop) -> mehrwert_core::Amount {
    let cells = shop.column("orders", &["net", "tax", "shipping_charged"]).await;
    let amounts = cells.iter().flat_map(|row| row.split(' ')).filter_map(|cell| cell.split_once('='));
    amounts.map(|(_, amount)| amount.parse::<mehrwert_core::Amount>().unwrap()).sum()
}

pub fn refunded() -> Value {
    let mut order = fixture("shopify_order");
    order["refunds"] = json!([fixture("shopify_refund")]);
    order["financial_status"] = json!("partially_refunded");
    order["updated_at"] = json!("2026-11-24T09:00:01+01:00");
    order
}

pub fn cancelled() -> Value {
    let mut order = refunded();
    order["cancelled_at"] = json!("2026-11-24T18:00:00+01:00");
    order["updated_at"] = json!("2026-11-24T18:00:00+01:00");
    order
}

#[test]
fn a_segment_batch() {
    insta::assert_snapshot!(facts(&[batch(&fixture("segment_batch"), &received(1, now()))]));
}

#[test]
fn a_posthog_batch() {
    let body = json!({"api_key": "mw_x", "sent_at": "2026-11-24T10:00:10Z", "batch": [
        {"event": "$pageview", "distinct_id": "dev-1", "uuid": "p-1", "timestamp": "2026-11-24T10:00:00Z",
         "properties": {"$device_id": "dev-1", "$current_url": "https://shop.de/a?utm_source=x", "$referrer": "$direct",
            "utm_source": "x", "$session_id": "s-1", "$ip": "203.0.113.7", "$lib": "web"}},
        {"event": "$identify", "distinct_id": "u-1", "uuid": "p-2", "timestamp": "2026-11-24T10:00:01Z",
         "properties": {"$anon_distinct_id": "dev-1", "$set": {"email": "eva@example.com", "plan": "gold"}}},
        {"event": "signed up", "distinct_id": "u-1", "uuid": "p-3", "timestamp": "2026-11-24T10:00:02Z", "properties": {"step": 2}},
    ]});
    let call = Call::parse(Endpoint::PostHog, body.to_string().as_bytes()).unwrap();
    assert_eq!((call.write_key(), call.len()), (Some("mw_x"), 3));
    insta::assert_snapshot!(facts(&[call.read(&received(1, now())).unwrap()]));
}

#[test]
fn a_shopify_order() {
    insta::assert_snapshot!(facts(&[webhook(Webhook::Shopify, "orders/create", &fixture("shopify_order"))]));
}

#[test]
fn a_shopify_order_with_a_refund() {
    insta::assert_snapshot!(facts(&[webhook(Webhook::Shopify, "orders/updated", &refunded())]));
}

#[test]
fn a_shopify_order_cancelled_comes_to_nothing() {
    Shop::run(async |shop| {
        shop.take(&webhook(Webhook::Shopify, "orders/create", &fixture("shopify_order"))).await;
        assert_eq!(total(shop).await.to_string(), "41.22");
        shop.take(&webhook(Webhook::Shopify, "orders/updated", &refunded())).await;
        assert_eq!(total(shop).await.to_string(), "25.61");
        shop.take(&webhook(Webhook::Shopify, "orders/cancelled", &cancelled())).await;
        assert_eq!(total(shop).await.to_string(), "0.00");
        insta::assert_snapshot!(shop.facts().await.join("\n"));
    });
}

#[test]
fn a_shopify_shop_without_vat_in_its_prices() {
    let mut order = fixture("shopify_order");
    order["taxes_included"] = json!(false);
    Shop::run(async |shop| {
        shop.take(&webhook(Webhook::Shopify, "orders/create", &order)).await;
        // 21.42 + 14.90 + 4.90, and VAT on top.
        assert_eq!(shop.column("orders", &["net"]).await, ["net=14.90", "net=21.42"]);
        assert_eq!(total(shop).await.to_string(), "45.78");
    });
}

#[test]
fn a_shopify_order_that_is_never_paid_or_a_test_is_no_sale() {
    Shop::run(async |shop| {
        let mut order = fixture("shopify_order");
        order["financial_status"] = json!("pending");
        shop.take(&webhook(Webhook::Shopify, "orders/create", &order)).await;
        assert_eq!(shop.column("orders", &["kind", "net"]).await, ["kind=cancellation net=0.00"]);
        order["financial_status"] = json!("paid");
        order["updated_at"] = json!("2026-11-21T10:00:00+01:00");
        shop.take(&webhook(Webhook::Shopify, "orders/paid", &order)).await;
        assert_eq!(total(shop).await.to_string(), "41.22");
        order["test"] = json!(true);
        order["name"] = json!("#1002");
        let sealed = shop.take(&webhook(Webhook::Shopify, "orders/create", &order)).await;
        assert_eq!((sealed.tests, sealed.events), (1, 1));
        assert_eq!(total(shop).await.to_string(), "41.22");
    });
}

#[test]
fn a_gift_card_sold_is_no_sale() {
    Shop::run(async |shop| {
        let mut order = fixture("shopify_order");
        order["line_items"][1]["gift_card"] = json!(true);
        shop.take(&webhook(Webhook::Shopify, "orders/create", &order)).await;
        let lines = shop.column("orders", &["line", "category", "net"]).await;
        assert_eq!(lines, ["line=1 net=20.02", "line=2 category=gift card net=0.00"]);
    });
}

#[test]
fn a_shopify_customer_and_a_checkout() {
    let said = [
        webhook(Webhook::Shopify, "customers/update", &fixture("shopify_customer")),
        webhook(Webhook::Shopify, "checkouts/create", &fixture("shopify_checkout")),
    ];
    insta::assert_snapshot!(facts(&said));
}

#[test]
fn what_another_webhook_says_better_is_left_out() {
    for (from, topic) in [
        (Webhook::Shopify, "refunds/create"),
        (Webhook::Shopify, "orders/edited"),
        (Webhook::Shopify, "checkouts/update"),
        (Webhook::Shopify, "themes/update"),
        (Webhook::WooCommerce, "coupon.created"),
    ] {
        let reading = webhook(from, topic, &json!({"id": 1}));
        assert!(reading.events.is_empty() && reading.ignored.is_some(), "{topic}");
    }
}

#[test]
fn a_woocommerce_order() {
    insta::assert_snapshot!(facts(&[webhook(Webhook::WooCommerce, "order.created", &fixture("woocommerce_order"))]));
}

#[test]
fn a_woocommerce_order_through_its_states() {
    Shop::run(async |shop| {
        let mut order = fixture("woocommerce_order");
        let mut say = async |shop: &mut Shop, topic: &str, status: &str, minute: u32, refunds: Value| {
            order["status"] = json!(status);
            order["date_modified_gmt"] = json!(format!("2026-11-21T08:{minute:02}:00"));
            order["refunds"] = refunds;
            shop.take(&webhook(Webhook::WooCommerce, topic, &order)).await;
            (total(shop).await.to_string(), shop.column("orders", &["kind"]).await)
        };
        let sale = ["kind=sale"];
        let nothing = json!([]);
        assert_eq!(say(shop, "order.updated", "pending", 1, nothing.clone()).await.1, ["kind=cancellation"]);
        assert_eq!(
            say(shop, "order.updated", "processing", 2, nothing.clone()).await,
            ("26.42".into(), sale.iter().map(|s| (*s).to_owned()).collect())
        );
        let part = json!([{"id": 730, "reason": "", "total": "-10.00"}]);
        assert_eq!(say(shop, "order.updated", "completed", 3, part.clone()).await.0, "16.42");
        assert_eq!(say(shop, "order.updated", "refunded", 4, part).await.0, "0.00");
        assert_eq!(say(shop, "order.updated", "cancelled", 5, nothing.clone()).await.0, "0.00");
        shop.take(&webhook(Webhook::WooCommerce, "order.deleted", &json!({"id": 727}))).await;
        assert_eq!(shop.column("orders", &["kind", "net"]).await, ["kind=cancellation net=0.00"]);
        assert_eq!(say(shop, "order.updated", "processing", 6, nothing).await.1, ["kind=cancellation"]);
    });
}

#[test]
fn a_woocommerce_order_restored_counts_again() {
    Shop::run(async |shop| {
        let order = fixture("woocommerce_order");
        for (topic, body) in [("order.created", &order), ("order.deleted", &json!({"id": 727}))] {
            shop.take(&webhook(Webhook::WooCommerce, topic, body)).await;
        }
        assert_eq!(total(shop).await.to_string(), "0.00");
        let mut later = received(3, now());
        later.received_at += jiff::SignedDuration::from_secs(60);
        let body = order.to_string();
        let reading =
            mehrwert_facts::intake::read_webhook(Webhook::WooCommerce, "order.restored", body.as_bytes(), &later);
        shop.take(&reading.unwrap()).await;
        assert_eq!(total(shop).await.to_string(), "26.42");
    });
}

#[test]
fn a_deleted_shopify_order_is_taken_out_whichever_comes_first() {
    let order = webhook(Webhook::Shopify, "orders/create", &fixture("shopify_order"));
    let gone = webhook(Webhook::Shopify, "orders/delete", &json!({"id": 820_982_911_946_154_508_u64}));
    for both in [[&order, &gone], [&gone, &order]] {
        Shop::run(async |shop| {
            for reading in both {
                shop.take(reading).await;
            }
            assert_eq!(
                shop.column("orders", &["kind", "order_id", "net"]).await,
                ["order_id=1001 kind=cancellation net=0.00"]
            );
        });
    }
    // Both in one portion.
    Shop::run(async |shop| {
        shop.state.append(&gone.events).await.unwrap();
        shop.take(&order).await;
        assert_eq!(shop.column("orders", &["kind", "net"]).await, ["kind=cancellation net=0.00"]);
    });
}

#[test]
fn stripe_payments_and_a_subscription() {
    let said = ["stripe_charge", "stripe_refund", "stripe_dispute", "stripe_subscription"];
    insta::assert_snapshot!(facts(&said.map(|name| webhook(Webhook::Stripe, "", &fixture(name)))));
}

#[test]
fn a_stripe_payment_that_several_events_tell_is_one() {
    let charge = fixture("stripe_charge");
    let mut intent =
        json!({"id": "evt_pi", "created": 1_795_300_000, "livemode": true, "type": "payment_intent.succeeded"});
    intent["data"]["object"] = json!({"id": "pi_3NG8Du2eZvKYlo2C0", "created": 1_795_214_001, "currency": "eur",
        "amount_received": 4122, "latest_charge": "ch_3NG8Du2eZvKYlo2C0", "metadata": {"order_id": "1001"}});
    for both in [[&charge, &intent], [&intent, &charge]] {
        Shop::run(async |shop| {
            for body in both {
                shop.take(&webhook(Webhook::Stripe, "", body)).await;
            }
            assert_eq!(shop.column("payments", &["method", "amount"]).await, ["method=card amount=41.22"]);
        });
    }
    let mut test = charge;
    test["livemode"] = json!(false);
    Shop::run(async |shop| {
        assert_eq!(shop.take(&webhook(Webhook::Stripe, "", &test)).await.tests, 1);
        assert!(shop.facts().await.is_empty());
    });
}
