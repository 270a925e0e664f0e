//! Files that say again, correct and overlap.

use mehrwert_facts::import::{ImportError, Notice};
use mehrwert_facts::orders::SetAsideReason;
use mehrwert_facts::tables::FactTable;
use mehrwert_state::{Identity, IdentityKind};

use crate::support::{Shop, fixture, now};

const ORDERS: &str = "order_id,date,customer_id,email,net,refunded\n";

fn orders(rows: &str) -> String {
    format!("{ORDERS}{rows}")
}

#[test]
fn a_corrected_export_changes_only_what_changed_and_says_what() {
    Shop::run(async |shop| {
        let first = orders("1001,2024-03-01,C1,a@x.de,50.00,0\n1002,2024-03-02,C2,b@x.de,20.00,0\n");
        assert_eq!(shop.counts(&first).await, [2, 0, 0, 0]);
        let second = orders(
            "1001,2024-03-01,C1,a@x.de,40.00,0\n1002,2024-03-02,C2,b@x.de,20.00,0\n1003,2024-03-03,C1,,5.00,0\n",
        );
        let file = shop.import_text(&second).await;
        let counted = file.tables[0].counted;
        assert_eq!((counted.new, counted.changed, counted.unchanged), (1, 1, 1));
        let change = &file.changes[0];
        let net = &change.differences[0];
        assert_eq!((change.what.as_str(), net.column), ("1001", "net"));
        assert_eq!((net.before.as_deref(), net.after.as_deref()), (Some("50.00"), Some("40.00")));
        // The old export never rolls it back.
        assert_eq!(shop.counts(&first).await, [0, 0, 1, 1]);
        assert!(shop.rows(FactTable::Orders).await.iter().any(|row| row.contains("net=40.000000")));
    });
}

#[test]
fn two_files_of_one_age_that_differ_are_told_and_as_of_decides() {
    Shop::run(async |shop| {
        shop.import_text(&orders("1001,2024-03-01,C1,a@x.de,50.00,0\n")).await;
        let other = orders("1001,2024-03-01,C1,a@x.de,40.00,0\n");
        let file = shop.import_text(&other).await;
        assert!(file.notices.contains(&Notice::Tied(1)), "{:?}", file.notices);
        shop.request.as_of = "2024-04-01T00:00:00Z".parse().ok();
        let file = shop.import_text(&other).await;
        assert!(!file.notices.contains(&Notice::Tied(1)));
        assert!(shop.rows(FactTable::Orders).await[0].contains("net=40.000000"));
    });
}

#[test]
fn a_restated_advertising_day_replaces_that_day_only() {
    Shop::run(async |shop| {
        let day = |brand: &str, last: &str| {
            format!(
                "Day,Campaign,Currency code,Impr.,Cost,Clicks\n2024-01-01,Brand,EUR,1,{brand},1\n{last},Shop,EUR,1,7.00,1\n"
            )
        };
        assert_eq!(shop.counts(&day("10.00", "2024-01-02")).await, [2, 0, 0, 0]);
        assert_eq!(shop.counts(&day("11.50", "2024-01-03")).await, [1, 1, 0, 0]);
        let rows = shop.rows(FactTable::Costs).await;
        assert_eq!(rows.len(), 3, "{rows:#?}");
        assert!(rows.iter().any(|row| row.contains("amount=11.500000")));
    });
}

#[test]
fn identical_rows_without_ids_stay_apart_and_overlapping_files_do_not_double() {
    Shop::run(async |shop| {
        let head = "customer,date,net\n";
        let file = |rows: &str| format!("{head}{rows}");
        assert_eq!(shop.counts(&file("A,2024-01-01,5.00\nA,2024-01-01,5.00\nB,2024-01-02,1.00\n")).await, [3, 0, 0, 0]);
        assert_eq!(shop.counts(&file("B,2024-01-02,1.00\nA,2024-01-01,5.00\nC,2024-01-03,2.00\n")).await, [1, 0, 2, 0]);
        assert_eq!(shop.rows(FactTable::Orders).await.len(), 4);
    });
}

#[test]
fn refunds_that_come_on_their_own_replace_no_order() {
    Shop::run(async |shop| {
        shop.import_text("order_id,date,customer,net\n7,2024-01-01,A,50.00\n").await;
        let refunds = "order_id,date,customer,net,type\n7,2024-02-01,A,10.00,refund\n7,2024-03-01,A,5.00,refund\n";
        assert_eq!(shop.counts(refunds).await, [2, 0, 0, 0]);
        assert_eq!(shop.counts(refunds).await, [0, 0, 2, 0]);
        let rows = shop.rows(FactTable::Orders).await;
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().filter(|row| row.contains("kind=refund") && row.contains("order_id=7")).count() == 2);
    });
}

#[test]
fn who_was_erased_is_set_aside_and_does_not_come_back() {
    Shop::run(async |shop| {
        let text = orders("1,2024-03-01,C1,a@x.de,50.00,0\n2,2024-03-02,C2,b@x.de,20.00,0\n");
        shop.import_text(&text).await;
        let email = Identity::new(IdentityKind::Email, "a@x.de").unwrap();
        let found = shop.state.look_for(&[email]).await.unwrap();
        let Some(mehrwert_state::Recognised::Person { person, .. }) = found[0] else { panic!("{found:?}") };
        shop.state.erase(person, now()).await.unwrap();
        let file = shop.import_text(&text).await;
        assert_eq!(
            file.set_aside.iter().map(|one| (one.row, one.reason)).collect::<Vec<_>>(),
            [(2, SetAsideReason::Erased)]
        );
        assert!(file.reconciliation.holds());
        assert_eq!(file.tables[0].counted.unchanged, 1);
        assert_eq!(shop.state.person_count().await.unwrap(), 1);
    });
}

#[test]
fn a_rehearsal_says_the_same_and_writes_nothing() {
    Shop::run(async |shop| {
        shop.request.rehearsal = true;
        let file = shop.import(&fixture("shopify.csv")).await.unwrap();
        assert_eq!(file.tables[0].counted.new, 4);
        assert!(shop.everything().await.is_empty());
        assert_eq!(shop.state.person_count().await.unwrap(), 0);
        shop.request.rehearsal = false;
        let written = shop.import(&fixture("shopify.csv")).await.unwrap();
        assert_eq!((written.tables, written.notices), (file.tables, file.notices));
    });
}

#[test]
fn what_a_file_does_not_say_is_asked() {
    Shop::run(async |shop| {
        shop.request.amounts = None;
        let error = shop.import(&fixture("generic_en.csv")).await.unwrap_err();
        assert!(matches!(error, ImportError::NetOrGross { .. }), "{error}");
        let path = shop.folder.path().join("brutto.csv");
        std::fs::write(&path, "order_id,date,customer,product,brutto\n1,2024-01-01,A,BU-1,10.70\n").unwrap();
        let error = shop.import(&path).await.unwrap_err();
        assert!(error.is_input() && error.to_string().contains("--vat 19%"), "{error}");
        // The products' own rates answer.
        shop.import(&fixture("products_de.csv")).await.unwrap();
        shop.import(&path).await.unwrap();
        let rows = shop.rows(FactTable::Orders).await;
        assert!(rows[0].contains("net=10.000000 tax=0.700000"), "{rows:?}");
    });
}
