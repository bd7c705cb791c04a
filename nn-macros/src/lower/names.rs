//! Names of entries: the given ones, and those of unnamed entries.

use super::Lower;
use crate::diag::catalogue;
use crate::model::{Network, Role};
use crate::span::Ends;
use crate::syntax::{Body, Entry};
use crate::text;
use nn_shape::spec;
use proc_macro2::Ident;
use std::collections::HashSet;
use syn::ext::IdentExt;

/// What an entry can refer to.
pub(super) struct Scope {
    /// Names above, with their values. A broken entry has none.
    pub names: Vec<(String, Option<usize>)>,
    /// Names of all entries of this list, for "comes later".
    pub all: Vec<String>,
    /// Names outside of this block.
    pub outer: Vec<String>,
    /// The output of the line above.
    pub current: Option<usize>,
}

impl Scope {
    pub(super) fn new(network: &Network, entries: &[Entry], outer: &[String]) -> Self {
        let mut names: Vec<_> = network.inputs.iter().enumerate().map(|(i, input)| (input.name.unraw().to_string(), Some(i))).collect();
        let single = network.inputs.len() == 1 && !network.inputs_named;
        if single && names.iter().all(|(name, _)| name != "input") {
            names.push(("input".to_owned(), Some(0)));
        }
        let all = entries.iter().filter_map(|e| e.name.as_ref()).map(|n| n.unraw().to_string());
        let current = single.then_some(0).or((network.inputs.len() == 1).then_some(0));
        Self { names, all: all.collect(), outer: outer.to_vec(), current }
    }
}

impl Lower<'_> {
    /// A name for each entry.
    pub(super) fn names(&mut self, entries: &[Entry], network: &Network) -> Vec<Ident> {
        let mut taken = self.given_names(entries, network);
        let mut names = Vec::new();
        for entry in entries {
            names.push(match &entry.name {
                Some(name) => name.clone(),
                None => unnamed(entry, &mut taken),
            });
        }
        names
    }

    /// The given names, checked.
    fn given_names(&mut self, entries: &[Entry], network: &Network) -> HashSet<String> {
        let mut first: Vec<(String, String)> =
            network.inputs.iter().map(|input| (input.name.unraw().to_string(), "the input".to_owned())).collect();
        let mut number = 0;
        for entry in entries {
            if matches!(entry.body, Body::Input(_) | Body::Inputs(_) | Body::Outputs(_)) {
                continue;
            }
            number += 1;
            let Some(name) = &entry.name else { continue };
            let (word, ends) = (name.unraw().to_string(), Ends::at(name.span()));
            let broken = matches!(entry.body, Body::Broken);
            match &*word {
                "input" | "output" if broken => continue,
                "input" | "output" => {
                    let verb = if word == "input" { "takes" } else { "returns" };
                    let words = [("name", &*word), ("verb", verb)];
                    self.errors.report(&catalogue::RESERVED, ends, &words);
                    continue;
                }
                _ if is_keyword(name) => {
                    let raw = if matches!(&*word, "self" | "Self" | "super" | "crate" | "_") { "" } else { &*word };
                    let words = [("name", &*word), ("raw", raw)];
                    self.errors.report(&catalogue::KEYWORD, ends, &words);
                }
                _ => {}
            }
            if let Some((_, at)) = first.iter().find(|(known, _)| *known == word) {
                let words = [("name", &*word), ("first", &**at)];
                self.errors.report(&catalogue::DUPLICATE, ends, &words);
            } else {
                first.push((word, format!("layer {number} `{}`", entry.source)));
            }
        }
        // A block has its own `input`, which no entry can be called either.
        let mut taken: HashSet<String> = first.into_iter().map(|(name, _)| name).collect();
        if network.role != Role::Root {
            taken.insert("input".to_owned());
        }
        taken
    }
}

/// `dense`, `dense_2`, .. for each kind, past names that were given.
fn unnamed(entry: &Entry, taken: &mut HashSet<String>) -> Ident {
    let base = match &entry.body {
        Body::Layer(layer) => {
            let last = layer.path.path.segments.last().map(|s| s.ident.unraw().to_string());
            let name = last.unwrap_or_default();
            match layer.path.path.get_ident().and_then(|_| spec::find(&name)) {
                Some(spec) => spec.snake.to_owned(),
                None => text::snake(&name),
            }
        }
        Body::Block(block) => block.keyword.as_ref().map_or("branch".to_owned(), |k| text::snake(&k.to_string())),
        _ => "entry".to_owned(),
    };
    let mut name = base.clone();
    let mut count = 1;
    while !taken.insert(name.clone()) {
        count += 1;
        name = format!("{base}_{count}");
    }
    let span = entry.ends.first;
    match syn::parse_str::<Ident>(&name) {
        Ok(_) => Ident::new(&name, span),
        // A type such as `Loop` makes a keyword.
        Err(_) => Ident::new(&format!("{name}_"), span),
    }
}

/// Whether the name is a keyword and not written `r#name`.
pub(crate) fn is_keyword(name: &Ident) -> bool {
    syn::parse_str::<Ident>(&name.to_string()).is_err()
}
