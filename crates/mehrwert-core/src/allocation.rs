//! Who bears a cost that names neither a person nor an order.

use std::fmt;
use std::str::FromStr;

/// One way to share a cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sharing {
    /// Among the customers whom the cost's source won in the month; only for costs that name a source.
    Source,
    /// Among all customers won in the month.
    NewCustomers,
    /// Among those whom the cost's measure reached in the month; only for costs that name a measure.
    Measure,
    /// Among everyone who was a customer by the end of the month.
    Customers,
    /// Among nobody: it stays unassigned, and visible.
    Nobody,
}

/// The text names no way to share a cost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one of source, new-customers, measure, customers and nobody, found '{0}'")]
pub struct SharingError(String);

impl Sharing {
    /// All ways.
    pub const ALL: [Sharing; 5] =
        [Sharing::Source, Sharing::NewCustomers, Sharing::Measure, Sharing::Customers, Sharing::Nobody];

    /// Its name, as definitions have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Sharing::Source => "source",
            Sharing::NewCustomers => "new-customers",
            Sharing::Measure => "measure",
            Sharing::Customers => "customers",
            Sharing::Nobody => "nobody",
        }
    }
}

impl fmt::Display for Sharing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Sharing {
    type Err = SharingError;

    fn from_str(text: &str) -> Result<Sharing, SharingError> {
        let found = Sharing::ALL.into_iter().find(|sharing| sharing.name() == text.trim());
        found.ok_or_else(|| SharingError(text.chars().take(40).collect()))
    }
}

/// The rules by which costs without a person or order are shared, by what they were spent for. Of each list the first way
/// holds for which the cost says enough; after the last it is nobody's. Costs of a person or an order are theirs, and fixed
/// overhead is never shared.
///
/// ```
/// use mehrwert_core::{Allocation, Sharing};
/// assert_eq!(Allocation::default().acquire, [Sharing::Source, Sharing::NewCustomers]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// Costs of winning customers.
    pub acquire: Vec<Sharing>,
    /// Costs of keeping them.
    pub retain: Vec<Sharing>,
    /// Costs of serving them.
    pub serve: Vec<Sharing>,
    /// Whether contracts bring their price in the ledger; not where the shop has an order for each of their payments.
    pub contracts: bool,
}

impl Default for Allocation {
    fn default() -> Allocation {
        Allocation {
            acquire: vec![Sharing::Source, Sharing::NewCustomers],
            retain: vec![Sharing::Measure, Sharing::Customers],
            serve: vec![Sharing::Measure, Sharing::Customers],
            contracts: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_is_found_by_its_name() {
        for sharing in Sharing::ALL {
            assert_eq!(sharing.to_string().parse(), Ok(sharing));
        }
        assert!("everyone".parse::<Sharing>().is_err());
    }
}
