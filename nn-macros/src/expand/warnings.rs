//! Warnings. Stable Rust lets a macro give none of its own; a use of something deprecated, with the message as its note,
//! is one. So the lint is `deprecated`, and `#[allow(deprecated)]` on the network or the entry silences it.

use super::checks::call;
use crate::diag::Warning;
use crate::model::Declaration;
use proc_macro2::TokenStream;

/// A warning for each doubt.
pub(super) fn warnings(declaration: &Declaration) -> TokenStream {
    declaration.warnings.iter().map(warning).collect()
}

fn warning(warning: &Warning) -> TokenStream {
    let Warning { ends, text, attrs } = warning;
    let here = call("doubtful_layer", *ends, TokenStream::new());
    let name = proc_macro2::Ident::new("doubtful_layer", ends.first);
    q! {
        #(#attrs)*
        const _: () = {
            #[deprecated(note = #text)]
            const fn #name() {}
            #here
        };
    }
}
