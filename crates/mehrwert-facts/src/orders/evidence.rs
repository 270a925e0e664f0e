//! What a file's columns say about how dates and numbers are written.
//!
//! A sample of rows mostly decides. Where it does not, all rows are looked at; and where they do not either, the caller
//! is asked. A file's columns are taken to be written alike: one that decides speaks for those that do not.

use std::path::Path;

use mehrwert_core::{Amount, Day};

use super::dates::{DateOrder, OrderHint, Shape, order_hint};
use super::error::ReadError;
use super::header::Header;
use super::numbers::{DecimalMark, MarkHint, mark_hint, parse_number};
use super::rows::{Record, RecordSource, RowError};

/// Among so many decisive values one of the other kind is taken for a slip and set aside; with more the user is asked.
const SLIPS_ONE_IN: u64 = 50;
/// Rows in which the first value of each column is looked for.
const EXAMPLE_ROWS: u64 = 200;

/// A value that shows something, and where it stands.
#[derive(Debug, Clone)]
struct Example {
    text: Box<str>,
    row: u64,
    column: u16,
}

/// Values counted, and the first of them.
#[derive(Debug, Clone, Default)]
struct Votes {
    count: u64,
    first: Option<Example>,
}

impl Votes {
    fn add(&mut self, text: &[u8], row: u64, column: u16) {
        self.count += 1;
        if self.first.is_none() {
            let text = String::from_utf8_lossy(text).chars().take(40).collect::<String>().into_boxed_str();
            self.first = Some(Example { text, row, column });
        }
    }

    fn merge(&mut self, later: Votes, rows_before: u64) {
        self.count += later.count;
        if self.first.is_none() {
            self.first = later.first.map(|example| Example { row: example.row + rows_before, ..example });
        }
    }
}

/// Everything seen so far. Rows count from the beginning of the first chunk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Evidence {
    pub(crate) shape: Option<Shape>,
    day_first: Votes,
    month_first: Votes,
    either_order: Votes,
    point: Votes,
    comma: Votes,
    either_mark: Votes,
    /// Rows passed, blank ones included.
    rows: u64,
    /// The first value of each column.
    pub(crate) examples: Vec<String>,
    pub(crate) reached_end: bool,
}

/// The columns to look at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watched {
    pub dates: Vec<u16>,
    pub numbers: Vec<u16>,
}

