//! One thread's work: the rows of a chunk, judged one after the other.

use std::collections::BTreeMap;

use mehrwert_core::{Amount, Currency, Progress};

use super::formats::{Figures, Line, Memory, Reject, RowView};
use super::lines::{LineColumns, columns_of};
use super::names::NameColumn;
use super::plan::Reading;
use super::report::{AmountBasis, SetAside, SetAsideReason};
use super::rows::{Record, RecordSource, RowError};

/// After so many rows the progress is told.
pub(crate) const PROGRESS_ROWS: u64 = 1 << 15;

/// What a chunk gave. Rows count from its beginning; names have numbers of its own.
#[derive(Default)]
pub(crate) struct ChunkResult {
    pub lines: LineColumns,
    pub customers: NameColumn,
    pub orders: NameColumn,
    pub products: NameColumn,
    pub sources: NameColumn,
    pub attributes: Vec<NameColumn>,
    pub set_aside: Vec<SetAside>,
    /// Rows, blank ones not counted.
    pub rows_read: u64,
    /// Rows as a spreadsheet counts them.
    pub rows_passed: u64,
    /// The chunk was cut in the wrong place.
    pub ended_inside_row: bool,
    pub amount_read: Amount,
    /// Used rows by the currency they state.
    pub currencies: BTreeMap<Currency, u64>,
    pub rows_without_currency: u64,
    pub rounded_rows: u64,
    /// A hash for every used row of a file with order ids; zero for rows without one.
    pub order_rows: Vec<u128>,
    /// A hash for every used row without an order id.
    pub other_rows: Vec<u64>,
    scratch: Vec<u8>,
}

/// Tells how far reading has come, in bytes of the file as it lies on the disk.
pub(crate) struct ChunkProgress<'p> {
    pub progress: &'p dyn Progress,
    pub bytes: u64,
    pub bytes_on_disk: u64,
    pub bytes_of_text: u64,
}

impl ChunkProgress<'_> {
    pub(crate) fn tell(&self, told: &mut u64, done: u64) {
        // Text unpacked from gzip is longer than the file.
        let now = (u128::from(done) * u128::from(self.bytes_on_disk) / u128::from(self.bytes_of_text.max(1))) as u64;
        if now > *told {
            self.progress.advance(now - *told);
            *told = now;
        }
    }
}

/// Reads all rows of a source.
pub(crate) fn read_chunk<'t>(
    source: &mut dyn RecordSource<'t>,
    reading: &Reading,
    file: u16,
    basis: AmountBasis,
    progress: &ChunkProgress<'_>,
) -> Result<ChunkResult, RowError> {
    let keep_given = reading.vat.is_some() || reading.format.takes_tax_out(&reading.columns);
    let attributes = reading.attributes.len();
    let has = columns_of(&reading.columns, attributes);
    let mut result = ChunkResult {
        lines: LineColumns::new(has, keep_given && basis != AmountBasis::NoAmounts),
        attributes: (0..attributes).map(|_| NameColumn::default()).collect(),
        ..ChunkResult::default()
    };
    let mut record = Record::default();
    let mut memory = Memory::default();
    let mut told = 0;
    while source.read(&mut record)? {
        result.take_row(&record, reading, file, &mut memory);
        if result.rows_read.is_multiple_of(PROGRESS_ROWS) {
            progress.tell(&mut told, progress.bytes.saturating_sub(source.remaining().len() as u64));
        }
    }
    progress.tell(&mut told, progress.bytes);
    result.rows_passed = source.rows_passed();
    result.ended_inside_row = source.ended_inside_row();
    Ok(result)
}

impl ChunkResult {
    fn take_row(&mut self, record: &Record<'_>, reading: &Reading, file: u16, memory: &mut Memory) {
        if record.cells.first().is_none_or(|(start, end)| start == end) && record.is_blank() {
            return;
        }
        self.rows_read += 1;
        let mut set_aside = |reject: Reject, amount: Option<Amount>| {
            let Reject { reason, column } = reject;
            self.set_aside.push(SetAside { file, row: record.row, column, reason, amount });
        };
        if record.too_long {
            return set_aside(Reject { reason: SetAsideReason::Unreadable, column: None }, None);
        }
        if record.has_wrong_cell_count(reading.cells) {
            return set_aside(Reject { reason: SetAsideReason::WrongCellCount, column: None }, None);
        }
        let row = RowView::new(record, reading);
        let figures = reading.format.figures(&row);
        let given = figures.as_ref().ok().map(Figures::given);
        let mut lines = Vec::new();
        self.amount_read += given.unwrap_or_default();
        match reading.format.judge(&row, figures, memory, &mut lines) {
            Err(reject) => set_aside(reject, given),
            Ok(()) => {
                debug_assert_eq!(lines.iter().map(|line| line.given).sum::<Amount>(), given.unwrap_or_default());
                self.use_row(record, reading.identity_seed ^ memory.first_row, &row, &lines, reading);
            }
        }
    }

    fn use_row(&mut self, record: &Record<'_>, seed: u64, row: &RowView<'_>, lines: &[Line<'_>], reading: &Reading) {
        for line in lines {
            self.push_line(line, reading, record.row);
            for (values, column) in self.attributes.iter_mut().zip(&reading.attributes) {
                values.push(column.map_or(&[], |column| row.cell(column)));
            }
        }
        self.rounded_rows += u64::from(row.rounded.get());
        match row.currency.get() {
            Some(Some(currency)) => *self.currencies.entry(currency).or_default() += 1,
            Some(None) => self.rows_without_currency += 1,
            None => {}
        }
        let has_order = !row.text(super::Role::Order).is_empty();
        let hash = record.hash(seed, &mut self.scratch);
        if row.has(super::Role::Order) {
            self.order_rows.push(if has_order { hash } else { 0 });
        }
        if !has_order {
            self.other_rows.push(hash as u64);
        }
    }

    fn push_line(&mut self, line: &Line<'_>, reading: &Reading, row: u64) {
        let has = self.lines.has;
        self.customers.push(&line.customer);
        for (has, column, name) in [
            (has.order, &mut self.orders, line.order),
            (has.product, &mut self.products, line.product),
            (has.source, &mut self.sources, line.source),
        ] {
            if has {
                column.push(name);
            }
        }
        let amount = reading.vat.map_or(line.amount, |vat| vat.taken_out_of(line.amount));
        self.lines.push(line, amount, u32::try_from(row).unwrap_or(u32::MAX));
    }
}
