//! The ledger: every amount by person, account and evidence, as views over the facts (DESIGN.md section 4).
//!
//! The way of a fact into it: [`register`] lays the views `ledger.*` over the tables `facts.*` and `state.*`. Orders,
//! payments, contracts and contacts become entries one by one; costs are cut by months and shared by the [`Allocation`]
//! rules; what is nobody's stays as an entry without a person. Only what happened is in it, no forecast and no provision.
//!
//! Amounts are as seen by the shop: revenue positive, costs negative. Per currency the ledger's sums equal those of the
//! facts, to the last decimal: `checks` compares the two, and a property test does on random facts.

mod checks;
mod person;
mod sums;
mod views;

pub use checks::{Disagreement, disagreements};
pub use person::{Entry, entries_of_person};
pub use sums::{Sum, currencies_without_rate, main_currency, sums};
pub use views::{queries, register};

use mehrwert_core::{Allocation, Currency, Day};

/// What the ledger has to be told.
#[derive(Debug, Clone)]
pub struct LedgerTerms {
    /// How costs are shared.
    pub allocation: Allocation,
    /// The currency in which everything is reported; none where no fact states one.
    pub currency: Option<Currency>,
    /// The last day: contracts bring nothing after it.
    pub until: Day,
}

/// The accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// What was sold, and shipping that was charged.
    Revenue,
    /// What was paid back.
    Refund,
    /// What the goods cost.
    Goods,
    /// What carriers took.
    Carrier,
    /// What payment providers kept.
    Fee,
    /// What serving customers cost.
    Service,
    /// What keeping them cost.
    Care,
    /// What they were given for what they did.
    Reward,
    /// Commissions, paid or (positive) received.
    Commission,
    /// What winning customers cost.
    Acquisition,
    /// Fixed overhead: shown, never shared.
    Overhead,
    /// Gift cards sold: owed until they are redeemed, and no part of any value.
    Liability,
}

impl Account {
    /// All accounts, in the order in which they are read.
    pub const ALL: [Account; 12] = [
        Account::Revenue,
        Account::Refund,
        Account::Goods,
        Account::Carrier,
        Account::Fee,
        Account::Service,
        Account::Care,
        Account::Reward,
        Account::Commission,
        Account::Acquisition,
        Account::Overhead,
        Account::Liability,
    ];

    /// Its name, in queries and outputs for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Account::Revenue => "revenue",
            Account::Refund => "refund",
            Account::Goods => "goods",
            Account::Carrier => "carrier",
            Account::Fee => "fee",
            Account::Service => "service",
            Account::Care => "care",
            Account::Reward => "reward",
            Account::Commission => "commission",
            Account::Acquisition => "acquisition",
            Account::Overhead => "overhead",
            Account::Liability => "liability",
        }
    }

    /// The account of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Account> {
        Account::ALL.into_iter().find(|account| account.name() == name)
    }

    /// Whether it is part of a customer's contribution: what winning the customer cost stands beside that, overhead and what
    /// is owed outside of it.
    #[must_use]
    pub const fn is_contribution(self) -> bool {
        !matches!(self, Account::Acquisition | Account::Overhead | Account::Liability)
    }
}
