//! NPZ, NumPy's file of several arrays: a ZIP archive of NPY files, stored or deflated.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::npy::read_npy_from;
use super::{DataError, Npy};

/// The most bytes of the directory at the end of an archive.
const DIRECTORY_LIMIT: u64 = 1 << 24;

/// The most bytes of all arrays together.
const LIMIT: u64 = 1 << 34;

/// The longest comment behind the directory, which is where its end is looked for.
const COMMENT: u64 = 0xffff;

/// Reads all arrays of an NPZ file, as `numpy.savez` and `numpy.savez_compressed` write it, by name.
///
/// ```no_run
/// let arrays = nn::data::read_npz("data.npz")?;
/// let set = nn::data::Samples::from_npy_labels(&arrays["x"], &arrays["y"], 10)?;
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Errors
///
/// If the file cannot be read, is no ZIP archive, is damaged or encrypted, or a member is not what [`read_npy`](super::read_npy) takes.
pub fn read_npz(path: impl AsRef<Path>) -> Result<BTreeMap<String, Npy>, DataError> {
    let path = path.as_ref();
    let file = File::open(path).map_err(|source| DataError::Io { path: path.to_owned(), source })?;
    read_npz_from(file, path)
}

/// As [`read_npz`], from anything that can be read and searched; `name` is what errors call it.
///
/// # Errors
///
/// As [`read_npz`].
pub fn read_npz_from(file: impl Read + Seek, name: impl AsRef<Path>) -> Result<BTreeMap<String, Npy>, DataError> {
    let mut archive = Archive { file: BufReader::new(file), path: name.as_ref().to_owned() };
    let members = archive.directory()?;
    // Before anything is unpacked: members may share their bytes.
    let bytes = members.iter().fold(0_u64, |sum, member| sum.saturating_add(member.size));
    if bytes > LIMIT {
        return Err(DataError::TooLarge { path: archive.path, what: format!("its members have {bytes} bytes"), limit: LIMIT });
    }
    let mut arrays = BTreeMap::new();
    for member in members {
        if arrays.contains_key(&member.name) {
            return Err(archive.fail(member.entry, format!("two members are called `{}`", member.name)));
        }
        let array = archive.read(&member)?;
        arrays.insert(member.name, array);
    }
    Ok(arrays)
}

/// An entry of the directory.
struct Member {
    /// Without `.npy`.
    name: String,
    /// Where its entry in the directory is, for errors.
    entry: u64,
    deflated: bool,
    crc: u32,
    packed: u64,
    size: u64,
    /// Where the member is.
    start: u64,
}

struct Archive<F: Read + Seek> {
    file: BufReader<F>,
    path: PathBuf,
}

impl<F: Read + Seek> Archive<F> {
    fn fail(&self, offset: u64, reason: impl Into<String>) -> DataError {
        DataError::Format { path: self.path.clone(), offset, reason: reason.into() }
    }

    fn io(&self, source: io::Error) -> DataError {
        DataError::Io { path: self.path.clone(), source }
    }

    /// Bytes at a place, or what is left of them.
    fn bytes(&mut self, at: u64, count: u64) -> Result<Vec<u8>, DataError> {
        let mut bytes = Vec::new();
        let read = self.file.seek(SeekFrom::Start(at)).and_then(|_| self.file.by_ref().take(count).read_to_end(&mut bytes));
        read.map(|_| bytes).map_err(|error| self.io(error))
    }

    /// All members, in the order of the directory.
    fn directory(&mut self) -> Result<Vec<Member>, DataError> {
        let length = self.file.seek(SeekFrom::End(0)).map_err(|error| self.io(error))?;
        let from = length.saturating_sub(22 + COMMENT);
        let tail = self.bytes(from, 22 + COMMENT)?;
        let end = (0..tail.len().saturating_sub(21))
            .rev()
            .find(|&at| tail[at..].starts_with(b"PK\x05\x06") && usize::from(u16_at(&tail, at + 20)) == tail.len() - at - 22);
        let Some(end) = end else {
            let hint = match () {
                () if tail.starts_with(b"\x93NUMPY") => " (an NPY file; read it with `read_npy`)",
                () if tail.starts_with(b"\x1f\x8b") => " (gzip; unpack it first)",
                () if tail.starts_with(b"PK\x03\x04") => " (it was cut short)",
                () => "",
            };
            return Err(self.fail(length, format!("not a ZIP archive: it has no directory at its end{hint}")));
        };
        let at = from + end as u64;
        let (mut count, mut size, mut start) =
            (u64::from(u16_at(&tail, end + 10)), u64::from(u32_at(&tail, end + 12)), u64::from(u32_at(&tail, end + 16)));
        if count == 0xffff || size == 0xffff_ffff || start == 0xffff_ffff {
            (count, size, start) = self.large_end(at)?;
        }
        if start.checked_add(size).is_none_or(|end| end > at) {
            return Err(self.fail(at, "the directory is not before its end: the file was cut or glued"));
        }
        if size > DIRECTORY_LIMIT {
            let what = format!("the directory of the archive has {size} bytes");
            return Err(DataError::TooLarge { path: self.path.clone(), what, limit: DIRECTORY_LIMIT });
        }
        let directory = self.bytes(start, size)?;
        let mut members = Vec::new();
        let mut rest = &directory[..];
        while !rest.is_empty() {
            let entry = start + (directory.len() - rest.len()) as u64;
            let (member, after) = member(rest, entry).map_err(|reason| self.fail(entry, reason))?;
            members.push(member);
            rest = after;
        }
        if members.len() as u64 != count {
            return Err(self.fail(at, format!("{count} members are announced, and {} are in the directory", members.len())));
        }
        Ok(members)
    }

