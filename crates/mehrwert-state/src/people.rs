//! People: who is behind an identity, and what is known of them.

use std::collections::HashMap;

use jiff::Timestamp;
use mehrwert_core::{AliasId, PersonId};
use serde_json::Value as Json;

use crate::aliases::{known, last_survivor, resolve, survivors};
use crate::database::{Transaction, Value, values};
use crate::erasure::{tombstone, tombstone_key};
use crate::{Identity, IdentityKind, State, StateError};

/// Who is behind an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// A person, and the alias that facts hold for this identity.
    Person {
        /// What stands in the facts.
        alias: AliasId,
        /// Who it is now.
        person: PersonId,
        /// Whether the identity was seen for the first time.
        new: bool,
    },
    /// Someone who was erased: facts about them are kept under a random alias of their own, or not at all.
    Erased,
}

/// Something known of a person: a name, an address, a birthday.
#[derive(Debug, Clone, PartialEq)]
pub struct Trait {
    /// What it is.
    pub name: String,
    /// Its value.
    pub value: Json,
    /// When it was said.
    pub set_at: Timestamp,
}

/// Where new ids come from: a person and an alias for every identity that is seen for the first time.
pub type FreshIds<'a> = &'a mut (dyn FnMut() -> (PersonId, AliasId) + Send);

impl State {
    /// Finds who is behind identities and makes a person for each that is new; one answer for each, in their order.
    /// Identities of one person that are not known to be are joined by [`State::merge`].
    pub async fn recognise(
        &self,
        identities: &[Identity],
        fresh: FreshIds<'_>,
        at: Timestamp,
    ) -> Result<Vec<Recognised>, StateError> {
        // Most calls hold known identities only: those do not wait for writers.
        let mut transaction = self.database.read("recognise persons").await?;
        let mut aliases = find(&mut transaction, identities).await?;
        let unknown = missing(identities, &aliases);
        let mut new = HashMap::new();
        if !unknown.is_empty() {
            transaction = self.database.write("recognise persons").await?;
            // The version locks the map; then another process may have been first, so the rest is looked up again.
            let version = transaction.next("alias_map").await?;
            aliases.extend(find(&mut transaction, &unknown).await?);
            let unknown = not_erased(&mut transaction, missing(&unknown, &aliases)).await?;
            new = make(&mut transaction, &unknown, version, fresh, at).await?;
        }
        let old: Vec<AliasId> = aliases.values().copied().collect();
        let persons = resolve(&mut transaction, &old, i64::MAX).await?;
        transaction.commit().await?;
        let answer = |identity: &Identity| match (new.get(identity), aliases.get(identity)) {
            (Some((person, alias)), _) => Recognised::Person { alias: *alias, person: *person, new: true },
            (None, Some(alias)) => match persons.get(alias) {
                Some(person) => Recognised::Person { alias: *alias, person: *person, new: false },
                // Erased between the two looks.
                None => Recognised::Erased,
            },
            (None, None) => Recognised::Erased,
        };
        Ok(identities.iter().map(answer).collect())
    }

    /// The aliases of those identities that are known, one answer for each in their order; nobody is made, and who it is is
    /// not asked. For a file with the names of many: where it asks for a good part of all, they are read in their order
    /// instead of being looked up one by one.
    pub async fn aliases(&self, identities: &[Identity]) -> Result<Vec<Option<AliasId>>, StateError> {
        let mut transaction = self.database.read("look for aliases").await?;
        let count = transaction.row("SELECT COUNT(*) FROM identities", values![]).await?;
        let count = count.map_or(Ok(0), |row| row.count(0))?;
        let asked = identities.len() as u64;
        let found = if asked < MANY || count / 8 > asked {
            find(&mut transaction, identities).await?
        } else {
            find_by_reading(&mut transaction, identities).await?
        };
        Ok(identities.iter().map(|identity| found.get(identity).copied()).collect())
    }

    /// Who is behind identities, where they are known; nobody is made. One answer for each, in their order.
    pub async fn look_for(&self, identities: &[Identity]) -> Result<Vec<Option<Recognised>>, StateError> {
        let mut transaction = self.database.read("look for persons").await?;
        let aliases = find(&mut transaction, identities).await?;
        let unknown = missing(identities, &aliases);
        let kept = not_erased(&mut transaction, unknown.clone()).await?;
        let new: std::collections::HashSet<Identity> = kept.into_iter().collect();
        let old: Vec<AliasId> = aliases.values().copied().collect();
        let persons = resolve(&mut transaction, &old, i64::MAX).await?;
        let answer = |identity: &Identity| match aliases.get(identity) {
            Some(alias) => persons
                .get(alias)
                .map(|person| Recognised::Person { alias: *alias, person: *person, new: false })
                .or(Some(Recognised::Erased)),
            None if new.contains(identity) => None,
            None => Some(Recognised::Erased),
        };
        Ok(identities.iter().map(answer).collect())
    }

