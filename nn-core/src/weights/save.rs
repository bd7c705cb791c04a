//! The bytes of a weight file.

use super::bytes::little_endian;
use super::self_test::Recording;
use super::values::native;
use crate::network::Network;
use crate::parameters::Place;
use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::fmt::{self, Write};
use nn_shape::safetensors::{FORMAT, MAX_METADATA};

/// Writes the weights of a network in the safetensors format.
///
/// ```
/// use nn_core::weights::{Loader, Saver};
/// # nn_core::network! { struct Net { input: [2], Dense(3) } }
/// let net = Net::new(1);
/// let bytes = Saver::new().metadata("author", "me").unwrap().to_bytes(&*net);
/// let mut copy = Net::new(2);
/// Loader::new().load(&mut *copy, &bytes).unwrap();
/// assert_eq!(copy.dense.kernel, net.dense.kernel);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Saver {
    metadata: Vec<(String, String)>,
    self_test: Option<Recording>,
}

/// An entry that cannot be added to the metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetadataError {
    /// Keys that begin with `nn.` are what this library itself writes.
    Reserved {
        /// The key.
        key: String,
    },
    /// There are as many entries as a reader takes.
    TooMany {
        /// How many that is.
        limit: usize,
    },
    /// All entries together are longer than a reader takes.
    TooLong {
        /// How many bytes that is.
        limit: usize,
    },
}

impl fmt::Display for MetadataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reserved { key } => write!(f, "the metadata key `{key}` begins with `nn.`, which is reserved for what nn itself writes"),
            Self::TooMany { limit } => write!(f, "metadata may have at most {limit} entries"),
            Self::TooLong { limit } => write!(f, "metadata may have at most {limit} bytes"),
        }
    }
}

impl core::error::Error for MetadataError {}

/// Entries of metadata that are left to the user.
const ENTRIES: usize = MAX_METADATA - 8;
/// Their bytes: control characters grow sixfold in JSON, and the tensors need room as well.
const BYTES: usize = 8 << 20;

impl Saver {
    /// Nothing beyond the tensors, the network's name and a checksum.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry of your own to the file's metadata; the last one of a key counts.
    ///
    /// # Errors
    /// Keys that begin with `nn.` are reserved, and there is a limit of 248 entries and 8 MiB.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Result<Self, MetadataError> {
        let (key, value) = (key.into(), value.into());
        if key.starts_with("nn.") {
            return Err(MetadataError::Reserved { key });
        }
        self.metadata.retain(|(other, _)| *other != key);
        self.metadata.push((key, value));
        if self.metadata.len() > ENTRIES {
            return Err(MetadataError::TooMany { limit: ENTRIES });
        }
        if self.metadata.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>() > BYTES {
            return Err(MetadataError::TooLong { limit: BYTES });
        }
        Ok(self)
    }

    /// Adds a self-test, which is run whenever the file is loaded.
    #[must_use]
    pub fn self_test(mut self, recording: Recording) -> Self {
        self.self_test = Some(recording);
        self
    }

    /// The whole file.
    #[must_use]
    pub fn to_bytes<N: Network>(&self, net: &N) -> Vec<u8> {
        let parts = [("", net)];
        let header = file_header(self, None, &parts);
        let mut bytes = Vec::with_capacity(header.len() + N::PARAM_BYTES);
        let result: Result<(), Infallible> = write_all(&parts, &header, &mut |part| {
            bytes.extend_from_slice(part);
            Ok(())
        });
        result.map_or_else(|never| match never {}, |()| bytes)
    }

    /// Hands the file to `write`, part by part: memory for the header is all that is needed.
    ///
    /// # Errors
    /// The first error of `write`.
    pub fn write<N: Network, E>(&self, net: &N, write: &mut dyn FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let parts = [("", net)];
        write_all(&parts, &file_header(self, None, &parts), write)
    }
}

/// The length and the header, with its checksum, of a file with these parts.
pub(super) fn file_header<N: Network>(saver: &Saver, text: Option<&str>, parts: &[(&str, &N)]) -> Vec<u8> {
    let mut json = String::from("{\"__metadata__\":{");
    entry(&mut json, "nn.format", FORMAT);
    json.push(',');
    entry(&mut json, "nn.network", N::NAME);
    json.push_str(",\"nn.checksum\":\"crc32:");
    let digits = json.len();
    json.push_str("00000000\"");
    if let Some(text) = text {
        json.push(',');
        entry(&mut json, "nn.checkpoint", text);
    }
    for (key, value) in saver.self_test.iter().flat_map(Recording::entries) {
        json.push(',');
        entry(&mut json, key, &value);
    }
    for (key, value) in &saver.metadata {
        json.push(',');
        entry(&mut json, key, value);
    }
    json.push('}');
    tensors(parts, &mut json);
    json.push('}');
    // The data begins at a multiple of eight bytes.
    while !json.len().is_multiple_of(8) {
        json.push(' ');
    }
    let mut header = Vec::with_capacity(8 + json.len());
    header.extend_from_slice(&(json.len() as u64).to_le_bytes());
    header.extend_from_slice(json.as_bytes());
    let checksum = alloc::format!("{:08x}", checksum(parts, &header));
    header[8 + digits..][..8].copy_from_slice(checksum.as_bytes());
    header
}

/// The checksum of a file whose header has zeros in its place.
fn checksum<N: Network>(parts: &[(&str, &N)], header: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    let result: Result<(), Infallible> = write_all(parts, header, &mut |part| {
        hasher.update(part);
        Ok(())
    });
    result.map_or_else(|never| match never {}, |()| hasher.finalize())
}

pub(super) fn write_all<N: Network, E>(
    parts: &[(&str, &N)],
    header: &[u8],
    write: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut result = write(header);
    for (_, net) in parts {
        net.visit(&Place::ROOT, &mut |_, values| {
            if result.is_ok() {
                result = little_endian(values, write);
            }
        });
    }
    result
}

/// `"key":"value"`
fn entry(json: &mut String, key: &str, value: &str) {
    string(json, key);
    json.push(':');
    string(json, value);
}

fn string(json: &mut String, text: &str) {
    json.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => json.extend(['\\', char]),
            ..'\u{20}' => {
                // Writing to a string never fails.
                let _ = write!(json, "\\u{:04x}", char as u32);
            }
            char => json.push(char),
        }
    }
    json.push('"');
}

/// `,"name":{..}` for each tensor that has elements.
fn tensors<N: Network>(parts: &[(&str, &N)], json: &mut String) {
    let (dtype, mut begin) = (native::<N::Scalar>(), 0);
    for (prefix, net) in parts {
        net.visit(&Place::ROOT, &mut |tensor, values| {
            if values.is_empty() {
                return;
            }
            let end = begin + size_of_val(values);
            json.push(',');
            string(json, &alloc::format!("{prefix}{tensor}"));
            let sizes = alloc::format!("{:?}", tensor.dims.sizes()).replace(' ', "");
            let _ = write!(json, ":{{\"dtype\":\"{dtype}\",\"shape\":{sizes},\"data_offsets\":[{begin},{end}]}}");
            begin = end;
        });
    }
}
