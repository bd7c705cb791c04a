//! What can be wrong with a checkpoint.

use crate::weights::WeightsError;
use std::path::PathBuf;
use thiserror::Error;

/// Why a checkpoint was not written or not taken up. What was at its path is still there; network, trainer and callbacks are as before.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The file could not be written or read, is damaged, or has the tensors of another network or optimiser.
    #[error(transparent)]
    File(#[from] WeightsError),
    /// A weight file without the state of a training run.
    #[error("{path} has weights, but is no checkpoint of a training run", path = path.display())]
    OnlyWeights {
        /// The file.
        path: PathBuf,
    },
    /// A checkpoint whose text this version cannot read.
    #[error("{path}: `{fact}` of the checkpoint is missing or cannot be read", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What it should say.
        fact: &'static str,
    },
    /// The checkpoint of a run of another kind, which could not go on to the same bits.
    #[error("{path} is the checkpoint of another run: its {what} is {file}, here it is {here}", path = path.display())]
    Differs {
        /// The file.
        path: PathBuf,
        /// In what they differ.
        what: &'static str,
        /// As the file has it.
        file: String,
        /// As it is here.
        here: String,
    },
    /// A checkpoint can be taken up before the first epoch only.
    #[error("{path} cannot be taken up: the run has begun", path = path.display())]
    TooLate {
        /// The file.
        path: PathBuf,
    },
}
