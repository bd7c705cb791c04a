//! What all parts of the expansion need.

use super::step::{StepCode, step_code};
use crate::model::{Declaration, Network};
use crate::plan::{Plan, plan};
use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::ext::IdentExt;

/// One network on its way to Rust.
pub(super) struct Context<'a> {
    pub declaration: &'a Declaration,
    pub net: &'a Network,
    pub plan: Plan,
    /// `$crate::__private`
    pub p: TokenStream,
    /// The constants of the shapes of a block's inputs, in the network around it.
    pub outer_inputs: Vec<TokenStream>,
    /// For each value, whether it stands still in a stream.
    pub still: Vec<bool>,
    /// For each step.
    pub steps: Vec<StepCode>,
    /// The shape, or tuple of shapes, that goes in and comes out.
    pub input: TokenStream,
    pub output: TokenStream,
    /// The scalar parameter.
    pub t: Ident,
}

impl<'a> Context<'a> {
    pub(super) fn new(declaration: &'a Declaration, net: &'a Network, outer_inputs: Vec<TokenStream>) -> Self {
        let mut context = Self {
            declaration,
            net,
            plan: plan(net),
            p: declaration.private(),
            outer_inputs,
            still: net.still(),
            steps: Vec::new(),
            input: TokenStream::new(),
            output: TokenStream::new(),
            t: declaration.generics.scalar.clone(),
        };
        let inputs: Vec<usize> = (0..net.inputs.len()).collect();
        context.input = context.shapes(&inputs);
        let outputs: Vec<usize> = net.outputs.iter().map(|output| output.value).collect();
        context.output = context.shapes(&outputs);
        context.steps = (0..net.steps.len()).map(|at| step_code(&context, at)).collect();
        context
    }

    /// The network's type: its name.
    pub(super) fn ident(&self) -> Ident {
        self.net.ident.clone()
    }

    /// The name of something generated beside the network, `{Net}{suffix}`.
    pub(super) fn name(&self, suffix: &str) -> Ident {
        let span = self.net.ident.span().resolved_at(Span::mixed_site());
        format_ident!("{}{suffix}", self.net.ident.unraw(), span = span)
    }

    /// The hidden enum with the network's constants.
    pub(super) fn constants(&self) -> Ident {
        constants_of(self.net)
    }

    /// `const H: usize, T: Scalar` for an implementation.
    pub(super) fn bounds(&self) -> TokenStream {
        let (p, t) = (&self.p, &self.t);
        let consts = self.consts();
        q!(#consts #t: #p::Scalar)
    }

    /// `const H: usize,`
    pub(super) fn consts(&self) -> TokenStream {
        let names = self.declaration.generics.consts.iter().map(|param| &param.ident);
        q!(#(const #names: usize,)*)
    }

    /// `H,`
    pub(super) fn const_args(&self) -> TokenStream {
        let names = self.declaration.generics.consts.iter().map(|param| &param.ident);
        q!(#(#names,)*)
    }

    /// `const H: usize = 3, T: Scalar = f32` for a type's definition.
    pub(super) fn definition(&self, bounded: bool) -> TokenStream {
        let (p, t) = (&self.p, &self.t);
        let default = self.default_scalar();
        let consts = self.declaration.generics.consts.iter().map(|param| {
            let ident = &param.ident;
            let default = param.default.as_ref().map(|default| q!(= #default));
            q!(const #ident: usize #default,)
        });
        let bound = bounded.then(|| q!(: #p::Scalar));
        q!(#(#consts)* #t #bound = #default)
    }

    /// `<H, T>`
    pub(super) fn args(&self) -> TokenStream {
        let t = &self.t;
        let consts = self.const_args();
        q!(<#consts #t>)
    }

    /// `Net<H, T>`
    pub(super) fn own_type(&self) -> TokenStream {
        let (ident, args) = (self.ident(), self.args());
        q!(#ident #args)
    }

    /// As [`Declaration::default_scalar`].
    pub(super) fn default_scalar(&self) -> TokenStream {
        self.declaration.default_scalar()
    }

    /// Whether there are const parameters.
    pub(super) fn is_generic(&self) -> bool {
        !self.declaration.generics.consts.is_empty()
    }

    /// The steps without the head.
    pub(super) fn trunk(&self) -> impl Iterator<Item = (usize, &StepCode)> {
        self.steps.iter().enumerate().filter(|(at, _)| Some(*at) != self.plan.head)
    }
}

/// The hidden enum of a network.
pub(super) fn constants_of(net: &Network) -> Ident {
    format_ident!("__{}Constants", net.ident.unraw(), span = Span::mixed_site())
}
