//! Contracts: what their files look like, what is set aside, and that nothing is lost.

use mehrwert_core::Amount;
use mehrwert_facts::contracts::{ContractLog, Interval, read_contracts, read_contracts_from_bytes};
use mehrwert_facts::orders::{FileKind, OrderRequest, ReadError, Role, SetAsideReason, parse_mapping};
use mehrwert_facts::{Log, read};

use proptest::prelude::*;

use super::support::request;

fn log(text: &str) -> ContractLog {
    read_contracts_from_bytes(text.as_bytes(), &request(Vec::new())).unwrap()
}

fn units(amount: i64) -> Amount {
    Amount::from_units(amount)
}

/// Writes a file and reads whatever it holds.
fn found(text: &str, with: impl Fn(&mut OrderRequest)) -> Result<Log, ReadError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.csv");
    std::fs::write(&path, text).unwrap();
    let mut request = request(vec![path]);
    with(&mut request);
    read(&request, &mehrwert_core::Silent)
}

#[test]
fn contracts_are_told_by_their_columns() {
    for header in [
        "customer,start,end,price",
        "Kunde;Beginn;Ende;Beitrag",
        "Kunden-Nr.;Vertragsbeginn;Kündigung zum;Monatsbeitrag (EUR)",
        "contract_id,customer_id,plan,start_date,end_date,monthly_price",
        "customer,start,status,amount",
    ] {
        let separator = if header.contains(';') { ";" } else { "," };
        let row = header.split(separator).map(|name| match name {
            name if name.contains("start") || name.contains("eginn") => "2024-01-01",
            name if name.contains("nd") && !name.contains("Kund") || name.contains("Künd") => "",
            name if name.contains("price") || name.contains("eitrag") || name == "amount" => "9",
            _ => "a",
        });
        let text = format!("{header}\n{}\n", row.collect::<Vec<_>>().join(separator));
        assert!(matches!(found(&text, |_| {}), Ok(Log::Contracts(_))), "{header}");
    }
    for header in ["customer,date,price", "customer,order date,start,price", "customer,created_at,amount"] {
        let row = header
            .split(',')
            .map(|name| if name.contains("date") || name.contains("start") { "2024-01-01" } else { "7" });
        let text = format!("{header}\n{}\n", row.collect::<Vec<_>>().join(","));
        let text = text.replace("created_at,amount\n7,7", "created_at,amount\n7,2024-01-01");
        assert!(!matches!(found(&text, |_| {}), Ok(Log::Contracts(_))), "{header}");
    }
}

#[test]
fn kind_and_mapping_go_before_the_names() {
    let text = "who,date,x\na,2024-01-01,9\n";
    let mapped = |request: &mut OrderRequest| {
        request.mapping = parse_mapping("customer=who,start=date,price=x").unwrap();
    };
    let Ok(Log::Contracts(log)) = found(text, mapped) else { panic!("not read as contracts") };
    assert_eq!(log.contracts[0].price, units(9));
    let kind = |request: &mut OrderRequest| request.kind = Some(FileKind::Contracts);
    let Err(error) = found("customer,date,amount\na,2024-01-01,9\n", kind) else { panic!("was read") };
    assert!(matches!(error, ReadError::NoColumn { role: Role::Start, .. }), "{error}");
    assert!(error.to_string().contains("--map start=COLUMN"), "{error}");
}

#[test]
fn rows_are_typed_by_the_notation_of_the_file() {
    let log = log("Kunde;Vertrag;Tarif;Beginn;Ende;Preis;Zahlweise\n\
                   a;v1;Gold;31.01.2024;30.06.2024;1.234,50;monatlich\n\
                   b;v2;Silber;01.02.2024;unbefristet;99,00;jährlich\n\
                   a;v3;Gold;01.07.2024;;1.300,00;vierteljährlich\n");
    assert!(log.reconciliation.holds());
    let row = &log.contracts[0];
    assert_eq!((row.start.to_string(), row.price), ("2024-01-31".to_owned(), "1234.50".parse().unwrap()));
    assert_eq!(log.contracts[1].end, None);
    let intervals: Vec<Interval> = log.contracts.iter().map(|row| row.interval).collect();
    assert_eq!(intervals, [Interval::Month, Interval::Year, Interval::Quarter]);
    assert_eq!((log.contracts[0].customer, log.contracts[2].customer), (0, 0));
    assert_eq!((log.customers.len(), log.contract_ids.get(2), log.products.len()), (2, Some("v3"), 2));
    assert_eq!(log.interval_assumed, 0);
    assert_eq!(log.intervals.iter().map(|total| total.amount).sum::<Amount>(), log.reconciliation.amount_used);
}

