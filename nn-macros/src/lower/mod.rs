//! Syntax to model: defaults filled in, names unique, options typed, sources resolved.

mod activation;
mod bind;
mod block;
mod entry;
mod names;
mod size;
mod slots;
mod source;
mod unknown;
mod value;

use crate::diag::{Errors, catalogue};
use crate::model::{Declaration, Generics, Input, Known, Network, Output, Role, Symbols};
use crate::span::Ends;
use crate::syntax::{Body, Entry, NetworkSyntax};
use names::Scope;
pub(crate) use names::is_keyword;
use proc_macro2::{Ident, Span, TokenStream};
pub(crate) use size::mentions;
use syn::GenericParam;
pub(crate) use value::number;

/// The state of lowering one declaration.
struct Lower<'a> {
    errors: &'a mut Errors,
    symbols: Symbols,
    /// The names of the const parameters.
    params: Vec<Ident>,
}

/// Where a layer stands, for its messages.
#[derive(Clone, Copy)]
struct Site<'a> {
    /// ``layer 2 `Dense(10)` of `Net` ``
    text: &'a str,
    /// `Dense`
    name: &'a str,
    ends: Ends,
}

/// Lowers a declaration.
pub(crate) fn lower(syntax: &NetworkSyntax, krate: TokenStream, errors: &mut Errors) -> Declaration {
    let generics = generics(&syntax.generics);
    let params = generics.consts.iter().map(|param| param.ident.clone()).collect();
    let mut lower = Lower { errors, symbols: Symbols::default(), params };
    let mut network = Network {
        ident: syntax.ident.clone(),
        title: syntax.ident.to_string(),
        role: Role::Root,
        inputs: Vec::new(),
        inputs_named: false,
        steps: Vec::new(),
        outputs: Vec::new(),
        outputs_named: false,
    };
    lower.inputs(syntax, &mut network);
    lower.body(&syntax.entries, syntax.body, &mut network, &[]);
    Declaration {
        krate,
        attrs: syntax.attrs.clone(),
        vis: syntax.vis.clone(),
        generics,
        symbols: lower.symbols,
        network,
        warnings: Vec::new(),
    }
}

/// The parameters of the type. `T = f32` unless a scalar is declared.
pub(crate) fn generics(generics: &syn::Generics) -> Generics {
    let mut out = Generics { consts: Vec::new(), scalar: Ident::new("T", Span::call_site()), scalar_default: None };
    for param in &generics.params {
        match param {
            GenericParam::Const(param) => out.consts.push(param.clone()),
            GenericParam::Type(ty) => {
                out.scalar = ty.ident.clone();
                out.scalar_default = ty.default.clone();
            }
            // Reported by the parser.
            GenericParam::Lifetime(_) => {}
        }
    }
    out
}

