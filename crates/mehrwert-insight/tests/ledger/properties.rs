//! Whatever the facts: per currency the ledger's sums are theirs, and every cost is borne to the last decimal.

use std::collections::BTreeMap;

use mehrwert_core::{AliasId, Amount, Currency, Day};
use mehrwert_facts::engine::{Columns, Engine};
use mehrwert_facts::tables::{Cost, OrderLine};
use mehrwert_insight::ledger::{Account, disagreements, sums};
use proptest::prelude::*;

use crate::shop::{Rows, alias, ask, line, terms};

const CURRENCIES: [&str; 3] = ["EUR", "CHF", "USD"];
const SOURCES: [Option<&str>; 3] = [None, Some("search"), Some("mail")];
const PURPOSES: [&str; 4] = ["acquire", "retain", "serve", "overhead"];
const KINDS: [&str; 5] = ["ads", "staff", "carrier", "commission", "goods"];

#[derive(Debug, Clone)]
enum Fact {
    Order {
        who: Option<u8>,
        day: i32,
        cents: i64,
        kind: usize,
        goods: Option<i64>,
        shipping: Option<i64>,
        gift: bool,
        tail: usize,
    },
    Cost {
        who: Option<u8>,
        order: Option<usize>,
        day: i32,
        length: i32,
        micros: i64,
        purpose: usize,
        tail: usize,
    },
    Contact {
        who: u8,
        day: i32,
        cents: Option<i64>,
    },
    Touch {
        who: u8,
        day: i32,
        source: usize,
    },
    Fee {
        order: usize,
        day: i32,
        cents: i64,
    },
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let who = || prop::option::weighted(0.8, 0..6_u8);
    let order = (
        who(),
        0..200_i32,
        1..100_000_i64,
        0..5_usize,
        prop::option::of(0..50_000_i64),
        prop::option::of(0..900_i64),
        prop::bool::weighted(0.1),
        0..9_usize,
    )
        .prop_map(|(who, day, cents, kind, goods, shipping, gift, tail)| Fact::Order {
            who,
            day,
            cents,
            kind,
            goods,
            shipping,
            gift,
            tail,
        });
    // Some amounts are no whole cents, some are received.
    let micros = prop_oneof![4 => (-90_000..900_000_i64).prop_map(|cents| cents * 10_000), 1 => -5_000..5_000_000_i64];
    let cost = (
        prop::option::weighted(0.2, 0..6_u8),
        prop::option::weighted(0.2, 0..20_usize),
        0..200_i32,
        0..100_i32,
        micros,
        0..4_usize,
        0..45_usize,
    )
        .prop_map(|(who, order, day, length, micros, purpose, tail)| Fact::Cost {
            who,
            order,
            day,
            length,
            micros,
            purpose,
            tail,
        });
    let contact = (0..6_u8, 0..200_i32, prop::option::of(0..200_i64)).prop_map(|(who, day, cents)| Fact::Contact {
        who,
        day,
        cents,
    });
    let touch = (0..6_u8, 0..200_i32, 0..3_usize).prop_map(|(who, day, source)| Fact::Touch { who, day, source });
    let fee = (0..20_usize, 0..200_i32, -100..500_i64).prop_map(|(order, day, cents)| Fact::Fee { order, day, cents });
    prop::collection::vec(prop_oneof![4 => order, 3 => cost, 1 => contact, 1 => touch, 1 => fee], 1..40)
}

fn cents(cents: i64) -> Amount {
    Amount::from_micros(i128::from(cents) * 10_000)
}

fn on(day: i32) -> Day {
    Day::from_epoch(19_700 + day)
}

