//! The reader that counts: a script of a few libraries that are not ours (`xtask/crash/reader.py`).

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::python;
use crate::run::{Failure, root};

const PACKAGES: [&str; 2] = ["duckdb==2.0.0", "psycopg[binary]==3.2.9"];

/// What the reader found.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Found {
    /// Events that were acknowledged.
    pub acknowledged: u64,
    /// Orders of which a statement was acknowledged.
    pub statements: u64,
    /// Events that are there.
    pub events: u64,
    /// Events that are there in files.
    pub sealed: u64,
    /// Acknowledged and not there.
    pub lost: u64,
    /// There more than once.
    pub twice: u64,
    /// Files on disk that the catalogue does not know.
    pub orphans: u64,
    /// Every promise that does not hold.
    pub broken: Vec<String>,
}

/// The environment that the reader runs in.
pub fn python() -> Result<PathBuf, Failure> {
    python::environment("crash", &PACKAGES)
}

/// Counts.
pub fn count(python: &Path, data: &Path, state: &str, acknowledged: &Path) -> Result<Found, Failure> {
    let mut command = Command::new(python);
    command.arg(root().join("xtask").join("crash").join("reader.py")).arg(data).arg(state).arg(acknowledged);
    let output = command.output().map_err(|source| Failure::Start { program: "the reader".to_owned(), source })?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(Failure::Promise(format!("the reader failed ({}): {said}", output.status)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| Failure::Promise(format!("the reader's answer: {error}")))
}
