//! From a file to its content: opened, recognised by its first bytes, unpacked, decoded to UTF-8.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use bytes::Bytes;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use flate2::read::MultiGzDecoder;

use super::error::ReadError;

/// A file's content, ready for a [`super::rows::RecordSource`].
pub(crate) enum Content {
    Text(Text),
    Parquet(Bytes),
}

/// Text in UTF-8 without byte order mark, and how it stood in the file.
pub(crate) struct Text {
    pub bytes: Vec<u8>,
    pub encoding: &'static str,
    pub gzip: bool,
}

/// Reads a whole file.
pub(crate) fn load(path: &Path) -> Result<Content, ReadError> {
    let unreadable = |source| ReadError::Unreadable { path: path.to_owned(), source };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(ReadError::Directory { path: path.to_owned() });
    }
    let mut bytes = Vec::new();
    // The size is a hint only: a pipe has none, and a wrong one must not make us reserve what is not there.
    let size_hint = usize::try_from(metadata.len()).unwrap_or(0);
    bytes.try_reserve_exact(size_hint).map_err(|_| unreadable(io::Error::from(io::ErrorKind::OutOfMemory)))?;
    File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(unreadable)?;
    recognise(path, bytes)
}

/// Says what bytes are, unpacks and decodes them.
pub(crate) fn recognise(path: &Path, bytes: Vec<u8>) -> Result<Content, ReadError> {
    let (bytes, gzip) = if bytes.starts_with(&[0x1f, 0x8b]) { (unpack(path, &bytes)?, true) } else { (bytes, false) };
    if bytes.is_empty() {
        return Err(ReadError::Empty { path: path.to_owned() });
    }
    if bytes.starts_with(b"PAR1") {
        return Ok(Content::Parquet(Bytes::from(bytes)));
    }
    let (mut bytes, encoding) = decode(path, bytes)?;
    if memchr::memchr(b'\n', &bytes).is_none() {
        // Line ends of old Macs, which some spreadsheets still write.
        bytes.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
    }
    Ok(Content::Text(Text { bytes, encoding, gzip }))
}

fn unpack(path: &Path, packed: &[u8]) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::with_capacity(packed.len().saturating_mul(4));
    let mut decoder = MultiGzDecoder::new(packed);
    match decoder.read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(source) => Err(ReadError::BrokenGzip { path: path.to_owned(), source }),
    }
}

/// First bytes of files that are often handed in by mistake.
const MAGIC: [(&[u8], &str, &str); 10] = [
    (b"PK\x03\x04", "an Excel workbook (xlsx) or another zip file", EXPORT),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (xls)", EXPORT),
    (b"%PDF", "a PDF", EXPORT),
    (b"\x28\xb5\x2f\xfd", "a zstd file", UNPACK),
    (b"BZh", "a bzip2 file", UNPACK),
    (b"\xfd7zXZ", "an xz file", UNPACK),
    (b"7z\xbc\xaf", "a 7-zip file", UNPACK),
    (b"SQLite format 3", "an SQLite database", EXPORT),
    (b"\x89PNG", "a picture", EXPORT),
    (b"ARROW1", "an Arrow file", "write it as Parquet or CSV"),
];
const EXPORT: &str = "export the orders as CSV";
const UNPACK: &str = "unpack it first, or pack it with gzip";

fn decode(path: &Path, bytes: Vec<u8>) -> Result<(Vec<u8>, &'static str), ReadError> {
    let binary = |looks_like, advice| Err(ReadError::Binary { path: path.to_owned(), looks_like, advice });
    if let Some((_, looks_like, advice)) = MAGIC.iter().find(|(magic, ..)| bytes.starts_with(magic)) {
        return binary(*looks_like, *advice);
    }
    match Encoding::for_bom(&bytes) {
        Some((encoding, _)) if encoding == UTF_16LE || encoding == UTF_16BE => {
            let text = encoding.decode_with_bom_removal(&bytes).0.into_owned().into_bytes();
            if text.contains(&0) {
                return binary("binary data", EXPORT);
            }
            return Ok((text, encoding.name()));
        }
        _ => {}
    }
    if memchr::memchr(0, &bytes).is_some() {
        let few = &bytes[..bytes.len().min(512)];
        let zeros = few.iter().filter(|byte| **byte == 0).count();
        return if zeros * 3 >= few.len() {
            binary("UTF-16 text without its byte order mark", "save it as UTF-8")
        } else {
            binary("binary data", EXPORT)
        };
    }
    if std::str::from_utf8(&bytes).is_err() {
        return Ok((WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned().into_bytes(), "Windows-1252"));
    }
    match Encoding::for_bom(&bytes) {
        Some((encoding, length)) if encoding == UTF_8 => Ok((bytes[length..].to_vec(), "UTF-8 with BOM")),
        _ => Ok((bytes, "UTF-8")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn text(bytes: &[u8]) -> Text {
        match recognise(Path::new("f"), bytes.to_vec()) {
            Ok(Content::Text(text)) => text,
            Ok(Content::Parquet(_)) => panic!("taken for Parquet"),
            Err(error) => panic!("{error}"),
        }
    }

    fn error(bytes: &[u8]) -> String {
        recognise(Path::new("f"), bytes.to_vec()).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn encodings_become_utf8() {
        for (bytes, encoding) in [
            (b"a,\xc3\xa4".to_vec(), "UTF-8"),
            (b"\xef\xbb\xbfa,\xc3\xa4".to_vec(), "UTF-8 with BOM"),
            (b"a,\xe4".to_vec(), "Windows-1252"),
            (b"\xff\xfea\0,\0\xe4\0".to_vec(), "UTF-16LE"),
            (b"\xfe\xff\0a\0,\0\xe4".to_vec(), "UTF-16BE"),
        ] {
            let read = text(&bytes);
            assert_eq!((read.bytes.as_slice(), read.encoding), ("a,ä".as_bytes(), encoding));
        }
    }

    #[test]
    fn gzip_is_known_by_its_bytes_and_must_be_whole() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"customer,date\n1,2020-01-01\n").unwrap();
        let packed = encoder.finish().unwrap();
        assert!(text(&packed).gzip);
        assert_eq!(text(&[packed.clone(), packed.clone()].concat()).bytes.len(), 54);
        for length in [2, 10, packed.len() - 9, packed.len() - 1] {
            assert!(error(&packed[..length]).contains("incomplete gzip"), "{length}");
        }
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert_eq!(
            error(b"PK\x03\x04rest"),
            "f looks like an Excel workbook (xlsx) or another zip file, not like text or Parquet; export the orders as CSV"
        );
        assert!(error(b"%PDF-1.4").contains("a PDF"));
        assert!(error(b"ab\0cd").contains("binary data"));
        assert!(error(b"a\0,\0b\0\n\0").contains("UTF-16 text without"));
        assert!(error(b"").contains("is empty"));
    }
}
