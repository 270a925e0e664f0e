//! Many senders, few transactions, and an answer for each.

use mehrwert_state::{AppendError, Appended, Appender, InboxEvent};

use crate::support::{Store, event};

pub async fn every_batch_gets_its_own_answer(store: &Store) {
    let state = store.open().await;
    let appender = Appender::start(state.clone(), 10_000_000);
    let mut senders = Vec::new();
    for sender in 0..40_u64 {
        let appender = appender.clone();
        // Each batch shares its last event with the next one.
        let events: Vec<InboxEvent> = (10 * sender..10 * sender + 11).map(|number| event(number, 0)).collect();
        senders.push(tokio::spawn(async move { appender.append(events).await }));
    }
    let mut all = Appended::default();
    for sender in senders {
        let answer = sender.await.unwrap().unwrap();
        assert_eq!(answer.new + answer.repeated, 11);
        all.new += answer.new;
        all.repeated += answer.repeated;
    }
    assert_eq!(all, Appended { new: 401, repeated: 39 });
    assert_eq!(state.inbox_count().await.unwrap(), 401);
}

pub async fn what_is_too_much_is_refused_and_not_written(store: &Store) {
    let state = store.open().await;
    let appender = Appender::start(state.clone(), 2_000);
    let large = InboxEvent { body: vec![0; 3_000], ..event(1, 0) };
    assert!(matches!(appender.append(vec![large]).await, Err(AppendError::Full)));
    // Room is given free again.
    for number in 0..30 {
        let body = vec![0; 1_500];
        appender.append(vec![InboxEvent { body, ..event(number, 0) }]).await.unwrap();
    }
    assert_eq!(state.inbox_count().await.unwrap(), 30);
}

pub async fn what_waits_is_written_after_the_last_sender_has_gone(store: &Store) {
    let state = store.open().await;
    let appender = Appender::start(state.clone(), 10_000_000);
    let mut answers = Vec::new();
    for number in 0..20 {
        let appender = appender.clone();
        answers.push(tokio::spawn(async move { appender.append(vec![event(number, 0)]).await }));
    }
    drop(appender);
    for answer in answers {
        assert_eq!(answer.await.unwrap().unwrap().new, 1);
    }
    assert_eq!(state.inbox_count().await.unwrap(), 20);
}
