//! What this library writes into a file's metadata, under keys that begin with `nn.`.

use super::{Header, HeaderError, Text};
use core::ops::Range;

/// The version of the metadata.
pub const FORMAT: &str = "1";

/// The metadata of a file of this library. Every field is `None` for a file of another program.
#[derive(Clone, Debug, Default)]
pub struct Meta<'a> {
    /// `nn.network`: the name of the network that was saved.
    pub network: Option<Text<'a>>,
    /// `nn.checksum`, and where in the file its eight digits stand.
    pub checksum: Option<(u32, Range<usize>)>,
    /// `nn.self_test.*`: an input, the output for it, and how far off an output may be.
    pub self_test: Option<SelfTestText<'a>>,
    /// `nn.checkpoint`: where a training run was, if the file is its checkpoint.
    pub checkpoint: Option<Text<'a>>,
}

/// A self-test as it stands in a file.
#[derive(Clone, Copy, Debug)]
pub struct SelfTestText<'a> {
    /// The bytes of the input, in hexadecimal digits.
    pub input: &'a str,
    /// The bytes of the output, in hexadecimal digits.
    pub output: &'a str,
    /// The largest `|a - b| / (1 + |b|)`; 0 asks for the same bits.
    pub tolerance: f64,
}

const fn wrong(what: &'static str) -> HeaderError {
    HeaderError::Metadata { what }
}

impl<'a> Header<'a> {
    /// The metadata of this library. A file that has any of it has all that is required, and nothing unknown: so a damaged key
    /// cannot pass for the file of another program, which needs no checksum.
    pub fn meta(&self, file: &[u8]) -> Result<Meta<'a>, HeaderError> {
        let (mut meta, mut format, mut any, mut unknown) = (Meta::default(), None, false, false);
        let (mut input, mut output, mut tolerance) = (None, None, None);
        for (key, value) in self.metadata() {
            if !key.chars().take(3).eq("nn.".chars()) {
                continue;
            }
            any = true;
            match key.raw() {
                Some("nn.format") => format = Some(value),
                Some("nn.network") => meta.network = Some(value),
                Some("nn.checksum") => meta.checksum = Some(checksum(value, file)?),
                Some("nn.checkpoint") => meta.checkpoint = Some(value),
                Some("nn.self_test.input") => input = Some(hexadecimal(value)?),
                Some("nn.self_test.output") => output = Some(hexadecimal(value)?),
                Some("nn.self_test.tolerance") => tolerance = Some(number(value)?),
                _ => unknown = true,
            }
        }
        if !any {
            return Ok(meta);
        }
        let format = format.ok_or(wrong("`nn.format` is missing"))?;
        if !format.is(FORMAT) {
            return Err(HeaderError::Version { found: format.label() });
        }
        if unknown {
            return Err(wrong("unknown key that begins with `nn.`"));
        }
        if meta.network.is_none() {
            return Err(wrong("`nn.network` is missing"));
        }
        if meta.checksum.is_none() {
            return Err(wrong("`nn.checksum` is missing"));
        }
        meta.self_test = match (input, output, tolerance) {
            (None, None, None) => None,
            (Some(input), Some(output), Some(tolerance)) => Some(SelfTestText { input, output, tolerance }),
            _ => return Err(wrong("a self-test is `nn.self_test.input`, `.output` and `.tolerance`")),
        };
        Ok(meta)
    }
}

/// `crc32:0123abcd`
fn checksum(value: Text<'_>, file: &[u8]) -> Result<(u32, Range<usize>), HeaderError> {
    const WRONG: HeaderError = wrong("`nn.checksum` is not `crc32:` and 8 digits of 0-9 and a-f");
    let digits = value.raw().and_then(|text| text.strip_prefix("crc32:")).ok_or(WRONG)?;
    if digits.len() != 8 || !digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(WRONG);
    }
    let start = digits.as_ptr().addr().checked_sub(file.as_ptr().addr()).ok_or(WRONG)?;
    Ok((u32::from_str_radix(digits, 16).map_err(|_| WRONG)?, start..start.saturating_add(8)))
}

fn hexadecimal(value: Text<'_>) -> Result<&str, HeaderError> {
    let digits = |text: &&str| text.len().is_multiple_of(2) && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    value.raw().filter(digits).ok_or(wrong("a self-test's numbers are not pairs of hexadecimal digits"))
}

fn number(value: Text<'_>) -> Result<f64, HeaderError> {
    let number = value.raw().and_then(|text| text.parse().ok()).filter(|x: &f64| x.is_finite() && *x >= 0.0);
    number.ok_or(wrong("a self-test's tolerance is not a number of 0 or more"))
}
