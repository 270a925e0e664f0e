//! Processes that are killed (SIGKILL) at random moments while they append and seal: a fresh reader then finds every
//! event that was acknowledged exactly once, in the inbox or in a file of the catalogue.
//!
//! The one test here starts its own program again as the processes that are killed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so best by stopping")]

mod support;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{env, process, thread};

use mehrwert_state::{Appender, InboxEvent, State, StateError, StateUrl};
use rand::{RngExt as _, SeedableRng as _};
use support::{at, event, fact_file, run};

/// The folder of the victim's state, where this program is to be a victim.
const FOLDER: &str = "MEHRWERT_CRASH_FOLDER";
/// The number of the first event it sends.
const FIRST: &str = "MEHRWERT_CRASH_FIRST";

const ROUNDS: u64 = 20;
/// Two processes share one state.
const VICTIMS: u64 = 2;

#[test]
fn every_acknowledged_event_is_there_once() {
    if let (Ok(folder), Ok(first)) = (env::var(FOLDER), env::var(FIRST)) {
        run(victim(Path::new(&folder), first.parse().expect("the first event is a number")));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut random = rand_pcg::Pcg64::seed_from_u64(4);
    let mut acknowledged: Vec<Vec<u64>> = vec![Vec::new(); VICTIMS as usize];
    let mut in_files = 0;
    for round in 0..ROUNDS {
        let victims: Vec<Child> = (0..VICTIMS).map(|number| start(folder.path(), number, &acknowledged)).collect();
        // Both have begun to work on what may need repair, and are killed somewhere within it, one after the other.
        let mut readers = Vec::new();
        for mut victim in victims {
            let output = BufReader::new(victim.stdout.take().expect("the output is piped"));
            let life = Duration::from_micros(random.random_range(50_000..350_000));
            readers.push((thread::spawn(move || read_acknowledged(output)), victim, life));
        }
        for (reader, mut victim, life) in readers {
            thread::sleep(life);
            victim.kill().unwrap();
            victim.wait().unwrap();
            for number in reader.join().unwrap() {
                acknowledged[(number / 1_000_000_000) as usize].push(number);
            }
        }
        in_files += verify(folder.path(), &acknowledged, round);
    }
    let events: usize = acknowledged.iter().map(Vec::len).sum();
    assert!(events > 1_000 && in_files > 0, "too little happened: {events} events, {in_files} in files");
}

/// Starts a victim. It begins with a few events that it has sent before, as a sender does that got no answer.
fn start(folder: &Path, number: u64, acknowledged: &[Vec<u64>]) -> Child {
    let base = number * 1_000_000_000;
    let last = acknowledged[number as usize].iter().max().copied().unwrap_or(base);
    let mut command = Command::new(env::current_exe().expect("a program knows its place"));
    command.args(["--exact", "every_acknowledged_event_is_there_once", "--nocapture"]);
    command.env(FOLDER, folder).env(FIRST, last.saturating_sub(30).max(base).to_string());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    command.spawn().expect("the test's own program can be started")
}

fn read_acknowledged(output: impl BufRead) -> Vec<u64> {
    let mut numbers = Vec::new();
    for line in output.lines().map_while(Result::ok) {
        // A line that was cut off by the kill has no full stop at its end, and was not acknowledged.
        let number = line.strip_prefix("acknowledged ").and_then(|rest| rest.strip_suffix('.'));
        numbers.extend(number.map(|number| number.parse::<u64>().expect("a number was acknowledged")));
    }
    numbers
}

/// Counts with a fresh reader; returns how many events lie in files.
fn verify(folder: &Path, acknowledged: &[Vec<u64>], round: u64) -> usize {
    let (inbox, files) = run(async {
        let state = State::open(&StateUrl::in_directory(folder), [7; 32]).await.unwrap();
        let inbox = state.inbox(u32::MAX).await.unwrap().events;
        let files = state.snapshot(None).await.unwrap().files;
        state.close().await;
        (inbox, files)
    });
    let mut found: HashMap<String, u32> = HashMap::new();
    for event in inbox {
        *found.entry(event.message_id).or_default() += 1;
    }
    let mut in_files = 0;
    for file in files {
        let text = fs::read_to_string(folder.join(&file.path)).unwrap();
        assert_eq!(text.lines().count() as u64, file.rows, "{}", file.path);
        in_files += text.lines().count();
        for id in text.lines() {
            *found.entry(id.to_owned()).or_default() += 1;
        }
    }
    for (id, times) in &found {
        assert_eq!(*times, 1, "round {round}: {id} is there {times} times");
    }
    for number in acknowledged.iter().flatten() {
        assert!(found.contains_key(&format!("m-{number}")), "round {round}: {number} was acknowledged and is lost");
    }
    in_files
}

/// Appends and seals until it is killed.
async fn victim(folder: &Path, first: u64) {
    let state = State::open(&StateUrl::in_directory(folder), [7; 32]).await.unwrap();
    let appender = Appender::start(state.clone(), 10_000_000);
    let next = Arc::new(AtomicU64::new(first));
    for _ in 0..4 {
        tokio::spawn(send(appender.clone(), Arc::clone(&next)));
    }
    for number in 0_u64.. {
        let read = state.inbox(50).await.unwrap();
        let ids: Vec<String> = read.events.into_iter().map(|event| event.message_id + "\n").collect();
        let path = format!("events-{}-{number}", process::id());
        let mut file = File::create(folder.join(&path)).unwrap();
        file.write_all(ids.concat().as_bytes()).unwrap();
        file.sync_all().unwrap();
        let mut entry = fact_file(&path, ids.len() as u64);
        // Two victims count their ids alike.
        entry.id = mehrwert_core::FileId::new(u64::from(process::id()), support::fresh());
        match state.seal(&[entry], Some(&read.mark), "sealed", at(1)).await {
            Ok(_) | Err(StateError::Overtaken { .. }) => {}
            Err(error) => panic!("{error}"),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn send(appender: Appender, next: Arc<AtomicU64>) {
    loop {
        let first = next.fetch_add(5, Ordering::Relaxed);
        let events: Vec<InboxEvent> = (first..first + 5).map(|number| event(number, 0)).collect();
        appender.append(events).await.unwrap();
        // Past the capture of the test's output, in one call, so that a line is whole or cut off.
        let lines: String = (first..first + 5).map(|number| format!("acknowledged {number}.\n")).collect();
        std::io::stdout().lock().write_all(lines.as_bytes()).unwrap();
    }
}
