//! What happened: readers of outside formats, the fact tables, the lake that holds them, and the engine session.

pub mod contracts;
pub mod engine;
pub mod identities;
pub mod import;
pub mod intake;
pub mod lake;
pub mod orders;
pub mod tables;

use mehrwert_core::Progress;

/// What files hold, found by their columns.
#[derive(Debug)]
pub enum Log {
    /// Orders.
    Orders(Box<orders::OrderLog>),
    /// Contracts.
    Contracts(Box<contracts::ContractLog>),
}

/// Reads files of orders or of contracts, whichever they hold.
///
/// # Errors
/// As [`orders::read_orders`] and [`contracts::read_contracts`]; some files may not hold the one and some the other.
pub fn read(request: &orders::OrderRequest, progress: &dyn Progress) -> Result<Log, orders::ReadError> {
    let contracts = || contracts::read_contracts(request, progress).map(|log| Log::Contracts(Box::new(log)));
    if request.kind == Some(orders::FileKind::Contracts) {
        return contracts();
    }
    match orders::read_orders(request, progress) {
        // Contracts are told by the header of the first file, before any row is read.
        Err(orders::ReadError::HoldsContracts { path }) if request.files.first() == Some(&path) => contracts(),
        outcome => outcome.map(|log| Log::Orders(Box::new(log))),
    }
}
