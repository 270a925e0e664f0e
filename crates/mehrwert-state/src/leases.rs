//! Leases: of several processes one does a job, and another takes over when it dies.
//!
//! A lease expires unless it is renewed. Its token grows with every change of the holder: who writes on behalf of a job
//! carries it along, so that a holder that slept past its time is told from its successor. The time is handed in;
//! processes whose clocks differ by less than a lease lasts do no harm.

use jiff::{SignedDuration, Timestamp};
use mehrwert_core::JobId;

use crate::database::values;
use crate::{State, StateError};

/// The right to do a job for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The job's name.
    pub job: String,
    /// The run that holds it.
    pub holder: JobId,
    /// Larger than that of every holder before.
    pub token: i64,
    /// Until when it holds.
    pub expires_at: Timestamp,
}

impl State {
    /// Takes the lease of a job, when nobody holds it or its time is over; `None` when another holds it. Who holds it
    /// already gets it with the same token and a new time.
    pub async fn acquire_lease(
        &self,
        job: &str,
        holder: JobId,
        lasts: SignedDuration,
        now: Timestamp,
    ) -> Result<Option<Lease>, StateError> {
        let mut transaction = self.database.write("take the lease of a job").await?;
        let expires_at = now.checked_add(lasts).unwrap_or(Timestamp::MAX);
        let take = "INSERT INTO leases (job, holder, token, expires_at) VALUES ($1, $2, 1, $3)
            ON CONFLICT (job) DO UPDATE SET holder = $2, expires_at = $3,
            token = CASE WHEN leases.holder = $2 AND leases.expires_at > $4 THEN leases.token ELSE leases.token + 1 END
            WHERE leases.holder IS NULL OR leases.holder = $2 OR leases.expires_at <= $4
            RETURNING token";
        let row = transaction.row(take, values![job, holder, expires_at, now]).await?;
        let Some(row) = row else { return Ok(None) };
        let lease = Lease { job: job.to_owned(), holder, token: row.integer(0)?, expires_at };
        transaction.commit().await?;
        Ok(Some(lease))
    }

    /// Lets a lease hold longer from now.
    ///
    /// # Errors
    /// [`StateError::Overtaken`] when it is no longer held: its time was over, or it was given back. The job must stop.
    pub async fn renew_lease(&self, lease: &Lease, lasts: SignedDuration, now: Timestamp) -> Result<Lease, StateError> {
        let operation = "renew the lease of a job";
        let mut transaction = self.database.write(operation).await?;
        let expires_at = now.checked_add(lasts).unwrap_or(Timestamp::MAX);
        let renew = "UPDATE leases SET expires_at = $4
            WHERE job = $1 AND holder = $2 AND token = $3 AND expires_at > $5";
        let values = values![lease.job.as_str(), lease.holder, lease.token, expires_at, now];
        if transaction.execute(renew, values).await? != 1 {
            return Err(StateError::Overtaken { operation });
        }
        transaction.commit().await?;
        Ok(Lease { expires_at, ..lease.clone() })
    }

    /// Gives a lease back; one that is no longer held is left as it is.
    pub async fn release_lease(&self, lease: &Lease) -> Result<(), StateError> {
        let mut transaction = self.database.write("give back the lease of a job").await?;
        // The row stays: its token must never be given out again.
        let release = "UPDATE leases SET holder = NULL WHERE job = $1 AND holder = $2 AND token = $3";
        transaction.execute(release, values![lease.job.as_str(), lease.holder, lease.token]).await?;
        transaction.commit().await
    }
}
