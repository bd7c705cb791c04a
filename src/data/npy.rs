//! NPY, NumPy's file of one array.

use std::io::Read;
use std::path::Path;

use super::open::Source;
use super::{DataError, Samples, Targets};

/// The most bytes of elements read from one file: what a small compressed file can unfold to.
const LIMIT: u64 = 1 << 34;

/// The longest header. NumPy itself takes 10,000 characters.
const HEADER_LIMIT: usize = 1 << 16;

/// The most dimensions, as many as NumPy has.
const MOST_DIMS: usize = 64;

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

/// What a header says.
pub(super) struct Header {
    pub dims: Vec<usize>,
    pub fortran: bool,
    pub kind: Kind,
    /// The bytes before the elements.
    pub bytes: u64,
}

/// The type of the elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Kind {
    pub big_endian: bool,
    pub code: u8,
    pub size: usize,
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

impl Header {
    pub(super) fn read(source: &mut Source<'_>) -> Result<Self, DataError> {
        let path = source.path().to_owned();
        let fail = |offset: usize, reason: &str| DataError::Format { path: path.clone(), offset: offset as u64, reason: reason.to_owned() };
        let mut bytes = Vec::new();
        let mut read = |upto: usize, bytes: &mut Vec<u8>| {
            source.read_up_to((upto - bytes.len()) as u64, bytes)?;
            match bytes.len() == upto {
                true => Ok(()),
                false => Err(DataError::Truncated { path: path.clone(), expected: upto as u64, found: bytes.len() as u64 }),
            }
        };
        // The magic number first, so that another format is not called a short one.
        let short = read(8, &mut bytes);
        if !bytes.starts_with(&b"\x93NUMPY"[..bytes.len().min(6)]) {
            let hint = if bytes.starts_with(b"PK") { " (a ZIP archive; is it an NPZ file?)" } else { "" };
            return Err(fail(0, &format!("not an NPY file: it does not begin with \\x93NUMPY{hint}")));
        }
        short?;
        let start = match bytes[6] {
            1 => 10,
            2 | 3 => 12,
            version => return Err(fail(6, &format!("version {version} of the format, expected 1 to 3"))),
        };
        read(start, &mut bytes)?;
        let length = bytes[8..].iter().rev().fold(0_usize, |length, &byte| length << 8 | usize::from(byte));
        if length > HEADER_LIMIT {
            return Err(fail(8, &format!("a header of {length} bytes, more than {HEADER_LIMIT}")));
        }
        read(start + length, &mut bytes)?;
        let mut text = Text { text: &bytes, at: start };
        let header = text.header();
        let (kind, fortran, dims) = header.map_err(|reason| fail(text.at, &reason))?;
        Ok(Self { dims, fortran, kind, bytes: bytes.len() as u64 })
    }

    /// The bytes of all elements.
    pub(super) fn data_bytes(&self, path: &Path) -> Result<u64, DataError> {
        let product = self.dims.iter().try_fold(self.kind.size as u64, |product, &dim| product.checked_mul(dim as u64));
        // A zero does not hide sizes that cannot be counted: another axis may be read alone.
        let sizes =
            self.dims.iter().filter(|&&dim| dim > 0).try_fold(self.kind.size as u64, |product, &dim| product.checked_mul(dim as u64));
        product.filter(|&bytes| bytes <= LIMIT && sizes.is_some() && usize::try_from(bytes).is_ok()).ok_or_else(|| DataError::TooLarge {
            path: path.to_owned(),
            what: format!("its header claims dimensions {:?} of {} bytes", self.dims, self.kind.size),
            limit: LIMIT,
        })
    }
}

/// The header's text, a Python dictionary of three entries.
struct Text<'a> {
    text: &'a [u8],
    at: usize,
}

