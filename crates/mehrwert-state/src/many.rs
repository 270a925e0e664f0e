//! Many persons at once: what a sealing or an import learns of people, in one transaction each.
//!
//! Making a transaction durable costs milliseconds, whatever is in it. Whoever reads thousands of events says what they
//! came to in one call. Someone who was erased in the meantime is left out: that is no error of the caller.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use mehrwert_core::{AliasId, PersonId};

use crate::aliases::{last_survivor, resolve, survivors};
use crate::database::{Transaction, Value, values};
use crate::{Identity, IdentityKind, State, StateError, Trait};

/// That two persons are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Who from now on is the other.
    pub absorbed: PersonId,
    /// Who they are.
    pub survivor: PersonId,
    /// Why.
    pub reason: String,
}

/// That an identity is someone else's from now on: facts that stand under its alias stay where they are, and later
/// ones come under a new alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The identity.
    pub identity: Identity,
    /// Whose it is from now on.
    pub person: PersonId,
    /// The alias for it from now on.
    pub alias: AliasId,
    /// Why.
    pub reason: String,
}

impl State {
    /// As [`State::merge`] for many pairs, in their order. Returns for each the version of the map that joined them; none
    /// where they are one already, or one of them is not known (any more).
    pub async fn merge_all(&self, merges: &[Merge], at: Timestamp) -> Result<Vec<Option<i64>>, StateError> {
        let mut transaction = self.database.write("merge persons").await?;
        // First the map is locked, so that what is read from here on cannot change.
        let mut version = transaction.next("alias_map").await?;
        let all: Vec<PersonId> = merges.iter().flat_map(|merge| [merge.absorbed, merge.survivor]).collect();
        let known = those_known(&mut transaction, &all).await?;
        let mut ends = survivors(&mut transaction, &all, i64::MAX).await?;
        let mut versions = Vec::with_capacity(merges.len());
        let mut rows = Vec::new();
        for merge in merges {
            let (absorbed, survivor) = (last_survivor(merge.absorbed, &ends), last_survivor(merge.survivor, &ends));
            if absorbed == survivor || ![merge.absorbed, merge.survivor].iter().all(|person| known.contains(person)) {
                versions.push(None);
                continue;
            }
            if !rows.is_empty() {
                version = transaction.next("alias_map").await?;
            }
            ends.insert(absorbed, survivor);
            rows.push(values![version, absorbed, survivor, merge.reason.as_str(), at]);
            versions.push(Some(version));
        }
        if rows.is_empty() {
            // Dropped, not committed: the version was not used.
            return Ok(versions);
        }
        let insert = "INSERT INTO person_merges (version, absorbed, survivor, reason, merged_at) VALUES {rows}";
        transaction.rows_in_chunks(insert, &rows).await?;
        transaction.commit().await?;
        Ok(versions)
    }

    /// Moves identities to other persons from the present version on, in their order. Returns for each the alias that it
    /// has now: the one handed in, or the one that it had where it is the person's already; none where identity or
    /// person is not known (any more).
    pub async fn move_identities(&self, moves: &[Move], at: Timestamp) -> Result<Vec<Option<AliasId>>, StateError> {
        let mut transaction = self.database.write("move identities").await?;
        let version = transaction.next("alias_map").await?;
        let mut aliases = Vec::with_capacity(moves.len());
        for one in moves {
            aliases.push(move_identity(&mut transaction, one, version, at).await?);
        }
        transaction.commit().await?;
        Ok(aliases)
    }

    /// Under which identities persons are known, those merged into them included. Someone who is not known is left out.
    pub async fn identities_of(&self, persons: &[PersonId]) -> Result<HashMap<PersonId, Vec<Identity>>, StateError> {
        let mut transaction = self.database.read("list the identities of persons").await?;
        let (families, members) = families(&mut transaction, persons).await?;
        let rows: Vec<Vec<Value>> = members.iter().map(|person| values![*person]).collect();
        let links = "SELECT alias, person FROM alias_links AS link WHERE person IN (VALUES {rows}) AND version =
            (SELECT MAX(version) FROM alias_links WHERE alias = link.alias)";
        let mut owner = HashMap::new();
        for row in transaction.rows_in_chunks(links, &rows).await? {
            owner.insert(row.id(0)?, PersonId::from_bytes(row.id(1)?));
        }
        let rows: Vec<Vec<Value>> = owner.keys().map(|alias| values![*alias]).collect();
        let find = "SELECT kind, value, alias FROM identities WHERE alias IN (VALUES {rows})";
        let mut found: HashMap<PersonId, Vec<Identity>> = HashMap::new();
        for row in transaction.rows_in_chunks(find, &rows).await? {
            let (kind, value) = (row.text(0)?, row.text(1)?);
            let kind = IdentityKind::from_name(&kind).ok_or_else(|| row.damaged(format!("an identity '{kind}'")))?;
            let identity = Identity::new(kind, &value).map_err(|error| row.damaged(error.to_string()))?;
            let persons = owner.get(&row.id(2)?).and_then(|member| families.get(member));
            for person in persons.into_iter().flatten() {
                found.entry(*person).or_default().push(identity.clone());
            }
        }
        found.values_mut().for_each(|identities| identities.sort());
        Ok(found)
    }

