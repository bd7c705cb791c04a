//! Files that hold several networks' worth of tensors and a text: what a checkpoint of a training run is made of.

use super::error::LoadError;
use super::load::{Check, Loader, open, text};
use super::save::{Saver, file_header, write_all};
use crate::network::Network;
use crate::parameters::Place;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A network's worth of tensors in a file, each under its name with a prefix. The weights have none; other prefixes contain a `/`, which no
/// name does.
pub type Part<R> = (String, R);

impl Saver {
    /// Hands a file with these parts and this text to `write`, bit by bit. It can be read as a weight
    /// file as well: of the part without a prefix.
    ///
    /// # Errors
    /// The first error of `write`.
    pub fn write_parts<N: Network, E>(
        &self,
        text: &str,
        parts: &[Part<&N>],
        write: &mut dyn FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let parts: Vec<(&str, &N)> = parts.iter().map(|(prefix, net)| (prefix.as_str(), *net)).collect();
        write_all(&parts, &file_header(self, Some(text), &parts), write)
    }
}

impl Loader<'_> {
    /// The text of a file with parts; `None` if the file has none, and is no more than a weight file. The file is checked as a whole.
    ///
    /// # Errors
    /// Everything that is wrong with the file, whatever the network.
    pub fn text<N: Network>(file: &[u8]) -> Result<Option<String>, LoadError> {
        let mut errors = LoadError::new(N::NAME);
        match open(file, &mut errors) {
            Some((_, _, meta)) => Ok(meta.checkpoint.map(text)),
            None => Err(errors),
        }
    }

    /// Reads all parts of a file: these and no others.
    ///
    /// # Errors
    /// Everything that is wrong, in one error; every part is bit for bit as before.
    pub fn load_parts<N: Network>(&self, parts: &mut [Part<&mut N>], file: &[u8]) -> Result<(), LoadError> {
        let mut errors = LoadError::new(N::NAME);
        let opened = open(file, &mut errors);
        let Some((header, mut tensors, meta)) = opened else { return Err(errors) };
        let mut check = Check::new(self, &header, &mut errors);
        for (prefix, net) in &*parts {
            net.visit(&Place::ROOT, &mut |tensor, _| check.tensor::<N::Scalar>(&format!("{prefix}{tensor}"), &tensor.dims, &mut tensors));
        }
        check.leftovers(&tensors);
        if !errors.is_empty() {
            errors.saved_from = meta.network.filter(|name| !name.is(N::NAME)).map(|name| name.label().to_string());
            return Err(errors);
        }
        for (prefix, net) in parts {
            self.fill(prefix, &mut **net, &header, &tensors);
        }
        Ok(())
    }
}
