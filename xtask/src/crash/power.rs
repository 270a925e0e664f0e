//! Loss of power: of what was not synced everything is gone, or a part that chance chooses.
//!
//! The writers run with a layer (`xtask/crash/power.c`) that keeps beside the data directory what is certain to survive.
//! After the kill the data directory is put together from that. Every fourth time each file and folder is, by the toss of
//! a coin, as it was synced or as it was written: a disk may have got further than it was asked to.
//!
//! Then the proof that this is a test: with syncs that are lied about the reader must find promises broken, for each
//! kind of sync on its own: of the database, of fact files, of folders.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;

use super::place::Place;
use super::{Arguments, Kept, Tally, WRITERS, kill};
use crate::run::{self, Failure, root, target};

/// The variable that names what is lied about.
const LIE: &str = "POWER_LIE";
/// Within how many cuts a lie must be found out.
const PATIENCE: u32 = 5;

/// Cuts the power as often as there are runs, then lets every lie be found out.
pub fn run(program: &Path, arguments: &Arguments, random: &mut Pcg64) -> Result<(), Failure> {
    let layer = build()?;
    let mut place = prepare(program, arguments.state, &layer)?;
    let mut tally = Tally::default();
    for run in 0..arguments.runs {
        let chance = (run % 4 == 3).then(|| Pcg64::seed_from_u64(random.random()));
        interrupt(&mut place, &mut tally, random, chance)?;
        tally.count(&mut place, &format!("cut {run}"))?;
        baseline(&place)?;
    }
    tally.print("power cut");
    tally.enough()?;
    let lies: &[&str] = match arguments.state {
        Kept::Sqlite => &["database", "facts", "folders"],
        // What the server keeps is the server's promise.
        Kept::Postgres => &["facts", "folders"],
    };
    lies.iter().try_for_each(|lie| found_out(program, arguments.state, &layer, lie, random))
}

/// The layer as a library to be loaded first.
fn build() -> Result<PathBuf, Failure> {
    let folder = target().join("crash");
    fs::create_dir_all(&folder).map_err(|source| Failure::File { path: folder.clone(), source })?;
    let library = folder.join("power.so");
    let mut compile = Command::new("cc");
    compile.args(["-Wall", "-Wextra", "-Werror", "-O2", "-shared", "-fPIC", "-o"]).arg(&library);
    run::run(compile.arg(root().join("xtask").join("crash").join("power.c")))?;
    library.canonicalize().map_err(|source| Failure::File { path: library, source })
}

fn prepare(program: &Path, state: Kept, layer: &Path) -> Result<Place, Failure> {
    let mut place = Place::new(program, state)?;
    place.variables.insert("LD_PRELOAD", layer.display().to_string());
    place.variables.insert("POWER_ROOT", place.data().display().to_string());
    place.variables.insert("POWER_KEPT", kept(&place).display().to_string());
    baseline(&place)?;
    Ok(place)
}

fn kept(place: &Place) -> PathBuf {
    place.root().join("kept")
}

/// Kills the writers at the same moment, as near as that goes, and cuts the power.
fn interrupt(place: &mut Place, tally: &mut Tally, random: &mut Pcg64, chance: Option<Pcg64>) -> Result<(), Failure> {
    let mut lives = vec![Duration::ZERO; WRITERS as usize];
    lives[0] = Duration::from_millis(random.random_range(100..1_500));
    kill(place, &mut lives, tally)?;
    cut(place, chance)
}

/// Lies until the reader finds it out.
fn found_out(program: &Path, state: Kept, layer: &Path, lie: &str, random: &mut Pcg64) -> Result<(), Failure> {
    let mut place = prepare(program, state, layer)?;
    let mut tally = Tally::default();
    // An honest beginning, so that there are tables and folders to lose something from.
    interrupt(&mut place, &mut tally, random, None)?;
    tally.count(&mut place, "before the lie")?;
    baseline(&place)?;
    place.variables.insert(LIE, lie.to_owned());
    for _ in 0..PATIENCE {
        interrupt(&mut place, &mut tally, random, None)?;
        let found = place.count()?;
        if let Some(first) = found.broken.first() {
            println!("syncs of the {lie} lied about: found out, as it must be: {first}");
            return Ok(());
        }
        baseline(&place)?;
    }
    Err(Failure::Promise(format!("syncs of the {lie} were lied about, and nothing was missed: this is no test")))
}

