//! Secrets that are needed as they are: those with which shops and payment providers sign what they send. They lie in the
//! state, whose file only its owner reads, and are shown by no command.

use crate::database::values;
use crate::{State, StateError};

impl State {
    /// Keeps a secret under a name, in place of an earlier one.
    pub async fn keep_secret(&self, name: &str, secret: &[u8]) -> Result<(), StateError> {
        let mut transaction = self.database.write("keep a secret").await?;
        let keep = "INSERT INTO secrets (name, value) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value";
        transaction.execute(keep, values![own(name), secret]).await?;
        transaction.commit().await
    }

    /// A secret that was kept; none where there is none of this name.
    pub async fn secret(&self, name: &str) -> Result<Option<Vec<u8>>, StateError> {
        let mut transaction = self.database.read("read a secret").await?;
        let row = transaction.row("SELECT value FROM secrets WHERE name = $1", values![own(name)]).await?;
        row.map(|row| row.bytes(0)).transpose()
    }

    /// Removes a secret; one that is not there is no error.
    pub async fn forget_secret(&self, name: &str) -> Result<(), StateError> {
        let mut transaction = self.database.write("forget a secret").await?;
        transaction.execute("DELETE FROM secrets WHERE name = $1", values![own(name)]).await?;
        transaction.commit().await
    }
}

/// Apart from the state's own secrets.
fn own(name: &str) -> String {
    format!("kept/{name}")
}