    /// All identities of a person and of those merged into them, by kind and value.
    pub async fn identities(&self, person: PersonId) -> Result<Vec<(Identity, AliasId)>, StateError> {
        let mut transaction = self.database.read("list the identities of a person").await?;
        known(&mut transaction, person).await?;
        let mut found = Vec::new();
        for alias in aliases_of(&mut transaction, person).await? {
            let find = "SELECT kind, value FROM identities WHERE alias = $1";
            for row in transaction.rows(find, values![alias]).await? {
                let kind = row.text(0)?;
                let kind =
                    IdentityKind::from_name(&kind).ok_or_else(|| row.damaged(format!("an identity '{kind}'")))?;
                let identity = Identity::new(kind, &row.text(1)?).map_err(|error| row.damaged(error.to_string()))?;
                found.push((identity, alias));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Sets traits of a person; what was said later stays, whatever order it arrives in.
    pub async fn set_traits(&self, person: PersonId, traits: &[Trait]) -> Result<(), StateError> {
        let mut transaction = self.database.write("set traits of a person").await?;
        known(&mut transaction, person).await?;
        let set = "INSERT INTO traits (person, name, value, set_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (person, name) DO UPDATE SET value = EXCLUDED.value, set_at = EXCLUDED.set_at
            WHERE traits.set_at <= EXCLUDED.set_at";
        for one in traits {
            let values = values![person, one.name.as_str(), one.value.to_string(), one.set_at];
            transaction.execute(set, values).await?;
        }
        transaction.commit().await
    }

    /// What is known of a person and of those merged into them, by name; of two values the later.
    pub async fn traits(&self, person: PersonId) -> Result<Vec<Trait>, StateError> {
        let mut transaction = self.database.read("read the traits of a person").await?;
        known(&mut transaction, person).await?;
        let mut found: HashMap<String, Trait> = HashMap::new();
        for one in family(&mut transaction, person).await? {
            let read = "SELECT name, value, set_at FROM traits WHERE person = $1";
            for row in transaction.rows(read, values![one]).await? {
                let value = serde_json::from_str(&row.text(1)?).map_err(|error| row.damaged(error.to_string()))?;
                let read = Trait { name: row.text(0)?, value, set_at: row.time(2)? };
                match found.get(&read.name) {
                    Some(kept) if kept.set_at >= read.set_at => {}
                    _ => drop(found.insert(read.name.clone(), read)),
                }
            }
        }
        let mut traits: Vec<Trait> = found.into_values().collect();
        traits.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(traits)
    }

    /// How many persons there are; merged ones count once.
    pub async fn person_count(&self) -> Result<u64, StateError> {
        let mut transaction = self.database.read("count persons").await?;
        let count = "SELECT (SELECT COUNT(*) FROM persons) - (SELECT COUNT(*) FROM person_merges AS merge
            WHERE NOT EXISTS (SELECT 1 FROM person_unmerges WHERE undoes = merge.version))";
        let row = transaction.row(count, values![]).await?;
        row.map_or(Ok(0), |row| row.count(0))
    }
}

/// A person and those merged into them at present. The person itself comes first.
pub(crate) async fn family(transaction: &mut Transaction, person: PersonId) -> Result<Vec<PersonId>, StateError> {
    let end = last_survivor(person, &survivors(transaction, &[person], i64::MAX).await?);
    let mut family = vec![end];
    let mut next = 0;
    while next < family.len() {
        let absorbed = "SELECT absorbed FROM person_merges AS merge WHERE survivor = $1
            AND NOT EXISTS (SELECT 1 FROM person_unmerges WHERE undoes = merge.version) ORDER BY version";
        for row in transaction.rows(absorbed, values![family[next]]).await? {
            let person = PersonId::from_bytes(row.id(0)?);
            if !family.contains(&person) {
                family.push(person);
            }
        }
        next += 1;
    }
    Ok(family)
}

/// The aliases of a person and of those merged into them, at present.
pub(crate) async fn aliases_of(transaction: &mut Transaction, person: PersonId) -> Result<Vec<AliasId>, StateError> {
    let mut aliases = Vec::new();
    for one in family(transaction, person).await? {
        let latest = "SELECT alias FROM alias_links AS link WHERE person = $1 AND version =
            (SELECT MAX(version) FROM alias_links WHERE alias = link.alias)";
        for row in transaction.rows(latest, values![one]).await? {
            aliases.push(AliasId::from_bytes(row.id(0)?));
        }
    }
    aliases.sort_unstable();
    Ok(aliases)
}

fn pair(identity: &Identity) -> Vec<Value> {
    values![identity.kind().name(), identity.value()]
}

/// The aliases of those identities that are known.
async fn find(
    transaction: &mut Transaction,
    identities: &[Identity],
) -> Result<HashMap<Identity, AliasId>, StateError> {
    let rows: Vec<Vec<Value>> = identities.iter().map(pair).collect();
    let find = "SELECT kind, value, alias FROM identities WHERE (kind, value) IN (VALUES {rows})";
    let mut by_name = HashMap::new();
    for row in transaction.rows_in_chunks(find, &rows).await? {
        by_name.insert((row.text(0)?, row.text(1)?), AliasId::from_bytes(row.id(2)?));
    }
    let known = |identity: &Identity| {
        let alias = by_name.get(&(identity.kind().name().to_owned(), identity.value().to_owned()))?;
        Some((identity.clone(), *alias))
    };
    Ok(identities.iter().filter_map(known).collect())
}

/// From so many names on it may be quicker to read all.
const MANY: u64 = 5_000;
/// Names read at once.
const READ_AT_ONCE: i64 = 20_000;

/// The same as [`find`], by reading all identities in the order of their index.
async fn find_by_reading(
    transaction: &mut Transaction,
    identities: &[Identity],
) -> Result<HashMap<Identity, AliasId>, StateError> {
    let wanted: HashMap<(&str, &str), &Identity> =
        identities.iter().map(|identity| ((identity.kind().name(), identity.value()), identity)).collect();
    let mut found = HashMap::with_capacity(wanted.len());
    let (mut kind, mut value) = (String::new(), String::new());
    loop {
        let read = "SELECT kind, value, alias FROM identities WHERE (kind, value) > ($1, $2)
            ORDER BY kind, value LIMIT $3";
        let rows = transaction.rows(read, values![kind.as_str(), value.as_str(), READ_AT_ONCE]).await?;
        for row in &rows {
            (kind, value) = (row.text(0)?, row.text(1)?);
            if let Some(identity) = wanted.get(&(kind.as_str(), value.as_str())) {
                found.insert((*identity).clone(), AliasId::from_bytes(row.id(2)?));
            }
        }
        if (rows.len() as i64) < READ_AT_ONCE {
            return Ok(found);
        }
    }
}

/// The identities that have no alias, each once, in their order.
fn missing(identities: &[Identity], aliases: &HashMap<Identity, AliasId>) -> Vec<Identity> {
    let mut seen = std::collections::HashSet::new();
    let unknown = identities.iter().filter(|identity| !aliases.contains_key(*identity));
    unknown.filter(|identity| seen.insert(*identity)).cloned().collect()
}

/// The identities that have no tombstone.
async fn not_erased(transaction: &mut Transaction, identities: Vec<Identity>) -> Result<Vec<Identity>, StateError> {
    if transaction.row("SELECT 1 FROM tombstones LIMIT 1", values![]).await?.is_none() {
        return Ok(identities);
    }
    let key = tombstone_key(transaction).await?;
    let digests: Vec<[u8; 32]> = identities.iter().map(|identity| tombstone(&key, identity)).collect();
    let rows: Vec<Vec<Value>> = digests.iter().map(|digest| values![*digest]).collect();
    let find = "SELECT digest FROM tombstones WHERE digest IN (VALUES {rows})";
    let found = transaction.rows_in_chunks(find, &rows).await?;
    let erased = found.iter().map(|row| row.bytes(0)).collect::<Result<std::collections::HashSet<_>, _>>()?;
    let kept = identities.into_iter().zip(digests).filter(|(_, digest)| !erased.contains(digest.as_slice()));
    Ok(kept.map(|(identity, _)| identity).collect())
}

/// Makes a person with one alias for each identity.
async fn make(
    transaction: &mut Transaction,
    identities: &[Identity],
    version: i64,
    fresh: FreshIds<'_>,
    at: Timestamp,
) -> Result<HashMap<Identity, (PersonId, AliasId)>, StateError> {
    let (mut persons, mut links, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    let mut new = HashMap::with_capacity(identities.len());
    for identity in identities {
        let (person, alias) = fresh();
        persons.push(values![person, at]);
        links.push(values![alias, version, person, "first seen", at]);
        rows.push(values![identity.kind().name(), identity.value(), alias, at]);
        new.insert(identity.clone(), (person, alias));
    }
    transaction.rows_in_chunks("INSERT INTO persons (person, created_at) VALUES {rows}", &persons).await?;
    let insert = "INSERT INTO alias_links (alias, version, person, reason, linked_at) VALUES {rows}";
    transaction.rows_in_chunks(insert, &links).await?;
    let insert = "INSERT INTO identities (kind, value, alias, created_at) VALUES {rows}";
    transaction.rows_in_chunks(insert, &rows).await?;
    Ok(new)
}
