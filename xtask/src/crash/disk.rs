//! A disk that fills up under the writer and is freed again: what is refused is refused, what was acknowledged stays, and
//! the same process goes on as soon as there is room.

use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use super::place::Place;
use super::{Arguments, Tally};
use crate::run::{self, Failure};

/// The size of the disk.
const SIZE: &str = "size=48m";

/// A file system in memory, taken away at the end.
struct Disk(PathBuf);

impl Disk {
    fn mount(at: &Path) -> Result<Disk, Failure> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "mehrwert-crash"]).arg(at);
        run::run(&mut mount)
            .map_err(|error| Failure::Promise(format!("{error}: --full-disk mounts a small disk and needs root")))?;
        Ok(Disk(at.to_owned()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        drop(run::run(Command::new("umount").arg(&self.0)));
    }
}

/// Fills and frees the disk as often as there are runs.
pub fn run(program: &Path, arguments: &Arguments) -> Result<(), Failure> {
    let mut place = Place::new(program, arguments.state)?;
    let data = place.data();
    // After the place, so that it is taken away before the place's folder is.
    let _disk = Disk::mount(&data)?;
    let mut tally = Tally::default();
    let mut slowest = Duration::ZERO;
    for run in 0..arguments.runs {
        let mut writer = place.start(0)?;
        writer.wait_for("acknowledged something", |said| said.acknowledged() > 200)?;
        let ballast = fill(&data)?;
        let before = writer.said.refused();
        writer.wait_for("was refused something on a full disk", |said| said.refused() > before + 5)?;
        thread::sleep(Duration::from_millis(500));
        std::fs::remove_file(&ballast).map_err(|source| Failure::File { path: ballast, source })?;
        let stood = writer.said.acknowledged();
        slowest = slowest.max(writer.wait_for("goes on", |said| said.acknowledged() > stood + 200)?);
        // Once more, and now it ends while the disk is full.
        let ballast = fill(&data)?;
        thread::sleep(Duration::from_millis(300));
        writer.kill()?;
        place.hear(writer)?;
        tally.interruptions += 2;
        tally.count(&mut place, &format!("run {run}"))?;
        std::fs::remove_file(&ballast).map_err(|source| Failure::File { path: ballast, source })?;
    }
    tally.print("disk full");
    println!("after room was made the same process acknowledged again within {:.2} s", slowest.as_secs_f64());
    tally.enough()
}

/// Writes until nothing fits any more.
fn fill(data: &Path) -> Result<PathBuf, Failure> {
    let path = data.join("ballast");
    let failed = |source| Failure::File { path: path.clone(), source };
    let mut file = File::create(&path).map_err(failed)?;
    let block = vec![1_u8; 4096];
    loop {
        match file.write_all(&block) {
            Ok(()) => {}
            Err(full) if full.kind() == ErrorKind::StorageFull => return Ok(path),
            Err(source) => return Err(failed(source)),
        }
    }
}
