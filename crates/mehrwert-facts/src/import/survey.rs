//! The first pass over a file: what is in it, before anything is made of it.
//!
//! Each thread reads pieces of the file; [`Survey::gather`] then puts them together in their order. It tells who is named
//! (each distinct combination of names once), which unit each fact belongs to and how many came before it there, which
//! rows repeat an earlier one of their order, the latest time that the file holds, and what is to be set aside. The second
//! pass ([`super::draft`]) reads the same rows again and, knowing all this, makes the rows of the tables: two passes over
//! the text take less time and memory than one that keeps everything it has read.

use std::collections::{BTreeMap, HashSet};
use std::hash::BuildHasherDefault;

use jiff::Timestamp;
use mehrwert_core::{Amount, Currency};

use super::context::Context;
use super::costs::is_period;
use super::entry::{Entry, Fact};
use super::translate::{Gate, gate, has_orders, translate};
use crate::lake::units::{ByUnit, UnitHasher};
use crate::orders::chunk::{ChunkProgress, PROGRESS_ROWS};
use crate::orders::formats::{Memory, RowView};
use crate::orders::log::AsItIs;
use crate::orders::names::{Interner, NO_NAME, NameColumn};
use crate::orders::plan::{Plan, Reading};
use crate::orders::rows::{Record, RecordSource, RowError};
use crate::orders::{Names, ReadError, Role, SetAside};
use crate::tables::Unit;

/// Hashes of rows that were there.
type Hashes = HashSet<u128, BuildHasherDefault<AsItIs>>;

/// Stands for the number of an entry whose row repeats an earlier one.
pub(crate) const REPEATED: u32 = u32::MAX;

/// What is known of a file after the first pass.
#[derive(Default)]
pub(crate) struct Survey {
    pub rows_read: u64,
    pub amount_read: Amount,
    pub set_aside: Vec<SetAside>,
    /// The names of people: each combination once.
    pub people: Names,
    /// Of each piece of the file, by entry: which people, and how many of its unit came before.
    pub pieces: Vec<Vec<Numbered>>,
    pub latest: Option<Timestamp>,
    pub currencies: BTreeMap<Currency, u64>,
    pub rows_without_currency: u64,
    pub rows_without_person: u64,
    /// Rows of costs that run over several days.
    pub periods: u64,
    pub rounded_rows: u64,
    pub without_rate: u64,
    /// Whether the file had to be read in one piece.
    pub whole: bool,
    /// The weights of orders whose lines share what the order states, in their order.
    pub shares: Vec<Amount>,
}

/// One entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbered {
    /// Who, by number in [`Survey::people`], or [`NO_NAME`].
    pub who: u32,
    /// How many of its unit came before, or [`REPEATED`].
    pub number: u32,
}

/// What a piece of the file gave.
#[derive(Default)]
pub(crate) struct Piece {
    units: Vec<Unit>,
    entries: Vec<u8>,
    hashes: Vec<u128>,
    people: NameColumn,
    pub ended_inside_row: bool,
    rows_passed: u64,
    sums: Survey,
}

/// Surveys all rows of a source.
pub(crate) fn survey<'t>(
    source: &mut dyn RecordSource<'t>,
    reading: &Reading,
    context: &Context<'_>,
    progress: &ChunkProgress<'_>,
) -> Result<Piece, RowError> {
    let mut piece = Piece::default();
    let mut record = Record::default();
    let mut memory = Memory::default();
    let (mut told, mut scratch, mut key) = (0, Vec::new(), Vec::new());
    while source.read(&mut record)? {
        match gate(&record, reading) {
            Gate::Blank => continue,
            Gate::Closed(reject) => {
                piece.sums.rows_read += 1;
                let (reason, column) = (reject.reason, reject.column);
                piece.sums.set_aside.push(SetAside { file: 0, row: record.row, column, reason, amount: None });
                continue;
            }
            Gate::Open => piece.take(&record, reading, context, &mut memory, (&mut scratch, &mut key)),
        }
        if piece.sums.rows_read.is_multiple_of(PROGRESS_ROWS) {
            progress.tell(&mut told, progress.bytes.saturating_sub(source.remaining().len() as u64));
        }
    }
    progress.tell(&mut told, progress.bytes);
    piece.rows_passed = source.rows_passed();
    piece.ended_inside_row = source.ended_inside_row();
    piece.sums.without_rate = context.without_rate.get();
    piece.sums.shares = std::mem::take(&mut context.spread.borrow_mut().sums);
    Ok(piece)
}

