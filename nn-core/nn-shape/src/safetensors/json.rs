//! As much of JSON as the format has: objects of strings, of lists of whole numbers, and of such objects. No recursion.

use super::{Dtype, HeaderError, Label, MAX_METADATA, PREFIX, Stored};
use core::cmp::Ordering;
use core::fmt;

/// A JSON string, still with its escapes, which are known to be well formed.
#[derive(Clone, Copy)]
pub struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    /// The characters, without escapes.
    #[must_use]
    pub fn chars(&self) -> Chars<'a> {
        Chars(self.0)
    }

    /// Whether it reads like `text`.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.order(text) == Ordering::Equal
    }

    /// The order of the characters.
    #[must_use]
    pub fn order(&self, text: &str) -> Ordering {
        if self.plain() { self.0.cmp(text) } else { self.chars().cmp(text.chars()) }
    }

    /// The order of two texts.
    #[must_use]
    pub fn compare(&self, other: &Text<'_>) -> Ordering {
        if other.plain() { self.order(other.0) } else { self.chars().cmp(other.chars()) }
    }

    /// The text itself, if it is written without escapes.
    #[must_use]
    pub fn raw(&self) -> Option<&'a str> {
        self.plain().then_some(self.0)
    }

    /// Its bytes as they are written: at least as many as its characters need.
    #[must_use]
    pub fn written(&self) -> usize {
        self.0.len()
    }

    /// As messages show it.
    #[must_use]
    pub fn label(&self) -> Label {
        Label::new(self.chars())
    }

    // The order of UTF-8 bytes is that of characters, so plain texts may be compared as they are.
    fn plain(&self) -> bool {
        !self.0.as_bytes().contains(&b'\\')
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.label(), f)
    }
}

/// The characters of a [`Text`].
#[derive(Clone, Debug)]
pub struct Chars<'a>(&'a str);

impl Iterator for Chars<'_> {
    type Item = char;
    fn next(&mut self) -> Option<char> {
        let (char, rest) = decode(self.0)?;
        self.0 = rest;
        Some(char)
    }
}

/// The first character of the inside of a JSON string, and what follows it. `None` at the end or for a malformed escape.
fn decode(text: &str) -> Option<(char, &str)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    if first != '\\' {
        return Some((first, chars.as_str()));
    }
    let char = match chars.next()? {
        char @ ('"' | '\\' | '/') => char,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode(chars.as_str()),
        _ => return None,
    };
    Some((char, chars.as_str()))
}

/// Four hexadecimal digits, and four more in a second escape where the first are half of a pair.
fn unicode(text: &str) -> Option<(char, &str)> {
    let (unit, rest) = hex4(text)?;
    if !(0xd800..0xdc00).contains(&unit) {
        return Some((char::from_u32(unit)?, rest));
    }
    let (low, rest) = hex4(rest.strip_prefix("\\u")?)?;
    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    let high = unit.checked_sub(0xd800)?;
    Some((char::from_u32(0x1_0000_u32.checked_add(high.checked_mul(0x400)?)?.checked_add(low)?)?, rest))
}

fn hex4(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    Some((u32::from_str_radix(digits, 16).ok().filter(|_| hex)?, rest))
}

/// The sizes of a tensor, outermost axis first.
#[derive(Clone, Copy)]
pub struct Sizes<'a>(&'a str);

impl<'a> Sizes<'a> {
    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = u64> + Clone + 'a {
        self.0.split(',').filter_map(|size| size.trim_matches(BLANKS).parse().ok())
    }

    /// Whether they are these.
    #[must_use]
    pub fn are(&self, sizes: &[usize]) -> bool {
        self.iter().eq(sizes.iter().map(|&size| size as u64))
    }

    /// Their product; `None` where it wraps, even behind a zero.
    #[must_use]
    pub fn elements(&self) -> Option<u64> {
        let product = self.iter().filter(|&size| size != 0).try_fold(1u64, u64::checked_mul)?;
        Some(if self.iter().any(|size| size == 0) { 0 } else { product })
    }
}

impl fmt::Display for Sizes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// More axes than this help nobody.
        const SHOWN: usize = 8;
        f.write_str("[")?;
        for (axis, size) in self.iter().enumerate() {
            if axis == SHOWN {
                return f.write_str(", …]");
            }
            write!(f, "{}{size}", if axis == 0 { "" } else { ", " })?;
        }
        f.write_str("]")
    }
}

