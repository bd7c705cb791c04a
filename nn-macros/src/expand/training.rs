//! The statements of a training step.

use super::context::Context;
use super::memory::{field, shared};
use super::step::option_constant;
use crate::model::What;
use crate::plan::{BackwardStep, Contribution, Gradient};
use proc_macro2::{Literal, TokenStream};

/// The body of `trunk_train`: every value is kept, but those between a layer and the activation in its pass.
pub(super) fn train(context: &Context) -> TokenStream {
    let Context { p, t, input, .. } = context;
    let passes = context.trunk().filter(|(at, _)| context.plan.has_pass(context.net, *at));
    let statements = passes.map(|(at, code)| {
        let (layer, shapes, options) = (&code.layer, &code.shapes, context.options(at));
        let receiver = context.receiver(at, &q!(self));
        let x = context.tuple(&code.sources, &|value| read(context, value));
        let y = write(context, context.plan.made_by(context.net, at));
        let (cache, scratch) = (field('c', at), shared());
        let number = Literal::u64_unsuffixed(at as u64);
        match context.plan.fused.with[at].map(|activation| constant(context, activation)) {
            None => q! {
                #layer::forward_train::<NN_BATCH>(
                    &#receiver, #options, #x, #y, &mut cache.#cache, cache.#scratch.get(), &training.layer(#number),
                );
            },
            Some(activation) => q! {
                #p::Fuse::#shapes::forward_train_fused::<NN_BATCH>(
                    &#receiver, #options, #activation, #x, #y, &mut cache.#cache, cache.#scratch.get(), &training.layer(#number),
                );
            },
        }
    });
    // As an inner layer, a network has its output only after the head when it goes back.
    let before_head = context.plan.head.and(context.plan.outputs.first()).map(|&value| {
        let (name, shape) = (field('v', value), context.shape(value));
        q!(#p::copy_batch::<#t, #shape>(z, &mut cache.#name[..count]);)
    });
    q! {
        let count = <#input as #p::Shapes>::len::<#t>(x);
        #(#statements)*
        #before_head
    }
}

/// The body of `trunk_backward`.
pub(super) fn backward(context: &Context) -> TokenStream {
    let Context { p, t, input, .. } = context;
    let statements = context.plan.backward.steps.iter().map(|step| step_back(context, step));
    let unread = context.plan.backward.unread.iter().map(|&input| {
        let (shape, dx) = (context.shape(input), input_gradient(context, input));
        q! {
            if let ::core::option::Option::Some(dx) = #dx.as_deref_mut() {
                #p::zero_batch::<#t, #shape>(dx);
            }
        }
    });
    // Known before a step borrows the place itself: a layer may read an input twice.
    let asked = (0..context.net.inputs.len()).map(|input| {
        let (asked, dx) = (field('a', input), input_gradient(context, input));
        q!(let #asked = #dx.is_some();)
    });
    q! {
        let count = <#input as #p::Shapes>::len::<#t>(pass.x);
        #(#unread)*
        #(#asked)*
        #(#statements)*
    }
}

