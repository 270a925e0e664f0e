//! Why a file could not be imported: what was found where, and what to do.

use std::path::PathBuf;

use arrow::error::ArrowError;
use mehrwert_state::StateError;

use crate::lake::LakeError;
use crate::orders::ReadError;

/// Why a file could not be imported. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It cannot be read or understood.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Nothing in it says whether its amounts contain VAT.
    #[error(
        "{}: column '{column}' does not say whether its amounts contain VAT; say --amounts net, or --amounts gross with \
         --vat RATE, for example --vat 19%",
        path.display()
    )]
    NetOrGross {
        /// The file.
        path: PathBuf,
        /// The column of the amounts.
        column: String,
    },
    /// Its amounts contain VAT, and for some of them no rate is known.
    #[error(
        "{}: the amounts contain VAT, and for {rows} of them neither a tax column nor the products' rates tell how much; \
         say --vat RATE, for example --vat 19%",
        path.display()
    )]
    NoRate {
        /// The file.
        path: PathBuf,
        /// So many amounts.
        rows: u64,
    },
    /// The lake could not be read or written.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The state could not be read or written.
    #[error(transparent)]
    State(#[from] StateError),
    /// Rows do not fit their table.
    #[error("{}: the rows do not fit their table: {source}", path.display())]
    Rows {
        /// The file.
        path: PathBuf,
        /// What was found.
        source: ArrowError,
    },
}

impl ImportError {
    /// Whether the file or the words are at fault, not the work.
    #[must_use]
    pub fn is_input(&self) -> bool {
        matches!(self, ImportError::Read(_) | ImportError::NetOrGross { .. } | ImportError::NoRate { .. })
    }
}
