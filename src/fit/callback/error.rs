//! What callbacks can fail of.

use crate::weights::WeightsError;
use std::error::Error;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why a callback ended a run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// An option is out of its range.
    #[error("{callback}: `{option}` is {value}; expected {expected}")]
    Option {
        /// The callback.
        callback: &'static str,
        /// The option.
        option: &'static str,
        /// What was given.
        value: f64,
        /// What could have been.
        expected: &'static str,
    },
    /// The run does not measure what is to be monitored.
    #[error("{callback} monitors `{monitor}`, which this run does not measure; it measures {}", list(.measured))]
    NotMeasured {
        /// The callback.
        callback: &'static str,
        /// What it was to monitor.
        monitor: String,
        /// What there is.
        measured: Vec<String>,
    },
    /// Nobody said whether a metric should become smaller or larger.
    #[error("{callback} monitors `{monitor}`: say with `mode` whether it is to become smaller (`Mode::Min`) or larger (`Mode::Max`)")]
    Direction {
        /// The callback.
        callback: &'static str,
        /// What it monitors.
        monitor: String,
    },
    /// A file name with a placeholder that cannot be filled in.
    #[error("the file name `{name}` cannot be used: {reason}")]
    FileName {
        /// As it was given.
        name: String,
        /// Why not.
        reason: String,
    },
    /// Weights could not be saved.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// A file could not be written.
    #[error("cannot write {path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A callback's own reason.
    #[error("{0}")]
    Other(Box<dyn Error + Send + Sync>),
}

impl CallbackError {
    /// For callbacks of your own: any error, or a text.
    pub fn other(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Other(reason.into())
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { format!("`{}`", names.join("`, `")) }
}
