//! What an operator relies on: health, metrics, settings and logs.

use std::process::Stdio;

use serde_json::{Value, json};

use super::{Server, command, mehrwert};

#[test]
fn health_and_metrics_answer() {
    let server = Server::start();
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.get("/readyz").status, 200);
    let metrics = server.get("/metrics").body;
    for name in
        ["mehrwert_events_acknowledged_total 0", "mehrwert_inbox_events 0", "# TYPE mehrwert_intake_seconds histogram"]
    {
        assert!(metrics.contains(name), "no {name} in {metrics}");
    }
}

#[test]
fn settings_say_where_they_come_from() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mehrwert.toml"), "shop = \"lab\"\n[log]\nlevel = \"warn\"\n").unwrap();
    let mut print = command(folder.path());
    print
        .args(["serve", "--print-config", "--format", "json", "--listen", "127.0.0.1:1"])
        .env("MEHRWERT_LOG_LEVEL", "debug");
    let settings = super::json(&print.output().unwrap());
    let of = |name: &str| settings.as_array().unwrap().iter().find(|one| one["setting"] == name).unwrap().clone();
    assert_eq!(of("shop")["value"], "lab");
    assert!(of("shop")["origin"].as_str().unwrap().ends_with("mehrwert.toml, line 1"));
    assert_eq!(of("log.level")["origin"], "MEHRWERT_LOG_LEVEL");
    assert_eq!(of("listen")["origin"], "--listen");
    assert_eq!(of("time_zone")["origin"], "default");

    std::fs::write(folder.path().join("mehrwert.toml"), "shopp = \"lab\"\n").unwrap();
    let refused = mehrwert(folder.path(), &["serve"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("line 1: there is no setting 'shopp'; did you mean 'shop'?"), "{said}");
}

#[test]
fn the_log_holds_no_personal_data() {
    let data = tempfile::tempdir().unwrap();
    let made = mehrwert(data.path(), &["keys", "add", "shop", "--format", "json"]);
    let key = super::json(&made)[0]["key"].as_str().unwrap().to_owned();
    let mut serve = command(data.path());
    serve.args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--log-level", "trace"]);
    let log = std::fs::File::create(data.path().join("log")).unwrap();
    let mut child = serve.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
    let address = line.trim().strip_prefix("Mehrwert listens on ").unwrap().to_owned();
    let log = data.path().join("log");
    let server = Server { child, address, data, key };
    let event = json!({"userId": "u-17", "traits": {"email": "erika@example.com"}, "context": {"ip": "203.0.113.9"}});
    assert_eq!(server.track("/v1/identify?token=hidden", &event).status, 200);
    server.post("/v1/erika@example.com", &[], b"{}");
    server.wait_for_sealing();
    let _data = server.stop();
    let log = std::fs::read_to_string(log).unwrap();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(line["level"].is_string());
    }
    assert!(log.contains("/v1/"), "requests are logged at this level: {log}");
    for personal in ["erika", "203.0.113.9", "u-17", "hidden", "mw_"] {
        assert!(!log.contains(personal), "{personal} is in the log: {log}");
    }
}
