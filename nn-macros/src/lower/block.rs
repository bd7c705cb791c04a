//! Blocks: networks of their own.

use super::bind::Accepts;
use super::entry::{Lowered, empty};
use super::names::Scope;
use super::{Lower, Site};
use crate::diag::catalogue;
use crate::model::{Dim, Input, Known, Network, Output, Role, Step, What};
use crate::span::Ends;
use crate::syntax::{BlockSyntax, Entry};
use crate::text;
use nn_shape::spec::{self, ArgSpec, Place, ValueKind};
use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;

/// The argument of `Repeat`.
static TIMES: [ArgSpec; 1] = [ArgSpec {
    name: "times",
    kind: ValueKind::Size,
    place: Place::Slot(0),
    default: None,
    what: "the number of repetitions",
    example: "4",
}];

impl Lower<'_> {
    /// `{ .. }`, `Residual { .. }`, `Repeat(n) { .. }`: a network of its own.
    pub(super) fn block(
        &mut self,
        block: &BlockSyntax,
        entry: &Entry,
        name: &Ident,
        site: Site,
        network: &Network,
        scope: &Scope,
    ) -> Option<Lowered> {
        let before = self.errors.len();
        let word = block.keyword.as_ref().map(ToString::to_string).unwrap_or_default();
        let site = Site { name: &word, ..site };
        let role = match &*word {
            "Residual" => Role::Residual,
            "Repeat" => Role::Repeat,
            _ => Role::Block,
        };
        if role == Role::Block && entry.name.is_none() {
            self.errors.report(&catalogue::BLOCK_NAME, Ends::at(block.body.first), &[]);
        }
        let positional: &'static [ArgSpec] = if role == Role::Repeat { &TIMES } else { &[] };
        let accepts = Accepts { positional, options: &[], common: false, recurrent: false };
        let bound = self.bind(&accepts, block.args.as_ref(), site);
        let keyword = block.keyword.as_ref().map_or(block.body.first, Ident::span);
        let at = block.args.as_ref().map_or(keyword, |args| args.close);
        self.missing(positional, &bound, Ends::at(at), site);
        let sources = self.start(bound.from, site, scope);
        if sources.len() > 1 {
            self.one_source(&bound, site, scope);
        }
        let times = bound.positional.first().copied().flatten();
        let times = times.map(|expr| (self.size(expr, site, "Repeat(4)"), expr));
        if let Some((Some(Dim::Known(0)), expr)) = &times {
            let words = [("site", site.text)];
            self.errors.report(&catalogue::ZERO_REPEAT, Ends::of_tokens(expr), &words);
        }
        let inner = Box::new(self.inner(block, name, role, network, scope));
        let what = match times {
            Some((times, _)) => What::Repeat(times?, inner),
            None => What::Block(inner),
        };
        (self.errors.len() == before).then_some(Lowered { what, sources, activation: None })
    }

    fn inner(&mut self, block: &BlockSyntax, name: &Ident, role: Role, network: &Network, scope: &Scope) -> Network {
        let unraw = name.unraw().to_string();
        let input = Ident::new("input", block.body.first);
        let mut inner = Network {
            ident: format_ident!("{}{}", network.ident.unraw(), text::camel(&unraw), span = name.span()),
            title: format!("{}.{unraw}", network.title),
            role,
            inputs: vec![Input { name: input, shape: None, known: Known::Deferred }],
            inputs_named: false,
            steps: Vec::new(),
            outputs: Vec::new(),
            outputs_named: false,
        };
        let mut outer = scope.outer.clone();
        outer.extend(scope.names.iter().map(|(name, _)| name.clone()));
        outer.extend(scope.all.iter().cloned());
        self.body(&block.entries, block.body, &mut inner, &outer);
        if role == Role::Residual {
            add_input(&mut inner);
        }
        inner
    }
}

/// The sum at the end of a residual block.
fn add_input(inner: &mut Network) {
    let Some(last) = inner.steps.last() else {
        return;
    };
    let value = inner.value_of(inner.steps.len() - 1);
    let step = Step {
        number: last.number,
        name: format_ident!("residual_sum"),
        named: false,
        what: What::Builtin(empty(&spec::add::SPEC, None)),
        inline: true,
        docs: Vec::new(),
        // The input first: its shape is what comes out, whatever the branch makes.
        sources: vec![0, value],
        declared: None,
        output: Known::Deferred,
        ends: last.ends,
        source: last.source.clone(),
    };
    inner.steps.push(step);
    let value = inner.value_of(inner.steps.len() - 1);
    inner.outputs = vec![Output { name: Ident::new("output", inner.ident.span()), value }];
}
