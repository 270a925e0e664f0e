//! Derived files: they appear whole under their name, and those out of use go after a while.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use arrow::array::RecordBatch;
use jiff::Timestamp;
use parquet::arrow::ArrowWriter;

use crate::lake::LakeError;

/// For so long another process may still read a file that is out of date.
const GRACE: Duration = Duration::from_secs(3600);

/// Writes a file under a name of this process alone and gives it its own; nothing is synced, as it can be made again.
pub(super) fn write(path: &Path, rows: &RecordBatch) -> Result<(), LakeError> {
    let failed = |operation: &'static str| move |source| LakeError::File { operation, path: path.to_owned(), source };
    let broken = |source| LakeError::Parquet { operation: "write", path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed("make the folder of"))?;
    }
    let waiting = path.with_extension(format!("{}.waiting", std::process::id()));
    let file = File::create(&waiting).map_err(failed("make"))?;
    let mut writer = ArrowWriter::try_new(file, rows.schema(), None).map_err(broken)?;
    writer.write(rows).map_err(broken)?;
    writer.close().map_err(broken)?;
    std::fs::rename(&waiting, path).map_err(failed("rename"))
}

/// Deletes what is out of use: files that are not among those of now and were not touched for an hour. One that cannot be
/// deleted is left for the next time.
pub(super) fn tidy(folder: &Path, present: &[(&'static str, PathBuf)], now: Timestamp) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let now = SystemTime::from(now);
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        let written = std::fs::metadata(&path).and_then(|metadata| metadata.modified());
        let is_old = written.is_ok_and(|written| now.duration_since(written).is_ok_and(|age| age > GRACE));
        if is_old && present.iter().all(|(_, file)| *file != path) {
            drop(std::fs::remove_file(path));
        }
    }
}
