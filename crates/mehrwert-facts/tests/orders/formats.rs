//! Every format, from a small file to its lines.

use mehrwert_core::{Amount, Silent};
use mehrwert_facts::orders::{
    AmountBasis, DecimalMark, FileKind, ReadError, ReadWarning, Role, SetAsideReason, read_orders,
};

use crate::support::{amounts, as_text, days, fixture, read, read_text, request};

macro_rules! fixture_snapshots {
    ($($name:ident: $file:literal,)*) => {$(
        #[test]
        fn $name() {
            let log = read(vec![fixture($file)]);
            assert!(log.reconciliation.holds());
            insta::assert_snapshot!(as_text(&log));
        }
    )*};
}

fixture_snapshots! {
    shopify: "shopify.csv",
    woocommerce: "woocommerce.csv",
    woocommerce_german: "woocommerce_de.csv",
    stripe: "stripe.csv",
    paypal_german: "paypal_de.csv",
    paypal_german_report: "paypal_de_report.csv",
    paypal_english: "paypal_en.csv",
    online_retail: "online_retail.csv",
    cdnow: "cdnow.txt",
    cdnow_without_header: "cdnow_sample.txt",
    generic_german: "generic_de.csv",
    generic_english: "generic_en.csv",
    no_amounts: "no_amounts.tsv",
}

#[test]
fn overlapping_exports_count_once_and_kinds_go_together() {
    let log = read(vec![fixture("shopify.csv"), fixture("stripe.csv"), fixture("shopify.csv")]);
    assert!(log.reconciliation.holds());
    let duplicates = log.set_aside.iter().filter(|row| row.reason == SetAsideReason::Duplicate);
    assert!(duplicates.clone().all(|row| row.file == 2));
    assert_eq!(duplicates.count(), 4);
    assert_eq!(log.basis, AmountBasis::AsGiven);
    // Anna bought through both, with her address in different capitals.
    assert_eq!(log.customers.iter().filter(|name| name.contains("anna")).count(), 1);
}

#[test]
fn a_rate_is_taken_out_of_amounts_that_contain_it() {
    let mut with_rate = request(vec!["orders.csv".into()]);
    with_rate.vat = Some("19%".parse().unwrap());
    let gross = "kunde;datum;brutto\nA;01.02.2024;119,00\nA;02.02.2024;-59,50\n";
    let log = mehrwert_facts::orders::read_orders_from_bytes(gross.as_bytes(), &with_rate).unwrap();
    assert_eq!(log.basis, AmountBasis::NetByRate);
    assert_eq!(amounts(&log), [Amount::from_units(100), Amount::from_units(-50)]);
    assert_eq!(log.reconciliation.amount_used.to_string(), "59.50");

    let net = gross.replace("brutto", "netto");
    let error = mehrwert_facts::orders::read_orders_from_bytes(net.as_bytes(), &with_rate).unwrap_err();
    assert!(matches!(error, ReadError::AlreadyNet { .. }));
}

#[test]
fn the_names_of_amounts_say_whether_they_contain_vat() {
    for (name, basis) in [
        ("netto", AmountBasis::Net),
        ("Net Amount", AmountBasis::Net),
        ("Umsatz netto", AmountBasis::Net),
        ("Brutto", AmountBasis::Gross),
        ("gross_amount", AmountBasis::Gross),
        ("amount", AmountBasis::AsGiven),
    ] {
        let log = read_text(&format!("customer,date,{name}\nA,2024-01-01,1.50\n")).unwrap();
        assert_eq!(log.basis, basis, "{name}");
        assert_eq!(log.warnings.contains(&ReadWarning::VatUnknown), basis == AmountBasis::AsGiven, "{name}");
    }
}

#[test]
fn a_currency_is_chosen_and_the_others_set_aside() {
    let text = "customer,date,amount,currency\nA,2024-01-01,1.50,EUR\nB,2024-01-01,2.50,usd\nB,2024-01-02,3.50,€\n";
    let error = read_text(text).unwrap_err().to_string();
    assert_eq!(
        error,
        "the rows have several currencies: EUR (2 rows), USD (1 rows); choose one, for example --currency EUR"
    );
    let mut wanted = request(Vec::new());
    wanted.currency = Some("EUR".parse().unwrap());
    let log = mehrwert_facts::orders::read_orders_from_bytes(text.as_bytes(), &wanted).unwrap();
    assert_eq!(log.currency, wanted.currency);
    assert_eq!(log.set_aside.len(), 1);
    assert_eq!((log.set_aside[0].row, log.set_aside[0].reason), (3, SetAsideReason::OtherCurrency));
}

#[test]
fn a_mapping_goes_before_the_names() {
    let mut mapped = request(Vec::new());
    mapped.mapping = mehrwert_facts::orders::parse_mapping("customer=wer,date=wann,amount=column x").unwrap();
    let text = "customer,wer,wann,column_X\n1,A,2024-01-01,5\n1,B,2024-01-02,6\n";
    let log = mehrwert_facts::orders::read_orders_from_bytes(text.as_bytes(), &mapped).unwrap();
    assert_eq!(log.customers.iter().collect::<Vec<_>>(), ["A", "B"]);
    let roles = log.files[0].columns.iter().map(|column| column.role).collect::<Vec<_>>();
    assert_eq!(roles, [None, Some(Role::Customer), Some(Role::Date), Some(Role::Amount)]);

    let error = mehrwert_facts::orders::read_orders_from_bytes(b"a,b\n1,2\n", &mapped).unwrap_err().to_string();
    assert_eq!(error, "input has no column 'wer' for customer; its columns are a, b");
}

