//! Webhooks: only what is signed is taken, and twice is once.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use super::{Server, command, json as printed, mehrwert, rows};

fn sign(secret: &str, body: &str) -> Vec<u8> {
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    hmac.update(body.as_bytes());
    hmac.finalize().into_bytes().to_vec()
}

/// Adds a webhook, with its secret from the environment.
fn add(server: &Server, source: &str, secret: &str) {
    let mut add = command(server.data.path());
    add.args(["webhooks", "add", source, "shop", "--format", "json"]).env("MEHRWERT_WEBHOOK_SECRET", secret);
    let added = printed(&add.output().unwrap());
    assert_eq!(added[0]["address"], format!("/webhooks/{source}/shop"));
}

#[test]
fn a_signed_order_of_shopify_counts_once() {
    let server = Server::start();
    add(&server, "shopify", "s3cret");
    let order = json!({
        "id": 820982911946154508_u64, "name": "#1001", "email": "jon@example.com", "currency": "EUR",
        "created_at": "2026-01-05T10:00:00+01:00", "updated_at": "2026-01-05T10:00:01+01:00", "taxes_included": false,
        "total_price": "20.00", "subtotal_price": "20.00", "total_tax": "0.00", "total_discounts": "0.00",
        "financial_status": "paid",
        "line_items": [{"id": 1, "product_id": 7, "title": "Soap", "quantity": 2, "price": "10.00", "total_discount": "0.00"}],
    })
    .to_string();
    let right = BASE64_STANDARD.encode(sign("s3cret", &order));
    let post = |signature: &str, body: &str| {
        let headers = [("x-shopify-hmac-sha256", signature), ("x-shopify-topic", "orders/create")];
        server.post("/webhooks/shopify/shop", &headers, body.as_bytes()).status
    };
    assert_eq!(post(&BASE64_STANDARD.encode(sign("other", &order)), &order), 401);
    assert_eq!(post(&right, &order.replace("20.00", "2.00")), 401);
    assert_eq!(server.post("/webhooks/shopify/shop", &[], order.as_bytes()).status, 401);
    assert_eq!(server.post("/webhooks/shopify/other", &[], order.as_bytes()).status, 404);
    assert_eq!(post(&right, &order), 200);
    assert_eq!(post(&right, &order), 200);
    server.wait_for_sealing();
    let data = server.stop();
    assert_eq!(rows(data.path(), "orders"), 1);
}

#[test]
fn the_first_ping_of_woocommerce_needs_no_signature() {
    let server = Server::start();
    add(&server, "woocommerce", "s3cret");
    let post = |headers: &[(&str, &str)], body: &str| {
        server.post("/webhooks/woocommerce/shop", headers, body.as_bytes()).status
    };
    assert_eq!(post(&[("content-type", "application/x-www-form-urlencoded")], "webhook_id=12"), 200);
    assert_eq!(post(&[], "webhook_id=12&order=1"), 401);
    let body = "{\"id\":1,\"email\":\"a@example.com\"}";
    let signature = BASE64_STANDARD.encode(sign("s3cret", body));
    let topic = ("x-wc-webhook-topic", "customer.created");
    assert_eq!(post(&[("x-wc-webhook-signature", &signature), topic], body), 200);
    assert_eq!(post(&[("x-wc-webhook-signature", &signature)], body), 400);
}

#[test]
fn stripe_is_taken_within_five_minutes() {
    let server = Server::start();
    add(&server, "stripe", "whsec_1");
    let body =
        json!({"id": "evt_1", "type": "plan.created", "created": 1_767_600_000, "data": {"object": {}}}).to_string();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let post = |seconds: u64| {
        let hex: String =
            sign("whsec_1", &format!("{seconds}.{body}")).iter().map(|byte| format!("{byte:02x}")).collect();
        let header = format!("t={seconds},v1={},v1={hex}", "0".repeat(64));
        server.post("/webhooks/stripe/shop", &[("stripe-signature", &header)], body.as_bytes()).status
    };
    assert_eq!(post(now), 200);
    assert_eq!(post(now - 400), 401);
}

#[test]
fn webhooks_are_listed_without_their_secrets_and_removed() {
    let server = Server::start();
    add(&server, "stripe", "whsec_1");
    let list = mehrwert(server.data.path(), &["webhooks", "list", "--format", "json"]);
    assert!(!String::from_utf8_lossy(&list.stdout).contains("whsec_1"));
    assert_eq!(printed(&list)[0]["source"], "stripe");
    let again =
        command(server.data.path()).args(["webhooks", "add", "stripe", "shop", "--secret", "other"]).output().unwrap();
    assert_eq!(again.status.code(), Some(2));
    assert!(mehrwert(server.data.path(), &["webhooks", "remove", "stripe", "shop"]).status.success());
    assert_eq!(mehrwert(server.data.path(), &["webhooks", "remove", "stripe", "shop"]).status.code(), Some(2));
    assert_eq!(server.post("/webhooks/stripe/shop", &[], b"{}").status, 404);
}