    /// As [`State::set_traits`] for many persons.
    pub async fn set_traits_of_many(&self, traits: &[(PersonId, Trait)]) -> Result<(), StateError> {
        if traits.is_empty() {
            return Ok(());
        }
        let mut transaction = self.database.write("set traits of persons").await?;
        let all: Vec<PersonId> = traits.iter().map(|(person, _)| *person).collect();
        let known = those_known(&mut transaction, &all).await?;
        // One statement must not set one trait twice.
        let mut latest: BTreeMap<(PersonId, &str), &Trait> = BTreeMap::new();
        for (person, one) in traits.iter().filter(|(person, _)| known.contains(person)) {
            let kept = latest.entry((*person, one.name.as_str())).or_insert(one);
            if kept.set_at <= one.set_at {
                *kept = one;
            }
        }
        let row = |((person, name), one): (&(PersonId, &str), &&Trait)| {
            values![*person, *name, one.value.to_string(), one.set_at]
        };
        let rows: Vec<Vec<Value>> = latest.iter().map(row).collect();
        let set = "INSERT INTO traits (person, name, value, set_at) VALUES {rows}
            ON CONFLICT (person, name) DO UPDATE SET value = EXCLUDED.value, set_at = EXCLUDED.set_at
            WHERE traits.set_at <= EXCLUDED.set_at";
        transaction.rows_in_chunks(set, &rows).await?;
        transaction.commit().await
    }
}

/// Those of the persons that the state knows.
pub(crate) async fn those_known(
    transaction: &mut Transaction,
    persons: &[PersonId],
) -> Result<HashSet<PersonId>, StateError> {
    let rows: Vec<Vec<Value>> = persons.iter().map(|person| values![*person]).collect();
    let find = "SELECT person FROM persons WHERE person IN (VALUES {rows})";
    let found = transaction.rows_in_chunks(find, &rows).await?;
    found.iter().map(|row| row.id(0).map(PersonId::from_bytes)).collect()
}

async fn move_identity(
    transaction: &mut Transaction,
    one: &Move,
    version: i64,
    at: Timestamp,
) -> Result<Option<AliasId>, StateError> {
    let (kind, value) = (one.identity.kind().name(), one.identity.value());
    let find = "SELECT alias FROM identities WHERE kind = $1 AND value = $2";
    let Some(row) = transaction.row(find, values![kind, value]).await? else { return Ok(None) };
    let old = AliasId::from_bytes(row.id(0)?);
    if those_known(transaction, &[one.person]).await?.is_empty() {
        return Ok(None);
    }
    let ends = survivors(transaction, &[one.person], i64::MAX).await?;
    let person = last_survivor(one.person, &ends);
    if resolve(transaction, &[old], i64::MAX).await?.get(&old) == Some(&person) {
        return Ok(Some(old));
    }
    let update = "UPDATE identities SET alias = $3 WHERE kind = $1 AND value = $2";
    transaction.execute(update, values![kind, value, one.alias]).await?;
    let insert = "INSERT INTO alias_links (alias, version, person, reason, linked_at) VALUES ($1, $2, $3, $4, $5)";
    transaction.execute(insert, values![one.alias, version, person, one.reason.as_str(), at]).await?;
    Ok(Some(one.alias))
}

/// For every member of the families of these persons, whose of them it is; and all members.
async fn families(
    transaction: &mut Transaction,
    persons: &[PersonId],
) -> Result<(HashMap<PersonId, Vec<PersonId>>, Vec<PersonId>), StateError> {
    let ends = survivors(transaction, persons, i64::MAX).await?;
    let mut of: HashMap<PersonId, Vec<PersonId>> = HashMap::new();
    for person in persons.iter().copied().collect::<HashSet<_>>() {
        of.entry(last_survivor(person, &ends)).or_default().push(person);
    }
    let mut members: Vec<PersonId> = of.keys().copied().collect();
    let mut next = members.clone();
    while !next.is_empty() {
        let rows: Vec<Vec<Value>> = next.iter().map(|person| values![*person]).collect();
        let absorbed = "SELECT absorbed, survivor FROM person_merges AS merge WHERE survivor IN (VALUES {rows})
            AND NOT EXISTS (SELECT 1 FROM person_unmerges WHERE undoes = merge.version)";
        next.clear();
        for row in transaction.rows_in_chunks(absorbed, &rows).await? {
            let (member, survivor) = (PersonId::from_bytes(row.id(0)?), PersonId::from_bytes(row.id(1)?));
            if !of.contains_key(&member) {
                let persons = of.get(&survivor).cloned().unwrap_or_default();
                of.insert(member, persons);
                members.push(member);
                next.push(member);
            }
        }
    }
    Ok((of, members))
}
