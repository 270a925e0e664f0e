//! Rows of text: one record after the other out of lines with delimiters, with quotes, or with blanks between cells.
//!
//! Everything behind this module sees only a [`Record`]: cells as ranges of a buffer, the row's number, and its raw
//! bytes. [`super::parquet_rows`] gives the same for Parquet.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr, memchr_iter};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::error::ReadError;

/// No cell may be longer; a row with a longer one is set aside.
pub(crate) const LONGEST_CELL: usize = 1 << 20;
/// No row may be longer.
const LONGEST_ROW: usize = 4 << 20;

/// One row. Reused from row to row, so that reading allocates nothing.
#[derive(Default)]
pub(crate) struct Record<'t> {
    /// The row's bytes in the file, without its line end.
    raw: &'t [u8],
    /// The cells' text where it does not stand in `raw` as it is: unquoted, or made from Parquet values.
    pub(crate) unpacked: Option<Vec<u8>>,
    /// Where each cell stands.
    pub(crate) cells: Vec<(u32, u32)>,
    /// The row's number as a spreadsheet shows it, counted from the beginning of the chunk.
    pub(crate) row: u64,
    /// A cell or the whole row is too long; the cells are not to be used.
    pub(crate) too_long: bool,
}

impl Record<'_> {
    pub(crate) fn cell(&self, index: usize) -> &[u8] {
        let Some(&(start, end)) = self.cells.get(index) else { return &[] };
        self.text().get(start as usize..end as usize).unwrap_or_default()
    }

    fn text(&self) -> &[u8] {
        self.unpacked.as_deref().unwrap_or(self.raw)
    }

    /// A hash of all cells: equal for rows that are identical, however they were quoted and delimited.
    pub(crate) fn hash(&self, seed: u64, scratch: &mut Vec<u8>) -> u128 {
        scratch.clear();
        for index in 0..self.cells.len() {
            scratch.extend_from_slice(self.cell(index).trim_ascii());
            scratch.push(0x1f);
        }
        xxh3_128_with_seed(scratch, seed)
    }

    /// Whether no cell holds anything: a blank line to a spreadsheet.
    pub(crate) fn is_blank(&self) -> bool {
        !self.too_long && (0..self.cells.len()).all(|index| self.cell(index).trim_ascii().is_empty())
    }

    /// Spreadsheets end rows with empty cells that the header does not have; everything else is a broken row.
    pub(crate) fn has_wrong_cell_count(&self, expected: usize) -> bool {
        let count = self.cells.len();
        count < expected || (expected..count).any(|index| !self.cell(index).trim_ascii().is_empty())
    }

    pub(crate) fn to_strings(&self) -> Vec<String> {
        (0..self.cells.len()).map(|index| String::from_utf8_lossy(self.cell(index)).trim().to_owned()).collect()
    }
}

/// Gives one row after the other.
pub(crate) trait RecordSource<'t> {
    /// Reads the next row into `record`; `false` at the end.
    fn read(&mut self, record: &mut Record<'t>) -> Result<bool, RowError>;
    /// Rows passed so far as a spreadsheet counts them, blank ones included.
    fn rows_passed(&self) -> u64;
    /// Whether the text ended inside a row: what a cut in the wrong place leads to.
    fn ended_inside_row(&self) -> bool {
        false
    }
    /// Bytes not yet read, where that is known.
    fn remaining(&self) -> &'t [u8] {
        &[]
    }
}

/// Why no further row can be read. The caller knows the file and turns this into a [`ReadError`].
#[derive(Debug)]
pub(crate) enum RowError {
    UnclosedQuote { row: u64 },
    Parquet(String),
}

impl RowError {
    pub(crate) fn at(self, path: &std::path::Path, first_row: u64) -> ReadError {
        let path = path.to_owned();
        match self {
            RowError::UnclosedQuote { row } => ReadError::UnclosedQuote { path, row: first_row + row },
            RowError::Parquet(message) => ReadError::BrokenParquet { path, message },
        }
    }
}

/// How the cells of a line are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A delimiter and, where the file has any, a quote character.
    Delimited { delimiter: u8, quote: Option<u8> },
    /// Blanks and tabs, any number of them.
    Blanks,
}

