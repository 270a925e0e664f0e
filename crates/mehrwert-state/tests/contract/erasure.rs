//! After an erasure nothing links to the person, and no import brings them back.

use mehrwert_core::AccountId;
use mehrwert_state::{Account, ConsentEntry, ConsentStep, Recognised, StateError, Trait};
use serde_json::json;

use crate::support::{Store, at, email, fresh, fresh_ids, person};

pub async fn nothing_is_left_but_a_tombstone(store: &Store) {
    let state = store.open().await;
    let (eva, alias) = person(&state, "eva@example.com").await;
    let city = Trait { name: "city".to_owned(), value: json!("Bonn"), set_at: at(1) };
    state.set_traits(eva, &[city]).await.unwrap();
    let account = Account { id: AccountId::new(1, fresh()), name: "Muster".to_owned(), domain: None };
    state.add_account(&account, at(1)).await.unwrap();
    state.join_account(account.id, eva, at(1)).await.unwrap();
    let consent = ConsentEntry {
        person: eva,
        channel: "email".to_owned(),
        purpose: "newsletter".to_owned(),
        step: ConsentStep::Confirmed,
        at: at(1),
        address: "eva@example.com".to_owned(),
        form_url: None,
        wording: None,
        wording_version: None,
        ip: None,
        message: None,
    };
    state.add_consent(&consent).await.unwrap();
    let before = state.alias_version().await.unwrap();

    assert!(!state.is_erased(&email("eva@example.com")).await.unwrap());
    let erased = state.erase(eva, at(2)).await.unwrap();
    assert_eq!((erased.aliases, erased.identities), (vec![alias], 1));
    assert!(state.is_erased(&email("EVA@example.com")).await.unwrap());
    assert!(matches!(state.traits(eva).await, Err(StateError::Missing { .. })));
    assert!(matches!(state.erase(eva, at(3)).await, Err(StateError::Missing { .. })));
    assert_eq!(state.members(at(9)).await.unwrap(), []);
    for version in [None, Some(before)] {
        assert_eq!(state.resolve(&[alias], version).await.unwrap().len(), 0);
    }
    assert_eq!(state.person_count().await.unwrap(), 0);

    // The old file once more: nobody comes back, and others do not mind.
    let file = [email("eva@example.com"), email("ida@example.com")];
    let again = state.recognise(&file, &mut fresh_ids, at(4)).await.unwrap();
    assert_eq!(again[0], Recognised::Erased);
    assert!(matches!(again[1], Recognised::Person { new: true, .. }));

    // The facts' part stays listed until it is done.
    state.close().await;
    let state = store.open().await;
    assert_eq!(state.pending_erasures().await.unwrap(), [alias]);
    state.erasures_done(&[alias]).await.unwrap();
    assert_eq!(state.pending_erasures().await.unwrap(), []);
}

pub async fn merged_persons_are_erased_together(store: &Store) {
    let state = store.open().await;
    let (eva, one) = person(&state, "eva@example.com").await;
    let (muster, other) = person(&state, "muster@example.com").await;
    let (ida, third) = person(&state, "ida@example.com").await;
    state.merge(eva, muster, "same telephone", at(1)).await.unwrap();
    let merge = state.merge(ida, muster, "same telephone", at(1)).await.unwrap().unwrap();
    state.unmerge(merge, "the daughter", at(2)).await.unwrap();
    // Whichever of the two is named. Who was merged once, and is no longer, is someone else.
    let erased = state.erase(eva, at(3)).await.unwrap();
    assert_eq!((erased.aliases.len(), erased.identities), (2, 2));
    assert!(erased.aliases.contains(&one) && erased.aliases.contains(&other));
    for address in ["eva@example.com", "muster@example.com"] {
        assert!(state.is_erased(&email(address)).await.unwrap(), "{address}");
    }
    assert_eq!(state.alias_map(None).await.unwrap().into_iter().collect::<Vec<_>>(), [(third, ida)]);
    assert_eq!(state.person_count().await.unwrap(), 1);
}

pub async fn others_are_left_alone(store: &Store) {
    let state = store.open().await;
    let (eva, alias) = person(&state, "family@example.com").await;
    let (ida, _) = person(&state, "ida@example.com").await;
    state.link(alias, ida, "the address is Ida's", at(1)).await.unwrap();
    // The alias that was Eva's first is Ida's now and stays hers.
    let erased = state.erase(eva, at(2)).await.unwrap();
    assert_eq!((erased.aliases.len(), erased.identities), (0, 0));
    assert_eq!(state.resolve(&[alias], None).await.unwrap()[&alias], ida);
    assert_eq!(state.identities(ida).await.unwrap().len(), 2);
    assert!(!state.is_erased(&email("family@example.com")).await.unwrap());
}
