//! Each file twice and in any order: the same rows.

use std::path::PathBuf;

use mehrwert_facts::import::read_bytes;
use proptest::prelude::*;

use crate::support::{Shop, fixture, now, request};

/// Exports of one shop as months go by: they overlap, correct each other, and tell of the same people under several names.
fn written(folder: &std::path::Path) -> Vec<PathBuf> {
    let head = "order_id,date,customer_id,email,product,net,refunded,updated_at\n";
    let texts = [
        "1,2024-01-05,C1,eva@x.de,Seife,50.00,0,2024-01-31\n2,2024-01-06,,ben@x.de,Buch,20.00,0,2024-01-31\n",
        "2,2024-01-06,,ben@x.de,Buch,20.00,5.00,2024-02-29\n3,2024-02-06,C3,,Seife,7.00,0,2024-02-29\n3,2024-02-06,C3,,Buch,9.00,0,2024-02-29\n",
        "1,2024-01-05,C1,eva@x.de,Seife,45.00,0,2024-03-31\n3,2024-02-06,C3,carla@x.de,Seife,7.00,0,2024-03-31\n4,2024-03-06,C1,,Seife,7.00,0,2024-03-31\n",
    ];
    let orders = texts.iter().enumerate().map(|(number, text)| {
        let path = folder.join(format!("orders-{number}.csv"));
        std::fs::write(&path, format!("{head}{text}")).unwrap();
        path
    });
    let ads = [
        "2024-01-01,Brand,EUR,1,10.00,1\n2024-01-02,Brand,EUR,1,12.00,1\n",
        "2024-01-02,Brand,EUR,1,12.50,1\n2024-01-03,Brand,EUR,1,9.00,1\n",
    ];
    let costs = ads.iter().enumerate().map(|(number, text)| {
        let path = folder.join(format!("ads-{number}.csv"));
        std::fs::write(&path, format!("Day,Campaign,Currency code,Impr.,Cost,Clicks\n{text}")).unwrap();
        path
    });
    let fixtures = ["shopify.csv", "stripe.csv", "paypal_de.csv", "generic_de.csv", "quotes_de.csv"].map(fixture);
    orders.collect::<Vec<_>>().into_iter().chain(costs.collect::<Vec<_>>()).chain(fixtures).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn twice_and_in_any_order(order in Just((0..20_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let folder = tempfile::tempdir().unwrap();
        let files = written(folder.path());
        prop_assert_eq!(files.len(), 10);
        let once = Shop::run(async |shop| {
            for file in &files {
                shop.import(file).await.unwrap();
            }
            shop.everything().await
        });
        let shuffled = Shop::run(async |shop| {
            for number in &order {
                shop.import(&files[number % 10]).await.unwrap();
            }
            shop.everything().await
        });
        prop_assert_eq!(once, shuffled);
    }
}

/// Headers of every kind, and cells that are numbers, days, words and neither.
fn table() -> impl Strategy<Value = String> {
    let headers = [
        "Name,Email,Financial Status,Total,Lineitem name,Created at,Shipping,Taxes,Subtotal,Lineitem price",
        "order_id,date,customer,net,tax,refunded,status,type,related_order,cancelled_at",
        "Day,Campaign,Currency code,Impr.,Cost,Clicks,Ad group,x,y,z",
        "Datum,Kostenart,Zweck,Betrag,Beschreibung,Von,Bis,a,b,c",
        "von,bis,stufe,anzahl,quelle,a,b,c,d,e",
        "event,timestamp,email,amount,object,a,b,c,d,e",
        "Vertragsnummer,Kunde,Beginn,Ende,Beitrag,Intervall,Status,a,b,c",
        "Artikelnummer,Von,Kategorie,Einkaufspreis,MwSt,a,b,c,d,e",
    ];
    let cell = prop_oneof![
        Just(String::new()),
        Just("2024-01-31".to_owned()),
        Just("2024-02-30".to_owned()),
        Just("2024-01-31T23:59:59+14:00".to_owned()),
        Just("999999999999".to_owned()),
        Just("-5.25".to_owned()),
        Just("refund".to_owned()),
        Just("a@x.de".to_owned()),
        Just("19%".to_owned()),
        Just("EUR".to_owned()),
        "[ -~]{0,6}".prop_map(|text| text.replace([',', '"'], "")),
    ];
    let rows = prop::collection::vec(prop::collection::vec(cell, 10), 1..8);
    (prop::sample::select(headers.to_vec()), rows).prop_map(|(header, rows)| {
        let rows: Vec<String> = rows.into_iter().map(|cells| cells.join(",")).collect();
        format!("{header}\n{}\n", rows.join("\n"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_whatever_stands_in_a_file(text in table()) {
        let mut request = request();
        request.vat = "19%".parse().ok();
        if let Ok(sums) = read_bytes(text.as_bytes(), &request, now()) {
            prop_assert!(sums.holds(), "{:?}", sums);
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_bytes(&bytes, &request(), now());
    }
}