impl fmt::Debug for Sizes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// A place in a header.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn wrong(&self, expected: &'static str) -> HeaderError {
        let found = self.text.get(self.at..).and_then(|rest| rest.chars().next());
        HeaderError::Syntax { at: PREFIX.saturating_add(self.at), expected, found }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.step();
        }
    }

    /// A bracket or a colon.
    pub(super) fn open(&mut self, byte: u8, expected: &'static str) -> Result<(), HeaderError> {
        self.blanks();
        if self.peek() != Some(byte) {
            return Err(self.wrong(expected));
        }
        self.step();
        Ok(())
    }

    /// Whether another item follows, after its comma; else the closing bracket is behind us.
    pub(super) fn more(&mut self, first: &mut bool, close: u8) -> Result<bool, HeaderError> {
        self.blanks();
        if self.peek() == Some(close) {
            self.step();
            return Ok(false);
        }
        if !core::mem::take(first) {
            self.open(b',', if close == b'}' { "`,` or `}`" } else { "`,` or `]`" })?;
        }
        Ok(true)
    }

    /// Nothing but blanks to the end.
    pub(super) fn end(&mut self) -> Result<(), HeaderError> {
        self.blanks();
        if self.peek().is_some() { Err(self.wrong("nothing after the header's `}`")) } else { Ok(()) }
    }

    pub(super) fn string(&mut self) -> Result<Text<'a>, HeaderError> {
        self.open(b'"', "a string")?;
        let start = self.at;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let rest = self.text.get(self.at..).unwrap_or_default();
                    let Some((_, after)) = decode(rest) else { return Err(self.wrong("a valid escape")) };
                    self.at = self.text.len().saturating_sub(after.len());
                }
                None | Some(..0x20) => return Err(self.wrong("`\"` at the end of a string")),
                Some(_) => self.step(),
            }
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        self.step();
        Ok(Text(text))
    }

    /// A string and its colon.
    pub(super) fn key(&mut self) -> Result<Text<'a>, HeaderError> {
        let key = self.string()?;
        self.open(b':', "`:`")?;
        Ok(key)
    }

    fn number(&mut self) -> Result<u64, HeaderError> {
        const EXPECTED: &str = "a whole number of at most 64 bits";
        self.blanks();
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.step();
        }
        let digits = self.text.get(start..self.at).unwrap_or_default();
        let value = digits.parse().ok().filter(|_| digits.len() == 1 || !digits.starts_with('0'));
        value.ok_or_else(|| Self { text: self.text, at: start }.wrong(EXPECTED))
    }

    /// `[1, 2]`
    fn sizes(&mut self) -> Result<Sizes<'a>, HeaderError> {
        self.open(b'[', "`[`")?;
        let (start, mut end, mut first) = (self.at, self.at, true);
        while self.more(&mut first, b']')? {
            self.number()?;
            end = self.at;
        }
        Ok(Sizes(self.text.get(start..end).unwrap_or_default()))
    }

    /// `[begin, end]`
    fn offsets(&mut self) -> Result<(u64, u64), HeaderError> {
        self.open(b'[', "`[`")?;
        let begin = self.number()?;
        self.open(b',', "`,`")?;
        let end = self.number()?;
        self.open(b']', "`]`")?;
        Ok((begin, end))
    }

    /// What is behind the name of a tensor: its three keys, each once, in any order.
    pub(super) fn tensor(&mut self, name: Text<'a>) -> Result<Stored<'a>, HeaderError> {
        let (mut dtype, mut shape, mut offsets, mut first) = (None, None, None, true);
        self.open(b'{', "`{`")?;
        while self.more(&mut first, b'}')? {
            self.blanks();
            let start = self.at;
            let key = self.key()?;
            if key.is("dtype") && dtype.is_none() {
                self.blanks();
                let start = self.at;
                let text = self.string()?;
                let known = Dtype::ALL.iter().find(|dtype| text.is(dtype.text()));
                let wrong = || HeaderError::UnknownDtype { at: PREFIX.saturating_add(start), name: name.label() };
                dtype = Some(*known.ok_or_else(wrong)?);
            } else if key.is("shape") && shape.is_none() {
                shape = Some(self.sizes()?);
            } else if key.is("data_offsets") && offsets.is_none() {
                offsets = Some(self.offsets()?);
            } else {
                return Err(Self { text: self.text, at: start }.wrong("`dtype`, `shape` or `data_offsets`, each once"));
            }
        }
        let (Some(dtype), Some(shape), Some((begin, end))) = (dtype, shape, offsets) else {
            return Err(HeaderError::Incomplete { name: name.label() });
        };
        Ok(Stored { name, shape, begin, end, dtype, used: false })
    }

    /// The inside of the metadata, with its closing bracket.
    pub(super) fn metadata(&mut self) -> Result<&'a str, HeaderError> {
        self.open(b'{', "`{`")?;
        let (start, mut first, mut count) = (self.at, true, 0usize);
        let mut seen = [Text(""); MAX_METADATA];
        while self.more(&mut first, b'}')? {
            let key = self.key()?;
            self.string()?;
            if seen.iter().take(count).any(|other| other.compare(&key) == Ordering::Equal) {
                return Err(HeaderError::Duplicate { name: key.label() });
            }
            *seen.get_mut(count).ok_or(HeaderError::TooMuchMetadata)? = key;
            count = count.saturating_add(1);
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }
}
