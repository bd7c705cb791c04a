//! Arguments in parentheses, and shapes in brackets.

use super::split::{Piece, is, is_pair, parse_all, split};
use super::{Arg, ArgsSyntax, ShapeSyntax};
use crate::diag::{Errors, catalogue};
use crate::span::Ends;
use crate::text;
use proc_macro2::{Group, Ident, Span, TokenTree};
use syn::Expr;

/// `(512, init = HeNormal)`
pub(super) fn parse_args(group: &Group, errors: &mut Errors) -> ArgsSyntax {
    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
    let mut list = Vec::new();
    for piece in split(&inner, errors) {
        parse_piece(&piece, group.span_close(), &mut list, errors);
    }
    ArgsSyntax { close: group.span_close(), source: text::source(&inner), list }
}

fn parse_piece(piece: &Piece, close: Span, list: &mut Vec<Arg>, errors: &mut Errors) {
    let tokens = &piece.tokens[..];
    let comma = piece.comma.unwrap_or(close);
    if tokens.is_empty() {
        errors.report(&catalogue::STRAY_COMMA_ARGS, Ends::at(comma), &[]);
        return;
    }
    let (key, value) = match tokens {
        [TokenTree::Ident(key), rest @ ..] if is(rest.first(), ':') && !is_pair(rest, 0, ':', ':') => {
            let words = [("key", &*key.to_string()), ("value", &*text::source(&rest[1..]))];
            errors.report(&catalogue::TYPO_COLON, Ends::of(&rest[..1], close), &words);
            (Some(key.clone()), &rest[1..])
        }
        [TokenTree::Ident(key), rest @ ..] if is(rest.first(), '=') && !is_pair(rest, 0, '=', '=') => (Some(key.clone()), &rest[1..]),
        _ => (None, tokens),
    };
    let arrow = (0..value.len()).rev().find(|&i| is_pair(value, i, '-', '>'));
    let value = match arrow {
        Some(at) => {
            let words = [("right", &*text::source(&value[at + 2..]))];
            errors.report(&catalogue::TYPO_ARROW, Ends::of(&value[..at + 2], close), &words);
            &value[at + 2..]
        }
        None => value,
    };
    let mut arg = Arg { key, value: None, ends: Ends::of(tokens, close), broken: false };
    if !value.is_empty() {
        arg.value = parse_value(value, close, errors);
        arg.broken = arg.value.is_none();
    }
    list.push(arg);
}

/// A value: an expression, which is also the grammar of names, shapes and initialisers.
fn parse_value(tokens: &[TokenTree], close: Span, errors: &mut Errors) -> Option<Expr> {
    let error = match parse_all::<Expr>(tokens, close) {
        Ok(expr) => return Some(expr),
        Err(error) => error,
    };
    // Two expressions in a row: a comma is missing between them.
    for cut in 1..tokens.len() {
        let (left, right) = tokens.split_at(cut);
        if starts_argument(&left[cut - 1], &right[0])
            && let Ok(expr) = parse_all::<Expr>(left, close)
        {
            let words = [("left", &*text::source(left)), ("right", &*text::source(right))];
            let ends = Ends::of(&right[..1], close);
            errors.report(&catalogue::MISSING_COMMA_ARGS, ends, &words);
            // The second argument is given up: its mistakes show after the comma is there.
            return Some(expr);
        }
    }
    let why = error.to_string();
    errors.report(&catalogue::BAD_VALUE, Ends::at(error.span()), &[("why", &why)]);
    None
}

/// Whether a value may end in `left` and the next argument begin with `right`.
fn starts_argument(left: &TokenTree, right: &TokenTree) -> bool {
    !matches!(left, TokenTree::Punct(_)) && matches!(right, TokenTree::Ident(_) | TokenTree::Literal(_))
}

/// `[28, 28, 1]` or `[u32; 64]`. `None` after an error.
pub(super) fn parse_shape(group: &Group, errors: &mut Errors) -> Option<ShapeSyntax> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let ends = Ends::at(group.span());
    if let [TokenTree::Ident(kind), rest @ ..] = &tokens[..]
        && is(rest.first(), ';')
    {
        if kind != "u32" {
            errors.report(&catalogue::BAD_SHAPE, ends, &[]);
            return None;
        }
        let size = parse_value(&rest[1..], group.span_close(), errors)?;
        return Some(ShapeSyntax { tokens: true, sizes: vec![size], ends });
    }
    let pieces = split(&tokens, errors);
    if pieces.is_empty() || pieces.len() > 3 || pieces.iter().any(|p| p.tokens.is_empty()) {
        errors.report(&catalogue::BAD_SHAPE, ends, &[]);
        return None;
    }
    let sizes: Vec<Expr> = pieces.iter().filter_map(|piece| parse_value(&piece.tokens, group.span_close(), errors)).collect();
    (sizes.len() == pieces.len()).then_some(ShapeSyntax { tokens: false, sizes, ends })
}

/// `{ policy, value }`. `None` after an error.
pub(super) fn parse_names(group: &Group, errors: &mut Errors) -> Option<Vec<Ident>> {
    let mut names = Vec::new();
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    for piece in split(&tokens, errors) {
        match &piece.tokens[..] {
            [TokenTree::Ident(name)] => names.push(name.clone()),
            other => {
                let span = piece.comma.unwrap_or_else(|| group.span_close());
                errors.report(&catalogue::BAD_OUTPUT, Ends::of(other, span), &[]);
                return None;
            }
        }
    }
    if names.is_empty() {
        errors.report(&catalogue::BAD_OUTPUT, Ends::at(group.span()), &[]);
        return None;
    }
    Some(names)
}
