//! New rows beside those that are there: what is new, what changes, and examples of what is said differently now.

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::{concat_batches, filter_record_batch};
use mehrwert_core::FileId;
use mehrwert_state::{FactFile, Snapshot};
use std::collections::{BTreeMap, HashSet};

use super::keys::Keys;
use super::read::read_file;
use super::units::{Judged, NewRows, There};
use super::{Lake, LakeError, LookUp, Restated};
use crate::tables::{FactTable, Unit};

/// So many units of each table are shown as they were and as they are.
const EXAMPLES: usize = 10;

/// The new rows of a table, judged by what is there.
pub(super) struct Weighed<'a> {
    pub table: FactTable,
    pub rows: &'a NewRows,
    pub files: Vec<&'a FactFile>,
    pub there: There,
    pub judged: Judged,
}

impl Lake {
    pub(super) fn weigh<'a>(
        &self,
        tables: &'a [(FactTable, NewRows)],
        snapshot: &'a Snapshot,
        look_up: LookUp,
    ) -> Result<Vec<Weighed<'a>>, LakeError> {
        let weigh = |(table, rows): &'a (FactTable, NewRows)| {
            let files: Vec<&FactFile> = snapshot.files.iter().filter(|file| file.fact == table.name()).collect();
            let there = if look_up.covers(*table) { self.look_up(*table, rows, &files)? } else { There::default() };
            let judged = rows.judge(&there);
            Ok(Weighed { table: *table, rows, files, there, judged })
        };
        tables.iter().map(weigh).collect()
    }

    /// Some of the changed units, in the order of their ids.
    pub(super) fn examples(&self, weighed: &[Weighed<'_>]) -> Result<Vec<Restated>, LakeError> {
        let mut examples = Vec::new();
        for one in weighed {
            let mut units: Vec<Unit> = one.judged.replaced.iter().copied().collect();
            units.sort_unstable();
            units.retain(|unit| one.rows.holds(unit));
            units.truncate(EXAMPLES);
            let before = self.rows_of(one, &units)?;
            for (unit, before) in before {
                let error = |source| LakeError::Rows { operation: "compare", table: one.table.name(), source };
                let after = one.rows.rows_of(&unit)?;
                let before = concat_batches(&one.table.schema(), &before).map_err(error)?;
                examples.push(Restated { table: one.table, before, after });
            }
        }
        Ok(examples)
    }

    /// The rows that are there of some units.
    fn rows_of(&self, one: &Weighed<'_>, units: &[Unit]) -> Result<BTreeMap<Unit, Vec<RecordBatch>>, LakeError> {
        let error = |source| LakeError::Rows { operation: "compare", table: one.table.name(), source };
        let files = units.iter().filter_map(|unit| one.there.units.get(unit)).flat_map(|there| there.files.iter());
        let files: HashSet<FileId> = files.copied().collect();
        let mut found: BTreeMap<Unit, Vec<RecordBatch>> = BTreeMap::new();
        for file in one.files.iter().filter(|file| files.contains(&file.id)) {
            read_file(&self.path(file), None, |batch| {
                let keys = Keys::of(one.table, &batch).map_err(error)?;
                let here: HashSet<Unit> = (0..batch.num_rows()).map(|row| keys.unit(row)).collect();
                for unit in units.iter().filter(|unit| here.contains(*unit)) {
                    let is_of: BooleanArray = (0..batch.num_rows()).map(|row| Some(keys.unit(row) == *unit)).collect();
                    found.entry(*unit).or_default().push(filter_record_batch(&batch, &is_of).map_err(error)?);
                }
                Ok(())
            })?;
        }
        Ok(found)
    }
}
