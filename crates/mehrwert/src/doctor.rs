//! `mehrwert doctor`: whether everything that must hold does, and how healthy the data are.
//!
//! Invariants are what this program promises; one that is broken is a defect or a damaged disk, and the exit code says so.
//! The health score is about the data: what is missing or does not fit together, with what to do about it.

use std::collections::HashSet;

use clap::Args;
use mehrwert_facts::lake::{Broken, Checked};
use mehrwert_insight::health::{Health, health};
use mehrwert_insight::ledger::{Disagreement, disagreements};
use mehrwert_state::MapFaults;

use crate::Failure;
use crate::cli::Format;
use crate::data::{Absent, Data};
use crate::question::{Moment, QuestionArguments};
use crate::{show, terminal};

/// The words of the command.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    #[command(flatten)]
    pub question: QuestionArguments,
}

/// Something that must hold does not.
#[derive(Debug, thiserror::Error)]
#[error("{0} of the invariants do not hold; restore a backup, or report this as a defect")]
pub(crate) struct BrokenError(usize);

/// What was looked at and found.
#[derive(Debug)]
pub(crate) struct Examination {
    /// The generation looked at.
    pub generation: i64,
    /// The files of the lake.
    pub checked: Checked,
    /// Where ledger and facts disagree.
    pub disagreements: Vec<Disagreement>,
    /// Faults of the alias map.
    pub map: MapFaults,
    /// Files in the lake's folder that nothing lists.
    pub orphans: Vec<String>,
    /// Aliases of erased persons that still stand in facts.
    pub pending_erasures: u64,
    /// Events that wait to be sealed.
    pub waiting: u64,
    /// The data's health.
    pub health: Health,
}

impl Examination {
    /// How many invariants are broken.
    pub fn broken(&self) -> usize {
        self.checked.broken.len() + self.disagreements.len() + usize::from(!self.map.is_none())
    }
}

pub(crate) fn run(arguments: &DoctorArguments) -> Result<(), Failure> {
    let question = &arguments.question;
    let (found, moment) = question.data.work(Absent::Refuse, async |data: &mut Data| {
        let found = of_state(data).await?;
        Ok((found, Moment::take(data, question.as_of).await?))
    })?;
    let examination = examine(found, &moment, arguments)?;
    let style = terminal::style(question.lang);
    match question.format {
        Format::Table => terminal::print(|out| out.write_all(show::doctor::table(&examination, &style).as_bytes()))?,
        Format::Json => terminal::print(|out| out.write_all(show::doctor::json(&examination).as_bytes()))?,
        Format::Csv => terminal::print(|out| show::doctor::csv(&examination, style.language, out))?,
    }
    match examination.broken() {
        0 => Ok(()),
        broken => Err(Failure::work(BrokenError(broken))),
    }
}

/// What the state tells.
struct OfState {
    map: MapFaults,
    listed: HashSet<String>,
    pending_erasures: u64,
    waiting: u64,
}

async fn of_state(data: &Data) -> Result<OfState, Failure> {
    let state = &data.state;
    Ok(OfState {
        map: state.map_faults().await.map_err(Failure::work)?,
        listed: state.listed_files().await.map_err(Failure::work)?.into_iter().collect(),
        pending_erasures: state.pending_erasures().await.map_err(Failure::work)?.len() as u64,
        waiting: state.inbox_count().await.map_err(Failure::work)?,
    })
}

fn examine(found: OfState, moment: &Moment, arguments: &DoctorArguments) -> Result<Examination, Failure> {
    let checked = moment.lake.check(&moment.snapshot);
    let orphans = moment.lake.orphans(&found.listed).map_err(Failure::work)?;
    // A file that cannot be read would end every question; what it is, is told already.
    let can_be_asked =
        checked.broken.iter().all(|broken| matches!(broken, Broken::Doubled { .. } | Broken::Rows { .. }));
    let (disagreements, health) = if can_be_asked {
        let (engine, _) = moment.engine(arguments.question.currency)?;
        (disagreements(&engine).map_err(Failure::work)?, health(&engine).map_err(Failure::work)?)
    } else {
        (Vec::new(), Health { parts: Vec::new() })
    };
    Ok(Examination {
        generation: moment.snapshot.generation,
        checked,
        disagreements,
        map: found.map,
        orphans: orphans.iter().map(|path| path.display().to_string()).collect(),
        pending_erasures: found.pending_erasures,
        waiting: found.waiting,
        health,
    })
}
