//! One entry to its steps.

use super::activation::push_activation;
use super::bind::{Accepts, Bound, is_field};
use super::names::Scope;
use super::slots::Slotted;
use super::{Lower, Site};
use crate::diag::catalogue;
use crate::model::{Builtin, Dim, Field, Known, Network, Role, Shape, Step, User, What};
use crate::span::Ends;
use crate::syntax::{Arg, Body, Entry, LayerSyntax};
use crate::text;
use nn_shape::LayerSpec;
use nn_shape::spec::{self, ArgSpec, Place, SLOTS, ValueKind};
use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::{Expr, TypePath};

/// The most values that one layer can read: the longest tuple of shapes.
const MOST_SOURCES: usize = 8;

/// A lowered layer, before it has a place in the list.
pub(super) struct Lowered {
    pub what: What,
    pub sources: Vec<usize>,
    /// `dropout = ..` of the input.
    pub dropout: Option<Builtin>,
    /// `activation = ..`
    pub activation: Option<Builtin>,
}

impl Lower<'_> {
    /// Lowers an entry to a step, or to two with `activation = ..`.
    pub(super) fn entry(&mut self, entry: &Entry, name: Ident, number: usize, network: &mut Network, scope: &mut Scope) {
        self.attributes(entry);
        let head = format!("layer {number} `{}` of `{}`", entry.source, network.title);
        let site = Site { text: &head, name: "", ends: entry.ends };
        let lowered = match &entry.body {
            Body::Layer(layer) => self.layer(layer, site, network, scope),
            Body::Block(block) => self.block(block, entry, &name, number, site, network, scope),
            _ => None,
        };
        let declared = entry.annotation.as_ref().and_then(|shape| self.shape(shape, site));
        let broken = lowered.is_none();
        let lowered = lowered.unwrap_or(Lowered {
            what: What::Broken,
            sources: scope.current.into_iter().collect(),
            dropout: None,
            activation: None,
        });
        let mut sources = lowered.sources;
        if let (Some(dropout), Some(first)) = (lowered.dropout, sources.first_mut()) {
            push_dropout(dropout, &name, number, entry, *first, network);
            *first = network.value_of(network.steps.len() - 1);
        }
        let step = Step {
            number,
            name: name.clone(),
            named: entry.name.is_some(),
            what: lowered.what,
            inline: false,
            docs: entry.attrs.clone(),
            sources,
            declared,
            output: Known::Deferred,
            ends: entry.ends,
            source: entry.source.clone(),
        };
        network.steps.push(step);
        if let Some(activation) = lowered.activation {
            push_activation(activation, &name, network);
        }
        let value = network.value_of(network.steps.len() - 1);
        scope.current = Some(value);
        if entry.name.is_some() {
            scope.names.push((name.unraw().to_string(), (!broken).then_some(value)));
        }
    }

    /// Attributes of an entry go to its field, except those that would remove it.
    fn attributes(&mut self, entry: &Entry) {
        for attr in &entry.attrs {
            if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
                let words = [("attribute", "#[cfg]")];
                self.errors.report(&catalogue::ATTRIBUTE, Ends::of_tokens(attr), &words);
            }
        }
    }

    fn layer(&mut self, layer: &LayerSyntax, site: Site, network: &Network, scope: &Scope) -> Option<Lowered> {
        let plain = layer.path.qself.is_none().then(|| layer.path.path.get_ident()).flatten();
        let Some(ident) = plain else {
            return if self.builtin_by_path(layer, site) { None } else { self.user(layer, site, scope) };
        };
        let name = ident.unraw().to_string();
        let site = Site { name: &name, ..site };
        if let Some(role) = Role::of(&name) {
            self.no_block(role, layer, ident);
            return None;
        }
        match spec::find(&name) {
            Some(spec) if !self.foreign_use(spec, layer, ident) => self.builtin(spec, layer, site, network, scope),
            Some(_) => None,
            None if self.misspelt(ident, layer.args.as_ref()) => None,
            None => self.user(layer, site, scope),
        }
    }

    /// Reports `Residual`, `Repeat(4)`, `TimeDistributed(Dense(10))` without a body.
    fn no_block(&mut self, role: Role, layer: &LayerSyntax, ident: &Ident) {
        let args = layer.args.as_ref();
        // The number of a `Repeat`, if that is what is given; else what stands in parentheses may be meant as the body.
        let number = args.filter(|args| matches!(&args.list[..], [Arg { value: Some(Expr::Lit(_)), .. }]));
        let body = args.filter(|args| number.is_none() && args.list.iter().any(|arg| arg.key.is_none()));
        let body = body.map_or("Dense(10), Relu", |args| &*args.source);
        let example = match role {
            Role::Repeat => format!("Repeat({}) {{ {body} }}", number.map_or("4", |args| &*args.source)),
            Role::Parallel => "Parallel { Dense(10), { Dense(10), Relu } }".to_owned(),
            Role::Bidirectional if body == "Dense(10), Relu" => "Bidirectional { Lstm(32) }".to_owned(),
            _ => format!("{ident} {{ {body} }}"),
        };
        let name = ident.to_string();
        let name = if role == Role::Repeat { example.split(" {").next().unwrap_or(&name) } else { &name };
        self.errors.report(&catalogue::NO_BLOCK, Ends::at(ident.span()), &[("name", name), ("example", &*example)]);
    }

    /// Reports more inputs than a layer can have.
    pub(super) fn few_enough(&mut self, count: usize, site: Site) {
        if count > MOST_SOURCES {
            let words = [("site", site.text), ("count", &*count.to_string())];
            self.errors.report(&catalogue::MANY_SOURCES, site.ends, &words);
        }
    }

    /// Reports `Dense<10>`, `layers::Dense(10)`, `Dense::new(10)`.
    fn builtin_by_path(&mut self, layer: &LayerSyntax, site: Site) -> bool {
        let segments = &layer.path.path.segments;
        let Some(segment) = segments.iter().find(|segment| spec::find(&segment.ident.to_string()).is_some()) else {
            return false;
        };
        let ends = Ends::of_tokens(&layer.path);
        if segments.len() == 1
            && let syn::PathArguments::AngleBracketed(args) = &segment.arguments
        {
            let args = text::source(&quote::ToTokens::to_token_stream(&args.args).into_iter().collect::<Vec<_>>());
            let words = [("name", &*segment.ident.to_string()), ("args", &*args)];
            self.errors.report(&catalogue::TYPO_BRACKETS, ends, &words);
            return true;
        }
        // A type of the same name elsewhere is a user's, and takes no arguments.
        let Some(args) = layer.args.as_ref().filter(|args| args.list.iter().any(|arg| arg.key.is_none())) else {
            return false;
        };
        let example = format!("{}({})", segment.ident, args.source);
        self.errors.report(&catalogue::BUILTIN_PATH, ends, &[("site", site.text), ("example", &*example)]);
        true
    }

    fn builtin(&mut self, spec: &'static LayerSpec, layer: &LayerSyntax, site: Site, network: &Network, scope: &Scope) -> Option<Lowered> {
        let before = self.errors.len();
        if let Some(options) = &layer.options {
            let words = [("site", site.text), ("name", spec.name)];
            self.errors.report(&catalogue::BUILTIN_EQ, Ends::of_tokens(options), &words);
            return None;
        }
        let common = spec.parameters.is_some() && !spec.shares();
        let accepts = Accepts { positional: spec.positional, options: spec.options, common, recurrent: spec.recurrent };
        let mut bound = self.bind(&accepts, layer.args.as_ref(), site);
        let mut sources = self.start(bound.from, site, scope);
        let merged_by_from = spec.merges() && sources.len() > 1;
        if sources.len() > 1 && !spec.merges() {
            self.one_source(&bound, site, scope);
        }
        bound.broken |= merged_by_from;
        self.missing(spec.positional, &bound, at_close(layer), site);
        let mut builtin = empty(spec, Some(layer.path.clone()));
        for (i, arg) in spec.positional.iter().enumerate() {
            let Some(expr) = bound.positional[i] else {
                continue;
            };
            match arg.place {
                Place::Shared => self.shared(arg, expr, &mut builtin, network, site, scope),
                _ => self.positional(arg, expr, &mut builtin, &mut sources, site, scope),
            }
        }
        for expr in &bound.more {
            sources.extend(self.sources(spec.positional.last().map_or("", |arg| arg.name), expr, false, site, scope));
        }
        // In the order of the specification, however they are written.
        for option in spec.options.iter().filter(|option| matches!(option.place, Place::Source | Place::SourceAndSlot(_))) {
            let given = bound.options.iter().find(|(given, ..)| given.key == option.key);
            let Some((_, _, expr)) = given else { continue };
            if let Place::SourceAndSlot(slot) = option.place {
                builtin.sizes[slot] = Some(Dim::Known(sources.len()));
            }
            sources.extend(self.sources(option.key, expr, false, site, scope));
        }
        self.few_enough(sources.len(), site);
        let dropout = self.input_dropout(&bound, site);
        let activation = self.options(&bound, &mut builtin, site);
        (self.errors.len() == before).then_some(Lowered { what: What::Builtin(builtin), sources, dropout, activation })
    }

    fn positional(&mut self, arg: &ArgSpec, expr: &Expr, builtin: &mut Builtin, sources: &mut Vec<usize>, site: Site, scope: &Scope) {
        match (arg.kind, arg.place) {
            (kind, Place::Slot(slot) | Place::SlotAndField(slot)) => {
                let example = format!("{}({})", site.name, arg.example);
                let given = Slotted { key: arg.name, kind, slot, expr, example: &example };
                let value = self.slots(&given, builtin, site);
                if let (Some(value), Place::SlotAndField(_)) = (value, arg.place) {
                    let key = Ident::new(arg.name, Ends::of_tokens(expr).first);
                    builtin.fields.push(Field { key, value });
                }
            }
            (ValueKind::Shape, _) => builtin.shape = self.shape_argument(arg, expr, site),
            (_, place @ (Place::Source | Place::SourceAndSlot(_))) => {
                if let Place::SourceAndSlot(slot) = place {
                    builtin.sizes[slot] = Some(Dim::Known(sources.len()));
                }
                sources.extend(self.sources(arg.name, expr, false, site, scope));
            }
            (kind, _) => {
                if let Some(value) = self.value(arg.name, kind, expr, site) {
                    let key = Ident::new(arg.name, Ends::of_tokens(expr).first);
                    builtin.fields.push(Field { key, value });
                }
            }
        }
    }

    /// `[7, 7, 64]` as an argument.
    fn shape_argument(&mut self, arg: &ArgSpec, expr: &Expr, site: Site) -> Option<Shape> {
        let ends = Ends::of_tokens(expr);
        let Expr::Array(array) = super::size::peel(expr) else {
            let example = format!("{}({})", site.name, arg.example);
            let words = [("site", site.text), ("found", "another value"), ("example", &*example)];
            self.errors.report(&catalogue::NOT_A_SHAPE, ends, &words);
            return None;
        };
        if array.elems.is_empty() || array.elems.len() > 3 {
            self.errors.report(&catalogue::BAD_SHAPE, ends, &[]);
            return None;
        }
        let dims: Vec<Dim> = array.elems.iter().filter_map(|e| self.size(e, site, "")).collect();
        (dims.len() == array.elems.len()).then_some(Shape { tokens: false, dims, ends })
    }

    /// The options of a built-in layer. Returns the activation.
    pub(super) fn options(&mut self, bound: &Bound, builtin: &mut Builtin, site: Site) -> Option<Builtin> {
        let mut activation = None;
        for (option, key, expr) in &bound.options {
            match option.place {
                Place::Lowered => activation = self.activation(expr, site),
                Place::Source | Place::SourceAndSlot(_) | Place::InputDropout => {}
                Place::Bias => {
                    builtin.bias = self.literal_truth(option.key, expr, site).unwrap_or(true);
                }
                Place::Slot(slot) | Place::SlotAndField(slot) => {
                    let example = format!("{} = {}", option.key, super::bind::values_of(option.kind).1);
                    let given = Slotted { key: option.key, kind: option.kind, slot, expr, example: &example };
                    let value = self.slots(&given, builtin, site);
                    if let (Some(value), Place::SlotAndField(_)) = (value, option.place) {
                        builtin.fields.push(Field { key: (*key).clone(), value });
                    }
                }
                _ => {
                    let Some(value) = self.value(option.key, option.kind, expr, site) else {
                        continue;
                    };
                    let field = Field { key: (*key).clone(), value };
                    let list = if is_field(option) { &mut builtin.fields } else { &mut builtin.common };
                    list.push(field);
                }
            }
        }
        activation
    }

    /// The dropout of a layer's input, as the layer that it is by itself.
    fn input_dropout(&mut self, bound: &Bound, site: Site) -> Option<Builtin> {
        let (option, key, expr) = bound.options.iter().find(|(option, ..)| option.place == Place::InputDropout)?;
        let value = self.value(option.key, option.kind, expr, site)?;
        let mut builtin = empty(&spec::spatial_dropout::SPEC, None);
        builtin.fields.push(Field { key: Ident::new("rate", key.span()), value });
        Some(builtin)
    }

    /// A layer of the user's, or a nested network.
    fn user(&mut self, layer: &LayerSyntax, site: Site, scope: &Scope) -> Option<Lowered> {
        let before = self.errors.len();
        let tokens: Vec<_> = quote::ToTokens::to_token_stream(&layer.path).into_iter().collect();
        let name = text::source(&tokens);
        let site = Site { name: &name, ..site };
        if let Some(args) = &layer.args
            && let Some(arg) = args.list.iter().find(|arg| arg.key.is_none())
        {
            let last = layer.path.path.segments.last().map(|s| s.ident.to_string());
            let last = last.unwrap_or_default();
            if last.eq_ignore_ascii_case("input") {
                self.errors.report(&catalogue::BAD_INPUT, site.ends, &[]);
                return None;
            }
            let words = [("site", site.text), ("name", site.name), ("type", &*last)];
            self.errors.report(&catalogue::USER_ARGS, arg.ends, &words);
            return None;
        }
        let accepts = Accepts { positional: &[], options: &[], common: true, recurrent: true };
        let bound = self.bind(&accepts, layer.args.as_ref(), site);
        let sources = self.start(bound.from, site, scope);
        self.few_enough(sources.len(), site);
        let mut common = Vec::new();
        for (option, key, expr) in &bound.options {
            if let Some(value) = self.value(option.key, option.kind, expr, site) {
                common.push(Field { key: (*key).clone(), value });
            }
        }
        let user = User { path: layer.path.clone(), options: layer.options.clone(), common };
        (self.errors.len() == before).then_some(Lowered { what: What::User(user), sources, dropout: None, activation: None })
    }

    /// Where an entry starts: `from`, or the line above.
    pub(super) fn start(&mut self, from: Option<&Expr>, site: Site, scope: &Scope) -> Vec<usize> {
        if let Some(from) = from {
            return self.sources(spec::FROM.key, from, true, site, scope);
        }
        if scope.current.is_none() && !scope.names.is_empty() {
            let example = scope.names.first().map_or("input", |(name, _)| &**name);
            let words = [("site", site.text), ("example", example)];
            self.errors.report(&catalogue::WHICH_INPUT, site.ends, &words);
        }
        scope.current.into_iter().collect()
    }

    pub(super) fn one_source(&mut self, bound: &Bound, site: Site, scope: &Scope) {
        let example = scope.names.last().map_or("input", |(name, _)| &**name);
        let ends = bound.from.map_or(site.ends, Ends::of_tokens);
        let words = [("site", site.text), ("name", site.name), ("example", example)];
        self.errors.report(&catalogue::ONE_SOURCE, ends, &words);
    }
}

/// The step of the dropout before a layer.
fn push_dropout(dropout: Builtin, name: &Ident, number: usize, entry: &Entry, source: usize, network: &mut Network) {
    network.steps.push(Step {
        number,
        name: format_ident!("{}_dropout", name.unraw()),
        named: false,
        what: What::Builtin(dropout),
        inline: true,
        docs: Vec::new(),
        sources: vec![source],
        declared: None,
        output: Known::Deferred,
        ends: entry.ends,
        source: entry.source.clone(),
    });
}

/// A built-in layer without arguments.
pub(super) fn empty(spec: &'static LayerSpec, path: Option<TypePath>) -> Builtin {
    Builtin {
        spec,
        path,
        sizes: vec![None; SLOTS],
        size_ends: vec![None; SLOTS],
        shape: None,
        bias: true,
        shares: None,
        fields: Vec::new(),
        common: Vec::new(),
    }
}

/// Where an argument is missing: the closing parenthesis, or the name.
fn at_close(layer: &LayerSyntax) -> Ends {
    match &layer.args {
        Some(args) => Ends::at(args.close),
        None => Ends::of_tokens(&layer.path),
    }
}
