//! Both languages say the same things, and every text asked for exists.

use std::collections::BTreeSet;
use std::path::Path;

use mehrwert_facts::orders::Role;
use mehrwert_facts::tables::FactTable;

use super::super::names;
use super::super::words::{ENGLISH, GERMAN};

fn keys(source: &str) -> BTreeSet<String> {
    let lines = source.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
    lines.filter_map(|line| line.split_once(" =")).map(|(key, _)| key.to_owned()).collect()
}

/// Gaps that a language fills, by key: both must fill the same.
fn gaps(source: &str, key: &str) -> BTreeSet<String> {
    let start = source.find(&format!("\n{key} =")).unwrap() + 1;
    let message = source[start..].split("\n\n").next().unwrap();
    let mut own = String::new();
    for (index, line) in message.lines().enumerate() {
        if index > 0 && !line.starts_with([' ', '}']) {
            break;
        }
        own.push_str(line);
    }
    let variables = own.split('$').skip(1);
    let name = |text: &str| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap().to_owned();
    variables.map(|text| name(text).trim_end_matches("-count").to_owned()).collect()
}

#[test]
fn both_languages_say_the_same_things() {
    assert_eq!(keys(GERMAN), keys(ENGLISH));
    for source in [GERMAN, ENGLISH] {
        assert!(fluent_bundle::FluentResource::try_new(source.to_owned()).is_ok());
    }
    for key in keys(GERMAN) {
        assert!(gaps(GERMAN, &key).is_subset(&gaps(ENGLISH, &key)), "{key} lacks a gap in English");
    }
}

/// Keys are the only literals of this folder that are lower-case words joined by hyphens.
#[test]
fn every_text_asked_for_exists_and_none_is_idle() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut used = BTreeSet::new();
    for path in sources(&folder.join("src/show")).into_iter().chain(sources(&folder.join("templates"))) {
        let source = std::fs::read_to_string(&path).unwrap();
        let is_template = path.extension().is_some_and(|extension| extension == "html");
        if is_template {
            used.extend(source.split("text(\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        } else {
            used.extend(source.split('"').filter(|literal| is_key(literal)).map(str::to_owned));
        }
    }
    let known = keys(GERMAN);
    used.extend(composed());
    used.extend(listed(folder));
    // Of the columns of the tables only those have a text that an import compares.
    used.extend(columns().into_iter().filter(|key| known.contains(key)));
    let missing: Vec<_> = used.difference(&known).collect();
    let idle: Vec<_> = known.difference(&used).collect();
    assert!(missing.is_empty(), "no text for {missing:?}");
    assert!(idle.is_empty(), "nobody says {idle:?}");
}

/// Keys that are made of names: a role's, a table's.
fn composed() -> Vec<String> {
    let roles = Role::ALL.into_iter().map(|role| names::role_key(Some(role)));
    let tables = FactTable::ALL.into_iter().map(FactTable::name).chain(["products", "rates", "people"]);
    roles.chain(tables.map(|name| format!("table-{name}"))).collect()
}

/// Keys of lists: their titles, and the fields that the commands name in `Listing::new`.
fn listed(folder: &Path) -> Vec<String> {
    let titles = ["settings", "keys", "key-made", "webhooks", "webhook-added"].map(|title| format!("listing-{title}"));
    let mut keys = titles.to_vec();
    for command in ["keys.rs", "serve.rs", "webhooks.rs"] {
        let source = std::fs::read_to_string(folder.join("src").join(command)).unwrap();
        for call in source.split("Listing::new(").skip(1) {
            let fields = call.split_once("&[").unwrap().1.split(']').next().unwrap();
            keys.extend(fields.split('"').skip(1).step_by(2).map(|field| format!("field-{}", field.replace('_', "-"))));
        }
    }
    keys
}

/// Keys of the columns of all tables, and of the number of an order's lines.
fn columns() -> Vec<String> {
    let of = |table: FactTable| {
        let fields = table.schema();
        fields.fields().iter().map(|field| format!("fact-{}", field.name().replace('_', "-"))).collect::<Vec<_>>()
    };
    FactTable::ALL.into_iter().flat_map(of).chain(["fact-lines".to_owned()]).collect()
}

fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_source = path.extension().is_some_and(|extension| extension == "rs" || extension == "html");
        if path.is_dir() && !path.ends_with("tests") && !path.ends_with("snapshots") {
            found.extend(sources(&path));
        } else if is_source && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
    found
}

fn is_key(literal: &str) -> bool {
    literal.contains('-')
        && literal.starts_with(|first: char| first.is_ascii_lowercase())
        && literal
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}
