//! What is said twice: within the new rows, and among those that are there.
//!
//! Statements of one unit are told apart by (version, digest): the greater holds, equal digests say the same. Orders have
//! one rule more, for what browsers report: a report is about the order that it names, by whichever of its numbers, and is
//! left alone or replaced as soon as the shop's own system speaks of that order (docs/decisions/0008-lake.md).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::sync::OnceLock;

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::error::ArrowError;
use mehrwert_core::FileId;
use rayon::prelude::*;

use super::keys::{Keys, Name};
use super::{Counted, LakeError, Reading};
use crate::tables::{Authority, FactTable, Unit, Version};

/// A map by unit: a unit is a hash already.
pub(crate) type ByUnit<T> = HashMap<Unit, T, BuildHasherDefault<UnitHasher>>;

/// Takes the last eight bytes that it is given.
#[derive(Debug, Default)]
pub(crate) struct UnitHasher(u64);

impl Hasher for UnitHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks_exact(4) {
            let word = u32::from_le_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
            self.0 = self.0.rotate_left(32) ^ u64::from(word);
        }
    }

    fn write_usize(&mut self, _length: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What a unit says: how new it is, and a hash of all its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Statement {
    pub version: i64,
    pub digest: u64,
}

impl Statement {
    fn is_report(self) -> bool {
        Version::authority_of(self.version) == Authority::Report
    }
}

/// One unit of the new rows.
#[derive(Debug)]
struct NewUnit {
    unit: Unit,
    statement: Statement,
    /// Its rows, as places in [`NewRows::rows`].
    rows: Range<usize>,
}

/// New rows of one table, each unit in one version.
#[derive(Debug)]
pub(super) struct NewRows {
    table: FactTable,
    batch: RecordBatch,
    /// Rows of the batch, by unit and version.
    rows: Vec<u32>,
    units: Vec<NewUnit>,
    /// The units by their place in `units`; made when something is there to compare with.
    places: OnceLock<ByUnit<u32>>,
    /// The names of orders that are reports.
    report_names: HashSet<Name>,
    /// The names of orders that are records; made when a report asks for them.
    record_names: OnceLock<HashSet<Name>>,
}

/// Orders that are there, by their names.
#[derive(Debug, Default)]
pub(super) struct Names {
    reports: HashMap<Name, Vec<Unit>>,
    records: HashSet<Name>,
}

/// A unit that is there.
#[derive(Debug, Default)]
pub(super) struct ThereUnit {
    pub version: i64,
    pub digest: u64,
    /// The files that hold rows of it.
    pub files: Vec<FileId>,
}

/// What is there of the units asked for.
#[derive(Debug, Default)]
pub(super) struct There {
    pub units: ByUnit<ThereUnit>,
    pub names: Names,
}

impl There {
    /// Notes a row that is there.
    pub fn note(&mut self, unit: Unit, statement: Statement, file: FileId) {
        let there = self.units.entry(unit).or_default();
        there.version = statement.version;
        there.digest = there.digest.wrapping_add(statement.digest);
        if there.files.last() != Some(&file) {
            there.files.push(file);
        }
    }

    fn statement(&self, unit: &Unit) -> Option<Statement> {
        self.units.get(unit).map(|there| Statement { version: there.version, digest: there.digest })
    }
}

impl Names {
    pub fn note(&mut self, unit: Unit, version: i64, names: &[Name]) {
        match Version::authority_of(version) {
            Authority::Report => {
                for name in names {
                    let units = self.reports.entry(*name).or_default();
                    if units.last() != Some(&unit) {
                        units.push(unit);
                    }
                }
            }
            Authority::Record => self.records.extend(names),
        }
    }
}

/// What is to be done with new rows.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub counted: Counted,
    /// Units to be written, as places in [`NewRows::units`].
    keep: Vec<usize>,
    /// Units that are there and go.
    pub replaced: HashSet<Unit>,
}