impl Lower<'_> {
    /// The `input:` entry, which must come first and once.
    fn inputs(&mut self, syntax: &NetworkSyntax, network: &mut Network) {
        for (at, entry) in syntax.entries.iter().enumerate() {
            let is_input = entry.name.as_ref().is_some_and(|name| name == "input");
            let declared = matches!(&entry.body, Body::Input(_) | Body::Inputs(_));
            if !declared && !is_input {
                continue;
            }
            if !network.inputs.is_empty() || at > 0 {
                let ends = whole(entry);
                self.errors.report(&catalogue::LATE_INPUT, ends, &[]);
                if !network.inputs.is_empty() {
                    continue;
                }
            }
            self.declare_inputs(entry, network);
        }
        let attempted = syntax.entries.iter().any(|entry| entry.name.as_ref().is_some_and(|name| name == "input"));
        if network.inputs.is_empty() && !attempted {
            let title = [("net", &*network.title)];
            self.errors.report(&catalogue::NO_INPUT, Ends::at(network.ident.span()), &title);
        }
    }

    fn declare_inputs(&mut self, entry: &Entry, network: &mut Network) {
        let list: Vec<_> = match (&entry.body, &entry.name) {
            (Body::Input(shape), Some(name)) => vec![(name.clone(), shape)],
            (Body::Inputs(list), _) => {
                network.inputs_named = true;
                list.iter().map(|(name, shape)| (name.clone(), shape)).collect()
            }
            _ => return,
        };
        for (name, shape) in list {
            let text = format!("the input of `{}`", network.title);
            let site = Site { text: &text, name: "input", ends: shape.ends };
            let shape = self.shape(shape, site);
            let known = shape.as_ref().map_or(Known::Deferred, crate::model::Shape::known);
            if let (Known::Shape(dims), Some(shape)) = (known, &shape)
                && dims.is_empty()
            {
                self.errors.report(&catalogue::ZERO_INPUT, shape.ends, &[]);
            }
            network.inputs.push(Input { name, shape, known });
        }
    }

    /// The entries of a network or a block. Returns the value of each.
    fn body(&mut self, entries: &[Entry], ends: Ends, network: &mut Network, outer: &[String]) -> Vec<usize> {
        let mut scope = Scope::new(network, entries, outer);
        let names = self.names(entries, network);
        let mut number = 0;
        let mut outputs = None;
        let mut values = Vec::new();
        for (entry, name) in entries.iter().zip(names) {
            match &entry.body {
                Body::Input(_) | Body::Inputs(_) => {
                    if network.role != Role::Root {
                        self.errors.report(&catalogue::BLOCK_INPUT, whole(entry), &[]);
                    }
                }
                Body::Broken if entry.name.as_ref().is_some_and(|n| n == "input" || n == "output") => {}
                Body::Outputs(list) => self.outputs(entry, list, network, &mut outputs),
                _ => {
                    number += 1;
                    if network.role == Role::Parallel {
                        scope.current = Some(0);
                    }
                    self.entry(entry, name, number, network, &mut scope);
                    values.extend(scope.current);
                }
            }
        }
        if number == 0 {
            let title = [("net", &*network.title)];
            let diagnosis = match network.role {
                Role::Root => &catalogue::EMPTY,
                _ => &catalogue::EMPTY_BLOCK,
            };
            self.errors.report(diagnosis, ends, &title);
        }
        if number > 512 {
            let words = [("net", &*network.title), ("count", &*number.to_string())];
            self.errors.report(&catalogue::TOO_MANY_LAYERS, Ends::at(network.ident.span()), &words);
        }
        self.resolve_outputs(outputs, network, &scope);
        values
    }

    fn outputs(&mut self, entry: &Entry, list: &[Ident], network: &Network, outputs: &mut Option<Vec<Ident>>) {
        if network.role != Role::Root {
            self.errors.report(&catalogue::BLOCK_OUTPUT, whole(entry), &[]);
        } else if outputs.is_some() {
            self.errors.report(&catalogue::SECOND_OUTPUT, whole(entry), &[]);
        } else {
            *outputs = Some(list.to_vec());
        }
    }

    fn resolve_outputs(&mut self, list: Option<Vec<Ident>>, network: &mut Network, scope: &Scope) {
        let Some(list) = list else {
            if let Some(value) = scope.current
                && !network.steps.is_empty()
            {
                let name = Ident::new("output", network.ident.span());
                network.outputs.push(Output { name, value });
            }
            return;
        };
        network.outputs_named = list.len() > 1;
        let text = format!("`output` of `{}`", network.title);
        let ends = Ends::at(network.ident.span());
        let site = Site { text: &text, name: "output", ends };
        for name in list {
            let word = name.to_string();
            let first = network.outputs.iter().find(|output| output.name == name);
            if let Some(first) = first {
                let place = format!("`output`, `{}`", first.name);
                let words = [("name", &*word), ("first", &*place)];
                self.errors.report(&catalogue::DUPLICATE, Ends::at(name.span()), &words);
                continue;
            }
            let Some(value) = self.resolve(&name, site, scope) else {
                continue;
            };
            if value < network.inputs.len() {
                let words = [("name", &*word)];
                self.errors.report(&catalogue::INPUT_AS_OUTPUT, Ends::at(name.span()), &words);
                continue;
            }
            network.outputs.push(Output { name, value });
        }
    }
}

/// An entry with its name.
fn whole(entry: &Entry) -> Ends {
    match &entry.name {
        Some(name) => Ends::at(name.span()).to(entry.ends),
        None => entry.ends,
    }
}
