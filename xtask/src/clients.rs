//! The vendors' clients, unmodified, against a running server: what each has sent is counted in the lake.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, Failure, cargo, root, target, tools};
use crate::serving::{Serving, python};

/// Events that each client sends.
const EVENTS: u64 = 50;

/// The packages from npm.
const PACKAGES: [&str; 3] =
    ["@segment/analytics-node@3.1.0", "@rudderstack/rudder-sdk-node@3.0.13", "@segment/analytics-next@1.84.3"];

/// Runs every client and compares.
pub fn run() -> Result<(), Failure> {
    run::run(cargo().args(["build", "--locked", "--package", "mehrwert"]))?;
    let (python, node, chromium) = (python()?, node()?, chromium()?);
    let serving = Serving::start(&target().join("debug").join("mehrwert"))?;
    println!("{:<44} {:>8} {:>8}", "client", "sent", "found");
    let script = |name: &str| root().join("xtask").join("clients").join(name);
    let mut before = 0;
    for (name, shown) in
        [("segment", "segment-analytics-python"), ("rudder", "rudder-sdk-python"), ("posthog", "posthog (Python)")]
    {
        let mut client = Command::new(&python);
        client.arg(script("python_clients.py")).arg(name);
        before = compare(&serving, &mut client, shown, EVENTS, before)?;
    }
    for (name, shown) in [("segment", "@segment/analytics-node"), ("rudder", "@rudderstack/rudder-sdk-node")] {
        let mut client = Command::new("node");
        client.current_dir(&node).arg(script("node_clients.mjs")).arg(name);
        before = compare(&serving, &mut client, shown, EVENTS, before)?;
    }
    // Segment's client, and our snippet with and without consent; with DNT and GPC nothing comes.
    let mut browser = Command::new("node");
    browser.current_dir(&node).arg(script("browser.mjs")).arg(&chromium);
    compare(&serving, &mut browser, "@segment/analytics-next, mehrwert.js", 3 * EVENTS, before)?;
    Ok(())
}

/// Runs a client, counts the events that came since, and returns how many there are now.
fn compare(serving: &Serving, client: &mut Command, shown: &str, sent: u64, before: u64) -> Result<u64, Failure> {
    run::run(client.args([&serving.address, &serving.key, &EVENTS.to_string()]))?;
    let now = serving.sealed("events")?;
    println!("{shown:<44} {sent:>8} {:>8}", now - before);
    if now - before == sent {
        return Ok(now);
    }
    Err(Failure::Promise(format!("{shown}: {sent} events were sent and {} are in the lake", now - before)))
}

/// The folder with the npm packages, set up on first use.
fn node() -> Result<PathBuf, Failure> {
    let folder = tools().join("clients").join("node");
    let ready = folder.join("ready");
    if !ready.exists() {
        let error = |source| Failure::File { path: folder.clone(), source };
        std::fs::create_dir_all(&folder).map_err(error)?;
        std::fs::write(folder.join("package.json"), "{\"private\": true}").map_err(error)?;
        let mut install = Command::new("npm");
        install.current_dir(&folder).args(["install", "--no-audit", "--no-fund", "--silent"]).args(PACKAGES);
        run::run(&mut install)?;
        std::fs::write(&ready, "").map_err(error)?;
    }
    Ok(folder)
}

/// A Chromium: the one that is there, or the distribution's.
fn chromium() -> Result<PathBuf, Failure> {
    let there = || {
        let folders = ["/usr/bin", "/usr/local/bin", "/snap/bin"];
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let all = folders.iter().flat_map(|folder| names.iter().map(move |name| Path::new(folder).join(name)));
        all.into_iter().find(|path| path.exists())
    };
    if let Some(path) = there() {
        return Ok(path);
    }
    eprintln!("there is no Chromium yet; the distribution's is installed");
    run::run(Command::new("apt-get").args(["install", "--yes", "--quiet", "--no-install-recommends", "chromium"]))?;
    there().ok_or_else(|| Failure::Promise("no Chromium; install the package chromium".to_owned()))
}
