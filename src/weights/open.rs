//! Reading a whole file into memory, and nothing but files.

use super::WeightsError;
use std::fs::{File, FileType};
use std::io::Read;
use std::path::Path;

/// The bytes of a file. Takes as much memory as the file is long, whatever it claims.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, WeightsError> {
    let io = |source| WeightsError::Read { path: path.to_owned(), source };
    // Before opening: that alone may block on a pipe.
    regular(path, std::fs::metadata(path).map_err(io)?.file_type())?;
    let file = File::open(path).map_err(io)?;
    let metadata = file.metadata().map_err(io)?;
    regular(path, metadata.file_type())?;
    let length = metadata.len();
    let mut bytes = Vec::new();
    let room = usize::try_from(length).map_err(|_| io(std::io::ErrorKind::FileTooLarge.into()))?;
    bytes.try_reserve_exact(room.saturating_add(1)).map_err(|_| io(std::io::ErrorKind::OutOfMemory.into()))?;
    // One byte more shows that the file has grown.
    file.take(length.saturating_add(1)).read_to_end(&mut bytes).map_err(io)?;
    let after = bytes.len() as u64;
    if after != length {
        return Err(WeightsError::Changed { path: path.to_owned(), before: length, after });
    }
    Ok(bytes)
}

fn regular(path: &Path, kind: FileType) -> Result<(), WeightsError> {
    if kind.is_file() {
        return Ok(());
    }
    let what = if kind.is_dir() { "a folder" } else { "a device or a pipe" };
    Err(WeightsError::NotAFile { path: path.to_owned(), what })
}
