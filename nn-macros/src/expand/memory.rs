//! The memory of a prediction, of a stream, and of a training step.

use super::context::Context;
use crate::plan::Slot;
use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;

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
    let slots = slots(context, 's', &context.plan.forward.slots);
    let layers = context.plan.forward.runs.iter().map(|run| {
        let (name, projection) = (field('l', run.step), &context.steps[run.step].projection);
        q!(#name: #projection::Scratch<NN_BATCH>,)
    });
    let doc = format!(" What `{}` works in during a prediction.", context.net.title);
    structure(context, "Scratch", true, &doc, q!(#(#slots)* #(#layers)*))
}

fn state(context: &Context) -> TokenStream {
    let layers = context.trunk().map(|(at, code)| {
        let (name, projection) = (field('l', at), &code.projection);
        q!(#name: #projection::State,)
    });
    let doc = format!(" What a stream through `{}` carries from step to step.", context.net.title);
    structure(context, "State", false, &doc, q!(#(#layers)*))
}

fn cache(context: &Context) -> TokenStream {
    let (p, t) = (&context.p, &context.t);
    let values = context.trunk().filter_map(|(at, _)| {
        let value = context.net.value_of(at);
        let (name, shape) = (field('v', value), context.shape(value));
        context.plan.is_kept(value).then(|| q!(#name: [<#shape as #p::Shape>::Array<#t>; NN_BATCH],))
    });
    let gradients = slots(context, 'g', &context.plan.backward.slots);
    let layers = context.trunk().map(|(at, code)| {
        let (cache, scratch, projection) = (field('c', at), field('l', at), &code.projection);
        q! {
            #cache: #projection::Cache<NN_BATCH>,
            #scratch: #projection::Scratch<NN_BATCH>,
        }
    });
    let doc = format!(" What a training step of `{}` keeps for its backward pass.", context.net.title);
    structure(context, "Cache", true, &doc, q!(#(#values)* #(#gradients)* #(#layers)*))
}

/// A field for each slot.
fn slots(context: &Context, letter: char, slots: &[Slot]) -> Vec<TokenStream> {
    let (p, t) = (&context.p, &context.t);
    let fields = slots.iter().enumerate().map(|(at, slot)| {
        let shapes = slot.shapes.iter().map(|&value| {
            let shape = context.shape(value);
            q!([<#shape as #p::Shape>::Array<#t>; NN_BATCH])
        });
        let frames = slot.frames.iter().map(|&value| {
            let shape = context.shape(value);
            q!(<<#shape as #p::Shape>::Frame as #p::Shape>::Array<#t>)
        });
        let types: Vec<TokenStream> = shapes.chain(frames).collect();
        let mut types = types.into_iter().rev();
        let last = types.next().unwrap_or_default();
        let ty = types.fold(last, |rest, ty| q!(#p::Slot<#ty, #rest>));
        let name = field(letter, at);
        q!(#name: #ty,)
    });
    fields.collect()
}

fn structure(context: &Context, suffix: &str, batch: bool, doc: &str, fields: TokenStream) -> TokenStream {
    let (vis, name, p) = (&context.declaration.vis, context.name(suffix), &context.p);
    let (bounds, args) = (context.bounds(), context.args_with(batch));
    let batch = batch.then(|| q!(, const NN_BATCH: usize));
    q! {
        #[doc = #doc]
        #[doc(hidden)]
        #vis struct #name<#bounds #batch> {
            #fields
        }
        // SAFETY: every field is zeroable by the trait it is projected from.
        #[automatically_derived]
        unsafe impl<#bounds #batch> #p::Zeroable for #name #args {}
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
