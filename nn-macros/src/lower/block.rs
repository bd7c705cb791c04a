//! Blocks: networks of their own.

use super::bind::{Accepts, merges};
use super::entry::{Lowered, empty};
use super::names::Scope;
use super::size::{peel, tokens};
use super::value::ident_of;
use super::{Lower, Site};
use crate::diag::catalogue::Diagnosis;
use crate::diag::{catalogue, nearest};
use crate::model::{Builtin, Dim, Field, Input, Known, Network, Output, Role, Step, Value, What};
use crate::span::Ends;
use crate::syntax::{Arg, ArgsSyntax, BlockSyntax, Entry};
use crate::text;
use nn_shape::spec::{self, ArgSpec, OptionSpec, Place, ValueKind};
use proc_macro2::Ident;
use quote::format_ident;
use syn::Expr;
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

const MERGE: OptionSpec =
    OptionSpec { key: "merge", kind: ValueKind::Merge, doc: "How the branches come together.", default: "Concat", place: Place::Lowered };

/// The option of `Parallel`.
static BRANCHES: [OptionSpec; 1] = [MERGE];

/// The options of `Bidirectional`.
static WAYS: [OptionSpec; 2] = [
    MERGE,
    OptionSpec {
        key: "mask",
        kind: ValueKind::Name,
        doc: "Token ids of the steps: of id 0 is padding.",
        default: "nothing is padding",
        place: Place::Source,
    },
];

