//! The `network!` macro of nn. Use it through the crate `nn`, which documents it.
#![forbid(unsafe_code)]

mod check;
mod diag;
mod embed;
mod entry;
mod expand;
mod lower;
mod model;
mod parameters;
mod plan;
mod span;
mod syntax;
#[cfg(test)]
mod tests;
mod text;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Declares a network: see `nn::network!`, which passes `($crate)` in front of the declaration.
#[proc_macro]
pub fn network(input: TokenStream) -> TokenStream {
    entry::network(input.into()).into()
}

/// Makes weight files `static`s: see `nn::embed!`, which passes `($crate)` in front of the items.
#[proc_macro]
pub fn embed(input: TokenStream) -> TokenStream {
    embed::embed(input.into()).into()
}

/// Makes the tree of named tensors of a layer struct: see the trait `Parameters`.
#[proc_macro_derive(Parameters, attributes(parameter, parameters))]
pub fn derive_parameters(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    parameters::derive(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
