//! Files that are either written whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written; nothing was left there", path.display())]
pub(crate) struct OutputError {
    path: PathBuf,
    #[source]
    source: io::Error,
}

/// A file under way: it lies beside its place under another name until [`Pending::publish`] moves it there.
pub(crate) struct Pending {
    path: PathBuf,
    file: NamedTempFile,
}

impl Pending {
    /// Writes the content of a file that is to be at `path`.
    pub(crate) fn write(
        path: &Path,
        content: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
    ) -> Result<Pending, OutputError> {
        let attempt = || -> io::Result<NamedTempFile> {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let mut builder = tempfile::Builder::new();
            builder.prefix(".mehrwert-");
            // A temporary file is for its owner alone; a result is for whoever may read the folder.
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
            let file = builder.tempfile_in(folder)?;
            let mut writer = BufWriter::with_capacity(1 << 16, file);
            content(&mut writer)?;
            let file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.as_file().sync_all()?;
            Ok(file)
        };
        let file = attempt().map_err(|source| OutputError { path: path.to_owned(), source })?;
        Ok(Pending { path: path.to_owned(), file })
    }

    /// Puts the file in its place, over an older one.
    pub(crate) fn publish(self) -> Result<(), OutputError> {
        let path = self.path;
        self.file.persist(&path).map(drop).map_err(|failed| OutputError { path, source: failed.error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_fails_half_way_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let result = Pending::write(&path, |writer| {
            writer.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        assert!(result.is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_appears_when_it_is_published_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let pending = Pending::write(&path, |writer| writer.write_all(b"whole")).unwrap();
        assert!(!path.exists());
        pending.publish().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
    }
}
