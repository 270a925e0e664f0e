//! Accounts: firms and households that persons belong to. Orders are not people, and people are not firms.

use std::collections::BTreeSet;

use jiff::Timestamp;
use mehrwert_core::{AccountId, PersonId};

use crate::aliases::{known, last_survivor, survivors};
use crate::database::{Row, Transaction, Value, values};
use crate::many::those_known;
use crate::people::family;
use crate::{State, StateError};

/// A firm or household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// The domain of its e-mail addresses, in small letters; no two accounts share one.
    pub domain: Option<String>,
}

/// That a person belongs to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The account.
    pub account: AccountId,
    /// The person; who was merged stands under whom they were merged into.
    pub person: PersonId,
}

/// That a person belongs to an account, which is made where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// The account, found by its domain or else by its id.
    pub account: Account,
    /// Who belongs to it.
    pub person: PersonId,
}

impl State {
    /// As [`State::join_account`] for many, making accounts where there are none. Most calls hold what is known: those
    /// write nothing. Someone who was erased in the meantime is left out.
    pub async fn join_accounts(&self, joinings: &[Joining], at: Timestamp) -> Result<(), StateError> {
        if joinings.is_empty() {
            return Ok(());
        }
        let mut transaction = self.database.read("join accounts").await?;
        if new_joinings(&mut transaction, joinings).await?.is_empty() {
            return Ok(());
        }
        drop(transaction);
        let mut transaction = self.database.write("join accounts").await?;
        let new = new_joinings(&mut transaction, joinings).await?;
        let known =
            those_known(&mut transaction, &new.iter().map(|joining| joining.person).collect::<Vec<_>>()).await?;
        for Joining { account, person } in new.into_iter().filter(|joining| known.contains(&joining.person)) {
            // Whichever of id and domain there is already.
            let make = "INSERT INTO accounts (account, name, domain, created_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT DO NOTHING";
            let values = values![account.id, account.name.as_str(), account.domain.clone(), at];
            transaction.execute(make, values).await?;
            let join = "INSERT INTO memberships (account, person, joined_at)
                SELECT account, $3, $4 FROM accounts WHERE (domain = $2 OR (account = $1 AND $2 IS NULL))
                AND NOT EXISTS (SELECT 1 FROM memberships WHERE memberships.account = accounts.account
                AND person = $3 AND left_at IS NULL)
                ON CONFLICT (account, person, joined_at) DO UPDATE SET left_at = NULL";
            transaction.execute(join, values![account.id, account.domain.clone(), *person, at]).await?;
        }
        transaction.commit().await
    }

    /// Keeps a new account.
    ///
    /// # Errors
    /// [`StateError::Refused`] when another account has the domain.
    pub async fn add_account(&self, account: &Account, at: Timestamp) -> Result<(), StateError> {
        let mut transaction = self.database.write("add an account").await?;
        let domain = account.domain.as_ref().map(|domain| domain.trim().to_lowercase());
        let insert = "INSERT INTO accounts (account, name, domain, created_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (domain) DO NOTHING";
        let values = values![account.id, account.name.as_str(), domain.clone(), at];
        if transaction.execute(insert, values).await? != 1 {
            let reason = format!("another account has the domain {}", domain.unwrap_or_default());
            return Err(StateError::refused(transaction.operation(), reason));
        }
        transaction.commit().await
    }

    /// The account with a domain.
    pub async fn account_of_domain(&self, domain: &str) -> Result<Option<Account>, StateError> {
        let mut transaction = self.database.read("find the account of a domain").await?;
        let find = "SELECT account, name, domain FROM accounts WHERE domain = $1";
        let row = transaction.row(find, values![domain.trim().to_lowercase()]).await?;
        row.as_ref().map(account).transpose()
    }

    /// Notes that a person belongs to an account from a time on. Someone who belongs to it already stays as they are.
    pub async fn join_account(&self, account: AccountId, person: PersonId, at: Timestamp) -> Result<(), StateError> {
        let mut transaction = self.database.write("join an account").await?;
        known(&mut transaction, person).await?;
        exists(&mut transaction, account).await?;
        let insert = "INSERT INTO memberships (account, person, joined_at)
            SELECT account, $2, $3 FROM accounts WHERE account = $1 AND NOT EXISTS
            (SELECT 1 FROM memberships WHERE account = $1 AND person = $2 AND left_at IS NULL)
            ON CONFLICT (account, person, joined_at) DO UPDATE SET left_at = NULL";
        transaction.execute(insert, values![account, person, at]).await?;
        transaction.commit().await
    }

