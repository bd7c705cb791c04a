//! Tables of whole numbers with the label last.
//!
//! Lines are cut here and not by a general CSV reader: there are no quotes in a table of small numbers, and so an
//! error's line is exact whatever the line endings, and no line can fill the memory.

use std::io::Read;
use std::path::Path;

use super::lines::Lines;
use super::open::Source;
use super::{DataError, Labelled};

/// The most numbers read from a file, which is what bounds the memory a small compressed file can demand.
const NUMBERS_LIMIT: u64 = 1 << 32;

/// Reads a classification set from a file of comma separated whole numbers from 0 to 255, the label in the last
/// column, without a header line.
///
/// `scale` is the value that stands for 1.0, `classes` the number of classes; labels are below it. The file may be
/// compressed with gzip (its content decides, not its name), may start with a byte order mark, and its lines may end
/// in CR LF; blank lines are skipped, and blanks around a number too. The set's [`dims`](Labelled::dims) are the
/// number of columns before the label; [`reshaped`](Labelled::reshaped) makes pictures of them.
///
/// ```no_run
/// let set = nn::data::read_labelled_csv("digits.csv.gz", 16.0, 10)?.reshaped(vec![8, 8])?;
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Errors
///
/// If the file cannot be read, a line has another number of columns than the first, or a value is not such a number;
/// the error names line and column.
pub fn read_labelled_csv(path: impl AsRef<Path>, scale: f32, classes: usize) -> Result<Labelled, DataError> {
    parse(Source::open(path.as_ref())?, scale, classes)
}

/// As [`read_labelled_csv`], from any stream; `name` is what errors call it.
///
/// ```
/// let text = "0,128,255,1\n255,0,0,0\n";
/// let set = nn::data::read_labelled_csv_from(text.as_bytes(), "two pictures", 255.0, 2)?;
/// assert_eq!((set.len(), set.features(), set.label(0)), (2, 3, 1));
/// # Ok::<(), nn::data::DataError>(())
/// ```
///
/// # Errors
///
/// As [`read_labelled_csv`].
pub fn read_labelled_csv_from(stream: impl Read, name: impl AsRef<Path>, scale: f32, classes: usize) -> Result<Labelled, DataError> {
    parse(Source::new(name.as_ref(), stream)?, scale, classes)
}

fn parse(source: Source<'_>, scale: f32, classes: usize) -> Result<Labelled, DataError> {
    // Checked first, so that a wrong argument is not taken for a wrong label.
    if !(1..=256).contains(&classes) {
        return Err(DataError::Classes { classes });
    }
    let mut lines = Lines::new(source);
    let mut pixels = Vec::new();
    let mut labels = Vec::new();
    let mut columns = None;
    while let Some(line) = lines.next()? {
        let found = match numbers(line, &mut pixels) {
            Ok(found) => found,
            Err((column, mut reason)) => {
                // Letters in a later line are a mistake of another kind.
                if columns.is_none() && line.iter().any(u8::is_ascii_alphabetic) {
                    reason += " (if this is a header line, remove it)";
                }
                return Err(lines.error(column, reason));
            }
        };
        let expected = *columns.get_or_insert(found);
        if expected < 2 {
            let reason = "one column only, expected numbers and a label".to_owned();
            return Err(lines.error(1, reason));
        }
        if found != expected {
            let reason = format!("{found} columns, but the first line has {expected}");
            return Err(lines.error(found.min(expected) + usize::from(found > expected), reason));
        }
        let label = pixels.pop().unwrap_or_default();
        if usize::from(label) >= classes {
            let reason = format!("label {label}, but there are {classes} classes (0 to {})", classes - 1);
            return Err(lines.error(expected, reason));
        }
        labels.push(label);
        if pixels.len() as u64 > NUMBERS_LIMIT {
            return Err(DataError::TooLarge {
                path: lines.path().to_owned(),
                what: format!("{} numbers and more", pixels.len()),
                limit: NUMBERS_LIMIT,
            });
        }
    }
    let set = lines.path().display().to_string();
    let Some(columns) = columns else {
        return Err(DataError::Empty { set });
    };
    Labelled::named(&set, pixels, vec![columns - 1], labels, classes, scale)
}

/// Appends the numbers of a line to `to`; gives their count, or the column and the reason of a failure.
fn numbers(line: &[u8], to: &mut Vec<u8>) -> Result<usize, (usize, String)> {
    let mut columns = 0;
    for field in line.split(|&byte| byte == b',') {
        columns += 1;
        to.push(number(field.trim_ascii()).ok_or_else(|| (columns, complaint(field, line)))?);
    }
    Ok(columns)
}

