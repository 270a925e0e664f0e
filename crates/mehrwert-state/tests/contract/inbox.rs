//! Events are kept in order, once, and as they came.

use mehrwert_state::{Appended, InboxEvent, REMEMBERED};

use crate::support::{Store, at, event, key};

pub async fn events_come_back_in_order(store: &Store) {
    let state = store.open().await;
    for number in 0..5 {
        state.append(&[event(2 * number, 0), event(2 * number + 1, 0)]).await.unwrap();
    }
    let all: Vec<InboxEvent> = (0..10).map(|number| event(number, 0)).collect();
    assert_eq!(state.inbox(100).await.unwrap().events, all);
    // What was written together is read together.
    assert_eq!(state.inbox(3).await.unwrap().events, all[..4]);
    assert_eq!(state.inbox_count().await.unwrap(), 10);
    state.close().await;
    assert_eq!(store.open().await.inbox(100).await.unwrap().events, all);
}

pub async fn an_event_counts_once(store: &Store) {
    let state = store.open().await;
    let first = state.append(&[event(1, 0), event(2, 0), event(1, 5)]).await.unwrap();
    assert_eq!(first, Appended { new: 2, repeated: 1 });
    // Across the batches of one call and across calls; another key may use the same message id.
    let other_key = InboxEvent { key: key(2), ..event(1, 0) };
    let batches = [&[event(1, 9), event(3, 9)][..], &[event(3, 9), other_key.clone()][..], &[][..]];
    let results = state.append_batches(&batches).await.unwrap();
    let expected = [(1, 1), (1, 1), (0, 0)].map(|(new, repeated)| Appended { new, repeated });
    assert_eq!(results, expected);
    let events = state.inbox(100).await.unwrap().events;
    assert_eq!(events, [event(1, 0), event(2, 0), event(3, 9), other_key]);
}

pub async fn a_repeated_event_counts_again_after_thirty_days(store: &Store) {
    let state = store.open().await;
    let thirty_days = REMEMBERED.as_secs();
    assert_eq!(thirty_days, 30 * 24 * 60 * 60);
    state.append(&[event(1, 0)]).await.unwrap();
    let new = async |seconds| state.append(&[event(1, seconds)]).await.unwrap().new;
    assert_eq!(new(thirty_days - 1).await, 0);
    assert_eq!(new(thirty_days).await, 1);
    // From now on it is remembered from the second time.
    assert_eq!(new(2 * thirty_days - 1).await, 0);
    assert_eq!(state.forget_messages(at(2 * thirty_days - 1)).await.unwrap(), 0);
    assert_eq!(state.forget_messages(at(2 * thirty_days)).await.unwrap(), 1);
    assert_eq!(new(thirty_days + 1).await, 1);
}

pub async fn large_batches_are_kept_whole(store: &Store) {
    let state = store.open().await;
    let events: Vec<InboxEvent> = (0..2_345).map(|number| event(number, 0)).collect();
    assert_eq!(state.append(&events).await.unwrap(), Appended { new: 2_345, repeated: 0 });
    assert_eq!(state.append(&events).await.unwrap(), Appended { new: 0, repeated: 2_345 });
    assert_eq!(state.inbox(10_000).await.unwrap().events, events);
}

pub async fn what_is_not_unicode_or_empty_survives(store: &Store) {
    let state = store.open().await;
    let body: Vec<u8> = (0..=255).collect();
    let odd = InboxEvent { message_id: "größe '\"; --".to_owned(), body, ..event(1, 0) };
    let empty = InboxEvent { message_id: String::new(), body: Vec::new(), ..event(2, 0) };
    state.append(&[odd.clone(), empty.clone()]).await.unwrap();
    assert_eq!(state.inbox(10).await.unwrap().events, [odd, empty]);
    // What PostgreSQL keeps in no text is replaced, and does not take the others of the batch with it.
    let zero = InboxEvent { message_id: "a\0b".to_owned(), ..event(3, 0) };
    assert_eq!(state.append(&[event(4, 0), zero.clone(), zero]).await.unwrap(), Appended { new: 2, repeated: 1 });
    assert_eq!(state.inbox(10).await.unwrap().events[3].message_id, "a\u{fffd}b");
}