impl Piece {
    fn take(
        &mut self,
        record: &Record<'_>,
        reading: &Reading,
        context: &Context<'_>,
        memory: &mut Memory,
        (scratch, key): (&mut Vec<u8>, &mut Vec<u8>),
    ) {
        let sums = &mut self.sums;
        sums.rows_read += 1;
        let row = RowView::new(record, reading);
        let mut entries = Vec::new();
        let (given, judged) = translate(&row, context, memory, &mut entries);
        sums.amount_read += given.unwrap_or_default();
        if let Err(reject) = judged {
            let (reason, column) = (reject.reason, reject.column);
            sums.set_aside.push(SetAside { file: 0, row: record.row, column, reason, amount: given });
            return;
        }
        sums.rounded_rows += u64::from(row.rounded.get());
        match row.currency.get() {
            Some(Some(currency)) => *sums.currencies.entry(currency).or_default() += 1,
            Some(None) => sums.rows_without_currency += 1,
            None => {}
        }
        if has_orders(context.kind) {
            let has_order = !row.text(Role::Order).is_empty();
            // Two equal lines of one order are two where the order's rows stand together.
            let seed = reading.identity_seed ^ memory.first_row ^ context.spread.borrow().ordinal;
            self.hashes.push(if has_order { record.hash(seed, scratch) } else { 0 });
        }
        self.entries.push(entries.len() as u8);
        for (index, entry) in entries.iter().enumerate() {
            self.sums.note(entry);
            self.units.push(entry.unit);
            entry.who.write_key(key);
            self.sums.rows_without_person += u64::from(index == 0 && key.is_empty());
            self.people.push(key);
        }
    }
}

impl Survey {
    fn note(&mut self, entry: &Entry<'_>) {
        self.latest = self.latest.max(Some(entry.at));
        if let Fact::Cost(cost) = &entry.fact {
            self.periods += u64::from(is_period(cost));
        }
    }

    /// Puts the pieces together.
    pub fn gather(plan: &Plan<'_>, pieces: Vec<Piece>) -> Result<Survey, ReadError> {
        let mut whole = Survey::default();
        let mut people = Interner::default();
        let mut numbers: ByUnit<u32> = ByUnit::with_hasher(BuildHasherDefault::<UnitHasher>::default());
        let mut seen = Hashes::default();
        let mut rows_before = plan.rows_before;
        for piece in pieces {
            if rows_before + piece.rows_passed > u64::from(u32::MAX) {
                return Err(ReadError::TooManyRows { path: plan.report.path.clone() });
            }
            let (ids, names) = piece.people.finish();
            let renumbered = people.merge(names);
            whole.pieces.push(number(
                &piece.units,
                &piece.entries,
                &piece.hashes,
                &ids,
                &renumbered,
                &mut numbers,
                &mut seen,
            ));
            whole.add(piece.sums, rows_before);
            rows_before += piece.rows_passed;
        }
        whole.people = people.into_names();
        Ok(whole)
    }

    fn add(&mut self, sums: Survey, rows_before: u64) {
        self.rows_read += sums.rows_read;
        self.amount_read += sums.amount_read;
        let moved = sums.set_aside.into_iter().map(|one| SetAside { row: one.row + rows_before, ..one });
        self.set_aside.extend(moved);
        self.latest = self.latest.max(sums.latest);
        for (currency, rows) in sums.currencies {
            *self.currencies.entry(currency).or_default() += rows;
        }
        self.rows_without_currency += sums.rows_without_currency;
        self.rows_without_person += sums.rows_without_person;
        self.periods += sums.periods;
        self.rounded_rows += sums.rounded_rows;
        self.without_rate += sums.without_rate;
        // Only files that are read in one piece have them.
        self.shares.extend(sums.shares);
    }
}

/// Numbers the entries of a piece within their units; those of a row that repeats an earlier one have no number.
fn number(
    units: &[Unit],
    entries: &[u8],
    hashes: &[u128],
    who: &[u32],
    people: &[u32],
    numbers: &mut ByUnit<u32>,
    seen: &mut Hashes,
) -> Vec<Numbered> {
    let mut numbered = Vec::with_capacity(units.len());
    let mut next = 0;
    for (row, count) in entries.iter().enumerate() {
        let hash = hashes.get(row).copied().unwrap_or(0);
        let is_repeated = hash != 0 && !seen.insert(hash);
        for entry in next..next + usize::from(*count) {
            let number = if is_repeated {
                REPEATED
            } else {
                let number = numbers.entry(units[entry]).or_default();
                *number += 1;
                *number - 1
            };
            let who = who[entry];
            numbered.push(Numbered { who: if who == NO_NAME { NO_NAME } else { people[who as usize] }, number });
        }
        next += usize::from(*count);
    }
    numbered
}