impl Text<'_> {
    #[allow(clippy::type_complexity, reason = "the three entries")]
    fn header(&mut self) -> Result<(Kind, bool, Vec<usize>), String> {
        let (mut kind, mut fortran, mut dims) = (None, None, None);
        self.expect(b'{')?;
        while !self.takes(b'}') {
            let start = self.at;
            let key = self.string()?;
            self.expect(b':')?;
            let twice = match &key[..] {
                b"descr" => kind.replace(self.kind()?).is_some(),
                b"fortran_order" => fortran.replace(self.boolean()?).is_some(),
                b"shape" => dims.replace(self.tuple()?).is_some(),
                _ => return self.wrong(start, "an entry other than `descr`, `fortran_order` and `shape`"),
            };
            if twice {
                return self.wrong(start, "an entry for the second time");
            }
            if !self.takes(b',') {
                self.expect(b'}')?;
                break;
            }
        }
        self.blanks();
        if self.at < self.text.len() {
            return Err("something behind the dictionary".to_owned());
        }
        match (kind, fortran, dims) {
            (Some(kind), Some(fortran), Some(dims)) => Ok((kind, fortran, dims)),
            (None, ..) => Err("`descr` is missing".to_owned()),
            (_, None, _) => Err("`fortran_order` is missing".to_owned()),
            (.., None) => Err("`shape` is missing".to_owned()),
        }
    }

    fn wrong<T>(&mut self, at: usize, what: &str) -> Result<T, String> {
        self.at = at;
        Err(what.to_owned())
    }

    fn blanks(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn takes(&mut self, byte: u8) -> bool {
        self.blanks();
        let takes = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(takes);
        takes
    }

    fn expect(&mut self, byte: u8) -> Result<(), String> {
        if self.takes(byte) { Ok(()) } else { Err(format!("expected `{}` of the header's dictionary", char::from(byte))) }
    }

    fn string(&mut self) -> Result<Vec<u8>, String> {
        self.blanks();
        let quote = self.text.get(self.at).copied().filter(|byte| matches!(byte, b'\'' | b'"')).ok_or("expected a text in quotes")?;
        let rest = &self.text[self.at + 1..];
        let end = rest.iter().position(|&byte| byte == quote).ok_or("a text that does not end")?;
        self.at += end + 2;
        Ok(rest[..end].to_vec())
    }

    fn kind(&mut self) -> Result<Kind, String> {
        self.blanks();
        let start = self.at;
        if self.text.get(start) == Some(&b'[') {
            return Err("a structure of several fields; only numbers can be read".to_owned());
        }
        let text = self.string()?;
        let kind = match &text[..] {
            &[order @ (b'<' | b'>' | b'|' | b'='), code, size @ b'1'..=b'8'] => {
                Kind { big_endian: order == b'>' || order == b'=' && cfg!(target_endian = "big"), code, size: usize::from(size - b'0') }
            }
            _ => Kind { big_endian: false, code: 0, size: 0 },
        };
        match (kind.code, kind.size) {
            (b'b', 1) | (b'u' | b'i', 1 | 2 | 4 | 8) | (b'f', 2 | 4 | 8) => Ok(kind),
            _ => {
                let hint = if text.contains(&b'O') { " (Python objects; save the array as numbers)" } else { "" };
                self.wrong(
                    start,
                    &format!(
                        "elements of type `{}`; only numbers of 1 to 8 bytes can be read{hint}",
                        text[..text.len().min(24)].escape_ascii()
                    ),
                )
            }
        }
    }

    fn boolean(&mut self) -> Result<bool, String> {
        self.blanks();
        for (text, value) in [("True", true), ("False", false)] {
            if self.text[self.at..].starts_with(text.as_bytes()) {
                self.at += text.len();
                return Ok(value);
            }
        }
        Err("expected True or False".to_owned())
    }

    fn tuple(&mut self) -> Result<Vec<usize>, String> {
        self.expect(b'(')?;
        let mut dims = Vec::new();
        while !self.takes(b')') {
            if dims.len() == MOST_DIMS {
                return Err(format!("more than {MOST_DIMS} dimensions"));
            }
            dims.push(self.number()?);
            if !self.takes(b',') {
                self.expect(b')')?;
                break;
            }
        }
        Ok(dims)
    }

    fn number(&mut self) -> Result<usize, String> {
        self.blanks();
        let digits = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&self.text[self.at..][..digits]).ok().and_then(|text| text.parse().ok());
        let number = number.ok_or("expected a size that can be counted")?;
        self.at += digits;
        // Python 2 wrote its long integers so.
        self.at += usize::from(self.text.get(self.at) == Some(&b'L'));
        Ok(number)
    }
}

