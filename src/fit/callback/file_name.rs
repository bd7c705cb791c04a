//! File names with placeholders, as Python's `str.format` fills them in.

use super::CallbackError;

/// Fills in `{epoch}`, `{epoch:02}`, `{val_loss:.2}`: a name, and behind a colon a width with or without a leading zero, digits after
/// the decimal point, and Python's `d` or `f`. `{{` and `}}` are braces.
pub(super) fn fill(name: &str, value: &mut dyn FnMut(&str) -> Option<f64>) -> Result<String, CallbackError> {
    let wrong = |reason: String| CallbackError::FileName { name: name.to_owned(), reason };
    let mut out = String::new();
    let mut rest = name;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let (brace, after) = rest[at..].split_at(1);
        if let Some(after) = after.strip_prefix(brace) {
            out.push_str(brace);
            rest = after;
            continue;
        }
        let (inner, after) = match (brace, after.split_once('}')) {
            ("{", Some(parts)) => parts,
            _ => return Err(wrong(format!("a `{brace}` without its partner"))),
        };
        let (key, format) = inner.split_once(':').unwrap_or((inner, ""));
        let number = value(key).ok_or_else(|| wrong(format!("there is no `{key}`")))?;
        out.push_str(&formatted(number, format).ok_or_else(|| wrong(format!("`{format}` is not a format such as `02` or `.3`")))?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// A number in a format such as `02d` or `.3f`.
fn formatted(number: f64, format: &str) -> Option<String> {
    let format = format.strip_suffix(['d', 'f']).unwrap_or(format);
    let (width, digits) = format.split_once('.').map_or((format, None), |(width, digits)| (width, Some(digits)));
    let zero = width.starts_with('0');
    // As much as a file name can hold.
    let small = |text: &str| text.parse().ok().filter(|&x: &usize| x < 200);
    let width: usize = if width.is_empty() { 0 } else { small(width)? };
    let text = match digits {
        Some(digits) => format!("{number:.*}", small(digits)?),
        None => number.to_string(),
    };
    Some(if zero { format!("{text:0>width$}") } else { format!("{text:>width$}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in_as_in_python() {
        let mut value = |key: &str| match key {
            "epoch" => Some(7.0),
            "val_loss" => Some(0.123_456),
            _ => None,
        };
        let mut filled = |name: &str| fill(name, &mut value);
        assert_eq!(filled("a/net-{epoch:02d}-{val_loss:.2f}.safetensors").unwrap(), "a/net-07-0.12.safetensors");
        assert_eq!(filled("{epoch}{epoch:3}{epoch:03}{val_loss}{val_loss:.4}").unwrap(), "7  70070.1234560.1235");
        assert_eq!(filled("{{{epoch}}}").unwrap(), "{7}");
        for (name, reason) in [
            ("{epochs}", "there is no `epochs`"),
            ("a{epoch", "a `{` without its partner"),
            ("a}", "a `}` without its partner"),
            ("{epoch:x}", "`x` is not a format such as `02` or `.3`"),
            ("{epoch:999}", "`999` is not a format such as `02` or `.3`"),
        ] {
            let error = filled(name).unwrap_err().to_string();
            assert_eq!(error, format!("the file name `{name}` cannot be used: {reason}"));
        }
    }
}
