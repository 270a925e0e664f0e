//! Whether the alias map hangs together, and which files the catalogue knows at all: for the doctor.

use std::collections::HashMap;

use mehrwert_core::PersonId;

use crate::database::{Transaction, values};
use crate::{State, StateError};

/// What is wrong with the alias map, as counts; all are nothing unless something is wrong with this program or the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MapFaults {
    /// Identities whose alias no link leads from.
    pub identities_without_link: u64,
    /// Links and merges that lead to persons who are not there.
    pub links_to_nobody: u64,
    /// Merges in force that lead round in a circle.
    pub circles: u64,
}

impl MapFaults {
    /// Whether there is none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == MapFaults::default()
    }
}

impl State {
    /// Looks for faults of the alias map.
    pub async fn map_faults(&self) -> Result<MapFaults, StateError> {
        let mut transaction = self.database.read("check the alias map").await?;
        let unlinked = "SELECT COUNT(*) FROM identities WHERE NOT EXISTS
            (SELECT 1 FROM alias_links WHERE alias_links.alias = identities.alias)";
        let identities_without_link = count(&mut transaction, unlinked).await?;
        let lost = "SELECT (SELECT COUNT(*) FROM alias_links WHERE NOT EXISTS
                (SELECT 1 FROM persons WHERE persons.person = alias_links.person))
            + (SELECT COUNT(*) FROM person_merges WHERE NOT EXISTS
                (SELECT 1 FROM persons WHERE persons.person = person_merges.survivor))";
        let links_to_nobody = count(&mut transaction, lost).await?;
        let merges = "SELECT absorbed, survivor FROM person_merges AS merge
            WHERE NOT EXISTS (SELECT 1 FROM person_unmerges WHERE undoes = merge.version)";
        let mut survivors = HashMap::new();
        for row in transaction.rows(merges, values![]).await? {
            survivors.insert(PersonId::from_bytes(row.id(0)?), PersonId::from_bytes(row.id(1)?));
        }
        Ok(MapFaults { identities_without_link, links_to_nobody, circles: circles(&survivors) })
    }

    /// The paths of all files that any generation lists or that wait to be deleted: what else lies in the lake is left over.
    pub async fn listed_files(&self) -> Result<Vec<String>, StateError> {
        let mut transaction = self.database.read("list all files of the catalogue").await?;
        let list = "SELECT path FROM files UNION SELECT path FROM doomed_files";
        transaction.rows(list, values![]).await?.iter().map(|row| row.text(0)).collect()
    }
}

async fn count(transaction: &mut Transaction, sql: &'static str) -> Result<u64, StateError> {
    transaction.row(sql, values![]).await?.map_or(Ok(0), |row| row.count(0))
}

/// Persons from whom the merges never come to an end.
fn circles(survivors: &HashMap<PersonId, PersonId>) -> u64 {
    let leads_round = |start: &PersonId| {
        let mut person = *start;
        for _ in 0..=survivors.len() {
            match survivors.get(&person) {
                Some(next) => person = *next,
                None => return false,
            }
        }
        true
    };
    survivors.keys().filter(|person| leads_round(person)).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_found_and_a_chain_is_none() {
        let person = |number: u8| PersonId::from_bytes([number; 16]);
        let chain = HashMap::from([(person(1), person(2)), (person(2), person(3))]);
        assert_eq!(circles(&chain), 0);
        let circle = HashMap::from([(person(1), person(2)), (person(2), person(1)), (person(3), person(1))]);
        assert_eq!(circles(&circle), 3);
    }
}
