//! Fuzzing: libFuzzer runs the targets of `fuzz/` on bytes that nobody would write.
//!
//! Built with the stable compiler: the coverage that libFuzzer needs comes from a pass of LLVM that can be switched on
//! there. No sanitizer for memory: our own code has no `unsafe`; what is looked for is a panic, an overflow, a
//! hang, or memory without bounds. What is found lies in `fuzz/artifacts`, new inputs worth keeping in `fuzz/grown`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Failure, cargo, root, target};

/// The targets, as `fuzz/Cargo.toml` names them.
const TARGETS: [&str; 2] = ["orders", "mapping"];

const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// How long.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Minutes for all targets together.
    #[arg(long, default_value_t = 10)]
    pub minutes: u32,
    /// Runs this target only.
    #[arg(long, value_parser = TARGETS)]
    pub target: Option<String>,
}

/// Runs the targets one after the other; a finding ends the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let host = host()?;
    let built = target().join("fuzz");
    let mut build = cargo();
    build.args(["build", "--locked", "--bins", "--target", &host, "--manifest-path"]);
    build.arg(root().join("fuzz").join("Cargo.toml")).arg("--target-dir").arg(&built).env("RUSTFLAGS", COVERAGE);
    run::run(&mut build)?;
    let chosen: Vec<&str> = match &arguments.target {
        Some(name) => vec![name],
        None => TARGETS.to_vec(),
    };
    let seconds = arguments.minutes * 60 / chosen.len() as u32;
    chosen.into_iter().try_for_each(|name| fuzz(&built.join(&host).join("debug").join(name), name, seconds))
}

fn fuzz(program: &Path, name: &str, seconds: u32) -> Result<(), Failure> {
    let folder = root().join("fuzz");
    let (grown, artifacts) = (folder.join("grown").join(name), folder.join("artifacts").join(name));
    for path in [&grown, &artifacts] {
        std::fs::create_dir_all(path).map_err(|source| Failure::File { path: path.clone(), source })?;
    }
    let mut command = Command::new(program);
    command.arg(format!("-max_total_time={seconds}")).args(["-timeout=20", "-rss_limit_mb=2048", "-max_len=65536"]);
    command.arg("-print_final_stats=1").arg(prefix(&artifacts)).arg(&grown).arg(folder.join("corpus").join(name));
    run::run(&mut command).map_err(|error| Failure::Promise(format!("{error}: a finding, see {}", artifacts.display())))
}

fn prefix(artifacts: &Path) -> String {
    format!("-artifact_prefix={}{}", artifacts.display(), std::path::MAIN_SEPARATOR)
}

/// The machine that is built for. It is named, so that build scripts are built without coverage.
fn host() -> Result<String, Failure> {
    let compiler = std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
    let failed = |source| Failure::Start { program: "rustc".to_owned(), source };
    let told = Command::new(compiler).arg("-vV").output().map_err(failed)?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::Promise(format!("rustc does not say its host: {told}")))
}
