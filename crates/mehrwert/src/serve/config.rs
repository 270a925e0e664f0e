//! The settings of `mehrwert serve`: from a file, from the environment and from the command line, in rising order.
//!
//! Every setting is a line of [`SETTINGS`]: its name, and what holds where nobody says otherwise. Its variable is the name in
//! capitals behind `MEHRWERT_`. What holds in the end knows where it came from, for errors and for `--print-config`.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use jiff::tz::TimeZone;
use mehrwert_server::Limits;
use toml::de::{DeTable, DeValue};

/// Names and defaults. A point in a name is a table of the file.
const SETTINGS: [(&str, &str); 11] = [
    ("listen", "127.0.0.1:8080"),
    ("shop", "main"),
    ("time_zone", "Europe/Berlin"),
    ("log.format", "text"),
    ("log.level", "info"),
    ("limits.body_bytes", "1048576"),
    ("limits.webhook_bytes", "4194304"),
    ("limits.reading_bytes", "67108864"),
    ("limits.waiting_bytes", "33554432"),
    ("limits.events_per_second", "50000"),
    ("limits.inbox_events", "5000000"),
];

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    Default,
    File { path: PathBuf, line: usize },
    Environment(String),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => formatter.write_str("default"),
            Origin::File { path, line } => write!(formatter, "{}, line {line}", path.display()),
            Origin::Environment(variable) => formatter.write_str(variable),
            Origin::Flag(flag) => formatter.write_str(flag),
        }
    }
}

/// A setting as it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    pub name: &'static str,
    pub text: String,
    pub origin: Origin,
}

/// A setting is wrong.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("{}, line {line}: {found}", path.display())]
    Syntax { path: PathBuf, line: usize, found: String },
    #[error("{}, line {line}: there is no setting '{name}'; did you mean '{nearest}'?", path.display())]
    Unknown { path: PathBuf, line: usize, name: String, nearest: &'static str },
    #[error("{origin}: {name}: expected {expected}, found '{found}'")]
    Value { origin: String, name: &'static str, expected: &'static str, found: String },
    #[error("{} cannot be read: {reason}", path.display())]
    File { path: PathBuf, reason: String },
}

/// All settings, typed.
#[derive(Debug)]
pub(crate) struct Config {
    pub listen: SocketAddr,
    pub server: mehrwert_server::Settings,
    pub log: Log,
    /// As they hold, for people.
    pub settings: Vec<Setting>,
}

/// How the log is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Log {
    pub format: LogFormat,
    pub level: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// The variable of a setting.
fn variable(name: &str) -> String {
    format!("MEHRWERT_{}", name.replace('.', "_").to_ascii_uppercase())
}

/// The file's text, where there is one; that there is none is an error only where it was named.
pub(crate) fn read_file(named: Option<&Path>, data: &Path) -> Result<Option<(PathBuf, String)>, ConfigError> {
    let path = named.map_or_else(|| data.join("mehrwert.toml"), Path::to_path_buf);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => Ok(None),
        Err(error) => Err(ConfigError::File { path, reason: error.to_string() }),
    }
}

/// Settles what holds.
pub(crate) fn settle(
    file: Option<(&Path, &str)>,
    environment: impl Fn(&str) -> Option<String>,
    flags: &[(&'static str, &'static str, Option<String>)],
) -> Result<Config, ConfigError> {
    let mut settings: Vec<Setting> = SETTINGS
        .iter()
        .map(|(name, text)| Setting { name, text: (*text).to_owned(), origin: Origin::Default })
        .collect();
    if let Some((path, text)) = file {
        from_file(path, text, &mut settings)?;
    }
    for setting in &mut settings {
        let variable = variable(setting.name);
        if let Some(text) = environment(&variable).filter(|text| !text.is_empty()) {
            (setting.text, setting.origin) = (text, Origin::Environment(variable));
        }
        for (name, flag, text) in flags {
            if let Some(text) = text.as_ref().filter(|_| *name == setting.name) {
                (setting.text, setting.origin) = (text.clone(), Origin::Flag(flag));
            }
        }
    }
    typed(settings)
}

fn from_file(path: &Path, text: &str, settings: &mut [Setting]) -> Result<(), ConfigError> {
    let line = |place: usize| text[..place.min(text.len())].matches('\n').count() + 1;
    let table = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
        path: path.to_owned(),
        line: line(error.span().map_or(0, |span| span.start)),
        found: error.message().to_owned(),
    })?;
    let mut tables = vec![(String::new(), table.get_ref())];
    while let Some((prefix, table)) = tables.pop() {
        for (key, value) in table {
            let name = format!("{prefix}{}", key.get_ref());
            let line = line(key.span().start);
            let text = match value.get_ref() {
                DeValue::Table(inner) if SETTINGS.iter().any(|(known, _)| known.starts_with(&format!("{name}."))) => {
                    tables.push((format!("{name}."), inner));
                    continue;
                }
                DeValue::String(text) => text.to_string(),
                DeValue::Integer(number) => number.as_str().replace('_', ""),
                // No setting is of another type, so its own reader says what was expected.
                other => format!("{other:?}"),
            };
            let Some(setting) = settings.iter_mut().find(|setting| setting.name == name) else {
                return Err(ConfigError::Unknown { path: path.to_owned(), line, nearest: nearest(&name), name });
            };
            (setting.text, setting.origin) = (text, Origin::File { path: path.to_owned(), line });
        }
    }
    Ok(())
}