    /// Number of members, size and place of the directory of an archive with 64-bit sizes.
    fn large_end(&mut self, end: u64) -> Result<(u64, u64, u64), DataError> {
        let locator = match end.checked_sub(20) {
            Some(at) => self.bytes(at, 20)?,
            None => Vec::new(),
        };
        if locator.len() == 20 && locator.starts_with(b"PK\x06\x07") {
            let record = self.bytes(u64_at(&locator, 8), 56)?;
            if record.len() == 56 && record.starts_with(b"PK\x06\x06") {
                return Ok((u64_at(&record, 32), u64_at(&record, 40), u64_at(&record, 48)));
            }
        }
        Err(self.fail(end, "the record of an archive with 64-bit sizes is missing"))
    }

    fn read(&mut self, member: &Member) -> Result<Npy, DataError> {
        let head = self.bytes(member.start, 30)?;
        if head.len() < 30 || !head.starts_with(b"PK\x03\x04") {
            return Err(self.fail(member.start, format!("there is no member where `{}` should be", member.name)));
        }
        let skipped = 30 + u64::from(u16_at(&head, 26)) + u64::from(u16_at(&head, 28));
        let data = member.start.saturating_add(skipped);
        self.file.seek(SeekFrom::Start(data)).map_err(|error| self.io(error))?;
        let path = PathBuf::from(format!("{}/{}.npy", self.path.display(), member.name));
        let packed = self.file.by_ref().take(member.packed);
        let mut plain = Checked {
            bytes: if member.deflated { Plain::Deflated(DeflateDecoder::new(packed)) } else { Plain::Stored(packed) },
            crc: Crc::new(),
            read: 0,
        };
        // No more than it says: its own header may claim anything.
        let array = read_npy_from(plain.by_ref().take(member.size.saturating_add(1)), &path);
        let (crc, read) = (plain.crc.sum(), plain.read);
        let array = match array {
            Err(DataError::Io { source, .. }) if matches!(source.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) => {
                return Err(self.fail(data, format!("damaged deflate data of `{}`: {source}", member.name)));
            }
            Err(DataError::Io { source, .. }) if source.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(self.fail(data, format!("the data of `{}` end too early", member.name)));
            }
            other => other?,
        };
        if read != member.size || crc != member.crc {
            return Err(self.fail(data, format!("`{}` is damaged: its length or checksum is not that of the directory", member.name)));
        }
        Ok(array)
    }
}

/// Reads one entry of the directory; gives what is behind it.
fn member(entry: &[u8], at: u64) -> Result<(Member, &[u8]), String> {
    if entry.len() < 46 || !entry.starts_with(b"PK\x01\x02") {
        return Err("the directory of the archive is damaged".to_owned());
    }
    let [name, extra, comment] = [28, 30, 32].map(|field| usize::from(u16_at(entry, field)));
    if entry.len() < 46 + name + extra + comment {
        return Err("an entry of the directory is longer than the directory".to_owned());
    }
    let text = std::str::from_utf8(&entry[46..46 + name]).map_err(|_| "the name of a member is not UTF-8")?;
    let shown: String = text.chars().take(80).flat_map(char::escape_debug).collect();
    if u16_at(entry, 8) & 1 != 0 {
        return Err(format!("`{shown}` is encrypted"));
    }
    let Some(plain) = text.strip_suffix(".npy") else {
        return Err(format!("`{shown}` is not an array: its name does not end in .npy"));
    };
    let deflated = match u16_at(entry, 10) {
        0 => false,
        8 => true,
        method => return Err(format!("`{shown}` is compressed by method {method}; expected 0 (none) or 8 (deflate)")),
    };
    let [mut packed, mut size, mut start] = [20, 24, 42].map(|field| u64::from(u32_at(entry, field)));
    // Those that do not fit into 32 bits are in this order in the extra field of number 1.
    let mut wide = extra_field(&entry[46 + name..46 + name + extra], 1).unwrap_or(&[]);
    for value in [&mut size, &mut packed, &mut start] {
        if *value == 0xffff_ffff {
            let Some((first, rest)) = wide.split_at_checked(8) else {
                return Err(format!("the 64-bit sizes of `{shown}` are missing"));
            };
            *value = u64_at(first, 0);
            wide = rest;
        }
    }
    let member = Member { name: plain.to_owned(), entry: at, deflated, crc: u32_at(entry, 16), packed, size, start };
    Ok((member, &entry[46 + name + extra + comment..]))
}

/// The contents of the extra field of a number.
fn extra_field(mut extra: &[u8], number: u16) -> Option<&[u8]> {
    while extra.len() >= 4 {
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let field = extra.get(4..4 + length)?;
        if id == number {
            return Some(field);
        }
        extra = &extra[4 + length..];
    }
    None
}

/// A member, decompressed.
enum Plain<R> {
    Stored(R),
    Deflated(DeflateDecoder<R>),
}

/// Takes the checksum and the length of what is read.
struct Checked<R> {
    bytes: Plain<R>,
    crc: Crc,
    read: u64,
}

impl<R: io::BufRead> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &mut self.bytes {
            Plain::Stored(bytes) => bytes.read(buffer)?,
            Plain::Deflated(bytes) => bytes.read(buffer)?,
        };
        self.crc.update(&buffer[..count]);
        self.read += count as u64;
        Ok(count)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
