//! Names from files, made fit for a message.

use core::fmt;

/// The longest label in bytes.
const ROOM: usize = 80;
const ELLIPSIS: &str = "…";

/// Text from a file as a message shows it: what cannot be printed is escaped, what is too long is cut and ends in `…`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Label {
    bytes: [u8; ROOM],
    len: u8,
}

impl Label {
    /// The label of a text.
    #[must_use]
    pub fn new(text: impl Iterator<Item = char>) -> Self {
        let mut label = Self { bytes: [0; ROOM], len: 0 };
        let mut whole = 0;
        for char in text {
            if !label.escaped(char) {
                label.len = whole;
                label.push(ELLIPSIS, ROOM);
                break;
            }
            whole = label.len;
        }
        label
    }

    /// Appends one character, escaped where that is needed; leaves room for the ellipsis.
    fn escaped(&mut self, char: char) -> bool {
        let limit = ROOM.saturating_sub(ELLIPSIS.len());
        let mut utf8 = [0; 4];
        match char {
            '\'' | '"' => self.push(char.encode_utf8(&mut utf8), limit),
            _ => char.escape_debug().all(|char| self.push(char.encode_utf8(&mut utf8), limit)),
        }
    }

    fn push(&mut self, text: &str, limit: usize) -> bool {
        let start = usize::from(self.len);
        let end = start.saturating_add(text.len());
        let (true, Some(room)) = (end <= limit, self.bytes.get_mut(start..end)) else { return false };
        room.copy_from_slice(text.as_bytes());
        self.len = u8::try_from(end).unwrap_or(self.len);
        true
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.bytes.get(..usize::from(self.len)).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
