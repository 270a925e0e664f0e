//! What is acknowledged is there: once, and in the right table.

use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::{Server, mehrwert, rows};

#[test]
fn every_form_of_a_call_arrives_once() {
    let server = Server::start();
    let key = server.key.clone();
    let track = |message: &str| json!({"event": "Quote Requested", "anonymousId": "a-1", "messageId": message});
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{key}:")));
    assert_eq!(server.track("/v1/track", &track("m-1")).status, 200);
    assert_eq!(server.post("/v1/track", &[("authorization", &basic)], track("m-2").to_string().as_bytes()).status, 200);
    // A browser: the key in the body, as plain text, under the short address.
    let mut in_body = track("m-3");
    in_body["writeKey"] = json!(key);
    let text = [("content-type", "text/plain")];
    assert_eq!(server.post("/t", &text, in_body.to_string().as_bytes()).status, 200);
    in_body["messageId"] = json!("m-4");
    assert_eq!(server.post("/v1/t", &text, in_body.to_string().as_bytes()).status, 200);
    // gzip that calls itself a form.
    let batch = json!({"batch": [{"type": "track", "event": "Case Opened", "userId": "u-1", "messageId": "m-5"}]});
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(batch.to_string().as_bytes()).unwrap();
    let form = [("content-type", "application/x-www-form-urlencoded"), ("authorization", basic.as_str())];
    assert_eq!(server.post("/v1/batch", &form, &packer.finish().unwrap()).status, 200);
    let posthog = json!({"api_key": key, "batch": [
        {"event": "Survey Answered", "distinct_id": "d-1", "uuid": "01890a5d-ac96-774b-bcce-b302099a8057", "properties": {}},
    ]});
    assert_eq!(server.post("/batch/", &[], posthog.to_string().as_bytes()).status, 200);
    // All of it once more.
    for message in ["m-1", "m-2", "m-3", "m-4"] {
        assert_eq!(server.track("/v1/track", &track(message)).status, 200);
    }
    assert!((server.metric("mehrwert_events_acknowledged_total") - 10.0).abs() < 0.1);
    assert!((server.metric("mehrwert_events_repeated_total") - 4.0).abs() < 0.1);
    server.wait_for_sealing();
    let data = server.stop();
    assert_eq!(rows(data.path(), "events"), 6);
}

#[test]
fn what_was_acknowledged_before_a_stop_is_sealed_by_it() {
    let server = Server::start();
    for number in 0..20 {
        let order = json!({"event": "Order Completed", "userId": "u", "messageId": format!("m-{number}"),
            "properties": {"order_id": format!("{number}"), "subtotal": 10, "currency": "EUR",
                "products": [{"product_id": "p", "price": 10, "quantity": 1}]}});
        assert_eq!(server.track("/v1/track", &order).status, 200);
    }
    let data = server.stop();
    assert_eq!(rows(data.path(), "orders"), 20);
}

#[test]
fn browsers_of_other_origins_may_call() {
    let server = Server::start();
    let settings = server.get("/v1/projects/some-key/settings");
    let settings: serde_json::Value = serde_json::from_str(&settings.body).unwrap();
    assert_eq!(settings["integrations"]["Segment.io"]["apiKey"], "some-key");
    let request = ureq::http::Request::builder()
        .method("OPTIONS")
        .uri(format!("{}/v1/t", server.address))
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type,authorization")
        .body(())
        .unwrap();
    let response = super::agent().run(request).unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let script = server.get("/mehrwert.js");
    assert!(script.body.contains("sendBeacon") && script.body.len() <= 2_048, "{} bytes", script.body.len());
}

#[test]
fn a_revoked_key_opens_nothing() {
    let server = Server::start();
    let list = super::json(&mehrwert(server.data.path(), &["keys", "list", "--format", "json"]));
    let id = list[0]["id"].as_str().unwrap().to_owned();
    assert!(!list.to_string().contains(&server.key), "what opens is not kept");
    assert!(mehrwert(server.data.path(), &["keys", "revoke", &id]).status.success());
    let event = json!({"event": "E", "anonymousId": "a"});
    assert_eq!(server.track("/v1/track", &event).status, 401);
}
