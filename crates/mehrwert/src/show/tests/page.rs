//! The page: what it says, and what holds for every page.

use std::collections::BTreeSet;

use mehrwert_charts::Language;
use mehrwert_core::Day;

use super::{report, results};

const COMMAND: &str = "mehrwert value bestellungen-2022-2024.csv --horizon 3y --report wert.html";

fn page(result: &mehrwert_insight::value::ValueResult, language: Language) -> String {
    report::render(result, language, "2024-07-01".parse::<Day>().unwrap(), COMMAND).unwrap()
}

#[test]
fn pages_for_the_owner() {
    for language in Language::ALL {
        for (name, result) in results() {
            let page = page(&result, language);
            // The style sheets are files of their own; the snapshot shows what the page says.
            let body = page.split_once("</head>").unwrap().1;
            insta::assert_snapshot!(format!("page_{name}_{language}"), body);
        }
    }
}

#[test]
fn pages_are_sound() {
    for language in Language::ALL {
        for (name, result) in results() {
            assert_sound(&page(&result, language), language, name);
        }
    }
}

/// What holds for every page.
pub fn assert_sound(page: &str, language: Language, name: &str) {
    assert!(page.contains(&format!("<html lang=\"{language}\">")));
    assert_balanced(page, name);
    assert_unique_ids(page, name);
    let lower = page.to_lowercase();
    for foreign in ["http:", "https:", "//www", "src=", "@import", "url(//", "<script", "<link", "javascript"] {
        assert!(!lower.contains(foreign), "{name}: {foreign}");
    }
    let visible = lower.split_once("</head>").unwrap().1;
    assert!(!visible.contains("nan") && !visible.contains(">inf"), "{name}");
}

/// Every element that is opened is closed, in the order of opening.
fn assert_balanced(page: &str, name: &str) {
    const EMPTY: [&str; 2] = ["meta", "!doctype"];
    let mut open: Vec<&str> = Vec::new();
    for piece in page.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').unwrap_or_else(|| panic!("{name}: '<{piece}' has no end"));
        let element = tag.trim_start_matches('/').split([' ', '\n', '/']).next().unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(element), "{name}: </{element}>");
        } else if !tag.ends_with('/') && !EMPTY.contains(&element) {
            open.push(element);
        }
    }
    assert!(open.is_empty(), "{name}: {open:?} stay open");
}

/// No id twice, and everything that is named by an id exists.
fn assert_unique_ids(page: &str, name: &str) {
    let values = |attribute: &str| -> Vec<String> {
        page.split(&format!(" {attribute}=\""))
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .map(str::to_owned)
            .collect()
    };
    let ids = values("id");
    let unique: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "{name}: an id stands twice");
    let hatches = page.split("url(#").skip(1).filter_map(|rest| rest.split(')').next()).map(str::to_owned);
    let labelled = values("aria-labelledby");
    for named in labelled.iter().flat_map(|names| names.split(' ')).map(str::to_owned).chain(hatches) {
        assert!(unique.contains(&named), "{name}: nothing has the id '{named}'");
    }
}
