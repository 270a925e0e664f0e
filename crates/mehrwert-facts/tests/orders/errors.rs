//! Every reason not to read a file: named with file, row and column, and with what to do.

use std::io::Write;

use mehrwert_core::Silent;
use mehrwert_facts::orders::{DateOrder, ReadError, SetAsideReason, read_orders, read_orders_from_bytes};

use crate::support::{days, error_of, fixture, read_text, request};

#[test]
fn files_without_rows() {
    assert_eq!(error_of(""), "orders.csv is empty; expected a header line and a row for every purchase");
    assert_eq!(error_of("\n\r\n  \n"), "orders.csv is empty; expected a header line and a row for every purchase");
    let header_only = "orders.csv has a header but no rows; expected a row for every purchase";
    assert_eq!(error_of("customer,date,amount\n"), header_only);
    assert_eq!(error_of("customer;date;amount\n;;\n;;\n"), header_only);
}

#[test]
fn missing_columns_are_named_with_those_that_are_there() {
    assert_eq!(
        error_of("foo,date,bar\n1,2024-01-01,3\n"),
        "orders.csv has no column recognised as customer; its columns are foo, date, bar; name it with --map \
         customer=COLUMN"
    );
    assert!(error_of("customer,foo\n1,2\n").contains("no column recognised as date"));
    assert!(error_of("just a line\n").contains("no column recognised as"));
}

#[test]
fn ambiguous_dates_are_asked_about() {
    let text = "customer,date,amount\nA,03/04/2020,1\nB,05/06/2020,2\n";
    assert_eq!(
        error_of(text),
        "orders.csv, row 2, column 'date': '03/04/2020' could be 2020-04-03 or 2020-03-04, and no row of the file \
         decides; say --dates dmy or --dates mdy"
    );
    for (order, day) in [(DateOrder::DayFirst, "2020-04-03"), (DateOrder::MonthFirst, "2020-03-04")] {
        let mut asked = request(Vec::new());
        asked.date_order = Some(order);
        assert_eq!(days(&read_orders_from_bytes(text.as_bytes(), &asked).unwrap())[0], day);
    }
    let mixed = "customer,date,amount\nA,13/04/2020,1\nB,05/16/2020,2\n";
    assert_eq!(
        error_of(mixed),
        "orders.csv, column 'date': '13/04/2020' (row 2) has the day first, '05/16/2020' (row 3) the month; say --dates \
         dmy or --dates mdy, the others are then set aside"
    );
    // Equal day and month need no order.
    assert!(read_text("customer,date,amount\nA,04/04/2020,1\n").is_ok());
}

#[test]
fn mixed_numbers_are_asked_about() {
    assert!(error_of("customer;date;amount\nA;2020-01-01;1.50\nB;2020-01-01;2,50\n").contains("has a decimal point"));
}

#[test]
fn paths_that_are_no_files() {
    let error = |path: std::path::PathBuf| read_orders(&request(vec![path]), &Silent).unwrap_err();
    assert!(error(fixture("")).to_string().ends_with("is a directory; name the files in it"));
    let missing = error("no/such/file.csv".into());
    assert!(matches!(missing, ReadError::Unreadable { .. }));
    assert!(missing.to_string().starts_with("cannot read no/such/file.csv: No such file"), "{missing}");
    assert!(matches!(read_orders(&request(Vec::new()), &Silent), Err(ReadError::NoFiles)));
}

#[test]
fn damaged_files_give_nothing_rather_than_a_part() {
    let mut text = b"customer,date,amount\n".to_vec();
    for row in 0..10_000 {
        text.extend(format!("{row},2024-01-01,{row}.5\n").bytes());
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&text).unwrap();
    let packed = encoder.finish().unwrap();
    let read = |bytes: &[u8]| read_orders_from_bytes(bytes, &request(vec!["a.gz".into()]));
    assert_eq!(read(&packed).unwrap().reconciliation.rows_used, 10_000);
    let error = read(&packed[..packed.len() / 2]).unwrap_err();
    assert!(matches!(error, ReadError::BrokenGzip { .. }));
    assert!(error.to_string().contains("nothing of it was used"), "{error}");
    assert!(matches!(read(b"PAR1 but nothing else PAR1"), Err(ReadError::BrokenParquet { .. })));
    assert!(matches!(read(b"PK\x03\x04"), Err(ReadError::Binary { .. })));
}

#[test]
fn a_long_line_is_set_aside_and_a_long_header_refused() {
    let long = "x".repeat(10 << 20);
    let log =
        read_text(&format!("customer,date,amount\nA,2024-01-01,1\n{long},2024-01-01,2\nB,2024-01-01,3\n")).unwrap();
    assert_eq!(
        log.set_aside.iter().map(|row| (row.row, row.reason)).collect::<Vec<_>>(),
        [(3, SetAsideReason::Unreadable)]
    );
    assert_eq!(log.customers.len(), 2);
    assert!(error_of(&format!("{long}\n1,2\n")).contains("longer than a megabyte"));
    let quoted = read_text(&format!("customer,date,amount\n\"A\",2024-01-01,1\n\"{long}\",2024-01-01,2\n")).unwrap();
    assert_eq!(quoted.set_aside[0].reason, SetAsideReason::Unreadable);
}

#[test]
fn a_quote_that_never_ends_is_named() {
    assert_eq!(
        error_of("customer,date,amount\nA,2024-01-01,1\n\"B,2024-01-01,2\nC,2024-01-01,3\n"),
        "orders.csv, row 3: a quoted cell begins that does not end; close or remove the quote"
    );
}

#[test]
fn nothing_usable_names_the_reasons() {
    assert_eq!(
        error_of("customer,date,amount\n,2024-01-01,1\nA,2999-01-01,1\n,2024-01-03,1\n"),
        "no row could be used, 3 were set aside: no customer (2 rows, first orders.csv, row 2, column 'customer'), a date \
         in the future (1 rows, first orders.csv, row 3, column 'date'); see --explain for what each column was taken for"
    );
}

#[test]
fn files_that_do_not_go_together() {
    let read = |texts: [&str; 2]| {
        let directory = tempfile::tempdir().unwrap();
        let files = ["a.csv", "b.csv"].map(|name| directory.path().join(name));
        for (file, text) in files.iter().zip(texts) {
            std::fs::write(file, text).unwrap();
        }
        read_orders(&request(files.to_vec()), &Silent).unwrap_err()
    };
    let net = "customer,date,net\nA,2024-01-01,1.5\n";
    let gross = "customer,date,gross\nA,2024-01-01,1.5\n";
    assert!(matches!(read([net, gross]), ReadError::NetAndGross { .. }));
    assert!(matches!(read([net, "customer,date\nA,2024-01-01\n"]), ReadError::AmountsMissing { .. }));
    let euro = "customer,date,amount (EUR)\nA,2024-01-01,1.5\n";
    let dollar = "customer,date,amount,currency\nA,2024-01-01,1.5,USD\n";
    assert!(matches!(read([euro, dollar]), ReadError::SeveralCurrencies { .. }));
}