/// The constant of an activation step.
fn constant(context: &Context, activation: usize) -> TokenStream {
    let (constants, name) = (context.constants(), option_constant(activation));
    q!(#constants::#name)
}

/// A value on the way forward.
fn read(context: &Context, value: usize) -> TokenStream {
    if value < context.net.inputs.len() {
        return context.part(&q!(x), value, context.net.inputs.len());
    }
    match output(context, value, &q!(z)) {
        Some(z) => q!(&*#z),
        None => kept(value),
    }
}

/// A value on the way back.
fn read_again(context: &Context, value: usize) -> TokenStream {
    if value < context.net.inputs.len() {
        return context.part(&q!(pass.x), value, context.net.inputs.len());
    }
    let given = if context.plan.is_kept(context.net, value) { None } else { output(context, value, &q!(pass.y)) };
    given.unwrap_or_else(|| kept(value))
}

/// The part of the outputs `all` that is this value, if it is one.
fn output(context: &Context, value: usize, all: &TokenStream) -> Option<TokenStream> {
    let i = context.plan.outputs.iter().position(|&output| output == value)?;
    Some(context.part(all, i, context.net.outputs.len()))
}

fn kept(value: usize) -> TokenStream {
    let name = field('v', value);
    q!(&cache.#name[..count])
}

fn write(context: &Context, value: usize) -> TokenStream {
    match output(context, value, &q!(z)) {
        Some(z) => q!(&mut *#z),
        None => {
            let name = field('v', value);
            q!(&mut cache.#name[..count])
        }
    }
}

fn step_back(context: &Context, step: &BackwardStep) -> TokenStream {
    let Context { p, .. } = context;
    let at = step.step;
    let code = &context.steps[at];
    let (layer, options, cache) = (&code.layer, context.options(at), field('c', at));
    let receiver = context.receiver(at, &q!(self));
    let gradient = context.receiver(at, &q!(gradient));
    let number = Literal::u64_unsuffixed(at as u64);
    let x = context.tuple(&code.sources, &|value| read_again(context, value));
    let made = context.plan.made_by(context.net, at);
    let y = read_again(context, made);
    let Some(dy) = place(context, step.from, made) else {
        return TokenStream::new();
    };
    let slopes = context.plan.fused.slopes[at].map(|activation| {
        let (t, shape, activation) = (&context.t, context.shape(made), constant(context, activation));
        q!(#p::activate_backward::<#t, #shape>(#activation, #y, #dy, training.executor);)
    });
    let targets: Vec<TokenStream> = step.to.iter().map(|to| target(context, to)).collect();
    let dx = match &targets[..] {
        [one] => one.clone(),
        several => q!((#(#several,)*)),
    };
    let sums = step.to.iter().filter_map(|to| sum(context, to));
    q! {
        #slopes
        #layer::backward::<NN_BATCH>(
            &#receiver,
            #options,
            #p::Pass { x: #x, y: #y, dy: #dy, dx: #dx },
            &mut cache.#cache,
            &mut #gradient,
            &training.layer(#number),
        );
        #(#sums)*
    }
}

/// Where the gradient of a value lies, for writing. `None` for an input, which may be absent.
fn place(context: &Context, gradient: Gradient, value: usize) -> Option<TokenStream> {
    match gradient {
        Gradient::Output(i) => {
            let dy = context.part(&q!(pass.dy), i, context.net.outputs.len());
            Some(q!(&mut *#dy))
        }
        Gradient::Slot(slot) => Some(in_slot(context, slot, value, true)),
        Gradient::Input(_) | Gradient::Nothing => None,
    }
}

fn in_slot(context: &Context, slot: usize, value: usize, mutable: bool) -> TokenStream {
    let (name, slot) = (field('g', slot), &context.plan.backward.slots[slot]);
    let place = context.in_slot(&q!(cache), &name, slot, slot.index(context.net, value), mutable);
    if mutable { q!(&mut #place[..count]) } else { q!(&#place[..count]) }
}

/// The gradient of the input with this number, which nobody may ask for.
fn input_gradient(context: &Context, input: usize) -> TokenStream {
    context.part(&q!(pass.dx), input, context.net.inputs.len())
}

/// Where a step writes its share of a gradient.
fn target(context: &Context, to: &Contribution) -> TokenStream {
    let some = |place: TokenStream| q!(::core::option::Option::Some(#place));
    match (to.gradient, to.add_from) {
        (Gradient::Nothing, _) => q!(::core::option::Option::None),
        (Gradient::Input(input), None) => {
            let dx = input_gradient(context, input);
            q!(#dx.as_deref_mut())
        }
        (Gradient::Input(input), Some(slot)) => {
            let asked = field('a', input);
            let temporary = some(in_slot(context, slot, to.value, true));
            q!(if #asked { #temporary } else { ::core::option::Option::None })
        }
        (_, Some(slot)) => some(in_slot(context, slot, to.value, true)),
        (gradient, None) => some(place(context, gradient, to.value).unwrap_or_default()),
    }
}

/// Adds a share that went to a temporary.
fn sum(context: &Context, to: &Contribution) -> Option<TokenStream> {
    let Context { p, t, .. } = context;
    let share = in_slot(context, to.add_from?, to.value, false);
    let shape = context.shape(to.value);
    if let Gradient::Input(input) = to.gradient {
        let dx = input_gradient(context, input);
        return Some(q! {
            if let ::core::option::Option::Some(dx) = #dx.as_deref_mut() {
                #p::accumulate::<#t, #shape>(dx, #share);
            }
        });
    }
    let total = place(context, to.gradient, to.value)?;
    Some(q!(#p::accumulate::<#t, #shape>(#total, #share);))
}

/// The body of `values`.
pub(super) fn values(context: &Context) -> TokenStream {
    let Context { p, t, .. } = context;
    let visits = context.trunk().map(|(at, code)| {
        // Of a layer with an activation in its pass, the values after it stand for those between.
        let value = context.plan.made_by(context.net, at);
        let (name, shape) = (field('v', value), context.shape(value));
        let number = context.net.steps[at].number;
        // An activation that was written as an option speaks for its entry.
        let entry = context.net.steps.iter().position(|step| step.number == number && !step.inline).unwrap_or(at);
        let (label, kind) = (&context.steps[entry].name, &code.kind);
        let kept = context.plan.is_kept(context.net, value);
        // What goes out is known from outside, if it is one.
        let whole = !kept && context.plan.outputs.len() == 1;
        let inner = matches!(context.net.steps[at].what, What::User(_) | What::Block(_) | What::Repeat(..)).then(|| {
            let (projection, cache) = (&code.projection, field('c', at));
            let made = match (kept, whole) {
                (true, _) => q!(::core::option::Option::Some(&cache.#name[..count])),
                (false, true) => q!(y),
                (false, false) => q!(::core::option::Option::None),
            };
            q!(#projection::values::<NN_BATCH>(&cache.#cache, #made, count, &at.entry(#label, &#p::Rules::DEFAULT), visit);)
        });
        let show = match (kept, whole) {
            (true, _) => q!(#p::show::<#t, #shape>(at, #label, #kind, &cache.#name[..count], visit);),
            (false, true) => q!(if let ::core::option::Option::Some(y) = y { #p::show::<#t, #shape>(at, #label, #kind, y, visit); }),
            (false, false) => TokenStream::new(),
        };
        q!(#inner #show)
    });
    q!(#(#visits)*)
}
