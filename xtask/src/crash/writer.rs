//! A process that writes until it is killed, and what it says meanwhile.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::run::{self, Failure, cargo, target};

/// Builds the writer with the features of the whole workspace, as the tests do.
pub fn build() -> Result<PathBuf, Failure> {
    run::run(cargo().args(["build", "--workspace", "--locked", "--example", "crash_writer"]))?;
    let path = target().join("debug").join("examples").join("crash_writer");
    path.canonicalize().map_err(|source| Failure::File { path, source })
}

/// What a writer has said so far.
#[derive(Debug, Default)]
pub struct Said {
    /// Acknowledged events and statements of orders.
    pub acknowledged: AtomicU64,
    /// What was refused.
    pub refused: AtomicU64,
}

/// A writer at work.
#[derive(Debug)]
pub struct Writer {
    child: Child,
    listener: Option<JoinHandle<Vec<String>>>,
    /// What it has said so far.
    pub said: Arc<Said>,
}

impl Writer {
    /// Starts it.
    pub fn start(
        program: &Path,
        data: &Path,
        state: &str,
        number: u64,
        first: u64,
        variables: &HashMap<&'static str, String>,
    ) -> Result<Writer, Failure> {
        let mut command = Command::new(program);
        command.arg(data).arg(state).arg(number.to_string()).arg(first.to_string()).envs(variables);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let failed = |source| Failure::Start { program: program.display().to_string(), source };
        let mut child = command.spawn().map_err(failed)?;
        let output = BufReader::new(child.stdout.take().expect("its output is piped, two lines above"));
        let said = Arc::new(Said::default());
        let told = Arc::clone(&said);
        let listener = thread::spawn(move || {
            let mut heard = Vec::new();
            for line in output.lines().map_while(Result::ok) {
                if line.starts_with("refused ") {
                    told.refused.fetch_add(1, Ordering::Relaxed);
                } else if let Some(line) = line.strip_suffix('.').filter(|line| *line != "ready") {
                    // A line that was cut off by the kill has no full stop at its end, and was not acknowledged.
                    told.acknowledged.fetch_add(1, Ordering::Relaxed);
                    heard.push(line.to_owned());
                }
            }
            heard
        });
        Ok(Writer { child, listener: Some(listener), said })
    }

    /// Kills it (SIGKILL). That it has ended by itself before is a promise that does not hold: nothing that is done here
    /// may bring it down.
    pub fn kill(&mut self) -> Result<(), Failure> {
        let failed = |source| Failure::Start { program: "the end of the writer".to_owned(), source };
        if let Some(status) = self.child.try_wait().map_err(failed)? {
            return Err(Failure::Promise(format!("the writer ended by itself: {status}")));
        }
        self.child.kill().map_err(failed)?;
        self.child.wait().map(drop).map_err(failed)
    }

    /// Waits until it has said something, or fails.
    pub fn wait_for(&self, what: &str, happened: impl Fn(&Said) -> bool) -> Result<Duration, Failure> {
        let began = Instant::now();
        while !happened(&self.said) {
            if began.elapsed() > Duration::from_secs(60) {
                return Err(Failure::Promise(format!("waited a minute in vain until the writer {what}")));
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(began.elapsed())
    }

    /// What was acknowledged, after it has ended.
    pub fn heard(mut self) -> Result<Vec<String>, Failure> {
        let heard = self.listener.take().map(JoinHandle::join);
        heard.and_then(Result::ok).ok_or_else(|| Failure::Promise("who listened to the writer broke off".to_owned()))
    }
}

impl Drop for Writer {
    /// Where the command ends early no writer is left; one that has ended is gone already.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Said {
    /// How much was acknowledged.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// How much was refused.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}
