//! Where the state is kept.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where the state is kept: a file of SQLite, or a PostgreSQL server.
///
/// ```
/// use mehrwert_state::StateUrl;
/// let server: StateUrl = "postgres://shop:secret@db.example/mehrwert".parse()?;
/// assert_eq!(server.to_string(), "postgres://shop:***@db.example/mehrwert");
/// let file = StateUrl::in_directory("mehrwert-data".as_ref());
/// assert_eq!(file.to_string(), "mehrwert-data/state.sqlite");
/// # Ok::<(), mehrwert_state::StateUrlError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum StateUrl {
    /// A file, made when it does not exist.
    Sqlite(PathBuf),
    /// A database on a server: `postgres://user:password@host:port/database`.
    Postgres(String),
}

/// The setting names a database that is not supported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected postgres://user:password@host/database or the path of a file, found '{0}://'")]
pub struct StateUrlError(String);

impl StateUrl {
    /// The default: the file `state.sqlite` in the data directory.
    #[must_use]
    pub fn in_directory(data: &Path) -> StateUrl {
        StateUrl::Sqlite(data.join("state.sqlite"))
    }
}

impl FromStr for StateUrl {
    type Err = StateUrlError;

    fn from_str(text: &str) -> Result<StateUrl, StateUrlError> {
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(StateUrl::Postgres(text.to_owned())),
            Some(("sqlite", path)) => Ok(StateUrl::Sqlite(path.into())),
            Some((scheme, _)) => Err(StateUrlError(scheme.chars().take(30).collect())),
            None => Ok(StateUrl::Sqlite(text.into())),
        }
    }
}

impl fmt::Display for StateUrl {
    /// Without the password: this goes into error messages and logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateUrl::Sqlite(path) => write!(formatter, "{}", path.display()),
            StateUrl::Postgres(url) => formatter.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for StateUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "StateUrl({self})")
    }
}

/// Hides what stands between the user's name and the host, and leaves out the parameters, which may hold a password too.
fn without_password(url: &str) -> String {
    let url = url.split('?').next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return "postgres://***".to_owned() };
    // The last @, because a password that was not encoded may hold one.
    match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{scheme}://{name}:***@{host}"),
            None => format!("{scheme}://{user}@{host}"),
        },
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        for url in [
            "postgres://u:secret@h/d",
            "postgresql://u:secret@h:1/d?password=secret",
            "postgres://u:se@secret@h/d",
            "postgres://h/d?user=u&password=secret",
        ] {
            let url: StateUrl = url.parse().unwrap();
            assert!(!format!("{url} {url:?}").contains("secret"), "{url}");
        }
    }

    #[test]
    fn other_databases_are_refused() {
        assert_eq!("mysql://h/d".parse::<StateUrl>(), Err(StateUrlError("mysql".to_owned())));
        assert_eq!("/srv/state.sqlite".parse(), Ok(StateUrl::Sqlite("/srv/state.sqlite".into())));
    }
}
