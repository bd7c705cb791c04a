//! `activation = ..`

use super::bind::activations;
use super::entry::empty;
use super::value::ident_of;
use super::{Lower, Site};
use crate::diag::{catalogue, nearest};
use crate::model::{Builtin, Field, Known, Network, Step, What};
use crate::span::Ends;
use crate::text;
use nn_shape::LayerSpec;
use nn_shape::spec;
use proc_macro2::Ident;
use quote::format_ident;
use syn::Expr;
use syn::ext::IdentExt;

impl Lower<'_> {
    /// The value of `activation = ..` as a step of its own. `None` for `Linear`, which does nothing, and after an error.
    pub(super) fn activation(&mut self, expr: &Expr, site: Site) -> Option<Builtin> {
        self.function(expr, site).filter(|builtin| builtin.spec.name != "Linear")
    }

    /// An activation with its arguments. `None` after an error.
    pub(super) fn function(&mut self, expr: &Expr, site: Site) -> Option<Builtin> {
        let (head, args) = match super::size::peel(expr) {
            Expr::Call(call) => (&*call.func, call.args.iter().collect()),
            other => (other, Vec::new()),
        };
        let source = text::source(&super::size::tokens(expr));
        let ends = Ends::of_tokens(expr);
        let name = ident_of(head).map(ToString::to_string).unwrap_or_else(|| source.clone());
        let found = spec::find(&name);
        let Some(spec) = found.filter(|spec| spec.is_activation) else {
            self.unknown_activation(&name, found, &source, ends, site);
            return None;
        };
        if args.len() > spec.positional.len() {
            let count = match spec.positional {
                [] => "no arguments".to_owned(),
                list => format!("one argument, {}", list[0].what),
            };
            let words = [("site", site.text), ("name", spec.name), ("count", &*count)];
            self.errors.report(&catalogue::TOO_MANY, ends, &words);
            return None;
        }
        let mut builtin = empty(spec, None);
        for (arg, value) in spec.positional.iter().zip(args) {
            let value = self.value(arg.name, arg.kind, value, site)?;
            builtin.fields.push(Field { key: Ident::new(arg.name, ends.first), value });
        }
        Some(builtin)
    }

    fn unknown_activation(&mut self, name: &str, found: Option<&LayerSpec>, source: &str, ends: Ends, site: Site) {
        if found.is_some_and(|spec| spec.parameters.is_some()) {
            let layer = format!("{}(..)", site.name);
            let words = [("site", site.text), ("name", source), ("layer", &*layer)];
            self.errors.report(&catalogue::ACTIVATION_LAYER, ends, &words);
            return;
        }
        let alias = spec::find_alias(name).filter(|(spec, _)| spec.is_activation);
        let hint = alias.map(|(_, alias)| alias.hint.replace("{args}", "")).unwrap_or_default();
        let all = spec::LAYERS.iter().filter(|spec| spec.is_activation).map(|spec| spec.name);
        let words = [
            ("site", site.text),
            ("name", name),
            ("values", &*activations()),
            ("hint", &*hint),
            ("near", nearest(name, all).unwrap_or_default()),
        ];
        self.errors.report(&catalogue::UNKNOWN_ACTIVATION, ends, &words);
    }
}

/// The step of `activation = ..` after the last one.
pub(super) fn push_activation(activation: Builtin, name: &Ident, network: &mut Network) {
    let value = network.value_of(network.steps.len() - 1);
    let Some(last) = network.steps.last() else {
        return;
    };
    network.steps.push(Step {
        number: last.number,
        name: format_ident!("{}_activation", name.unraw()),
        named: false,
        what: What::Builtin(activation),
        inline: true,
        docs: Vec::new(),
        sources: vec![value],
        declared: None,
        output: Known::Deferred,
        ends: last.ends,
        source: last.source.clone(),
    });
}