#[test]
fn what_cannot_be_used_is_set_aside_with_its_reason() {
    let log = log("customer,start,end,price,interval,status\n\
                   a,2024-01-01,,10,month,active\n\
                   ,2024-01-01,,10,month,active\n\
                   b,,,10,month,active\n\
                   c,2024-02-30,,10,month,active\n\
                   d,2026-02-01,,10,month,active\n\
                   e,2024-01-01,2023-12-31,10,month,active\n\
                   f,2024-01-01,,10,month,cancelled\n\
                   g,2024-01-01,,-10,month,active\n\
                   h,2024-01-01,,ten,month,active\n\
                   i,2024-01-01,,10,now and then,active\n\
                   j,2024-01-01,2024-13-01,10,month,active\n\
                   k,2024-01-01,,10,month\n\
                   l,2024-01-01,2024-03-31,10,month,cancelled\n");
    let reasons: Vec<(u64, SetAsideReason)> = log.set_aside.iter().map(|row| (row.row, row.reason)).collect();
    let expected = [
        (3, SetAsideReason::NoCustomer),
        (4, SetAsideReason::NoDate),
        (5, SetAsideReason::BadDate),
        (6, SetAsideReason::FutureDate),
        (7, SetAsideReason::EndBeforeStart),
        (8, SetAsideReason::NoEnd),
        (9, SetAsideReason::NegativePrice),
        (10, SetAsideReason::BadAmount),
        (11, SetAsideReason::BadInterval),
        (12, SetAsideReason::BadDate),
        (13, SetAsideReason::WrongCellCount),
    ];
    assert_eq!(reasons, expected);
    let sums = &log.reconciliation;
    assert!(sums.holds());
    assert_eq!((sums.rows_read, sums.rows_used, sums.amount_used, sums.amount_read), (13, 2, units(20), units(90)));
}

#[test]
fn a_contract_counts_once_and_rows_without_number_are_kept() {
    let numbered = log("customer,contract,start,price\na,v1,2024-01-01,10\na,v1,2024-01-01,10\na,v2,2024-01-01,10\n");
    assert_eq!((numbered.contracts.len(), numbered.set_aside[0].reason), (2, SetAsideReason::Duplicate));
    let bare = log("customer,start,price\na,2024-01-01,10\na,2024-01-01,10\n");
    assert_eq!(bare.contracts.len(), 2);
    assert!(format!("{:?}", bare.warnings).contains("IdenticalRows { rows: 1 }"));
}

#[test]
fn the_name_of_the_price_states_interval_and_currency() {
    let yearly = log("Mitglied;Eintritt;Austritt;Jahresbeitrag (EUR)\nm1;01.01.2020;;60,00\n");
    assert_eq!(yearly.contracts[0].interval, Interval::Year);
    assert_eq!(yearly.currency.map(|currency| currency.to_string()), Some("EUR".to_owned()));
    assert_eq!(yearly.interval_assumed, 1);
}

#[test]
fn gzip_and_several_files_are_read_like_orders() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let (plain, packed) = (folder.path().join("a.csv"), folder.path().join("b.csv.gz"));
    std::fs::write(&plain, "customer,start,end,price\na,2024-01-01,,10\n").unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"Kunde;Beginn;Preis\na;01.02.2024;7,50\n").unwrap();
    std::fs::write(&packed, encoder.finish().unwrap()).unwrap();
    let log = read_contracts(&request(vec![plain.clone(), packed]), &mehrwert_core::Silent).unwrap();
    assert_eq!((log.contracts.len(), log.customers.len()), (2, 1));
    assert_eq!((log.contracts[1].file, log.contracts[1].row), (1, 2));
    let orders = folder.path().join("orders.csv");
    std::fs::write(&orders, "customer,date,amount\na,2024-01-01,10\n").unwrap();
    for files in [vec![plain.clone(), orders.clone()], vec![orders, plain]] {
        let error = read(&request(files), &mehrwert_core::Silent).unwrap_err().to_string();
        assert!(error.contains("value it without the others"), "{error}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[a-c,;0-9.\\-\n\" ]{0,200}", header in 0..3_usize) {
        let header = ["customer,start,end,price,interval,status", "Kunde;Beginn;Ende;Preis", ""][header];
        let text = format!("{header}\n{text}");
        if let Ok(log) = read_contracts_from_bytes(text.as_bytes(), &request(Vec::new())) {
            prop_assert!(log.reconciliation.holds());
            prop_assert_eq!(log.contracts.len() as u64, log.reconciliation.rows_used);
            prop_assert!(log.contracts.iter().all(|row| row.end.is_none_or(|end| end >= row.start)));
            prop_assert_eq!(log.intervals.iter().map(|total| total.amount).sum::<Amount>(), log.reconciliation.amount_used);
        }
    }
}
