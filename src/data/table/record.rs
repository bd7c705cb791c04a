//! The fields of one line, with or without quotes.

use std::borrow::Cow;

/// Cuts a line into fields, without blanks around them; a field in double quotes may hold the separator, and a quote twice for one
/// (RFC 4180, but for line breaks within quotes). Gives the field and its column to `each`, and the number of fields.
///
/// With a blank as the separator, any number of blanks is one.
pub(super) fn fields(
    line: &[u8],
    separator: u8,
    each: &mut dyn FnMut(usize, &str) -> Result<(), String>,
) -> Result<usize, (usize, String)> {
    let mut rest = if separator == b' ' { line.trim_ascii() } else { line };
    let mut column = 0;
    loop {
        column += 1;
        let (field, after) = field(rest, separator).map_err(|reason| (column, reason))?;
        let text = std::str::from_utf8(&field).map_err(|_| (column, "it is not UTF-8".to_owned()))?;
        each(column, text).map_err(|reason| (column, reason))?;
        match after {
            Some(after) if separator == b' ' => rest = after.trim_ascii_start(),
            Some(after) => rest = after,
            None => return Ok(column),
        }
    }
}

/// The first field, and what is behind the separator, if there is one.
#[allow(clippy::type_complexity, reason = "a field and the rest")]
fn field(line: &[u8], separator: u8) -> Result<(Cow<'_, [u8]>, Option<&[u8]>), String> {
    // A tab is a blank to `trim`, but not where it separates.
    let blank = |byte: &u8| byte.is_ascii_whitespace() && *byte != separator;
    let start = line.iter().position(|byte| !blank(byte)).unwrap_or(line.len());
    if line.get(start) != Some(&b'"') {
        let end = line.iter().position(|&byte| byte == separator);
        let field = &line[start.min(end.unwrap_or(line.len()))..end.unwrap_or(line.len())];
        if field.contains(&b'"') {
            return Err("a quote within a field that does not begin with one".to_owned());
        }
        return Ok((Cow::Borrowed(field.trim_ascii()), end.map(|end| &line[end + 1..])));
    }
    let (mut text, mut at) = (Vec::new(), start + 1);
    loop {
        match (line.get(at), line.get(at + 1)) {
            (Some(b'"'), Some(b'"')) => {
                text.push(b'"');
                at += 2;
            }
            (Some(b'"'), _) => break,
            (Some(&byte), _) => {
                text.push(byte);
                at += 1;
            }
            (None, _) => return Err("a quote that is not closed on this line".to_owned()),
        }
    }
    let behind = &line[at + 1..];
    let end = behind.iter().position(|byte| !blank(byte));
    match end.map(|end| (end, behind[end])) {
        None => Ok((Cow::Owned(text), None)),
        Some((end, byte)) if byte == separator => Ok((Cow::Owned(text), Some(&behind[end + 1..]))),
        Some(_) => Err("something behind the closing quote".to_owned()),
    }
}
