//! `embed!`: weight files as `static`s. The header is read here, the numbers are copied by the compiler.

mod file;

use crate::diag::Report;
use crate::span::Ends;
use file::File;
use proc_macro2::{Delimiter, Group, Literal, Span, TokenStream};
use quote::quote_spanned;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Token, Type, Visibility, parenthesized};

/// `($crate) items`
struct Invocation {
    krate: TokenStream,
    items: Vec<Item>,
}

/// `/// docs` `pub static NAME: Type = "path";`
struct Item {
    attrs: Vec<Attribute>,
    vis: Visibility,
    name: Ident,
    ty: Type,
    path: LitStr,
}

impl Parse for Invocation {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate;
        parenthesized!(krate in input);
        let krate = krate.parse()?;
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push(input.parse()?);
        }
        Ok(Self { krate, items })
    }
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if input.peek(Token![const]) {
            return Err(input.error("a constant would be copied wherever it is used\nhelp: `static`"));
        }
        input.parse::<Token![static]>()?;
        if input.peek(Token![mut]) {
            return Err(input.error("embedded weights do not change\nhelp: leave `mut` out"));
        }
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        input.parse::<Token![=]>()?;
        if !input.peek(LitStr) {
            return Err(input.error("expected the path of a weight file as a string literal, counted from the folder of `Cargo.toml`"));
        }
        let path = input.parse()?;
        input.parse::<Token![;]>()?;
        Ok(Self { attrs, vis, name, ty, path })
    }
}

/// Expands `($crate) items`.
pub(crate) fn embed(input: TokenStream) -> TokenStream {
    match syn::parse2::<Invocation>(input) {
        Ok(Invocation { krate, items }) => items.iter().map(|item| expand(&krate, item)).collect(),
        Err(error) => error.to_compile_error(),
    }
}

fn expand(krate: &TokenStream, item: &Item) -> TokenStream {
    let Item { attrs, vis, name, ty, path } = item;
    let text = path.value();
    let (value, error) = match File::read(&text).and_then(|file| value(krate, item, &text, &file)) {
        Ok(value) => (value, None),
        Err(text) => {
            let report = Report { id: "embed", ends: Ends::at(path.span()), text };
            (fallback(krate, item), Some(crate::diag::compile_errors(&[report])))
        }
    };
    quote_spanned! {Span::mixed_site()=>
        #error
        #(#attrs)*
        #vis static #name: #ty = #value;
    }
}

/// The value of the static; a mismatch is a panic of const evaluation at the path.
fn value(krate: &TokenStream, item: &Item, path: &str, file: &File) -> Result<TokenStream, String> {
    let (ty, site) = (&item.ty, Span::mixed_site());
    let (bytes, length) = (include(path), Literal::usize_unsuffixed(file.length));
    if is_self_test(ty) {
        let test = file.self_test.as_ref();
        let (input, output, tolerance) = test.ok_or_else(|| format!("{path} has no self-test"))?;
        let tolerance = tolerance.to_bits();
        return Ok(quote_spanned! {site=> {
            // Only for its changes.
            const _: &[::core::primitive::u8; #length] = #bytes;
            <#ty>::embedded(#input, #output, ::core::primitive::f64::from_bits(#tolerance))
        }});
    }
    let saved_from = &file.network;
    let entries = file.tensors.iter().map(|tensor| {
        let (name, dtype, begin) = (&tensor.name, tensor.dtype, Literal::usize_unsuffixed(tensor.begin));
        let shape = tensor.shape.iter().map(|&size| Literal::u64_unsuffixed(size));
        quote_spanned!(site=> #krate::__private::weights::Entry { name: #name, dtype: #dtype, shape: &[#(#shape),*], begin: #begin })
    });
    // The call stands where the user wrote the path, so that is where a panic of const evaluation is shown.
    let call = Ident::new("__nn_embed", item.path.span());
    let mut arguments = Group::new(Delimiter::Parenthesis, quote_spanned!(site=> #path, #saved_from, FILE, &[#(#entries),*]));
    arguments.set_span(item.path.span());
    Ok(quote_spanned! {site=> {
        use #krate::__private::weights::embed as #call;
        const FILE: &[::core::primitive::u8; #length] = #bytes;
        #call #arguments
    }})
}

/// A value for a file that cannot be used, so that the name at least exists.
fn fallback(krate: &TokenStream, item: &Item) -> TokenStream {
    let ty = &item.ty;
    if is_self_test(ty) {
        return quote_spanned!(Span::mixed_site()=> <#ty>::embedded("", "", 0.0));
    }
    quote_spanned!(Span::mixed_site()=> #krate::__private::weights::zeroed::<#ty>())
}

/// The bytes of the file, which makes the compiler watch it.
fn include(path: &str) -> TokenStream {
    let site = Span::mixed_site();
    if std::path::Path::new(path).is_absolute() {
        return quote_spanned!(site=> ::core::include_bytes!(#path));
    }
    quote_spanned!(site=> ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #path)))
}

/// Whether an item asks for the file's self-test: `SelfTest<Net>`.
fn is_self_test(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == "SelfTest"))
}
