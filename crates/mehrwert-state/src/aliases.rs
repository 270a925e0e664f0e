//! The alias map: which person an alias of the facts is, at any version of the map.
//!
//! Every change is a row with a version, a reason and a time; nothing is rewritten. An alias belongs to the person of
//! its latest link. A merge says that one person is another; it holds until an unmerge undoes it. Whoever asks with an
//! earlier version gets the answer of then.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use mehrwert_core::{AliasId, PersonId};

use crate::database::{ROWS_AT_ONCE, Transaction, Value, values};
use crate::{State, StateError};

/// Longer chains of merges than this cannot come about: a merge joins the ends of two chains.
const LONGEST_CHAIN: usize = 10_000;

impl State {
    /// The present version of the alias map.
    pub async fn alias_version(&self) -> Result<i64, StateError> {
        self.database.read("read the version of the alias map").await?.counter("alias_map").await
    }

    /// The latest version of the alias map made at or before a point in time: who was who when a month was reported.
    pub async fn alias_version_at(&self, at: Timestamp) -> Result<i64, StateError> {
        let mut transaction = self.database.read("find a version of the alias map").await?;
        let find = "SELECT COALESCE(MAX(version), 0) FROM (
            SELECT MAX(version) AS version FROM alias_links WHERE linked_at <= $1
            UNION ALL SELECT MAX(version) AS version FROM person_merges WHERE merged_at <= $1
            UNION ALL SELECT MAX(version) AS version FROM person_unmerges WHERE unmerged_at <= $1) AS versions";
        transaction.number(find, values![at]).await
    }

    /// The persons behind aliases, at a version of the map or now. An alias that the map does not hold is left out.
    pub async fn resolve(
        &self,
        aliases: &[AliasId],
        version: Option<i64>,
    ) -> Result<HashMap<AliasId, PersonId>, StateError> {
        let mut transaction = self.database.read("resolve aliases").await?;
        let version = version.unwrap_or(i64::MAX);
        resolve(&mut transaction, aliases, version).await
    }

    /// The whole alias map at a version or now, for queries over all facts.
    pub async fn alias_map(&self, version: Option<i64>) -> Result<HashMap<AliasId, PersonId>, StateError> {
        let mut transaction = self.database.read("read the alias map").await?;
        let version = version.unwrap_or(i64::MAX);
        let links = "SELECT alias, person FROM alias_links AS link WHERE version =
            (SELECT MAX(version) FROM alias_links WHERE alias = link.alias AND version <= $1)";
        let rows = transaction.rows(links, values![version]).await?;
        let mut map = HashMap::with_capacity(rows.len());
        for row in &rows {
            map.insert(AliasId::from_bytes(row.id(0)?), PersonId::from_bytes(row.id(1)?));
        }
        let merges = format!("SELECT absorbed, survivor FROM person_merges AS merge WHERE {IN_FORCE}");
        let mut survivors = HashMap::new();
        for row in transaction.rows(merges, values![version]).await? {
            survivors.insert(PersonId::from_bytes(row.id(0)?), PersonId::from_bytes(row.id(1)?));
        }
        for person in map.values_mut() {
            *person = last_survivor(*person, &survivors);
        }
        Ok(map)
    }

    /// Whom a person was merged into, at a version or now; the person itself when into nobody.
    pub async fn survivor(&self, person: PersonId, version: Option<i64>) -> Result<PersonId, StateError> {
        let mut transaction = self.database.read("look for a merged person").await?;
        let survivors = survivors(&mut transaction, &[person], version.unwrap_or(i64::MAX)).await?;
        Ok(last_survivor(person, &survivors))
    }

    /// Declares that two persons are one: from the returned version on, everything of `absorbed` is `survivor`'s. Where
    /// one of them was merged before, those they were merged into are meant. `None` when they are one already.
    ///
    /// # Errors
    /// [`StateError::Missing`] when one of them is not known.
    pub async fn merge(
        &self,
        absorbed: PersonId,
        survivor: PersonId,
        reason: &str,
        at: Timestamp,
    ) -> Result<Option<i64>, StateError> {
        let operation = "merge persons";
        let mut transaction = self.database.write(operation).await?;
        // First the version: it locks the map, so what is read from here on cannot change.
        let version = transaction.next("alias_map").await?;
        known(&mut transaction, absorbed).await?;
        known(&mut transaction, survivor).await?;
        let survivors = survivors(&mut transaction, &[absorbed, survivor], version).await?;
        let (absorbed, survivor) = (last_survivor(absorbed, &survivors), last_survivor(survivor, &survivors));
        if absorbed == survivor {
            return Ok(None);
        }
        let insert = "INSERT INTO person_merges (version, absorbed, survivor, reason, merged_at)
            VALUES ($1, $2, $3, $4, $5)";
        transaction.execute(insert, values![version, absorbed, survivor, reason, at]).await?;
        transaction.commit().await?;
        Ok(Some(version))
    }

    /// Undoes the merge of that version: from the returned version on, the two are two again, each with the aliases and
    /// earlier merges of their own.
    ///
    /// # Errors
    /// [`StateError::Missing`] when that version is no merge, [`StateError::Refused`] when it is undone already.
    pub async fn unmerge(&self, merge: i64, reason: &str, at: Timestamp) -> Result<i64, StateError> {
        let operation = "unmerge persons";
        let mut transaction = self.database.write(operation).await?;
        let version = transaction.next("alias_map").await?;
        let find =
            "SELECT (SELECT COUNT(*) FROM person_unmerges WHERE undoes = $1) FROM person_merges WHERE version = $1";
        match transaction.row(find, values![merge]).await? {
            None => return Err(StateError::missing(operation, format!("merge with version {merge}"))),
            Some(row) if row.integer(0)? > 0 => {
                return Err(StateError::refused(operation, format!("the merge of version {merge} is undone already")));
            }
            Some(_) => {}
        }
        let insert = "INSERT INTO person_unmerges (version, undoes, reason, unmerged_at) VALUES ($1, $2, $3, $4)";
        transaction.execute(insert, values![version, merge, reason, at]).await?;
        transaction.commit().await?;
        Ok(version)
    }

    /// Links an alias to another person from the returned version on (a shared address that turned out to be two).
    ///
    /// # Errors
    /// [`StateError::Missing`] when the person is not known or the alias was never linked.
    pub async fn link(&self, alias: AliasId, person: PersonId, reason: &str, at: Timestamp) -> Result<i64, StateError> {
        let operation = "link an alias";
        let mut transaction = self.database.write(operation).await?;
        let version = transaction.next("alias_map").await?;
        known(&mut transaction, person).await?;
        if transaction.row("SELECT 1 FROM alias_links WHERE alias = $1 LIMIT 1", values![alias]).await?.is_none() {
            return Err(StateError::missing(operation, format!("alias {alias}")));
        }
        let insert = "INSERT INTO alias_links (alias, version, person, reason, linked_at) VALUES ($1, $2, $3, $4, $5)";
        transaction.execute(insert, values![alias, version, person, reason, at]).await?;
        transaction.commit().await?;
        Ok(version)
    }
}

