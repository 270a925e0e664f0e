//! The rows set aside, one line each: file, row, column and reason.

use std::io::{self, Write};

use mehrwert_charts::Language;
use mehrwert_facts::orders::{FileReport, SetAside};

use super::names;
use super::words::Words;

/// Writes the list as CSV. The header is in English whatever the language, so that programs can rely on it.
pub fn write(
    files: &[FileReport],
    set_aside: &[SetAside],
    language: Language,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    let words = Words::new(language);
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(["file", "row", "column", "reason", "amount"])?;
    for row in set_aside {
        let file = files.get(usize::from(row.file));
        let path = file.map_or_else(String::new, |file| file.path.display().to_string());
        let column = row.column.and_then(|index| file?.columns.get(usize::from(index)));
        writer.write_record([
            path.as_str(),
            &row.row.to_string(),
            column.map_or("", |column| column.name.as_str()),
            &words.text(names::reason_key(row.reason)),
            &row.amount.map_or_else(String::new, |amount| amount.to_string()),
        ])?;
    }
    writer.flush()
}
