//! A layer that does not fit, in a network whose shapes only the compiler knows.
//!
//! The generated check says so, once. Without a substitute, every use of the layer's traits
//! would add an error of its own: so its type is chosen by the result of the check.

use super::constants::{is_deferred, rule_call};
use super::context::Context;
use crate::model::What;
use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;

impl Context<'_> {
    /// The check of a step whose rule only the compiler can apply.
    pub(super) fn deferred_check(&self, at: usize) -> Option<TokenStream> {
        let (p, net, step) = (&self.p, self.net, &self.net.steps[at]);
        match &step.what {
            What::Builtin(builtin) if is_deferred(self, at) => {
                let sum = net.sum_of_residual(at).map(|(branch, input)| {
                    let (branch, input) = (self.dims(branch), self.dims(input));
                    q!(#p::nn_shape::residual(&#input, &#branch))
                });
                Some(sum.unwrap_or_else(|| rule_call(self, builtin, at, "check")))
            }
            What::Repeat(_, inner) => {
                let end = inner.outputs.first().map(|output| inner.known(output.value));
                let end_deferred = end == Some(crate::model::Known::Deferred);
                if !is_deferred(self, at) && !end_deferred {
                    return None;
                }
                let input = self.dims(*step.sources.first()?);
                let output = super::constants::computed(self, at);
                Some(q!(#p::nn_shape::repeat(&#input, &#output)))
            }
            _ => None,
        }
    }

    /// The layer if its check passes, else the substitute.
    pub(super) fn fitting(&self, at: usize, layer: TokenStream, options: &TokenStream) -> TokenStream {
        if self.deferred_check(at).is_none() {
            return layer;
        }
        let (constants, ok) = (self.constants(), fits_constant(at));
        let (fit, choose) = (self.hidden("Fit"), self.hidden("Choose"));
        q!(<#fit<{ #constants::#ok }> as #choose<#layer, #options>>::Layer)
    }

    fn hidden(&self, suffix: &str) -> Ident {
        let base = self.constants();
        format_ident!("{base}{suffix}", span = Span::mixed_site())
    }
}

/// The constant that says whether a step fits.
pub(super) fn fits_constant(at: usize) -> Ident {
    format_ident!("FITS{at}", span = Span::mixed_site())
}

/// The choice and the substitute, in a network that needs them.
pub(super) fn fit(context: &Context) -> TokenStream {
    if (0..context.steps.len()).all(|at| context.deferred_check(at).is_none()) {
        return TokenStream::new();
    }
    let (fit, choose) = (context.hidden("Fit"), context.hidden("Choose"));
    let invalid = context.hidden("Invalid");
    let traits = layer_traits(&context.p, &invalid);
    let parameters = parameter_traits(&context.p, &invalid);
    q! {
        #[doc(hidden)]
        pub struct #fit<const FITS: bool>;
        #[doc(hidden)]
        pub trait #choose<L, O> {
            type Layer;
        }
        impl<L, O> #choose<L, O> for #fit<true> {
            type Layer = L;
        }
        impl<L, O> #choose<L, O> for #fit<false> {
            type Layer = #invalid<O>;
        }
        #[doc(hidden)]
        pub struct #invalid<O>(::core::marker::PhantomData<fn() -> O>);
        impl<O> ::core::default::Default for #invalid<O> {
            fn default() -> Self {
                Self(::core::marker::PhantomData)
            }
        }
        #parameters
        #traits
    }
}

fn parameter_traits(p: &TokenStream, invalid: &Ident) -> TokenStream {
    q! {
        // SAFETY: it has no size.
        unsafe impl<O: 'static> #p::Zeroable for #invalid<O> {}
        #[allow(unused_variables)]
        impl<T: #p::Scalar, O: 'static> #p::Parameters<T> for #invalid<O> {
            const NODE: #p::Node = #p::Node::Group { fields: &[] };
            fn visit(&self, at: &#p::Place<'_>, visit: &mut dyn ::core::ops::FnMut(&#p::Tensor<'_>, &[T])) {}
            fn walk<const NN_COUNT: usize>(
                nodes: [&mut Self; NN_COUNT],
                at: &#p::Place<'_>,
                visit: &mut dyn ::core::ops::FnMut(&#p::Tensor<'_>, [&mut [T]; NN_COUNT]),
            ) {
            }
        }
    }
}

fn layer_traits(p: &TokenStream, invalid: &Ident) -> TokenStream {
    let header = q!(<T: #p::Scalar, I: #p::Shapes, O: #p::Shapes, Z: 'static>);
    let one = q!(x: I::Ref<'_, T>, y: O::Mut<'_, T>, scratch: &mut ());
    let batch = q!(x: I::Batch<'_, T>, y: O::BatchMut<'_, T>, scratch: &mut (), executor: &dyn #p::Executor);
    q! {
        #[allow(unused_variables)]
        impl #header #p::Layer<T, I, O> for #invalid<Z> {
            type Options = Z;
            type Scratch<const NN_BATCH: usize> = ();
            type State = ();
            type Cache<const NN_BATCH: usize> = ();
            fn forward<S: #p::Simd, const NN_BATCH: usize>(&self, simd: S, options: &Z, #one) {}
            fn backward<const NN_BATCH: usize>(
                &self,
                options: &Z,
                pass: #p::Pass<'_, T, I, O>,
                cache: &mut (),
                gradient: &mut Self,
                training: &#p::Training<'_>,
            ) {
            }
        }
        #[allow(unused_variables)]
        impl #header #p::Fuse<T, I, O> for #invalid<Z> {
            fn forward_fused<S: #p::Simd, const NN_BATCH: usize>(
                &self,
                simd: S,
                options: &Z,
                activation: #p::Activation,
                #one,
            ) {
            }
            fn forward_batch_fused<const NN_BATCH: usize>(
                &self,
                options: &Z,
                activation: #p::Activation,
                #batch,
            ) {
            }
        }
        #[allow(unused_variables)]
        impl #header #p::Stream<T, I, O> for #invalid<Z> {
            fn advance<S: #p::Simd>(
                &self,
                simd: S,
                options: &Z,
                x: <I::Frames as #p::Shapes>::Ref<'_, T>,
                y: <O::Frames as #p::Shapes>::Mut<'_, T>,
                state: &mut (),
                scratch: &mut (),
            ) {
            }
        }
    }
}