/// The source for a piece of text that begins and ends with whole rows.
pub(crate) fn text_source<'t>(text: &'t [u8], layout: Layout) -> Box<dyn RecordSource<'t> + 't> {
    match layout {
        Layout::Delimited { delimiter, quote: None } => {
            Box::new(Lines { rest: text, row: 0, splitter: Splitter::Delimiter(delimiter) })
        }
        Layout::Blanks => Box::new(Lines { rest: text, row: 0, splitter: Splitter::Blanks }),
        Layout::Delimited { delimiter, quote: Some(quote) } => Box::new(QuotedRows::new(text, delimiter, quote)),
    }
}

/// Cuts text into pieces of about `size` bytes that end with a line, for one thread each. Only where no row spans
/// several lines.
pub(crate) fn cut_at_line_ends(text: &[u8], size: usize) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while rest.len() > size {
        let Some(line_end) = memchr(b'\n', &rest[size..]) else { break };
        let (piece, following) = rest.split_at(size + line_end + 1);
        pieces.push(piece);
        rest = following;
    }
    pieces.push(rest);
    pieces
}

/// The same for text with quotes: cuts only at line ends that an even number of quotes precedes. A lone quote inside a
/// cell can mislead this, which shows in [`RecordSource::ended_inside_row`] of the piece before the wrong cut.
pub(crate) fn cut_outside_quotes(text: &[u8], size: usize, quote: u8) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while rest.len() > size {
        let mut end = size;
        let mut is_open = memchr_iter(quote, &rest[..end]).count() % 2 == 1;
        let cut = loop {
            let Some(line_end) = memchr(b'\n', &rest[end..]) else { break None };
            let line = &rest[end..end + line_end];
            is_open ^= memchr_iter(quote, line).count() % 2 == 1;
            end += line_end + 1;
            if !is_open {
                break Some(end);
            }
        };
        let Some(cut) = cut else { break };
        let (piece, following) = rest.split_at(cut);
        pieces.push(piece);
        rest = following;
    }
    pieces.push(rest);
    pieces
}

/// Text without quotes: a line is a row.
struct Lines<'t> {
    rest: &'t [u8],
    row: u64,
    splitter: Splitter,
}

#[derive(Clone, Copy)]
enum Splitter {
    Delimiter(u8),
    Blanks,
}

impl<'t> RecordSource<'t> for Lines<'t> {
    fn read(&mut self, record: &mut Record<'t>) -> Result<bool, RowError> {
        while !self.rest.is_empty() {
            let end = memchr(b'\n', self.rest).unwrap_or(self.rest.len());
            let line = self.rest[..end].strip_suffix(b"\r").unwrap_or(&self.rest[..end]);
            self.rest = self.rest.get(end + 1..).unwrap_or_default();
            self.row += 1;
            if line.is_empty() || (line[0] == b' ' && line.trim_ascii().is_empty()) {
                continue;
            }
            record.row = self.row;
            record.raw = line;
            record.unpacked = None;
            record.cells.clear();
            record.too_long = line.len() > LONGEST_CELL;
            if !record.too_long {
                self.splitter.split(line, &mut record.cells);
            }
            return Ok(true);
        }
        Ok(false)
    }

    fn rows_passed(&self) -> u64 {
        self.row
    }

    fn remaining(&self) -> &'t [u8] {
        self.rest
    }
}

impl Splitter {
    fn split(self, line: &[u8], cells: &mut Vec<(u32, u32)>) {
        match self {
            Splitter::Delimiter(delimiter) => {
                let mut start = 0;
                for end in memchr_iter(delimiter, line) {
                    cells.push((start, end as u32));
                    start = end as u32 + 1;
                }
                cells.push((start, line.len() as u32));
            }
            Splitter::Blanks => {
                let mut start = None;
                for (position, byte) in line.iter().enumerate() {
                    match (byte.is_ascii_whitespace(), start) {
                        (false, None) => start = Some(position as u32),
                        (true, Some(begun)) => {
                            cells.push((begun, position as u32));
                            start = None;
                        }
                        _ => {}
                    }
                }
                if let Some(begun) = start {
                    cells.push((begun, line.len() as u32));
                }
            }
        }
    }
}

