//! `mehrwert serve`, started as an operator starts it: on a free port, in a data directory of its own.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod bad_input;
mod intake;
mod operating;
mod webhooks;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A running server; it is killed when the test ends, however that ends.
struct Server {
    child: Child,
    address: String,
    data: TempDir,
    key: String,
}

/// What a server answered.
struct Answer {
    status: u16,
    retry_after: Option<String>,
    body: String,
}

impl Server {
    fn start() -> Server {
        Server::start_with(&[])
    }

    fn start_with(arguments: &[&str]) -> Server {
        let data = tempfile::tempdir().expect("a folder for this test");
        let made = mehrwert(data.path(), &["keys", "add", "shop", "--format", "json"]);
        let key = json(&made)[0]["key"].as_str().expect("a new key is shown").to_owned();
        Server::start_in(data, key, arguments)
    }

    fn start_in(data: TempDir, key: String, arguments: &[&str]) -> Server {
        let mut command = command(data.path());
        command.arg("serve").args(["--listen", "127.0.0.1:0"]).args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program under test can be started");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("the output is piped"))
            .read_line(&mut line)
            .expect("a line is printed");
        let address = line.trim().strip_prefix("Mehrwert listens on ").unwrap_or_else(|| panic!("found '{line}'"));
        Server { child, address: address.to_owned(), key, data }
    }

    fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = agent().post(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answer(request.send(body).expect("the server answers"))
    }

    /// A call with the key in the header.
    fn track(&self, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.key);
        self.post(
            path,
            &[("authorization", &bearer), ("content-type", "application/json")],
            body.to_string().as_bytes(),
        )
    }

    fn get(&self, path: &str) -> Answer {
        answer(agent().get(format!("{}{path}", self.address)).call().expect("the server answers"))
    }

    /// A counter or gauge of `/metrics`.
    fn metric(&self, name: &str) -> f64 {
        let text = self.get("/metrics").body;
        let line = text.lines().find(|line| line.starts_with(&format!("{name} ")));
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_else(|| panic!("no {name} in {text}"))
    }

    /// Waits until everything that came in was sealed.
    fn wait_for_sealing(&self) {
        let begin = Instant::now();
        while self.metric("mehrwert_inbox_events") > 0.0 {
            assert!(begin.elapsed() < Duration::from_secs(30), "what came in is sealed within seconds");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Tells it to stop, waits for its end, and gives the data directory back.
    fn stop(mut self) -> TempDir {
        let stopped = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(stopped.expect("kill is there").success());
        let ended = self.child.wait().expect("the server ends");
        assert!(ended.success(), "a server that is told to stop ends well: {ended}");
        std::mem::replace(&mut self.data, tempfile::tempdir().expect("a folder"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = response.body_mut().read_to_string().expect("answers are text");
    Answer { status: response.status().as_u16(), retry_after, body }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mehrwert"));
    command
        .current_dir(data)
        .env("MEHRWERT_DATA", data)
        .env("LANG", "C")
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES");
    command
}

fn mehrwert(data: &Path, arguments: &[&str]) -> Output {
    command(data).args(arguments).output().expect("the program under test can be started")
}

#[track_caller]
fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the program prints JSON")
}

/// Rows of a fact table, read from its files by the Parquet library alone.
fn rows(data: &Path, table: &str) -> usize {
    let mut count = 0;
    let mut folders = vec![data.join("facts").join(table)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("an entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let file = std::fs::File::open(&path).expect("a fact file can be opened");
                let reader = parquet::file::reader::SerializedFileReader::new(file).expect("a fact file is Parquet");
                use parquet::file::reader::FileReader as _;
                count += usize::try_from(reader.metadata().file_metadata().num_rows()).expect("rows are counted");
            }
        }
    }
    count
}
