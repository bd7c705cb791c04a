//! What can go wrong with a picture.

use std::path::PathBuf;

/// A picture that could not be drawn or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot draw {path}: {reason}", path = path.display())]
#[non_exhaustive]
pub struct PlotError {
    /// The file that was to be written.
    pub path: PathBuf,
    /// Why it was not.
    pub reason: String,
}
