//! Consents with what proves them. Entries are added and never changed: what holds is what the last one says.

use jiff::Timestamp;
use mehrwert_core::PersonId;

use crate::aliases::known;
use crate::database::{Row, values};
use crate::people::family;
use crate::{State, StateError};

/// What happened to a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentStep {
    /// Someone filled in the form; the address may be another's.
    Requested,
    /// The owner of the address followed the link of the confirmation.
    Confirmed,
    /// It was withdrawn.
    Withdrawn,
}

impl ConsentStep {
    const fn name(self) -> &'static str {
        match self {
            ConsentStep::Requested => "requested",
            ConsentStep::Confirmed => "confirmed",
            ConsentStep::Withdrawn => "withdrawn",
        }
    }
}

/// One step of a consent and its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentEntry {
    /// Whose it is.
    pub person: PersonId,
    /// By which channel they may be written to.
    pub channel: String,
    /// To what end.
    pub purpose: String,
    /// What happened.
    pub step: ConsentStep,
    /// When.
    pub at: Timestamp,
    /// The address that was given.
    pub address: String,
    /// The page with the form.
    pub form_url: Option<String>,
    /// The exact wording that was agreed to.
    pub wording: Option<String>,
    /// Its version.
    pub wording_version: Option<String>,
    /// The network address of whoever clicked: it is kept here and nowhere else.
    pub ip: Option<String>,
    /// The confirmation mail as it was sent.
    pub message: Option<String>,
}

impl State {
    /// Adds a step of a consent.
    ///
    /// # Errors
    /// [`StateError::Missing`] when the person is not known.
    pub async fn add_consent(&self, entry: &ConsentEntry) -> Result<(), StateError> {
        let mut transaction = self.database.write("add a consent").await?;
        known(&mut transaction, entry.person).await?;
        let insert = "INSERT INTO consents (person, channel, purpose, step, happened_at, address, form_url, wording,
            wording_version, ip, message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let (channel, purpose, address) = (entry.channel.as_str(), entry.purpose.as_str(), entry.address.as_str());
        let values = values![
            entry.person,
            channel,
            purpose,
            entry.step.name(),
            entry.at,
            address,
            entry.form_url.clone(),
            entry.wording.clone(),
            entry.wording_version.clone(),
            entry.ip.clone(),
            entry.message.clone(),
        ];
        transaction.execute(insert, values).await?;
        transaction.commit().await
    }

    /// All steps of the consents of a person and of those merged into them, in the order in which they were added.
    pub async fn consents(&self, person: PersonId) -> Result<Vec<ConsentEntry>, StateError> {
        let mut transaction = self.database.read("list the consents of a person").await?;
        known(&mut transaction, person).await?;
        let mut found = Vec::new();
        for one in family(&mut transaction, person).await? {
            let list = "SELECT entry, person, channel, purpose, step, happened_at, address, form_url, wording,
                wording_version, ip, message FROM consents WHERE person = $1";
            for row in transaction.rows(list, values![one]).await? {
                found.push((row.integer(0)?, read(&row)?));
            }
        }
        found.sort_by_key(|(entry, _)| *entry);
        Ok(found.into_iter().map(|(_, entry)| entry).collect())
    }
}

fn read(row: &Row) -> Result<ConsentEntry, StateError> {
    let step = match row.text(4)?.as_str() {
        "requested" => ConsentStep::Requested,
        "confirmed" => ConsentStep::Confirmed,
        "withdrawn" => ConsentStep::Withdrawn,
        other => return Err(row.damaged(format!("a consent that is '{other}'"))),
    };
    Ok(ConsentEntry {
        person: PersonId::from_bytes(row.id(1)?),
        channel: row.text(2)?,
        purpose: row.text(3)?,
        step,
        at: row.time(5)?,
        address: row.text(6)?,
        form_url: row.optional_text(7)?,
        wording: row.optional_text(8)?,
        wording_version: row.optional_text(9)?,
        ip: row.optional_text(10)?,
        message: row.optional_text(11)?,
    })
}
