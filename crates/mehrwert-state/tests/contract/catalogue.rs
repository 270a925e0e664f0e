//! Generations of files, and the one transaction that moves events from the inbox into them.

use mehrwert_state::{Change, Changed, FactFile, StateError};

use crate::support::{Store, at, event, fact_file};

fn paths(files: &[FactFile]) -> Vec<&str> {
    files.iter().map(|file| file.path.as_str()).collect()
}

pub async fn sealing_enters_files_and_clears_what_was_read(store: &Store) {
    let state = store.open().await;
    assert_eq!(state.snapshot(None).await.unwrap().generation, 0);
    state.append(&[event(1, 0), event(2, 0)]).await.unwrap();
    state.append(&[event(3, 0)]).await.unwrap();
    let read = state.inbox(2).await.unwrap();
    state.append(&[event(4, 1)]).await.unwrap();
    let files = [fact_file("touches/1.parquet", 1), fact_file("events/1.parquet", 1)];
    assert_eq!(state.seal(&files, Some(&read.mark), "sealed", at(2)).await.unwrap(), 1);
    assert_eq!(state.inbox(10).await.unwrap().events, [event(3, 0), event(4, 1)]);
    let snapshot = state.snapshot(None).await.unwrap();
    assert_eq!((snapshot.generation, snapshot.files), (1, vec![files[1].clone(), files[0].clone()]));
    // What was sealed is still known as seen.
    assert_eq!(state.append(&[event(1, 3)]).await.unwrap().repeated, 1);
}

pub async fn sealing_twice_is_refused_and_changes_nothing(store: &Store) {
    let (one, other) = (store.open().await, store.open().await);
    one.append(&[event(1, 0), event(2, 0)]).await.unwrap();
    let first = one.inbox(10).await.unwrap();
    other.append(&[event(3, 0)]).await.unwrap();
    let second = other.inbox(10).await.unwrap();
    one.seal(&[fact_file("events/one.parquet", 2)], Some(&first.mark), "sealed", at(1)).await.unwrap();
    let late = other.seal(&[fact_file("events/other.parquet", 3)], Some(&second.mark), "sealed", at(1)).await;
    assert!(matches!(late, Err(StateError::Overtaken { .. })), "{late:?}");
    let snapshot = other.snapshot(None).await.unwrap();
    assert_eq!((snapshot.generation, paths(&snapshot.files)), (1, vec!["events/one.parquet"]));
    assert_eq!(other.inbox(10).await.unwrap().events, [event(3, 0)]);
}

pub async fn replaced_files_stay_in_earlier_generations(store: &Store) {
    let state = store.open().await;
    let (a, b, c) = (fact_file("orders/a", 1), fact_file("orders/b", 2), fact_file("orders/c", 3));
    state.seal(&[a.clone(), b.clone()], None, "import", at(1)).await.unwrap();
    state.seal(&[c], None, "import", at(2)).await.unwrap();
    let whole = fact_file("orders/whole", 3);
    assert_eq!(state.replace_files(&[a.id, b.id], &[whole], "compaction", at(3)).await.unwrap(), 3);
    for (generation, expected) in [
        (Some(0), vec![]),
        (Some(1), vec!["orders/a", "orders/b"]),
        (Some(2), vec!["orders/a", "orders/b", "orders/c"]),
        (Some(3), vec!["orders/c", "orders/whole"]),
        (None, vec!["orders/c", "orders/whole"]),
    ] {
        assert_eq!(paths(&state.snapshot(generation).await.unwrap().files), expected, "{generation:?}");
    }
    for unknown in [-1, 4] {
        assert!(matches!(state.snapshot(Some(unknown)).await, Err(StateError::Missing { .. })));
    }
    let reasons: Vec<String> = state.generations(10).await.unwrap().into_iter().map(|made| made.reason).collect();
    assert_eq!(reasons, ["compaction", "import", "import"]);
}

