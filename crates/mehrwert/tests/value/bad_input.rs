//! Bad input: a clear error or a stated limitation, no panic, nothing half-written.

use std::io::Write;
use std::path::Path;

use crate::{answer, example, run_in, stderr, write};

/// Runs `value` on a file with every output asked for; it has to fail with code 2, say each of the words, and leave no
/// file behind.
#[track_caller]
fn refused(content: impl AsRef<[u8]>, arguments: &[&str], words: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder for this test");
    write(folder.path(), "orders.csv", content);
    refused_in(folder.path(), 2, arguments, words);
}

#[track_caller]
fn refused_in(folder: &Path, code: i32, arguments: &[&str], words: &[&str]) {
    let before = std::fs::read_dir(folder).expect("the folder is there").count();
    let mut words_said = vec!["value", "orders.csv"];
    for (option, file) in [("--out", "out.csv"), ("--report", "out.html"), ("--rejects", "rejects.csv")] {
        if !arguments.contains(&option) {
            words_said.extend([option, file]);
        }
    }
    words_said.extend(arguments);
    let output = run_in(folder, &words_said);
    let said = stderr(&output);
    assert!(!said.contains("panicked"), "{said}");
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "expected '{word}' in: {said}");
    }
    assert_eq!(std::fs::read_dir(folder).expect("the folder is there").count(), before, "a file was left");
}

/// A small shop that can be valued.
fn shop(amount: impl Fn(u32) -> String) -> String {
    let mut text = "customer,date,amount\n".to_owned();
    for customer in 0..60_u32 {
        for order in 0..=(customer % 4) {
            let day = (customer * 3 + order * 41) % 330;
            text += &format!("c{customer},2023-{:02}-{:02},{}\n", day / 28 + 1, day % 28 + 1, amount(customer + order));
        }
    }
    text
}

#[test]
fn an_empty_file() {
    refused("", &[], &["orders.csv", "empty"]);
}

#[test]
fn a_header_without_rows() {
    refused("customer,date,amount\n", &[], &["orders.csv", "no rows"]);
}

#[test]
fn no_column_for_the_customer() {
    refused("when,what\n2023-01-01,1\n", &[], &["orders.csv", "customer", "when", "--map"]);
}

#[test]
fn a_mapping_to_a_column_that_is_not_there() {
    refused(shop(|_| "5".into()), &["--map", "customer=Kunde"], &["Kunde", "customer, date, amount"]);
}

#[test]
fn a_mapping_with_an_unknown_role() {
    refused(shop(|_| "5".into()), &["--map", "client=customer"], &["client"]);
}

#[test]
fn dates_that_could_be_meant_both_ways() {
    let content = "customer,date,amount\na,03/04/2023,5\nb,05/06/2023,6\n";
    refused(content, &[], &["orders.csv", "date", "--dates"]);
}

#[test]
fn a_binary_file() {
    refused([b"PK\x03\x04".as_slice(), &[0, 1, 2, 3, 0, 255, 254, 0]].concat(), &[], &["orders.csv", "CSV"]);
    refused([0_u8, 159, 146, 150, 0, 0, 7, 8], &[], &["orders.csv"]);
}

#[test]
fn a_file_that_is_not_there() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    refused_in(folder.path(), 2, &[], &["orders.csv"]);
}

#[test]
fn a_folder_in_place_of_a_file() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    std::fs::create_dir(folder.path().join("orders.csv")).expect("a folder can be made");
    refused_in(folder.path(), 2, &[], &["orders.csv"]);
}

#[test]
fn a_broken_gzip() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(shop(|order| order.to_string()).as_bytes()).expect("packing in memory works");
    let whole = packer.finish().expect("packing in memory works");
    refused(&whole[..whole.len() / 2], &[], &["orders.csv", "gzip"]);
}

#[test]
fn a_line_of_ten_megabytes() {
    let mut content = b"customer,date,amount\na,2023-01-01,5\n".to_vec();
    content.extend(std::iter::repeat_n(b'x', 10_000_000));
    content.extend(b",2023-01-02,5\n");
    let folder = tempfile::tempdir().expect("a folder for this test");
    write(folder.path(), "orders.csv", content);
    let output = run_in(folder.path(), &["value", "orders.csv"]);
    let said = stderr(&output);
    assert!(!said.contains("panicked"), "{said}");
    assert!(!output.status.success() && said.len() < 5_000, "{said}");
}

