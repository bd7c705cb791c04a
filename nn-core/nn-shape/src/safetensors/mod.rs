//! The header of a safetensors file: which tensors it holds, of which type and shape, and where.
//!
//! Read in two places: by `nn-core`, when a file is loaded, and by the macro `embed!`, when one is compiled in. Nothing here
//! allocates, recurses or trusts a number it has not compared with the bytes that are there. Stricter than the format's reference
//! implementation: names must be unique, a tensor has exactly the three keys of the format, no product of sizes may wrap behind
//! a zero, and what this library wrote must carry a checksum.
#![deny(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used
)]

mod dtype;
mod error;
mod json;
mod label;
mod layout;
mod meta;
#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]
mod tests;

pub use dtype::Dtype;
pub use error::HeaderError;
pub use json::{Chars, Sizes, Text};
pub use label::Label;
pub use meta::{FORMAT, Meta, SelfTestText};

use json::Cursor;

/// The longest header that is read, as in the reference implementation.
pub const MAX_HEADER: u64 = 100_000_000;
/// The most tensors a file may have.
pub const MAX_TENSORS: usize = 100_000;
/// The most entries of metadata a file may have.
pub const MAX_METADATA: usize = 256;

/// The bytes before the header: its length.
pub(crate) const PREFIX: usize = 8;

/// A file whose header is well formed, as far as each entry alone can tell: [`Header::layout`] looks at them together.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    json: &'a str,
    data: &'a [u8],
    tensors: usize,
    metadata: Option<&'a str>,
}

/// One tensor of a file.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    /// Its name.
    pub name: Text<'a>,
    /// Its sizes.
    pub shape: Sizes<'a>,
    /// Where its bytes begin, counted from the end of the header.
    pub begin: u64,
    /// Where they end.
    pub end: u64,
    /// The type of its elements.
    pub dtype: Dtype,
    /// For the reader: whether somebody asked for it.
    pub used: bool,
}

impl<'a> Header<'a> {
    /// Reads the header of a whole file.
    pub fn read(file: &'a [u8]) -> Result<Self, HeaderError> {
        let Some((length, rest)) = file.split_first_chunk::<PREFIX>() else {
            return Err(HeaderError::TooShort { bytes: file.len(), looks_like: error::looks_like(file) });
        };
        let claimed = u64::from_le_bytes(*length);
        let looks_like = error::looks_like(file);
        if claimed > MAX_HEADER {
            return Err(HeaderError::TooLong { claimed, looks_like });
        }
        let cut = usize::try_from(claimed).ok().and_then(|claimed| rest.split_at_checked(claimed));
        let Some((json, data)) = cut else {
            return Err(HeaderError::HeaderCut { claimed, present: rest.len(), looks_like });
        };
        let json = core::str::from_utf8(json).map_err(|error| HeaderError::NotUtf8 { at: PREFIX.saturating_add(error.valid_up_to()) })?;
        let mut header = Self { json, data, tensors: 0, metadata: None };
        header.scan()?;
        Ok(header)
    }

    /// Goes over every entry once.
    fn scan(&mut self) -> Result<(), HeaderError> {
        let mut cursor = Cursor::new(self.json);
        let mut first = true;
        cursor.open(b'{', "`{`")?;
        while cursor.more(&mut first, b'}')? {
            let name = cursor.key()?;
            if name.is("__metadata__") {
                if self.metadata.is_some() {
                    return Err(HeaderError::Duplicate { name: Label::new(name.chars()) });
                }
                self.metadata = Some(cursor.metadata()?);
            } else {
                cursor.tensor(name)?;
                self.tensors = self.tensors.saturating_add(1);
                if self.tensors > MAX_TENSORS {
                    return Err(HeaderError::TooManyTensors);
                }
            }
        }
        cursor.end()
    }

    /// How many tensors there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tensors
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tensors == 0
    }

    /// The bytes after the header.
    #[must_use]
    pub fn data(&self) -> &'a [u8] {
        self.data
    }

    /// The tensors, in the order of the header.
    pub fn tensors(&self) -> impl Iterator<Item = Stored<'a>> {
        let mut cursor = Cursor::new(self.json);
        let mut first = true;
        let open = cursor.open(b'{', "`{`").is_ok();
        // Nothing here fails: `read` has been over it.
        core::iter::from_fn(move || {
            while open && cursor.more(&mut first, b'}').ok()? {
                let name = cursor.key().ok()?;
                if name.is("__metadata__") {
                    cursor.metadata().ok()?;
                } else {
                    return cursor.tensor(name).ok();
                }
            }
            None
        })
    }

    /// The metadata, in the order of the header.
    pub fn metadata(&self) -> impl Iterator<Item = (Text<'a>, Text<'a>)> {
        let mut cursor = Cursor::new(self.metadata.unwrap_or("}"));
        let mut first = true;
        core::iter::from_fn(move || {
            if !cursor.more(&mut first, b'}').ok()? {
                return None;
            }
            Some((cursor.key().ok()?, cursor.string().ok()?))
        })
    }
}
