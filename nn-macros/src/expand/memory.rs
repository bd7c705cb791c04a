//! The memory of a prediction, of a stream, and of a training step.

use super::context::Context;
use crate::plan::Slot;
use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use std::collections::HashSet;

/// `NetScratch`, `NetState`, `NetCache`.
pub(super) fn memory(context: &Context) -> TokenStream {
    let scratch = scratch(context);
    let state = state(context);
    let cache = cache(context);
    q!(#scratch #state #cache)
}

/// A field of generated memory: a letter and a number.
pub(super) fn field(letter: char, number: usize) -> Ident {
    format_ident!("{letter}{number}", span = Span::mixed_site())
}

fn scratch(context: &Context) -> TokenStream {
    let mut fields = slots(context, 's', &context.plan.forward.slots);
    let layers = context.plan.forward.runs.iter().map(|run| run.step);
    fields.push((shared(), shared_type(context, layers, &q!(NN_BATCH))));
    let doc = format!(" What `{}` works in during a prediction.", context.net.title);
    structure(context, "Scratch", true, &doc, &fields)
}

fn state(context: &Context) -> TokenStream {
    let (still, moving): (Vec<_>, Vec<_>) = context.trunk().partition(|&(at, _)| context.still[context.net.value_of(at)]);
    let layers = moving.into_iter().map(|(at, code)| {
        let (name, projection) = (field('l', at), &code.projection);
        (name, q!(#projection::State))
    });
    // Whether what stands still is made.
    let layers = layers.chain((!still.is_empty()).then(|| (begun(), q!(::core::primitive::u32))));
    let doc = format!(" What a stream through `{}` carries from step to step.", context.net.title);
    structure(context, "State", false, &doc, &layers.collect::<Vec<_>>())
}

fn cache(context: &Context) -> TokenStream {
    let (p, t) = (&context.p, &context.t);
    let values = context.trunk().filter_map(|(at, _)| {
        let value = context.net.value_of(at);
        let (name, shape) = (field('v', value), context.shape(value));
        context.plan.is_kept(context.net, value).then(|| (name, q!([<#shape as #p::Shape>::Array<#t>; NN_BATCH])))
    });
    let mut fields: Vec<_> = values.collect();
    fields.extend(slots(context, 'g', &context.plan.backward.slots));
    fields.extend(context.trunk().map(|(at, code)| {
        let projection = &code.projection;
        (field('c', at), q!(#projection::Cache<NN_BATCH>))
    }));
    fields.push((shared(), shared_type(context, context.trunk().map(|(at, _)| at), &q!(NN_BATCH))));
    let doc = format!(" What a training step of `{}` keeps for its backward pass.", context.net.title);
    structure(context, "Cache", true, &doc, &fields)
}

/// A field for each slot.
fn slots(context: &Context, letter: char, slots: &[Slot]) -> Vec<(Ident, TokenStream)> {
    slots.iter().enumerate().map(|(at, slot)| (field(letter, at), slot_type(context, slot, &q!(NN_BATCH)))).collect()
}

/// A slot for so many samples.
pub(super) fn slot_type(context: &Context, slot: &Slot, batch: &TokenStream) -> TokenStream {
    let (p, t) = (&context.p, &context.t);
    let shapes = slot.shapes.iter().map(|&value| {
        let shape = context.shape(value);
        q!([<#shape as #p::Shape>::Array<#t>; #batch])
    });
    let frames = slot.frames.iter().map(|&value| {
        let shape = context.shape(value);
        q!(<<#shape as #p::Shape>::Frame as #p::Shape>::Array<#t>)
    });
    let types: Vec<TokenStream> = shapes.chain(frames).collect();
    let mut types = types.into_iter().rev();
    let last = types.next().unwrap_or_default();
    types.fold(last, |rest, ty| q!(#p::Slot<#ty, #rest>))
}

/// The field of a state that says whether the stream has begun.
pub(super) fn begun() -> Ident {
    Ident::new("begun", Span::mixed_site())
}

/// The field with the scratch memory of the layers.
pub(super) fn shared() -> Ident {
    Ident::new("layers", Span::mixed_site())
}

/// Memory that these layers use one after the other. The types nest as a balanced tree: a long one would be too deep.
pub(super) fn shared_type(context: &Context, layers: impl Iterator<Item = usize>, batch: &TokenStream) -> TokenStream {
    let p = &context.p;
    let mut seen = HashSet::new();
    let types = layers.map(|at| {
        let projection = &context.steps[at].projection;
        q!(#projection::Scratch<#batch>)
    });
    let mut types: Vec<TokenStream> = types.filter(|ty| seen.insert(ty.to_string())).collect();
    while types.len() > 1 {
        let pairs = types.chunks(2).map(|pair| match pair {
            [a, b] => q!(#p::Either<#a, #b>),
            one => q!(#(#one)*),
        });
        types = pairs.collect();
    }
    let all = types.pop().unwrap_or_else(|| q!(()));
    q!(#p::Shared<#all>)
}

fn structure(context: &Context, suffix: &str, batch: bool, doc: &str, fields: &[(Ident, TokenStream)]) -> TokenStream {
    let (names, types): (Vec<_>, Vec<_>) = fields.iter().map(|(name, ty)| (name, ty)).unzip();
    let (vis, name, p) = (&context.declaration.vis, context.name(suffix), &context.p);
    let (bounds, args) = (context.bounds(), context.args_with(batch));
    let batch = batch.then(|| q!(, const NN_BATCH: usize));
    q! {
        #[doc = #doc]
        #[doc(hidden)]
        #vis struct #name<#bounds #batch> {
            #(#names: #types,)*
        }
        // SAFETY: every field is zeroable by the trait it is projected from.
        #[automatically_derived]
        unsafe impl<#bounds #batch> #p::Zeroable for #name #args {
            const ANY_BITS: bool = true
                #(&& <#types as #p::Zeroable>::ANY_BITS)*
                && ::core::mem::size_of::<Self>() == 0 #(+ ::core::mem::size_of::<#types>())*;
        }
    }
}

impl Context<'_> {
    /// `<H, T, NN_BATCH>`
    pub(super) fn args_with(&self, batch: bool) -> TokenStream {
        let t = &self.t;
        let consts = self.const_args();
        let batch = batch.then(|| q!(, NN_BATCH));
        q!(<#consts #t #batch>)
    }

    /// `NetScratch<H, T, NN_BATCH>`
    pub(super) fn scratch_type(&self) -> TokenStream {
        let (name, args) = (self.name("Scratch"), self.args_with(true));
        q!(#name #args)
    }

    /// `NetCache<H, T, NN_BATCH>`
    pub(super) fn cache_type(&self) -> TokenStream {
        let (name, args) = (self.name("Cache"), self.args_with(true));
        q!(#name #args)
    }

    /// `NetState<H, T>`
    pub(super) fn state_type(&self) -> TokenStream {
        let (name, args) = (self.name("State"), self.args());
        q!(#name #args)
    }

    /// An alternative of slot `name`: `owner.s3.tail_mut().head_mut()`.
    pub(super) fn in_slot(&self, owner: &TokenStream, name: &Ident, slot: &Slot, alternative: usize, mutable: bool) -> TokenStream {
        let suffix = if mutable { "_mut" } else { "" };
        let head = format_ident!("head{suffix}", span = Span::mixed_site());
        let tail = format_ident!("tail{suffix}", span = Span::mixed_site());
        let tails = (0..alternative).map(|_| q!(.#tail()));
        let head = (alternative + 1 < slot.alternatives()).then(|| q!(.#head()));
        q!(#owner.#name #(#tails)* #head)
    }
}
