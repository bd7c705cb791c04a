//! One entry of the list: `attrs name: layer -> [..]`.

use super::args::{parse_args, parse_names, parse_shape};
use super::split::{Piece, angle_end, entries, group, is, is_pair, parse_all, split};
use super::{BlockSyntax, Body, Entry, LayerSyntax, ShapeSyntax};
use crate::diag::{Errors, catalogue};
use crate::model::Role;
use crate::span::Ends;
use crate::text;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::{Attribute, Expr, TypePath};

/// The entries of a body. Broken ones are reported and kept by name.
pub(super) fn parse_list(stream: TokenStream, errors: &mut Errors) -> Vec<Entry> {
    let mut list = Vec::new();
    for piece in split(&entries(stream), errors) {
        parse_piece(&piece, &mut list, errors);
    }
    list
}

/// One piece between commas. It holds several entries when a comma was forgotten.
fn parse_piece(piece: &Piece, entries: &mut Vec<Entry>, errors: &mut Errors) {
    let mut tokens = &piece.tokens[..];
    if tokens.is_empty() {
        errors.report(&catalogue::STRAY_COMMA, Ends::at(piece.comma.unwrap_or_else(Span::call_site)), &[]);
        return;
    }
    while !tokens.is_empty() {
        let before = errors.len();
        let mut cursor = Cursor { tokens, at: 0 };
        entries.push(cursor.entry(errors));
        let (done, rest) = tokens.split_at(cursor.at.clamp(1, tokens.len()));
        if !rest.is_empty() && errors.len() == before {
            let ends = Ends::of(&rest[..1], Span::call_site());
            let (left, right) = (text::short(done), text::short(rest));
            if starts_entry(rest) {
                errors.report(&catalogue::MISSING_COMMA, ends, &[("left", &*left), ("right", &*right)]);
            } else {
                let found = text::short(&rest[..rest.len().min(1)]);
                errors.report(&catalogue::AFTER_LAYER, ends, &[("left", &*left), ("found", &*found)]);
                if let Some(entry) = entries.last_mut() {
                    entry.body = Body::Broken;
                }
                return;
            }
        } else if errors.len() > before {
            // One error for each piece: what follows a mistake is rarely another one. But what it makes is not known.
            if !rest.is_empty() {
                let ends = Ends::of(rest, Span::call_site());
                let source = text::short(rest);
                entries.push(Entry { attrs: Vec::new(), name: None, body: Body::Broken, annotation: None, ends, source });
            }
            return;
        }
        tokens = rest;
    }
}

/// Whether an entry may begin with these tokens.
fn starts_entry(tokens: &[TokenTree]) -> bool {
    match tokens.first() {
        Some(TokenTree::Ident(name)) => !is_keyword(name),
        first => is(first, '#') || group(first, Delimiter::Brace).is_some(),
    }
}

/// A keyword that begins no path.
fn is_keyword(name: &Ident) -> bool {
    let word = name.to_string();
    syn::parse_str::<Ident>(&word).is_err() && !["self", "super", "crate", "Self"].contains(&&*word)
}

