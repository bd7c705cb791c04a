//! Shapes as types and as constants.

use super::context::{Context, constants_of};
use crate::model::{Builtin, Declaration, Dim, Known, LIMIT, Shape};
use nn_shape::spec::{TypeArg, UNSET};
use nn_shape::{Args, Dims};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::format_ident;
use syn::ext::IdentExt;

impl Declaration {
    /// `$crate::__private`
    pub(super) fn private(&self) -> TokenStream {
        let krate = &self.krate;
        q!(#krate::__private)
    }

    /// `f32`, or the default the user declared.
    pub(super) fn default_scalar(&self) -> TokenStream {
        match &self.generics.scalar_default {
            Some(ty) => q!(#ty),
            // There may be another `f32` where the network is declared.
            None => q!(::core::primitive::f32),
        }
    }

    /// A size: a literal, or the parameter or expression a code stands for.
    pub(super) fn size(&self, size: usize) -> TokenStream {
        match self.symbols.tokens(size) {
            Some(tokens) => q!({ #tokens }),
            None => {
                let mut literal = Literal::usize_unsuffixed(size);
                literal.set_span(Span::mixed_site());
                q!(#literal)
            }
        }
    }

    /// `$crate::__private::Seq<2, 3>`
    pub(super) fn known_type(&self, dims: &Dims) -> TokenStream {
        let p = self.private();
        let [a, b, c] = [0, 1, 2].map(|i| self.size(dims.dim(i)));
        match (dims.is_tokens(), dims.rank()) {
            (true, _) => q!(#p::Tokens<#a>),
            (_, 1) => q!(#p::Flat<#a>),
            (_, 2) => q!(#p::Seq<#a, #b>),
            _ => q!(#p::Image<#a, #b, #c>),
        }
    }
}

impl Context<'_> {
    /// As [`Declaration::size`].
    pub(super) fn size(&self, size: usize) -> TokenStream {
        self.declaration.size(size)
    }

    /// A size as written.
    pub(super) fn dim(&self, dim: &Dim) -> TokenStream {
        match dim {
            Dim::Known(size) => self.size(*size),
            Dim::Expr(expr) => q!({ #expr }),
        }
    }

    /// The type of a value's shape.
    pub(super) fn shape(&self, value: usize) -> TokenStream {
        match self.net.known(value) {
            Known::Shape(dims) => self.declaration.known_type(&dims),
            Known::Deferred => {
                let alias = self.alias(value);
                q!(#alias)
            }
        }
    }

    /// One shape, or a tuple of several.
    pub(super) fn shapes(&self, values: &[usize]) -> TokenStream {
        let shapes = values.iter().map(|&value| self.shape(value));
        match values.len() {
            1 => q!(#(#shapes)*),
            _ => q!((#(#shapes,)*)),
        }
    }

    /// What one step of a stream reads of these values: frames, and all of what stands still.
    pub(super) fn frames(&self, values: &[usize]) -> TokenStream {
        let p = &self.p;
        if !values.iter().any(|&value| self.still[value]) {
            let shapes = self.shapes(values);
            return q!(<#shapes as #p::Shapes>::Frames);
        }
        self.tuple(values, &|value| {
            let shape = self.shape(value);
            if self.still[value] { q!(#p::Whole<#shape>) } else { q!(<#shape as #p::Shape>::Frame) }
        })
    }

    /// The name of a type that only the compiler knows.
    pub(super) fn alias(&self, value: usize) -> Ident {
        format_ident!("__{}Shape{value}", self.net.ident.unraw(), span = Span::mixed_site())
    }

    /// A value's shape as a constant expression.
    pub(super) fn dims(&self, value: usize) -> TokenStream {
        match self.net.known(value) {
            Known::Shape(dims) => self.known_dims(&dims),
            Known::Deferred => {
                let (constants, name) = (constants_of(self.net), self.value_constant(value));
                q!(#constants::#name)
            }
        }
    }

    /// The constant of a deferred shape.
    pub(super) fn value_constant(&self, value: usize) -> Ident {
        format_ident!("V{value}", span = Span::mixed_site())
    }

    /// `Dims::seq(2, 3)`
    pub(super) fn known_dims(&self, dims: &Dims) -> TokenStream {
        let sizes: Vec<_> = (0..dims.rank()).map(|i| self.size(dims.dim(i))).collect();
        self.dims_of(dims.is_tokens(), &sizes)
    }

    /// A shape as written.
    pub(super) fn written_dims(&self, shape: &Shape) -> TokenStream {
        let sizes: Vec<_> = shape.dims.iter().map(|dim| self.dim(dim)).collect();
        self.dims_of(shape.tokens, &sizes)
    }

    fn dims_of(&self, tokens: bool, sizes: &[TokenStream]) -> TokenStream {
        let p = &self.p;
        match (tokens, sizes.len()) {
            (true, _) => q!(#p::Dims::tokens(#(#sizes),*)),
            (_, 1) => q!(#p::Dims::flat(#(#sizes),*)),
            (_, 2) => q!(#p::Dims::seq(#(#sizes),*)),
            _ => q!(#p::Dims::image(#(#sizes),*)),
        }
    }

    /// The last axis of a value, as a const argument.
    pub(super) fn last(&self, value: usize) -> TokenStream {
        match self.net.known(value) {
            Known::Shape(dims) => self.size(dims.last()),
            Known::Deferred => {
                let dims = self.dims(value);
                q!({ #dims.last() })
            }
        }
    }

    /// An axis of a value, as a const argument.
    fn axis(&self, value: usize, axis: usize) -> TokenStream {
        match self.net.known(value) {
            Known::Shape(dims) => self.size(dims.dim(axis)),
            Known::Deferred => {
                let dims = self.dims(value);
                q!({ #dims.dim(#axis) })
            }
        }
    }

    /// The size in a slot.
    fn slot(&self, builtin: &Builtin, slot: usize, default: usize) -> TokenStream {
        match builtin.sizes.get(slot).and_then(Option::as_ref) {
            Some(dim) => self.dim(dim),
            None => self.size(default),
        }
    }

    /// A const argument of a built-in layer's type.
    pub(super) fn type_arg(&self, arg: TypeArg, builtin: &Builtin, sources: &[usize], value: usize) -> TokenStream {
        let source = sources.first().copied().unwrap_or_default();
        let given = |slot: usize| builtin.sizes.get(slot).and_then(Option::as_ref);
        match arg {
            TypeArg::InLast => self.last(source),
            TypeArg::OutLast => self.last(value),
            TypeArg::BiasLen if builtin.bias => self.last(value),
            TypeArg::BiasLen => q!(0),
            TypeArg::Slot(slot) => self.slot(builtin, slot, 0),
            TypeArg::SlotOr(slot, default) => self.slot(builtin, slot, default),
            TypeArg::BiasSlot(..) if !builtin.bias => q!(0),
            TypeArg::SlotElse(slot, other) | TypeArg::BiasSlot(slot, other) => {
                self.slot(builtin, if given(slot).is_some() { slot } else { other }, 0)
            }
            TypeArg::SlotOrFirst(slot) if given(slot).is_some() => self.slot(builtin, slot, 0),
            TypeArg::SlotOrFirst(_) => self.axis(source, 0),
            TypeArg::SourceLast(slot) => match given(slot) {
                Some(Dim::Known(number)) => self.last(sources.get(*number).copied().unwrap_or(source)),
                _ => self.last(source),
            },
            TypeArg::Axis(slot) => {
                let args = Args::NONE.with(
                    slot,
                    builtin.sizes.get(slot).map_or(UNSET, |size| match size {
                        Some(Dim::Known(size)) => *size,
                        _ => UNSET,
                    }),
                );
                let axis = Literal::isize_unsuffixed(args.axis(slot));
                q!({ #axis })
            }
            TypeArg::Shape(axis) => match builtin.shape.as_ref().and_then(|shape| shape.dims.get(axis)) {
                Some(dim) => self.dim(dim),
                None => q!(0),
            },
            TypeArg::InLastTimes(slot) => match (self.net.known(source), given(slot)) {
                (_, None | Some(Dim::Known(1))) => self.last(source),
                (Known::Shape(dims), Some(&Dim::Known(times))) if dims.last() < LIMIT && times < LIMIT => self.size(dims.last() * times),
                (_, Some(times)) => {
                    let (dims, times) = (self.dims(source), self.dim(times));
                    q!({ #dims.last() * #times })
                }
            },
            TypeArg::OneMore(slot, default) => {
                let size = self.slot(builtin, slot, default);
                q!({ 1 + #size })
            }
            TypeArg::InLastOver(slot) => match (self.net.known(source), builtin.sizes.get(slot).and_then(Option::as_ref)) {
                (_, None | Some(Dim::Known(1))) => self.last(source),
                (Known::Shape(dims), Some(&Dim::Known(parts))) if dims.last() < LIMIT && parts < LIMIT => {
                    self.size(dims.last() / parts.max(1))
                }
                (_, Some(parts)) => {
                    let (dims, parts) = (self.dims(source), self.dim(parts));
                    q!({ #dims.last() / #parts })
                }
            },
        }
    }
}
