//! The sealed facts as tables of the engine.

use mehrwert_facts::engine::{Columns, Engine};
use mehrwert_facts::tables::FactTable;

use crate::support::{Said, Shop};

#[test]
fn every_table_can_be_asked_from_the_first_day_on() {
    Shop::run(async |shop| {
        shop.add(&[Said::new("1", 10, "5.00")]).await;
        let (lake, snapshot) = (shop.lake.clone(), shop.state.snapshot(None).await.unwrap());
        let ask = move || {
            let engine = Engine::new().unwrap();
            engine.register_lake(&lake, &snapshot).unwrap();
            for table in FactTable::ALL {
                let sql = format!("SELECT count(*) AS number, max(day) AS day FROM facts.{}", table.name());
                let rows = engine.query("count", &sql, &[]).unwrap();
                let expected = u64::from(table == FactTable::Orders);
                assert_eq!(Columns::new(&rows).counts("number").unwrap(), [expected], "{table:?}");
            }
        };
        tokio::task::spawn_blocking(ask).await.unwrap();
    });
}
