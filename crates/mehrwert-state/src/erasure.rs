//! Erasing a person: what named them goes, and what came from them can no longer be joined.
//!
//! In one transaction their traits, identities, memberships, consents and places in the alias map are deleted. Of each
//! identity a tombstone stays: its HMAC-SHA256 under a secret of this state, by which a later import recognises the
//! identity without anyone being able to read it. Their aliases stand in the fact files until those are rewritten;
//! until then they are listed here, so that a crash between the two forgets nothing.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use mehrwert_core::{AliasId, PersonId};
use sha2::Sha256;

use crate::aliases::known;
use crate::database::{Transaction, values};
use crate::people::{aliases_of, family};
use crate::{Identity, State, StateError};

/// What an erasure took away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// Aliases to be replaced by random ones in the facts; also in [`State::pending_erasures`] until that is done.
    pub aliases: Vec<AliasId>,
    /// Identities of which a tombstone stays.
    pub identities: u64,
}

impl State {
    /// Erases a person and everyone merged into them.
    ///
    /// # Errors
    /// [`StateError::Missing`] when there is no such person (any more).
    pub async fn erase(&self, person: PersonId, at: Timestamp) -> Result<Erased, StateError> {
        let mut transaction = self.database.write("erase a person").await?;
        // The version locks the alias map against merges, and tells readers that the map has changed.
        transaction.next("alias_map").await?;
        known(&mut transaction, person).await?;
        let aliases = aliases_of(&mut transaction, person).await?;
        let family = family(&mut transaction, person).await?;
        let identities = bury(&mut transaction, &aliases, at).await?;
        for person in family {
            forget(&mut transaction, person).await?;
        }
        transaction.commit().await?;
        Ok(Erased { aliases, identities })
    }

    /// Whether an identity belongs to someone who was erased.
    pub async fn is_erased(&self, identity: &Identity) -> Result<bool, StateError> {
        let mut transaction = self.database.read("look for a tombstone").await?;
        let key = tombstone_key(&mut transaction).await?;
        let find = "SELECT 1 FROM tombstones WHERE digest = $1";
        Ok(transaction.row(find, values![tombstone(&key, identity)]).await?.is_some())
    }

    /// When the person was erased whose identity this was; none when nobody was.
    pub async fn erased_at(&self, identity: &Identity) -> Result<Option<Timestamp>, StateError> {
        let mut transaction = self.database.read("look for a tombstone").await?;
        let key = tombstone_key(&mut transaction).await?;
        let find = "SELECT erased_at FROM tombstones WHERE digest = $1";
        let row = transaction.row(find, values![tombstone(&key, identity)]).await?;
        row.map(|row| row.time(0)).transpose()
    }

    /// Aliases of erased persons that are still to be replaced in the facts.
    pub async fn pending_erasures(&self) -> Result<Vec<AliasId>, StateError> {
        let mut transaction = self.database.read("list pending erasures").await?;
        let rows = transaction.rows("SELECT alias FROM pending_erasures ORDER BY alias", values![]).await?;
        rows.iter().map(|row| row.id(0).map(AliasId::from_bytes)).collect()
    }

    /// Notes that these aliases no longer stand in any fact.
    pub async fn erasures_done(&self, aliases: &[AliasId]) -> Result<(), StateError> {
        let mut transaction = self.database.write("note finished erasures").await?;
        for alias in aliases {
            transaction.execute("DELETE FROM pending_erasures WHERE alias = $1", values![*alias]).await?;
        }
        transaction.commit().await
    }
}

/// Puts a tombstone in the place of every identity of these aliases, and the aliases on the list of the facts.
async fn bury(transaction: &mut Transaction, aliases: &[AliasId], at: Timestamp) -> Result<u64, StateError> {
    let key = tombstone_key(transaction).await?;
    let mut buried = 0;
    for alias in aliases {
        let delete = "DELETE FROM identities WHERE alias = $1 RETURNING kind, value";
        for row in transaction.rows(delete, values![*alias]).await? {
            let digest = digest(&key, &row.text(0)?, &row.text(1)?);
            let insert = "INSERT INTO tombstones (digest, erased_at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING";
            transaction.execute(insert, values![digest, at]).await?;
            buried += 1;
        }
        transaction.execute("DELETE FROM alias_links WHERE alias = $1", values![*alias]).await?;
        let insert = "INSERT INTO pending_erasures (alias, erased_at) VALUES ($1, $2) ON CONFLICT (alias) DO NOTHING";
        transaction.execute(insert, values![*alias, at]).await?;
    }
    Ok(buried)
}

/// Deletes everything that stands under a person.
async fn forget(transaction: &mut Transaction, person: PersonId) -> Result<(), StateError> {
    for delete in [
        "DELETE FROM traits WHERE person = $1",
        "DELETE FROM memberships WHERE person = $1",
        "DELETE FROM consents WHERE person = $1",
        // Links of aliases that by now belong to someone else.
        "DELETE FROM alias_links WHERE person = $1",
        "DELETE FROM person_unmerges WHERE undoes IN
            (SELECT version FROM person_merges WHERE absorbed = $1 OR survivor = $1)",
        "DELETE FROM person_merges WHERE absorbed = $1 OR survivor = $1",
        "DELETE FROM persons WHERE person = $1",
    ] {
        transaction.execute(delete, values![person]).await?;
    }
    Ok(())
}

/// The secret under which tombstones are made.
pub(crate) async fn tombstone_key(transaction: &mut Transaction) -> Result<Vec<u8>, StateError> {
    match transaction.row("SELECT value FROM secrets WHERE name = 'tombstones'", values![]).await? {
        Some(row) => row.bytes(0),
        None => Err(transaction.damaged("the key of the tombstones is missing")),
    }
}

/// What stays of an identity.
pub(crate) fn tombstone(key: &[u8], identity: &Identity) -> [u8; 32] {
    digest(key, identity.kind().name(), identity.value())
}

fn digest(key: &[u8], kind: &str, value: &str) -> [u8; 32] {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.chain_update(kind.as_bytes()).chain_update([0]).chain_update(value.as_bytes()).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IdentityKind;

    #[test]
    fn a_tombstone_depends_on_key_kind_and_value() {
        let identity = |kind, text| Identity::new(kind, text).unwrap();
        let eva = identity(IdentityKind::Email, "eva@example.com");
        let same = tombstone(&[1; 32], &eva);
        assert_eq!(same, tombstone(&[1; 32], &identity(IdentityKind::Email, "Eva@Example.com")));
        for other in [
            tombstone(&[2; 32], &eva),
            tombstone(&[1; 32], &identity(IdentityKind::Given, "eva@example.com")),
            tombstone(&[1; 32], &identity(IdentityKind::Email, "eve@example.com")),
        ] {
            assert_ne!(same, other);
        }
    }
}
