//! What one row of a file comes to: facts, each with its unit, its time and the names of who did it.

use std::borrow::Cow;

use jiff::Timestamp;
use mehrwert_core::{AliasId, Currency, Day};
use mehrwert_state::{ExchangeRate, Product};

use crate::tables::{
    Contract, Cost, Event, FactRows, FactTable, Head, OrderLine, Payment, Tally, Touch, Unit, Version,
};

/// One fact of a row.
#[derive(Debug)]
pub(crate) struct Entry<'r> {
    pub unit: Unit,
    pub numbering: Numbering,
    pub who: Names<'r>,
    pub at: Timestamp,
    pub day: Day,
    pub fact: Fact<'r>,
}

/// What a second entry of the same unit in one file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbering {
    /// A further row of the unit: another line of an order.
    Places,
    /// The same words said of something else: its unit is made of them, and counts how often they stand in the file.
    Copies,
}

/// A row of a table, or what belongs into the state.
#[derive(Debug)]
pub(crate) enum Fact<'r> {
    Touch(Touch<'r>),
    Event(Event<'r>),
    Order(OrderLine<'r>),
    Payment(Payment<'r>),
    Contract(Contract<'r>),
    Cost(Cost<'r>),
    Tally(Tally<'r>),
    Product(Box<Product>),
    Rate(ExchangeRate),
    Person(Box<PersonSaid>),
}

/// What a row says of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PersonSaid {
    /// Name and value.
    pub traits: Vec<(&'static str, String)>,
    /// The firm or household.
    pub account: Option<String>,
}

/// The names of who did it, as the row has them; an empty one is none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names<'r> {
    pub email: Cow<'r, [u8]>,
    pub customer: Cow<'r, [u8]>,
    pub phone: &'r [u8],
    pub visitor: &'r [u8],
}

/// Stands between two names; no cell has it.
const BETWEEN: u8 = 0x1f;

impl Names<'_> {
    /// The names as one text, by which equal ones are found; empty where there is none.
    pub fn write_key(&self, key: &mut Vec<u8>) {
        key.clear();
        let kinds = [(b'e', &*self.email), (b'c', &*self.customer), (b'p', self.phone), (b'v', self.visitor)];
        for (kind, text) in kinds.into_iter().filter(|(_, text)| !text.is_empty()) {
            key.push(kind);
            key.extend(text.iter().filter(|byte| **byte != BETWEEN));
            key.push(BETWEEN);
        }
    }
}

/// The names in a key, each with the letter of its kind.
pub(crate) fn names_in(key: &str) -> impl Iterator<Item = (char, &str)> {
    key.split(char::from(BETWEEN)).filter_map(|name| Some((name.chars().next()?, name.get(1..)?)))
}

/// What is the same for all rows of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Common<'c> {
    pub origin: &'c str,
    pub version: Version,
    pub received_at: Timestamp,
}

/// What goes into the state.
#[derive(Debug, Default)]
pub(crate) struct StateRows {
    pub products: Vec<Product>,
    pub rates: Vec<ExchangeRate>,
    /// Who, as the file numbers them, when it was said, and what.
    pub people: Vec<(u32, Option<Timestamp>, PersonSaid)>,
}

impl Entry<'_> {
    /// Adds the fact to the rows of its table. `number` is how many entries of its unit came before it in the file.
    pub fn push(self, who: Option<AliasId>, number: u32, common: &Common<'_>, rows: &mut FactRows) {
        let again = self.numbering == Numbering::Copies && number > 0;
        let unit = if again { again_of(self.table(), self.unit, number) } else { self.unit };
        let place = if self.numbering == Numbering::Copies { 0 } else { number };
        let head = Head {
            unit,
            place,
            version: common.version,
            origin: common.origin,
            at: self.at,
            day: self.day,
            received_at: common.received_at,
            who,
        };
        match self.fact {
            Fact::Touch(row) => rows.touches.push(&head, &row),
            Fact::Event(row) => rows.events.push(&head, &row),
            Fact::Order(row) => rows.orders.push(&head, &OrderLine { line: i64::from(place) + 1, ..row }),
            Fact::Payment(row) => rows.payments.push(&head, &row),
            Fact::Contract(row) => rows.contracts.push(&head, &row),
            Fact::Cost(row) => rows.costs.push(&head, &row),
            Fact::Tally(row) => rows.tallies.push(&head, &row),
            Fact::Product(_) | Fact::Rate(_) | Fact::Person(_) => {}
        }
    }

    fn table(&self) -> FactTable {
        match self.fact {
            Fact::Touch(_) => FactTable::Touches,
            Fact::Event(_) => FactTable::Events,
            Fact::Payment(_) => FactTable::Payments,
            Fact::Contract(_) => FactTable::Contracts,
            Fact::Cost(_) => FactTable::Costs,
            Fact::Tally(_) => FactTable::Tallies,
            Fact::Order(_) | Fact::Product(_) | Fact::Rate(_) | Fact::Person(_) => FactTable::Orders,
        }
    }
}

/// The unit of the same words said once more.
fn again_of(table: FactTable, unit: Unit, number: u32) -> Unit {
    let id = unit.row(0).map(|byte| format!("{byte:02x}")).concat();
    Unit::of(table, &["again", &id, &number.to_string()])
}

/// A currency of a row: its own, else the one that holds for the file.
pub(crate) fn currency_or(row: Option<Option<Currency>>, usual: Option<Currency>) -> Option<Currency> {
    row.flatten().or(usual)
}
