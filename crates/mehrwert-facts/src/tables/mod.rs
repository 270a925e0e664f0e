//! The eight fact tables: what a row of each says, and the Arrow columns it becomes (DESIGN.md section 4).
//!
//! A row is pushed as a [`Head`] (which unit it belongs to, how new it is, when it happened, who did it) and what its
//! table adds. The columns of the head, the same in every table:
//!
//! | column | type | |
//! |---|---|---|
//! | `id` | FixedSizeBinary(16) | unit and place in it ([`Unit`]) |
//! | `version` | Int64 | how new the statement is ([`Version`]) |
//! | `digest` | UInt64 | hash of all that the row says, `version`, `origin` and `received_at` aside |
//! | `origin` | Utf8 | where it comes from: `shopify`, `browser`, the name of an import |
//! | `at` | Timestamp(µs, UTC) | when it happened |
//! | `day` | Date32 | the day of `at` on the shop's own clock |
//! | `received_at` | Timestamp(µs, UTC) | when we were told |
//! | `who` | FixedSizeBinary(16), nullable | the alias under which someone arrived |
//!
//! Nothing that names a human is ever in a row: no name, address, e-mail, telephone number or IP address.

mod kinds;
mod rows;
mod version;

pub use kinds::{FACT_PRECISION, FACT_SCALE, Kind, LARGEST_FACT_AMOUNT};
pub use rows::{
    Contact, ContactRows, Contract, ContractRows, Cost, CostRows, Event, EventRows, FactRows, Head, OrderLine,
    OrderRows, Payment, PaymentRows, Tally, TallyRows, Touch, TouchRows,
};
pub use version::{Authority, Rank, Unit, Version};

use arrow::datatypes::SchemaRef;

/// A fact table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactTable {
    /// Someone met us.
    Touches,
    /// Raw things done.
    Events,
    /// Sales, refunds and cancellations, a row per line.
    Orders,
    /// Money that moved, and its fees.
    Payments,
    /// Subscriptions and monthly fees.
    Contracts,
    /// What was spent.
    Costs,
    /// What we did to or for someone.
    Contacts,
    /// Counts without persons.
    Tallies,
}

impl FactTable {
    /// All tables.
    pub const ALL: [FactTable; 8] = [
        FactTable::Touches,
        FactTable::Events,
        FactTable::Orders,
        FactTable::Payments,
        FactTable::Contracts,
        FactTable::Costs,
        FactTable::Contacts,
        FactTable::Tallies,
    ];

    /// Its name, in queries, folders and the catalogue.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            FactTable::Touches => "touches",
            FactTable::Events => "events",
            FactTable::Orders => "orders",
            FactTable::Payments => "payments",
            FactTable::Contracts => "contracts",
            FactTable::Costs => "costs",
            FactTable::Contacts => "contacts",
            FactTable::Tallies => "tallies",
        }
    }

    /// The table of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<FactTable> {
        FactTable::ALL.into_iter().find(|table| table.name() == name)
    }

    /// The columns: those of the head, then its own.
    #[must_use]
    pub fn schema(self) -> SchemaRef {
        match self {
            FactTable::Touches => TouchRows::schema(),
            FactTable::Events => EventRows::schema(),
            FactTable::Orders => OrderRows::schema(),
            FactTable::Payments => PaymentRows::schema(),
            FactTable::Contracts => ContractRows::schema(),
            FactTable::Costs => CostRows::schema(),
            FactTable::Contacts => ContactRows::schema(),
            FactTable::Tallies => TallyRows::schema(),
        }
    }
}
