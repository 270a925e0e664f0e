//! The whole suite.

use crate::crash;
use crate::policy;
use crate::run::{self, Failure, cargo};

/// Dependency policy, every test of the workspace, documentation examples included, and a short crash run.
pub fn run() -> Result<(), Failure> {
    policy::run()?;
    run::run(cargo().args(["test", "--workspace", "--locked"]))?;
    crash::short()
}
