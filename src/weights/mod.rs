//! Weight files: `net.save_weights(path)`, `net.load_weights(path)`, in the safetensors format.
//!
//! ```
//! use nn::prelude::*;
//!
//! network! { struct Net { input: [4], hidden: Dense(8), Relu, Dense(2) } }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let path = std::env::temp_dir().join(format!("nn-doc-{}.safetensors", std::process::id()));
//! let net = Net::new(1);
//! net.save_weights(&path)?;
//! let copy = nn::weights::load::<Net>(&path)?;
//! assert_eq!(copy.hidden.kernel, net.hidden.kernel);
//! # std::fs::remove_file(&path)?;
//! # Ok(())
//! # }
//! ```
//!
//! A save is atomic and durable: whatever happens, the path leads to the old file or to the new one, whole. A load is strict and
//! atomic: one error lists everything that is wrong, and then the network is bit for bit as before. What names, layouts and
//! metadata a file has is in `docs/weights.md`.

mod error;
mod fs;
mod open;
mod save;
#[cfg(test)]
pub(crate) mod tests;

pub use error::{SaveStep, WeightsError};
pub use nn_core::weights::*;

pub(crate) use fs::{Disk, Fs};
pub(crate) use open::read;
pub(crate) use save::atomically;

use nn_core::Network;
use std::path::Path;

/// Writes a file so that the path leads to the old one or to the new one, whole, at every moment.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), WeightsError> {
    save::atomically(&mut fs::Disk, path, |write| write(bytes))
}

/// Saving and loading, for every network.
pub trait Weights: Network {
    /// Saves the weights, atomically and durably; an existing file is replaced and keeps its permissions.
    ///
    /// # Errors
    /// Which step failed, and why; then the path leads to what it led to before.
    fn save_weights(&self, path: impl AsRef<Path>) -> Result<(), WeightsError> {
        self.save_weights_with(path, &Saver::new())
    }

    /// [`Weights::save_weights`] with metadata or a self-test.
    ///
    /// # Errors
    /// As there.
    fn save_weights_with(&self, path: impl AsRef<Path>, saver: &Saver) -> Result<(), WeightsError> {
        save::atomically(&mut Disk, path.as_ref(), |write| saver.write(self, write))
    }

    /// Reads weights into this network.
    ///
    /// # Errors
    /// Everything that is wrong with the file, in one error; then the network is bit for bit as before.
    fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<Loaded, WeightsError> {
        self.load_weights_with(path, &Loader::new())
    }

    /// [`Weights::load_weights`], less strict: [`Loader`] says in which ways.
    ///
    /// # Errors
    /// As there.
    fn load_weights_with(&mut self, path: impl AsRef<Path>, loader: &Loader<'_>) -> Result<Loaded, WeightsError> {
        let path = path.as_ref();
        let file = open::read(path)?;
        loader.load(self, &file).map_err(|source| WeightsError::Load { path: path.to_owned(), source })
    }
}

impl<N: Network> Weights for N {}

/// A network with the weights of a file, in a box that was never on the stack: `nn::weights::load::<DigitMlp>(path)?`.
///
/// # Errors
/// As [`Weights::load_weights`].
pub fn load<N: Network>(path: impl AsRef<Path>) -> Result<Box<N>, WeightsError> {
    load_with(path, &Loader::new())
}

/// [`load`], less strict: [`Loader`] says in which ways.
///
/// # Errors
/// As there.
pub fn load_with<N: Network>(path: impl AsRef<Path>, loader: &Loader<'_>) -> Result<Box<N>, WeightsError> {
    // Every scalar is in the file, so none of the zeros stays.
    let mut net = nn_core::memory::zeroed_box::<N>();
    net.load_weights_with(path, loader)?;
    Ok(net)
}
