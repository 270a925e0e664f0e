//! The rooms of the house and the arrows between them (ARCHITECTURE.md), held by what cargo itself says.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Which rooms a room may use. An arrow that is not here is refused, whoever needs it.
const ARROWS: [(&str, &[&str]); 9] = [
    ("mehrwert-core", &[]),
    ("mehrwert-clv", &[]),
    ("mehrwert-charts", &["mehrwert-core"]),
    ("mehrwert-state", &["mehrwert-core"]),
    ("mehrwert-facts", &["mehrwert-core", "mehrwert-state"]),
    ("mehrwert-insight", &["mehrwert-core", "mehrwert-clv", "mehrwert-facts"]),
    ("mehrwert-server", &["mehrwert-core", "mehrwert-facts", "mehrwert-state"]),
    (
        "mehrwert",
        &[
            "mehrwert-core",
            "mehrwert-clv",
            "mehrwert-charts",
            "mehrwert-facts",
            "mehrwert-insight",
            "mehrwert-state",
            "mehrwert-server",
        ],
    ),
    ("xtask", &["mehrwert-core", "mehrwert-clv"]),
];

/// Libraries that some rooms must never see: outside libraries that bring input, output or a wire format. The models' room
/// writes JSON for one purpose, models that are kept for the next time: their text is part of what it promises.
const KEPT_OUT: [(&str, &[&str]); 5] = [
    ("mehrwert-core", &["tokio", "datafusion", "serde_json", "clap"]),
    ("mehrwert-clv", &["tokio", "datafusion", "arrow", "clap", "jiff"]),
    ("mehrwert-charts", &["tokio", "datafusion", "serde_json", "clap"]),
    ("mehrwert-state", &["datafusion", "arrow", "parquet", "csv", "clap", "rand"]),
    ("mehrwert-insight", &["tokio", "serde_json", "clap", "csv", "parquet"]),
];

/// The rooms of the workspace and what each uses outside of tests.
fn rooms() -> BTreeMap<String, Vec<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version", "1", "--no-deps"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().expect("cargo can be started by a test that cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo describes the workspace as JSON");
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let used = |package: &Value| {
        // Dependencies of tests and of build scripts have a kind, those that are shipped have none.
        list(&package["dependencies"]).iter().filter(|one| one["kind"].is_null()).map(name).collect()
    };
    list(&metadata["packages"]).iter().map(|package| (name(package), used(package))).collect()
}

#[test]
fn arrows_point_downward_only() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    let rooms = rooms();
    for (room, used) in &rooms {
        let allowed = allowed.get(room.as_str()).unwrap_or_else(|| panic!("{room} is no room of ARCHITECTURE.md"));
        for other in used.iter().filter(|name| rooms.contains_key(*name)) {
            assert!(allowed.contains(&other.as_str()), "{room} must not use {other}");
        }
    }
    for room in allowed.keys() {
        assert!(rooms.contains_key(*room), "the room {room} is listed here but not in the workspace");
    }
}

#[test]
fn pure_rooms_stay_pure() {
    let rooms = rooms();
    for (room, kept_out) in KEPT_OUT {
        for library in kept_out {
            assert!(!rooms[room].iter().any(|used| used == library), "{room} must not use {library}");
        }
    }
}
