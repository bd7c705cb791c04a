//! `attrs vis struct Name<..> { .. }`

use super::split::{group, parse_all};
use super::{Invocation, NetworkSyntax, entry};
use crate::diag::{Errors, catalogue};
use crate::span::Ends;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, GenericParam, Generics, Token, Visibility};

/// Everything before the braces.
struct Header {
    attrs: Vec<Attribute>,
    vis: Visibility,
    ident: Ident,
    generics: Generics,
}

impl Parse for Header {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        input.parse::<Token![struct]>()?;
        let ident = input.parse()?;
        let generics = input.parse()?;
        Ok(Self { attrs, vis, ident, generics })
    }
}

impl Invocation {
    /// Takes off the first group, `($crate)`, which the `macro_rules!` shell puts there.
    pub(crate) fn new(stream: TokenStream) -> Self {
        let mut tokens = stream.into_iter();
        let krate = match tokens.next() {
            Some(TokenTree::Group(group)) => group.stream(),
            _ => TokenStream::new(),
        };
        Self { krate, tokens: tokens.collect() }
    }
}

/// The network, or its name if no more of its head can be read.
pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Result<NetworkSyntax, Option<Ident>> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let everything = Ends::of(&tokens, Span::call_site());
    let braces = tokens.iter().position(|t| group(Some(t), Delimiter::Brace).is_some());
    let Some((at, body)) = braces.and_then(|at| Some((at, group(tokens.get(at), Delimiter::Brace)?))) else {
        errors.report(&catalogue::NO_STRUCT, everything, &[]);
        return Err(name(&tokens));
    };
    if let Some(rest) = tokens.get(at + 1..)
        && !rest.is_empty()
    {
        errors.report(&catalogue::ONE_NETWORK, Ends::of(rest, Span::call_site()), &[]);
    }
    let header: Header = match parse_all(&tokens[..at], body.span_open()) {
        Ok(header) => header,
        Err(error) => {
            let why = [("why", &*error.to_string())];
            errors.report(&catalogue::HEADER, Ends::at(error.span()), &why);
            return Err(name(&tokens[..at]));
        }
    };
    check_generics(&header.generics, errors);
    let entries = entry::parse_list(body.stream(), errors);
    Ok(NetworkSyntax {
        attrs: header.attrs,
        vis: header.vis,
        ident: header.ident,
        generics: header.generics,
        body: Ends { first: body.span_open(), last: body.span_close() },
        entries,
    })
}

/// What a head that cannot be read probably names: after `struct` and the like, the first type.
fn name(tokens: &[TokenTree]) -> Option<Ident> {
    let mut idents = tokens.iter().filter_map(|tree| match tree {
        TokenTree::Ident(ident) => Some(ident),
        _ => None,
    });
    idents.find(|ident| *ident != "Self" && ident.unraw().to_string().starts_with(char::is_uppercase)).cloned()
}

/// Only `const N: usize` and one scalar without bounds.
fn check_generics(generics: &Generics, errors: &mut Errors) {
    let mut scalars = 0;
    for param in &generics.params {
        let fine = match param {
            GenericParam::Const(param) => {
                matches!(&param.ty, syn::Type::Path(ty) if ty.path.is_ident("usize"))
            }
            GenericParam::Type(ty) => {
                scalars += 1;
                scalars == 1 && ty.bounds.is_empty()
            }
            GenericParam::Lifetime(_) => false,
        };
        if !fine {
            errors.report(&catalogue::GENERICS, Ends::of_tokens(param), &[]);
        }
    }
}
