//! Who somebody is: from the names that rows and events carry to the aliases that facts hold.
//!
//! The way of names through this module, for an import as for the sealing of the inbox:
//!
//! 1. Whoever reads says for each row or event, as a [`Said`], by which identities someone is named there, the one that
//!    facts shall stand under first.
//! 2. [`recognise`] asks the state once for all of them, and makes persons of those seen for the first time.
//! 3. Identities that are named together are one person's, unless that would join two who are known to be two
//!    ([`clash`]): then the names keep apart, and an anonymous id that was seen with the second is that one's from now on.
//! 4. Whoever has the e-mail address of a firm's domain belongs to its account ([`account_of_email`]).
//! 5. The answers come back in the order of the rows: an alias each, or that this is someone who was erased.
//!
//! Joining is a row of the alias map with its reason, so an unmerge brings everything back ([`State::unmerge`]).

mod accounts;
mod clash;
mod resolve;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use mehrwert_core::{AliasId, FileId, PersonId};
use mehrwert_state::{Identity, IdentityKind, Joining, Recognised, State, StateError};

pub use accounts::{account_of_email, account_of_group};
use resolve::{Decided, Resolver};

/// Where new ids come from: time and randomness are handed in.
pub trait Fresh: Send {
    /// A person and an alias of their own.
    fn person(&mut self) -> (PersonId, AliasId);
    /// A file of the lake.
    fn file(&mut self) -> FileId;
}

/// By which names one row or event names somebody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// The names; facts stand under the first.
    pub identities: Vec<Identity>,
    /// Whether the sender says outright that these are one person (an `alias` call), or only names them together.
    pub declared: bool,
    /// Why they are one, for the alias map: `named together in an order of main`.
    pub reason: String,
}

/// Who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// No name was given.
    Nobody,
    /// A person, and the alias that facts stand under.
    Person {
        /// What stands in the facts.
        alias: AliasId,
        /// Who it is at present.
        person: PersonId,
    },
    /// Someone who was erased.
    Erased,
}

impl Who {
    /// What stands in the facts.
    #[must_use]
    pub fn alias(self) -> Option<AliasId> {
        match self {
            Who::Person { alias, .. } => Some(alias),
            Who::Nobody | Who::Erased => None,
        }
    }

    /// Who it is.
    #[must_use]
    pub fn person(self) -> Option<PersonId> {
        match self {
            Who::Person { person, .. } => Some(person),
            Who::Nobody | Who::Erased => None,
        }
    }
}

/// What came out of asking for many.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct People {
    /// Who it is, for each [`Said`] in its order.
    pub who: Vec<Who>,
    /// Persons seen for the first time.
    pub new: u64,
    /// Persons that turned out to be one with another.
    pub merged: u64,
    /// Anonymous ids that someone else uses from now on.
    pub moved: u64,
    /// Times that two were named together and stayed two.
    pub kept_apart: u64,
}

/// The identity of an order: whoever names it bought it. By this a browser's report of an order, which knows the visitor,
/// and the shop's own word, which knows the customer, find together.
#[must_use]
pub fn order_identity(shop: &str, number: &str) -> Option<Identity> {
    Identity::new(IdentityKind::Shop, &format!("{shop}{ORDER}{number}")).ok()
}

/// What stands between shop and number in the identity of an order.
const ORDER: &str = "/order/";

/// Finds who many rows or events name, makes persons of those seen for the first time, and joins what was named together.
///
/// # Errors
/// [`StateError`]; asking again is safe, whatever was written before.
pub async fn recognise(
    state: &State,
    said: &[Said],
    fresh: &mut dyn Fresh,
    at: Timestamp,
) -> Result<People, StateError> {
    let mut distinct: Vec<Identity> = Vec::new();
    let mut seen = HashSet::new();
    for identity in said.iter().flat_map(|one| &one.identities) {
        if seen.insert(identity) {
            distinct.push(identity.clone());
        }
    }
    if distinct.is_empty() {
        return Ok(People { who: vec![Who::Nobody; said.len()], ..People::default() });
    }
    let answers = state.recognise(&distinct, &mut || fresh.person(), at).await?;
    let known: HashMap<&Identity, Recognised> = distinct.iter().zip(answers).collect();
    let new = known.values().filter(|one| matches!(one, Recognised::Person { new: true, .. })).count() as u64;
    let names = names(state, said, &known).await?;
    let mut resolver = Resolver::new(known, names);
    let decided: Vec<Decided> = said.iter().map(|one| resolver.decide(one, fresh)).collect();
    let versions = if resolver.merges.is_empty() { Vec::new() } else { state.merge_all(&resolver.merges, at).await? };
    let aliases =
        if resolver.moves.is_empty() { Vec::new() } else { state.move_identities(&resolver.moves, at).await? };
    let account = |identity: &Identity| {
        Some(Joining { account: account_of_email(identity)?, person: resolver.person(identity)? })
    };
    let joinings: Vec<Joining> = distinct.iter().filter_map(account).collect();
    state.join_accounts(&joinings, at).await?;
    Ok(People {
        who: decided.into_iter().map(|one| resolver.who(one, &aliases)).collect(),
        new,
        merged: versions.iter().flatten().count() as u64,
        moved: aliases.iter().flatten().count() as u64,
        kept_apart: resolver.kept_apart,
    })
}

/// Under which names those are known who may be joined. Whoever is seen for the first time has one name only.
async fn names(
    state: &State,
    said: &[Said],
    known: &HashMap<&Identity, Recognised>,
) -> Result<HashMap<PersonId, Vec<Identity>>, StateError> {
    let mut ask = HashSet::new();
    let mut names: HashMap<PersonId, Vec<Identity>> = HashMap::new();
    for one in said {
        let persons = one.identities.iter().filter_map(|identity| match known.get(identity) {
            Some(Recognised::Person { person, new, .. }) => Some((identity, *person, *new)),
            _ => None,
        });
        let persons: Vec<_> = persons.collect();
        if persons.iter().all(|(_, person, _)| *person == persons[0].1) {
            continue;
        }
        for (identity, person, new) in persons {
            if new {
                names.insert(person, vec![identity.clone()]);
            } else {
                ask.insert(person);
            }
        }
    }
    if !ask.is_empty() {
        let ask: Vec<PersonId> = ask.into_iter().collect();
        names.extend(state.identities_of(&ask).await?);
    }
    Ok(names)
}
