//! A lake of the test's own, with short words for rows.

use std::future::Future;

use jiff::Timestamp;
use mehrwert_core::{AliasId, Allocation, Amount, Currency, Day, FileId, PersonId};
use mehrwert_facts::engine::{Dimensions, Engine};
use mehrwert_facts::lake::{Addition, Lake, LookUp};
use mehrwert_facts::tables::{
    Authority, Contact, Contract, Cost, FactRows, FactTable, Head, OrderLine, Payment, Rank, Touch, Unit, Version,
};
use mehrwert_insight::ledger::{self, LedgerTerms};
use mehrwert_state::{Identity, IdentityKind, Recognised, State, StateUrl};

/// Rows on their way into a lake.
#[derive(Default)]
pub struct Rows {
    pub rows: FactRows,
    count: u32,
}

pub fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

pub fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

pub fn euro() -> Option<Currency> {
    "EUR".parse().ok()
}

/// The alias of the person with this number, who is a person of their own unless the state says otherwise.
pub fn alias(number: u8) -> AliasId {
    AliasId::new(1_700_000_000_000, [number; 10])
}

/// The person whom the map does not know: the alias itself.
pub fn unmapped(number: u8) -> PersonId {
    PersonId::from_bytes(alias(number).bytes())
}

pub fn at(day: Day) -> Timestamp {
    Timestamp::from_second(i64::from(day.epoch()) * 86_400 + 43_200).expect("a time")
}

/// A sale of one piece for ten euro of a shop that says nothing else.
pub fn line(order: &str) -> OrderLine<'_> {
    OrderLine {
        shop: "main",
        order_id: Some(order),
        reference: None,
        line: 1,
        kind: "sale",
        product: None,
        category: None,
        quantity: None,
        net: Amount::from_units(10),
        tax: None,
        discount: None,
        shipping_charged: None,
        goods_cost: None,
        coupon: None,
        offer: None,
        source: None,
        currency: euro(),
    }
}

/// A cost of one day that names nothing.
pub fn cost<'a>(from: Day, to: Day, purpose: &'a str, amount: Amount) -> Cost<'a> {
    Cost {
        from,
        to,
        kind: "ads",
        purpose,
        source: None,
        campaign: None,
        measure: None,
        shop: None,
        order_id: None,
        amount,
        currency: euro(),
    }
}

impl Rows {
    fn head(&mut self, table: FactTable, day: Day, who: Option<AliasId>) -> Head<'static> {
        self.count += 1;
        Head {
            unit: Unit::of(table, &[&self.count.to_string()]),
            place: 0,
            version: Version::new(Authority::Record, at(day), Rank::Import),
            origin: "test",
            at: at(day),
            day,
            received_at: at(day),
            who,
        }
    }

    pub fn order(&mut self, day: Day, who: Option<AliasId>, line: &OrderLine<'_>) {
        let head = self.head(FactTable::Orders, day, who);
        self.rows.orders.push(&head, line);
    }

    pub fn cost(&mut self, who: Option<AliasId>, cost: &Cost<'_>) {
        let head = self.head(FactTable::Costs, cost.from, who);
        self.rows.costs.push(&head, cost);
    }

    pub fn fee(&mut self, day: Day, order: &str, fee: Amount) {
        let head = self.head(FactTable::Payments, day, None);
        let payment = Payment {
            shop: None,
            order_id: Some(order),
            method: None,
            amount: Amount::from_units(10),
            fee: Some(fee),
            kind: "payment",
            currency: euro(),
        };
        self.rows.payments.push(&head, &payment);
    }

    pub fn contact(&mut self, day: Day, who: AliasId, measure: &str, cost: Option<Amount>) {
        let head = self.head(FactTable::Contacts, day, Some(who));
        let (channel, message, experiment, arm) = (None, None, None, None);
        let contact = Contact { measure, channel, message, kind: "sent", experiment, arm, cost, currency: euro() };
        self.rows.contacts.push(&head, &contact);
    }

    pub fn touch(&mut self, day: Day, who: AliasId, source: Option<&str>) {
        let head = self.head(FactTable::Touches, day, Some(who));
        let touch = Touch {
            source,
            medium: None,
            campaign: None,
            content: None,
            term: None,
            referrer_host: None,
            page: None,
            session: None,
        };
        self.rows.touches.push(&head, &touch);
    }

    pub fn contract(&mut self, who: AliasId, start: Day, end: Option<Day>, interval: &str, price: Amount) {
        let head = self.head(FactTable::Contracts, start, Some(who));
        let number = self.count.to_string();
        let contract = Contract {
            contract: &number,
            product: None,
            offer: None,
            start,
            end,
            price: Some(price),
            interval,
            status: None,
            currency: euro(),
        };
        self.rows.contracts.push(&head, &contract);
    }
}

/// Terms of a shop in euro.
pub fn terms(until: &str) -> LedgerTerms {
    LedgerTerms { allocation: Allocation::default(), currency: euro(), until: day(until) }
}

/// The alias and the person of an e-mail address.
pub async fn person(state: &State, address: &str, number: u8) -> (AliasId, PersonId) {
    let identity = Identity::new(IdentityKind::Email, address).expect("an address");
    let mut fresh = || (PersonId::new(1_700_000_000_000, [number; 10]), alias(number));
    let found = state.recognise(&[identity], &mut fresh, Timestamp::UNIX_EPOCH).await.expect("a person");
    match found[0] {
        Recognised::Person { alias, person, .. } => (alias, person),
        Recognised::Erased => panic!("nobody was erased"),
    }
}

/// Puts rows into a lake, after the state was set up, and asks an engine that has the ledger over it.
pub fn ask<T: Send + 'static>(
    rows: Rows,
    terms: LedgerTerms,
    set_up: impl AsyncFnOnce(&State),
    ask: impl FnOnce(&Engine) -> T + Send + 'static,
) -> T {
    block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let state = State::open(&StateUrl::in_directory(folder.path()), [1; 32]).await.expect("a state");
        set_up(&state).await;
        let lake = Lake::in_directory(folder.path());
        let mut files = 0;
        let mut fresh = || {
            files += 1;
            FileId::new(files, [0; 10])
        };
        let rows = rows.rows.finish().expect("rows");
        let addition = Addition { readings: vec![rows], read: None, reason: "test".to_owned() };
        lake.add(&state, addition, LookUp::All, &mut fresh, Timestamp::UNIX_EPOCH).await.expect("added");
        let snapshot = state.snapshot(None).await.expect("a snapshot");
        let derived = folder.path().join("derived");
        let dimensions = Dimensions::prepare(&state, &derived, None, Timestamp::UNIX_EPOCH).await.expect("dimensions");
        let asked = move || {
            let engine = Engine::new().expect("an engine");
            engine.register_lake(&lake, &snapshot).expect("the facts");
            engine.register_dimensions(&dimensions).expect("the dimensions");
            ledger::register(&engine, &terms).expect("the ledger");
            ask(&engine)
        };
        tokio::task::spawn_blocking(asked).await.expect("an answer")
    })
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads").block_on(work)
}
