//! An alias is the person that the map's version says; merges add rows and rewrite nothing.

use mehrwert_core::{AliasId, PersonId};
use mehrwert_state::{State, StateError};

use crate::support::{Store, at, fresh_ids, person};

/// Who an alias is at a version, asked in both ways, which must agree.
async fn who(state: &State, alias: AliasId, version: impl Into<Option<i64>>) -> Option<PersonId> {
    let version = version.into();
    let one = state.resolve(&[alias], version).await.unwrap().get(&alias).copied();
    assert_eq!(state.alias_map(version).await.unwrap().get(&alias).copied(), one, "{version:?}");
    one
}

pub async fn an_alias_resolves_at_every_version(store: &Store) {
    let state = store.open().await;
    assert_eq!(state.alias_version().await.unwrap(), 0);
    let (eva, alias) = person(&state, "eva@example.com").await;
    let first = state.alias_version().await.unwrap();
    let (muster, other) = person(&state, "muster@example.com").await;
    let second = state.alias_version().await.unwrap();
    let merged = state.merge(eva, muster, "same telephone", at(1)).await.unwrap().unwrap();
    assert!(0 < first && first < second && second < merged);
    for (version, expected) in [(0, None), (first, Some(eva)), (second, Some(eva)), (merged, Some(muster))] {
        assert_eq!(who(&state, alias, version).await, expected, "{version}");
    }
    assert_eq!(who(&state, alias, None).await, Some(muster));
    assert_eq!(who(&state, other, first).await, None);
    assert_eq!(who(&state, other, None).await, Some(muster));
    assert_eq!(state.survivor(eva, None).await.unwrap(), muster);
    assert_eq!(state.survivor(eva, Some(second)).await.unwrap(), eva);
}

pub async fn unmerging_restores(store: &Store) {
    let state = store.open().await;
    let (eva, alias) = person(&state, "eva@example.com").await;
    let (muster, _) = person(&state, "muster@example.com").await;
    let merged = state.merge(eva, muster, "same telephone", at(1)).await.unwrap().unwrap();
    let undone = state.unmerge(merged, "mother and daughter", at(2)).await.unwrap();
    assert_eq!(who(&state, alias, merged).await, Some(muster));
    assert_eq!(who(&state, alias, undone).await, Some(eva));
    let again = state.unmerge(merged, "twice", at(3)).await;
    assert!(matches!(again, Err(StateError::Refused { .. })), "{again:?}");
    // They can be merged again, the other way round.
    let (_, other) = person(&state, "muster@example.com").await;
    let back = state.merge(muster, eva, "the same after all", at(4)).await.unwrap().unwrap();
    assert_eq!(who(&state, other, back).await, Some(eva));
    assert_eq!(who(&state, other, undone).await, Some(muster));
    assert_eq!(who(&state, alias, merged).await, Some(muster));
}

pub async fn merging_what_is_one_changes_nothing(store: &Store) {
    let state = store.open().await;
    let (eva, _) = person(&state, "eva@example.com").await;
    let (muster, _) = person(&state, "muster@example.com").await;
    state.merge(eva, muster, "same telephone", at(1)).await.unwrap();
    let version = state.alias_version().await.unwrap();
    for (one, other) in [(eva, muster), (muster, eva), (eva, eva)] {
        assert_eq!(state.merge(one, other, "again", at(2)).await.unwrap(), None);
    }
    assert_eq!(state.alias_version().await.unwrap(), version);
}

pub async fn chains_of_merges_come_apart_one_by_one(store: &Store) {
    let state = store.open().await;
    let (a, alias_a) = person(&state, "a@example.com").await;
    let (b, alias_b) = person(&state, "b@example.com").await;
    let (c, alias_c) = person(&state, "c@example.com").await;
    let (d, alias_d) = person(&state, "d@example.com").await;
    let a_to_b = state.merge(a, b, "first", at(1)).await.unwrap().unwrap();
    // A was absorbed by B, so C absorbs B with it; and D joins the end of the chain, not its middle.
    let b_to_c = state.merge(a, c, "second", at(2)).await.unwrap().unwrap();
    state.merge(d, a, "third", at(3)).await.unwrap().unwrap();
    let all = [alias_a, alias_b, alias_c, alias_d];
    let people = async |version| {
        let map = state.resolve(&all, version).await.unwrap();
        all.map(|alias| map[&alias])
    };
    assert_eq!(people(None).await, [c, c, c, c]);
    let undone = state.unmerge(b_to_c, "no", at(4)).await.unwrap();
    assert_eq!(people(None).await, [b, b, c, c]);
    state.unmerge(a_to_b, "no", at(5)).await.unwrap();
    assert_eq!(people(None).await, [a, b, c, c]);
    assert_eq!(people(Some(undone)).await, [b, b, c, c]);
    assert_eq!(people(Some(b_to_c)).await, [c, c, c, d]);
    assert_eq!(people(Some(a_to_b)).await, [b, b, c, d]);
}

pub async fn an_alias_can_be_linked_to_another_person(store: &Store) {
    let state = store.open().await;
    let (eva, alias) = person(&state, "family@example.com").await;
    let (ida, _) = person(&state, "ida@example.com").await;
    let before = state.alias_version().await.unwrap();
    let after = state.link(alias, ida, "the address is Ida's", at(1)).await.unwrap();
    assert_eq!(who(&state, alias, before).await, Some(eva));
    assert_eq!(who(&state, alias, after).await, Some(ida));
    assert_eq!(state.identities(eva).await.unwrap(), []);
    assert_eq!(state.identities(ida).await.unwrap().len(), 2);
}

pub async fn what_does_not_exist_is_refused(store: &Store) {
    let state = store.open().await;
    let (eva, alias) = person(&state, "eva@example.com").await;
    let (nobody, nothing) = fresh_ids();
    for result in [
        state.merge(nobody, eva, "", at(1)).await.map(|_| ()),
        state.merge(eva, nobody, "", at(1)).await.map(|_| ()),
        state.unmerge(1, "", at(1)).await.map(|_| ()),
        state.link(alias, nobody, "", at(1)).await.map(|_| ()),
        state.link(nothing, eva, "", at(1)).await.map(|_| ()),
        state.traits(nobody).await.map(|_| ()),
        state.set_traits(nobody, &[]).await,
    ] {
        let Err(StateError::Missing { operation, what }) = result else { panic!("{result:?}") };
        assert!(!operation.is_empty() && !what.is_empty());
    }
    assert_eq!(state.alias_version().await.unwrap(), 1);
    assert_eq!(who(&state, nothing, None).await, None);
}
