//! From the names in a file to who they are: the state is asked once for each combination of names, not for each row.

use std::collections::HashMap;

use jiff::Timestamp;
use mehrwert_core::PersonId;
use mehrwert_state::{Identity, IdentityKind, Recognised, State, StateError};

use super::draft::Known;
use super::entry::names_in;
use crate::identities::{self, Fresh, Said, Who};
use crate::orders::Names;

/// Whose numbers and names a file's are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Space<'s> {
    /// The shop or provider whose customer numbers these are.
    pub name: &'s str,
    /// Whether customers are told apart by their names.
    pub by_name: bool,
}

/// Who the people of a file are.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What stands in the facts, by the number of the names.
    pub known: Vec<Known>,
    /// Who it is, where it is someone.
    pub persons: Vec<Option<PersonId>>,
    /// Seen for the first time.
    pub new: u64,
    /// Turned out to be one with another.
    pub merged: u64,
    /// Were named together and stay two.
    pub kept_apart: u64,
}

/// Finds who the people of a file are, and makes those who are new. Who they are, besides the alias that facts stand under,
/// is answered for all only where it is asked for.
pub(crate) async fn find(
    state: &State,
    people: &Names,
    space: Space<'_>,
    asks_for_persons: bool,
    fresh: &mut dyn Fresh,
    now: Timestamp,
) -> Result<Found, StateError> {
    let mut said: Vec<Said> = people.iter().map(|key| said(key, space)).collect();
    let mut found = Found { persons: vec![None; said.len()], ..Found::default() };
    found.known = if asks_for_persons { vec![Known::Nobody; said.len()] } else { known_by_one(state, &said).await? };
    // Who has one name that is known needs no more; the others may be new, or one with somebody.
    let open: Vec<usize> = (0..said.len()).filter(|place| found.known[*place] == Known::Nobody).collect();
    let asked: Vec<Said> = open.iter().map(|place| std::mem::take(&mut said[*place])).collect();
    let people = identities::recognise(state, &asked, fresh, now).await?;
    for (place, who) in open.into_iter().zip(&people.who) {
        found.known[place] = match who {
            Who::Person { alias, .. } => Known::Alias(*alias),
            Who::Nobody => Known::Nobody,
            Who::Erased => Known::Erased,
        };
        found.persons[place] = who.person();
    }
    (found.new, found.merged, found.kept_apart) = (people.new, people.merged, people.kept_apart);
    Ok(found)
}

/// The aliases of those who have one name only, where it is known; nobody for all others.
async fn known_by_one(state: &State, said: &[Said]) -> Result<Vec<Known>, StateError> {
    let single: Vec<(usize, Identity)> = said
        .iter()
        .enumerate()
        .filter_map(|(place, one)| match one.identities.as_slice() {
            [only] => Some((place, only.clone())),
            _ => None,
        })
        .collect();
    let (places, names): (Vec<usize>, Vec<Identity>) = single.into_iter().unzip();
    let mut known = vec![Known::Nobody; said.len()];
    for (place, alias) in places.into_iter().zip(state.aliases(&names).await?) {
        if let Some(alias) = alias {
            known[place] = Known::Alias(alias);
        }
    }
    Ok(known)
}

/// The same without making anybody: who is not known gets an alias that nothing else has.
pub(crate) async fn look(
    state: &State,
    people: &Names,
    space: Space<'_>,
    fresh: &mut dyn Fresh,
) -> Result<Found, StateError> {
    let said: Vec<Said> = people.iter().map(|key| said(key, space)).collect();
    let all: Vec<Identity> = said.iter().flat_map(|one| one.identities.iter().cloned()).collect();
    let answers: HashMap<&Identity, Option<Recognised>> = all.iter().zip(state.look_for(&all).await?).collect();
    let mut found = Found::default();
    for one in &said {
        let mut here = one.identities.iter().filter_map(|identity| answers.get(identity).copied().flatten());
        let person = here.clone().find_map(|answer| match answer {
            Recognised::Person { alias, person, .. } => Some((alias, person)),
            Recognised::Erased => None,
        });
        let (known, person) = match person {
            Some((alias, person)) => (Known::Alias(alias), Some(person)),
            None if one.identities.is_empty() => (Known::Nobody, None),
            None if here.any(|answer| answer == Recognised::Erased) => (Known::Erased, None),
            None => {
                found.new += 1;
                (Known::Alias(fresh.person().1), None)
            }
        };
        found.known.push(known);
        found.persons.push(person);
    }
    Ok(found)
}

/// By which identities a combination of names names somebody; what is no address or number is left out.
fn said(key: &str, space: Space<'_>) -> Said {
    let identity = |(kind, name): (char, &str)| match kind {
        'e' => Identity::new(IdentityKind::Email, name).ok(),
        'p' => Identity::new(IdentityKind::Phone, name).ok(),
        'v' => Identity::new(IdentityKind::Anonymous, name).ok(),
        _ if space.by_name => Identity::new(IdentityKind::Given, name).ok(),
        _ => Identity::new(IdentityKind::Shop, &format!("{}/{name}", space.name)).ok(),
    };
    let reason = format!("named together in a file of {}", space.name);
    Said { identities: names_in(key).filter_map(identity).collect(), declared: false, reason }
}
