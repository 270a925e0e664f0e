//! What a server is told: its settings, and time and randomness.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mehrwert_core::JobId;
use mehrwert_facts::identities::Fresh;

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What comes from outside the program.
pub struct Outside {
    /// The time.
    pub clock: Clock,
    /// New ids for what is sealed.
    pub fresh: Box<dyn Fresh>,
    /// This run of the server, among others on the same state.
    pub job: JobId,
}

impl fmt::Debug for Outside {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Outside").field("job", &self.job).finish_non_exhaustive()
    }
}

/// The settings of a server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The shop of keys that name none.
    pub shop: String,
    /// The shop's own clock, by which days are counted.
    pub time_zone: TimeZone,
    /// What is taken at most.
    pub limits: Limits,
}

/// What is taken at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a tracking call, packed or unpacked; more is answered with 413. The API's own limits (32 KB an event,
    /// 500 KB a batch) lie below and are answered with 400.
    pub body_bytes: usize,
    /// Bytes of a webhook.
    pub webhook_bytes: usize,
    /// Bytes of all bodies that are being read at the same time.
    pub reading_bytes: usize,
    /// Bytes of events that wait to be written.
    pub waiting_bytes: u32,
    /// Events of one key in a second, over some seconds.
    pub events_per_second: u32,
    /// Events that wait to be sealed; beyond that nothing more is taken until some are.
    pub inbox_events: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            body_bytes: 1 << 20,
            webhook_bytes: 4 << 20,
            reading_bytes: 64 << 20,
            waiting_bytes: 32 << 20,
            events_per_second: 50_000,
            inbox_events: 5_000_000,
        }
    }
}
