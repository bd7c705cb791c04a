//! Cutting token lists at top-level commas.

use crate::diag::{Errors, catalogue};
use crate::span::Ends;
use proc_macro2::{Delimiter, Group, Spacing, Span, TokenStream, TokenTree};
use syn::parse::Parse;

/// A piece between commas, with the comma that ends it.
#[derive(Debug)]
pub(crate) struct Piece {
    pub tokens: Vec<TokenTree>,
    /// The comma after it.
    pub comma: Option<Span>,
}

pub(crate) fn is(tree: Option<&TokenTree>, c: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(p)) if p.as_char() == c)
}

/// Whether `tokens[at]` begins `a` joined with `b`, as in `->`.
pub(crate) fn is_pair(tokens: &[TokenTree], at: usize, a: char, b: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == a && p.spacing() == Spacing::Joint) && is(tokens.get(at + 1), b)
}

pub(crate) fn group(tree: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match tree {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

/// The pieces of `tokens`. A trailing comma makes no empty piece; commas inside `<..>` of a
/// path do not count. A semicolon is reported and taken for a comma.
pub(crate) fn split(tokens: &[TokenTree], errors: &mut Errors) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let end = piece_end(&tokens[start..]).map_or(tokens.len(), |n| start + n);
        let comma = tokens.get(end).map(TokenTree::span);
        if let Some(span) = comma
            && is(tokens.get(end), ';')
        {
            errors.report(&catalogue::TYPO_SEMICOLON, Ends::at(span), &[]);
        }
        pieces.push(Piece { tokens: tokens[start..end].to_vec(), comma });
        start = end + 1;
    }
    pieces
}

/// The position of the comma, or semicolon, that ends the first piece.
fn piece_end(tokens: &[TokenTree]) -> Option<usize> {
    let mut at = 0;
    while at < tokens.len() {
        if is(tokens.get(at), ',') || is(tokens.get(at), ';') {
            return Some(at);
        }
        at = match angle_end(tokens, at) {
            Some(end) => end,
            None => at + 1,
        };
    }
    None
}

/// The position after the `>` that closes the `<` at `at`, when that `<` opens generic
/// arguments: after a type's name (upper case) or after `::`. A `<` without its `>` is an
/// operator, or a mistake that must not swallow the rest of the list.
pub(crate) fn angle_end(tokens: &[TokenTree], at: usize) -> Option<usize> {
    if !is(tokens.get(at), '<') {
        return None;
    }
    let opens = match at.checked_sub(1).and_then(|i| tokens.get(i)) {
        Some(TokenTree::Ident(name)) => name.to_string().starts_with(char::is_uppercase),
        previous => is(previous, ':') || previous.is_none() || is(previous, ':'),
    };
    if !opens {
        return None;
    }
    let mut depth = 0usize;
    let mut i = at;
    while i < tokens.len() {
        if is_pair(tokens, i, '-', '>') {
            i += 2;
            continue;
        }
        if is(tokens.get(i), '<') {
            depth += 1;
        } else if is(tokens.get(i), '>') {
            depth -= 1;
            if depth == 0 {
                return Some(i + 1);
            }
        } else if is(tokens.get(i), ';') {
            return None;
        }
        i += 1;
    }
    None
}

/// The tokens of a list of entries. A type, an expression or a path that a macro passes on stands in a group without
/// delimiters; where a layer or a shape is expected, its tokens are meant.
pub(crate) fn entries(stream: TokenStream) -> Vec<TokenTree> {
    let mut out: Vec<TokenTree> = Vec::new();
    for tree in stream {
        match &tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None && starts_layer(&out) => {
                out.extend(entries(group.stream()));
            }
            _ => out.push(tree),
        }
    }
    out
}

/// Whether a layer or a shape may follow: at the start, after a comma, a name, an attribute or `->`.
fn starts_layer(before: &[TokenTree]) -> bool {
    let last = before.last();
    let attribute = before.len().checked_sub(2).is_some_and(|at| is(before.get(at), '#'));
    last.is_none() || attribute || [',', ';', ':', '>'].iter().any(|&c| is(last, c))
}

/// Parses `tokens` as a `T` and nothing else. The tokens get a group of their own, so that
/// "unexpected end of input" points at their end and not at the whole macro.
pub(crate) fn parse_all<T: Parse>(tokens: &[TokenTree], otherwise: Span) -> syn::Result<T> {
    let last = Ends::of(tokens, otherwise).last;
    let mut group = Group::new(Delimiter::Parenthesis, tokens.iter().cloned().collect());
    group.set_span(last);
    let parser = |stream: syn::parse::ParseStream| {
        let content;
        syn::parenthesized!(content in stream);
        content.parse::<T>()
    };
    syn::parse::Parser::parse2(parser, TokenTree::Group(group).into())
}