/// The rows of each table, every unit in its newest version.
pub(super) fn by_table(readings: Vec<Reading>) -> Result<Vec<(FactTable, NewRows)>, LakeError> {
    let mut tables: BTreeMap<FactTable, (Vec<RecordBatch>, Vec<u32>)> = BTreeMap::new();
    for reading in readings {
        let mut seen = HashSet::new();
        for (table, batch) in reading {
            let (batches, starts) = tables.entry(table).or_default();
            if seen.insert(table) {
                // Arrow's own row numbers have 32 bits.
                starts.push(batches.iter().map(RecordBatch::num_rows).sum::<usize>() as u32);
            }
            batches.push(batch);
        }
    }
    let joined = |(table, (batches, starts)): (FactTable, (Vec<RecordBatch>, Vec<u32>))| {
        let error = |source| LakeError::Rows { operation: "join", table: table.name(), source };
        let batch = concat_batches(&table.schema(), &batches).map_err(error)?;
        Ok((table, NewRows::of(table, batch, &starts).map_err(error)?))
    };
    tables.into_iter().map(joined).collect()
}

impl NewRows {
    /// Rows of several readings, of which each begins at one of the `starts`.
    fn of(table: FactTable, batch: RecordBatch, starts: &[u32]) -> Result<NewRows, ArrowError> {
        let keys = Keys::of(table, &batch)?;
        let reading = |row: u32| starts.partition_point(|start| *start <= row);
        let statement = |row: u32| (keys.unit(row as usize), keys.versions[row as usize], reading(row));
        let said = |row: u32| {
            let place = row as usize;
            (keys.versions[place], reading(row), keys.id(place), keys.digests[place])
        };
        // Arrow's own row numbers have 32 bits. The units stand beside them, so that sorting seldom visits the columns.
        let mut sorted: Vec<(Unit, u32)> =
            (0..batch.num_rows()).into_par_iter().map(|row| (keys.unit(row), row as u32)).collect();
        sorted.par_sort_unstable_by(|one, other| one.0.cmp(&other.0).then_with(|| said(one.1).cmp(&said(other.1))));
        // The same row said twice in one statement is one.
        sorted.dedup_by(|one, other| one.0 == other.0 && said(one.1) == said(other.1));
        let rows: Vec<u32> = sorted.into_iter().map(|(_, row)| row).collect();
        let units = newest(&keys, &rows, statement);
        let mut report_names = HashSet::new();
        for one in &units {
            if one.statement.is_report() {
                report_names.extend(rows[one.rows.clone()].iter().flat_map(|row| keys.names(*row as usize)));
            }
        }
        Ok(NewRows { table, batch, rows, units, places: OnceLock::new(), report_names, record_names: OnceLock::new() })
    }

    /// Whether names have to be compared with those of a row that is there.
    pub fn compares_names(&self, version: i64) -> bool {
        let is_report = Version::authority_of(version) == Authority::Report;
        self.table == FactTable::Orders && (is_report || !self.report_names.is_empty())
    }

    /// Whether a row that is there has to do with any of these: it is of one of the units, or a report and a record that
    /// share a name.
    pub fn concerns(&self, unit: Unit, version: i64, names: &[Name]) -> bool {
        let opposite = || match Version::authority_of(version) {
            Authority::Report => self.record_names(),
            Authority::Record => &self.report_names,
        };
        self.holds(&unit) || (!names.is_empty() && names.iter().any(|name| opposite().contains(name)))
    }

    /// Whether a unit is among these.
    pub fn holds(&self, unit: &Unit) -> bool {
        self.places().contains_key(unit)
    }

    fn places(&self) -> &ByUnit<u32> {
        self.places.get_or_init(|| {
            let mut places = ByUnit::with_capacity_and_hasher(self.units.len(), BuildHasherDefault::default());
            places.extend(self.units.iter().enumerate().map(|(place, one)| (one.unit, place as u32)));
            places
        })
    }