type Expected = BTreeMap<(&'static str, Option<Currency>), Amount>;

/// The rows, and what the ledger has to sum to by evidence and currency, goods aside.
fn rows(facts: &[Fact]) -> (Rows, Expected, Amount) {
    let (mut rows, mut expected, mut goods_sum) = (Rows::default(), Expected::new(), Amount::ZERO);
    for (number, fact) in facts.iter().enumerate() {
        let euro: Option<Currency> = "EUR".parse().ok();
        match fact {
            Fact::Order { who, day, cents: net, kind, goods, shipping, gift, tail } => {
                let is_sale = *kind > 1;
                let sign = if is_sale { 1 } else { -1 };
                let currency = CURRENCIES[tail % 3].parse().ok().filter(|_| *tail != 8);
                let number = number.to_string();
                let sale = OrderLine {
                    kind: ["refund", "cancellation", "sale", "sale", "sale"][*kind],
                    net: cents(*net * sign),
                    quantity: (*kind != 1).then(|| Amount::from_units(sign)),
                    goods_cost: goods.map(|goods| cents(goods * sign)),
                    shipping_charged: shipping.map(cents),
                    category: gift.then_some("Gift card"),
                    source: SOURCES[tail / 3],
                    currency,
                    ..line(&number)
                };
                rows.order(on(*day), who.map(alias), &sale);
                *expected.entry(("orders", currency)).or_default() += sale.net + shipping.map_or(Amount::ZERO, cents);
                // A cancellation here says no quantity, so nothing comes back.
                if !gift && *kind != 1 {
                    goods_sum += goods.map_or(Amount::ZERO, |goods| cents(-goods * sign));
                }
            }
            Fact::Cost { who, order, day, length, micros, purpose, tail } => {
                let currency = CURRENCIES[tail % 3].parse().ok();
                let order = order.map(|order| order.to_string());
                let spent = Cost {
                    from: on(*day),
                    to: on(day + length),
                    kind: KINDS[tail / 9],
                    purpose: PURPOSES[*purpose],
                    source: SOURCES[tail / 3 % 3],
                    campaign: None,
                    measure: (tail % 2 == 0).then_some("letter"),
                    shop: None,
                    order_id: order.as_deref(),
                    amount: Amount::from_micros(i128::from(*micros)),
                    currency,
                };
                rows.cost(who.map(alias), &spent);
                *expected.entry(("costs", currency)).or_default() += -spent.amount;
            }
            Fact::Contact { who, day, cents: spent } => {
                rows.contact(on(*day), alias(*who), "letter", spent.map(cents));
                *expected.entry(("contacts", euro)).or_default() += -spent.map_or(Amount::ZERO, cents);
            }
            Fact::Touch { who, day, source } => rows.touch(on(*day), alias(*who), SOURCES[*source]),
            Fact::Fee { order, day, cents: kept } => {
                rows.fee(on(*day), &order.to_string(), cents(*kept));
                *expected.entry(("payments", euro)).or_default() += -cents(*kept);
            }
        }
    }
    (rows, expected, goods_sum)
}

/// Of each cost what its entries sum to.
fn borne(engine: &Engine) -> Vec<(AliasId, Amount, Amount)> {
    let sql = "SELECT c.id, c.amount, CAST(coalesce(sum(e.amount), 0) AS DECIMAL(28, 6)) AS borne FROM facts.costs AS c
        LEFT JOIN ledger.cost_entries AS e ON c.id = e.id GROUP BY c.id, c.amount";
    let rows = engine.query("borne", sql, &[]).expect("an answer");
    let columns = Columns::new(&rows);
    let ids = columns.ids("id").expect("ids").into_iter().map(AliasId::from_bytes);
    let amounts =
        columns.amounts("amount").expect("amounts").into_iter().zip(columns.amounts("borne").expect("amounts"));
    ids.zip(amounts).map(|(id, (amount, borne))| (id, amount, borne)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_sums_to_the_facts(facts in facts()) {
        let (rows, expected, goods) = rows(&facts);
        let (differing, sums, borne) = ask(rows, terms("2030-01-01"), async |_| {}, |engine| {
            (disagreements(engine).expect("compared"), sums(engine).expect("sums"), borne(engine))
        });
        prop_assert_eq!(differing, []);
        let mut found: BTreeMap<(String, Option<Currency>), Amount> = BTreeMap::new();
        let is_goods = |sum: &mehrwert_insight::ledger::Sum| sum.account == Account::Goods && sum.evidence == "orders";
        for sum in sums.iter().filter(|sum| !is_goods(sum)) {
            *found.entry((sum.evidence.clone(), sum.currency)).or_default() += sum.amount;
        }
        for ((evidence, currency), amount) in expected {
            let ledger = found.remove(&(evidence.to_owned(), currency)).unwrap_or_default();
            prop_assert_eq!(ledger, amount, "{} {:?}", evidence, currency);
        }
        prop_assert!(found.is_empty(), "{:?}", found);
        prop_assert_eq!(sums.iter().filter(|sum| is_goods(sum)).map(|sum| sum.amount).sum::<Amount>(), goods);
        for (id, amount, borne) in borne {
            prop_assert_eq!(borne, -amount, "{}", id);
        }
    }
}
