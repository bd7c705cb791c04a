//! What an editor gets of a wrong declaration, so that it keeps knowing the type while somebody types.
//!
//! The compiler does not get it. In a module where a macro expanded to nothing but errors it is silent about missing names;
//! a struct without methods and traits would give an error for every use.
//!
//! The condition is one of the user's crate, which may not have heard of it. The lint about that is decided outside of the
//! item with the condition: hence the module.

use crate::model::{Declaration, Known};
use crate::text;
use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::ext::IdentExt;

/// The type, its arrays as far as they are known, and the most used functions, which are never run.
pub(crate) fn fallback(declaration: &Declaration) -> TokenStream {
    let (vis, ident, generics) = (&declaration.vis, &declaration.network.ident, &declaration.generics);
    let docs = declaration.attrs.iter().filter(|attr| attr.path().is_ident("doc"));
    let (t, scalar) = (&generics.scalar, declaration.default_scalar());
    let names: Vec<&Ident> = generics.consts.iter().map(|param| &param.ident).collect();
    let input = arrays(declaration, "Input", declaration.network.inputs.iter().enumerate().map(|(value, input)| (&input.name, value)));
    let output = arrays(declaration, "Output", declaration.network.outputs.iter().map(|output| (&output.name, output.value)));
    let functions = functions(declaration, &q!(<#(#names,)* #scalar>));
    let module = format_ident!("__{}_editor", text::snake(&ident.unraw().to_string()), span = Span::mixed_site());
    q! {
        #[doc(hidden)]
        #[allow(unexpected_cfgs, unused_imports, unused_variables, missing_docs)]
        mod #module {
            #[cfg(rust_analyzer)]
            use super::*;
            #[cfg(rust_analyzer)]
            #(#docs)*
            pub struct #ident<#(const #names: usize,)* #t = #scalar>(::core::marker::PhantomData<#t>);
            #input
            #output
            #[cfg(rust_analyzer)]
            impl<#(const #names: usize,)*> #ident<#(#names,)* #scalar> {
                #functions
            }
        }
        #[allow(unused_imports)]
        #vis use #module::*;
    }
}

/// `NetInput`
fn beside(declaration: &Declaration, suffix: &str) -> Ident {
    let ident = &declaration.network.ident;
    format_ident!("{}{suffix}", ident.unraw(), span = ident.span().resolved_at(Span::mixed_site()))
}

/// An alias of one array, or a struct of several. Nothing when one of them is not known: of a name that does not exist, an
/// editor assumes the best.
fn arrays<'a>(declaration: &Declaration, suffix: &str, list: impl Iterator<Item = (&'a Ident, usize)>) -> Option<TokenStream> {
    let (name, p) = (beside(declaration, suffix), declaration.private());
    let (t, scalar) = (&declaration.generics.scalar, declaration.default_scalar());
    let consts = declaration.generics.consts.iter().map(|param| &param.ident);
    let parameters = q!(#(const #consts: usize,)* #t = #scalar);
    let (mut names, mut types) = (Vec::new(), Vec::new());
    for (name, value) in list {
        let Known::Shape(dims) = declaration.network.known(value) else { return None };
        let exact = (0..dims.rank()).all(|i| declaration.symbols.is_exact(dims.dim(i)));
        let shape = exact.then(|| declaration.known_type(&dims))?;
        names.push(name);
        types.push(q!(<#shape as #p::Shape>::Array<#t>));
    }
    let item = match &types[..] {
        [] => return None,
        [one] => q!(pub type #name<#parameters> = #one;),
        _ => q!(pub struct #name<#parameters> { #(pub #names: #types,)* }),
    };
    Some(q! {
        #[cfg(rust_analyzer)]
        #item
    })
}

/// The inherent names of a network.
fn functions(declaration: &Declaration, args: &TokenStream) -> TokenStream {
    let p = declaration.private();
    let (input, output) = (beside(declaration, "Input"), beside(declaration, "Output"));
    q! {
        pub const PARAMS: usize = 0;
        pub const MACS: u64 = 0;
        pub const PARAM_BYTES: usize = 0;
        pub const WORKSPACE_BYTES: usize = 0;
        pub const STATE_BYTES: usize = 0;
        pub fn summary() -> #p::Summary {
            ::core::unreachable!()
        }
        pub fn new(seed: u64) -> #p::Box<Self> {
            ::core::unreachable!()
        }
        pub fn boxed_clone(&self) -> #p::Box<Self> {
            ::core::unreachable!()
        }
        pub fn workspace() -> #p::Box<#p::Workspace<Self>> {
            ::core::unreachable!()
        }
        pub fn batch_workspace<const NN_BATCH: usize>() -> #p::Box<#p::Workspace<Self, NN_BATCH>> {
            ::core::unreachable!()
        }
        pub fn step_workspace() -> #p::Box<#p::StepWorkspace<Self>> {
            ::core::unreachable!()
        }
        pub fn predict<'w>(&self, x: &#input #args, workspace: &'w mut #p::Workspace<Self>) -> &'w #output #args {
            ::core::unreachable!()
        }
    }
}
