//! The speed of the intake: batches sent at a fixed rate, whether or not the server keeps up.
//!
//! The time of a batch counts from the moment at which it was due, so a server that falls behind cannot hide it. What was
//! acknowledged is then counted in the lake by another reader.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::run::{self, Failure, cargo, target};
use crate::serving::Serving;

/// What is sent.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Events a second.
    #[arg(long, default_value_t = 20_000)]
    pub rate: u64,
    /// Events in a batch.
    #[arg(long, default_value_t = 100)]
    pub batch: u64,
    /// How long.
    #[arg(long, default_value_t = 20)]
    pub seconds: u64,
    /// Connections.
    #[arg(long, default_value_t = 64)]
    pub connections: u64,
    /// The most milliseconds of 99 in 100 batches; more is a failure. 0 promises nothing.
    #[arg(long, default_value_t = 50)]
    pub p99: u64,
    /// The program; without it a release build is made.
    #[arg(long)]
    pub program: Option<PathBuf>,
}

/// What one connection saw.
#[derive(Debug, Default)]
struct Seen {
    milliseconds: Vec<f64>,
    acknowledged: u64,
    refused: u64,
    failed: u64,
}

/// Starts a server, sends, prints, compares.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let program = match &arguments.program {
        Some(program) => program.clone(),
        None => {
            run::run(cargo().args(["build", "--release", "--locked", "--package", "mehrwert"]))?;
            target().join("release").join("mehrwert")
        }
    };
    let serving = Serving::start(&program)?;
    let (begin, next) = (Instant::now(), AtomicU64::new(0));
    let all = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..arguments.connections).map(|_| scope.spawn(|| send(arguments, &serving, begin, &next))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_default()).collect::<Vec<Seen>>()
    });
    let seconds = begin.elapsed().as_secs_f64();
    let megabytes = peak(serving.process());
    let mut milliseconds: Vec<f64> = all.iter().flat_map(|seen| seen.milliseconds.iter().copied()).collect();
    milliseconds.sort_by(f64::total_cmp);
    let at = |share: f64| milliseconds.get((milliseconds.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN);
    let sum = |of: fn(&Seen) -> u64| all.iter().map(of).sum::<u64>();
    let (acknowledged, refused, failed) =
        (sum(|seen| seen.acknowledged), sum(|seen| seen.refused), sum(|seen| seen.failed));
    let rate = acknowledged as f64 / seconds;
    println!(
        "acknowledged {acknowledged} events, {rate:.0} a second; refused {refused} batches (429), failed {failed}"
    );
    println!(
        "p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms; server's peak {megabytes:.0} MB",
        at(0.5),
        at(0.99),
        at(1.0 - 1e-9)
    );
    let found = serving.sealed("events")?;
    println!("in the lake: {found}");
    let promise = |holds: bool, broken: &str| if holds { Ok(()) } else { Err(Failure::Promise(broken.to_owned())) };
    promise(failed == 0, "some batches were neither acknowledged nor refused")?;
    promise(found == acknowledged, "what was acknowledged and what is in the lake differ")?;
    promise(arguments.p99 == 0 || at(0.99) <= arguments.p99 as f64, "99 in 100 batches take longer than promised")
}

fn send(arguments: &Arguments, serving: &Serving, begin: Instant, next: &AtomicU64) -> Seen {
    let mut seen = Seen::default();
    let mut connection = None;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let due = Duration::from_secs_f64((number * arguments.batch) as f64 / arguments.rate as f64);
        if due > Duration::from_secs(arguments.seconds) {
            return seen;
        }
        let body = body(number, arguments.batch);
        std::thread::sleep(due.saturating_sub(begin.elapsed()));
        match post(&mut connection, serving, &body) {
            Ok(200) => {
                seen.acknowledged += arguments.batch;
                seen.milliseconds.push((begin.elapsed() - due).as_secs_f64() * 1_000.0);
            }
            Ok(429) => seen.refused += 1,
            _ => {
                connection = None;
                seen.failed += 1;
            }
        }
    }
}

/// Events of visitors who look at products: twenty events each.
fn body(number: u64, batch: u64) -> String {
    let event = |place: u64| {
        let event = number * batch + place;
        format!(
            r#"{{"type":"track","event":"Product Viewed","messageId":"load-{event}","anonymousId":"visitor-{}","properties":{{"product_id":"p-{}","name":"A product of the shop","price":19.9,"currency":"EUR","category":"things"}},"context":{{"campaign":{{"source":"newsletter","medium":"email","name":"spring"}},"page":{{"path":"/products/{}","url":"https://shop.example/products/{}"}}}}}}"#,
            event / 20,
            event % 500,
            event % 500,
            event % 500
        )
    };
    let events: Vec<String> = (0..batch).map(event).collect();
    format!("{{\"batch\":[{}]}}", events.join(","))
}

/// One request on a connection that stays open.
fn post(connection: &mut Option<BufReader<TcpStream>>, serving: &Serving, body: &str) -> std::io::Result<u16> {
    let host = serving.address.trim_start_matches("http://");
    let reader = match connection {
        Some(reader) => reader,
        none => {
            let stream = TcpStream::connect(host)?;
            stream.set_nodelay(true)?;
            none.insert(BufReader::new(stream))
        }
    };
    let head = format!(
        "POST /v1/batch HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        serving.key,
        body.len()
    );
    reader.get_mut().write_all(&[head.as_bytes(), body.as_bytes()].concat())?;
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    reader.read_exact(&mut vec![0; length])?;
    Ok(status)
}

/// The most memory a process had, in megabytes, as Linux counts it.
fn peak(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).map_or(f64::NAN, |kib| kib * 1024.0 / 1e6)
}