impl Kind {
    /// Writes elements as numbers of 32 bits, without memory of its own.
    pub(super) fn write(self, data: &[u8], to: &mut [f32]) {
        macro_rules! numbers {
            ($type:ty) => {
                for (to, &bytes) in to.iter_mut().zip(data.as_chunks().0) {
                    *to = (if self.big_endian { <$type>::from_be_bytes(bytes) } else { <$type>::from_le_bytes(bytes) }) as f32;
                }
            };
        }
        match (self.code, self.size) {
            (b'b', _) => to.iter_mut().zip(data).for_each(|(to, &byte)| *to = f32::from(u8::from(byte != 0))),
            (b'u', 1) => numbers!(u8),
            (b'u', 2) => numbers!(u16),
            (b'u', 4) => numbers!(u32),
            (b'u', _) => numbers!(u64),
            (b'i', 1) => numbers!(i8),
            (b'i', 2) => numbers!(i16),
            (b'i', 4) => numbers!(i32),
            (b'i', _) => numbers!(i64),
            (_, 2) => {
                for (to, &bytes) in to.iter_mut().zip(data.as_chunks().0) {
                    *to = half(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) });
                }
            }
            (_, 4) => numbers!(f32),
            _ => numbers!(f64),
        }
    }

    pub(super) fn elements(self, data: &[u8]) -> Elements {
        macro_rules! numbers {
            ($type:ty) => {
                data.as_chunks()
                    .0
                    .iter()
                    .map(|&bytes| if self.big_endian { <$type>::from_be_bytes(bytes) } else { <$type>::from_le_bytes(bytes) })
                    .collect::<Vec<$type>>()
            };
        }
        match (self.code, self.size) {
            (b'b', _) => data.iter().map(|&byte| byte != 0).collect::<Vec<bool>>().into(),
            (b'u', 1) => data.to_vec().into(),
            (b'u', 2) => numbers!(u16).into(),
            (b'u', 4) => numbers!(u32).into(),
            (b'u', _) => numbers!(u64).into(),
            (b'i', 1) => numbers!(i8).into(),
            (b'i', 2) => numbers!(i16).into(),
            (b'i', 4) => numbers!(i32).into(),
            (b'i', _) => numbers!(i64).into(),
            (_, 2) => numbers!(u16).into_iter().map(half).collect::<Vec<f32>>().into(),
            (_, 4) => numbers!(f32).into(),
            _ => numbers!(f64).into(),
        }
    }
}

