//! What holds for every input: nothing is lost, nothing panics, nothing depends on the number of threads.

use mehrwert_core::Amount;
use mehrwert_facts::orders::{DateOrder, DecimalMark, OrderLog, OrderRequest, read_orders_from_bytes};
use proptest::prelude::*;

use crate::support::{amounts, as_text, request};

/// A request that leaves nothing to ask.
fn decided() -> OrderRequest {
    let mut request = request(Vec::new());
    request.date_order = Some(DateOrder::DayFirst);
    request.decimal = Some(DecimalMark::Point);
    request.currency = Some("EUR".parse().unwrap());
    request
}

fn lines(log: &OrderLog) -> usize {
    log.batches.iter().map(|batch| batch.num_rows()).sum()
}

/// Cells that mostly make sense, and some that do not.
fn row() -> impl Strategy<Value = String> {
    let customer = prop_oneof![8 => "[a-f]", 1 => Just(String::new()), 1 => "\"[a-c,\n]{0,3}\""];
    let date = prop_oneof![8 => "2024-0[1-9]-[0-2][1-8]", 1 => "[0-9]{2}/[0-9]{2}/2020", 1 => "[a-z0-9-]{0,10}"];
    let amount = prop_oneof![8 => "-?[0-9]{1,4}\\.[0-9]{0,8}", 1 => "[0-9,.]{0,8}", 1 => "[a-z]{0,3}"];
    let order = prop_oneof!["[0-9]", Just(String::new())];
    let currency = prop_oneof![8 => Just("EUR"), 1 => Just("USD"), 1 => Just(""), 1 => Just("x")];
    let status = prop_oneof![
        6 => Just("paid"), 1 => Just("failed"), 1 => Just("test"), 1 => Just("refunded"), 1 => Just("cancelled")
    ];
    (customer, date, amount, order, currency, status).prop_map(|(customer, date, amount, order, currency, status)| {
        format!("{customer},{date},{amount},{order},{currency},{status}\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn rows_and_amounts_reconcile(rows in prop::collection::vec(row(), 1..60)) {
        let text = format!("customer,date,amount,order,currency,status\n{}", rows.concat());
        if let Ok(log) = read_orders_from_bytes(text.as_bytes(), &decided()) {
            let sums = &log.reconciliation;
            prop_assert!(sums.holds(), "{sums:?}");
            prop_assert_eq!(sums.rows_set_aside as usize, log.set_aside.len());
            prop_assert_eq!(amounts(&log).into_iter().sum::<Amount>(), sums.amount_used);
            prop_assert!(lines(&log) as u64 >= sums.rows_used);
            prop_assert_eq!(log.files[0].rows, sums.rows_read);
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_orders_from_bytes(&bytes, &decided());
    }

    #[test]
    fn near_files_are_read_without_panic(
        start in prop::sample::select(vec![
            "customer,date,amount\n", "Kunde;Datum;Betrag\n", "\"customer\"\t\"date\"\n", "sep=;\n", "PAR1", "\x1f\u{8b}",
            "Name,Email,Financial Status,Total,Lineitem name,Created at\n", " customer_id date number_of_cds dollar_value\n",
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n",
        ]),
        rest in "[a-c0-9,;.\"\t\r\n /:-]{0,200}",
    ) {
        let text = format!("{start}{rest}");
        if let Ok(log) = read_orders_from_bytes(text.as_bytes(), &decided()) {
            prop_assert!(log.reconciliation.holds());
        }
        let _ = read_orders_from_bytes(text.as_bytes(), &request(Vec::new()));
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let mut text = "customer,date,amount,order\n".to_owned();
    for row in 0..150_000_u32 {
        // Some rows repeat, some are bad, customers come in no order.
        let customer = row.wrapping_mul(2_654_435_761) % 50_000;
        let date = if row % 997 == 0 { "2024-13-01" } else { "2024-05-01" };
        text.push_str(&format!("{customer},{date},{}.25,{}\n\n", row % 100, row % 60_000));
    }
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| as_text(&read_orders_from_bytes(text.as_bytes(), &request(Vec::new())).unwrap()))
    };
    let expected = with_threads(1);
    assert!(expected == with_threads(2) && expected == with_threads(5));
}
