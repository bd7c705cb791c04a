//! What can go wrong with a weight file.

use nn_core::weights::LoadError;
use std::fmt;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why weights were not saved or not loaded. The network is untouched, and the path leads to what it led to before.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// The file cannot be opened or read.
    #[error("cannot read {path}: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The path leads to something that is no file: a folder, a device, a pipe.
    #[error("cannot read {path}: it is {what}, not a file", path = path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// The file changed its length while it was read.
    #[error("{path} changed while it was read: it had {before} bytes, and then {after}", path = path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// Its length before.
        before: u64,
        /// The bytes that were read; one more than before means: or more.
        after: u64,
    },
    /// The file is no weight file, damaged, or of another network.
    #[error("{path}: {source}", path = path.display())]
    Load {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong.
        source: LoadError,
    },
    /// The file could not be written.
    #[error("cannot save {path}: {step} failed: {source}", path = path.display())]
    Save {
        /// The file that was to be saved.
        path: PathBuf,
        /// What failed.
        step: SaveStep,
        /// The system's answer.
        source: io::Error,
    },
}

/// The steps of a save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SaveStep {
    /// Looking at what is at the path.
    Look,
    /// Creating a temporary file beside it.
    Create,
    /// Giving it the permissions of the file it will replace.
    Permissions,
    /// Writing it.
    Write,
    /// Waiting until it is on the disk.
    Sync,
    /// Putting it in its place.
    Rename,
    /// Waiting until its place is on the disk. The new file is in place, but might not survive a loss of power.
    SyncFolder,
}

impl fmt::Display for SaveStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Look => "looking at it",
            Self::Create => "creating a temporary file beside it",
            Self::Permissions => "copying its permissions",
            Self::Write => "writing",
            Self::Sync => "waiting for the disk",
            Self::Rename => "putting the new file in its place",
            Self::SyncFolder => "waiting for the disk to know the new file's place (it is there)",
        })
    }
}
