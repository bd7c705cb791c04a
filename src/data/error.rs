//! What can go wrong with a data set, and where.

use std::io;
use std::path::PathBuf;

/// An error in a data set: what was wrong, where, what was expected and what was found.
///
/// Every reader gives one of these for any input whatsoever; none panics, hangs, or allocates by a size that a file
/// merely claims.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A file could not be opened or read.
    #[error("cannot read {path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file of a data set is in the folder neither plain nor compressed.
    #[error(
        "neither `{name}` nor `{name}.gz` is in {dir}: pass the folder that holds it, or name it in MNIST_DIR",
        dir = dir.display()
    )]
    MissingFile {
        /// The folder that was searched.
        dir: PathBuf,
        /// The plain name of the file.
        name: String,
    },
    /// A file begins as gzip data but is damaged: cut short, wrong checksum, or followed by something else.
    #[error("{path}: damaged gzip data: {reason}", path = path.display())]
    Gzip {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file is not of the expected format.
    #[error("{path}: not an IDX file: it begins with {found}{hint}", path = path.display())]
    WrongMagic {
        /// The file.
        path: PathBuf,
        /// Its first four bytes, in hexadecimal.
        found: String,
        /// What these bytes usually mean, such as `; this is a PNG picture`; empty where they mean nothing known.
        hint: &'static str,
    },
    /// An IDX file holds elements of another type than unsigned bytes.
    #[error(
        "{path}: byte 2 says the elements are {name} (code 0x{code:02x}); only unsigned bytes (0x08) can be read",
        path = path.display()
    )]
    UnsupportedType {
        /// The file.
        path: PathBuf,
        /// The type code.
        code: u8,
        /// What the code stands for.
        name: &'static str,
    },
    /// An IDX file has too few or too many dimensions.
    #[error("{path}: byte 3 says {found} dimensions, expected {expected}", path = path.display())]
    WrongRank {
        /// The file.
        path: PathBuf,
        /// What would have been right, such as `3` or `1 to 8`.
        expected: &'static str,
        /// The number of dimensions in the file.
        found: usize,
    },
    /// The sizes in a header, or the length of a text, are beyond what this library reads.
    #[error("{path}: {what}, more than the limit of {limit} bytes", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// What is too large, with its size.
        what: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// A file ends before the data its header announces.
    #[error("{path}: ends after {found} bytes, expected {expected}", path = path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// The number of bytes needed, counted from the start of the (decompressed) file.
        expected: u64,
        /// The number of bytes present.
        found: u64,
    },
    /// A file goes on after the data its header announces.
    #[error("{path}: goes on after the {expected} bytes its header announces", path = path.display())]
    TrailingBytes {
        /// The file.
        path: PathBuf,
        /// The number of bytes announced, counted from the start of the (decompressed) file.
        expected: u64,
    },
    /// There is not one label for each image.
    #[error("{set}: {images} images, {labels} labels")]
    CountMismatch {
        /// The data set, or the files it comes from.
        set: String,
        /// The number of images (samples).
        images: usize,
        /// The number of labels.
        labels: usize,
    },
    /// A label is not one of the classes.
    #[error("{set}: sample {index} has label {label}, but there are {classes} classes (0 to {last})", last = classes - 1)]
    LabelOutOfRange {
        /// The data set, or the file it comes from.
        set: String,
        /// The sample, counted from 0.
        index: usize,
        /// Its label.
        label: usize,
        /// The number of classes.
        classes: usize,
    },
    /// A line of a CSV file cannot be used.
    #[error("{path}, line {line}, column {column}: {reason}", path = path.display())]
    Csv {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1, blank lines included.
        line: u64,
        /// The column (field) of that line, counted from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A line of a text cannot be used.
    #[error("{path}, line {line}: {reason}", path = path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A data set without a single sample.
    #[error("{set}: no samples")]
    Empty {
        /// The data set, or the file it comes from.
        set: String,
    },
    /// The dimensions of a sample hold nothing, or more than can be addressed.
    #[error("samples of dimensions {dims:?} cannot be held: {reason}")]
    Dims {
        /// The dimensions.
        dims: Vec<usize>,
        /// What is wrong with them.
        reason: String,
    },
    /// The number of pixels is not a whole number of samples.
    #[error("{pixels} pixels are not a whole number of samples of {features} (dimensions {dims:?})")]
    PixelCount {
        /// The number of pixels.
        pixels: usize,
        /// Pixels in one sample.
        features: usize,
        /// The dimensions of one sample.
        dims: Vec<usize>,
    },
    /// The number of classes is 0, or more than a label of one byte can tell apart.
    #[error("{classes} classes: there must be 1 to 256")]
    Classes {
        /// The number of classes.
        classes: usize,
    },
    /// The value that stands for 1.0 is not a positive number.
    #[error("scale {scale}: it is the pixel value that stands for 1.0, and must be positive and finite")]
    Scale {
        /// The scale.
        scale: f32,
    },
    /// A sample was asked for that does not exist.
    #[error("sample {index} of a set of {len}")]
    IndexOutOfRange {
        /// The sample asked for, counted from 0.
        index: usize,
        /// The number of samples.
        len: usize,
    },
    /// The share of a split is not between 0 and 1.
    #[error("a split of {fraction}: the share of the second set must lie between 0 and 1, both excluded")]
    SplitFraction {
        /// The share.
        fraction: f64,
    },
    /// A split would leave one of its two sets without samples.
    #[error("a split of {fraction} divides {samples} samples into {first} and {second}: neither set may be empty")]
    SplitEmpty {
        /// The share of the second set.
        fraction: f64,
        /// The number of samples to divide.
        samples: usize,
        /// Samples in the first set.
        first: usize,
        /// Samples in the second set.
        second: usize,
    },
    /// A column of a table that is not there, or cannot be used as asked.
    #[error("{set}, column `{column}`: {reason}")]
    Column {
        /// The table, or the file it comes from.
        set: String,
        /// The name of the column.
        column: String,
        /// What is wrong.
        reason: String,
    },
    /// A number of a sample is infinite, NaN, or beyond the range of `f32`.
    #[error("{set}: sample {index}, value {position}: {value} is not a finite number of 32 bits")]
    NotFinite {
        /// The data set.
        set: String,
        /// The sample, counted from 0.
        index: usize,
        /// The place within the sample (or its target), counted from 0.
        position: usize,
        /// The number.
        value: f64,
    },
    /// A binary file breaks the rules of its format.
    #[error("{path}, byte {offset}: {reason}", path = path.display())]
    Format {
        /// The file, for a member of an archive with the name of the member behind it.
        path: PathBuf,
        /// Where in the (decompressed) file, counted from 0.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// A picture cannot be read, or is not like the others.
    #[error("{path}: {reason}", path = path.display())]
    Picture {
        /// The file or the folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A character that a vocabulary does not have.
    #[error("byte {offset}: the character {character:?} is not in the vocabulary")]
    UnknownCharacter {
        /// Where in the text it begins, counted from 0.
        offset: usize,
        /// The character.
        character: char,
    },
    /// A token that a vocabulary does not have.
    #[error("token {index} is {token}, but the vocabulary has {vocabulary}")]
    UnknownToken {
        /// The place in the sequence, counted from 0.
        index: usize,
        /// The token.
        token: u32,
        /// The number of tokens there are.
        vocabulary: usize,
    },
    /// A set cannot be cut into so many parts.
    #[error("{folds} folds of {samples} samples: there must be at least 2, and no more than samples")]
    Folds {
        /// The number of parts asked for.
        folds: usize,
        /// The number of samples.
        samples: usize,
    },
    /// An option of an augmentation is out of its range, or does not fit the samples.
    #[error("augmentation: {reason}")]
    Augment {
        /// What is wrong.
        reason: String,
    },
    /// The scaling of features does not fit what it is applied to, or what was read is none.
    #[error("scaling of features: {reason}")]
    Scaling {
        /// What is wrong.
        reason: String,
    },
}
