//! Order files of any kind, read into one table of order lines.

mod report;

pub use report::{
    AmountBasis, ColumnReport, FileKind, FileReport, ReadWarning, ReasonTotal, Reconciliation, Role, SetAside,
    SetAsideReason,
};

use arrow::array::RecordBatch;
use mehrwert_core::Currency;

/// Orders read from files.
#[derive(Debug)]
pub struct OrderLog {
    /// The order lines; columns as [`order_lines`](self) describes.
    pub batches: Vec<RecordBatch>,
    /// What was found out about each file.
    pub files: Vec<FileReport>,
    /// That nothing was lost.
    pub reconciliation: Reconciliation,
    /// Every row set aside.
    pub set_aside: Vec<SetAside>,
    /// What a person should know before believing a figure.
    pub warnings: Vec<ReadWarning>,
    /// Whether amounts contain VAT.
    pub basis: AmountBasis,
    /// The currency of the amounts, where the files say.
    pub currency: Option<Currency>,
}
