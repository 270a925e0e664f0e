//! The second pass over a file: the rows of the tables, now that it is known who did what.

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use mehrwert_core::{AliasId, Amount};

use super::context::Context;
use super::entry::{Common, Fact, StateRows};
use super::survey::{Numbered, REPEATED};
use super::translate::{Gate, gate, translate};
use crate::orders::chunk::{ChunkProgress, PROGRESS_ROWS};
use crate::orders::formats::{Memory, RowView};
use crate::orders::names::NO_NAME;
use crate::orders::plan::Reading;
use crate::orders::rows::{Record, RecordSource, RowError};
use crate::orders::{SetAside, SetAsideReason};
use crate::tables::{FactRows, FactTable};

/// Who stands behind the names of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// Facts stand under this alias.
    Alias(AliasId),
    /// Nobody whom a name could be made of.
    Nobody,
    /// Someone who was erased.
    Erased,
}

/// What a piece of the file came to.
#[derive(Default)]
pub(crate) struct Draft {
    pub rows: Vec<(FactTable, RecordBatch)>,
    pub state: StateRows,
    pub set_aside: Vec<SetAside>,
    pub rows_used: u64,
    pub amount_used: Amount,
    pub rows_passed: u64,
}

/// Why a piece cannot be drafted.
#[derive(Debug)]
pub(crate) enum DraftError {
    Row(RowError),
    Arrow(ArrowError),
}

impl From<RowError> for DraftError {
    fn from(error: RowError) -> DraftError {
        DraftError::Row(error)
    }
}

/// Drafts all rows of a source. `entries` are those of the survey, `known` is who the people are.
pub(crate) fn draft<'t>(
    source: &mut dyn RecordSource<'t>,
    reading: &Reading,
    context: &Context<'_>,
    common: &Common<'_>,
    entries: &[Numbered],
    known: &[Known],
    progress: &ChunkProgress<'_>,
) -> Result<Draft, DraftError> {
    let mut draft = Draft::default();
    let mut facts = FactRows::default();
    let mut record = Record::default();
    let mut memory = Memory::default();
    let mut numbered = entries.iter();
    let (mut told, mut read) = (0, 0_u64);
    while source.read(&mut record)? {
        let Gate::Open = gate(&record, reading) else { continue };
        read += 1;
        if read.is_multiple_of(PROGRESS_ROWS) {
            progress.tell(&mut told, progress.bytes.saturating_sub(source.remaining().len() as u64));
        }
        let row = RowView::new(&record, reading);
        let mut out = Vec::new();
        let (given, judged) = translate(&row, context, &mut memory, &mut out);
        if judged.is_err() {
            continue;
        }
        let given = given.unwrap_or_default();
        let mut aside = None;
        for entry in out {
            // As many entries as the first pass saw: it read the same rows.
            let Some(number) = numbered.next() else { break };
            let who = if number.who == NO_NAME { Known::Nobody } else { known[number.who as usize] };
            let who = match who {
                _ if number.number == REPEATED => {
                    aside = Some(SetAsideReason::Duplicate);
                    continue;
                }
                Known::Erased => {
                    aside = Some(SetAsideReason::Erased);
                    continue;
                }
                Known::Alias(alias) => Some(alias),
                Known::Nobody => None,
            };
            match entry.fact {
                Fact::Product(product) => draft.state.products.push(*product),
                Fact::Rate(rate) => draft.state.rates.push(rate),
                Fact::Person(person) => {
                    let at = row.word(crate::orders::Role::Date).map(|_| entry.at);
                    draft.state.people.push((number.who, at, *person));
                }
                _ => entry.push(who, number.number, common, &mut facts),
            }
        }
        match aside {
            None => {
                draft.rows_used += 1;
                draft.amount_used += given;
            }
            Some(reason) => {
                let amount = Some(given);
                draft.set_aside.push(SetAside { file: 0, row: record.row, column: None, reason, amount });
            }
        }
    }
    progress.tell(&mut told, progress.bytes);
    draft.rows_passed = source.rows_passed();
    draft.rows = facts.finish().map_err(DraftError::Arrow)?;
    Ok(draft)
}