/// A position in one entry's tokens.
struct Cursor<'a> {
    tokens: &'a [TokenTree],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a [TokenTree] {
        &self.tokens[self.at..]
    }

    fn peek(&self) -> Option<&'a TokenTree> {
        self.tokens.get(self.at)
    }

    fn take_group(&mut self, delimiter: Delimiter) -> Option<&'a Group> {
        let found = group(self.peek(), delimiter)?;
        self.at += 1;
        Some(found)
    }

    /// The last token taken, where something is missing.
    fn here(&self) -> Span {
        let last = self.at.min(self.tokens.len()).checked_sub(1);
        last.and_then(|i| self.tokens.get(i)).map_or_else(Span::call_site, TokenTree::span)
    }

    fn entry(&mut self, errors: &mut Errors) -> Entry {
        let attrs = self.attributes(errors);
        let name = self.name(errors);
        let start = self.at;
        let body = match &name {
            Some(name) if self.peek().is_none() => {
                let words = [("name", &*name.to_string())];
                errors.report(&catalogue::NO_LAYER, Ends::at(self.here()), &words);
                Body::Broken
            }
            _ => self.body(name.as_ref(), errors).unwrap_or(Body::Broken),
        };
        let end = self.at.max(start);
        let tokens = &self.tokens[start..end];
        let broken = matches!(body, Body::Broken);
        let annotation = if broken { None } else { self.annotation(errors) };
        if broken {
            self.at = self.tokens.len();
        }
        let ends = Ends::of(tokens, self.here());
        Entry { attrs, name, body, annotation, ends, source: text::short(tokens) }
    }

    /// `#[..]` and doc comments.
    fn attributes(&mut self, errors: &mut Errors) -> Vec<Attribute> {
        let start = self.at;
        while is(self.peek(), '#') && group(self.tokens.get(self.at + 1), Delimiter::Bracket).is_some() {
            self.at += 2;
        }
        let tokens: TokenStream = self.tokens[start..self.at].iter().cloned().collect();
        match syn::parse::Parser::parse2(Attribute::parse_outer, tokens) {
            Ok(attrs) => attrs,
            Err(error) => {
                let words = [("why", &*error.to_string())];
                errors.report(&catalogue::BAD_ATTRIBUTE, Ends::at(error.span()), &words);
                Vec::new()
            }
        }
    }

    /// `name:`, not `path::`. A word of lower case in front of `=`, of another word or of a block is meant to be one, too.
    fn name(&mut self, errors: &mut Errors) -> Option<Ident> {
        let Some(TokenTree::Ident(name)) = self.peek() else {
            return None;
        };
        let (next, after) = (self.at + 1, self.at + 2);
        let colon = is(self.tokens.get(next), ':') && !is_pair(self.tokens, next, ':', ':');
        if colon {
            self.at = after;
            return Some(name.clone());
        }
        let lower = name.unraw().to_string().starts_with(char::is_lowercase);
        let meant = match self.tokens.get(next) {
            Some(TokenTree::Punct(_)) => is(self.tokens.get(next), '=') && !is_operator(self.tokens, next),
            Some(TokenTree::Ident(_)) => true,
            Some(TokenTree::Group(group)) => match group.delimiter() {
                Delimiter::Brace => true,
                Delimiter::Bracket => name == "input" || name == "output",
                _ => false,
            },
            _ => false,
        };
        if !lower || !meant || is_keyword(name) {
            return None;
        }
        let start = if is(self.tokens.get(next), '=') { after } else { next };
        let what = text::short(&self.tokens[start..]);
        let words = [("name", &*name.to_string()), ("what", &*what)];
        errors.report(&catalogue::TYPO_EQUALS, Ends::of(&self.tokens[next..=next], self.here()), &words);
        self.at = start;
        Some(name.clone())
    }

    /// `name: [Dense(10), Relu]` or the same in parentheses: a block, wrongly enclosed.
    fn misspelt_block(&mut self, name: Option<&Ident>, errors: &mut Errors) -> bool {
        let (Some(name), Some(TokenTree::Group(body))) = (name, self.peek()) else { return false };
        let inner: Vec<TokenTree> = body.stream().into_iter().collect();
        let layer = |tree: &TokenTree| match tree {
            TokenTree::Ident(word) => nn_shape::spec::find(&word.to_string()).is_some(),
            _ => false,
        };
        let found = matches!(body.delimiter(), Delimiter::Bracket | Delimiter::Parenthesis) && inner.first().is_some_and(layer);
        if found {
            let words = [("name", &*name.to_string()), ("layers", &*text::source(&inner))];
            errors.report(&catalogue::TYPO_BLOCK, Ends::at(body.span()), &words);
        }
        found
    }

    fn body(&mut self, name: Option<&Ident>, errors: &mut Errors) -> Option<Body> {
        let named = |wanted: &str| name.is_some_and(|name| name == wanted);
        if self.misspelt_block(name, errors) {
            return None;
        }
        if named("output") {
            return self.outputs(errors);
        }
        if let Some(shape) = group(self.peek(), Delimiter::Bracket)
            && name.is_some()
        {
            self.at += 1;
            return parse_shape(shape, errors).map(Body::Input);
        }
        if named("input") {
            return self.inputs(errors);
        }
        if let Some(body) = self.take_group(Delimiter::Brace) {
            return Some(block(None, None, body, errors));
        }
        self.layer(errors)
    }

    fn inputs(&mut self, errors: &mut Errors) -> Option<Body> {
        let Some(body) = self.take_group(Delimiter::Brace) else {
            errors.report(&catalogue::BAD_INPUT, Ends::of(self.rest(), self.here()), &[]);
            return None;
        };
        let mut inputs = Vec::new();
        for piece in split(&entries(body.stream()), errors) {
            let mut cursor = Cursor { tokens: &piece.tokens, at: 0 };
            let name = cursor.name(errors);
            match (name, cursor.take_group(Delimiter::Bracket), cursor.peek()) {
                (Some(name), Some(shape), None) => inputs.push((name, parse_shape(shape, errors)?)),
                _ => {
                    let here = piece.comma.unwrap_or_else(|| body.span_close());
                    errors.report(&catalogue::BAD_INPUT, Ends::of(&piece.tokens, here), &[]);
                    return None;
                }
            }
        }
        if inputs.is_empty() {
            errors.report(&catalogue::BAD_INPUT, Ends::at(body.span()), &[]);
            return None;
        }
        Some(Body::Inputs(inputs))
    }

    fn outputs(&mut self, errors: &mut Errors) -> Option<Body> {
        if let Some(body) = self.take_group(Delimiter::Brace) {
            return parse_names(body, errors).map(Body::Outputs);
        }
        if let [TokenTree::Ident(name)] = self.rest() {
            self.at += 1;
            return Some(Body::Outputs(vec![name.clone()]));
        }
        errors.report(&catalogue::BAD_OUTPUT, Ends::of(self.rest(), self.here()), &[]);
        None
    }

    /// `Path<..>(args)`, then a body in braces or `= options`.
    fn layer(&mut self, errors: &mut Errors) -> Option<Body> {
        let start = self.at;
        let path = self.path(errors)?;
        let path_text = text::source(&self.tokens[start..self.at]);
        let before = errors.len();
        if let Some(body) = self.take_group(Delimiter::Bracket) {
            let inner: Vec<TokenTree> = body.stream().into_iter().collect();
            let words = [("name", &*path_text), ("args", &*text::source(&inner))];
            errors.report(&catalogue::TYPO_BRACKETS, Ends::at(body.span()), &words);
            return None;
        }
        let args = self.take_group(Delimiter::Parenthesis).map(|group| parse_args(group, errors));
        if let Some(body) = self.take_group(Delimiter::Brace) {
            let Some(keyword) = path.path.get_ident().filter(|i| Role::of(&i.to_string()).is_some()) else {
                let layer = path.path.get_ident().and_then(|ident| nn_shape::spec::find(&ident.to_string()));
                let example = layer.map(|spec| spec.positional.iter().map(|arg| arg.example).collect::<Vec<_>>().join(", "));
                let example = example.map(|args| format!("{path_text}({args})")).unwrap_or_default();
                let words = [("name", &*path_text), ("example", &*example)];
                errors.report(&catalogue::NOT_A_BLOCK, Ends::of_tokens(&path), &words);
                return None;
            };
            return Some(block(Some(keyword.clone()), args, body, errors));
        }
        let options = if is(self.peek(), '=') && !is_operator(self.tokens, self.at) {
            self.at += 1;
            Some(self.options(errors)?)
        } else {
            None
        };
        // Reported inside the arguments: keep the name, say nothing more about this entry.
        (errors.len() == before).then_some(Body::Layer(LayerSyntax { path, args, options }))
    }

    /// A path with generic arguments, as a type.
    fn path(&mut self, errors: &mut Errors) -> Option<TypePath> {
        let start = self.at;
        while let Some(tree) = self.peek() {
            if let Some(end) = angle_end(self.tokens, self.at) {
                self.at = end;
                continue;
            }
            let joined = self.at == start || is(self.tokens.get(self.at - 1), ':');
            match tree {
                TokenTree::Ident(_) if joined => self.at += 1,
                TokenTree::Punct(p) if p.as_char() == ':' => self.at += 1,
                _ => break,
            }
        }
        let tokens = &self.tokens[start..self.at];
        let keyword = matches!(tokens, [TokenTree::Ident(word), ..] if is_keyword(word))
            || matches!(tokens, [TokenTree::Ident(word)] if syn::parse_str::<Ident>(&word.to_string()).is_err());
        if tokens.is_empty() || keyword {
            self.at = start;
            let next = &self.rest()[..self.rest().len().min(1)];
            let found = if next.is_empty() { "nothing".to_owned() } else { text::short(next) };
            let ends = Ends::of(next, self.here());
            errors.report(&catalogue::EXPECTED_LAYER, ends, &[("found", &found)]);
            return None;
        }
        match parse_all::<TypePath>(tokens, self.here()) {
            Ok(path) => Some(path),
            Err(error) => {
                let words = [("path", &*text::source(tokens))];
                errors.report(&catalogue::HALF_PATH, Ends::at(error.span()), &words);
                None
            }
        }
    }

    /// The expression after `=`, up to `->`.
    fn options(&mut self, errors: &mut Errors) -> Option<Expr> {
        let start = self.at;
        let here = self.here();
        let arrow = (start..self.tokens.len()).find(|&i| is_pair(self.tokens, i, '-', '>'));
        self.at = arrow.unwrap_or(self.tokens.len());
        let tokens = &self.tokens[start..self.at];
        if tokens.is_empty() {
            errors.report(&catalogue::NO_OPTIONS, Ends::at(here), &[]);
            return None;
        }
        match parse_all::<Expr>(tokens, here) {
            Ok(expr) => Some(expr),
            Err(error) => {
                let words = [("why", &*error.to_string())];
                errors.report(&catalogue::BAD_OPTIONS, Ends::at(error.span()), &words);
                None
            }
        }
    }

    /// `-> [..]`
    fn annotation(&mut self, errors: &mut Errors) -> Option<ShapeSyntax> {
        if !is_pair(self.tokens, self.at, '-', '>') {
            return None;
        }
        self.at += 2;
        match self.take_group(Delimiter::Bracket) {
            Some(shape) => parse_shape(shape, errors),
            None => {
                errors.report(&catalogue::NO_ANNOTATION, Ends::at(self.here()), &[]);
                None
            }
        }
    }
}

/// `==` or `=>`
fn is_operator(tokens: &[TokenTree], at: usize) -> bool {
    is_pair(tokens, at, '=', '=') || is_pair(tokens, at, '=', '>')
}

fn block(keyword: Option<Ident>, args: Option<super::ArgsSyntax>, body: &Group, errors: &mut Errors) -> Body {
    let entries = parse_list(body.stream(), errors);
    let body = Ends { first: body.span_open(), last: body.span_close() };
    Body::Block(BlockSyntax { keyword, args, entries, body })
}
