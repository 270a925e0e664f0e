//! The whole suite.

use crate::policy;
use crate::run::{self, Failure, cargo};

/// Dependency policy, then every test of the workspace, documentation examples included.
pub fn run() -> Result<(), Failure> {
    policy::run()?;
    run::run(cargo().args(["test", "--workspace", "--locked"]))
}
