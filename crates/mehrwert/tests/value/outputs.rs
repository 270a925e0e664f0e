//! What is written beside what is printed.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Decimal128Type, Float64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::{example, succeed_in};

#[test]
fn csv_and_parquet_hold_a_row_per_customer_and_the_same_total() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let cdnow = example("cdnow.txt.gz");
    let common = ["value", &cdnow, "--models", "bg-nbd", "--format", "json"];
    let json = succeed_in(folder.path(), &[&common[..], &["--out", "customers.csv"]].concat());
    succeed_in(folder.path(), &[&common[..], &["--out", "customers.parquet"]].concat());
    let answer: serde_json::Value = serde_json::from_str(&json).expect("the program prints JSON");
    let total = answer["value"]["total"].as_f64().expect("a total");

    let text = std::fs::read_to_string(folder.path().join("customers.csv")).expect("the CSV is there");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let value = header.iter().position(|name| *name == "value").expect("a column for the value");
    let values: Vec<f64> =
        lines.map(|line| line.split(',').nth(value).and_then(|cell| cell.parse().ok()).expect("a value")).collect();
    assert_eq!(values.len(), 23_570);
    assert!((values.iter().sum::<f64>() - total).abs() < 1e-6 * total);

    let file = std::fs::File::open(folder.path().join("customers.parquet")).expect("the Parquet file is there");
    let batches =
        ParquetRecordBatchReaderBuilder::try_new(file).expect("it is Parquet").build().expect("it can be read");
    let (mut rows, mut sum, mut revenue) = (0, 0.0, 0_i128);
    for batch in batches {
        let batch = batch.expect("a batch can be read");
        rows += batch.num_rows();
        let values = batch["value"].as_primitive::<Float64Type>();
        assert_eq!(values.null_count(), 0);
        sum += values.values().iter().sum::<f64>();
        revenue += batch["revenue"].as_primitive::<Decimal128Type>().values().iter().sum::<i128>();
    }
    assert_eq!(rows, 23_570);
    assert!((sum - total).abs() < 1e-6 * total);
    assert_eq!(revenue, 2_500_315_630_000);
}

#[test]
fn rejects_name_file_row_column_and_reason() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let mut content = "customer,date,amount\n".to_owned();
    for customer in 0..200 {
        content +=
            &format!("c{},2023-{:02}-{:02},{}.50\n", customer % 70, customer % 12 + 1, customer % 28 + 1, customer);
    }
    content += ",2023-01-01,7\nc1,2023-02-30,8\nc1,2023-03-01,abc\n";
    crate::write(folder.path(), "orders.csv", content);
    let printed = succeed_in(folder.path(), &["value", "orders.csv", "--rejects", "rejects.csv", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&printed).expect("the program prints JSON");
    assert_eq!(answer["rows"]["read"], 203);
    assert_eq!(answer["rows"]["set_aside"], 3);
    let rejects = std::fs::read_to_string(folder.path().join("rejects.csv")).expect("the list is there");
    let lines: Vec<&str> = rejects.lines().collect();
    assert_eq!(lines.len(), 4, "{rejects}");
    assert!(lines[1].starts_with("orders.csv,202,customer,"), "{rejects}");
    assert!(lines[2].starts_with("orders.csv,203,date,"), "{rejects}");
    assert!(lines[3].starts_with("orders.csv,204,amount,"), "{rejects}");
}

#[test]
fn the_report_asks_nobody_for_anything_in_both_languages() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    for (language, word) in [("de", "Umsatz"), ("en", "revenue")] {
        let name = format!("{language}.html");
        let cdnow = example("cdnow.txt.gz");
        succeed_in(
            folder.path(),
            &["value", &cdnow, "--until", "1997-09-30", "--models", "bg-nbd", "--lang", language, "--report", &name],
        );
        let page = std::fs::read_to_string(folder.path().join(&name)).expect("the page is there");
        assert!(page.contains(&format!("lang=\"{language}\"")) && page.contains(word));
        assert!(page.matches("<svg").count() >= 5, "a page has at least five charts");
        for foreign in ["<script", "src=\"http", "href=\"http", "url(http", "@import"] {
            assert!(!page.contains(foreign), "the page holds {foreign}");
        }
        assert!(!page.contains("NaN") && !page.contains("inf "), "a number of the page is not finite");
    }
}

#[test]
fn explain_says_what_each_column_was_taken_for() {
    let folder = tempfile::tempdir().expect("a folder for this test");
    let printed = succeed_in(folder.path(), &["value", &example("online-retail.csv.gz"), "--explain"]);
    for column in ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"] {
        assert!(printed.contains(column), "{printed}");
    }
    assert!(printed.lines().all(|line| line.chars().count() <= 100), "{printed}");
}

#[test]
fn whoever_stops_reading_early_is_no_failure() {
    for format in ["csv", "json", "table"] {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_mehrwert"))
            .args(["value", &example("cdnow.txt.gz"), "--models", "bg-nbd", "--format", format])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("the program under test can be started");
        drop(program.stdout.take());
        let output = program.wait_with_output().expect("the program ends");
        assert!(output.status.success(), "{format}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
