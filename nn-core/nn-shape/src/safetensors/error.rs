//! What can be wrong with a file before anybody asks for a tensor.

use super::{Label, MAX_HEADER, MAX_METADATA, MAX_TENSORS};
use core::fmt;

/// Why a file is no safetensors file, or a damaged one. Positions count bytes from the start of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderError {
    /// Not even the length of a header.
    TooShort {
        /// The bytes there are.
        bytes: usize,
        /// What such bytes usually are.
        looks_like: Option<&'static str>,
    },
    /// The header claims to be longer than any is.
    TooLong {
        /// The length.
        claimed: u64,
        /// What such bytes usually are.
        looks_like: Option<&'static str>,
    },
    /// The file ends within the header.
    HeaderCut {
        /// The length the header claims.
        claimed: u64,
        /// The bytes after the length.
        present: usize,
        /// What such bytes usually are.
        looks_like: Option<&'static str>,
    },
    /// The header is not UTF-8.
    NotUtf8 {
        /// The first wrong byte.
        at: usize,
    },
    /// The header is not JSON of the format.
    Syntax {
        /// Where.
        at: usize,
        /// What should be there.
        expected: &'static str,
        /// What is there; `None` at the end of the header.
        found: Option<char>,
    },
    /// A tensor of a type that is not known here.
    UnknownDtype {
        /// Where the type stands.
        at: usize,
        /// The tensor.
        name: Label,
    },
    /// A tensor without its type, shape or place.
    Incomplete {
        /// The tensor.
        name: Label,
    },
    /// Two tensors, or two entries of the metadata, of the same name.
    Duplicate {
        /// The name.
        name: Label,
    },
    /// More tensors than are read.
    TooManyTensors,
    /// More entries of metadata than are read.
    TooMuchMetadata,
    /// The number of elements, or of bytes, of a shape is more than 64 bits hold.
    SizeWraps {
        /// The tensor.
        name: Label,
    },
    /// A tensor that ends before it begins.
    Reversed {
        /// The tensor.
        name: Label,
        /// Where it begins in the data.
        begin: u64,
        /// Where it ends.
        end: u64,
    },
    /// A tensor's place is not as long as its shape and type say.
    Length {
        /// The tensor.
        name: Label,
        /// What the shape needs.
        needs: u64,
        /// What the place has.
        has: u64,
    },
    /// A tensor that begins before the one in front of it ends.
    Overlap {
        /// The tensor.
        name: Label,
        /// Where it begins in the data.
        begin: u64,
        /// Where the one in front ends.
        free: u64,
    },
    /// Bytes in front of a tensor that belong to none.
    Hole {
        /// The tensor.
        name: Label,
        /// Where it begins in the data.
        begin: u64,
        /// Where the one in front ends.
        free: u64,
    },
    /// The file ends before its data does.
    Cut {
        /// The bytes of data the header announces.
        announced: u64,
        /// The bytes there are.
        present: u64,
    },
    /// The file goes on after its data.
    GoesOn {
        /// The bytes of data the header announces.
        announced: u64,
        /// The bytes there are.
        present: u64,
    },
    /// Metadata that this library writes is missing, unknown or malformed.
    Metadata {
        /// What is wrong.
        what: &'static str,
    },
    /// The file is of a version of this library's metadata that is not known here.
    Version {
        /// The version.
        found: Label,
    },
    /// The file is not as it was written.
    Checksum {
        /// What the file says.
        stored: u32,
        /// What its bytes give.
        computed: u32,
    },
}

struct Hint(Option<&'static str>);

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |what| write!(f, "; it looks like {what}"))
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooShort { bytes, looks_like } => {
                write!(f, "not a safetensors file: it has {bytes} bytes, and the length of the header alone takes 8{}", Hint(looks_like))
            }
            Self::TooLong { claimed, looks_like } => write!(
                f,
                "not a safetensors file: its first 8 bytes announce a header of {claimed} bytes, more than the limit of {MAX_HEADER}{}",
                Hint(looks_like)
            ),
            Self::HeaderCut { claimed, present, looks_like } => write!(
                f,
                "truncated, or not a safetensors file: it announces a header of {claimed} bytes and has {present} more{}",
                Hint(looks_like)
            ),
            Self::NotUtf8 { at } => write!(f, "byte {at} of the header is not UTF-8"),
            Self::Syntax { at, expected, found: None } => write!(f, "the header ends at byte {at}, where {expected} is expected"),
            Self::Syntax { at, expected, found: Some(found) } => {
                write!(f, "byte {at} of the header: expected {expected}, found `{}`", Label::new(core::iter::once(found)))
            }
            Self::UnknownDtype { at, name } => write!(f, "tensor `{name}`: unknown dtype at byte {at} of the header"),
            Self::Incomplete { name } => write!(f, "tensor `{name}`: needs `dtype`, `shape` and `data_offsets`"),
            Self::Duplicate { name } => write!(f, "the name `{name}` occurs twice"),
            Self::TooManyTensors => write!(f, "more than {MAX_TENSORS} tensors"),
            Self::TooMuchMetadata => write!(f, "more than {MAX_METADATA} entries of metadata"),
            Self::SizeWraps { name } => write!(f, "tensor `{name}`: the product of its sizes is more than 64 bits hold"),
            Self::Reversed { name, begin, end } => write!(f, "tensor `{name}`: begins at {begin} of the data and ends at {end}"),
            Self::Length { name, needs, has } => write!(f, "tensor `{name}`: its shape needs {needs} bytes, its place has {has}"),
            Self::Overlap { name, begin, free } => {
                write!(f, "tensor `{name}`: begins at {begin} of the data, where another one goes on to {free}")
            }
            Self::Hole { name, begin, free } => {
                write!(f, "tensor `{name}`: begins at {begin} of the data; nothing claims the bytes from {free} to there")
            }
            Self::Cut { announced, present } => write!(f, "truncated: the header announces {announced} bytes of data, there are {present}"),
            Self::GoesOn { announced, present } => {
                write!(f, "goes on after its data: the header announces {announced} bytes, there are {present}")
            }
            Self::Metadata { what } => write!(f, "the metadata of nn: {what}"),
            Self::Version { found } => write!(f, "written by a later version: the metadata is of format `{found}`, this library knows 1"),
            Self::Checksum { stored, computed } => {
                write!(f, "damaged: the checksum is {stored:08x} in the file, {computed:08x} of what is there")
            }
        }
    }
}

impl core::error::Error for HeaderError {}

/// What a file that begins like this usually is.
pub(super) fn looks_like(file: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 9] = [
        (b"version https://git-lfs", "a pointer of Git LFS: fetch the file itself with `git lfs pull`"),
        (b"\x89HDF\r\n\x1a\n", "HDF5, as Keras writes it (`.h5`)"),
        (b"PK\x03\x04", "a zip archive: PyTorch (`.pt`), Keras (`.keras`) or NumPy (`.npz`)"),
        (b"\x93NUMPY", "a NumPy array (`.npy`)"),
        (b"GGUF", "GGUF"),
        (b"\x1f\x8b", "gzip: decompress it first"),
        (b"\x80\x02", "a Python pickle"),
        (b"{", "JSON"),
        (b"<", "HTML or XML, perhaps the page of a failed download"),
    ];
    if file.is_empty() {
        return Some("an empty file");
    }
    KNOWN.iter().find(|(start, _)| file.starts_with(start)).map(|(_, what)| *what)
}
