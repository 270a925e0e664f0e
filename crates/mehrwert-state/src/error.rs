//! What can go wrong: every error names the operation and the place, and keeps its cause.

use std::error::Error;

/// An operation on the state failed. Nothing of it was written: every operation is one transaction.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The database could not be opened or brought up to date.
    #[error("cannot open the state {place}: {source}")]
    Open {
        /// The file, or the server without its password.
        place: String,
        /// What the database or the file system said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The database refused or broke off.
    #[error("cannot {operation} in {place}: {source}")]
    Database {
        /// What was asked for.
        operation: &'static str,
        /// The file, or the server without its password.
        place: String,
        /// What the database said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// What stands in the database cannot be what this version wrote.
    #[error("cannot {operation} in {place}: {found}; restore a backup, or report this as a defect")]
    Damaged {
        /// What was asked for.
        operation: &'static str,
        /// The file, or the server without its password.
        place: String,
        /// What was found.
        found: String,
    },
    /// Something named in the call does not exist.
    #[error("cannot {operation}: there is no {what}")]
    Missing {
        /// What was asked for.
        operation: &'static str,
        /// What is missing.
        what: String,
    },
    /// The call contradicts what is there.
    #[error("cannot {operation}: {reason}")]
    Refused {
        /// What was asked for.
        operation: &'static str,
        /// Why, and what to do.
        reason: String,
    },
    /// Another process did the same at the same time and was first.
    #[error("cannot {operation}: another process was first; read again and repeat")]
    Overtaken {
        /// What was asked for.
        operation: &'static str,
    },
}

impl StateError {
    pub(crate) fn missing(operation: &'static str, what: impl Into<String>) -> StateError {
        StateError::Missing { operation, what: what.into() }
    }

    pub(crate) fn refused(operation: &'static str, reason: impl Into<String>) -> StateError {
        StateError::Refused { operation, reason: reason.into() }
    }
}
