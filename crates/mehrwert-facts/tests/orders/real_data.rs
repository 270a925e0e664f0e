//! The two public data sets that stand in the repository, read whole.

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int8Type;
use mehrwert_core::Amount;
use mehrwert_facts::orders::{AmountBasis, FileKind, OrderLog, ReadWarning, SetAsideReason};

use crate::support::{amounts, example, read};

fn sum(log: &OrderLog) -> String {
    amounts(log).into_iter().sum::<Amount>().to_string()
}

/// Rows and amount of a reason.
fn set_aside(log: &OrderLog, reason: SetAsideReason) -> (u64, String) {
    let total = log.reconciliation.reasons.iter().find(|total| total.reason == reason);
    total.map(|total| (total.rows, total.amount.to_string())).unwrap_or_default()
}

fn lines_of_kind(log: &OrderLog, kind: &str) -> usize {
    let count = |batch: &RecordBatch| {
        let kinds = batch.column_by_name("kind").unwrap().as_dictionary::<Int8Type>();
        let values = kinds.values().as_string::<i32>();
        kinds.keys().iter().flatten().filter(|key| values.value(*key as usize) == kind).count()
    };
    log.batches.iter().map(count).sum()
}

#[test]
fn cdnow_is_read_to_the_cent() {
    let log = read(vec![example("cdnow.txt.gz")]);
    assert!(log.reconciliation.holds());
    assert_eq!(log.reconciliation.rows_read, 69_659);
    assert_eq!(log.reconciliation.rows_set_aside, 0);
    assert_eq!(log.customers.len(), 23_570);
    assert_eq!(log.customers.get(0), Some("00001"));
    assert_eq!(sum(&log), "2500315.63");
    assert_eq!(amounts(&log).len(), 69_659);
    assert_eq!(log.files[0].kind, FileKind::Cdnow);
    assert_eq!(log.files[0].layout, "columns of text, blanks, gzip");
    assert_eq!(log.files[0].date_format, "YYYYMMDD");
    assert_eq!(log.basis, AmountBasis::AsGiven);
    assert!(log.warnings.contains(&ReadWarning::IdenticalRows { rows: 255 }), "{:?}", log.warnings);
}

#[test]
fn online_retail_is_read_whole() {
    let log = read(vec![example("online-retail.csv.gz")]);
    let reconciliation = &log.reconciliation;
    assert!(reconciliation.holds());
    assert_eq!(reconciliation.rows_read, 541_909);
    assert_eq!(reconciliation.amount_read.to_string(), "9747747.934");
    // The same figures come out of a plain script over the file with exact decimals.
    let expected = [
        (SetAsideReason::NoCustomer, 135_080, "1447682.12"),
        (SetAsideReason::Duplicate, 5_225, "21546.39"),
        (SetAsideReason::NotAnOrder, 28, "-7768.429"),
    ];
    for (reason, rows, amount) in expected {
        assert_eq!(set_aside(&log, reason), (rows, amount.to_owned()), "{reason:?}");
    }
    assert_eq!(reconciliation.rows_used, 401_576);
    assert_eq!(sum(&log), "8286287.853");
    assert_eq!(log.customers.len(), 4_372);
    assert_eq!(["sale", "refund", "cancellation"].map(|kind| lines_of_kind(&log, kind)), [392_720, 77, 8_779]);
    assert_eq!(log.warnings, [ReadWarning::VatUnknown]);
}
