//! API keys: who may send facts, and who may ask and change.
//!
//! A write key is public: it stands in the pages of a shop, can do nothing but send facts, and is kept as it is. A secret
//! key is shown once, when it is made; here stays the SHA-256 of it. A slow hash such as argon2 protects words that people
//! choose, by making guesses dear; a secret key is 256 random bits, which nobody guesses, and is checked at every call.

use jiff::Timestamp;
use mehrwert_core::KeyId;
use sha2::{Digest as _, Sha256};

use crate::database::{Row, values};
use crate::{State, StateError};

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Sends facts and nothing else; may be public.
    Write,
    /// Asks and changes; must stay secret.
    Secret,
}

impl KeyKind {
    const fn name(self) -> &'static str {
        match self {
            KeyKind::Write => "write",
            KeyKind::Secret => "secret",
        }
    }

    /// How a key of this kind begins, so that a secret in the wrong place is noticed.
    const fn prefix(self) -> &'static str {
        match self {
            KeyKind::Write => "mw_",
            KeyKind::Secret => "ms_",
        }
    }
}

/// A key as it is kept: without what opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// What it opens.
    pub kind: KeyKind,
    /// What it is for, in the owner's words.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it opens nothing any more.
    pub revoked_at: Option<Timestamp>,
}

impl State {
    /// Makes a key from 32 random bytes and returns its text: the only time that it is shown.
    pub async fn add_key(
        &self,
        id: KeyId,
        kind: KeyKind,
        name: &str,
        random: [u8; 32],
        at: Timestamp,
    ) -> Result<String, StateError> {
        let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("{}{digits}", kind.prefix());
        let mut transaction = self.database.write("add an API key").await?;
        let insert = "INSERT INTO api_keys (api_key, kind, name, digest, created_at) VALUES ($1, $2, $3, $4, $5)";
        transaction.execute(insert, values![id, kind.name(), name, digest(&text), at]).await?;
        transaction.commit().await?;
        Ok(text)
    }

    /// The key with this text, if there is one and it is not revoked.
    pub async fn key(&self, text: &str) -> Result<Option<ApiKey>, StateError> {
        let mut transaction = self.database.read("check an API key").await?;
        let find = "SELECT api_key, kind, name, created_at, revoked_at FROM api_keys
            WHERE digest = $1 AND revoked_at IS NULL";
        let row = transaction.row(find, values![digest(text)]).await?;
        row.as_ref().map(read).transpose()
    }

    /// All keys, the oldest first, revoked ones too.
    pub async fn keys(&self) -> Result<Vec<ApiKey>, StateError> {
        let mut transaction = self.database.read("list API keys").await?;
        let list = "SELECT api_key, kind, name, created_at, revoked_at FROM api_keys ORDER BY created_at, api_key";
        transaction.rows(list, values![]).await?.iter().map(read).collect()
    }

    /// Revokes a key: it opens nothing from now on.
    ///
    /// # Errors
    /// [`StateError::Missing`] when there is no such key, or it is revoked already.
    pub async fn revoke_key(&self, id: KeyId, at: Timestamp) -> Result<(), StateError> {
        let mut transaction = self.database.write("revoke an API key").await?;
        let update = "UPDATE api_keys SET revoked_at = $2 WHERE api_key = $1 AND revoked_at IS NULL";
        if transaction.execute(update, values![id, at]).await? != 1 {
            return Err(StateError::missing(transaction.operation(), format!("key {id} that is not revoked")));
        }
        transaction.commit().await
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

fn read(row: &Row) -> Result<ApiKey, StateError> {
    let kind = match row.text(1)?.as_str() {
        "write" => KeyKind::Write,
        "secret" => KeyKind::Secret,
        other => return Err(row.damaged(format!("a key that opens '{other}'"))),
    };
    let revoked_at = row.optional_time(4)?;
    Ok(ApiKey { id: KeyId::from_bytes(row.id(0)?), kind, name: row.text(2)?, created_at: row.time(3)?, revoked_at })
}
