//! One process does a job at a time, and a late one is told.

use jiff::SignedDuration;
use mehrwert_core::JobId;
use mehrwert_state::{Lease, State, StateError};

use crate::support::{Store, at, fresh};

const MINUTE: SignedDuration = SignedDuration::from_secs(60);

fn job() -> JobId {
    JobId::new(1, fresh())
}

async fn acquire(state: &State, holder: JobId, seconds: i64) -> Option<Lease> {
    state.acquire_lease("daily", holder, MINUTE, at(seconds)).await.unwrap()
}

pub async fn one_holds_a_lease_at_a_time(store: &Store) {
    let state = store.open().await;
    let (one, other) = (job(), job());
    let lease = acquire(&state, one, 0).await.unwrap();
    assert_eq!((lease.token, lease.expires_at), (1, at(60)));
    assert_eq!(acquire(&state, other, 59).await, None);
    // Another job is another lease.
    assert!(state.acquire_lease("seal", other, MINUTE, at(0)).await.unwrap().is_some());
    // Whoever holds it may ask again; it stays the same lease.
    assert_eq!(acquire(&state, one, 10).await, Some(Lease { expires_at: at(70), ..lease.clone() }));
    let renewed = state.renew_lease(&lease, MINUTE, at(50)).await.unwrap();
    assert_eq!(renewed.expires_at, at(110));
    assert_eq!(acquire(&state, other, 109).await, None);
    state.release_lease(&renewed).await.unwrap();
    assert_eq!(acquire(&state, other, 51).await.unwrap().token, 2);
}

pub async fn who_slept_past_its_time_is_told(store: &Store) {
    let state = store.open().await;
    let (one, other) = (job(), job());
    let slept = acquire(&state, one, 0).await.unwrap();
    // Over is over, even when nobody else has taken it.
    let late = state.renew_lease(&slept, MINUTE, at(60)).await;
    assert!(matches!(late, Err(StateError::Overtaken { .. })), "{late:?}");
    let taken = acquire(&state, other, 60).await.unwrap();
    assert!(taken.token > slept.token);
    let late = state.renew_lease(&slept, MINUTE, at(61)).await;
    assert!(matches!(late, Err(StateError::Overtaken { .. })), "{late:?}");
    // Giving back what is no longer held takes nothing from its successor.
    state.release_lease(&slept).await.unwrap();
    assert!(state.renew_lease(&taken, MINUTE, at(62)).await.is_ok());
}

pub async fn a_token_is_never_given_twice(store: &Store) {
    let state = store.open().await;
    let holder = job();
    let mut tokens = Vec::new();
    for round in 0..4 {
        // The same holder again after its time was over, and after giving back.
        let lease = acquire(&state, holder, 100 * round).await.unwrap();
        tokens.push(lease.token);
        if round % 2 == 0 {
            state.release_lease(&lease).await.unwrap();
        }
    }
    assert_eq!(tokens, [1, 2, 3, 4]);
}

pub async fn of_many_at_once_one_gets_it(store: &Store) {
    let mut runs = Vec::new();
    for _ in 0..4 {
        let state = store.open().await;
        runs.push(tokio::spawn(async move { acquire(&state, job(), 0).await.is_some() }));
    }
    let mut holders = 0;
    for run in runs {
        holders += u32::from(run.await.unwrap());
    }
    assert_eq!(holders, 1);
}
