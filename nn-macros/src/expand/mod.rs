//! The model to Rust. Cannot fail: everything was checked before.
//!
//! A network, and each of its blocks, becomes a struct of parameters, structs for the memory of
//! a prediction, a stream and a training step, and implementations of the traits of nn-core.
//! All layers go through the same traits, so there is no code for particular ones.

/// Tokens at the macro's own place, hygienic for local names: lints of the user's crate do not
/// apply to them.
macro_rules! q {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*)
    };
}

mod checks;
mod constants;
mod context;
mod docs;
mod fallback;
mod fit;
mod forward;
mod layer;
mod memory;
mod network;
mod parameters;
mod shape;
mod step;
mod structs;
mod training;
mod warnings;

use crate::model::{Declaration, Network, Role, What};
use context::Context;
#[cfg(test)]
pub(crate) use docs::total as parameter_count;
pub(crate) use fallback::fallback;
use proc_macro2::TokenStream;

/// The whole expansion.
pub(crate) fn expand(declaration: &Declaration) -> TokenStream {
    let mut out = TokenStream::new();
    network(declaration, &declaration.network, Vec::new(), &mut out);
    out.extend(warnings::warnings(declaration));
    if has_qualified_path(&declaration.network) { qualified(out) } else { out }
}

/// Whether a type is written with more than it needs where it is in scope: `self::Name` says that it is a type.
fn has_qualified_path(network: &Network) -> bool {
    network.steps.iter().any(|step| match &step.what {
        What::User(user) => user.path.path.segments.len() > 1,
        What::Block(inner) | What::Repeat(_, inner) => has_qualified_path(inner),
        What::Builtin(_) | What::Broken => false,
    })
}

/// The same items, in which such a type may stand.
fn qualified(items: TokenStream) -> TokenStream {
    // What does not read as Rust is for the compiler to say.
    let Ok(file) = syn::parse2::<syn::File>(items.clone()) else { return items };
    let items = file.items.iter().map(|item| match item {
        syn::Item::Macro(_) => q!(#item),
        item => q!(#[allow(unused_qualifications)] #item),
    });
    q!(#(#items)*)
}

/// A network and the blocks in it. `inputs` are the constants of the shapes of a block's inputs.
fn network(declaration: &Declaration, net: &Network, inputs: Vec<TokenStream>, out: &mut TokenStream) {
    let context = Context::new(declaration, net, inputs);
    for (step, code) in net.steps.iter().zip(&context.steps) {
        if let What::Block(inner) | What::Repeat(_, inner) = &step.what {
            let frame = (inner.role == Role::TimeDistributed).then(|| q!(.frame()));
            let inputs = code.sources.iter().map(|&value| {
                let dims = context.dims(value);
                q!(#dims #frame)
            });
            network(declaration, inner, inputs.collect(), out);
        }
    }
    out.extend(structs::structs(&context));
    out.extend(constants::constants(&context));
    out.extend(checks::checks(&context));
    out.extend(fit::fit(&context));
    out.extend(memory::memory(&context));
    out.extend(parameters::parameters(&context));
    out.extend(layer::layer(&context));
    out.extend(network::network(&context));
    out.extend(forward::stream(&context));
    out.extend(network::inherent(&context));
}
