//! A state is made once, whoever comes first, and is not touched by a version that does not know it.

use std::error::Error as _;

use mehrwert_state::{State, StateError, StateUrl};
use sqlx::{Connection as _, PgConnection, SqliteConnection};

use crate::support::{Store, at, email, event, person};

pub async fn several_processes_open_a_new_state_at_once(store: &Store) {
    let mut openings = Vec::new();
    for number in 0..6 {
        let url = store.url.clone();
        openings.push(tokio::spawn(async move { State::open(&url, [number; 32]).await }));
    }
    let mut states = Vec::new();
    for opening in openings {
        states.push(opening.await.unwrap().unwrap());
    }
    // They share one secret: what one erases, all recognise.
    let (eva, _) = person(&states[0], "eva@example.com").await;
    states[0].erase(eva, at(1)).await.unwrap();
    for state in &states {
        assert!(state.is_erased(&email("eva@example.com")).await.unwrap());
    }
}

pub async fn opening_again_changes_nothing(store: &Store) {
    let state = store.open().await;
    let (eva, _) = person(&state, "eva@example.com").await;
    state.append(&[event(1, 0)]).await.unwrap();
    state.erase(eva, at(1)).await.unwrap();
    state.close().await;
    let state = State::open(&store.url, [99; 32]).await.unwrap();
    assert!(state.is_erased(&email("eva@example.com")).await.unwrap());
    assert_eq!(state.inbox(10).await.unwrap().events, [event(1, 0)]);
}

pub async fn the_state_of_a_later_version_is_refused(store: &Store) {
    store.open().await.close().await;
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        SELECT 1000, 'later', success, checksum, 1 FROM _sqlx_migrations WHERE version = 1";
    match &store.url {
        StateUrl::Sqlite(path) => {
            let mut connection = SqliteConnection::connect(&path.display().to_string()).await.unwrap();
            sqlx::query(later).execute(&mut connection).await.unwrap();
        }
        StateUrl::Postgres(url) => {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::query(later).execute(&mut connection).await.unwrap();
        }
    }
    let refused = State::open(&store.url, [7; 32]).await;
    let Err(StateError::Open { source, .. }) = refused else { panic!("{refused:?}") };
    assert!(source.to_string().contains("1000"), "{source}");
}

pub async fn what_cannot_be_opened_is_named_without_its_password(store: &Store) {
    let (url, named) = match &store.url {
        // A folder stands where the file should be.
        StateUrl::Sqlite(path) => {
            std::fs::create_dir(path).unwrap();
            (store.url.clone(), path.display().to_string())
        }
        StateUrl::Postgres(url) => {
            let url = url.replace("postgres@localhost/", "postgres:geheim@localhost/no_");
            (url.parse().unwrap(), "no_test_".to_owned())
        }
    };
    let error = State::open(&url, [7; 32]).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains(&named) && !text.contains("geheim"), "{text}");
    assert!(error.source().is_some());
}