/// Digits alone: no sign, no fraction, no exponent.
fn number(field: &[u8]) -> Option<u8> {
    if field.is_empty() {
        return None;
    }
    field.iter().try_fold(0_u8, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// Says what is wrong with a field, at a bounded length, with the usual causes named.
fn complaint(field: &[u8], line: &[u8]) -> String {
    const SHOWN: usize = 24;
    let field = field.trim_ascii();
    if field.is_empty() {
        return "empty, expected a whole number from 0 to 255".to_owned();
    }
    let shown = field[..field.len().min(SHOWN)].escape_ascii();
    let more = if field.len() > SHOWN { "..." } else { "" };
    let hint = match () {
        () if line.starts_with(b"\x1f\x8b") => " (gzip data within gzip data)",
        () if field.contains(&b';') => " (separated by semicolons, expected commas)",
        () if field.contains(&b'\t') => " (separated by tabs, expected commas)",
        () if field.contains(&b'"') => " (quotes are not taken off)",
        () if field.contains(&0) => " (is this text?)",
        () => "",
    };
    format!("`{shown}{more}` is not a whole number from 0 to 255{hint}")
}

#[cfg(test)]
mod tests {
    use super::super::open::gzip;
    use super::*;

    fn read(text: impl AsRef<[u8]>) -> Result<Labelled, DataError> {
        read_labelled_csv_from(text.as_ref(), "t.csv", 16.0, 3)
    }

    fn message(text: impl AsRef<[u8]>) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn the_last_column_is_the_label() {
        let set = read("0,255,1\n7,8,2\n").unwrap();
        assert_eq!((set.dims(), set.scale()), (&[2][..], 16.0));
        assert_eq!(set.pixels(0), [0, 255]);
        assert_eq!(set.labels(), [1, 2]);
    }

    #[test]
    fn marks_line_ends_blanks_and_compression_do_not_matter() {
        let set = read("1,2,0\n3,4,1\n").unwrap();
        for text in
            ["1,2,0\n3,4,1", "1,2,0\r\n3,4,1\r\n", "\u{feff}1,2,0\n3,4,1\n", "\n \n1, 2,0\n\r\n\n3,\t4 ,1 \n\n", "001,2,0\n3,004,01\n"]
        {
            assert_eq!(read(text).unwrap(), set, "{text:?}");
            assert_eq!(read(gzip(text.as_bytes())).unwrap(), set, "{text:?}");
        }
    }

    #[test]
    fn errors_name_line_and_column() {
        for (text, says) in [
            ("1,2,0\n1,x,0\n", "t.csv, line 2, column 2: `x` is not"),
            ("1,2,0\r\n\r\n\r\n1,2,256\r\n", "line 4, column 3: `256`"),
            ("\u{feff}1,2,3\n", "line 1, column 3: label 3, but there are 3"),
            ("1,2,0\n1,0\n", "line 2, column 2: 2 columns, but the first line has 3"),
            ("1,2,0\n1,2,3,0\n", "line 2, column 4: 4 columns, but the first line has 3"),
            ("1,,0\n", "line 1, column 2: empty"),
            ("1\n2\n", "line 1, column 1: one column only"),
            ("-1,0\n", "`-1` is not a whole number from 0 to 255"),
            ("1.5,0\n", "`1.5`"),
            ("+1,0\n", "`+1`"),
            ("nan,0\n", "`nan`"),
            ("1e39,0\n", "`1e39`"),
            ("99999999999999999999999999,0\n", "`999999999999999999999999...`"),
            ("1;2;0\n", "semicolons"),
            ("1\t2\t0\n", "tabs"),
            ("\"1\",0\n", "quotes"),
            ("pixel,label\n1,0\n", "header line, remove it"),
            ("1,0\nx,1\n", "`x` is not a whole number from 0 to 255"),
            ("1\x002,0\n", "`1\\x002` is not a whole number from 0 to 255 (is this text?)"),
            ("1,2,0\r1,2,0\r", "line 1, column 3: `0\\r1`"),
            ("1,0\n\u{feff}1,0\n", "line 2, column 1: `\\xef\\xbb\\xbf1`"),
            ("1,\u{feff}2,0\n", "column 2: `\\xef\\xbb\\xbf2`"),
        ] {
            assert!(message(text).contains(says), "{text:?}: {}", message(text));
        }
        assert!(!message("1,0\nx,1\n").contains("header"));
        assert!(message(b"1,\xff\xfe,0\n").contains("column 2: `\\xff\\xfe`"));
        assert!(message(gzip(&gzip(b"1,0\n"))).contains("gzip data within gzip"));
    }

    #[test]
    fn files_without_lines_are_empty() {
        for text in ["", "\n", "\u{feff}", " \r\n\r\n"] {
            assert_eq!(message(text), "t.csv: no samples", "{text:?}");
        }
    }

    #[test]
    fn a_line_is_bounded_and_so_is_an_error() {
        let endless = std::io::repeat(b'1');
        let error = read_labelled_csv_from(endless, "t.csv", 1.0, 2).unwrap_err();
        assert!(error.to_string().contains("a line of"), "{error}");
        let long = message("1".repeat(100_000) + ",0\n");
        assert!(long.len() < 200, "{long}");
    }

    #[test]
    fn every_truncation_of_a_compressed_file_is_an_error() {
        let whole = gzip(b"1,2,0\n3,4,1\n");
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn arguments_are_checked() {
        let read = |scale, classes| read_labelled_csv_from(&b"1,0\n"[..], "t", scale, classes);
        assert!(matches!(read(1.0, 0), Err(DataError::Classes { .. })));
        assert!(matches!(read(0.0, 1), Err(DataError::Scale { .. })));
    }
}