/// Merges that hold at version `$1`.
const IN_FORCE: &str = "merge.version <= $1 AND NOT EXISTS
    (SELECT 1 FROM person_unmerges WHERE undoes = merge.version AND person_unmerges.version <= $1)";

/// Refuses a person that the state does not know.
pub(crate) async fn known(transaction: &mut Transaction, person: PersonId) -> Result<(), StateError> {
    match transaction.row("SELECT 1 FROM persons WHERE person = $1", values![person]).await? {
        Some(_) => Ok(()),
        None => Err(StateError::missing(transaction.operation(), format!("person {person}"))),
    }
}

/// The persons behind aliases at a version.
pub(crate) async fn resolve(
    transaction: &mut Transaction,
    aliases: &[AliasId],
    version: i64,
) -> Result<HashMap<AliasId, PersonId>, StateError> {
    let mut map = HashMap::with_capacity(aliases.len());
    for chunk in aliases.chunks(ROWS_AT_ONCE) {
        let links = "SELECT alias, person FROM alias_links WHERE version <= $1 AND alias IN ({ids}) ORDER BY version";
        // In the order of versions: the latest link is what stays in the map.
        for row in transaction.rows(with_ids(links, chunk.len()), version_and(version, chunk)).await? {
            map.insert(AliasId::from_bytes(row.id(0)?), PersonId::from_bytes(row.id(1)?));
        }
    }
    let persons: Vec<PersonId> = map.values().copied().collect::<HashSet<_>>().into_iter().collect();
    let survivors = survivors(transaction, &persons, version).await?;
    for person in map.values_mut() {
        *person = last_survivor(*person, &survivors);
    }
    Ok(map)
}

/// The merges in force at a version that lead on from these persons, and on from there.
pub(crate) async fn survivors(
    transaction: &mut Transaction,
    persons: &[PersonId],
    version: i64,
) -> Result<HashMap<PersonId, PersonId>, StateError> {
    let mut found = HashMap::new();
    let mut next = persons.to_vec();
    while !next.is_empty() {
        let mut further = Vec::new();
        for chunk in next.chunks(ROWS_AT_ONCE) {
            let merges = "SELECT absorbed, survivor FROM person_merges AS merge WHERE absorbed IN ({ids}) AND ";
            let merges = format!("{}{IN_FORCE}", with_ids(merges, chunk.len()));
            for row in transaction.rows(merges, version_and(version, chunk)).await? {
                let (absorbed, survivor) = (PersonId::from_bytes(row.id(0)?), PersonId::from_bytes(row.id(1)?));
                if found.insert(absorbed, survivor).is_none() {
                    further.push(survivor);
                }
            }
        }
        next = further;
    }
    Ok(found)
}

/// Follows the merges from a person to the end.
pub(crate) fn last_survivor(person: PersonId, survivors: &HashMap<PersonId, PersonId>) -> PersonId {
    let mut last = person;
    // The bound keeps a damaged table from holding a caller for ever.
    for _ in 0..LONGEST_CHAIN {
        match survivors.get(&last) {
            Some(next) => last = *next,
            None => break,
        }
    }
    last
}

/// A statement with so many parameters, from `$2` on, where `{ids}` stands.
fn with_ids(statement: &str, ids: usize) -> String {
    let names: Vec<String> = (2..ids + 2).map(|number| format!("${number}")).collect();
    statement.replace("{ids}", &names.join(", "))
}

fn version_and<T: Copy + Into<Value>>(version: i64, ids: &[T]) -> Vec<Value> {
    std::iter::once(Value::from(version)).chain(ids.iter().map(|id| (*id).into())).collect()
}
