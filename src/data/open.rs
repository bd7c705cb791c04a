//! Streams that may be compressed: told by their content, never by their name.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use super::DataError;

/// The first two bytes of every gzip stream.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A stream of plain bytes, with the name that errors give.
pub(super) struct Source<'a> {
    path: PathBuf,
    bytes: Box<dyn Read + 'a>,
    compressed: bool,
}

impl Source<'static> {
    /// Opens a file, plain or gzip.
    pub(super) fn open(path: &Path) -> Result<Self, DataError> {
        let file = File::open(path).map_err(|source| DataError::Io { path: path.to_owned(), source })?;
        Self::new(path, file)
    }
}

impl<'a> Source<'a> {
    /// Looks at the first two bytes of `raw` and decompresses the rest if they are those of gzip.
    ///
    /// A gzip stream may have several members, which are joined, as RFC 1952 and `gunzip` have it; anything else
    /// behind the last member is an error.
    pub(super) fn new(path: &Path, mut raw: impl Read + 'a) -> Result<Self, DataError> {
        let mut head = Vec::with_capacity(GZIP_MAGIC.len());
        raw.by_ref()
            .take(GZIP_MAGIC.len() as u64)
            .read_to_end(&mut head)
            .map_err(|source| DataError::Io { path: path.to_owned(), source })?;
        let compressed = head == GZIP_MAGIC;
        let all = BufReader::new(Cursor::new(head).chain(raw));
        let bytes: Box<dyn Read + 'a> = if compressed { Box::new(MultiGzDecoder::new(all)) } else { Box::new(all) };
        Ok(Self { path: path.to_owned(), bytes, compressed })
    }

    /// The name that errors give.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The error for a failed read: of the compression where that is to blame, of the file otherwise.
    pub(super) fn error(&self, source: io::Error) -> DataError {
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        let path = self.path.clone();
        match source.kind() {
            UnexpectedEof if self.compressed => DataError::Gzip { path, reason: "it ends too early, or other bytes follow it".to_owned() },
            InvalidData | InvalidInput if self.compressed => DataError::Gzip { path, reason: source.to_string() },
            _ => DataError::Io { path, source },
        }
    }

    /// Reads up to `limit` bytes to the end of `to`, which grows with what really arrives.
    ///
    /// Fewer bytes are added only when the stream has ended, and a compressed one only ends after its checksum.
    pub(super) fn read_up_to(&mut self, limit: u64, to: &mut Vec<u8>) -> Result<(), DataError> {
        match self.bytes.by_ref().take(limit).read_to_end(to) {
            Ok(_) => Ok(()),
            Err(source) => Err(self.error(source)),
        }
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(buffer)
    }
}

/// Compresses bytes, for the tests of the readers.
#[cfg(test)]
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("a Vec takes all bytes");
    encoder.finish().expect("a Vec takes all bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &[u8]) -> Result<Vec<u8>, DataError> {
        let mut bytes = Vec::new();
        Source::new(Path::new("x"), raw)?.read_up_to(u64::MAX, &mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn plain_and_compressed_streams_read_alike() {
        for bytes in [&b""[..], b"\x1f", b"ab", b"a longer text"] {
            assert_eq!(read(bytes).unwrap(), bytes);
            assert_eq!(read(&gzip(bytes)).unwrap(), bytes);
        }
    }

    #[test]
    fn several_members_are_joined() {
        let two = [gzip(b"one "), gzip(b""), gzip(b"two")].concat();
        assert_eq!(read(&two).unwrap(), b"one two");
        // Empty members in their thousands neither recurse nor hang.
        assert_eq!(read(&gzip(b"").repeat(20_000)).unwrap(), b"");
    }

    #[test]
    fn damage_is_an_error_of_the_compression() {
        let whole = gzip(b"some text that compresses to a few bytes");
        for length in 2..whole.len() {
            let error = read(&whole[..length]).unwrap_err();
            assert!(matches!(error, DataError::Gzip { .. }), "{length}: {error}");
        }
        let mut wrong_sum = whole.clone();
        let sum = whole.len() - 8;
        wrong_sum[sum] ^= 1;
        let error = read(&wrong_sum).unwrap_err();
        assert!(error.to_string().contains("checksum"), "{error}");
        for more in [&b"\0"[..], b"garbage behind the stream"] {
            let error = read(&[&whole[..], more].concat()).unwrap_err();
            assert!(matches!(error, DataError::Gzip { .. }), "{error}");
        }
    }

    #[test]
    fn a_folder_is_no_file() {
        let read = Source::open(&std::env::temp_dir());
        assert!(matches!(read, Err(DataError::Io { .. })));
        let read = Source::open(Path::new("no/such/file"));
        assert!(matches!(read, Err(DataError::Io { .. })));
    }
}
