//! Every kind of file by its fixture: what it is taken for and what its rows are.

use mehrwert_facts::tables::FactTable;

use crate::support::{Shop, fixture};

/// What a fixture is taken for, what was set aside, and its rows.
fn imported(name: &str, prepare: impl FnOnce(&mut Shop)) -> String {
    Shop::run(async |shop| {
        prepare(shop);
        let file = shop.import(&fixture(name)).await.unwrap();
        let mut text = format!("{:?}\n", file.report.kind);
        for column in &file.report.columns {
            text += &format!("  {} = {}\n", column.name, column.role.map_or("-", |role| role.name()));
        }
        let sums = &file.reconciliation;
        text += &format!("rows {} = {} + {}\n", sums.rows_read, sums.rows_used, sums.rows_set_aside);
        text += &format!("amounts {} = {} + {}\n", sums.amount_read, sums.amount_used, sums.amount_set_aside);
        assert!(sums.holds());
        for aside in &file.set_aside {
            text += &format!("set aside: row {} {:?}\n", aside.row, aside.reason);
        }
        for one in &file.tables {
            text += &format!("{} {} new\n", one.name, one.counted.new);
        }
        text += &format!("{:?}\n", file.notices);
        for table in FactTable::ALL {
            for row in shop.rows(table).await {
                text += &format!("{} {row}\n", table.name());
            }
        }
        // The same file again changes nothing.
        let again = shop.import(&fixture(name)).await.unwrap();
        for one in again.tables {
            assert_eq!((one.counted.new, one.counted.changed, one.counted.older), (0, 0, 0), "{name} {}", one.name);
        }
        text
    })
}

macro_rules! kinds {
    ($($test:ident $file:literal,)*) => {
        $(#[test]
        fn $test() {
            insta::assert_snapshot!(imported($file, |_| {}));
        })*
    };
}

kinds! {
    google_ads "google_ads.csv",
    google_ads_german "google_ads_de.csv",
    meta_ads "meta_ads_en.csv",
    meta_ads_german "meta_ads_de.csv",
    costs_german "costs_de.csv",
    payments_german "payments_de.csv",
    quotes_german "quotes_de.csv",
    touches "touches.csv",
    tallies_german "tallies_de.csv",
    products_german "products_de.csv",
    rates "rates.csv",
    people_german "people_de.csv",
    contracts_german "contracts_de.csv",
    shopify "shopify.csv",
    woocommerce "woocommerce.csv",
    woocommerce_german "woocommerce_de.csv",
    stripe "stripe.csv",
    paypal_german "paypal_de.csv",
    paypal_german_report "paypal_de_report.csv",
    paypal_english "paypal_en.csv",
    online_retail "online_retail.csv",
    cdnow "cdnow.txt",
    generic_german "generic_de.csv",
    generic_english "generic_en.csv",
}

#[test]
fn payments_can_be_the_record_of_the_sales() {
    insta::assert_snapshot!(imported("stripe.csv", |shop| {
        shop.request.payments_are_orders = true;
        shop.request.amounts = Some(mehrwert_facts::import::Amounts::Gross);
        shop.request.vat = "19%".parse().ok();
    }));
}