    /// The rows of a unit.
    pub fn rows_of(&self, unit: &Unit) -> Result<RecordBatch, LakeError> {
        let rows = self.places().get(unit).map(|place| self.units[*place as usize].rows.clone()).unwrap_or_default();
        let rows = UInt32Array::from(self.rows[rows].to_vec());
        let error = |source| LakeError::Rows { operation: "compare", table: self.table.name(), source };
        take_record_batch(&self.batch, &rows).map_err(error)
    }

    fn record_names(&self) -> &HashSet<Name> {
        self.record_names.get_or_init(|| {
            let records = self.units.iter().filter(|new| !new.statement.is_report());
            records.flat_map(|new| self.names_of(new)).collect()
        })
    }

    /// Judges every unit by what is there.
    pub fn judge(&self, there: &There) -> Judged {
        let mut judged = Judged::default();
        for (place, new) in self.units.iter().enumerate() {
            let is_report = new.statement.is_report();
            let has_record = |name: &Name| self.record_names().contains(name) || there.names.records.contains(name);
            if is_report && self.names_of(new).iter().any(has_record) {
                judged.counted.older += 1;
                continue;
            }
            let reports = if is_report { Vec::new() } else { there.names.reports_of(|| self.names_of(new)) };
            match there.statement(&new.unit) {
                Some(old) if old.digest == new.statement.digest && reports.is_empty() => {
                    judged.counted.unchanged += 1;
                    continue;
                }
                Some(old) if old > new.statement => {
                    judged.counted.older += 1;
                    judged.counted.tied += u64::from(old.version == new.statement.version);
                    continue;
                }
                Some(old) => {
                    judged.counted.changed += 1;
                    judged.counted.tied += u64::from(old.version == new.statement.version);
                    judged.replaced.insert(new.unit);
                }
                None if reports.is_empty() => judged.counted.new += 1,
                None => judged.counted.changed += 1,
            }
            judged.replaced.extend(reports);
            judged.keep.push(place);
        }
        judged
    }

    fn names_of(&self, new: &NewUnit) -> Vec<Name> {
        if self.table != FactTable::Orders {
            return Vec::new();
        }
        // The columns were read once already.
        let Ok(keys) = Keys::of(self.table, &self.batch) else { return Vec::new() };
        self.rows[new.rows.clone()].iter().flat_map(|row| keys.names(*row as usize)).collect()
    }

    /// The rows to be written.
    pub fn kept(&self, judged: &Judged) -> Result<RecordBatch, LakeError> {
        let ranges = judged.keep.iter().map(|place| self.units[*place].rows.clone());
        let mut rows: Vec<u32> = ranges.flat_map(|range| self.rows[range].iter().copied()).collect();
        if rows.len() == self.batch.num_rows() {
            return Ok(self.batch.clone());
        }
        rows.sort_unstable();
        let error = |source| LakeError::Rows { operation: "choose", table: self.table.name(), source };
        take_record_batch(&self.batch, &UInt32Array::from(rows)).map_err(error)
    }
}

impl Names {
    fn reports_of(&self, names: impl FnOnce() -> Vec<Name>) -> Vec<Unit> {
        if self.reports.is_empty() {
            return Vec::new();
        }
        names().iter().filter_map(|name| self.reports.get(name)).flatten().copied().collect()
    }
}

/// Of rows sorted by statement, the newest statement of every unit.
fn newest(keys: &Keys<'_>, rows: &[u32], statement_of: impl Fn(u32) -> (Unit, i64, usize)) -> Vec<NewUnit> {
    let mut units: Vec<NewUnit> = Vec::new();
    let mut start = 0;
    for said in rows.chunk_by(|one, other| statement_of(*one) == statement_of(*other)) {
        let (unit, version, _) = statement_of(said[0]);
        // A sum, so that the order of the rows does not matter.
        let digest = said.iter().fold(0_u64, |sum, row| sum.wrapping_add(keys.digests[*row as usize]));
        let new = NewUnit { unit, statement: Statement { version, digest }, rows: start..start + said.len() };
        start += said.len();
        match units.last_mut() {
            Some(last) if last.unit == unit => {
                if last.statement < new.statement {
                    *last = new;
                }
            }
            _ => units.push(new),
        }
    }
    units
}
