//! A weight file, read and checked as far as it can be without its network.

use nn_shape::near::{close, distance};
use nn_shape::safetensors::{Dtype, Header, HeaderError, Stored};
use std::path::Path;

/// More than this is no help.
const SHOWN: usize = 10;

/// What of a file goes into the program's source.
#[derive(Debug)]
pub(super) struct File {
    pub length: usize,
    pub tensors: Vec<Tensor>,
    /// The network it was saved from; empty for a file of another program.
    pub network: String,
    pub self_test: Option<(String, String, f64)>,
}

#[derive(Debug)]
pub(super) struct Tensor {
    pub name: String,
    pub dtype: &'static str,
    pub shape: Vec<u64>,
    /// Counted from the start of the file.
    pub begin: usize,
}

impl File {
    /// Reads the file at `path`, counted from the folder of the crate's `Cargo.toml`. The error is what to tell the user.
    pub(super) fn read(path: &str) -> Result<Self, String> {
        let root = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("`embed!` counts paths from CARGO_MANIFEST_DIR, which is not set")?;
        let full = Path::new(&root).join(path);
        let kind = std::fs::metadata(&full).map_err(|error| unreadable(path, &full, &error))?;
        if !kind.is_file() {
            return Err(format!("{path} is not a file: {}", full.display()));
        }
        let bytes = std::fs::read(&full).map_err(|error| unreadable(path, &full, &error))?;
        Self::parse(&bytes).map_err(|problems| tell(path, &problems))
    }

    /// Everything that is wrong with the bytes alone.
    fn parse(bytes: &[u8]) -> Result<Self, Vec<String>> {
        let one = |error: HeaderError| vec![error.to_string()];
        let header = Header::read(bytes).map_err(one)?;
        let (mut stored, mut problems): (Vec<_>, Vec<_>) = (header.tensors().collect(), Vec::new());
        header.layout(&mut stored, &mut |error| problems.push(error.to_string()));
        let meta = header.meta(bytes).map_err(one)?;
        if let (true, Some((stored, digits))) = (problems.is_empty(), &meta.checksum) {
            let (stored, computed) = (*stored, checksum(bytes, digits.clone()));
            if stored != computed {
                problems.push(HeaderError::Checksum { stored, computed }.to_string());
            }
        }
        if problems.is_empty() {
            problems.extend(stored.iter().filter_map(|tensor| not_finite(&header, tensor)));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let data = bytes.len() - header.data().len();
        let tensors = stored.iter().map(|tensor| Tensor {
            name: tensor.name.chars().collect(),
            dtype: tensor.dtype.text(),
            shape: tensor.shape.iter().collect(),
            begin: data + usize::try_from(tensor.begin).unwrap_or_default(),
        });
        Ok(Self {
            length: bytes.len(),
            tensors: tensors.collect(),
            network: meta.network.map(|name| name.chars().collect()).unwrap_or_default(),
            self_test: meta.self_test.map(|test| (test.input.to_owned(), test.output.to_owned(), test.tolerance)),
        })
    }
}

fn checksum(bytes: &[u8], digits: std::ops::Range<usize>) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&bytes[..digits.start]);
    hasher.update(b"00000000");
    hasher.update(&bytes[digits.end..]);
    hasher.finalize()
}

/// The first number of a tensor that is infinite or NaN.
fn not_finite(header: &Header<'_>, tensor: &Stored<'_>) -> Option<String> {
    let bytes = header.bytes(tensor)?;
    let at = match tensor.dtype {
        Dtype::F32 => bytes.as_chunks().0.iter().position(|&raw| !f32::from_le_bytes(raw).is_finite()),
        Dtype::F64 => bytes.as_chunks().0.iter().position(|&raw| !f64::from_le_bytes(raw).is_finite()),
        _ => None,
    }?;
    Some(format!("`{}`: element {at} is infinite or NaN", tensor.name.label()))
}

fn tell(path: &str, problems: &[String]) -> String {
    if let [problem] = problems {
        return format!("{path}: {problem}");
    }
    let mut text = format!("{path}, {} problems:", problems.len());
    problems.iter().take(SHOWN).for_each(|problem| {
        text.push_str("\n  ");
        text.push_str(problem);
    });
    text
}

fn unreadable(path: &str, full: &Path, error: &std::io::Error) -> String {
    if error.kind() != std::io::ErrorKind::NotFound {
        return format!("cannot read {path}: {error}\n  tried: {}", full.display());
    }
    let near = full.file_name().zip(full.parent()).and_then(|(name, folder)| nearest(&name.to_string_lossy(), folder));
    let near = near.map(|near| format!("\nhelp: the folder has `{near}`")).unwrap_or_default();
    format!("there is no file {path}\n  tried: {}\n  paths start at the folder of Cargo.toml{near}", full.display())
}

/// The file of a folder whose name is nearest.
fn nearest(name: &str, folder: &Path) -> Option<String> {
    let names = std::fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let (far, near) = names.filter_map(|other| Some((distance(name, &other)?, other))).min()?;
    close(far, name).then_some(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &[u8] = include_bytes!("../../../tests/fixtures/net.safetensors");

    #[test]
    fn a_whole_file_is_read() {
        let file = File::parse(WHOLE).expect("whole");
        assert_eq!((file.length, file.network.as_str(), file.tensors.len()), (WHOLE.len(), "Net", 8));
        let first = file.tensors.iter().min_by_key(|tensor| tensor.begin).expect("a tensor");
        assert_eq!((first.name.as_str(), first.dtype, &first.shape[..]), ("hidden.kernel", "F32", &[3, 4][..]));
        assert_eq!(first.begin, WHOLE.len() - 264);
        assert!(file.self_test.is_some());
    }

    /// Never a panic, which would hide behind "proc macro panicked", and never a damaged file.
    #[test]
    fn every_cut_and_every_flipped_bit_is_an_error() {
        for length in 0..WHOLE.len() {
            assert!(File::parse(&WHOLE[..length]).is_err(), "{length}");
        }
        for bit in 0..WHOLE.len() * 8 {
            let mut flipped = WHOLE.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(File::parse(&flipped).is_err(), "{bit}");
        }
    }
}
