//! Running other programs, and where they and their files are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why a command of the project did not hold.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A program could not be started.
    #[error("{program} could not be started: {source}")]
    Start {
        /// Which.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// A program ended with a code other than zero.
    #[error("{0} failed")]
    Failed(String),
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A promise does not hold, or an answer is not what was expected.
    #[error("{0}")]
    Promise(String),
}

/// The folder of the workspace.
pub fn root() -> PathBuf {
    // This crate lies one folder below the workspace.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Where what is built lies: the target directory that cargo uses.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Where tools and environments lie that the commands set up: beside what is built, and gone with it.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// The cargo that runs this program, in the workspace. It does not inherit what cargo told this program about itself: some
/// build scripts look at that, and would build the state's database anew each time the two take turns.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        let told =
            name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST"));
        if told {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a program to its end.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let shown = shown(command);
    eprintln!("+ {shown}");
    let status = command.status().map_err(|source| Failure::Start { program: shown.clone(), source })?;
    if status.success() { Ok(()) } else { Err(Failure::Failed(shown)) }
}

fn shown(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(name).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
