//! What the caller asks for.

use std::path::PathBuf;

use mehrwert_core::{Currency, Day, Share};

use super::dates::DateOrder;
use super::numbers::DecimalMark;
use super::report::FileKind;
use super::role::Role;

/// What files may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Orders or contracts, each of somebody: for the value of customers.
    Customers,
    /// All that can be imported; who did it may be unknown.
    Everything,
}

/// Which files to read and how; everything left out is found out.
#[derive(Debug, Clone)]
pub struct OrderRequest {
    /// The files, in the order in which their rows count as earlier or later.
    pub files: Vec<PathBuf>,
    /// What they may hold.
    pub scope: Scope,
    /// The kind of all files, where the user names it.
    pub kind: Option<FileKind>,
    /// Columns the user names for roles; they go before what the names suggest.
    pub mapping: Vec<(Role, String)>,
    /// Columns to keep as attributes of the customers, by their names or by the name of a role (`source`).
    pub attributes: Vec<String>,
    /// The currency to value; rows in others are set aside.
    pub currency: Option<Currency>,
    /// A VAT rate to take out of amounts that contain it or do not say.
    pub vat: Option<Share>,
    /// How to read dates such as `03/04/2020`.
    pub date_order: Option<DateOrder>,
    /// How to read numbers such as `1.234`.
    pub decimal: Option<DecimalMark>,
    /// Today: rows of later days are set aside.
    pub today: Day,
}

impl OrderRequest {
    /// A request that leaves everything to be found out.
    #[must_use]
    pub fn new(files: Vec<PathBuf>, today: Day) -> OrderRequest {
        OrderRequest {
            files,
            scope: Scope::Customers,
            kind: None,
            mapping: Vec::new(),
            attributes: Vec::new(),
            currency: None,
            vat: None,
            date_order: None,
            decimal: None,
            today,
        }
    }
}
