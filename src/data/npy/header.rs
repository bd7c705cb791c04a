//! The header of an NPY file.

use std::path::Path;

use super::super::DataError;
use super::super::open::Source;

/// The most bytes of elements read from one file: what a small compressed file can unfold to.
const LIMIT: u64 = 1 << 34;

/// The longest header. NumPy itself takes 10,000 characters.
const HEADER_LIMIT: usize = 1 << 16;

/// The most dimensions, as many as NumPy has.
const MOST_DIMS: usize = 64;

/// What a header says.
pub(in crate::data) struct Header {
    pub dims: Vec<usize>,
    pub fortran: bool,
    pub kind: Kind,
    /// The bytes before the elements.
    pub bytes: u64,
}

/// The type of the elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::data) struct Kind {
    pub big_endian: bool,
    pub code: u8,
    pub size: usize,
}

impl Header {
    pub fn read(source: &mut Source<'_>) -> Result<Self, DataError> {
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
    pub fn data_bytes(&self, path: &Path) -> Result<u64, DataError> {
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
