//! When two persons must not become one.
//!
//! Names say different things. A user id, a shop's customer number and an e-mail address are somebody's own; an anonymous
//! id is a browser's, a telephone a household's, an order's number is named by whoever saw the order. So:
//!
//! - Two with different user ids, or different customer numbers of one shop, are two: nothing but a declared alias joins
//!   them. (A customer may have several e-mail addresses.)
//! - Two with different e-mail addresses are not joined by what may be shared: a browser, a telephone, an order's number.

use mehrwert_state::{Identity, IdentityKind};

use super::ORDER;

/// How much a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strength {
    /// One human's own.
    Own,
    /// May pass from hand to hand: a browser's id, an order's number.
    Passing,
    /// Several may have it at once: a telephone.
    Shared,
}

pub(super) fn strength(identity: &Identity) -> Strength {
    match identity.kind() {
        IdentityKind::Anonymous => Strength::Passing,
        IdentityKind::Phone => Strength::Shared,
        IdentityKind::Shop if identity.value().contains(ORDER) => Strength::Passing,
        IdentityKind::Shop | IdentityKind::Email | IdentityKind::Given => Strength::Own,
    }
}

/// Whether two persons with these names are known to be two, when what names them together is of this strength.
pub(super) fn clash(one: &[Identity], other: &[Identity], by: Strength) -> bool {
    let both = |kind| has(one, kind) && has(other, kind);
    both(IdentityKind::Given)
        || (by != Strength::Own && both(IdentityKind::Email))
        || one
            .iter()
            .filter_map(customer_shop)
            .any(|shop| other.iter().filter_map(customer_shop).any(|two| two == shop))
}

fn has(names: &[Identity], kind: IdentityKind) -> bool {
    names.iter().any(|identity| identity.kind() == kind)
}

/// The shop whose customer number this is.
fn customer_shop(identity: &Identity) -> Option<&str> {
    let is_number = identity.kind() == IdentityKind::Shop && strength(identity) == Strength::Own;
    is_number.then(|| identity.value().split_once('/').map_or("", |(shop, _)| shop))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(all: &[(IdentityKind, &str)]) -> Vec<Identity> {
        all.iter().map(|(kind, text)| Identity::new(*kind, text).unwrap()).collect()
    }

    #[test]
    fn who_is_known_to_be_two_stays_two() {
        use IdentityKind::{Anonymous, Email, Given, Phone, Shop};
        let (own, passing, shared) = (Strength::Own, Strength::Passing, Strength::Shared);
        for (one, other, by, expected) in [
            (vec![(Given, "u1")], vec![(Given, "u2")], own, true),
            (vec![(Shop, "main/1")], vec![(Shop, "main/2")], own, true),
            (vec![(Shop, "main/1")], vec![(Shop, "other/2")], own, false),
            (vec![(Shop, "main/1")], vec![(Shop, "main/order/2")], own, false),
            (vec![(Email, "a@x.de")], vec![(Email, "b@x.de")], own, false),
            (vec![(Email, "a@x.de")], vec![(Email, "b@x.de")], passing, true),
            (vec![(Email, "a@x.de")], vec![(Email, "b@x.de"), (Phone, "0301234")], shared, true),
            (vec![(Email, "a@x.de")], vec![(Given, "u1")], passing, false),
            (vec![(Anonymous, "a")], vec![(Given, "u1")], passing, false),
        ] {
            assert_eq!(clash(&names(&one), &names(&other), by), expected, "{one:?} {other:?} {by:?}");
            assert_eq!(clash(&names(&other), &names(&one), by), expected, "{other:?} {one:?} {by:?}");
        }
    }
}
