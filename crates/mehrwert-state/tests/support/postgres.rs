//! A PostgreSQL server for the tests: made, started and removed by the test program itself.
//!
//! It listens on a socket in its own temporary folder and nowhere else, so any number of them run side by side. Where
//! the tests run as root, which PostgreSQL refuses, the server runs as the user `postgres` or `nobody`. It stops when
//! the test program ends, however it ends: a small shell waits for the end of its input, which the test program holds.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use mehrwert_state::StateUrl;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

const INSTALL: &str = "the tests of the state need PostgreSQL (13 or later): no folder with `initdb` and `postgres` was \
    found in MEHRWERT_POSTGRES_BIN, on PATH or in /usr/lib/postgresql/*/bin. Install it (Debian and Ubuntu: `apt-get \
    install postgresql`, Fedora: `dnf install postgresql-server`, macOS: `brew install postgresql@17`), or set \
    MEHRWERT_POSTGRES_BIN to the folder that holds the two programs";

const SERVE: &str = r#"
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=300 >"$2/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -QUIT $server
wait $server
rm -rf "$2"
"#;

struct Server {
    folder: PathBuf,
    /// Holds the input open on which the server's life hangs.
    _shell: Child,
}

/// A new, empty database of the one server of this test program.
pub async fn new_database() -> StateUrl {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let server = SERVER.get_or_init(start);
    let mut connection = connect(&server.folder).await;
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut connection).await.expect("a database can be made");
    StateUrl::Postgres(url(&server.folder, &name))
}

fn url(folder: &Path, database: &str) -> String {
    format!("postgres://postgres@localhost/{database}?host={}", folder.display())
}

/// Connects as soon as the server answers.
async fn connect(folder: &Path) -> PgConnection {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match PgConnection::connect(&url(folder, "postgres")).await {
            Ok(connection) => return connection,
            Err(error) if Instant::now() > deadline => {
                let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
                panic!("PostgreSQL does not answer: {error}\n{log}");
            }
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}

fn start() -> Server {
    let programs = programs();
    let folder =
        tempfile::Builder::new().prefix("mehrwert-postgres-").tempdir().expect("a temporary folder can be made");
    let folder = folder.keep();
    let user = unprivileged_user(&folder);
    if let Some((user, group)) = user {
        chown(&folder, Some(user), Some(group)).expect("root can give a folder away");
    }
    let command = |program: &Path| {
        let mut command = Command::new(program);
        command.current_dir(&folder);
        if let Some((user, group)) = user {
            command.uid(user).gid(group);
        }
        command
    };
    let mut make = command(&programs.join("initdb"));
    make.arg("-D").arg(folder.join("data"));
    make.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync"]);
    let made = make.output().expect("initdb can be started");
    assert!(made.status.success(), "initdb failed: {}", String::from_utf8_lossy(&made.stderr));
    let mut serve = command(Path::new("/bin/sh"));
    serve.args(["-c", SERVE, "serve"]).arg(&programs).arg(&folder);
    // A group of its own: an interrupt from the keyboard ends the test program first, and the server in good order.
    serve.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    Server { _shell: serve.spawn().expect("a shell can be started"), folder }
}

/// The folder that holds `initdb` and `postgres`.
fn programs() -> PathBuf {
    let told = env::var_os("MEHRWERT_POSTGRES_BIN").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|folders| folders.flatten().map(|folder| folder.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    let folders = told.into_iter().chain(env::split_paths(&path)).chain(versions.into_iter().rev());
    let complete = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    folders.into_iter().find(complete).unwrap_or_else(|| panic!("{INSTALL}"))
}

/// Whom to run the server as when the tests run as root (then what they make belongs to user 0).
fn unprivileged_user(made: &Path) -> Option<(u32, u32)> {
    if fs::metadata(made).expect("a folder just made is there").uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let user = find("postgres").or_else(|| find("nobody"));
    Some(user.expect("PostgreSQL refuses to run as root, and this machine has neither a user postgres nor nobody"))
}
