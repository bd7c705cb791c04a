//! A layer that does not fit, in a network whose shapes only the compiler knows.
//!
//! The generated check says so, once. Without a substitute, every use of the layer's traits
//! would add an error of its own: so its type is chosen by the result of the check. In the same
//! way a user's type that is no layer, or refuses its input, is asked in one constant: all other
//! uses depend on that constant, and the compiler is silent about what depends on an error.

use super::constants::{is_deferred, rule_call};
use super::context::Context;
use super::step::filled;
use crate::lower::mentions;
use crate::model::{Role, What};
use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
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
            What::Block(inner) | What::Repeat(_, inner) if matches!(inner.role, Role::Repeat | Role::TimeDistributed) => {
                let end = inner.outputs.first().map(|output| inner.known(output.value));
                let end_deferred = end == Some(crate::model::Known::Deferred);
                if !is_deferred(self, at) && !end_deferred {
                    return None;
                }
                let input = self.dims(*step.sources.first()?);
                let output = super::constants::block_output(self, inner);
                let rule = Ident::new(if inner.role == Role::Repeat { "repeat" } else { "distributed" }, Span::mixed_site());
                Some(q!(#p::nn_shape::#rule(&#input, &#output)))
            }
            _ => None,
        }
    }

    /// The layer if its check passes, else the substitute. Layers that share their parameters are of one type, so all of them have to pass.
    pub(super) fn fitting(&self, at: usize, layer: TokenStream, options: &TokenStream) -> TokenStream {
        let owner = |step: usize| match &self.net.steps[step].what {
            What::Builtin(builtin) => builtin.shares.unwrap_or(step),
            _ => step,
        };
        let checked = (0..self.net.steps.len()).filter(|&step| owner(step) == owner(at) && self.deferred_check(step).is_some());
        let (constants, checked) = (self.constants(), checked.map(fits_constant).collect::<Vec<_>>());
        if checked.is_empty() {
            return layer;
        }
        let (fit, choose) = (self.hidden("Fit"), self.hidden("Choose"));
        q!(<#fit<{ #(#constants::#checked)&&* }> as #choose<#layer, #options>>::Layer)
    }

    /// Whether a user's type can be asked in constants: these cannot depend on a const parameter.
    pub(super) fn is_asked(&self, at: usize) -> bool {
        let step = &self.net.steps[at];
        let What::User(user) = &step.what else { return false };
        let (path, input) = (&user.path, self.shapes(&step.sources));
        let declared = step.declared.as_ref().map(|shape| self.written_dims(shape));
        let tokens = q!(#path #input #declared);
        !self.declaration.generics.consts.iter().any(|param| mentions(tokens.clone(), &param.ident))
    }

    /// A user's type for another scalar: where it was asked and refused, the substitute, with options of this type.
    pub(super) fn rebound(&self, at: usize, ty: &TokenStream, scalar: &TokenStream, asked: &str, options: &TokenStream) -> TokenStream {
        let p = &self.p;
        if !self.is_asked(at) {
            return q!(<#ty as #p::Rebind>::With<#scalar>);
        }
        let (constants, asked) = (self.constants(), format_ident!("{asked}{at}", span = Span::mixed_site()));
        let (fit, rebound) = (self.hidden("Fit"), self.hidden("Rebound"));
        q!(<#fit<{ #constants::#asked }> as #rebound<#ty, #options>>::Type<#scalar>)
    }

    /// The constants that ask a user's type: is it a layer, what does it make of its input, is
    /// that what is declared.
    pub(super) fn questions(&self, at: usize) -> Option<TokenStream> {
        let (p, step) = (&self.p, &self.net.steps[at]);
        let What::User(user) = &step.what else { return None };
        if !self.is_asked(at) {
            return None;
        }
        let [is_layer, makes, fits] = ["LAYER", "MAKES", "USABLE"].map(|name| format_ident!("{name}{at}", span = Span::mixed_site()));
        let ty = filled(self, user, step.sources.first().copied()?, true);
        let concrete = self.rebound(at, &ty, &self.default_scalar(), "LAYER", &q!(()));
        // Where the type is written is the place of the error.
        let concrete = located(concrete, step.ends.first);
        let shapes = self.shapes(&step.sources);
        let declared = step.declared.as_ref().map(|shape| {
            let written = self.written_dims(shape);
            q!(&& Self::#makes.same(&#written))
        });
        Some(q! {
            pub const #is_layer: bool = {
                const fn is_layer<L: #p::Rebind>() -> bool {
                    true
                }
                is_layer::<#ty>()
            };
            pub const #makes: #p::Dims = <#concrete as #p::LayerShape<#shapes>>::OUT;
            pub const #fits: bool = Self::#is_layer && Self::#makes.rank() > 0 #declared;
        })
    }

    pub(super) fn makes(&self, at: usize) -> TokenStream {
        let (constants, makes) = (self.constants(), format_ident!("MAKES{at}", span = Span::mixed_site()));
        q!(#constants::#makes)
    }

    fn hidden(&self, suffix: &str) -> Ident {
        let base = self.constants();
        format_ident!("{base}{suffix}", span = Span::mixed_site())
    }
}

/// The same tokens, shown elsewhere.
pub(super) fn located(tokens: TokenStream, place: Span) -> TokenStream {
    let trees = tokens.into_iter().map(|mut tree| {
        if let TokenTree::Group(group) = &tree {
            tree = Group::new(group.delimiter(), located(group.stream(), place)).into();
        }
        // Names keep what they resolve to. Punctuation has none, and decides whose code this seems to be.
        let punct = matches!(tree, TokenTree::Punct(_));
        tree.set_span(if punct { place } else { tree.span().located_at(place) });
        tree
    });
    trees.collect()
}

/// The constant that says whether a step fits.
pub(super) fn fits_constant(at: usize) -> Ident {
    format_ident!("FITS{at}", span = Span::mixed_site())
}

/// The choice and the substitute, in a network that needs them.
pub(super) fn fit(context: &Context) -> TokenStream {
    let checked = (0..context.steps.len()).any(|at| context.deferred_check(at).is_some());
    let asked = (0..context.steps.len()).any(|at| context.questions(at).is_some());
    if !checked && !asked {
        return TokenStream::new();
    }
    let (p, rebound) = (&context.p, context.hidden("Rebound"));
    let (fit, choose) = (context.hidden("Fit"), context.hidden("Choose"));
    let invalid = context.hidden("Invalid");
    let traits = layer_traits(&context.p, &invalid);
    let parameters = parameter_traits(&context.p, &invalid);
    q! {
        #[doc(hidden)]
        #[allow(clippy::exhaustive_structs)]
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
        pub trait #rebound<L, O> {
            type Type<T: #p::Scalar>;
        }
        impl<L: #p::Rebind, O> #rebound<L, O> for #fit<true> {
            type Type<T: #p::Scalar> = <L as #p::Rebind>::With<T>;
        }
        impl<L, O> #rebound<L, O> for #fit<false> {
            type Type<T: #p::Scalar> = #invalid<O>;
        }
        #[doc(hidden)]
        #[allow(clippy::exhaustive_structs)]
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
