//! What is said of many persons at once comes to the same as when it is said one by one.

use mehrwert_core::{AccountId, PersonId};
use mehrwert_state::{Account, IdentityKind, Joining, Member, Merge, Move, State, Trait};
use serde_json::json;

use crate::support::{Store, at, email, fresh, fresh_ids, person};

fn merge(absorbed: PersonId, survivor: PersonId) -> Merge {
    Merge { absorbed, survivor, reason: "named together".to_owned() }
}

pub async fn many_merges_follow_each_other(store: &Store) {
    let state = store.open().await;
    let (a, alias_a) = person(&state, "a@example.com").await;
    let (b, _) = person(&state, "b@example.com").await;
    let (c, alias_c) = person(&state, "c@example.com").await;
    let (nobody, _) = fresh_ids();
    let said = [merge(a, b), merge(a, c), merge(b, c), merge(nobody, c)];
    let versions = state.merge_all(&said, at(1)).await.unwrap();
    let [Some(first), Some(second), None, None] = versions[..] else { panic!("{versions:?}") };
    assert!(first < second);
    let people = state.resolve(&[alias_a, alias_c], None).await.unwrap();
    assert_eq!((people[&alias_a], people[&alias_c]), (c, c));
    let names = state.identities_of(&[a, c]).await.unwrap();
    let all = ["a", "b", "c"].map(|name| email(&format!("{name}@example.com")));
    assert_eq!((names[&a].as_slice(), names[&c].as_slice()), (&all[..], &all[..]));
    // Each can be undone by itself, and saying it again changes nothing.
    let version = state.alias_version().await.unwrap();
    assert_eq!(state.merge_all(&said, at(2)).await.unwrap(), [None; 4]);
    assert_eq!(state.alias_version().await.unwrap(), version);
    state.unmerge(second, "no", at(3)).await.unwrap();
    assert_eq!(state.resolve(&[alias_a], None).await.unwrap()[&alias_a], b);
}

pub async fn an_identity_moves_and_its_past_stays(store: &Store) {
    let state = store.open().await;
    let (eva, old) = person(&state, "family@example.com").await;
    let (ida, _) = person(&state, "ida@example.com").await;
    let to = |person| {
        let (_, alias) = fresh_ids();
        Move { identity: email("family@example.com"), person, alias, reason: "Ida's now".to_owned() }
    };
    let first = to(ida);
    assert_eq!(state.move_identities(std::slice::from_ref(&first), at(1)).await.unwrap(), [Some(first.alias)]);
    // Another process says the same: the alias of the first holds.
    assert_eq!(state.move_identities(&[to(ida)], at(2)).await.unwrap(), [Some(first.alias)]);
    assert_eq!(person(&state, "family@example.com").await, (ida, first.alias));
    let people = state.resolve(&[old, first.alias], None).await.unwrap();
    assert_eq!((people[&old], people[&first.alias]), (eva, ida));
    let unknown = Move { identity: email("nobody@example.com"), ..to(ida) };
    assert_eq!(state.move_identities(&[unknown, to(fresh_ids().0)], at(3)).await.unwrap(), [None, None]);
    // Both aliases are erased with whom they belong to.
    assert_eq!(state.erase(eva, at(4)).await.unwrap().aliases, [old]);
    assert!(state.erase(ida, at(4)).await.unwrap().aliases.contains(&first.alias));
    assert_eq!(state.erased_at(&email("family@example.com")).await.unwrap(), Some(at(4)));
    assert_eq!(state.erased_at(&email("other@example.com")).await.unwrap(), None);
}

pub async fn traits_of_many_keep_the_latest(store: &Store) {
    let state = store.open().await;
    let (eva, _) = person(&state, "eva@example.com").await;
    let (ida, _) = person(&state, "ida@example.com").await;
    let said =
        |name: &str, value: i64, seconds| Trait { name: name.to_owned(), value: json!(value), set_at: at(seconds) };
    let (nobody, _) = fresh_ids();
    let all =
        [(eva, said("age", 41, 5)), (eva, said("age", 40, 1)), (ida, said("age", 30, 1)), (nobody, said("age", 1, 1))];
    state.set_traits_of_many(&all).await.unwrap();
    state.set_traits_of_many(&[(ida, said("age", 29, 0)), (eva, said("age", 42, 9))]).await.unwrap();
    assert_eq!(state.traits(eva).await.unwrap(), [said("age", 42, 9)]);
    assert_eq!(state.traits(ida).await.unwrap(), [said("age", 30, 1)]);
}

async fn members(state: &State) -> usize {
    state.members(at(100)).await.unwrap().len()
}

pub async fn many_join_accounts_once(store: &Store) {
    let state = store.open().await;
    let (eva, _) = person(&state, "eva@muster.de").await;
    let (ida, _) = person(&state, "ida@muster.de").await;
    let account = |domain: Option<&str>| {
        let id = AccountId::new(1, fresh());
        Account { id, name: "Muster".to_owned(), domain: domain.map(str::to_owned) }
    };
    // Two ids of one domain: the first makes the account.
    let (first, second, group) = (account(Some("muster.de")), account(Some("muster.de")), account(None));
    let joining = |account: &Account, person| Joining { account: account.clone(), person };
    let all = [joining(&first, eva), joining(&second, ida), joining(&group, ida), joining(&group, fresh_ids().0)];
    state.join_accounts(&all, at(1)).await.unwrap();
    assert_eq!((state.accounts().await.unwrap().len(), members(&state).await), (2, 3));
    assert!(state.members(at(100)).await.unwrap().contains(&Member { account: first.id, person: ida }));
    state.join_accounts(&all, at(2)).await.unwrap();
    assert_eq!(members(&state).await, 3);
    // Who left does not come back by themselves.
    state.leave_account(group.id, ida, at(3)).await.unwrap();
    state.join_accounts(&all, at(4)).await.unwrap();
    assert_eq!(members(&state).await, 2);
    assert_eq!(email("eva@muster.de").kind(), IdentityKind::Email);
}
