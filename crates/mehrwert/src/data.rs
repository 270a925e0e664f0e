//! The data directory: the state and the lake in it, opened for one command.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use mehrwert_core::{AliasId, FileId, PersonId};
use mehrwert_facts::lake::Lake;
use mehrwert_state::{State, StateUrl};
use rand::TryRng;
use rand::rngs::SysRng;

use crate::Failure;

/// Where a command finds and keeps what it knows.
#[derive(Debug, Clone, Args)]
pub(crate) struct DataArguments {
    /// The data directory.
    #[arg(
        long,
        value_name = "DIR",
        default_value = "mehrwert-data",
        env = "MEHRWERT_DATA",
        help_heading = "Data directory"
    )]
    pub data: PathBuf,

    /// Keeps the state on a PostgreSQL server instead of in the directory: postgres://user:password@host/database.
    #[arg(long, value_name = "URL", env = "MEHRWERT_STATE", hide_env_values = true, help_heading = "Data directory")]
    pub state: Option<StateUrl>,
}

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataError {
    #[error("there is no data directory {0}; name it with --data, or fill one with `mehrwert import`")]
    Missing(String),
    #[error("cannot make the data directory {path}")]
    Make {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the threads that wait for the state could not be started")]
    Threads(#[source] std::io::Error),
    #[error("the operating system gave no random numbers: {0}")]
    NoRandomness(String),
}

/// What is done where there is no data directory yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    /// It is made.
    Make,
    /// The command has nothing to work on.
    Refuse,
}

/// The data directory, open.
pub(crate) struct Data {
    pub state: State,
    pub lake: Lake,
    pub directory: PathBuf,
    pub chance: Chance,
}

impl DataArguments {
    /// Where the state is: named, or a file in the directory.
    pub fn url(&self) -> StateUrl {
        self.state.clone().unwrap_or_else(|| StateUrl::in_directory(&self.data))
    }

    /// Whether there is anything to open.
    pub fn exists(&self) -> bool {
        match self.url() {
            StateUrl::Sqlite(file) => file.exists(),
            StateUrl::Postgres(_) => true,
        }
    }

    /// Opens the data directory, works with it, and closes it.
    pub fn work<T>(
        &self,
        absent: Absent,
        work: impl AsyncFnOnce(&mut Data) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if absent == Absent::Refuse && !self.exists() {
            return Err(Failure::input(DataError::Missing(self.data.display().to_string())));
        }
        std::fs::create_dir_all(&self.data)
            .map_err(|source| Failure::work(DataError::Make { path: self.data.display().to_string(), source }))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::work(DataError::Threads(error)))?;
        let mut chance = Chance::new()?;
        runtime.block_on(async {
            let state = State::open(&self.url(), chance.bytes()).await.map_err(Failure::work)?;
            let lake = Lake::in_directory(&self.data);
            let mut data = Data { state, lake, directory: self.data.clone(), chance };
            let done = work(&mut data).await;
            data.state.close().await;
            done
        })
    }
}

/// Random bytes of the operating system, fetched many at a time.
pub(crate) struct Chance {
    bytes: Vec<u8>,
    used: usize,
}

/// Bytes fetched at once.
const STORE: usize = 1 << 14;

impl Chance {
    /// A first store, so that a system without randomness is told before any work.
    pub fn new() -> Result<Chance, Failure> {
        let mut chance = Chance { bytes: vec![0; STORE], used: 0 };
        SysRng
            .try_fill_bytes(&mut chance.bytes)
            .map_err(|error| Failure::work(DataError::NoRandomness(error.to_string())))?;
        Ok(chance)
    }

    /// So many random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        if self.used + N > self.bytes.len() {
            // A system that gave randomness at the start of the program does not stop to.
            SysRng.try_fill_bytes(&mut self.bytes).expect("the operating system gave random numbers before");
            self.used = 0;
        }
        let mut taken = [0; N];
        taken.copy_from_slice(&self.bytes[self.used..self.used + N]);
        self.used += N;
        taken
    }

    /// A person and an alias of their own, made at this time.
    pub fn person(&mut self, now: Timestamp) -> (PersonId, AliasId) {
        let at = milliseconds(now);
        (PersonId::new(at, self.bytes()), AliasId::new(at, self.bytes()))
    }

    /// A file of the lake, made at this time.
    pub fn file(&mut self, now: Timestamp) -> FileId {
        FileId::new(milliseconds(now), self.bytes())
    }
}

fn milliseconds(now: Timestamp) -> u64 {
    u64::try_from(now.as_millisecond()).unwrap_or(0)
}
