//! What is wrong is refused with the code and the place that the API says, and nothing half-written stays.

use serde_json::{Value, json};

use super::{Answer, Server};

#[track_caller]
fn refused(answer: &Answer, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    let body: Value = serde_json::from_str(&answer.body).expect("refusals are JSON");
    let message = body["message"].as_str().expect("a refusal says why");
    assert!(message.contains(words), "expected '{words}' in '{message}'");
}

#[test]
fn each_mistake_has_its_code() {
    let server = Server::start();
    let event = json!({"event": "E", "anonymousId": "a"});
    refused(&server.post("/v1/track", &[], event.to_string().as_bytes()), 401, "no key");
    refused(&server.post("/v1/track", &[("authorization", "Bearer mw_no")], b"{}"), 401, "opens nothing");
    refused(&server.post("/v1/track", &[("authorization", "Digest x")], b"{}"), 401, "neither Basic nor Bearer");
    let secret = super::mehrwert(server.data.path(), &["keys", "add", "admin", "--kind", "secret", "--format", "json"]);
    let secret = format!("Bearer {}", super::json(&secret)[0]["key"].as_str().unwrap());
    refused(&server.post("/v1/track", &[("authorization", &secret)], b"{}"), 401, "secret key");

    let bearer = format!("Bearer {}", server.key);
    let post = |path: &str, body: &[u8]| server.post(path, &[("authorization", &bearer)], body);
    refused(&post("/v1/track", b"{\"event\":\n  \"E\",,}"), 400, "line 2, column 7");
    refused(&post("/v1/track", b"[]"), 400, "expected an object");
    refused(&post("/v1/batch", b"{}"), 400, "batch");
    refused(&post("/v1/track", &[0x1f, 0x8b, 9, 9, 9]), 400, "gzip");
    let large = |bytes: usize| json!({"event": "E", "anonymousId": "a", "properties": {"x": "x".repeat(bytes)}});
    refused(&post("/v1/track", large(33_000).to_string().as_bytes()), 400, "at most 32768");
    let batch = json!({"batch": vec![large(10_000); 60]});
    refused(&post("/v1/batch", batch.to_string().as_bytes()), 400, "at most 512000");
    refused(&post("/v1/batch", &vec![b' '; 2 << 20]), 413, "at most 1048576");
    refused(&post("/v1/other", b"{}"), 404, "nothing at this address");
    assert_eq!(server.get("/nothing").status, 404);
    server.wait_for_sealing();
    let data = server.stop();
    assert_eq!(super::rows(data.path(), "events"), 0);
}

#[test]
fn an_event_with_a_bad_date_is_kept_aside_and_the_others_are_taken() {
    let server = Server::start();
    let batch = json!({"batch": [
        {"type": "track", "event": "E", "anonymousId": "a", "timestamp": "the day before yesterday"},
        {"type": "track", "event": "E", "anonymousId": "a", "timestamp": "2026-01-01T10:00:00Z"},
    ]});
    assert_eq!(server.track("/v1/batch", &batch).status, 200);
    server.wait_for_sealing();
    assert!((server.metric("mehrwert_aside_events") - 1.0).abs() < 0.1);
    let data = server.stop();
    assert_eq!(super::rows(data.path(), "events"), 1);
}

#[test]
fn a_key_that_sends_too_much_is_told_when_to_come_back() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("mehrwert.toml"), "[limits]\nevents_per_second = 2\n").unwrap();
    let made = super::mehrwert(data.path(), &["keys", "add", "shop", "--format", "json"]);
    let key = super::json(&made)[0]["key"].as_str().unwrap().to_owned();
    let server = Server::start_in(data, key, &[]);
    let event = json!({"type": "track", "event": "E", "anonymousId": "a"});
    assert_eq!(server.track("/v1/batch", &json!({"batch": vec![event.clone(); 10]})).status, 200);
    let answer = server.track("/v1/batch", &json!({"batch": vec![event; 4]}));
    refused(&answer, 429, "try again");
    let seconds: u64 = answer.retry_after.expect("429 says when").parse().unwrap();
    assert!((1..=2).contains(&seconds), "{seconds}");
}
