//! Licences, bans and sources of every dependency.

use std::path::PathBuf;
use std::process::Command;

use crate::run::{self, Failure, cargo, root, tools};

/// The version the policy file is written for.
const CARGO_DENY: &str = "0.20.2";

/// Checks the policy of `deny.toml`.
pub fn run() -> Result<(), Failure> {
    let program = cargo_deny()?;
    run::run(Command::new(program).current_dir(root()).args([
        "--log-level",
        "error",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))
}

/// The cargo-deny of this project, built on first use.
fn cargo_deny() -> Result<PathBuf, Failure> {
    let program = tools().join("bin").join("cargo-deny");
    if !program.exists() {
        eprintln!("cargo-deny {CARGO_DENY} is not there yet; building it takes some minutes, once");
        run::run(
            cargo()
                .args(["install", "cargo-deny", "--locked", "--version", CARGO_DENY, "--root"])
                .arg(tools())
                .arg("--target-dir")
                .arg(tools().join("build")),
        )?;
    }
    Ok(program)
}
