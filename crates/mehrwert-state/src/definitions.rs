//! Definitions: what the owner decided, as named and versioned JSON documents. Their types are not known here.

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::database::{Row, values};
use crate::{State, StateError};

/// One version of a definition.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// What it defines: stages, an allocation rule, the columns of a file.
    pub kind: String,
    /// Its name among its kind.
    pub name: String,
    /// Its version, from 1.
    pub version: i64,
    /// Its content; null where the definition was removed.
    pub body: Json,
    /// When it was saved.
    pub saved_at: Timestamp,
}

impl State {
    /// Saves a definition as the version after `based_on` (0 for a new one) and returns the new version. Earlier versions
    /// stay. A body of null removes it.
    ///
    /// # Errors
    /// [`StateError::Overtaken`] when someone has saved a version in the meantime.
    pub async fn save_definition(
        &self,
        kind: &str,
        name: &str,
        based_on: i64,
        body: &Json,
        at: Timestamp,
    ) -> Result<i64, StateError> {
        let operation = "save a definition";
        let mut transaction = self.database.write(operation).await?;
        let insert = "INSERT INTO definitions (kind, name, version, body, saved_at)
            SELECT $1, $2, $3 + 1, $4, $5 WHERE $3 =
            (SELECT COALESCE(MAX(version), 0) FROM definitions WHERE kind = $1 AND name = $2)
            ON CONFLICT (kind, name, version) DO NOTHING";
        if transaction.execute(insert, values![kind, name, based_on, body.to_string(), at]).await? != 1 {
            return Err(StateError::Overtaken { operation });
        }
        transaction.commit().await?;
        Ok(based_on + 1)
    }

    /// A definition at a version, or its latest; `None` when there is none.
    pub async fn definition(
        &self,
        kind: &str,
        name: &str,
        version: Option<i64>,
    ) -> Result<Option<Definition>, StateError> {
        let mut transaction = self.database.read("read a definition").await?;
        let read_one = "SELECT kind, name, version, body, saved_at FROM definitions
            WHERE kind = $1 AND name = $2 AND version = COALESCE($3,
            (SELECT MAX(version) FROM definitions WHERE kind = $1 AND name = $2))";
        let row = transaction.row(read_one, values![kind, name, version]).await?;
        row.as_ref().map(read).transpose()
    }

    /// The latest versions of all definitions of a kind that are not removed, by name.
    pub async fn definitions(&self, kind: &str) -> Result<Vec<Definition>, StateError> {
        let mut transaction = self.database.read("list definitions").await?;
        let list = "SELECT kind, name, version, body, saved_at FROM definitions AS one WHERE kind = $1 AND version =
            (SELECT MAX(version) FROM definitions WHERE kind = one.kind AND name = one.name)";
        let rows = transaction.rows(list, values![kind]).await?;
        let mut found = rows.iter().map(read).collect::<Result<Vec<Definition>, StateError>>()?;
        found.retain(|definition| !definition.body.is_null());
        found.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(found)
    }
}

fn read(row: &Row) -> Result<Definition, StateError> {
    let body = serde_json::from_str(&row.text(3)?).map_err(|error| row.damaged(error.to_string()))?;
    Ok(Definition { kind: row.text(0)?, name: row.text(1)?, version: row.integer(2)?, body, saved_at: row.time(4)? })
}
