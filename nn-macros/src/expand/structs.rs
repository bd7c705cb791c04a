//! The network's struct, and the types of its inputs and outputs.

use super::context::Context;
use proc_macro2::{Ident, TokenStream};

/// The struct of parameters, `NetInput` and `NetOutput`.
pub(super) fn structs(context: &Context) -> TokenStream {
    let net = network(context);
    let inputs: Vec<(Ident, usize)> = context.net.inputs.iter().enumerate().map(|(value, input)| (input.name.clone(), value)).collect();
    let outputs: Vec<(Ident, usize)> = context.net.outputs.iter().map(|output| (output.name.clone(), output.value)).collect();
    let input = arrays(context, "Input", &inputs, context.net.inputs.len() > 1);
    let output = arrays(context, "Output", &outputs, context.net.outputs.len() > 1);
    q!(#net #input #output)
}

fn network(context: &Context) -> TokenStream {
    let (vis, ident) = (&context.declaration.vis, context.ident());
    let root = context.net.role == crate::model::Role::Root;
    let attrs = root.then_some(&context.declaration.attrs).into_iter().flatten();
    // An expected warning is one of the checks, not of the struct.
    let warned = !context.declaration.warnings.is_empty();
    let attrs = attrs.filter(|attr| !(warned && attr.path().is_ident("expect")));
    let title = (!root).then(|| format!(" The block `{}`.", context.net.title)).into_iter();
    let table = context.table_doc();
    let definition = context.definition(true);
    let fields = context.steps.iter().enumerate().filter_map(|(at, code)| {
        let (name, ty) = (code.field.as_ref()?, &code.ty);
        let (attrs, doc) = (&context.net.steps[at].docs, context.step_doc(at));
        // The user's words first, then a paragraph of ours.
        let gap = (!attrs.is_empty()).then(|| q!(#[doc = ""]));
        Some(q! {
            #(#attrs)*
            #gap
            #[doc = #doc]
            pub #name: #ty,
        })
    });
    let fields: Vec<_> = fields.collect();
    let t = &context.t;
    // The scalar must occur even in a network without parameters.
    let marker = fields.is_empty().then(|| {
        q! {
            #[doc(hidden)]
            pub __scalar: [#t; 0],
        }
    });
    q! {
        #(#attrs)*
        #(#[doc = #title])*
        #(#[doc = #table])*
        #[repr(C)]
        #[allow(clippy::exhaustive_structs)]
        #vis struct #ident<#definition> {
            #(#fields)*
            #marker
        }
    }
}

/// An alias of one array, or a struct of several.
fn arrays(context: &Context, suffix: &str, list: &[(Ident, usize)], several: bool) -> TokenStream {
    let (vis, name, p, t) = (&context.declaration.vis, context.name(suffix), &context.p, &context.t);
    let what = suffix.to_lowercase();
    let title = context.net.title.clone();
    let array = |value: usize| {
        let shape = context.shape(value);
        q!(<#shape as #p::Shape>::Array<#t>)
    };
    if let (false, [(_, value)]) = (several, list) {
        let (definition, array) = (context.definition(false), array(*value));
        let doc = format!(" The {what} of `{title}`: `{}`.", context.shape_text(*value));
        return q! {
            #[doc = #doc]
            #vis type #name<#definition> = #array;
        };
    }
    let doc = format!(" The {what}s of `{title}`.");
    let fields = list.iter().map(|(name, value)| {
        let (array, doc) = (array(*value), format!(" `{}`", context.shape_text(*value)));
        q! {
            #[doc = #doc]
            pub #name: #array,
        }
    });
    let (definition, bounds, args) = (context.definition(true), context.bounds(), context.args());
    q! {
        #[doc = #doc]
        #[allow(clippy::exhaustive_structs)]
        #vis struct #name<#definition> {
            #(#fields)*
        }
        // SAFETY: the fields are arrays of shapes, which are plain.
        #[automatically_derived]
        unsafe impl<#bounds> #p::Zeroable for #name #args {}
    }
}
