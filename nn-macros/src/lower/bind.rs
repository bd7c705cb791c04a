//! Arguments to the places of a layer's table entry.

use super::size::peel;
use super::value::ident_of;
use super::{Lower, Site};
use crate::diag::{catalogue, nearest, one_off};
use crate::span::Ends;
use crate::syntax::{Arg, ArgsSyntax};
use nn_shape::spec::{self, ArgSpec, OptionSpec, Place, ValueKind};
use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit};

/// What an entry takes.
pub(super) struct Accepts {
    pub positional: &'static [ArgSpec],
    pub options: &'static [OptionSpec],
    /// Whether it takes penalties and `trainable`.
    pub common: bool,
}

/// Arguments by place.
pub(super) struct Bound<'a> {
    /// By position.
    pub positional: Vec<Option<&'a Expr>>,
    /// What follows the last one, where that takes any number of names.
    pub more: Vec<&'a Expr>,
    /// Keys of positional arguments given by name.
    pub options: Vec<(&'static OptionSpec, &'a Ident, &'a Expr)>,
    pub from: Option<&'a Expr>,
    /// Whether something was given and could not be used: then nothing is "missing".
    pub broken: bool,
}

impl Accepts {
    fn option(&self, key: &str) -> Option<&'static OptionSpec> {
        let own = self.options.iter();
        let common = if self.common { spec::COMMON.iter() } else { [].iter() };
        own.chain(common).find(|option| option.key == key)
    }

    fn takes_names(&self) -> bool {
        matches!(self.positional, [.., ArgSpec { kind: ValueKind::Names, .. }])
    }

    fn takes_shape(&self) -> bool {
        matches!(self.positional, [ArgSpec { kind: ValueKind::Shape, .. }])
    }

    /// What an argument too many was probably meant to be.
    fn meant(&self, arg: &Arg, args: Option<&ArgsSyntax>, layer: &str) -> Option<String> {
        if self.takes_shape() {
            return Some(format!("`{layer}([{}])`", args?.source));
        }
        let word = match peel(arg.value.as_ref()?) {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.value(),
            Expr::Lit(ExprLit { lit: Lit::Int(size), .. }) if matches!(self.positional, [ArgSpec { kind: ValueKind::Size, .. }]) => {
                return Some(format!("the number of inputs is not given, `{layer}({size})`"));
            }
            value => ident_of(value)?.unraw().to_string(),
        };
        if let Some(option) = self.option(&word) {
            return Some(format!("`{word} = {}`", values_of(option.kind).1));
        }
        let activations = spec::LAYERS.iter().filter(|spec| spec.is_activation).map(|spec| spec.name);
        let activation = one_off(&word, activations).filter(|_| self.option("activation").is_some());
        activation.map(|name| format!("`activation = {name}`"))
    }

    /// Every key, for the list in messages.
    fn keys(&self) -> Vec<&'static str> {
        let mut keys: Vec<_> = self.positional.iter().map(|arg| arg.name).collect();
        keys.extend(self.options.iter().map(|option| option.key));
        if self.common {
            keys.extend(spec::COMMON.iter().map(|option| option.key));
        }
        keys.push(spec::FROM.key);
        keys
    }
}