pub async fn rewritten_files_leave_every_generation(store: &Store) {
    let state = store.open().await;
    let (a, b) = (fact_file("orders/a", 1), fact_file("orders/b", 2));
    state.seal(&[a.clone(), b.clone()], None, "import", at(1)).await.unwrap();
    let whole = fact_file("orders/whole", 3);
    state.replace_files(&[a.id, b.id], std::slice::from_ref(&whole), "compaction", at(2)).await.unwrap();
    let rewritten = [(a.id, fact_file("orders/a2", 1)), (whole.id, fact_file("orders/whole2", 3))];
    assert_eq!(state.rewrite_files(&rewritten, "erasure", at(3)).await.unwrap(), 3);
    assert_eq!(paths(&state.snapshot(Some(1)).await.unwrap().files), ["orders/a2", "orders/b"]);
    assert_eq!(paths(&state.snapshot(Some(2)).await.unwrap().files), ["orders/whole2"]);
    assert_eq!(paths(&state.snapshot(Some(3)).await.unwrap().files), ["orders/whole2"]);
    let doomed = state.doomed_files().await.unwrap();
    assert_eq!(doomed, ["orders/a", "orders/whole"]);
    state.files_deleted(&doomed[..1]).await.unwrap();
    assert_eq!(state.doomed_files().await.unwrap(), doomed[1..]);
}

pub async fn one_file_is_replaced_once(store: &Store) {
    let (one, other) = (store.open().await, store.open().await);
    let a = fact_file("orders/a", 1);
    one.seal(std::slice::from_ref(&a), None, "import", at(1)).await.unwrap();
    let (first, second) = ([fact_file("orders/b", 1)], [fact_file("orders/c", 1)]);
    let ids = [a.id];
    let (first, second) = tokio::join!(
        one.replace_files(&ids, &first, "compaction", at(2)),
        other.replace_files(&ids, &second, "compaction", at(2)),
    );
    assert_eq!([&first, &second].iter().filter(|result| result.is_ok()).count(), 1, "{first:?} {second:?}");
    let snapshot = one.snapshot(None).await.unwrap();
    assert_eq!((snapshot.generation, snapshot.files.len()), (2, 1));
}

pub async fn a_generation_is_found_by_its_time(store: &Store) {
    let state = store.open().await;
    state.seal(&[fact_file("orders/a", 1)], None, "import", at(10)).await.unwrap();
    state.seal(&[fact_file("orders/b", 1)], None, "import", at(20)).await.unwrap();
    for (seconds, generation) in [(9, 0), (10, 1), (19, 1), (20, 2), (99, 2)] {
        assert_eq!(state.generation_at(at(seconds)).await.unwrap(), generation, "{seconds}");
    }
}

pub async fn a_change_based_on_an_earlier_list_is_void(store: &Store) {
    let state = store.open().await;
    let (a, b) = (fact_file("orders/a", 1), fact_file("orders/b", 1));
    state.append(&[event(1, 0)]).await.unwrap();
    let read = state.inbox(10).await.unwrap();
    let add = [a.clone()];
    let change = Change { based_on: Some(0), add: &add, read: Some(&read.mark), reason: "sealed", ..Change::default() };
    assert_eq!(state.change_files(&change, at(1)).await.unwrap(), Changed::Made(1));
    state.append(&[event(2, 1)]).await.unwrap();
    let read = state.inbox(10).await.unwrap();
    let (add, remove) = ([b], [a.id]);
    let stale = Change { based_on: Some(0), add: &add, remove: &remove, read: Some(&read.mark), reason: "sealed" };
    assert_eq!(state.change_files(&stale, at(2)).await.unwrap(), Changed::Moved);
    assert_eq!(state.inbox_count().await.unwrap(), 1);
    assert_eq!(state.generation_at(at(9)).await.unwrap(), 1);
    let fresh = Change { based_on: Some(1), ..stale };
    assert_eq!(state.change_files(&fresh, at(2)).await.unwrap(), Changed::Made(2));
    assert_eq!(paths(&state.snapshot(None).await.unwrap().files), ["orders/b"]);
}

pub async fn what_came_to_nothing_is_cleared_without_a_generation(store: &Store) {
    let state = store.open().await;
    state.append(&[event(1, 0)]).await.unwrap();
    let read = state.inbox(10).await.unwrap();
    state.clear_inbox(&read.mark).await.unwrap();
    assert_eq!((state.inbox_count().await.unwrap(), state.snapshot(None).await.unwrap().generation), (0, 0));
    assert!(matches!(state.clear_inbox(&read.mark).await, Err(StateError::Overtaken { .. })));
}
