//! Keys open what they are for, and secrets are not kept.

use mehrwert_core::KeyId;
use mehrwert_state::{KeyKind, StateError};

use crate::support::{Store, at, fresh};

fn id() -> KeyId {
    KeyId::new(1, fresh())
}

pub async fn a_key_opens_until_it_is_revoked(store: &Store) {
    let state = store.open().await;
    let (shop, office) = (id(), id());
    let write = state.add_key(shop, KeyKind::Write, "shop", [1; 32], at(1)).await.unwrap();
    let secret = state.add_key(office, KeyKind::Secret, "office", [2; 32], at(2)).await.unwrap();
    assert!(write.starts_with("mw_01") && secret.starts_with("ms_02"), "{write} {secret}");
    let found = state.key(&write).await.unwrap().unwrap();
    assert_eq!((found.id, found.kind, found.name.as_str()), (shop, KeyKind::Write, "shop"));
    assert_eq!(state.key(&secret).await.unwrap().unwrap().kind, KeyKind::Secret);
    for wrong in ["", "mw_", &secret[..66], &secret.to_uppercase(), &format!("mw_{}", &secret[3..])] {
        assert_eq!(state.key(wrong).await.unwrap(), None, "{wrong}");
    }
    state.revoke_key(office, at(3)).await.unwrap();
    assert_eq!(state.key(&secret).await.unwrap(), None);
    assert!(matches!(state.revoke_key(office, at(4)).await, Err(StateError::Missing { .. })));
    let all = state.keys().await.unwrap();
    let revoked: Vec<_> = all.iter().map(|key| (key.id, key.revoked_at)).collect();
    assert_eq!(revoked, [(shop, None), (office, Some(at(3)))]);
}

pub async fn a_secret_is_not_kept(store: &Store) {
    let state = store.open().await;
    let secret = state.add_key(id(), KeyKind::Secret, "office", [0xab; 32], at(1)).await.unwrap();
    // Not in what is handed out, and with SQLite not in the bytes of the file either.
    assert!(!format!("{:?}", state.keys().await.unwrap()).contains(&secret[3..]));
    state.close().await;
    if let mehrwert_state::StateUrl::Sqlite(path) = &store.url {
        let bytes = std::fs::read(path).unwrap();
        let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        assert!(holds(b"office"));
        assert!(!holds(secret.as_bytes()) && !holds(&secret.as_bytes()[3..]) && !holds(&[0xab; 32]));
    }
}