#[test]
fn an_output_that_cannot_be_written() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    write(folder.path(), "orders.csv", shop(|order| order.to_string()));
    refused_in(folder.path(), 1, &["--report", "no-such-folder/out.html"], &["no-such-folder"]);
}

#[test]
fn an_output_of_an_unknown_kind() {
    refused(shop(|_| "5".into()), &["--out", "out.xlsx"], &[".csv or .parquet"]);
}

#[test]
fn a_history_that_would_end_before_it_begins() {
    refused(shop(|_| "5".into()), &["--until", "2001-01-01"], &["2001-01-01", "--until 2023-"]);
}

#[test]
fn words_that_are_wrong() {
    for (arguments, word) in [
        (["--horizon", "3"], "3y"),
        (["--discount-rate", "10"], "19% or 0.19"),
        (["--margin", "40"], "19% or 0.19"),
        (["--model", "nbd"], "bg-nbd"),
        (["--until", "30.09.1997"], "2024-12-31"),
    ] {
        let folder = tempfile::tempdir().expect("a folder for this test");
        write(folder.path(), "orders.csv", shop(|_| "5".into()));
        let output = run_in(folder.path(), &[&["value", "orders.csv"], &arguments[..]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(word), "{}", stderr(&output));
    }
}

/// The answer about a small file of this content.
fn answer_to(content: &str) -> serde_json::Value {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let file = write(folder.path(), "orders.csv", content);
    answer(&[file.to_str().expect("a readable path")])
}

fn warned(answer: &serde_json::Value, code: &str) -> bool {
    answer["warnings"].as_array().expect("warnings are a list").iter().any(|warning| warning["code"] == code)
}

#[test]
fn amounts_all_equal() {
    let answer = answer_to(&shop(|_| "5.00".into()));
    assert!(warned(&answer, "amounts_do_not_vary"), "{}", answer["warnings"]);
    assert!(answer["value"]["total"].as_f64().is_some_and(|total| total > 0.0));
}

#[test]
fn negative_totals() {
    let answer = answer_to(&shop(|order| if order == 7 { "-900".into() } else { "5".into() }));
    assert!(warned(&answer, "unmatched_returns"), "{}", answer["warnings"]);
    assert!(warned(&answer, "negative_customers"), "{}", answer["warnings"]);
}

#[test]
fn one_customer_and_all_one_time_buyers() {
    for content in ["customer,date,amount\na,2023-01-01,5\n", "customer,date,amount\na,2023-01-01,5\nb,2023-02-01,7\n"]
    {
        let folder = tempfile::tempdir().expect("a folder for this test");
        write(folder.path(), "orders.csv", content);
        let output = run_in(folder.path(), &["value", "orders.csv"]);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(stderr(&output).contains("bought again"), "{}", stderr(&output));
    }
}

#[test]
fn dates_in_the_future_are_set_aside() {
    let answer = answer_to(&(shop(|_| "5".into()) + "c1,2999-01-01,5\n"));
    assert_eq!(answer["rows"]["set_aside"], 1);
    assert_eq!(answer["set_aside_reasons"][0]["reason"], "future_date");
}

#[test]
fn a_log_without_amounts_is_valued_in_orders() {
    let content: String =
        shop(|_| String::new()).lines().map(|line| format!("{}\n", &line[..line.rfind(',').unwrap_or(0)])).collect();
    let answer = answer_to(&content);
    assert_eq!(answer["measure"], "orders");
    assert!(answer["spend"].is_null());
    assert!(warned(&answer, "no_amounts"), "{}", answer["warnings"]);
}

#[test]
fn values_do_not_depend_on_how_the_file_is_packed_or_written() {
    let whole = answer(&[&example("cdnow.txt.gz"), "--models", "bg-nbd"]);
    let folder = tempfile::tempdir().expect("a folder for this test");
    let mut text = String::new();
    let packed = std::fs::read(example("cdnow.txt.gz")).expect("the example is there");
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&packed[..]), &mut text).expect("a whole gzip");
    let german: String = text
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .map(|cells| {
            let (year, month, day) = (&cells[1][..4], &cells[1][4..6], &cells[1][6..]);
            format!("{};{day}.{month}.{year};{}\r\n", cells[0], cells[3].replace('.', ","))
        })
        .collect();
    let file = write(folder.path(), "orders.csv", format!("\u{feff}Kunde;Datum;Betrag\r\n{german}"));
    let other = answer(&[file.to_str().expect("a readable path"), "--models", "bg-nbd"]);
    assert_eq!(whole["models"], other["models"]);
    assert_eq!(whole["value"], other["value"]);
}
