//! The readers of order and contract files: text in any separator and encoding, packed or not, and Parquet.
//!
//! Whatever the bytes are, the answer is a log or an error that can be shown, never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mehrwert_core::Day;
use mehrwert_facts::orders::{OrderRequest, read_orders_from_bytes};

fuzz_target!(|bytes: &[u8]| {
    let request = OrderRequest::new(vec!["fuzzed.csv".into()], Day::from_epoch(20_000));
    if let Err(error) = read_orders_from_bytes(bytes, &request) {
        assert!(!error.to_string().is_empty(), "an error says what is wrong");
    }
});
