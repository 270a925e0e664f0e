//! Python environments for what is compared with us, or counts after us.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{self, Failure, tools};

/// A Python environment with these packages, set up on first use.
pub fn environment(name: &str, packages: &[&str]) -> Result<PathBuf, Failure> {
    let folder = tools().join(name);
    let python = folder.join("bin").join("python");
    let ready = folder.join("ready");
    // What is written there names the packages: others need another set-up.
    let wanted = packages.join("\n");
    if std::fs::read_to_string(&ready).ok().as_ref() != Some(&wanted) {
        run::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        run::run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(packages))?;
        std::fs::write(&ready, wanted).map_err(|source| Failure::File { path: ready, source })?;
    }
    Ok(python)
}
