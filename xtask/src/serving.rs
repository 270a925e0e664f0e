//! A server of its own for a command: started on a free port, in a data directory of its own, asked for its counters, and
//! told to stop; then its facts are counted by a reader that is not ours.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::run::{self, Failure, root, tools};

/// The Python packages: the vendors' clients, and the reader that counts.
const PACKAGES: [&str; 4] =
    ["segment-analytics-python==2.4.0", "rudder-sdk-python==2.1.9", "posthog==7.91.1", "duckdb==2.0.0"];

/// A running server.
pub struct Serving {
    child: Child,
    /// Where it listens.
    pub address: String,
    /// A write key.
    pub key: String,
    /// Its data directory.
    pub data: tempfile::TempDir,
}

impl Serving {
    /// Starts it.
    pub fn start(program: &Path) -> Result<Serving, Failure> {
        let data = tempfile::tempdir().map_err(|source| Failure::File { path: std::env::temp_dir(), source })?;
        let made = printed(command(program, data.path()).args(["keys", "add", "test", "--format", "json"]))?;
        let made: serde_json::Value = serde_json::from_str(&made).map_err(|_| unexpected("a new key", &made))?;
        let key = made[0]["key"].as_str().ok_or_else(|| unexpected("a new key", "none"))?.to_owned();
        let mut serve = command(program, data.path());
        serve.args(["serve", "--listen", "127.0.0.1:0", "--log-level", "warn"]).stdout(Stdio::piped());
        let start = |source| Failure::Start { program: "mehrwert serve".to_owned(), source };
        let mut child = serve.spawn().map_err(start)?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line).map_err(start)?;
        }
        let address = line.trim().strip_prefix("Mehrwert listens on ").map(str::to_owned);
        let address = address.ok_or_else(|| unexpected("the address of the server", &line))?;
        Ok(Serving { child, address, key, data })
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// A counter or gauge.
    pub fn metric(&self, name: &str) -> Result<f64, Failure> {
        let failed = |error: ureq::Error| Failure::Promise(format!("/metrics does not answer: {error}"));
        let mut response = ureq::get(format!("{}/metrics", self.address)).call().map_err(failed)?;
        let text = response.body_mut().read_to_string().map_err(failed)?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|number| number.trim().parse().ok()).ok_or_else(|| unexpected(name, &text))
    }

    /// Waits until all that came in is sealed, and counts rows of a table.
    pub fn sealed(&self, table: &str) -> Result<u64, Failure> {
        let begin = Instant::now();
        while self.metric("mehrwert_inbox_events")? > 0.0 {
            if begin.elapsed() > Duration::from_secs(300) {
                return Err(Failure::Promise("what came in was not sealed within five minutes".to_owned()));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let mut count = Command::new(python()?);
        count.arg(root().join("xtask/clients/count.py")).arg(self.data.path()).arg(table);
        let counted = printed(&mut count)?;
        counted.trim().parse().map_err(|_| unexpected("a count", &counted))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The Python with the vendors' clients and DuckDB, set up on first use.
pub fn python() -> Result<PathBuf, Failure> {
    let folder = tools().join("clients");
    let (python, ready) = (folder.join("venv/bin/python"), folder.join("venv-ready"));
    if !ready.exists() {
        run::run(Command::new("python3").args(["-m", "venv"]).arg(folder.join("venv")))?;
        run::run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
        std::fs::write(&ready, "").map_err(|source| Failure::File { path: ready, source })?;
    }
    Ok(python)
}

fn command(program: &Path, data: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("MEHRWERT_DATA", data).current_dir(data);
    command
}

fn printed(command: &mut Command) -> Result<String, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|source| Failure::Start { program: program.clone(), source })?;
    if !output.status.success() {
        return Err(Failure::Failed(program));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn unexpected(expected: &str, found: &str) -> Failure {
    Failure::Promise(format!("expected {expected}, found '{}'", found.chars().take(200).collect::<String>()))
}