/// The number of these 16 bits, IEEE 754 binary16; every one is exact in `f32`.
fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (u32::from(bits >> 15) << 31, u32::from(bits >> 10 & 31), u32::from(bits & 1023));
    match exponent {
        // 2^-24 steps below the smallest normal number.
        0 => f32::from_bits(sign | (fraction as f32 * (1.0 / 16_777_216.0)).to_bits()),
        31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

/// Elements with the first axis fastest, in the order with the last axis fastest.
fn transposed<T: Copy>(values: Vec<T>, dims: &[usize]) -> Vec<T> {
    let strides: Vec<usize> = dims.iter().scan(1, |stride, &dim| Some(std::mem::replace(stride, *stride * dim))).collect();
    let (mut index, mut at) = (vec![0; dims.len()], 0);
    let mut result = Vec::with_capacity(values.len());
    for _ in 0..values.len() {
        result.push(values[at]);
        // Counts up with the last axis fastest, and follows with the place in the file.
        for axis in (0..dims.len()).rev() {
            index[axis] += 1;
            at += strides[axis];
            if index[axis] < dims[axis] {
                break;
            }
            at -= strides[axis] * dims[axis];
            index[axis] = 0;
        }
    }
    result
}

macro_rules! from {
    ($($name:ident $type:ty),+) => {
        $(impl From<Vec<$type>> for Elements {
            fn from(values: Vec<$type>) -> Self {
                Self::$name(values)
            }
        })+
    };
}

from!(Bool bool, U8 u8, U16 u16, U32 u32, U64 u64, I8 i8, I16 i16, I32 i32, I64 i64, F32 f32, F64 f64);

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A file of this header text and data.
    pub fn file(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    pub fn header(descr: &str, fortran: &str, shape: &str) -> String {
        format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n")
    }

    fn read(bytes: &[u8]) -> Result<Npy, DataError> {
        read_npy_from(bytes, "x.npy")
    }

    fn message(header: &str, data: &[u8]) -> String {
        read(&file(header, data)).unwrap_err().to_string()
    }

    #[test]
    fn every_type_and_byte_order_is_read() {
        let one = |descr: &str, data: &[u8]| read(&file(&header(descr, "False", "(1,)"), data)).unwrap().elements;
        assert_eq!(one("|b1", &[2]), Elements::Bool(vec![true]));
        assert_eq!(one("|u1", &[200]), Elements::U8(vec![200]));
        assert_eq!(one("|i1", &[200]), Elements::I8(vec![-56]));
        assert_eq!(one("<u2", &[1, 2]), Elements::U16(vec![513]));
        assert_eq!(one(">u2", &[1, 2]), Elements::U16(vec![258]));
        assert_eq!(one("<i2", &[0xfe, 0xff]), Elements::I16(vec![-2]));
        assert_eq!(one("<u4", &[1, 0, 0, 1]), Elements::U32(vec![(1 << 24) + 1]));
        assert_eq!(one(">i4", &[0xff, 0xff, 0xff, 0xfe]), Elements::I32(vec![-2]));
        assert_eq!(one("<i8", &(-7_i64).to_le_bytes()), Elements::I64(vec![-7]));
        assert_eq!(one(">u8", &7_u64.to_be_bytes()), Elements::U64(vec![7]));
        assert_eq!(one("<f4", &1.5_f32.to_le_bytes()), Elements::F32(vec![1.5]));
        assert_eq!(one(">f8", &1.5_f64.to_be_bytes()), Elements::F64(vec![1.5]));
        assert_eq!(one("<f2", &[0x00, 0x3e]), Elements::F32(vec![1.5]));
    }

    #[test]
    fn half_precision_is_exact() {
        for (bits, value) in [(0x0001, 5.960_464_5e-8), (0x03ff, 6.097_555e-5), (0x0400, 6.103_515_6e-5), (0x7bff, 65504.0), (0xc000, -2.0)]
        {
            assert_eq!(half(bits), value);
        }
        assert!(half(0x7c01).is_nan() && half(0xfc00) == f32::NEG_INFINITY && half(0x8000).to_bits() == 0x8000_0000);
    }

    #[test]
    fn fortran_order_becomes_c_order() {
        // numpy: np.arange(24).reshape(2, 3, 4) saved in Fortran order.
        let mut data = Vec::new();
        for k in 0..4 {
            for j in 0..3 {
                for i in 0..2 {
                    data.push(12 * i + 4 * j + k);
                }
            }
        }
        let array = read(&file(&header("|u1", "True", "(2, 3, 4)"), &data)).unwrap();
        assert_eq!((array.dims, array.elements), (vec![2, 3, 4], Elements::U8((0..24).collect())));
        let empty = read(&file(&header("<f4", "True", "(0, 3)"), &[])).unwrap();
        assert!(empty.is_empty() && empty.dims == [0, 3]);
        let number = read(&file(&header("|u1", "True", "()"), &[5])).unwrap();
        assert_eq!((number.dims.len(), number.to_f64()), (0, vec![5.0]));
    }

    #[test]
    fn headers_may_be_written_in_other_ways() {
        let plain = read(&file(&header("<u2", "False", "(1, 1)"), &[1, 0])).unwrap();
        for text in [
            "{\"shape\":(1,1),'fortran_order':False,'descr':'<u2'}",
            "{ 'descr' : '<u2' , 'shape' : ( 1L , 1L, ) , 'fortran_order' : False }   \n",
        ] {
            assert_eq!(read(&file(text, &[1, 0])).unwrap(), plain);
        }
        let mut second = b"\x93NUMPY\x02\x00".to_vec();
        let text = header("<u2", "False", "(1, 1)");
        second.extend((text.len() as u32).to_le_bytes());
        second.extend(text.as_bytes());
        second.extend([1, 0]);
        assert_eq!(read(&second).unwrap(), plain);
    }

    #[test]
    fn hostile_headers_are_refused_with_their_place() {
        let h = |descr, shape| header(descr, "False", shape);
        for (text, says) in [
            (h("|O", "(1,)"), "byte 20: elements of type `|O`; only numbers of 1 to 8 bytes can be read (Python objects"),
            (h("<U5", "(1,)"), "`<U5`"),
            (h("<f3", "(1,)"), "`<f3`"),
            (h("<c8", "(1,)"), "`<c8`"),
            (h("<f16", "(1,)"), "`<f16`"),
            ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}".into(), "a structure of several fields"),
            (h("<f4", "(-1,)"), "expected a size"),
            (h("<f4", "(99999999999999999999999,)"), "expected a size"),
            (h("<f4", "(1.5,)"), "expected `)`"),
            (h("<f4", "1"), "expected `(`"),
            (header("<f4", "false", "(1,)"), "True or False"),
            ("{'descr': '<f4', 'shape': (1,)}".into(), "`fortran_order` is missing"),
            ("{'shape': (1,), 'shape': (1,)}".into(), "second time"),
            ("{'other': 1}".into(), "an entry other than"),
            ("{}x".into(), "something behind"),
            ("{'descr: 1}".into(), "does not end"),
            ("{".into(), "in quotes"),
            (String::new(), "expected `{`"),
            (h("<f4", &format!("({})", "1,".repeat(65))), "more than 64 dimensions"),
        ] {
            let message = message(&text, &[0; 4]);
            assert!(message.starts_with("x.npy, byte ") && message.contains(says), "{text}: {message}");
        }
    }

    #[test]
    fn sizes_beyond_counting_cost_nothing() {
        for shape in ["(18446744073709551615, 2)", "(4294967296, 4294967296)", "(0, 18446744073709551615, 9)", "(17179869185,)"] {
            assert!(message(&header("<f4", "False", shape), &[]).contains("its header claims"), "{shape}");
        }
        assert!(message(&header("<f8", "False", "(2000000000,)"), &[0; 9]).contains("ends after"));
        let mut long = b"\x93NUMPY\x02\x00\xff\xff\xff\xff".to_vec();
        long.extend([b' '; 100]);
        assert!(read(&long).unwrap_err().to_string().contains("byte 8: a header of 4294967295 bytes"));
    }

    #[test]
    fn every_truncation_and_another_format_is_an_error() {
        let whole = file(&header("<f4", "False", "(2,)"), &[0; 8]);
        for length in 0..whole.len() {
            assert!(matches!(read(&whole[..length]), Err(DataError::Truncated { .. })), "{length}");
        }
        assert!(matches!(read(&[&whole[..], &[0]].concat()), Err(DataError::TrailingBytes { .. })));
        assert!(read(b"PK\x03\x04").unwrap_err().to_string().contains("NPZ"));
        assert!(read(b"\x93NUMPX\x01\x00").unwrap_err().to_string().contains("not an NPY"));
        assert!(read(b"\x93NUMPY\x04\x00\x00\x00").unwrap_err().to_string().contains("byte 6: version 4"));
        assert_eq!(read(&super::super::open::gzip(&whole)).unwrap(), read(&whole).unwrap());
    }

    #[test]
    fn arrays_become_samples() {
        let x = Npy { dims: vec![2, 2], elements: Elements::I64(vec![1, 2, 3, 4]) };
        let y = Npy { dims: vec![2], elements: Elements::U8(vec![1, 0]) };
        let set = Samples::from_npy_labels(&x, &y, 2).unwrap();
        assert_eq!((set.features(1), set.label(0)), (&[3.0, 4.0][..], Some(1)));
        assert_eq!(Samples::from_npy(&x, &x).unwrap().target(1), [3.0, 4.0]);
        assert!(Samples::from_npy_labels(&x, &y, 1).unwrap_err().to_string().contains("1 at 0 is not the number of a class"));
        let wrong = Npy { dims: vec![2], elements: Elements::F64(vec![0.5, f64::NAN]) };
        assert!(Samples::from_npy_labels(&x, &wrong, 1).unwrap_err().to_string().contains("0.5 at 0"));
        assert!(matches!(Samples::from_npy(&x, &wrong), Err(DataError::NotFinite { index: 1, .. })));
        assert!(Samples::from_npy(&Npy { dims: vec![], elements: Elements::U8(vec![1]) }, &x).is_err());
    }
}
