//! Spans. `Span::join` is not stable, so a range is its first and its last span.

use proc_macro2::{Span, TokenStream, TokenTree};

/// The first and the last token of something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    pub first: Span,
    pub last: Span,
}

impl Ends {
    pub(crate) fn at(span: Span) -> Self {
        Self { first: span, last: span }
    }

    /// From `self` to the end of `other`.
    pub(crate) fn to(self, other: Self) -> Self {
        Self { first: self.first, last: other.last }
    }

    /// The whole of `tokens`, or `otherwise` when there are none.
    pub(crate) fn of(tokens: &[TokenTree], otherwise: Span) -> Self {
        match (tokens.first(), tokens.last()) {
            (Some(first), Some(last)) => Self { first: open(first), last: close(last) },
            _ => Self::at(otherwise),
        }
    }

    /// The whole of anything that has tokens.
    pub(crate) fn of_tokens(tokens: &impl quote::ToTokens) -> Self {
        let tokens: Vec<TokenTree> = TokenStream::into_iter(tokens.to_token_stream()).collect();
        Self::of(&tokens, Span::call_site())
    }
}

fn open(tree: &TokenTree) -> Span {
    match tree {
        // A `None` group (an `$e:expr` handed through a macro) has no braces to point at.
        TokenTree::Group(group) => group.span_open(),
        other => other.span(),
    }
}

/// The span of the whole last tree: rustc ends the underline where it ends.
fn close(tree: &TokenTree) -> Span {
    tree.span()
}