impl Lower<'_> {
    /// Sorts arguments to their places and reports those that have none.
    pub(super) fn bind<'a>(&mut self, accepts: &Accepts, args: Option<&'a ArgsSyntax>, site: Site) -> Bound<'a> {
        let mut bound =
            Bound { positional: vec![None; accepts.positional.len()], more: Vec::new(), options: Vec::new(), from: None, broken: false };
        let mut next = 0;
        for arg in args.map_or(&[][..], |args| &args.list) {
            bound.broken |= arg.broken;
            match &arg.key {
                Some(key) => self.keyed(accepts, arg, key, &mut bound, site),
                None => {
                    if let Some(place) = bound.positional.get_mut(next) {
                        *place = arg.value.as_ref();
                    } else if accepts.takes_names() {
                        bound.more.extend(&arg.value);
                    } else if next == accepts.positional.len() {
                        // Once, however many there are.
                        self.too_many(accepts, arg, args, site);
                        bound.broken = true;
                    }
                    next += 1;
                }
            }
        }
        if next > bound.positional.len() && accepts.takes_shape() {
            // What was meant as a shape is no single wrong value.
            bound.positional.fill(None);
        }
        bound
    }

    fn keyed<'a>(&mut self, accepts: &Accepts, arg: &'a Arg, key: &'a Ident, bound: &mut Bound<'a>, site: Site) {
        let word = key.unraw().to_string();
        let position = accepts.positional.iter().position(|arg| arg.name == word);
        let option = accepts.option(&word);
        let is_from = word == spec::FROM.key;
        if position.is_none() && option.is_none() && !is_from {
            self.unknown_option(accepts, key, &word, site);
            return;
        }
        let taken = position.is_some_and(|i| bound.positional[i].is_some())
            || option.is_some_and(|o| bound.options.iter().any(|(other, ..)| other.key == o.key))
            || (is_from && bound.from.is_some());
        if taken {
            let words = [("site", site.text), ("key", &*word)];
            self.errors.report(&catalogue::DUPLICATE_OPTION, Ends::at(key.span()), &words);
            return;
        }
        let Some(value) = &arg.value else {
            bound.broken = true;
            if !arg.broken {
                let kind = position.map(|i| accepts.positional[i].kind).or(option.map(|o| o.kind));
                self.no_value(&word, kind.unwrap_or(ValueKind::Names), arg, site);
            }
            return;
        };
        match (position, option) {
            (Some(i), _) => bound.positional[i] = Some(value),
            (_, Some(option)) => bound.options.push((option, key, value)),
            _ => bound.from = Some(value),
        }
    }

    fn too_many(&mut self, accepts: &Accepts, arg: &Arg, args: Option<&ArgsSyntax>, site: Site) {
        let count = match accepts.positional.len() {
            0 => "no arguments without a name".to_owned(),
            1 => format!("one argument, {}", accepts.positional[0].what),
            n => format!("{n} arguments"),
        };
        let options: Vec<_> = accepts.options.iter().map(|option| option.key).collect();
        let options = options.join(", ");
        let hint = accepts.meant(arg, args, site.name).unwrap_or_default();
        let words = [("site", site.text), ("name", site.name), ("count", &*count), ("options", &*options), ("hint", &*hint)];
        self.errors.report(&catalogue::TOO_MANY, arg.ends, &words);
    }

    fn unknown_option(&mut self, accepts: &Accepts, key: &Ident, word: &str, site: Site) {
        let keys = accepts.keys();
        let near = nearest(word, keys.iter().copied()).unwrap_or_default();
        let options = keys.join(", ");
        let words = [("site", site.text), ("key", word), ("options", &*options), ("near", near)];
        self.errors.report(&catalogue::UNKNOWN_OPTION, Ends::at(key.span()), &words);
    }

    fn no_value(&mut self, key: &str, kind: ValueKind, arg: &Arg, site: Site) {
        let (values, example) = values_of(kind);
        let words = [("site", site.text), ("key", key), ("values", &*values), ("example", example)];
        self.errors.report(&catalogue::NO_VALUE, Ends::at(arg.ends.last), &words);
    }

    /// Reports the positional arguments that are missing.
    pub(super) fn missing(&mut self, positional: &[ArgSpec], bound: &Bound, at: Ends, site: Site) {
        if bound.broken {
            return;
        }
        let missing: Vec<_> = positional
            .iter()
            .zip(&bound.positional)
            .filter(|(arg, given)| arg.default.is_none() && given.is_none())
            .map(|(arg, _)| arg.what)
            .collect();
        if missing.is_empty() {
            return;
        }
        let examples: Vec<_> = positional.iter().map(|arg| arg.example).collect();
        let example = format!("{}({})", site.name, examples.join(", "));
        let what = missing.join(" and ");
        let words = [("site", site.text), ("what", &*what), ("example", &*example)];
        self.errors.report(&catalogue::MISSING_SIZE, at, &words);
    }
}

/// The values a kind takes, and one of them.
pub(super) fn values_of(kind: ValueKind) -> (String, &'static str) {
    match kind {
        ValueKind::Init => (initialisers(), "HeNormal"),
        ValueKind::Activation => (activations(), "Relu"),
        ValueKind::Bool => ("true, false".to_owned(), "true"),
        ValueKind::Size => (String::new(), "10"),
        ValueKind::Float(_) => (String::new(), "0.1"),
        ValueKind::Shape => (String::new(), "[7, 7, 64]"),
        ValueKind::Pair => (String::new(), "2"),
        ValueKind::Padding(words, _) => (words.join(", "), "Same"),
        ValueKind::Choice(choice) => (choice.words.join(", "), choice.words[0]),
        ValueKind::Axis => (String::new(), "-1"),
        ValueKind::Merge => (merges().collect::<Vec<_>>().join(", "), "Concat"),
        ValueKind::Name | ValueKind::Names => ("the names of earlier entries".to_owned(), "input"),
    }
}

/// The names of the layers that merge any number of values.
pub(super) fn merges() -> impl Iterator<Item = &'static str> {
    spec::LAYERS.iter().filter(|spec| spec.merges_many()).map(|spec| spec.name)
}

/// The names of all initialisers.
pub(super) fn initialisers() -> String {
    spec::INITIALIZERS.iter().map(|init| init.name).collect::<Vec<_>>().join(", ")
}

/// The names of all activations.
pub(super) fn activations() -> String {
    let all = spec::LAYERS.iter().filter(|spec| spec.is_activation).map(|spec| spec.name);
    all.collect::<Vec<_>>().join(", ")
}

/// Whether an option's value goes into the options struct.
pub(super) fn is_field(option: &OptionSpec) -> bool {
    option.place == Place::Field
}