#[test]
fn columns_of_a_file_without_header_are_numbered() {
    let mut mapped = request(Vec::new());
    mapped.mapping = mehrwert_facts::orders::parse_mapping("customer=column 2,date=column 1,amount=column 3").unwrap();
    let log = mehrwert_facts::orders::read_orders_from_bytes(b"2024-01-01,A,5\n2024-01-02,B,6\n", &mapped).unwrap();
    assert_eq!(log.reconciliation.rows_used, 2);
    assert_eq!(log.files[0].columns[1].name, "column 2");
}

#[test]
fn encodings_and_packing_change_nothing() {
    let text = "Kunde;Datum;Betrag\nMüller;05.01.2024;1,50\nZoë;06.01.2024;2,50\n";
    let expected = read_text(text).unwrap();
    assert_eq!(expected.customers.iter().collect::<Vec<_>>(), ["Müller", "Zoë"]);
    let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes);
    let latin = text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect::<Vec<_>>();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut gzip, &latin).unwrap();
    for bytes in [
        [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
        [0xff, 0xfe].into_iter().chain(utf16).collect(),
        latin,
        gzip.finish().unwrap(),
        text.replace('\n', "\r\n").into_bytes(),
        text.replace('\n', "\r").into_bytes(),
        text.replace(';', "\t").into_bytes(),
        text.replace(';', "|").into_bytes(),
        format!("sep=;\n{text}").into_bytes(),
        text.replace(';', "\";\"").replace('\n', "\"\n\"").replacen("Kunde", "\"Kunde", 1).trim_end_matches('"').into(),
    ] {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let log = mehrwert_facts::orders::read_orders_from_bytes(&bytes, &request(Vec::new())).expect(&shown);
        assert_eq!(log.customers, expected.customers, "{shown}");
        assert_eq!((amounts(&log), days(&log)), (amounts(&expected), days(&expected)), "{shown}");
    }
}

#[test]
fn the_decimal_mark_comes_from_wherever_it_shows() {
    let read_with = |text: &str, decimal| {
        let mut asked = request(Vec::new());
        asked.decimal = decimal;
        mehrwert_facts::orders::read_orders_from_bytes(text.as_bytes(), &asked).map(|log| amounts(&log)[0].to_string())
    };
    // Another column of the file decides.
    assert_eq!(read_with("customer;date;amount;tax\nA;2024-01-01;1.234;0,19\n", None).unwrap(), "1234.00");
    // German names between semicolons decide.
    assert_eq!(read_with("kunde;datum;betrag\nA;2024-01-01;1.234\n", None).unwrap(), "1234.00");
    // Otherwise it is asked.
    let open = "customer,date,amount\nA,2024-01-01,1.234\nB,2024-01-01,5.678\n";
    assert_eq!(
        read_with(open, None).unwrap_err().to_string(),
        "input, row 2, column 'amount': '1.234' could be 1.234 or 1234.00, and nothing in the file decides; say \
         --decimal point or --decimal comma"
    );
    assert_eq!(read_with(open, Some(DecimalMark::Point)).unwrap(), "1.234");
    assert_eq!(read_with(open, Some(DecimalMark::Comma)).unwrap(), "1234.00");
}

#[test]
fn later_rows_decide_what_the_first_leave_open() {
    let mut text = "customer,date,amount\n".to_owned();
    for _ in 0..5_000 {
        text.push_str("A,03/04/2020,1.234\n");
    }
    text.push_str("A,03/25/2020,1.5\n");
    let log = read_text(&text).unwrap();
    assert_eq!(log.files[0].date_format, "MM/DD/YYYY");
    assert_eq!(days(&log)[0], "2020-03-04");
    assert_eq!(amounts(&log)[0].to_string(), "1.234");
}

#[test]
fn a_kind_that_the_user_names_is_taken() {
    let mut named = request(vec![fixture("online_retail.csv")]);
    named.kind = Some(FileKind::Generic);
    let log = read_orders(&named, &Silent).unwrap();
    assert_eq!(log.files[0].kind, FileKind::Generic);
    assert!(log.reconciliation.holds());
}

#[test]
fn a_later_export_restates_its_orders() {
    let directory = tempfile::tempdir().unwrap();
    let files = ["january.csv", "february.csv"].map(|name| directory.path().join(name));
    let shopify = std::fs::read_to_string(fixture("shopify.csv")).unwrap();
    // Order 1001, with its later row, was refunded after the first export; the others are as they were.
    let refunded = shopify.replacen("c1,0.00,", "c1,104.90,", 1);
    assert_ne!(refunded, shopify);
    std::fs::write(&files[0], shopify).unwrap();
    std::fs::write(&files[1], refunded).unwrap();
    let log = read(files.to_vec());
    assert!(log.reconciliation.holds());
    assert!(log.warnings.contains(&ReadWarning::OrdersRestated { orders: 1 }));
    insta::assert_snapshot!(as_text(&log).lines().filter(|line| line.contains("#1001")).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_duplicate_is_known_however_it_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let files = ["a.csv", "b.csv"].map(|name| directory.path().join(name));
    std::fs::write(&files[0], "customer,date,amount,order\nA,2024-01-01,1.50,7\nA,2024-01-02,1.50,\n").unwrap();
    std::fs::write(&files[1], "customer;date;amount;order\r\n\"A\";2024-01-01;1.50;7\r\nA;2024-01-02;1.50;\r\n")
        .unwrap();
    let log = read(files.to_vec());
    assert_eq!(
        log.set_aside.iter().map(|row| (row.file, row.row, row.reason)).collect::<Vec<_>>(),
        [(1, 2, SetAsideReason::Duplicate)]
    );
    // Without an order id nothing proves a duplicate.
    assert!(log.warnings.contains(&ReadWarning::IdenticalRows { rows: 1 }));
}
