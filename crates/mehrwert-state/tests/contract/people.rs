//! Who is behind an identity, and what is known of them.

use mehrwert_state::{Identity, IdentityKind, Recognised, Trait};
use serde_json::json;

use crate::support::{Store, at, email, fresh_ids, person};

pub async fn an_identity_is_one_person(store: &Store) {
    let state = store.open().await;
    let identities = [email("eva@example.com"), email("ida@example.com"), email("EVA@example.com ")];
    let first = state.recognise(&identities, &mut fresh_ids, at(0)).await.unwrap();
    let Recognised::Person { alias, person, new: true } = first[0] else { panic!("{first:?}") };
    assert_eq!(first[2], first[0]);
    assert_ne!(first[1], first[0]);
    let again = state.recognise(&identities[..1], &mut || panic!("nobody is new"), at(1)).await.unwrap();
    assert_eq!(again, [Recognised::Person { alias, person, new: false }]);
    assert_eq!(state.person_count().await.unwrap(), 2);
    assert_eq!(state.identities(person).await.unwrap(), [(email("eva@example.com"), alias)]);
    // The same text of another kind is another identity.
    let other = Identity::new(IdentityKind::Given, "eva@example.com").unwrap();
    let other = state.recognise(&[other], &mut fresh_ids, at(1)).await.unwrap();
    assert!(matches!(other[0], Recognised::Person { new: true, .. }));
}

pub async fn many_identities_are_recognised_at_once(store: &Store) {
    let state = store.open().await;
    let identities: Vec<Identity> = (0..1_234).map(|number| email(&format!("p{number}@example.com"))).collect();
    state.recognise(&identities[..700], &mut fresh_ids, at(0)).await.unwrap();
    let all = state.recognise(&identities, &mut fresh_ids, at(1)).await.unwrap();
    let new = all.iter().map(|one| matches!(one, Recognised::Person { new: true, .. }));
    assert!(new.eq((0..1_234).map(|number| number >= 700)));
    assert_eq!(state.person_count().await.unwrap(), 1_234);
    assert_eq!(state.alias_map(None).await.unwrap().len(), 1_234);
    assert_eq!(state.recognise(&[], &mut fresh_ids, at(1)).await.unwrap(), []);
}

pub async fn the_same_identity_from_two_processes_is_one_person(store: &Store) {
    let (one, other) = (store.open().await, store.open().await);
    for round in 0..20 {
        let identities = [email(&format!("a{round}@example.com")), email(&format!("b{round}@example.com"))];
        let turned = [identities[1].clone(), identities[0].clone()];
        let (mut fresh, mut others) = (fresh_ids, fresh_ids);
        let (first, second) = tokio::join!(
            one.recognise(&identities, &mut fresh, at(round)),
            other.recognise(&turned, &mut others, at(round)),
        );
        let who = |recognised: &Recognised| match recognised {
            Recognised::Person { alias, person, .. } => (*alias, *person),
            Recognised::Erased => panic!("nobody was erased"),
        };
        let (first, second) = (first.unwrap(), second.unwrap());
        assert_eq!((who(&first[0]), who(&first[1])), (who(&second[1]), who(&second[0])));
    }
    assert_eq!(one.person_count().await.unwrap(), 40);
}

fn named(name: &str, value: serde_json::Value, seconds: i64) -> Trait {
    Trait { name: name.to_owned(), value, set_at: at(seconds) }
}

pub async fn the_latest_trait_stays(store: &Store) {
    let state = store.open().await;
    let (eva, _) = person(&state, "eva@example.com").await;
    let address = json!({"city": "Köln", "lines": ["Domplatte 1", null]});
    state.set_traits(eva, &[named("city", json!("Bonn"), 5), named("address", address.clone(), 5)]).await.unwrap();
    state.set_traits(eva, &[named("city", json!("Ulm"), 4)]).await.unwrap();
    assert_eq!(state.traits(eva).await.unwrap(), [named("address", address, 5), named("city", json!("Bonn"), 5)]);
    state.set_traits(eva, &[named("city", json!("Ulm"), 6)]).await.unwrap();
    assert_eq!(state.traits(eva).await.unwrap()[1], named("city", json!("Ulm"), 6));
}

pub async fn a_merged_person_has_the_traits_and_identities_of_both(store: &Store) {
    let state = store.open().await;
    let (eva, at_home) = person(&state, "eva@example.com").await;
    let (muster, at_work) = person(&state, "muster@firm.example").await;
    state.set_traits(eva, &[named("city", json!("Bonn"), 1), named("age", json!(40), 1)]).await.unwrap();
    state.set_traits(muster, &[named("city", json!("Ulm"), 2)]).await.unwrap();
    let merge = state.merge(eva, muster, "same name and address", at(3)).await.unwrap().unwrap();
    let both = [named("age", json!(40), 1), named("city", json!("Ulm"), 2)];
    for one in [eva, muster] {
        assert_eq!(state.traits(one).await.unwrap(), both);
        let identities = [(email("eva@example.com"), at_home), (email("muster@firm.example"), at_work)];
        assert_eq!(state.identities(one).await.unwrap(), identities);
    }
    assert_eq!(state.person_count().await.unwrap(), 1);
    state.unmerge(merge, "two people", at(4)).await.unwrap();
    assert_eq!(state.traits(eva).await.unwrap(), [both[0].clone(), named("city", json!("Bonn"), 1)]);
    assert_eq!(state.identities(muster).await.unwrap(), [(email("muster@firm.example"), at_work)]);
    assert_eq!(state.person_count().await.unwrap(), 2);
}
