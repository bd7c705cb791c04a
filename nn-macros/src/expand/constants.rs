//! The hidden enum with a network's constants: options, rules, and shapes that only the
//! compiler can compute. It is not generic, so its constants are legal in const arguments.

use super::context::{Context, constants_of};
use super::fit::fits_constant;
use super::step::{option_constant, rule_constant};
use crate::model::{Builtin, Dim, Known, Network, Role, What};
use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;

/// The enum and the aliases of deferred shape types.
pub(super) fn constants(context: &Context) -> TokenStream {
    let name = context.constants();
    let values = 0..context.net.inputs.len() + context.net.steps.len();
    let deferred: Vec<usize> = values.filter(|&value| context.net.known(value) == Known::Deferred).collect();
    let shapes = deferred.iter().map(|&value| shape_constant(context, value));
    let aliases = deferred.iter().map(|&value| alias(context, value));
    let args = context.net.steps.iter().enumerate().filter_map(|(at, step)| {
        let What::Builtin(builtin) = &step.what else { return None };
        let (p, name, value) = (&context.p, args_constant(at), args_value(context, builtin));
        is_deferred(context, at).then(|| q!(pub const #name: #p::nn_shape::Args = #value;))
    });
    let fits = (0..context.steps.len()).filter_map(|at| {
        let (p, name, check) = (&context.p, fits_constant(at), context.deferred_check(at)?);
        Some(q!(pub const #name: bool = ::core::matches!(#check, #p::nn_shape::Check::Fits);))
    });
    let questions = (0..context.steps.len()).filter_map(|at| context.questions(at));
    let options = context.steps.iter().enumerate().filter(|(_, code)| code.options_const);
    let options = options.map(|(at, code)| {
        let (name, ty, value) = (option_constant(at), &code.options_type, &code.options_value);
        q!(pub const #name: #ty = #value;)
    });
    let p = &context.p;
    let rules = context.steps.iter().enumerate().filter_map(|(at, code)| {
        let (name, value) = (rule_constant(at), code.rules.as_ref()?);
        Some(q!(pub const #name: #p::Rules = #value;))
    });
    let outlined = super::forward::outlined(context);
    q! {
        #[doc(hidden)]
        enum #name {}
        #[automatically_derived]
        #[allow(dead_code, clippy::needless_update)]
        impl #name {
            #(#args)*
            #(#shapes)*
            #(#fits)*
            #(#questions)*
            #(#options)*
            #(#rules)*
            #outlined
        }
        #(#aliases)*
    }
}

/// Whether the rule of a step can only be applied by the compiler.
pub(super) fn is_deferred(context: &Context, at: usize) -> bool {
    let (net, step) = (context.net, &context.net.steps[at]);
    let mut values = step.sources.iter().copied().chain([net.value_of(at)]);
    let arguments = match &step.what {
        What::Builtin(builtin) => {
            let sizes = builtin.sizes.iter().flatten().any(|dim| matches!(dim, Dim::Expr(_)));
            let shape = builtin.shape.as_ref().is_some_and(|shape| shape.known() == Known::Deferred);
            sizes || shape
        }
        _ => false,
    };
    arguments || values.any(|value| net.known(value) == Known::Deferred)
}

/// `type __NetShape3 = ShapeOf<..>;`
fn alias(context: &Context, value: usize) -> TokenStream {
    let (name, shape) = (context.alias(value), shape_of(&context.p, &context.dims(value)));
    q! {
        #[doc(hidden)]
        type #name = #shape;
    }
}

/// The shape of a constant's dimensions, as a type.
pub(super) fn shape_of(p: &TokenStream, dims: &TokenStream) -> TokenStream {
    q! {
        #p::ShapeOf<
            { if #dims.is_tokens() { 0 } else { #dims.rank() } },
            { #dims.dim(0) },
            { #dims.dim(1) },
            { #dims.dim(2) },
        >
    }
}

/// `const V3: Dims = ..`
fn shape_constant(context: &Context, value: usize) -> TokenStream {
    let (p, name) = (&context.p, context.value_constant(value));
    let dims = match context.net.step_of(value) {
        Some(at) => output(context, at),
        None => match &context.net.inputs[value].shape {
            Some(shape) => context.written_dims(shape),
            None => context.outer_inputs.get(value).cloned().unwrap_or_default(),
        },
    };
    q!(pub const #name: #p::Dims = #dims;)
}

/// The shape a step makes: as annotated, else by the rule of its layer.
fn output(context: &Context, at: usize) -> TokenStream {
    let step = &context.net.steps[at];
    match &step.declared {
        Some(shape) => context.written_dims(shape),
        None => computed(context, at),
    }
}

/// The shape a step makes, whatever is annotated.
pub(super) fn computed(context: &Context, at: usize) -> TokenStream {
    let step = &context.net.steps[at];
    match &step.what {
        What::Builtin(builtin) => {
            let call = rule_call(context, builtin, at, "output");
            q!(#call)
        }
        What::User(_) => context.makes(at),
        What::Block(inner) if inner.role == Role::TimeDistributed => {
            let (output, input) = (block_output(context, inner), step.sources.first().map(|&source| context.dims(source)));
            q!(#output.repeated(#input.dim(0)))
        }
        What::Block(inner) => block_output(context, inner),
        // The body returns what it takes, or the check says so.
        What::Repeat(..) => step.sources.first().map(|&source| context.dims(source)).unwrap_or_default(),
        What::Broken => TokenStream::new(),
    }
}

/// The shape a block makes.
pub(super) fn block_output(context: &Context, inner: &Network) -> TokenStream {
    let Some(output) = inner.outputs.first() else { return TokenStream::new() };
    match inner.known(output.value) {
        Known::Shape(dims) => context.known_dims(&dims),
        Known::Deferred => {
            let constants = constants_of(inner);
            let name = context.value_constant(output.value);
            q!(#constants::#name)
        }
    }
}

/// `nn_shape::spec::dense::output(&Constants::A3, &[..])`
pub(super) fn rule_call(context: &Context, builtin: &Builtin, at: usize, function: &str) -> TokenStream {
    let (p, constants, args) = (&context.p, context.constants(), args_constant(at));
    let module = Ident::new(builtin.spec.module, Span::mixed_site());
    let function = Ident::new(function, Span::mixed_site());
    let inputs = context.net.steps[at].sources.iter().map(|&value| context.dims(value));
    q!(#p::nn_shape::spec::#module::#function(&#constants::#args, &[#(#inputs),*]))
}

fn args_constant(at: usize) -> Ident {
    format_ident!("A{at}", span = Span::mixed_site())
}

fn args_value(context: &Context, builtin: &Builtin) -> TokenStream {
    let p = &context.p;
    // One array, and not a call for each: then what is said of a value of another type is about it alone.
    let sizes = builtin.sizes.iter().map(|size| match size {
        Some(Dim::Known(size)) => context.size(*size),
        Some(Dim::Expr(expr)) => q!(#expr),
        None => q!(#p::nn_shape::spec::UNSET),
    });
    let shape = match &builtin.shape {
        Some(shape) => context.written_dims(shape),
        None => q!(#p::Dims::flat(0)),
    };
    let bias = builtin.bias;
    q!(#p::nn_shape::Args { sizes: [#(#sizes),*], shape: #shape, bias: #bias })
}
