//! One customer's ledger: entry by entry with a running sum and the evidence, then what the accounts come to.

use std::io::{self, Write};

use mehrwert_charts::{Column, DataTable, Format};
use mehrwert_core::{Amount, Currency, Day, PersonId};
use mehrwert_insight::ledger::{Account, Entry};
use serde_json::json;

use super::Style;
use super::terminal::Paper;
use super::words::{Fill, Words};

/// The entries of a person up to a day.
pub struct Statement {
    /// Who.
    pub person: PersonId,
    /// The reporting currency.
    pub currency: Option<Currency>,
    /// The last day.
    pub until: Day,
    /// Every entry, in the order in which they happened.
    pub entries: Vec<Entry>,
}

impl Statement {
    /// What the entries of some accounts sum to, in the reporting currency.
    fn sum(&self, wanted: impl Fn(Account) -> bool) -> Amount {
        self.entries.iter().filter(|entry| wanted(entry.account)).map(reported).sum()
    }

    /// The running sum of the contribution after each entry.
    fn running(&self) -> Vec<Amount> {
        let mut sum = Amount::ZERO;
        let after = |entry: &Entry| {
            if entry.account.is_contribution() {
                sum += reported(entry);
            }
            sum
        };
        self.entries.iter().map(after).collect()
    }
}

/// The amount in the reporting currency. What cannot be reported was refused before.
fn reported(entry: &Entry) -> Amount {
    entry.reported.unwrap_or(entry.amount)
}

fn hexadecimal(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// For a person to read.
#[must_use]
pub fn table(statement: &Statement, style: &Style) -> String {
    let words = Words::new(style.language);
    let format = Format::new(style.language, statement.currency);
    let mut paper = Paper::new(*style);
    let person = statement.person.to_string();
    let day = format.day(statement.until);
    let fills = [
        ("person", Fill::Text(&person)),
        ("day", Fill::Text(&day)),
        ("n", Fill::Count(statement.entries.len() as u64)),
    ];
    paper.strong(&words.say("ledger-title", &fills));
    if statement.entries.is_empty() {
        paper.paragraph(&words.text("ledger-empty"));
        return paper.finish();
    }
    paper.captioned(&entries(statement, &words, &format));
    paper.captioned(&accounts(statement, &words, &format));
    paper.remark(&words.text("ledger-define"));
    paper.blank();
    let contribution = format.amount(statement.sum(Account::is_contribution));
    paper.strong(&words.say("ledger-last", &[("amount", Fill::Text(&contribution))]));
    paper.finish()
}

fn entries(statement: &Statement, words: &Words, format: &Format) -> DataTable {
    let columns = [
        Column::words(words.text("ledger-day")),
        Column::words(words.text("ledger-account")),
        Column::figures(words.text("ledger-amount")),
        Column::figures(words.text("ledger-sum")),
        Column::words(words.text("ledger-about")),
        Column::words(words.text("ledger-evidence")),
    ];
    let mut table = DataTable::new(words.text("ledger-entries"), columns);
    for (entry, sum) in statement.entries.iter().zip(statement.running()) {
        let about = entry.measure.as_deref().or(entry.source.as_deref()).unwrap_or_default();
        let amount = match entry.currency {
            Some(currency) if Some(currency) != statement.currency => {
                format!("{} ({} {currency})", format.amount(reported(entry)), entry.amount)
            }
            _ => format.amount(reported(entry)),
        };
        table.push([
            format.day(entry.day),
            words.text(account_key(entry.account)),
            amount,
            format.amount(sum),
            super::names::plain(about, 24),
            // Enough to tell the row from all others; JSON and CSV have the whole.
            format!("{} {}", entry.evidence, hexadecimal(&entry.id[..6])),
        ]);
    }
    table
}

fn accounts(statement: &Statement, words: &Words, format: &Format) -> DataTable {
    let columns = [Column::words(words.text("ledger-account")), Column::figures(words.text("ledger-amount"))];
    let mut table = DataTable::new(words.text("ledger-accounts"), columns);
    let used = |account: &Account| statement.entries.iter().any(|entry| entry.account == *account);
    let row = |account: Account| [words.text(account_key(account)), format.amount(statement.sum(|one| one == account))];
    for account in Account::ALL.into_iter().filter(|account| account.is_contribution()).filter(used) {
        table.push(row(account));
    }
    table.push([words.text("ledger-contribution"), format.amount(statement.sum(Account::is_contribution))]);
    for account in Account::ALL.into_iter().filter(|account| !account.is_contribution()).filter(used) {
        table.push(row(account));
    }
    table
}

fn account_key(account: Account) -> &'static str {
    match account {
        Account::Revenue => "account-revenue",
        Account::Refund => "account-refund",
        Account::Goods => "account-goods",
        Account::Carrier => "account-carrier",
        Account::Fee => "account-fee",
        Account::Service => "account-service",
        Account::Care => "account-care",
        Account::Reward => "account-reward",
        Account::Commission => "account-commission",
        Account::Acquisition => "account-acquisition",
        Account::Overhead => "account-overhead",
        Account::Liability => "account-liability",
    }
}

