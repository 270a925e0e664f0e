//! What an order's rows come to.

use mehrwert_facts::tables::FactTable;

use crate::support::{Shop, fixture};

#[test]
fn an_orders_lines_make_up_what_was_paid() {
    Shop::run(async |shop| {
        shop.import(&fixture("shopify.csv")).await.unwrap();
        let rows = shop.rows(FactTable::Orders).await;
        let sums = |column: &str| -> f64 {
            let of = |row: &String| {
                let value = row.split(' ').find_map(|part| part.strip_prefix(column)).unwrap_or("0");
                value.parse::<f64>().unwrap()
            };
            rows.iter().filter(|row| row.contains("order_id=1001")).map(of).sum()
        };
        // 104.90 were paid, 16.75 of it VAT; 4.90 for shipping.
        assert!((sums("net=") + sums("shipping_charged=") - 88.15).abs() < 1e-9, "{rows:#?}");
        assert!((sums("tax=") - 16.75).abs() < 1e-9);
        assert!((sums("shipping_charged=") - 4.117_588).abs() < 1e-5, "{}", sums("shipping_charged="));
    });
}

#[test]
fn times_are_utc_and_days_the_shops_own() {
    Shop::run(async |shop| {
        let text = "order_id,date,customer,net\n1,2024-01-05T23:30:00Z,A,1.00\n2,2024-07-05 00:30:00,A,1.00\n3,2024-07-06,A,1.00\n";
        shop.import_text(text).await;
        let rows = shop.rows(FactTable::Orders).await;
        let of = |order: &str| rows.iter().find(|row| row.contains(&format!("order_id={order} "))).unwrap();
        assert!(of("1").contains("at=2024-01-05T23:30:00Z day=2024-01-06"), "{}", of("1"));
        assert!(of("2").contains("at=2024-07-04T22:30:00Z day=2024-07-05"), "{}", of("2"));
        assert!(of("3").contains("at=2024-07-05T22:00:00Z day=2024-07-06"), "{}", of("3"));
    });
}

#[test]
fn e_mail_and_customer_number_of_one_order_are_one_person() {
    Shop::run(async |shop| {
        shop.import_text("order_id,date,customer_id,email,net\n1,2024-01-05,C1,eva@x.de,1.00\n2,2024-01-06,C1,,1.00\n3,2024-01-07,,eva@x.de,1.00\n").await;
        assert_eq!(shop.state.person_count().await.unwrap(), 1);
        let rows = shop.rows(FactTable::Orders).await;
        assert!(rows.iter().all(|row| row.contains("who=eva@x.de+main/C1")), "{rows:#?}");
    });
}

#[test]
fn a_gift_card_is_marked_and_no_personal_data_enters_a_fact() {
    Shop::run(async |shop| {
        shop.import_text("order_id,date,email,product,net\n1,2024-01-05,eva@x.de,Geschenkgutschein 50,50.00\n").await;
        assert!(shop.rows(FactTable::Orders).await[0].contains("category=gift card"));
        let snapshot = shop.state.snapshot(None).await.unwrap();
        for file in &snapshot.files {
            let bytes = std::fs::read(shop.lake.path(file)).unwrap();
            assert!(memchr::memmem::find(&bytes, b"eva@x.de").is_none());
        }
    });
}
