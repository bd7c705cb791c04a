//! NPY, NumPy's file of one array.

mod elements;
mod header;
#[cfg(test)]
pub(super) mod tests;

pub(super) use header::{Header, Kind};

use std::io::Read;
use std::path::Path;

use super::open::Source;
use super::{DataError, Samples, Targets};
use elements::transposed;

/// The elements of an array, of the type they have in the file; those of 16-bit floats have become 32-bit ones.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each is named after its type")]
pub enum Elements {
    Bool(Vec<bool>),
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
}

macro_rules! each {
    ($elements:expr, $values:ident => $result:expr) => {
        match $elements {
            Elements::Bool($values) => $result,
            Elements::U8($values) => $result,
            Elements::U16($values) => $result,
            Elements::U32($values) => $result,
            Elements::U64($values) => $result,
            Elements::I8($values) => $result,
            Elements::I16($values) => $result,
            Elements::I32($values) => $result,
            Elements::I64($values) => $result,
            Elements::F32($values) => $result,
            Elements::F64($values) => $result,
        }
    };
}

/// An array of NumPy.
#[derive(Clone, Debug, PartialEq)]
pub struct Npy {
    /// The dimensions; none for a single number.
    pub dims: Vec<usize>,
    /// The elements, last axis fastest whatever order the file has; as many as the product of `dims`.
    pub elements: Elements,
}

impl Npy {
    /// All elements as `f64`. Whole numbers beyond 2^53 are rounded.
    #[must_use]
    #[allow(clippy::unnecessary_cast, reason = "one of the types is f64")]
    pub fn to_f64(&self) -> Vec<f64> {
        match &self.elements {
            Elements::Bool(values) => values.iter().map(|&value| f64::from(u8::from(value))).collect(),
            Elements::U8(values) => values.iter().map(|&value| value as f64).collect(),
            Elements::U16(values) => values.iter().map(|&value| value as f64).collect(),
            Elements::U32(values) => values.iter().map(|&value| value as f64).collect(),
            Elements::U64(values) => values.iter().map(|&value| value as f64).collect(),
            Elements::I8(values) => values.iter().map(|&value| value as f64).collect(),
            Elements::I16(values) => values.iter().map(|&value| value as f64).collect(),
            Elements::I32(values) => values.iter().map(|&value| value as f64).collect(),
            Elements::I64(values) => values.iter().map(|&value| value as f64).collect(),
            Elements::F32(values) => values.iter().map(|&value| value as f64).collect(),
            Elements::F64(values) => values.clone(),
        }
    }

    /// The number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        each!(&self.elements, values => values.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Samples {
    /// A classification set of two arrays: `x` with the samples along its first axis, and `labels`, whole numbers from 0 below
    /// `classes`.
    ///
    /// # Errors
    /// If the arrays do not fit, a label is no such number, or a number is not finite.
    pub fn from_npy_labels(x: &Npy, labels: &Npy, classes: usize) -> Result<Self, DataError> {
        let (values, dims) = rows(x, "x")?;
        if labels.dims.len() != 1 {
            return Err(DataError::Dims { dims: labels.dims.clone(), reason: "labels have one dimension".to_owned() });
        }
        let numbers = labels.to_f64();
        if let Some((index, value)) =
            numbers.iter().enumerate().find(|(_, value)| !(value.fract() == 0.0 && (0.0..classes as f64).contains(*value)))
        {
            let reason = format!("{value} at {index} is not the number of a class, 0 to {}", classes.saturating_sub(1));
            return Err(DataError::Column { set: "arrays".to_owned(), column: "labels".to_owned(), reason });
        }
        let labels = numbers.iter().map(|&value| value as u32).collect();
        Self::named("arrays", values, dims, Targets::Classes { labels, names: (0..classes).map(|class| class.to_string()).collect() })
    }

    /// A regression set of two arrays, with the samples along their first axes.
    ///
    /// # Errors
    /// If the arrays do not fit, or a number is not finite.
    pub fn from_npy(x: &Npy, y: &Npy) -> Result<Self, DataError> {
        let (values, dims) = rows(x, "x")?;
        let (targets, target_dims) = rows(y, "y")?;
        Self::named("arrays", values, dims, Targets::Numbers { values: targets, width: target_dims.iter().product() })
    }
}

/// The elements, and the dimensions behind the first one, `[1]` if there are none.
fn rows(array: &Npy, what: &str) -> Result<(Vec<f32>, Vec<usize>), DataError> {
    let [_, rest @ ..] = &array.dims[..] else {
        return Err(DataError::Dims { dims: Vec::new(), reason: format!("`{what}` is a single number, not an array of samples") });
    };
    let values = array.to_f64().iter().map(|&value| value as f32).collect();
    Ok((values, if rest.is_empty() { vec![1] } else { rest.to_vec() }))
}

/// Reads an NPY file of numbers: 1 to 8 bytes, whole or floating (or bool), either byte order, C or Fortran order, versions 1 to 3;
/// plain or compressed with gzip.
///
/// ```no_run
/// let x = nn::data::read_npy("x.npy")?;
/// let y = nn::data::read_npy("y.npy")?;
/// let set = nn::data::Samples::from_npy(&x, &y)?;
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Errors
///
/// If the file cannot be read, is not NPY, holds anything but numbers (objects, text, structures), or is shorter or longer than its header
/// says.
pub fn read_npy(path: impl AsRef<Path>) -> Result<Npy, DataError> {
    parse(Source::open(path.as_ref())?)
}

/// As [`read_npy`], from any stream; `name` is what errors call it.
///
/// # Errors
///
/// As [`read_npy`].
pub fn read_npy_from(stream: impl Read, name: impl AsRef<Path>) -> Result<Npy, DataError> {
    parse(Source::new(name.as_ref(), stream)?)
}

fn parse(mut source: Source<'_>) -> Result<Npy, DataError> {
    let header = Header::read(&mut source)?;
    let path = source.path().to_owned();
    let bytes = header.data_bytes(&path)?;
    // One byte more than announced tells whether the file goes on; the buffer grows with the bytes, not the claim.
    let mut data = Vec::new();
    source.read_up_to(bytes + 1, &mut data)?;
    let found = data.len() as u64;
    if found > bytes {
        return Err(DataError::TrailingBytes { path, expected: header.bytes + bytes });
    }
    if found < bytes {
        return Err(DataError::Truncated { path, expected: header.bytes + bytes, found: header.bytes + found });
    }
    let mut elements = header.kind.elements(&data);
    if header.fortran && header.dims.len() > 1 {
        elements = each!(elements, values => transposed(values, &header.dims).into());
    }
    Ok(Npy { dims: header.dims, elements })
}
