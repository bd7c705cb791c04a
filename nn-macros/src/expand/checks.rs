//! Checks that only the compiler can make: `const _: () = require(..)`, so that `cargo check`
//! and editors report them. The message is the one the macro would give.

use super::constants::{computed, is_deferred};
use super::context::Context;
use crate::model::{Dim, Input, What};
use crate::span::Ends;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{format_ident, quote_spanned};

/// The checks of steps whose shapes are deferred.
pub(super) fn checks(context: &Context) -> TokenStream {
    let mut out: TokenStream = context.net.inputs.iter().map(|input| input_check(context, input)).collect();
    for (at, step) in context.net.steps.iter().enumerate() {
        let p = &context.p;
        if let Some(check) = context.deferred_check(at) {
            out.extend(item(context, at, &check, step.ends));
        }
        if let What::Repeat(Dim::Expr(times), _) = &step.what {
            out.extend(item(context, at, &q!(#p::nn_shape::times(#times)), step.ends));
        }
        let asked = match &step.what {
            What::User(_) => context.is_asked(at),
            _ => is_deferred(context, at) && !context.is_generic(),
        };
        if let Some(declared) = &step.declared
            && asked
        {
            let (written, made) = (context.written_dims(declared), computed(context, at));
            let check = q!(#p::nn_shape::declared(&#written, &#made));
            out.extend(item(context, at, &check, declared.ends));
        }
    }
    out
}

/// The check of an input with a size that only the compiler knows.
fn input_check(context: &Context, input: &Input) -> TokenStream {
    let (p, title) = (&context.p, &context.net.title);
    let Some(shape) = input.shape.as_ref().filter(|shape| shape.dims.iter().any(|dim| matches!(dim, Dim::Expr(_)))) else {
        return TokenStream::new();
    };
    let dims = context.written_dims(shape);
    let site = q!(&#p::nn_shape::Site { net: #title, index: 0, source: "", producer: "", others: &[] });
    let body = call("__nn_require", shape.ends, q!(#p::nn_shape::input(&#dims), #site));
    q! {
        const _: () = {
            use #p::nn_shape::require as __nn_require;
            #body
        };
    }
}

/// A check with two places, if the input is a part of the problem: it is made in a function at the producer, called at the
/// consumer.
///
/// These tokens have the user's own spans, so that rustc shows the layers and no macro.
fn item(context: &Context, at: usize, check: &TokenStream, consumer: Ends) -> TokenStream {
    let (p, net) = (&context.p, context.net);
    let step = &net.steps[at];
    let source = step.sources.first().copied();
    let title = net.title_of(at);
    let others = step.sources.iter().skip(1).map(|&value| net.producer(value));
    let (index, text) = (step.number, &step.source);
    let producer_text = source.map(|value| net.producer(value)).unwrap_or_default();
    let site = q!(#p::nn_shape::Site {
        net: #title,
        index: #index,
        source: #text,
        producer: #producer_text,
        others: &[#(#others),*],
    });
    let producer = source.and_then(|value| producer(context, value));
    let require = |ends: Ends| call("__nn_require", ends, q!(CHECK, &SITE));
    let here = require(consumer);
    let body = match producer {
        Some((name, ends)) => {
            let there = require(ends);
            let function = Ident::new(&name, consumer.first);
            let call = call(&name, consumer, TokenStream::new());
            q! {
                const fn #function() { #there }
                if CHECK.is_about_input() { #call } else { #here }
            }
        }
        None => here,
    };
    q! {
        const _: () = {
            use #p::nn_shape::require as __nn_require;
            const CHECK: #p::nn_shape::Check = #check;
            const SITE: #p::nn_shape::Site<'static> = #site;
            #body
        };
    }
}

/// `name(args)`, underlined from the first to the last token of `ends`.
pub(super) fn call(name: &str, ends: Ends, args: TokenStream) -> TokenStream {
    let name = format_ident!("{name}", span = ends.first);
    let mut group = Group::new(Delimiter::Parenthesis, args);
    group.set_span(ends.last);
    let group = TokenTree::Group(group);
    quote_spanned!(ends.first=> #name #group)
}

/// The name of a function that stands for a producer, and where the producer is.
fn producer(context: &Context, value: usize) -> Option<(String, Ends)> {
    match context.net.step_of(value) {
        Some(at) => {
            let step = &context.net.steps[at];
            Some((format!("output_of_layer_{}", step.number), step.ends))
        }
        None => {
            let shape = context.net.inputs[value].shape.as_ref()?;
            let whole = Ends { first: shape.ends.first, last: shape.ends.last };
            Some(("the_input".to_owned(), whole))
        }
    }
}
