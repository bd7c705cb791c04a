//! What stands in the place of a wrong declaration: its errors, and the names it would have declared.
//!
//! The errors are the only items of a module, and the names are imported from there. About a name in a module with such an
//! error the compiler is silent, and so is it about everything that is done with the name: a mistake costs one error, however
//! often the network is used. An editor finds more in the module, so that it keeps knowing the type while somebody types. The
//! condition for that is one of the user's crate, which may not have heard of it; the lint about that is decided outside of
//! the item with the condition, at the module.

use crate::entry::Understood;
use crate::lower::is_keyword;
use crate::model::{Declaration, Known, Network, What};

use crate::text;
use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::ext::IdentExt;

/// The errors, and the names as far as they are known.
pub(crate) fn fallback(errors: TokenStream, understood: &Understood) -> TokenStream {
    let (vis, names, editor) = match understood {
        Understood::Declaration(declaration) => {
            let mut names = vec![declaration.network.ident.clone()];
            blocks(&declaration.network, &mut names);
            let vis = &declaration.vis;
            (q!(#vis), names, editor(declaration))
        }
        Understood::Name(name) => (q!(pub), vec![name.clone()], TokenStream::new()),
        Understood::Nothing => return errors,
    };
    let net = &names[0];
    let (input, output) = (beside(net, "Input"), beside(net, "Output"));
    let module = format_ident!("__{}_errors", text::snake(&net.unraw().to_string()), span = Span::mixed_site());
    q! {
        #[doc(hidden)]
        #[allow(unexpected_cfgs, unused_imports, unused_variables, missing_docs)]
        mod #module {
            #errors
            #editor
        }
        #[allow(unused_imports)]
        #vis use #module::{#(#names,)* #input, #output};
    }
}

/// The types of blocks.
fn blocks(network: &Network, names: &mut Vec<Ident>) {
    for step in &network.steps {
        if let What::Block(inner) | What::Repeat(_, inner) = &step.what {
            names.push(inner.ident.clone());
            blocks(inner, names);
        }
    }
}

/// Whether an entry has parameters, or may have.
fn has_field(what: &What) -> bool {
    match what {
        What::Builtin(builtin) => builtin.spec.parameters.is_some(),
        _ => true,
    }
}

/// The type with its fields, its arrays as far as they are known, and the most used functions, which are never run.
fn editor(declaration: &Declaration) -> TokenStream {
    let (ident, generics) = (&declaration.network.ident, &declaration.generics);
    let docs = declaration.attrs.iter().filter(|attr| attr.path().is_ident("doc"));
    let (t, scalar) = (&generics.scalar, declaration.default_scalar());
    let names: Vec<&Ident> = generics.consts.iter().map(|param| &param.ident).collect();
    let input = arrays(declaration, "Input", declaration.network.inputs.iter().enumerate().map(|(value, input)| (&input.name, value)));
    let output = arrays(declaration, "Output", declaration.network.outputs.iter().map(|output| (&output.name, output.value)));
    let functions = functions(declaration, &q!(<#(#names,)* #scalar>));
    let fields = declaration.network.steps.iter().map(|step| (&step.what, &step.name));
    let fields = fields.filter(|(what, name)| has_field(what) && !is_keyword(name)).map(|(_, name)| name);
    q! {
        #[cfg(rust_analyzer)]
        use super::*;
        #[cfg(rust_analyzer)]
        #(#docs)*
        pub struct #ident<#(const #names: usize,)* #t = #scalar> {
            #(pub #fields: __Unknown,)*
            __scalar: ::core::marker::PhantomData<#t>,
        }
        #input
        #output
        #[cfg(rust_analyzer)]
        impl<#(const #names: usize,)*> #ident<#(#names,)* #scalar> {
            #functions
        }
    }
}

/// `NetInput`
fn beside(net: &Ident, suffix: &str) -> Ident {
    format_ident!("{}{suffix}", net.unraw(), span = net.span().resolved_at(Span::mixed_site()))
}

/// An alias of one array, or a struct of several. Of a type that is not known, an editor assumes the best.
fn arrays<'a>(declaration: &Declaration, suffix: &str, list: impl Iterator<Item = (&'a Ident, usize)>) -> TokenStream {
    let (name, p) = (beside(&declaration.network.ident, suffix), declaration.private());
    let (t, scalar) = (&declaration.generics.scalar, declaration.default_scalar());
    let consts = declaration.generics.consts.iter().map(|param| &param.ident);
    let parameters = q!(#(const #consts: usize,)* #t = #scalar);
    let (mut names, mut types) = (Vec::new(), Vec::new());
    for (name, value) in list {
        let shape = match declaration.network.known(value) {
            Known::Shape(dims) if (0..dims.rank()).all(|i| declaration.symbols.is_exact(dims.dim(i))) => declaration.known_type(&dims),
            _ => q!(__Unknown),
        };
        names.push(name);
        types.push(q!(<#shape as #p::Shape>::Array<#t>));
    }
    let item = match &types[..] {
        [] => q!(pub type #name<#parameters> = __Unknown;),
        [one] => q!(pub type #name<#parameters> = #one;),
        _ => q!(pub struct #name<#parameters> { #(pub #names: #types,)* }),
    };
    q! {
        #[cfg(rust_analyzer)]
        #item
    }
}

/// The inherent names of a network.
fn functions(declaration: &Declaration, args: &TokenStream) -> TokenStream {
    let p = declaration.private();
    let net = &declaration.network.ident;
    let (input, output) = (beside(net, "Input"), beside(net, "Output"));
    q! {
        pub const PARAMS: usize = 0;
        pub const MACS: u64 = 0;
        pub const PARAM_BYTES: usize = 0;
        pub const WORKSPACE_BYTES: usize = 0;
        pub const STATE_BYTES: usize = 0;
        pub fn summary() -> #p::Summary {
            ::core::unreachable!()
        }
        pub fn memory_plan() -> #p::MemoryPlan {
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
