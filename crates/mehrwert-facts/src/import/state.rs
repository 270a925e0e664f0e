//! What a file says that belongs into the state: products, rates, people. Only what is different is written.

use std::collections::HashMap;

use jiff::Timestamp;
use mehrwert_core::{Day, PersonId};
use mehrwert_state::{Joining, Product, State, StateError, Trait};

use super::entry::{PersonSaid, StateRows};
use crate::identities::account_of_group;
use crate::lake::Counted;

/// What the state came to hold, by what it is called.
pub(crate) type StateCounts = Vec<(&'static str, Counted)>;

/// Writes what is different, unless this is a rehearsal.
pub(crate) async fn keep(
    state: &State,
    rows: StateRows,
    persons: &[Option<PersonId>],
    said_at: Timestamp,
    rehearsal: bool,
) -> Result<StateCounts, StateError> {
    let mut counts = Vec::new();
    if !rows.products.is_empty() {
        counts.push(("products", products(state, rows.products, rehearsal).await?));
    }
    if !rows.rates.is_empty() {
        let (mut counted, mut set) = (Counted::default(), Vec::new());
        for rate in rows.rates {
            match state.rate(rate.base, rate.quote, rate.day).await? {
                Some(known) if known == rate => counted.unchanged += 1,
                Some(known) if known.day == rate.day => {
                    counted.changed += 1;
                    set.push(rate);
                }
                _ => {
                    counted.new += 1;
                    set.push(rate);
                }
            }
        }
        if !rehearsal {
            state.set_rates(&set).await?;
        }
        counts.push(("rates", counted));
    }
    if !rows.people.is_empty() {
        counts.push(("people", people(state, rows.people, persons, said_at, rehearsal).await?));
    }
    Ok(counts)
}

async fn products(state: &State, said: Vec<Product>, rehearsal: bool) -> Result<Counted, StateError> {
    let known = state.products().await?;
    let known: HashMap<(&str, Day), &Product> =
        known.iter().map(|one| ((one.product.as_str(), one.from), one)).collect();
    let (mut counted, mut set) = (Counted::default(), Vec::new());
    for one in said {
        match known.get(&(one.product.as_str(), one.from)) {
            Some(known) if **known == one => counted.unchanged += 1,
            Some(_) => {
                counted.changed += 1;
                set.push(one);
            }
            None => {
                counted.new += 1;
                set.push(one);
            }
        }
    }
    if !rehearsal {
        state.set_products(&set).await?;
    }
    Ok(counted)
}

async fn people(
    state: &State,
    said: Vec<(u32, Option<Timestamp>, PersonSaid)>,
    persons: &[Option<PersonId>],
    said_at: Timestamp,
    rehearsal: bool,
) -> Result<Counted, StateError> {
    let (mut counted, mut set) = (Counted::default(), Vec::new());
    let mut members = Vec::new();
    for (who, at, one) in said {
        let Some(person) = persons.get(who as usize).copied().flatten() else {
            counted.new += 1;
            continue;
        };
        let at = at.unwrap_or(said_at);
        let known = state.traits(person).await?;
        let differs = |(name, value): &(&str, String)| {
            let known = known.iter().find(|known| known.name == *name);
            known.is_none_or(|known| known.value.as_str() != Some(value.as_str()) && known.set_at <= at)
        };
        let different: Vec<_> = one.traits.iter().filter(|one| differs(one)).collect();
        match (known.is_empty(), different.is_empty()) {
            (true, _) => counted.new += 1,
            (false, true) => counted.unchanged += 1,
            (false, false) => counted.changed += 1,
        }
        set.extend(different.into_iter().map(|(name, value)| {
            (person, Trait { name: (*name).to_owned(), value: value.clone().into(), set_at: at })
        }));
        let joining = |name: String| Joining { account: account_of_group(&name, Some(&name)), person };
        members.extend(one.account.map(joining));
    }
    if !rehearsal {
        state.set_traits_of_many(&set).await?;
        state.join_accounts(&members, said_at).await?;
    }
    Ok(counted)
}