/// For programs. Amounts are strings with their exact decimals.
#[must_use]
pub fn json(statement: &Statement) -> String {
    let entry = |(entry, sum): (&Entry, Amount)| {
        json!({
            "day": entry.day.to_string(),
            "account": entry.account.name(),
            "amount": entry.amount.to_string(),
            "currency": entry.currency.map(|currency| currency.to_string()),
            "reported": entry.reported.map(|amount| amount.to_string()),
            "contribution_so_far": sum.to_string(),
            "purpose": entry.purpose,
            "source": entry.source,
            "measure": entry.measure,
            "rung": entry.rung,
            "firm": entry.firm.map(|firm| firm.to_string()),
            "evidence": { "table": entry.evidence, "id": hexadecimal(&entry.id) },
        })
    };
    let sums: serde_json::Map<String, serde_json::Value> = Account::ALL
        .into_iter()
        .filter(|account| statement.entries.iter().any(|entry| entry.account == *account))
        .map(|account| (account.name().to_owned(), json!(statement.sum(|one| one == account).to_string())))
        .collect();
    let answer = json!({
        "person": statement.person.to_string(),
        "currency": statement.currency.map(|currency| currency.to_string()),
        "until": statement.until.to_string(),
        "contribution": statement.sum(Account::is_contribution).to_string(),
        "accounts": sums,
        "entries": statement.entries.iter().zip(statement.running()).map(entry).collect::<Vec<_>>(),
    });
    format!("{answer:#}\n")
}

/// A row per entry.
///
/// # Errors
/// What the writer says.
pub fn csv(statement: &Statement, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record([
        "day",
        "account",
        "amount",
        "currency",
        "reported",
        "contribution_so_far",
        "purpose",
        "source",
        "measure",
        "rung",
        "firm",
        "evidence",
        "id",
    ])?;
    for (entry, sum) in statement.entries.iter().zip(statement.running()) {
        let text = |text: &Option<String>| super::csv::harmless(text.as_deref().unwrap_or_default()).into_owned();
        writer.write_record([
            entry.day.to_string(),
            entry.account.name().to_owned(),
            entry.amount.to_string(),
            entry.currency.map(|currency| currency.to_string()).unwrap_or_default(),
            entry.reported.map(|amount| amount.to_string()).unwrap_or_default(),
            sum.to_string(),
            text(&entry.purpose),
            text(&entry.source),
            text(&entry.measure),
            text(&entry.rung),
            entry.firm.map(|firm| firm.to_string()).unwrap_or_default(),
            entry.evidence.clone(),
            hexadecimal(&entry.id),
        ])?;
    }
    writer.flush()
}