impl Lower<'_> {
    /// `{ .. }`, `Block { .. }`, `Residual { .. }`, `Repeat(n) { .. }`, `Parallel { .. }`, `TimeDistributed { .. }`, `Bidirectional { .. }`: a network
    /// of its own.
    #[allow(clippy::too_many_arguments, reason = "an entry and its place")]
    pub(super) fn block(
        &mut self,
        block: &BlockSyntax,
        entry: &Entry,
        name: &Ident,
        number: usize,
        site: Site,
        network: &Network,
        scope: &Scope,
    ) -> Option<Lowered> {
        let before = self.errors.len();
        let word = block.keyword.as_ref().map(ToString::to_string).unwrap_or_default();
        let site = Site { name: &word, ..site };
        let role = Role::of(&word).unwrap_or(Role::Block);
        if block.keyword.is_none() && entry.name.is_none() && network.role != Role::Parallel {
            self.errors.report(&catalogue::BLOCK_NAME, Ends::at(block.body.first), &[]);
        }
        let positional: &'static [ArgSpec] = if role == Role::Repeat { &TIMES } else { &[] };
        let options: &'static [OptionSpec] = match role {
            Role::Parallel => &BRANCHES,
            Role::Bidirectional => &WAYS,
            _ => &[],
        };
        let accepts = Accepts { positional, options, common: false, recurrent: false };
        let bound = self.bind(&accepts, block.args.as_ref(), site);
        let keyword = block.keyword.as_ref().map_or(block.body.first, Ident::span);
        let at = block.args.as_ref().map_or(keyword, |args| args.close);
        self.missing(positional, &bound, Ends::at(at), site);
        let mut sources = self.start(bound.from, site, scope);
        if sources.len() > 1 {
            self.one_source(&bound, site, scope);
        }
        let option = |key: &str| bound.options.iter().find(|(option, ..)| option.key == key).map(|(_, _, expr)| *expr);
        let mask = option("mask");
        if let Some(expr) = mask {
            sources.extend(self.sources("mask", expr, false, site, scope));
        }
        let times = bound.positional.first().copied().flatten();
        let times = times.map(|expr| (self.size(expr, site, "Repeat(4)"), expr));
        if let Some((Some(Dim::Known(0)), expr)) = &times {
            let words = [("site", site.text)];
            self.errors.report(&catalogue::ZERO_REPEAT, Ends::of_tokens(expr), &words);
        }
        let (mut inner, values) = self.inner(block, name, role, network, scope);
        match role {
            Role::Residual => add_input(&mut inner),
            Role::Parallel => {
                let merge = self.merge(option("merge"), site);
                self.few_enough(values.len(), site);
                if values.len() == 1 {
                    self.errors.report(&catalogue::ONE_BRANCH, Ends::at(keyword), &[("site", site.text)]);
                }
                if let Some(merge) = merge {
                    merge_branches(&mut inner, merge, values, number, entry);
                }
            }
            Role::Bidirectional => {
                let merge = self.merge(option("merge"), site);
                if self.errors.len() == before
                    && let Some(merge) = merge
                    && let Err(diagnosis) = both_ways(&mut inner, merge, mask.is_some(), number, entry)
                {
                    self.errors.report(diagnosis, Ends::at(keyword), &[("site", site.text)]);
                }
            }
            _ => {}
        }
        let inner = Box::new(inner);
        let what = match times {
            Some((times, _)) => What::Repeat(times?, inner),
            None => What::Block(inner),
        };
        (self.errors.len() == before).then_some(Lowered { what, sources, dropout: None, activation: None })
    }

    /// The network in the braces, and the value of each entry.
    fn inner(&mut self, block: &BlockSyntax, name: &Ident, role: Role, network: &Network, scope: &Scope) -> (Network, Vec<usize>) {
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
        let values = self.body(&block.entries, block.body, &mut inner, &outer);
        (inner, values)
    }

    /// `merge = Concat(axis = 1)`, a concatenation if nothing is said. `None` after an error.
    fn merge(&mut self, expr: Option<&Expr>, site: Site) -> Option<Builtin> {
        let Some(expr) = expr else { return Some(empty(&spec::concat::SPEC, None)) };
        let (head, args) = match peel(expr) {
            Expr::Call(call) => (&*call.func, call.args.iter().collect()),
            other => (other, Vec::new()),
        };
        let name = ident_of(head).map_or_else(|| text::source(&tokens(head)), |ident| ident.unraw().to_string());
        let Some(spec) = spec::find(&name).filter(|spec| spec.merges_many()) else {
            let alias = spec::find_alias(&name).filter(|(spec, _)| spec.merges_many());
            let hint = alias.map(|(_, alias)| alias.hint.replace("{args}", "")).unwrap_or_default();
            let near = nearest(&name, merges()).unwrap_or_default();
            let values = merges().collect::<Vec<_>>().join(", ");
            let words = [("site", site.text), ("name", &*name), ("values", &*values), ("hint", &*hint), ("near", near)];
            self.errors.report(&catalogue::UNKNOWN_MERGE, Ends::of_tokens(expr), &words);
            return None;
        };
        let site = Site { name: spec.name, ..site };
        let list = args.into_iter().map(argument).collect();
        let args = ArgsSyntax { close: Ends::of_tokens(expr).last, source: String::new(), list };
        let before = self.errors.len();
        let bound = self.bind(&Accepts { positional: &[], options: spec.options, common: false, recurrent: false }, Some(&args), site);
        let mut builtin = empty(spec, None);
        self.options(&bound, &mut builtin, site);
        (self.errors.len() == before).then_some(builtin)
    }
}

/// `key = value` or a value.
fn argument(expr: &Expr) -> Arg {
    let (key, value) = match expr {
        Expr::Assign(assign) => (ident_of(&assign.left), &*assign.right),
        value => (None, value),
    };
    Arg { key: key.cloned(), value: Some(value.clone()), ends: Ends::of_tokens(expr), broken: false }
}

/// The merge at the end of parallel branches. In messages it is the entry with the branches.
fn merge_branches(inner: &mut Network, merge: Builtin, branches: Vec<usize>, number: usize, entry: &Entry) {
    inner.steps.push(Step {
        number,
        name: format_ident!("merge"),
        named: false,
        what: What::Builtin(merge),
        inline: true,
        docs: Vec::new(),
        sources: branches,
        declared: None,
        output: Known::Deferred,
        ends: entry.ends,
        source: entry.source.clone(),
    });
    let value = inner.value_of(inner.steps.len() - 1);
    inner.outputs = vec![Output { name: Ident::new("output", inner.ident.span()), value }];
}

