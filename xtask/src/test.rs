//! The whole suite.

use crate::run::{self, Failure, cargo};
use crate::{clients, crash, policy};

/// Dependency policy, every test of the workspace, documentation examples included, the vendors' clients against a real
/// server, and a short crash run.
pub fn run() -> Result<(), Failure> {
    policy::run()?;
    run::run(cargo().args(["test", "--workspace", "--locked"]))?;
    clients::run()?;
    crash::short()
}
