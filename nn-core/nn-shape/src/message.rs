//! Text built in const evaluation.

use crate::dims::Dims;

/// Room for one message. A longer one is cut and ends in `…`.
const CAPACITY: usize = 1024;

/// The three bytes of `…`, always kept free for the cut.
const ELLIPSIS: &[u8] = "…".as_bytes();

/// A message in a fixed buffer, so that the macro and a `const` panic share one wording.
#[derive(Clone, Copy)]
pub struct Msg {
    bytes: [u8; CAPACITY],
    len: usize,
    cut: bool,
}

impl Msg {
    /// An empty message.
    pub const fn new() -> Self {
        Self { bytes: [0; CAPACITY], len: 0, cut: false }
    }

    /// Appends text.
    pub const fn str(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        if self.cut {
            return self;
        }
        let room = CAPACITY - ELLIPSIS.len() - self.len;
        let fits = bytes.len() <= room;
        let end = if fits { bytes.len() } else { boundary(bytes, room) };
        self = self.copy(bytes, end);
        if !fits {
            self = self.copy(ELLIPSIS, ELLIPSIS.len());
            self.cut = true;
        }
        self
    }

    /// Appends a number in decimals.
    pub const fn num(self, n: usize) -> Self {
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        let mut rest = n;
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let (_, text) = digits.split_at(at);
        match core::str::from_utf8(text) {
            Ok(text) => self.str(text),
            Err(_) => self,
        }
    }

    /// Appends a shape: `[28, 28, 1]`, or `[u32; 64]` for token ids.
    pub const fn dims(self, dims: &Dims) -> Self {
        if dims.is_tokens() {
            return self.str("[u32; ").num(dims.dim(0)).str("]");
        }
        let mut out = self.str("[").num(dims.dim(0));
        let mut i = 1;
        while i < dims.rank() {
            out = out.str(", ").num(dims.dim(i));
            i += 1;
        }
        out.str("]")
    }

    /// The text.
    pub const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.len);
        match core::str::from_utf8(text) {
            Ok(text) => text,
            // Only whole characters are ever copied.
            Err(_) => "",
        }
    }

    const fn copy(mut self, from: &[u8], n: usize) -> Self {
        let mut i = 0;
        while i < n {
            self.bytes[self.len + i] = from[i];
            i += 1;
        }
        self.len += n;
        self
    }
}

impl Default for Msg {
    fn default() -> Self {
        Self::new()
    }
}

/// The largest character boundary at or below `at`.
const fn boundary(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end > 0 && bytes[end] & 0b1100_0000 == 0b1000_0000 {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_and_numbers() {
        let m = Msg::new().num(0).str(" ").num(401_920).str(" ").dims(&Dims::image(28, 28, 1));
        assert_eq!(m.as_str(), "0 401920 [28, 28, 1]");
        assert_eq!(Msg::new().dims(&Dims::tokens(64)).as_str(), "[u32; 64]");
        assert_eq!(Msg::new().num(usize::MAX).as_str(), "18446744073709551615");
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let mut m = Msg::new().str("x");
        for _ in 0..CAPACITY {
            m = m.str("äö");
        }
        assert!(m.as_str().ends_with('…'));
        assert!(m.as_str().len() <= CAPACITY);
        assert_eq!(m.str("more").as_str(), m.as_str());
    }
}