/// The setting whose name is the least changes away.
fn nearest(name: &str) -> &'static str {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let far = |known: &str| distance(known, name).min(1 + distance(&last(known), &last(name)));
    SETTINGS.iter().map(|(known, _)| *known).min_by_key(|known| far(known)).unwrap_or_default()
}

/// Letters to add, drop or change to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = place + 1;
        for column in 0..other.len() {
            let changed = before + usize::from(other[column] != letter);
            before = row[column + 1];
            row[column + 1] = changed.min(before + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

fn typed(settings: Vec<Setting>) -> Result<Config, ConfigError> {
    let time_zone = |text: &str| TimeZone::get(text).ok();
    let level = |text: &str| ["error", "warn", "info", "debug", "trace"].contains(&text).then(|| text.to_owned());
    let format = |text: &str| match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    };
    let shop = |text: &str| (!text.trim().is_empty() && text.len() <= 100).then(|| text.trim().to_owned());
    let all = All(&settings);
    let bytes = "a number of bytes";
    Ok(Config {
        listen: all.parsed("listen", "an address such as 127.0.0.1:8080 or [::]:8080")?,
        server: mehrwert_server::Settings {
            shop: all.read("shop", "a name of at most 100 letters", shop)?,
            time_zone: all.read("time_zone", "a time zone such as Europe/Berlin", time_zone)?,
            limits: Limits {
                body_bytes: all.parsed("limits.body_bytes", bytes)?,
                webhook_bytes: all.parsed("limits.webhook_bytes", bytes)?,
                reading_bytes: all.parsed("limits.reading_bytes", bytes)?,
                waiting_bytes: all.parsed("limits.waiting_bytes", bytes)?,
                events_per_second: all.parsed("limits.events_per_second", "a number of events")?,
                inbox_events: all.parsed("limits.inbox_events", "a number of events")?,
            },
        },
        log: Log {
            format: all.read("log.format", "text or json", format)?,
            level: all.read("log.level", "error, warn, info, debug or trace", level)?,
        },
        settings,
    })
}

/// Reads settings by their names.
struct All<'a>(&'a [Setting]);

impl All<'_> {
    fn read<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let wrong = |origin: &Origin, found: &str| ConfigError::Value {
            origin: origin.to_string(),
            name,
            expected,
            found: found.to_owned(),
        };
        match self.0.iter().find(|setting| setting.name == name) {
            Some(setting) => read(&setting.text).ok_or_else(|| wrong(&setting.origin, &setting.text)),
            // A test reads every setting there is.
            None => Err(wrong(&Origin::Default, "")),
        }
    }

    fn parsed<T: FromStr>(&self, name: &'static str, expected: &'static str) -> Result<T, ConfigError> {
        self.read(name, expected, |text| text.trim().parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(file: &str, variable: Option<(&str, &str)>, flag: Option<&str>) -> Result<Config, ConfigError> {
        let environment = |name: &str| variable.filter(|(known, _)| *known == name).map(|(_, text)| text.to_owned());
        let flags = [("listen", "--listen", flag.map(str::to_owned))];
        settle(Some((Path::new("shop.toml"), file)), environment, &flags)
    }

    #[test]
    fn the_command_line_goes_before_the_environment_and_that_before_the_file() {
        let file = "listen = \"0.0.0.0:1\"\n[limits]\nbody_bytes = 2_000\n";
        let port = |config: Result<Config, ConfigError>| config.unwrap().listen.port();
        let variable = Some(("MEHRWERT_LISTEN", "0.0.0.0:2"));
        assert_eq!(port(settled("", None, None)), 8080);
        assert_eq!(port(settled(file, None, None)), 1);
        assert_eq!(port(settled(file, variable, None)), 2);
        assert_eq!(port(settled(file, variable, Some("0.0.0.0:3"))), 3);
        let config = settled(file, Some(("MEHRWERT_LIMITS_INBOX_EVENTS", "7")), None).unwrap();
        assert_eq!((config.server.limits.body_bytes, config.server.limits.inbox_events), (2_000, 7));
        let origin = |name| config.settings.iter().find(|setting| setting.name == name).unwrap().origin.to_string();
        assert_eq!(origin("limits.body_bytes"), "shop.toml, line 3");
        assert_eq!(origin("limits.inbox_events"), "MEHRWERT_LIMITS_INBOX_EVENTS");
        assert_eq!(origin("shop"), "default");
    }

    #[test]
    fn mistakes_name_their_place() {
        let error = |file: &str| settled(file, None, None).unwrap_err().to_string();
        assert_eq!(
            error("shop = \"a\"\nlimit = 1\n[log]\n"),
            "shop.toml, line 2: there is no setting 'limit'; did you mean 'listen'?"
        );
        assert_eq!(
            error("[limits]\nbody_byte = 1"),
            "shop.toml, line 2: there is no setting 'limits.body_byte'; did you mean 'limits.body_bytes'?"
        );
        assert_eq!(
            error("\ntime_zone = \"Mars\""),
            "shop.toml, line 2: time_zone: expected a time zone such as Europe/Berlin, found 'Mars'"
        );
        assert!(error("shop = 'a'\nshop = 'b'").starts_with("shop.toml, line 2: "));
        let variable = settled("", Some(("MEHRWERT_LOG_LEVEL", "loud")), None).unwrap_err().to_string();
        assert_eq!(variable, "MEHRWERT_LOG_LEVEL: log.level: expected error, warn, info, debug or trace, found 'loud'");
    }

    #[test]
    fn the_defaults_are_those_of_the_server() {
        let config = settled("", None, None).unwrap();
        assert_eq!(config.server.limits, Limits::default());
    }
}
