//! The text of `--map`: what the user names columns with, and a file read by it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mehrwert_core::Day;
use mehrwert_facts::orders::{OrderRequest, parse_mapping, read_orders_from_bytes};

const FILE: &[u8] = b"customer;date;amount\na;2020-01-01;1,50\nb;2020-02-01;2,00\n";

fuzz_target!(|text: &str| {
    let Ok(mapping) = parse_mapping(text) else { return };
    let mut request = OrderRequest::new(vec!["fuzzed.csv".into()], Day::from_epoch(20_000));
    request.mapping = mapping;
    if let Err(error) = read_orders_from_bytes(FILE, &request) {
        assert!(!error.to_string().is_empty(), "an error says what is wrong");
    }
});
