//! Const parameters in the shape algebra.
//!
//! Stable Rust cannot compute with a const parameter in a type, it can only pass it on. So a
//! parameter stands in a shape as a large number nobody writes: the shape functions move it
//! like any other size, and a result that is neither small nor such a number was computed from
//! one, which is an error. In a network with parameters, constant expressions are treated alike.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Sizes are below this.
pub(crate) const LIMIT: usize = 1 << 32;

const BASE: usize = 1 << 40;
/// A prime, so that sums and products of codes are not codes.
const STEP: usize = 1_000_003;

/// The parameters and constant expressions of a network.
#[derive(Clone, Debug, Default)]
pub(crate) struct Symbols {
    list: Vec<Symbol>,
}

#[derive(Clone, Debug)]
struct Symbol {
    text: String,
    tokens: TokenStream,
    /// A constant expression: two of them may be equal without looking so.
    opaque: bool,
}

impl Symbols {
    /// The code of an expression. The same text has the same code.
    pub(crate) fn code(&mut self, expr: &impl ToTokens, text: String, opaque: bool) -> usize {
        let at = self.list.iter().position(|s| s.text == text).unwrap_or_else(|| {
            let tokens = expr.to_token_stream();
            self.list.push(Symbol { text, tokens, opaque });
            self.list.len() - 1
        });
        code(at)
    }

    /// Whether a size is a literal or a code, and not computed from a code.
    pub(crate) fn is_exact(&self, size: usize) -> bool {
        size < LIMIT || self.find(size).is_some()
    }

    /// The expression of a code.
    pub(crate) fn tokens(&self, size: usize) -> Option<&TokenStream> {
        self.find(size).map(|symbol| &symbol.tokens)
    }

    /// A message with names instead of codes, and whether an opaque expression is in it.
    pub(crate) fn name_codes(&self, mut text: String) -> (String, bool) {
        let mut opaque = false;
        for (at, symbol) in self.list.iter().enumerate() {
            let number = code(at).to_string();
            if text.contains(&number) {
                text = text.replace(&number, &symbol.text);
                opaque |= symbol.opaque;
            }
        }
        (text, opaque)
    }

    fn find(&self, size: usize) -> Option<&Symbol> {
        let offset = size.checked_sub(BASE)?;
        if offset % STEP != 0 {
            return None;
        }
        self.list.get((offset / STEP).checked_sub(1)?)
    }
}

fn code(at: usize) -> usize {
    BASE + (at + 1) * STEP
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn codes_move_but_do_not_compute() {
        let mut symbols = Symbols::default();
        let h = symbols.code(&quote!(H), "H".to_owned(), false);
        let k = symbols.code(&quote!(K), "K".to_owned(), false);
        assert_eq!(symbols.code(&quote!(H), "H".to_owned(), false), h);
        assert!(symbols.is_exact(h) && symbols.is_exact(k) && symbols.is_exact(784));
        for computed in [h + k, h * 2, h + 1, h / 2, h.saturating_mul(k)] {
            assert!(!symbols.is_exact(computed));
        }
        assert_eq!(symbols.name_codes(format!("[{h}, 3]")), ("[H, 3]".to_owned(), false));
    }
}
