//! A data directory of the test's own, and rows to put into it.

use jiff::Timestamp;
use mehrwert_core::{Day, FileId};
use mehrwert_facts::engine::{Columns, Engine};
use mehrwert_facts::lake::{Added, Addition, Lake, LookUp};
use mehrwert_facts::tables::{Authority, FactRows, FactTable, Head, OrderLine, Rank, Unit, Version};
use mehrwert_state::{State, StateUrl};

pub struct Shop {
    pub state: State,
    pub lake: Lake,
    files: u64,
    _folder: tempfile::TempDir,
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

/// One order of one line, as one source said it.
#[derive(Debug, Clone)]
pub struct Said {
    pub authority: Authority,
    pub order: &'static str,
    pub reference: Option<&'static str>,
    pub seconds: i64,
    pub rank: Rank,
    pub net: &'static str,
    pub day: i32,
}

impl Said {
    pub fn new(order: &'static str, seconds: i64, net: &'static str) -> Said {
        let authority = Authority::Record;
        Said { authority, order, reference: None, seconds, rank: Rank::Export, net, day: 19_000 }
    }
}

fn rows(said: &Said) -> FactRows {
    let mut rows = FactRows::default();
    let head = Head {
        unit: Unit::of(FactTable::Orders, &["main", said.order]),
        place: 0,
        version: Version::new(said.authority, at(said.seconds), said.rank),
        origin: "test",
        at: at(i64::from(said.day)),
        day: Day::from_epoch(said.day),
        received_at: at(0),
        who: None,
    };
    let line = OrderLine {
        shop: "main",
        order_id: Some(said.order),
        reference: said.reference,
        line: 1,
        kind: "sale",
        product: None,
        category: None,
        quantity: None,
        net: said.net.parse().unwrap(),
        tax: None,
        discount: None,
        shipping_charged: None,
        goods_cost: None,
        coupon: None,
        offer: None,
        source: None,
        currency: "EUR".parse().ok(),
    };
    rows.orders.push(&head, &line);
    rows
}

impl Shop {
    pub fn run<T>(test: impl AsyncFnOnce(&mut Shop) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let state = State::open(&StateUrl::in_directory(folder.path()), [1; 32]).await.unwrap();
            let lake = Lake::in_directory(folder.path());
            test(&mut Shop { state, lake, files: 0, _folder: folder }).await
        })
    }

    /// Adds what was said, each a reading of its own.
    pub async fn add(&mut self, all: &[Said]) -> Added {
        let readings = all.iter().map(|said| rows(said).finish().unwrap()).collect();
        let addition = Addition { readings, read: None, reason: "test".to_owned() };
        let mut fresh = || {
            self.files += 1;
            FileId::new(self.files, [0; 10])
        };
        self.lake.add(&self.state, addition, LookUp::All, &mut fresh, at(0)).await.unwrap()
    }

    /// Order and net of all orders, by order.
    pub async fn orders(&self) -> Vec<String> {
        let snapshot = self.state.snapshot(None).await.unwrap();
        let lake = self.lake.clone();
        let ask = move || {
            let engine = Engine::new().unwrap();
            engine.register_lake(&lake, &snapshot).unwrap();
            let sql = "SELECT CAST(order_id AS BIGINT) AS number, net FROM facts.orders ORDER BY order_id";
            let rows = engine.query("orders", sql, &[]).unwrap();
            let columns = Columns::new(&rows);
            let (numbers, nets) = (columns.counts("number").unwrap(), columns.amounts("net").unwrap());
            numbers.iter().zip(nets).map(|(number, net)| format!("{number}: {net}")).collect()
        };
        // The engine has threads of its own and waits for them.
        tokio::task::spawn_blocking(ask).await.unwrap()
    }
}
