//! Columns that tell customers apart, as the user names them.

use arrow::array::{Array, UInt32Array};
use mehrwert_core::Silent;
use mehrwert_facts::orders::{OrderLog, OrderRequest, ReadError, read_orders, read_orders_from_bytes};

use crate::support::request;

const TEXT: &str =
    "customer,date,amount,Land,Quelle\n1,2024-01-01,5,DE,ads\n2,2024-01-02,6, AT ,\n1,2024-02-03,7,NA,seo\n";

fn asking(attributes: &[&str]) -> OrderRequest {
    OrderRequest { attributes: attributes.iter().map(|&name| name.to_owned()).collect(), ..request(Vec::new()) }
}

/// The values of an attribute, line by line.
fn values(log: &OrderLog, number: usize) -> Vec<Option<String>> {
    let column = format!("attribute_{number}");
    let numbers = log.batches.iter().flat_map(|batch| {
        let column = batch.column_by_name(&column).unwrap().as_any().downcast_ref::<UInt32Array>().unwrap();
        column.iter().collect::<Vec<_>>()
    });
    numbers.map(|number| number.and_then(|id| log.attributes[0].values.get(id)).map(str::to_owned)).collect()
}

#[test]
fn a_column_is_kept_by_its_name_and_empty_cells_are_unknown() {
    let log = read_orders_from_bytes(TEXT.as_bytes(), &asking(&["land"])).unwrap();
    assert_eq!(values(&log, 0), [Some("DE".to_owned()), Some("AT".to_owned()), None]);
    assert_eq!(log.attributes[0].name, "land");
    let kept: Vec<_> = log.files[0].columns.iter().filter(|column| column.is_attribute).map(|c| &c.name).collect();
    assert_eq!(kept, ["Land"]);
}

#[test]
fn a_role_names_its_column() {
    let log = read_orders_from_bytes(TEXT.as_bytes(), &asking(&["source", "Land"])).unwrap();
    assert_eq!(values(&log, 0), [Some("ads".to_owned()), None, Some("seo".to_owned())]);
    assert_eq!(log.attributes[1].values.len(), 2);
}

#[test]
fn a_column_that_is_not_there_is_an_error() {
    let error = read_orders_from_bytes(TEXT.as_bytes(), &asking(&["region"])).unwrap_err();
    let ReadError::NoAttribute { column, columns, .. } = &error else { panic!("{error}") };
    assert_eq!((column.as_str(), columns.len()), ("region", 5));
    assert!(error.to_string().contains("its columns are customer, date, amount, Land, Quelle"), "{error}");
}

/// Of several files one may lack the column; none may not.
#[test]
fn files_share_the_columns_among_them() {
    let folder = tempfile::tempdir().unwrap();
    let (with, without) = (folder.path().join("with.csv"), folder.path().join("without.csv"));
    std::fs::write(&with, TEXT).unwrap();
    std::fs::write(&without, "customer,date,amount\n3,2024-01-05,8\n").unwrap();
    let asked = |files: Vec<_>| OrderRequest { files, ..asking(&["Land"]) };
    let log = read_orders(&asked(vec![without.clone(), with]), &Silent).unwrap();
    assert_eq!(values(&log, 0), [None, Some("DE".to_owned()), Some("AT".to_owned()), None]);
    let other = folder.path().join("other.csv");
    std::fs::write(&other, "customer,date,amount\n4,2024-01-05,8\n").unwrap();
    assert!(matches!(read_orders(&asked(vec![without, other]), &Silent), Err(ReadError::NoAttribute { .. })));
}
