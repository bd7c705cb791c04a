//! An array that stays in its file.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::super::npy::{Header, Kind};
use super::super::open::Source as Stream;
use super::super::{DataError, Targets};
use super::Source;

/// An NPY file of samples along its first axis, read one by one where they are: for data larger than memory.
///
/// Only the targets are in memory. The file must be plain (not gzip) and in C order, of any numbers that [`read_npy`](super::super::read_npy)
/// takes. Use it in a [`Pipeline`](super::Pipeline), whose threads read ahead. A sample that cannot be read becomes NaN, which stops
/// training; [`error`](Self::error) then says why.
///
/// ```no_run
/// use nn::data::{Augment, NpyFile, Pipeline, Targets, read_npy};
///
/// let y = read_npy("y.npy")?;
/// let targets = Targets::Numbers { values: y.to_f64().iter().map(|&y| y as f32).collect(), width: 1 };
/// let train = Pipeline::new(NpyFile::open("x.npy", targets)?, Augment::new())?;
/// # Ok::<(), nn::data::DataError>(())
/// ```
#[derive(Debug)]
pub struct NpyFile {
    path: PathBuf,
    kind: Kind,
    /// Where the first sample begins.
    start: u64,
    len: usize,
    dims: Vec<usize>,
    /// The file, and the bytes of one sample.
    file: Mutex<(File, Vec<u8>)>,
    targets: Targets,
    error: Mutex<Option<DataError>>,
}

impl NpyFile {
    /// Opens a file; nothing but its header is read.
    ///
    /// # Errors
    /// If it cannot be read, is compressed, not a sound NPY file, in Fortran order, of another length than its header says, or there is not
    /// one target for each sample.
    pub fn open(path: impl AsRef<Path>, targets: Targets) -> Result<Self, DataError> {
        let path = path.as_ref();
        let io = |source| DataError::Io { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(io)?;
        let found = file.metadata().map_err(io)?.len();
        let mut magic = [0; 2];
        if file.read(&mut magic).map_err(io)? == 2 && magic == [0x1f, 0x8b] {
            let reason = "it is compressed with gzip: samples cannot be read one by one".to_owned();
            return Err(DataError::Format { path: path.to_owned(), offset: 0, reason });
        }
        file.seek(SeekFrom::Start(0)).map_err(io)?;
        let header = Header::read(&mut Stream::new(path, &file)?)?;
        let set = path.display().to_string();
        if header.fortran && header.dims.len() > 1 {
            let reason = "the array is in Fortran order: a sample is not in one place".to_owned();
            return Err(DataError::Format { path: path.to_owned(), offset: 10, reason });
        }
        let [len, dims @ ..] = &header.dims[..] else {
            return Err(DataError::Dims { dims: Vec::new(), reason: "the file holds a single number, not an array of samples".to_owned() });
        };
        let dims = if dims.is_empty() { vec![1] } else { dims.to_vec() };
        let size = super::super::labelled::features(&dims)?;
        // Of all samples together, which need not fit into memory.
        let bytes =
            (size as u64).checked_mul(header.kind.size as u64).and_then(|size| size.checked_mul(*len as u64)?.checked_add(header.bytes));
        match bytes {
            Some(expected) if expected < found => return Err(DataError::TrailingBytes { path: path.to_owned(), expected }),
            Some(expected) if expected == found => {}
            expected => return Err(DataError::Truncated { path: path.to_owned(), expected: expected.unwrap_or(u64::MAX), found }),
        }
        if *len == 0 {
            return Err(DataError::Empty { set });
        }
        if targets.len() != *len {
            return Err(DataError::CountMismatch { set, images: *len, labels: targets.len() });
        }
        let (len, kind, start) = (*len, header.kind, header.bytes);
        let buffer = vec![0; size * kind.size];
        Ok(Self { path: path.to_owned(), kind, start, len, dims, file: Mutex::new((file, buffer)), targets, error: Mutex::new(None) })
    }

    /// Why a sample could not be read, if one could not since this was last asked.
    #[must_use]
    pub fn error(&self) -> Option<DataError> {
        self.error.lock().ok().and_then(|mut error| error.take())
    }
}

impl Source for NpyFile {
    fn len(&self) -> usize {
        self.len
    }
    fn dims(&self) -> &[usize] {
        &self.dims
    }
    fn read(&self, index: usize, x: &mut [f32]) {
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (file, bytes) = &mut *file;
        let at = self.start + index as u64 * bytes.len() as u64;
        match file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(bytes)) {
            Ok(()) => self.kind.write(bytes, x),
            Err(source) => {
                x.fill(f32::NAN);
                if let Ok(mut error) = self.error.lock() {
                    error.get_or_insert(DataError::Io { path: self.path.clone(), source });
                }
            }
        }
    }
    fn label(&self, index: usize) -> u32 {
        match &self.targets {
            Targets::Classes { labels, .. } => labels.get(index).copied().unwrap_or(u32::MAX),
            Targets::Numbers { .. } => u32::MAX,
        }
    }
    fn target(&self, index: usize, y: &mut [f32]) {
        self.targets.write(index, y);
    }
}
