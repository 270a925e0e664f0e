//! The whole suite.

use crate::run::{self, Failure, cargo};
use crate::{clients, policy};

/// Dependency policy, then every test of the workspace, documentation examples included, then the vendors' clients.
pub fn run() -> Result<(), Failure> {
    policy::run()?;
    run::run(cargo().args(["test", "--workspace", "--locked"]))?;
    clients::run()
}