    /// Notes that a person, or one merged into them, no longer belongs to an account from a time on; tells whether they did.
    pub async fn leave_account(&self, account: AccountId, person: PersonId, at: Timestamp) -> Result<bool, StateError> {
        let mut transaction = self.database.write("leave an account").await?;
        let mut left = 0;
        for person in family(&mut transaction, person).await? {
            let update = "UPDATE memberships SET left_at = $3
                WHERE account = $1 AND person = $2 AND left_at IS NULL AND joined_at <= $3";
            left += transaction.execute(update, values![account, person, at]).await?;
        }
        transaction.commit().await?;
        Ok(left > 0)
    }

    /// Who belonged to which account at a time; merged persons count once.
    pub async fn members(&self, at: Timestamp) -> Result<Vec<Member>, StateError> {
        let mut transaction = self.database.read("list the members of accounts").await?;
        let list = "SELECT account, person FROM memberships
            WHERE joined_at <= $1 AND (left_at IS NULL OR left_at > $1)";
        let read = |row: &Row| Ok((AccountId::from_bytes(row.id(0)?), PersonId::from_bytes(row.id(1)?)));
        let rows = transaction.rows(list, values![at]).await?;
        let pairs = rows.iter().map(read).collect::<Result<Vec<_>, StateError>>()?;
        let persons: Vec<PersonId> = pairs.iter().map(|(_, person)| *person).collect();
        let survivors = survivors(&mut transaction, &persons, i64::MAX).await?;
        let member = |(account, person)| Member { account, person: last_survivor(person, &survivors) };
        let members: BTreeSet<Member> = pairs.into_iter().map(member).collect();
        Ok(members.into_iter().collect())
    }

    /// All accounts, by id.
    pub async fn accounts(&self) -> Result<Vec<Account>, StateError> {
        let mut transaction = self.database.read("list accounts").await?;
        let rows = transaction.rows("SELECT account, name, domain FROM accounts ORDER BY account", values![]).await?;
        rows.iter().map(account).collect()
    }
}

/// Those of the joinings that are not known: who left an account does not join it again by themselves.
async fn new_joinings<'a>(
    transaction: &mut Transaction,
    joinings: &'a [Joining],
) -> Result<Vec<&'a Joining>, StateError> {
    let persons: Vec<Vec<Value>> = joinings.iter().map(|joining| values![joining.person]).collect();
    let find = "SELECT memberships.account, domain, person FROM memberships
        JOIN accounts ON accounts.account = memberships.account WHERE person IN (VALUES {rows})";
    let (mut by_id, mut by_domain) = (BTreeSet::new(), BTreeSet::new());
    for row in transaction.rows_in_chunks(find, &persons).await? {
        let person = PersonId::from_bytes(row.id(2)?);
        by_id.insert((AccountId::from_bytes(row.id(0)?), person));
        by_domain.insert((row.optional_text(1)?, person));
    }
    let mut seen = BTreeSet::new();
    let new = joinings.iter().filter(|Joining { account, person }| {
        let known = by_id.contains(&(account.id, *person))
            || (account.domain.is_some() && by_domain.contains(&(account.domain.clone(), *person)));
        !known && seen.insert((account.id, *person))
    });
    Ok(new.collect())
}

async fn exists(transaction: &mut Transaction, account: AccountId) -> Result<(), StateError> {
    match transaction.row("SELECT 1 FROM accounts WHERE account = $1", values![account]).await? {
        Some(_) => Ok(()),
        None => Err(StateError::missing(transaction.operation(), format!("account {account}"))),
    }
}

fn account(row: &Row) -> Result<Account, StateError> {
    Ok(Account { id: AccountId::from_bytes(row.id(0)?), name: row.text(1)?, domain: row.optional_text(2)? })
}