impl Evidence {
    /// Looks at rows until `limit` of them have been seen.
    pub(crate) fn gather<'t>(
        source: &mut dyn RecordSource<'t>,
        watched: &Watched,
        limit: u64,
    ) -> Result<Evidence, RowError> {
        let mut evidence = Evidence::default();
        let mut record = Record::default();
        let mut seen = 0;
        while seen < limit {
            if !source.read(&mut record)? {
                evidence.reached_end = true;
                break;
            }
            seen += 1;
            if seen <= EXAMPLE_ROWS {
                evidence.take_examples(&record);
            }
            evidence.look_at(&record, watched);
        }
        evidence.rows = source.rows_passed();
        Ok(evidence)
    }

    fn look_at(&mut self, record: &Record<'_>, watched: &Watched) {
        if record.too_long {
            return;
        }
        for &column in &watched.dates {
            let text = record.cell(usize::from(column)).trim_ascii();
            match order_hint(text) {
                OrderHint::NoDate => continue,
                OrderHint::Clear(shape) => self.shape = self.shape.or(Some(shape)),
                OrderHint::Must(shape, DateOrder::DayFirst) => {
                    self.shape = self.shape.or(Some(shape));
                    self.day_first.add(text, record.row, column);
                }
                OrderHint::Must(shape, DateOrder::MonthFirst) => {
                    self.shape = self.shape.or(Some(shape));
                    self.month_first.add(text, record.row, column);
                }
                OrderHint::Either(shape, ..) => {
                    self.shape = self.shape.or(Some(shape));
                    self.either_order.add(text, record.row, column);
                }
            }
        }
        for &column in &watched.numbers {
            let text = record.cell(usize::from(column)).trim_ascii();
            match mark_hint(text) {
                MarkHint::Silent => {}
                MarkHint::Must(DecimalMark::Point) => self.point.add(text, record.row, column),
                MarkHint::Must(DecimalMark::Comma) => self.comma.add(text, record.row, column),
                MarkHint::Either => self.either_mark.add(text, record.row, column),
            }
        }
    }

    fn take_examples(&mut self, record: &Record<'_>) {
        self.examples.resize(record.cells.len().max(self.examples.len()), String::new());
        for (index, example) in self.examples.iter_mut().enumerate() {
            if example.is_empty() {
                *example = String::from_utf8_lossy(record.cell(index)).trim().chars().take(40).collect();
            }
        }
    }

    pub(crate) fn merge(&mut self, later: Evidence) {
        let rows = self.rows;
        self.shape = self.shape.or(later.shape);
        self.day_first.merge(later.day_first, rows);
        self.month_first.merge(later.month_first, rows);
        self.either_order.merge(later.either_order, rows);
        self.point.merge(later.point, rows);
        self.comma.merge(later.comma, rows);
        self.either_mark.merge(later.either_mark, rows);
        self.rows += later.rows;
        self.reached_end &= later.reached_end;
    }

    /// Whether further rows could change what was found: dates that need an order, or numbers whose mark nothing shows.
    pub(crate) fn wants_more(&self, dates_open: bool, numbers_open: bool) -> bool {
        let order_matters = self.day_first.count + self.month_first.count + self.either_order.count > 0;
        let mark_is_open = self.point.count + self.comma.count == 0;
        !self.reached_end && ((dates_open && order_matters) || (numbers_open && mark_is_open))
    }

    /// The order of day and month; `None` when no date needs one.
    pub(crate) fn date_order(&self, place: &Place<'_>) -> Result<Option<DateOrder>, ReadError> {
        let (day, month) = (&self.day_first, &self.month_first);
        if let (Some(day_first), Some(month_first)) = (&day.first, &month.first)
            && day.count.min(month.count) * SLIPS_ONE_IN > day.count.max(month.count)
        {
            return Err(ReadError::MixedDates {
                path: place.path.to_owned(),
                column: place.column(day_first.column),
                day_first: day_first.text.clone(),
                day_first_row: place.rows_before + day_first.row,
                month_first: month_first.text.clone(),
                month_first_row: place.rows_before + month_first.row,
            });
        }
        if day.count + month.count > 0 {
            return Ok(Some(if day.count > month.count { DateOrder::DayFirst } else { DateOrder::MonthFirst }));
        }
        let Some(example) = &self.either_order.first else { return Ok(None) };
        let (day_first, month_first) = both_readings(&example.text);
        Err(ReadError::AmbiguousDates {
            path: place.path.to_owned(),
            row: place.rows_before + example.row,
            column: place.column(example.column),
            example: example.text.clone(),
            day_first,
            month_first,
        })
    }

    /// The decimal mark; where the numbers leave it open, `expects_comma` decides if it is true.
    pub(crate) fn decimal_mark(&self, place: &Place<'_>, expects_comma: bool) -> Result<DecimalMark, ReadError> {
        let (point, comma) = (&self.point, &self.comma);
        if let (Some(first_point), Some(first_comma)) = (&point.first, &comma.first)
            && point.count.min(comma.count) * SLIPS_ONE_IN > point.count.max(comma.count)
        {
            return Err(ReadError::MixedNumbers {
                path: place.path.to_owned(),
                column: place.column(first_point.column),
                point: first_point.text.clone(),
                point_row: place.rows_before + first_point.row,
                comma: first_comma.text.clone(),
                comma_row: place.rows_before + first_comma.row,
            });
        }
        if point.count + comma.count > 0 {
            return Ok(if point.count > comma.count { DecimalMark::Point } else { DecimalMark::Comma });
        }
        let Some(example) = &self.either_mark.first else { return Ok(DecimalMark::Point) };
        if expects_comma {
            return Ok(DecimalMark::Comma);
        }
        let read = |mark| parse_number(example.text.as_bytes(), mark).map_or(Amount::ZERO, |(amount, _)| amount);
        Err(ReadError::AmbiguousNumbers {
            path: place.path.to_owned(),
            row: place.rows_before + example.row,
            column: place.column(example.column),
            example: example.text.clone(),
            as_point: read(DecimalMark::Point),
            as_comma: read(DecimalMark::Comma),
        })
    }
}

fn both_readings(text: &str) -> (Day, Day) {
    match order_hint(text.as_bytes()) {
        OrderHint::Either(_, day_first, month_first) => (day_first, month_first),
        // Only values that can be read in both ways are kept as examples.
        _ => (Day::from_epoch(0), Day::from_epoch(0)),
    }
}

/// Where evidence was found, for messages.
pub(crate) struct Place<'p> {
    pub path: &'p Path,
    pub header: &'p Header,
    pub rows_before: u64,
}

impl Place<'_> {
    fn column(&self, column: u16) -> Box<str> {
        self.header.names.get(usize::from(column)).map_or("", String::as_str).into()
    }
}
