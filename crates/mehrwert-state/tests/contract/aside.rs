//! What was acknowledged and cannot be read is kept until somebody looks.

use mehrwert_state::AsideEvent;

use crate::support::{Store, at, event, key};

fn aside(number: u64) -> AsideEvent {
    AsideEvent { event: event(number, number as i64), reason: format!("no date in {number}") }
}

pub async fn what_is_set_aside_is_kept_once_and_listed(store: &Store) {
    let state = store.open().await;
    state.set_aside(&[aside(2), aside(1)]).await.unwrap();
    state.set_aside(&[AsideEvent { reason: "another".to_owned(), ..aside(1) }, aside(3)]).await.unwrap();
    assert_eq!(state.aside_count().await.unwrap(), 3);
    assert_eq!(state.aside(2).await.unwrap(), [aside(1), aside(2)]);
    let among = [(key(1), "m-3".to_owned()), (key(2), "m-1".to_owned()), (key(1), "m-9".to_owned())];
    assert_eq!(state.aside_among(&among).await.unwrap(), [aside(3)]);
}

pub async fn what_is_set_aside_can_go_back_or_be_forgotten(store: &Store) {
    let state = store.open().await;
    state.append(&[aside(1).event]).await.unwrap();
    let read = state.inbox(10).await.unwrap();
    state.set_aside(&[aside(1), aside(2)]).await.unwrap();
    state.clear_inbox(&read.mark).await.unwrap();
    // It was seen before, and still comes back: it is the same event, not a repeated one.
    let both = [(key(1), "m-1".to_owned()), (key(1), "m-7".to_owned())];
    assert_eq!(state.retry_aside(&both).await.unwrap(), 1);
    assert_eq!(state.inbox(10).await.unwrap().events, [aside(1).event]);
    assert_eq!(state.forget_aside(at(2)).await.unwrap(), 0);
    assert_eq!(state.forget_aside(at(3)).await.unwrap(), 1);
    assert_eq!(state.aside_count().await.unwrap(), 0);
}
