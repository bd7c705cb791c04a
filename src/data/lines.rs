//! Files line by line.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::DataError;
use super::open::Source;

/// The longest line read: more than any picture of bytes written out that a network is trained on.
pub(super) const LINE_LIMIT: u64 = 1 << 24;

/// Lines of bounded length, counted, without their ends and a byte order mark.
pub(super) struct Lines<'a> {
    source: BufReader<Source<'a>>,
    line: Vec<u8>,
    count: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(source: Source<'a>) -> Self {
        Self { source: BufReader::new(source), line: Vec::new(), count: 0 }
    }

    /// The file's name.
    pub(super) fn path(&self) -> &Path {
        self.source.get_ref().path()
    }

    /// The next line that is not blank, without blanks around it; its number is then `count`.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, DataError> {
        Ok(self.next_whole()?.map(<[u8]>::trim_ascii))
    }

    /// The next line that is not blank, without its end: where a tab separates, an empty last field counts.
    pub(super) fn next_whole(&mut self) -> Result<Option<&[u8]>, DataError> {
        while self.advance()? {
            if !self.content().trim_ascii().is_empty() {
                return Ok(Some(self.content()));
            }
        }
        Ok(None)
    }

    /// Reads a line, if there is one.
    fn advance(&mut self) -> Result<bool, DataError> {
        self.line.clear();
        self.count += 1;
        let mut limited = self.source.by_ref().take(LINE_LIMIT);
        if let Err(error) = limited.read_until(b'\n', &mut self.line) {
            return Err(self.source.get_ref().error(error));
        }
        if self.line.len() as u64 == LINE_LIMIT {
            return Err(self.error(1, format!("a line of {LINE_LIMIT} bytes or more")));
        }
        Ok(!self.line.is_empty())
    }

    /// The line that was read.
    fn content(&self) -> &[u8] {
        let line = match self.line.strip_prefix("\u{feff}".as_bytes()) {
            Some(line) if self.count == 1 => line,
            _ => &self.line,
        };
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    pub(super) fn error(&self, column: usize, reason: String) -> DataError {
        DataError::Csv { path: self.path().to_owned(), line: self.count, column, reason }
    }
}

/// The lines of a text, one by one, however long the text is: see [`text_lines`].
pub struct TextLines<'a> {
    lines: Lines<'a>,
    /// Whether there was an error: nothing comes after it.
    failed: bool,
}

/// Reads a text line by line, plain or compressed with gzip, for a [`IterableDataset`](super::IterableDataset) of texts larger than memory. Lines come without
/// their ends (LF or CR LF) and a byte order mark; blank ones are lines too.
///
/// ```
/// use nn::data::{ByteTokenizer, DataError, IterableDataset, text_lines};
///
/// # let path = std::env::temp_dir().join(format!("nn-lines-{}.txt", std::process::id()));
/// # std::fs::write(&path, "one\ntwo words\n")?;
/// // Each line is a sample: 16 tokens, and its length in words as the target.
/// # let file = path.clone();
/// let stream = IterableDataset::new(move || {
///     let sample = |line: Result<String, DataError>| {
///         let line = line?;
///         let mut tokens = ByteTokenizer::encode(&line);
///         tokens.resize(16, 0);
///         Ok((tokens, line.split_whitespace().count() as u32))
///     };
///     Ok::<_, DataError>(text_lines(&file)?.map(sample))
/// })?;
/// assert_eq!(stream.len(), 2);
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the file cannot be opened. The lines are errors if it cannot be read any further, and where a line is not UTF-8 or has 2^24 bytes.
pub fn text_lines(path: impl AsRef<Path>) -> Result<TextLines<'static>, DataError> {
    Ok(TextLines { lines: Lines::new(Source::open(path.as_ref())?), failed: false })
}

/// As [`text_lines`], from any stream of bytes; `name` is what errors call it.
///
/// # Errors
/// As there.
pub fn text_lines_from<'a>(stream: impl Read + 'a, name: impl AsRef<Path>) -> Result<TextLines<'a>, DataError> {
    Ok(TextLines { lines: Lines::new(Source::new(name.as_ref(), stream)?), failed: false })
}

impl TextLines<'_> {
    fn line(&mut self) -> Result<Option<String>, DataError> {
        if !self.lines.advance()? {
            return Ok(None);
        }
        match std::str::from_utf8(self.lines.content()) {
            Ok(text) => Ok(Some(text.to_owned())),
            Err(error) => {
                let reason = format!("byte {} is not UTF-8", error.valid_up_to() + 1);
                Err(DataError::Line { path: self.lines.path().to_owned(), line: self.lines.count, reason })
            }
        }
    }
}

impl Iterator for TextLines<'_> {
    type Item = Result<String, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let line = self.line();
        self.failed = line.is_err();
        line.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::super::open::gzip;
    use super::*;

    #[test]
    fn lines_are_those_of_the_text_and_an_error_is_the_last() {
        let text = "\u{feff}a\r\n\n b \nend";
        for bytes in [text.as_bytes().to_vec(), gzip(text.as_bytes())] {
            let lines: Result<Vec<String>, DataError> = text_lines_from(&bytes[..], "t").unwrap().collect();
            assert_eq!(lines.unwrap(), ["a", "", " b ", "end"]);
        }
        let lines: Vec<String> =
            text_lines_from(&b"a\nb\xff\nc"[..], "t").unwrap().map(|line| line.unwrap_or_else(|error| error.to_string())).collect();
        assert_eq!(lines, ["a", "t, line 2: byte 2 is not UTF-8"]);
        let half = gzip(text.as_bytes());
        assert!(text_lines_from(&half[..half.len() - 4], "t").unwrap().any(|line| line.is_err()));
    }
}
