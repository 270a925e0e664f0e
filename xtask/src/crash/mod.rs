//! What becomes of acknowledged data when everything goes wrong.
//!
//! A writer ([`writer`]) works on a data directory and says what was acknowledged. It is killed at random moments, the
//! power is cut ([`power`]), its disk fills up ([`disk`]), its database restarts ([`postgres`]). After each a reader that
//! shares no code with us ([`reader`]) counts: every acknowledged event is there once, none twice; every order is there as it
//! was last acknowledged or in newer words, never as a mixture; every file of the catalogue is whole.

mod disk;
mod place;
mod postgres;
mod power;
mod reader;
mod writer;

use std::time::Duration;

use clap::ValueEnum;
use rand::{RngExt as _, SeedableRng as _};
use rand_pcg::Pcg64;

use crate::run::Failure;
use place::Place;
use writer::Writer;

/// Processes that write to one data directory.
const WRITERS: u64 = 2;

/// Which database holds the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kept {
    /// The file in the data directory.
    Sqlite,
    /// A PostgreSQL server of the command's own.
    Postgres,
}

/// What goes wrong, and how often.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// How often.
    #[arg(long, default_value_t = 100)]
    pub runs: u32,
    /// Where the state is kept. With PostgreSQL its server is restarted under the writer too.
    #[arg(long, value_enum, default_value = "sqlite")]
    pub state: Kept,
    /// Cuts the power instead of only killing: what was not synced is lost. Proves too that the test fails without syncing.
    #[arg(long)]
    pub power: bool,
    /// Fills the disk under the writer and frees it again. Needs root, for a small file system in memory.
    #[arg(long, conflicts_with = "power")]
    pub full_disk: bool,
    /// What the random moments are drawn from.
    #[arg(long, default_value_t = 4)]
    pub seed: u64,
}

/// Runs what was asked for and prints what came of it.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let program = writer::build()?;
    let mut random = Pcg64::seed_from_u64(arguments.seed);
    println!("{}", Tally::HEADER);
    if arguments.full_disk {
        return disk::run(&program, arguments);
    }
    if arguments.power {
        return power::run(&program, arguments, &mut random);
    }
    let mut place = Place::new(&program, arguments.state)?;
    let mut tally = Tally::default();
    for run in 0..arguments.runs {
        let mut lives = (0..WRITERS).map(|_| Duration::from_millis(random.random_range(20..900))).collect();
        kill(&mut place, &mut lives, &mut tally)?;
        tally.count(&mut place, &format!("run {run}"))?;
    }
    tally.print("killed");
    if arguments.state == Kept::Postgres {
        postgres::restarts(&mut place, (arguments.runs / 10).max(3), &mut random)?;
    }
    tally.enough()
}

/// A short run for the whole suite: kills, cuts of power, and the proof that those are a test.
pub fn short() -> Result<(), Failure> {
    let arguments = Arguments { runs: 15, state: Kept::Sqlite, power: false, full_disk: false, seed: 4 };
    run(&arguments)?;
    run(&Arguments { runs: 4, power: true, ..arguments })
}

/// Starts the writers and kills each after its life.
fn kill(place: &mut Place, lives: &mut Vec<Duration>, tally: &mut Tally) -> Result<(), Failure> {
    let mut writers = (0..WRITERS).map(|number| place.start(number)).collect::<Result<Vec<Writer>, Failure>>()?;
    for (writer, life) in writers.iter_mut().zip(lives.drain(..)) {
        std::thread::sleep(life);
        writer.kill()?;
        tally.interruptions += 1;
    }
    writers.into_iter().try_for_each(|writer| place.hear(writer))
}

/// What came of the interruptions so far.
#[derive(Debug, Default)]
struct Tally {
    interruptions: u32,
    /// Files that a writer had on disk and not yet in the catalogue when it was interrupted, over all interruptions.
    between: u64,
    last: reader::Found,
}

impl Tally {
    const HEADER: &str = "what happened                times  acknowledged  statements  in files  in inbox   lost  twice  \
        caught between file and catalogue";

    /// Lets the reader count; a promise that does not hold ends the command, and the folder is left for a look.
    fn count(&mut self, place: &mut Place, when: &str) -> Result<(), Failure> {
        let found = place.count()?;
        if !found.broken.is_empty() {
            let folder = place.leave();
            let broken = found.broken.join("\n  ");
            return Err(Failure::Promise(format!("{when}: promises do not hold (see {folder}):\n  {broken}")));
        }
        self.between += found.orphans.saturating_sub(self.last.orphans);
        self.last = found;
        Ok(())
    }

    fn print(&self, what: &str) {
        let last = &self.last;
        println!(
            "{what:<27} {:>6} {:>13} {:>11} {:>9} {:>9} {:>6} {:>6}  {}",
            self.interruptions,
            last.acknowledged,
            last.statements,
            last.sealed,
            last.events - last.sealed,
            last.lost,
            last.twice,
            self.between,
        );
    }

    /// A run in which nothing happened proves nothing.
    fn enough(&self) -> Result<(), Failure> {
        let last = &self.last;
        if last.acknowledged < 10 * u64::from(self.interruptions) || last.sealed == 0 || last.statements == 0 {
            return Err(Failure::Promise(format!("too little happened to prove anything: {last:?}")));
        }
        Ok(())
    }
}
