//! Tokens to syntax, without meaning. Every entry is parsed on its own, so one broken entry
//! costs one error and the others are still understood.

mod args;
mod entry;
mod header;
mod split;

use crate::span::Ends;
use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, Expr, Generics, TypePath, Visibility};

pub(crate) use header::parse;

/// A whole `network!`.
#[derive(Debug)]
pub(crate) struct NetworkSyntax {
    pub attrs: Vec<Attribute>,
    pub vis: Visibility,
    pub ident: Ident,
    pub generics: Generics,
    /// The braces.
    pub body: Ends,
    pub entries: Vec<Entry>,
}

/// One line of the list.
#[derive(Debug)]
pub(crate) struct Entry {
    pub attrs: Vec<Attribute>,
    pub name: Option<Ident>,
    pub body: Body,
    /// `-> [..]`
    pub annotation: Option<ShapeSyntax>,
    /// Without name and annotation: what a message quotes and underlines.
    pub ends: Ends,
    pub source: String,
}

/// What an entry declares.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "a short-lived list, most of whose entries are layers")]
pub(crate) enum Body {
    /// `input: [..]`, or any name with a shape.
    Input(ShapeSyntax),
    /// `input: { a: [..], b: [..] }`
    Inputs(Vec<(Ident, ShapeSyntax)>),
    /// `output: { a, b }`
    Outputs(Vec<Ident>),
    Layer(LayerSyntax),
    Block(BlockSyntax),
    /// Reported already. Its name stays known.
    Broken,
}

/// `Path<..>(args) = options`
#[derive(Debug)]
pub(crate) struct LayerSyntax {
    pub path: TypePath,
    pub args: Option<ArgsSyntax>,
    pub options: Option<Expr>,
}

/// `{ .. }`, `Residual { .. }`, `Repeat(n) { .. }`
#[derive(Debug)]
pub(crate) struct BlockSyntax {
    pub keyword: Option<Ident>,
    pub args: Option<ArgsSyntax>,
    pub entries: Vec<Entry>,
    pub body: Ends,
}

/// Arguments in parentheses.
#[derive(Debug)]
pub(crate) struct ArgsSyntax {
    /// The closing parenthesis, where something may be missing.
    pub close: Span,
    /// The text between the parentheses.
    pub source: String,
    pub list: Vec<Arg>,
}

/// `value` or `key = value`.
#[derive(Debug)]
pub(crate) struct Arg {
    pub key: Option<Ident>,
    /// `None` for `key =`.
    pub value: Option<Expr>,
    pub ends: Ends,
    /// Whether the value could not be read, which is reported already.
    pub broken: bool,
}

/// `[784]`, `[u32; 64]`
#[derive(Clone, Debug)]
pub(crate) struct ShapeSyntax {
    pub tokens: bool,
    pub sizes: Vec<Expr>,
    pub ends: Ends,
}

/// The input of the macro, without the group with the crate's path.
pub(crate) struct Invocation {
    pub krate: TokenStream,
    pub tokens: TokenStream,
}
