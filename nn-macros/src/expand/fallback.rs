//! What is left of a wrong declaration: the type, so that editors keep knowing it.

use crate::lower::generics;
use crate::syntax::NetworkSyntax;
use proc_macro2::TokenStream;

/// The struct without its fields.
pub(crate) fn fallback(syntax: &NetworkSyntax) -> TokenStream {
    let (vis, ident) = (&syntax.vis, &syntax.ident);
    let docs = syntax.attrs.iter().filter(|attr| attr.path().is_ident("doc"));
    let parameters = generics(&syntax.generics);
    let (t, consts) = (&parameters.scalar, &parameters.consts);
    let names = consts.iter().map(|param| &param.ident);
    let default = match &parameters.scalar_default {
        Some(ty) => q!(#ty),
        None => q!(f32),
    };
    q! {
        #(#docs)*
        #[allow(missing_docs, dead_code)]
        #vis struct #ident<#(const #names: usize,)* #t = #default>(::core::marker::PhantomData<#t>);
    }
}