/// Takes what is on disk now as what survives: the state of a machine that has just started.
fn baseline(place: &Place) -> Result<(), Failure> {
    let kept = kept(place);
    let failed = |source| Failure::File { path: kept.clone(), source };
    if kept.exists() {
        fs::remove_dir_all(&kept).map_err(failed)?;
    }
    for folder in ["contents", "folders", "unlinked"] {
        fs::create_dir_all(kept.join(folder)).map_err(failed)?;
    }
    keep(&place.data(), &kept).map_err(failed)
}

fn keep(folder: &Path, kept: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        if about.is_dir() {
            keep(&entry.path(), kept)?;
        } else {
            fs::copy(entry.path(), kept.join("contents").join(about.ino().to_string()))?;
        }
    }
    fs::write(kept.join("folders").join(fs::metadata(folder)?.ino().to_string()), listing(folder)?)
}

/// Puts the data directory together from what survived.
fn cut(place: &Place, chance: Option<Pcg64>) -> Result<(), Failure> {
    let (data, after) = (place.data(), place.root().join("after"));
    let failed = |source| Failure::File { path: data.clone(), source };
    let kept = kept(place);
    let mut written = HashMap::new();
    paths(&data, &mut written).map_err(failed)?;
    paths(&kept.join("unlinked"), &mut written).map_err(failed)?;
    let inode = fs::metadata(&data).map_err(failed)?.ino();
    let mut survivors = Survivors { kept, written, chance };
    survivors.folder(inode, &after).map_err(failed)?;
    fs::remove_dir_all(&data).map_err(failed)?;
    fs::rename(&after, &data).map_err(failed)
}

/// The path of every inode below a folder.
fn paths(folder: &Path, found: &mut HashMap<u64, PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        if about.is_dir() {
            paths(&entry.path(), found)?;
        }
        found.entry(about.ino()).or_insert_with(|| entry.path());
    }
    Ok(())
}

struct Survivors {
    kept: PathBuf,
    written: HashMap<u64, PathBuf>,
    chance: Option<Pcg64>,
}

impl Survivors {
    /// Whether what was written without a sync has reached the disk nevertheless.
    fn lucky(&mut self) -> bool {
        self.chance.as_mut().is_some_and(|random| random.random())
    }

    fn folder(&mut self, inode: u64, to: &Path) -> std::io::Result<()> {
        fs::create_dir(to)?;
        let lines = match self.written.get(&inode).cloned() {
            Some(path) if self.lucky() => listing(&path)?,
            _ => text(&self.kept.join("folders").join(inode.to_string()))?,
        };
        for line in lines.lines() {
            let mut words = line.splitn(3, ' ');
            let (Some(kind), Some(Ok(inode)), Some(name)) = (words.next(), words.next().map(str::parse), words.next())
            else {
                continue;
            };
            if kind == "d" { self.folder(inode, &to.join(name))? } else { self.file(inode, &to.join(name))? }
        }
        Ok(())
    }

    fn file(&mut self, inode: u64, to: &Path) -> std::io::Result<()> {
        let synced = self.kept.join("contents").join(inode.to_string());
        match self.written.get(&inode).cloned() {
            Some(path) if self.lucky() => fs::copy(path, to).map(drop),
            _ if synced.exists() => fs::copy(synced, to).map(drop),
            // Its name was synced and its content never.
            _ => fs::write(to, ""),
        }
    }
}

/// The entries of a folder, as the layer keeps them.
fn listing(folder: &Path) -> std::io::Result<String> {
    let mut lines = String::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        let kind = if about.is_dir() { 'd' } else { 'f' };
        lines.push_str(&format!("{kind} {} {}\n", about.ino(), entry.file_name().to_string_lossy()));
    }
    Ok(lines)
}

/// A folder that was never synced is empty.
fn text(path: &Path) -> std::io::Result<String> {
    if path.exists() { fs::read_to_string(path) } else { Ok(String::new()) }
}
