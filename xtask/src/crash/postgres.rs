//! A PostgreSQL server of the command's own, and what becomes of the writer when it restarts.
//!
//! It listens on a socket in its own folder and nowhere else. It stops when the command ends, however it ends: a small
//! shell waits for the end of its input, which the command holds. It syncs, as it does by default.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use rand::RngExt as _;
use rand_pcg::Pcg64;

use super::Tally;
use super::place::Place;
use crate::run::Failure;

const INSTALL: &str = "--state postgres needs PostgreSQL (13 or later): no folder with `initdb` and `postgres` was found \
    in MEHRWERT_POSTGRES_BIN, on PATH or in /usr/lib/postgresql/*/bin";

const SERVE: &str = r#"
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= >>"$2/log" 2>&1 </dev/null &
server=$!
cat >/dev/null
kill -QUIT $server 2>/dev/null
wait $server
"#;

/// A running server.
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    user: Option<(u32, u32)>,
    /// Holds the input open on which the server's life hangs.
    shell: Option<Child>,
}

impl Server {
    /// Makes and starts one.
    pub fn start() -> Result<Server, Failure> {
        let programs = programs()?;
        let made = tempfile::Builder::new().prefix("mehrwert-crash-").tempdir();
        let folder = made.map_err(|source| Failure::File { path: env::temp_dir(), source })?.keep();
        let failed = |source| Failure::File { path: folder.clone(), source };
        let user = unprivileged_user(&folder)?;
        if let Some((user, group)) = user {
            chown(&folder, Some(user), Some(group)).map_err(failed)?;
        }
        let mut server = Server { folder, programs, user, shell: None };
        let mut make = server.command(&server.programs.join("initdb"));
        make.arg("-D").arg(server.folder.join("data"));
        make.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale"]).stdout(Stdio::null());
        run(make)?;
        server.serve()?;
        Ok(server)
    }

    /// The address of its one database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.folder.display())
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder);
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }

    /// Starts the server and waits until it answers.
    fn serve(&mut self) -> Result<(), Failure> {
        let mut serve = self.command(Path::new("/bin/sh"));
        serve.args(["-c", SERVE, "serve"]).arg(&self.programs).arg(&self.folder);
        // A group of its own: an interrupt from the keyboard ends the command first, and the server in good order.
        serve.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let failed = |source| Failure::Start { program: "PostgreSQL".to_owned(), source };
        self.shell = Some(serve.spawn().map_err(failed)?);
        let deadline = Instant::now() + Duration::from_secs(60);
        while !self.answers() {
            if Instant::now() > deadline {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(Failure::Promise(format!("PostgreSQL does not answer:\n{log}")));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Whether the server has noted that it is ready, as it does in the file with its number.
    fn answers(&self) -> bool {
        let noted = fs::read_to_string(self.folder.join("data").join("postmaster.pid"));
        noted.is_ok_and(|noted| noted.lines().any(|line| line.trim_end() == "ready"))
    }

    /// Ends it at once, as a crash does (SIGQUIT: no last checkpoint), waits, and starts it again.
    pub fn restart(&mut self, pause: Duration) -> Result<(), Failure> {
        self.stop();
        thread::sleep(pause);
        self.serve()
    }

    fn stop(&mut self) {
        if let Some(mut shell) = self.shell.take() {
            // With its input at an end the shell ends the server and waits for it.
            drop(shell.stdin.take());
            drop(shell.wait());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// Restarts the server under a writer that goes on.
pub fn restarts(place: &mut Place, times: u32, random: &mut Pcg64) -> Result<(), Failure> {
    let mut tally = Tally::default();
    let mut slowest = Duration::ZERO;
    let mut refused = 0;
    for run in 0..times {
        let mut writer = place.start(0)?;
        writer.wait_for("acknowledged something", |said| said.acknowledged() > 50)?;
        thread::sleep(Duration::from_millis(random.random_range(0..500)));
        let pause = Duration::from_millis(random.random_range(0..1_000));
        if let Some(server) = &mut place.server {
            server.restart(pause)?;
        }
        let stood = writer.said.acknowledged();
        slowest = slowest.max(writer.wait_for("goes on", |said| said.acknowledged() > stood + 50)?);
        refused += writer.said.refused();
        writer.kill()?;
        place.hear(writer)?;
        tally.interruptions += 1;
        tally.count(place, &format!("restart {run}"))?;
    }
    if refused == 0 {
        return Err(Failure::Promise("no restart was noticed by the writer: too little happened".to_owned()));
    }
    tally.print("PostgreSQL restarted");
    println!("the same process acknowledged again within {:.2} s of the server's return", slowest.as_secs_f64());
    Ok(())
}

fn run(mut command: Command) -> Result<(), Failure> {
    crate::run::run(&mut command)
}

/// The folder that holds `initdb` and `postgres`.
fn programs() -> Result<PathBuf, Failure> {
    let told = env::var_os("MEHRWERT_POSTGRES_BIN").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|folders| folders.flatten().map(|folder| folder.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    let folders = told.into_iter().chain(env::split_paths(&path)).chain(versions.into_iter().rev());
    let complete = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    folders.into_iter().find(complete).ok_or_else(|| Failure::Promise(INSTALL.to_owned()))
}

/// Whom to run the server as when the command runs as root, which PostgreSQL refuses.
fn unprivileged_user(made: &Path) -> Result<Option<(u32, u32)>, Failure> {
    let about = fs::metadata(made).map_err(|source| Failure::File { path: made.to_owned(), source })?;
    if about.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let find = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let user = find("postgres").or_else(|| find("nobody"));
    let missing = "PostgreSQL refuses to run as root, and this machine has neither a user postgres nor nobody";
    user.map(Some).ok_or_else(|| Failure::Promise(missing.to_owned()))
}
