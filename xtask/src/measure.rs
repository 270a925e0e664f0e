//! Wall time and peak memory of a program.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::run::Failure;

/// What a run took.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Measured {
    /// Seconds from start to end.
    pub seconds: f64,
    /// Peak resident memory in megabytes (10^6 bytes); `None` where the system does not tell.
    pub megabytes: Option<f64>,
    /// What it printed.
    #[serde(skip)]
    pub printed: String,
}

/// Runs a program to its end and measures it.
pub fn measure(command: &mut Command) -> Result<Measured, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let start_failure = |source| Failure::Start { program: program.clone(), source };
    let started = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(start_failure)?;
    let reader = child.stdout.take().map(|mut out| {
        std::thread::spawn(move || {
            let mut text = String::new();
            std::io::Read::read_to_string(&mut out, &mut text).map(|_| text)
        })
    });
    let mut megabytes = None;
    let status = loop {
        megabytes = peak(&child).or(megabytes);
        if let Some(status) = child.try_wait().map_err(start_failure)? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let seconds = started.elapsed().as_secs_f64();
    let printed = reader.and_then(|thread| thread.join().ok()).and_then(Result::ok).unwrap_or_default();
    if status.success() { Ok(Measured { seconds, megabytes, printed }) } else { Err(Failure::Failed(program)) }
}

/// The highest resident memory so far, as Linux counts it.
fn peak(child: &Child) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024.0 / 1e6)
}
