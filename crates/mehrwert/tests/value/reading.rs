//! How files are read, kept under a name in the data directory.

use crate::{run_in, stderr, succeed_in, write};

/// Days up to the twelfth only: day and month could be either.
fn orders() -> String {
    let mut text = "Kd;Tag;Summe\n".to_owned();
    for order in 0..120 {
        text += &format!("k{};{:02}/{:02}/2023;{},50\n", order % 40, order % 12 + 1, (order / 12) % 12 + 1, order + 10);
    }
    text
}

const MAP: &str = "customer=Kd,date=Tag,amount=Summe";

#[test]
fn what_is_remembered_is_used_again_and_what_is_said_beside_it_goes_before() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    write(folder.path(), "orders.csv", orders());
    let value = |more: &[&str]| {
        let arguments = [&["value", "orders.csv", "--format", "json"][..], more].concat();
        serde_json::from_str::<serde_json::Value>(&succeed_in(folder.path(), &arguments)).expect("JSON")
    };
    let said = value(&["--map", MAP, "--dates", "dmy", "--vat", "19%", "--remember", "laden"]);
    assert!(folder.path().join("mehrwert-data/state.sqlite").exists());
    assert_eq!(value(&["--as", "laden"]), said);
    let other = value(&["--as", "laden", "--dates", "mdy"]);
    assert_ne!(other["period"], said["period"]);
    // Remembering again replaces; another directory knows nothing of it.
    value(&["--as", "laden", "--dates", "mdy", "--remember", "laden"]);
    assert_eq!(value(&["--as", "laden"])["period"], other["period"]);
    value(&["--map", MAP, "--dates", "dmy", "--remember", "laden", "--data", "elsewhere"]);
    assert_eq!(value(&["--as", "laden"])["period"], other["period"]);
}

#[test]
fn a_name_that_nothing_is_kept_under_is_refused() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    write(folder.path(), "orders.csv", orders());
    let refused = |more: &[&str], message: &str| {
        let output = run_in(folder.path(), &[&["value", "orders.csv"][..], more].concat());
        assert_eq!(output.status.code(), Some(2), "{more:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(message), "{more:?}: {}", stderr(&output));
    };
    refused(&["--as", "laden"], "the data directory mehrwert-data, which does not exist");
    assert!(!folder.path().join("mehrwert-data").exists(), "asking makes no directory");
    succeed_in(folder.path(), &["value", "orders.csv", "--map", MAP, "--dates", "dmy", "--remember", "laden"]);
    refused(&["--as", "markt"], "kept are: laden");
    refused(&["--as", "laden", "--state", "mysql://host/shop"], "expected postgres://");
    // What cannot be read is not remembered.
    refused(&["--map", MAP, "--remember", "markt"], "--dates dmy or --dates mdy");
    refused(&["--as", "markt"], "kept are: laden");
}