/// Text with quotes: a row may span lines.
struct QuotedRows<'t> {
    rest: &'t [u8],
    row: u64,
    quote: u8,
    reader: Reader,
    ends: Vec<usize>,
    ended_inside_row: bool,
}

impl<'t> QuotedRows<'t> {
    fn new(text: &'t [u8], delimiter: u8, quote: u8) -> QuotedRows<'t> {
        let reader = ReaderBuilder::new().delimiter(delimiter).quote(quote).build();
        QuotedRows { rest: text, row: 0, quote, reader, ends: vec![0; 64], ended_inside_row: false }
    }

    /// Blank lines, which the library would pass over without telling.
    fn skip_blank_lines(&mut self) {
        while let Some(&first) = self.rest.first() {
            let length = match first {
                b'\n' => 1,
                b'\r' if self.rest.get(1) == Some(&b'\n') => 2,
                b'\r' => 1,
                _ => return,
            };
            self.rest = &self.rest[length..];
            self.row += 1;
        }
    }

    /// Reads one row, giving how many bytes it took, how many its cells have, and how many cells there are.
    fn read_row(&mut self, output: &mut Vec<u8>) -> RowExtent {
        self.reader.reset();
        let mut extent = RowExtent::default();
        let mut input_is_over = false;
        loop {
            let input = if input_is_over { &[] } else { &self.rest[extent.taken..] };
            let free = &mut output[extent.written..];
            let (result, taken, written, ends) = self.reader.read_record(input, free, &mut self.ends[extent.cells..]);
            extent.taken += taken;
            extent.written += written;
            extent.cells += ends;
            match result {
                ReadRecordResult::InputEmpty => {
                    input_is_over = true;
                    extent.reached_end = true;
                }
                ReadRecordResult::OutputFull if output.len() >= LONGEST_ROW => {
                    extent.too_long = true;
                    extent.written = 0;
                }
                ReadRecordResult::OutputFull => output.resize(output.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => return extent,
            }
        }
    }
}

#[derive(Default)]
struct RowExtent {
    taken: usize,
    written: usize,
    cells: usize,
    reached_end: bool,
    too_long: bool,
}

impl<'t> RecordSource<'t> for QuotedRows<'t> {
    fn read(&mut self, record: &mut Record<'t>) -> Result<bool, RowError> {
        self.skip_blank_lines();
        if self.rest.is_empty() {
            return Ok(false);
        }
        let mut output = record.unpacked.take().unwrap_or_default();
        let wanted = output.capacity().max(4096);
        output.resize(wanted, 0);
        let extent = self.read_row(&mut output);
        self.row += 1;
        self.ended_inside_row = extent.reached_end;
        let mut raw = &self.rest[..extent.taken];
        self.rest = &self.rest[extent.taken..];
        if raw.ends_with(b"\r") && self.rest.first() == Some(&b'\n') {
            self.rest = &self.rest[1..];
        }
        while let [shorter @ .., b'\r' | b'\n'] = raw {
            raw = shorter;
        }
        let is_open = || memchr_iter(self.quote, raw).count() % 2 == 1;
        if extent.reached_end && memchr(b'\n', raw).is_some() && is_open() {
            return Err(RowError::UnclosedQuote { row: self.row });
        }
        record.row = self.row;
        record.raw = raw;
        record.cells.clear();
        let mut start = 0;
        for &end in &self.ends[..extent.cells] {
            record.cells.push((start, end as u32));
            start = end as u32;
        }
        record.too_long = extent.too_long
            || record.cells.iter().any(|(start, end)| (end.wrapping_sub(*start)) as usize > LONGEST_CELL);
        record.unpacked = Some(output);
        Ok(true)
    }

    fn rows_passed(&self) -> u64 {
        self.row
    }

    fn ended_inside_row(&self) -> bool {
        self.ended_inside_row
    }

    fn remaining(&self) -> &'t [u8] {
        self.rest
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMMA: Layout = Layout::Delimited { delimiter: b',', quote: None };
    const QUOTED: Layout = Layout::Delimited { delimiter: b',', quote: Some(b'"') };

    fn rows(text: &[u8], layout: Layout) -> Vec<(u64, Vec<String>)> {
        let mut source = text_source(text, layout);
        let mut record = Record::default();
        let mut rows = Vec::new();
        while source.read(&mut record).unwrap() {
            rows.push((record.row, record.to_strings()));
        }
        rows
    }

    fn row(number: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_does() {
        let expected = vec![row(1, &["a", "b"]), row(3, &["", "c"]), row(4, &["d", ""])];
        for layout in [COMMA, QUOTED] {
            assert_eq!(rows(b"a,b\r\n\r\n,c\nd,", layout), expected);
        }
    }

    #[test]
    fn quotes_hold_delimiters_quotes_and_line_ends() {
        let text = b"\"a,1\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",5\" pipe\r\nlast,one\r\n";
        let expected =
            vec![row(1, &["a,1", "say \"hi\""]), row(2, &["two\nlines", "5\" pipe"]), row(3, &["last", "one"])];
        assert_eq!(rows(text, QUOTED), expected);
    }

    #[test]
    fn blanks_separate_cells_however_many() {
        assert_eq!(
            rows(b"  1  2\t3 \r\n\r\n4 5 6", Layout::Blanks),
            vec![row(1, &["1", "2", "3"]), row(3, &["4", "5", "6"])]
        );
    }

    #[test]
    fn long_rows_are_marked_and_do_not_stop_the_others() {
        let long = "x".repeat(10 << 20);
        for (layout, text) in [(COMMA, format!("{long},1\na,b\n")), (QUOTED, format!("\"{long}\",1\na,b\n"))] {
            let mut source = text_source(text.as_bytes(), layout);
            let mut record = Record::default();
            assert!(source.read(&mut record).unwrap() && record.too_long);
            assert!(source.read(&mut record).unwrap() && !record.too_long);
            assert_eq!(record.to_strings(), ["a", "b"]);
            assert!(record.unpacked.as_ref().is_none_or(|unpacked| unpacked.len() <= LONGEST_ROW));
        }
    }

    #[test]
    fn a_quote_that_never_ends_is_an_error() {
        let mut source = text_source(b"a,b\n\"c,d\ne,f\n", QUOTED);
        let mut record = Record::default();
        assert!(source.read(&mut record).unwrap());
        assert!(matches!(source.read(&mut record), Err(RowError::UnclosedQuote { row: 2 })));
    }

    proptest! {
        #[test]
        fn pieces_hold_the_same_rows_as_the_whole(text in "[a,;\r\n ]{0,200}", size in 1_usize..50) {
            for layout in [COMMA, Layout::Blanks] {
                let pieces = cut_at_line_ends(text.as_bytes(), size);
                let cells = |rows: Vec<(u64, Vec<String>)>| rows.into_iter().map(|row| row.1).collect::<Vec<_>>();
                let parts = pieces.iter().flat_map(|piece| cells(rows(piece, layout))).collect::<Vec<_>>();
                prop_assert_eq!(parts, cells(rows(text.as_bytes(), layout)));
            }
        }

        #[test]
        fn pieces_with_quotes_hold_the_same_rows_or_tell(text in "[ab,\"\n]{0,200}", size in 1_usize..50) {
            let read = |text: &[u8]| {
                let mut source = text_source(text, QUOTED);
                let mut record = Record::default();
                let mut rows = Vec::new();
                while source.read(&mut record).ok()? {
                    rows.push(record.to_strings());
                }
                Some((rows, source.ended_inside_row()))
            };
            let pieces = cut_outside_quotes(text.as_bytes(), size, b'"').into_iter().map(read).collect::<Vec<_>>();
            let (_, before) = pieces.split_last().unwrap();
            let told = before.iter().any(|piece| piece.as_ref().is_none_or(|(_, inside)| *inside));
            if !told && let Some((whole, _)) = read(text.as_bytes()) {
                let parts = pieces.into_iter().flatten().flat_map(|(rows, _)| rows).collect::<Vec<_>>();
                prop_assert_eq!(parts, whole);
            }
        }

        #[test]
        fn any_bytes_are_read_without_panic(text in prop::collection::vec(any::<u8>(), 0..300)) {
            for layout in [COMMA, QUOTED, Layout::Blanks] {
                let mut source = text_source(&text, layout);
                let mut record = Record::default();
                while let Ok(true) = source.read(&mut record) {
                    let _ = (record.to_strings(), record.is_blank());
                }
            }
        }
    }
}
