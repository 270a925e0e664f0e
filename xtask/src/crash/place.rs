//! A data directory with its state, the writers that work on it, and what they said was acknowledged.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Kept;
use super::postgres::Server;
use super::reader::{self, Found};
use super::writer::Writer;
use crate::run::{Failure, target};

/// The numbers of one writer's events begin here times its own number.
const APART: u64 = 1_000_000_000;
/// How many events a writer that starts again sends once more, as a sender does that got no answer.
const AGAIN: u64 = 30;

/// A data directory and what belongs to it.
pub struct Place {
    folder: Option<tempfile::TempDir>,
    root: PathBuf,
    program: PathBuf,
    python: PathBuf,
    /// The server that holds the state, unless a file does.
    pub server: Option<Server>,
    /// Set for every writer that is started.
    pub variables: HashMap<&'static str, String>,
    acknowledged: File,
    last: HashMap<u64, u64>,
}

impl Place {
    /// A new place, below the target directory: on a disk, not in memory.
    pub fn new(program: &Path, kept: Kept) -> Result<Place, Failure> {
        let above = target().join("crash");
        let failed = |source| Failure::File { path: above.clone(), source };
        std::fs::create_dir_all(&above).map_err(failed)?;
        let folder = tempfile::tempdir_in(&above).map_err(failed)?;
        // The shim compares paths, and the kernel tells real ones.
        let root = folder.path().canonicalize().map_err(failed)?;
        std::fs::create_dir(root.join("data")).map_err(failed)?;
        let acknowledged = File::create(root.join("acknowledged")).map_err(failed)?;
        let server = if kept == Kept::Postgres { Some(Server::start()?) } else { None };
        let (program, python) = (program.to_owned(), reader::python()?);
        let (variables, last) = (HashMap::new(), HashMap::new());
        Ok(Place { folder: Some(folder), root, program, python, server, variables, acknowledged, last })
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The folder around it.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The state, as writer and reader take it.
    fn state(&self) -> String {
        self.server.as_ref().map_or_else(|| "-".to_owned(), Server::url)
    }

    /// Starts a writer. It begins with events that it has sent before.
    pub fn start(&self, number: u64) -> Result<Writer, Failure> {
        let first =
            self.last.get(&number).map_or(number * APART, |last| last.saturating_sub(AGAIN).max(number * APART));
        Writer::start(&self.program, &self.data(), &self.state(), number, first, &self.variables)
    }

    /// Keeps what a writer said until it ended.
    pub fn hear(&mut self, writer: Writer) -> Result<(), Failure> {
        let mut lines = String::new();
        for line in writer.heard()? {
            if let Some(Ok(number)) = line.strip_prefix("event ").map(str::parse::<u64>) {
                let last = self.last.entry(number / APART).or_default();
                *last = number.max(*last);
            }
            lines.push_str(&line);
            lines.push('\n');
        }
        let path = self.root.join("acknowledged");
        self.acknowledged.write_all(lines.as_bytes()).map_err(|source| Failure::File { path, source })
    }

    /// Lets the reader count what is there.
    pub fn count(&self) -> Result<Found, Failure> {
        reader::count(&self.python, &self.data(), &self.state(), &self.root.join("acknowledged"))
    }

    /// Leaves the folder for a look, and tells where it is.
    pub fn leave(&mut self) -> String {
        if let Some(folder) = self.folder.take() {
            drop(folder.keep());
        }
        self.root.display().to_string()
    }
}
