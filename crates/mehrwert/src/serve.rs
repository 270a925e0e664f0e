//! `mehrwert serve`: settles the settings, opens the data directory, and serves until it is told to stop.

mod config;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use mehrwert_core::{AliasId, FileId, JobId, PersonId};
use mehrwert_facts::identities::Fresh;
use mehrwert_server::Outside;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::Failure;
use crate::cli::{Format, Lang};
use crate::data::{Absent, Chance, Data, DataArguments};
use crate::show::listing::Listing;
use crate::terminal;
use config::{Config, Log, LogFormat};

const EXAMPLES: &str = "Examples:
  mehrwert keys add \"web shop\"
  mehrwert serve --listen 127.0.0.1:8080
  MEHRWERT_LOG_FORMAT=json mehrwert serve --data /var/lib/mehrwert
  mehrwert serve --print-config";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ServeArguments {
    /// Where to listen; port 0 takes a free one. HTTPS is a reverse proxy's (docs/operations.md).
    #[arg(long, value_name = "ADDRESS", help_heading = "Serving")]
    pub listen: Option<String>,

    /// The shop of keys that name none.
    #[arg(long, value_name = "NAME", help_heading = "Serving")]
    pub shop: Option<String>,

    /// The shop's own clock, by which days are counted.
    #[arg(long, value_name = "ZONE", help_heading = "Serving")]
    pub time_zone: Option<String>,

    /// How the log is written.
    #[arg(long, value_name = "text|json", help_heading = "Serving")]
    pub log_format: Option<String>,

    /// What the log holds: error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL", help_heading = "Serving")]
    pub log_level: Option<String>,

    /// The file of settings; without it mehrwert.toml in the data directory, where there is one.
    #[arg(long, value_name = "FILE", env = "MEHRWERT_CONFIG", help_heading = "Serving")]
    pub config: Option<PathBuf>,

    /// Prints every setting as it holds and where it comes from, and stops.
    #[arg(long, help_heading = "Serving")]
    pub print_config: bool,

    /// How --print-config prints.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: Format,

    /// Language of the table; without it LC_ALL, LC_MESSAGES or LANG decides.
    #[arg(long, value_enum, value_name = "LANGUAGE", help_heading = "Output")]
    pub lang: Option<Lang>,

    #[command(flatten)]
    pub data: DataArguments,
}

/// Why a server did not serve.
#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error("cannot listen on {address}; choose another address with --listen, or 0 as port for a free one")]
    Listen {
        address: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the server stopped")]
    Stopped(#[source] std::io::Error),
    #[error("the signals that stop the server cannot be heard")]
    Signals(#[source] std::io::Error),
}

pub(crate) fn run(arguments: &ServeArguments) -> Result<(), Failure> {
    let config = settle(arguments)?;
    if arguments.print_config {
        return print_config(&config, arguments);
    }
    start_log(&config.log);
    arguments.data.work(Absent::Make, async |data| serve(config, data).await)
}

fn settle(arguments: &ServeArguments) -> Result<Config, Failure> {
    let file = config::read_file(arguments.config.as_deref(), &arguments.data.data).map_err(Failure::input)?;
    let flags = [
        ("listen", "--listen", arguments.listen.clone()),
        ("shop", "--shop", arguments.shop.clone()),
        ("time_zone", "--time-zone", arguments.time_zone.clone()),
        ("log.format", "--log-format", arguments.log_format.clone()),
        ("log.level", "--log-level", arguments.log_level.clone()),
    ];
    let file = file.as_ref().map(|(path, text)| (path.as_path(), text.as_str()));
    config::settle(file, |name| std::env::var(name).ok(), &flags).map_err(Failure::input)
}

fn print_config(config: &Config, arguments: &ServeArguments) -> Result<(), Failure> {
    let mut listing = Listing::new("settings", &["setting", "value", "origin"]);
    for setting in &config.settings {
        listing.push([setting.name.to_owned(), setting.text.clone(), setting.origin.to_string()]);
    }
    listing.push(["data".to_owned(), arguments.data.data.display().to_string(), String::new()]);
    listing.push(["state".to_owned(), arguments.data.url().to_string(), String::new()]);
    listing.print(arguments.format, &terminal::style(arguments.lang))
}

/// The log goes to standard error: one line an event. Libraries speak up only when something is wrong.
fn start_log(log: &Log) {
    let filter = EnvFilter::new(format!("warn,mehrwert={0},mehrwert_server={0}", log.level));
    let to = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second log in one program cannot be: this is the only place that starts one.
    let started = match log.format {
        LogFormat::Text => to.try_init(),
        LogFormat::Json => to.json().flatten_event(true).try_init(),
    };
    drop(started);
}

async fn serve(config: Config, data: &mut Data) -> Result<(), Failure> {
    let address = config.listen.to_string();
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|source| Failure::work(ServeError::Listen { address, source }))?;
    let address = listener.local_addr().map_err(|error| Failure::work(ServeError::Stopped(error)))?;
    let stop = stop_signal().map_err(|error| Failure::work(ServeError::Signals(error)))?;
    terminal::print(|out| {
        writeln!(out, "Mehrwert listens on http://{address}")?;
        out.flush()
    })?;
    tracing::info!(%address, data = %data.directory.display(), "serving");
    let now = Timestamp::now();
    let outside = Outside {
        clock: Arc::new(Timestamp::now),
        job: JobId::new(u64::try_from(now.as_millisecond()).unwrap_or(0), data.chance.bytes()),
        fresh: Box::new(SealedIds { chance: Chance::new()? }),
    };
    let served =
        mehrwert_server::serve(listener, data.state.clone(), data.lake.clone(), config.server, outside, stop).await;
    tracing::info!("stopped");
    served.map_err(|error| Failure::work(ServeError::Stopped(error)))
}

/// Comes with SIGTERM or SIGINT.
fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("told to stop: answering what is under way, then sealing");
    })
}

/// Ids for what a server seals.
struct SealedIds {
    chance: Chance,
}

impl Fresh for SealedIds {
    fn person(&mut self) -> (PersonId, AliasId) {
        self.chance.person(Timestamp::now())
    }

    fn file(&mut self) -> FileId {
        self.chance.file(Timestamp::now())
    }
}
