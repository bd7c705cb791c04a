//! `impl Layer`: a network is a layer, its trunk and then its head.

use super::context::Context;
use super::memory::field;
use crate::model::What;
use proc_macro2::{Ident, Span, TokenStream};

/// The implementation.
pub(super) fn layer(context: &Context) -> TokenStream {
    let Context { p, t, input, output, .. } = context;
    let (bounds, own) = (context.bounds(), context.own_type());
    let (scratch, state, cache) = (context.scratch_type(), context.state_type(), context.cache_type());
    let macs = context.trunk().map(|(_, code)| {
        let projection = &code.projection;
        q!(.saturating_add(#projection::MACS))
    });
    let initialize = initialize(context);
    let check = check(context);
    let commit = commit(context);
    let values = super::training::values(context);
    let passes = passes(context);
    q! {
        #[automatically_derived]
        #[allow(unused_variables, unused_mut)]
        impl<#bounds> #p::Layer<#t, #input, #output> for #own {
            type Options = ();
            type Scratch<const NN_BATCH: usize> = #scratch;
            type State = #state;
            type Cache<const NN_BATCH: usize> = #cache;
            const MACS: u64 = 0u64 #(#macs)*;

            fn initialize(&mut self, options: &(), random: &mut dyn #p::Source) {
                #initialize
            }
            fn check(
                &self,
                options: &(),
                x: <#input as #p::Shapes>::Ref<'_, #t>,
            ) -> ::core::result::Result<(), #p::BadInput> {
                #check
                ::core::result::Result::Ok(())
            }
            #passes
            fn commit<const NN_BATCH: usize>(&mut self, options: &(), cache: &#cache) {
                #commit
            }
            fn values<const NN_BATCH: usize>(
                cache: &#cache,
                y: ::core::option::Option<<#output as #p::Shapes>::Batch<'_, #t>>,
                count: usize,
                at: &#p::Place<'_>,
                visit: &mut dyn ::core::ops::FnMut(#p::Value<'_, #t>),
            ) {
                #values
            }
        }
    }
}

/// `p::Activation::Softmax`, when there is a head.
pub(super) fn head(context: &Context) -> Option<TokenStream> {
    let What::Builtin(builtin) = &context.net.steps[context.plan.head?].what else { return None };
    let (p, name) = (&context.p, Ident::new(builtin.spec.name, Span::mixed_site()));
    Some(q!(#p::Activation::#name))
}

/// The passes: the trunk's, and the head's where there is one.
fn passes(context: &Context) -> TokenStream {
    let Context { p, t, input, output, .. } = context;
    let (scratch, cache) = (context.scratch_type(), context.cache_type());
    let head = head(context);
    let one = head.as_ref().map(|head| q!(#p::activate_in_place::<#t, #output>(#head, ::core::slice::from_mut(y));));
    let batch = head.as_ref().map(|head| q!(#p::activate_in_place::<#t, #output>(#head, y);));
    let backward = head.as_ref().map(|head| q!(#p::activate_backward::<#t, #output>(#head, pass.y, &mut *pass.dy, training.executor);));
    // With a head there is one output, which is a plain reference and is needed again.
    let y = if head.is_some() { q!(&mut *y) } else { q!(y) };
    q! {
        #[inline(always)]
        fn forward<NnSimd: #p::Simd, const NN_BATCH: usize>(
            &self,
            simd: NnSimd,
            options: &(),
            x: <#input as #p::Shapes>::Ref<'_, #t>,
            y: <#output as #p::Shapes>::Mut<'_, #t>,
            scratch: &mut #scratch,
        ) {
            <Self as #p::Network>::trunk::<NnSimd, NN_BATCH>(self, simd, x, #y, scratch);
            #one
        }
        fn forward_batch<const NN_BATCH: usize>(
            &self,
            options: &(),
            x: <#input as #p::Shapes>::Batch<'_, #t>,
            y: <#output as #p::Shapes>::BatchMut<'_, #t>,
            scratch: &mut #scratch,
            executor: &dyn #p::Executor,
        ) {
            <Self as #p::Network>::trunk_batch::<NN_BATCH>(self, x, #y, scratch, executor);
            #batch
        }
        fn forward_train<const NN_BATCH: usize>(
            &self,
            options: &(),
            x: <#input as #p::Shapes>::Batch<'_, #t>,
            y: <#output as #p::Shapes>::BatchMut<'_, #t>,
            cache: &mut #cache,
            scratch: &mut #scratch,
            training: &#p::Training<'_>,
        ) {
            <Self as #p::Network>::trunk_train::<NN_BATCH>(self, x, #y, cache, training);
            #batch
        }
        fn backward<const NN_BATCH: usize>(
            &self,
            options: &(),
            mut pass: #p::Pass<'_, #t, #input, #output>,
            cache: &mut #cache,
            gradient: &mut Self,
            training: &#p::Training<'_>,
        ) {
            #backward
            <Self as #p::Network>::trunk_backward::<NN_BATCH>(self, pass, cache, gradient, training);
        }
    }
}

fn initialize(context: &Context) -> TokenStream {
    let calls = context.steps.iter().enumerate().filter(|(_, code)| code.field.is_some());
    let calls = calls.map(|(at, code)| {
        let (layer, options) = (&code.layer, context.options(at));
        let receiver = context.receiver(at, &q!(self));
        q!(#layer::initialize(&mut #receiver, #options, random);)
    });
    q!(#(#calls)*)
}

/// Layers that read the network's input may refuse it.
fn check(context: &Context) -> TokenStream {
    let inputs = context.net.inputs.len();
    let calls = context.trunk().filter(|(_, code)| code.sources.iter().all(|&v| v < inputs));
    let calls = calls.map(|(at, code)| {
        let (layer, options) = (&code.layer, context.options(at));
        let receiver = context.receiver(at, &q!(self));
        let x = context.tuple(&code.sources, &|value| context.part(&q!(x), value, inputs));
        q!(#layer::check(&#receiver, #options, #x)?;)
    });
    q!(#(#calls)*)
}

fn commit(context: &Context) -> TokenStream {
    let calls = context.trunk().filter(|(_, code)| code.field.is_some()).map(|(at, code)| {
        let (layer, options, cache) = (&code.layer, context.options(at), field('c', at));
        let receiver = context.receiver(at, &q!(self));
        q!(#layer::commit::<NN_BATCH>(&mut #receiver, #options, &cache.#cache);)
    });
    q!(#(#calls)*)
}

impl Context<'_> {
    /// One value, or a tuple of several.
    pub(super) fn tuple(&self, values: &[usize], each: &dyn Fn(usize) -> TokenStream) -> TokenStream {
        let parts = values.iter().map(|&value| each(value));
        match values.len() {
            1 => q!(#(#parts)*),
            _ => q!((#(#parts,)*)),
        }
    }

    /// `x`, or `x.2` where there are several.
    pub(super) fn part(&self, whole: &TokenStream, index: usize, count: usize) -> TokenStream {
        let mut index = syn::Index::from(index);
        index.span = Span::mixed_site();
        if count == 1 { whole.clone() } else { q!(#whole.#index) }
    }
}
