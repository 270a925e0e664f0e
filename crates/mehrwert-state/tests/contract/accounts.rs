//! Firms and who belongs to them.

use mehrwert_core::AccountId;
use mehrwert_state::{Account, Member, StateError};

use crate::support::{Store, at, fresh, person};

fn account(name: &str, domain: Option<&str>) -> Account {
    Account { id: AccountId::new(1, fresh()), name: name.to_owned(), domain: domain.map(str::to_owned) }
}

pub async fn orders_people_and_firms_are_counted_apart(store: &Store) {
    let state = store.open().await;
    let (eva, _) = person(&state, "eva@firm.example").await;
    let (ida, _) = person(&state, "ida@firm.example").await;
    let (private, _) = person(&state, "eva@example.com").await;
    let firm = account("Firma", Some("firm.example"));
    let household = account("Muster", None);
    for one in [&firm, &household] {
        state.add_account(one, at(0)).await.unwrap();
    }
    for (account, who) in [(firm.id, eva), (firm.id, ida), (household.id, private), (firm.id, private)] {
        state.join_account(account, who, at(1)).await.unwrap();
        state.join_account(account, who, at(2)).await.unwrap();
    }
    assert_eq!(state.members(at(0)).await.unwrap(), []);
    assert_eq!(state.members(at(3)).await.unwrap().len(), 4);
    // Eva at home and Eva at work are one: she counts once in the firm.
    state.merge(private, eva, "same name", at(4)).await.unwrap();
    let mut expected = [(firm.id, eva), (firm.id, ida), (household.id, eva)].map(member);
    expected.sort();
    assert_eq!(state.members(at(5)).await.unwrap(), expected);
    // She leaves with both of her; the time before stays.
    assert!(state.leave_account(firm.id, eva, at(6)).await.unwrap());
    assert!(!state.leave_account(firm.id, eva, at(7)).await.unwrap());
    let mut left = [(firm.id, ida), (household.id, eva)].map(member);
    left.sort();
    assert_eq!(state.members(at(6)).await.unwrap(), left);
    assert_eq!(state.members(at(5)).await.unwrap(), expected);
    state.join_account(firm.id, eva, at(8)).await.unwrap();
    assert_eq!(state.members(at(8)).await.unwrap(), expected);
}

fn member((account, person): (AccountId, mehrwert_core::PersonId)) -> Member {
    Member { account, person }
}

pub async fn a_domain_has_one_account(store: &Store) {
    let state = store.open().await;
    let firm = account("Firma", Some("Firm.Example"));
    state.add_account(&firm, at(0)).await.unwrap();
    let kept = Account { domain: Some("firm.example".to_owned()), ..firm };
    assert_eq!(state.account_of_domain(" FIRM.example").await.unwrap(), Some(kept.clone()));
    assert_eq!(state.account_of_domain("other.example").await.unwrap(), None);
    let second = state.add_account(&account("Zweite", Some("firm.example")), at(1)).await;
    assert!(matches!(second, Err(StateError::Refused { .. })), "{second:?}");
    assert_eq!(state.accounts().await.unwrap(), [kept]);
    let (eva, _) = person(&state, "eva@firm.example").await;
    let nowhere = state.join_account(AccountId::new(1, fresh()), eva, at(1)).await;
    assert!(matches!(nowhere, Err(StateError::Missing { .. })), "{nowhere:?}");
}
