//! Habits of the house that a small check can hold.

use std::path::{Path, PathBuf};

/// Longer files hide what is in them.
const MOST_LINES: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lies below the workspace").to_path_buf()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the workspace can be read") {
        let path = entry.expect("an entry of a folder can be read").path();
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    sources(&root().join("crates"), &mut found);
    sources(&root().join("xtask"), &mut found);
    assert!(found.len() > 20, "the sources of the workspace were not found");
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a source file is text");
        (path, text)
    };
    found.into_iter().map(read).collect()
}

#[test]
fn files_stay_short() {
    for (path, text) in all_sources() {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{}: {lines} lines, expected at most {MOST_LINES}", path.display());
    }
}

#[test]
fn every_source_says_what_it_is() {
    for (path, text) in all_sources() {
        assert!(text.starts_with("//!"), "{}: expected a module header that starts with //!", path.display());
    }
}

#[test]
fn nothing_is_left_open() {
    // Put together here, so that this file does not find itself.
    let open = [["todo", "!("].concat(), ["unimplemented", "!("].concat(), ["#[ig", "nore"].concat()];
    for (path, text) in all_sources() {
        for word in &open {
            assert!(!text.contains(word.as_str()), "{}: holds {word}", path.display());
        }
    }
}
