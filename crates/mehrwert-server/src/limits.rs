//! How much is taken: events a second by key, and bytes in memory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use mehrwert_core::KeyId;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::settings::Limits;

/// Seconds over which the rate of a key is evened out.
const SECONDS: f64 = 5.0;

/// Holds keys to their rate and bodies to the memory for them.
#[derive(Debug)]
pub(crate) struct Limiter {
    per_second: f64,
    /// What each key may still send at once, and since when that holds.
    left: Mutex<HashMap<KeyId, (f64, Timestamp)>>,
    room: Semaphore,
}

impl Limiter {
    pub fn new(limits: &Limits) -> Limiter {
        Limiter {
            per_second: f64::from(limits.events_per_second.max(1)),
            left: Mutex::default(),
            room: Semaphore::new(limits.reading_bytes.min(Semaphore::MAX_PERMITS)),
        }
    }

    /// Takes room for a body; none when there is no more.
    pub fn room(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        self.room.try_acquire_many(u32::try_from(bytes).ok()?).ok()
    }

    /// Counts events of a key.
    ///
    /// # Errors
    /// The seconds after which so many will be taken.
    pub fn count(&self, key: KeyId, events: usize, now: Timestamp) -> Result<(), u64> {
        // A poisoned lock is no danger: every value in it is whole.
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let most = self.per_second * SECONDS;
        let (allowed, since) = left.entry(key).or_insert((most, now));
        let seconds = now.duration_since(*since).as_secs_f64().max(0.0);
        *allowed = (*allowed + seconds * self.per_second).min(most);
        *since = now;
        // A batch larger than the whole allowance must pass some time.
        let asked = (events as f64).min(most);
        if *allowed < asked {
            return Err(((asked - *allowed) / self.per_second).ceil().max(1.0) as u64);
        }
        *allowed -= asked;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_key_is_held_to_its_rate_and_others_are_not() {
        let limiter = Limiter::new(&Limits { events_per_second: 10, ..Limits::default() });
        let (one, other) = (KeyId::from_bytes([1; 16]), KeyId::from_bytes([2; 16]));
        let at = |seconds| Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds);
        assert_eq!(limiter.count(one, 50, at(0)), Ok(()));
        assert_eq!(limiter.count(one, 15, at(0)), Err(2));
        assert_eq!(limiter.count(other, 50, at(0)), Ok(()));
        assert_eq!(limiter.count(one, 15, at(2)), Ok(()));
        assert_eq!(limiter.count(one, 15, at(2)), Err(1));
        // Larger than everything that may gather: taken when as much as possible has gathered.
        assert_eq!(limiter.count(one, 1_000, at(100)), Ok(()));
    }
}