/// The recurrent layer of a body a second time, from the last step to the first, and the merge of both. Its outputs are put in the order of
/// the input first, if there is one for each step. If `masked`, both read a second input of the body, which says what is padding.
///
/// # Errors
/// What is wrong with the body.
fn both_ways(inner: &mut Network, merge: Builtin, masked: bool, number: usize, entry: &Entry) -> Result<(), &'static Diagnosis> {
    if masked {
        second_input(inner);
    }
    let wrong = Err(&catalogue::BIDIRECTIONAL);
    // Before it there may be its dropout.
    let Some(last) = inner.steps.last_mut().filter(|last| last.number == 1) else { return wrong };
    let What::Builtin(layer) = &mut last.what else { return wrong };
    if !layer.spec.recurrent {
        return wrong;
    }
    if last.sources.len() > 1 {
        return Err(&catalogue::BIDIRECTIONAL_SOURCES);
    }
    if masked {
        layer.sizes[spec::MASK] = Some(Dim::Known(last.sources.len()));
        // As in Keras: the output of padding is neither way's.
        let said = layer.fields.iter().any(|field| field.key == "zero_output_for_mask");
        if !said && matches!(layer.sizes[spec::SEQUENCES], Some(Dim::Known(1))) {
            let key = Ident::new("zero_output_for_mask", last.name.span());
            layer.fields.push(Field { key, value: Value::Plain(syn::parse_quote!(true)) });
        }
        last.sources.push(1);
    }
    if matches!(layer.sizes[spec::BACKWARDS], Some(Dim::Known(1))) {
        return Err(&catalogue::BIDIRECTIONAL_BACKWARDS);
    }
    let sequences = matches!(layer.sizes[spec::SEQUENCES], Some(Dim::Known(1)));
    last.name = Ident::new("forward", last.name.span());
    let (inputs, count) = (inner.inputs.len(), inner.steps.len());
    for at in 0..count {
        let step = &inner.steps[at];
        let What::Builtin(builtin) = &step.what else { return wrong };
        let (mut builtin, inline, span) = (builtin.clone(), step.inline, step.name.span());
        if builtin.spec.recurrent {
            builtin.sizes[spec::BACKWARDS] = Some(Dim::Known(1));
        }
        let name = Ident::new(if inline { "backward_dropout" } else { "backward" }, span);
        let sources = step.sources.iter().map(|&value| if value < inputs { value } else { value + count }).collect();
        push(inner, name, builtin, sources, inline);
    }
    let (forward, mut backward) = (inner.value_of(count - 1), inner.value_of(2 * count - 1));
    if sequences {
        push(inner, format_ident!("reversed"), empty(&spec::reverse::SPEC, None), vec![backward], true);
        backward += 1;
    }
    merge_branches(inner, merge, vec![forward, backward], number, entry);
    Ok(())
}

/// Token ids as a second input, before what the steps make.
fn second_input(inner: &mut Network) {
    inner.inputs.push(Input { name: format_ident!("mask"), shape: None, known: Known::Deferred });
    let values = inner.steps.iter_mut().flat_map(|step| &mut step.sources).chain(inner.outputs.iter_mut().map(|output| &mut output.value));
    values.filter(|value| **value > 0).for_each(|value| *value += 1);
}

/// One more step of the entry that the last one belongs to.
fn push(inner: &mut Network, name: Ident, layer: Builtin, sources: Vec<usize>, inline: bool) {
    let Some(last) = inner.steps.last() else { return };
    let step = Step {
        number: last.number,
        name,
        named: false,
        what: What::Builtin(layer),
        inline,
        docs: Vec::new(),
        sources,
        declared: None,
        output: Known::Deferred,
        ends: last.ends,
        source: last.source.clone(),
    };
    inner.steps.push(step);
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
        what: What::Builtin(empty(&spec::merge::ADD, None)),
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
