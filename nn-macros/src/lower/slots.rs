//! Arguments that decide a shape: sizes, pairs of sizes, paddings and choices, into the slots of the layer's arguments.

use super::size::peel;
use super::value::{ident_of, number};
use super::{Lower, Site};
use crate::diag::{catalogue, nearest};
use crate::model::{Builtin, Dim, Value};
use crate::span::Ends;
use nn_shape::spec::{AXIS_ZERO, Choice, ValueKind};
use syn::ext::IdentExt;
use syn::{Expr, Lit};

/// The words of a padding, by their number in a slot.
const PADDINGS: [&str; 3] = ["Valid", "Same", "Causal"];
/// The number of a padding given in sizes.
const EXPLICIT: usize = 3;

/// A value on its way to its slots.
pub(super) struct Slotted<'a> {
    pub key: &'a str,
    pub kind: ValueKind,
    /// The first slot.
    pub slot: usize,
    pub expr: &'a Expr,
    /// How it may be written.
    pub example: &'a str,
}

impl Lower<'_> {
    /// Fills the slots of one argument. Returns its value as a field, `None` after an error.
    pub(super) fn slots(&mut self, given: &Slotted, builtin: &mut Builtin, site: Site) -> Option<Value> {
        match given.kind {
            ValueKind::Size => {
                let size = self.size(given.expr, site, given.example)?;
                fill(builtin, given, std::slice::from_ref(&size), true);
                Some(Value::Size(size))
            }
            ValueKind::Pair => {
                let sizes = self.sizes_of(given, &[1, 2], "a size or `(height, width)`", site)?;
                let pair = if let [size] = &sizes[..] { vec![size.clone(), size.clone()] } else { sizes };
                fill(builtin, given, &pair, true);
                Some(Value::Pair(pair))
            }
            ValueKind::Bool => {
                let yes = self.literal_truth(given.key, given.expr, site)?;
                fill(builtin, given, &[Dim::Known(usize::from(yes))], false);
                Some(Value::Plain(given.expr.clone()))
            }
            ValueKind::Axis => {
                let axis = self.axis(given, site)?;
                fill(builtin, given, &[Dim::Known(axis)], false);
                None
            }
            ValueKind::Choice(choice) => {
                let word = self.choice(choice, given, site)?;
                fill(builtin, given, &[Dim::Known(word)], false);
                Some(Value::Choice(choice.ty, choice.words[word]))
            }
            ValueKind::Padding(words, time) => self.padding(words, time, given, builtin, site),
            // No specification gives a slot to another kind.
            _ => None,
        }
    }

    /// A whole number as it stands in a slot; one that is no axis at all is the nearest that can stand there.
    fn axis(&mut self, given: &Slotted, site: Site) -> Option<usize> {
        let whole = number(given.expr).filter(|n| n.fract() == 0.0 && !is_float(given.expr));
        if whole.is_none() {
            let words = [("site", site.text), ("key", given.key), ("what", "a whole number: the first axis is 1, the last -1")];
            self.errors.report(&catalogue::WRONG_COUNT, Ends::of_tokens(given.expr), &words);
        }
        let limit = AXIS_ZERO as f64 - 1.0;
        whole.map(|n| (n.clamp(-limit, limit) + AXIS_ZERO as f64) as usize)
    }

    /// The place of a word among those of a choice.
    fn choice(&mut self, choice: &Choice, given: &Slotted, site: Site) -> Option<usize> {
        let name = ident_of(given.expr).map(|ident| ident.unraw().to_string());
        let found = name.as_ref().and_then(|name| choice.words.iter().position(|word| word == name));
        if found.is_none() {
            self.unknown_word(choice.words, "", given, site);
        }
        found
    }

    fn padding(&mut self, words: &[&'static str], time: bool, given: &Slotted, builtin: &mut Builtin, site: Site) -> Option<Value> {
        let name = ident_of(given.expr).map(|ident| ident.unraw().to_string());
        if let Some(name) = name.as_ref()
            && let Some(number) = PADDINGS.iter().position(|word| word == name && words.contains(word))
        {
            fill(builtin, given, &[Dim::Known(number)], false);
            return Some(Value::Padding(PADDINGS[number], Vec::new()));
        }
        let (counts, sides): (&[usize], _) = match time {
            true => (&[1, 2], "a size or `(before, after)`"),
            false => (&[1, 2, 4], "a size, `(vertical, horizontal)` or `(top, bottom, left, right)`"),
        };
        // A name in lower case or in quotes is a word, not a constant.
        let constant = name.is_none_or(|name| !name.chars().any(char::is_lowercase));
        if !constant || matches!(peel(given.expr), Expr::Lit(lit) if matches!(lit.lit, Lit::Str(_))) {
            self.unknown_word(words, sides, given, site);
            return None;
        }
        let sizes = self.sizes_of(given, counts, sides, site)?;
        let zero = Dim::Known(0);
        let sides: [&Dim; 4] = match (&sizes[..], time) {
            ([all], false) => [all; 4],
            ([all], true) => [all, all, &zero, &zero],
            ([before, after], true) => [before, after, &zero, &zero],
            ([vertical, horizontal], _) => [vertical, vertical, horizontal, horizontal],
            ([top, bottom, left, right], _) => [top, bottom, left, right],
            _ => return None,
        };
        let sides: Vec<Dim> = sides.into_iter().cloned().collect();
        let mut slots = vec![Dim::Known(EXPLICIT)];
        slots.extend(sides.iter().cloned());
        fill(builtin, given, &slots, false);
        Some(Value::Padding("Explicit", sides))
    }

    /// One size, or as many as allowed in parentheses.
    fn sizes_of(&mut self, given: &Slotted, counts: &[usize], what: &str, site: Site) -> Option<Vec<Dim>> {
        let parts: Vec<&Expr> = match peel(given.expr) {
            Expr::Tuple(tuple) => tuple.elems.iter().collect(),
            one => vec![one],
        };
        if !counts.contains(&parts.len()) {
            let words = [("site", site.text), ("key", given.key), ("what", what)];
            self.errors.report(&catalogue::WRONG_COUNT, Ends::of_tokens(given.expr), &words);
            return None;
        }
        let sizes: Vec<Dim> = parts.iter().filter_map(|part| self.size(part, site, given.example)).collect();
        (sizes.len() == parts.len()).then_some(sizes)
    }

    fn unknown_word(&mut self, words: &[&'static str], sizes: &str, given: &Slotted, site: Site) {
        let text = match peel(given.expr) {
            Expr::Lit(lit) => match &lit.lit {
                Lit::Str(text) => text.value(),
                other => quote::ToTokens::to_token_stream(other).to_string(),
            },
            other => quote::ToTokens::to_token_stream(other).to_string(),
        };
        let plain = text.replace('_', "");
        let same = words.iter().find(|word| word.eq_ignore_ascii_case(&plain)).copied();
        let near = same.or_else(|| nearest(&text, words.iter().copied())).unwrap_or_default();
        let values: Vec<&str> = words.iter().copied().chain((!sizes.is_empty()).then_some(sizes)).collect();
        let values = values.join(", ");
        let words = [("site", site.text), ("key", given.key), ("name", &*text), ("values", &*values), ("near", near)];
        self.errors.report(&catalogue::UNKNOWN_WORD, Ends::of_tokens(given.expr), &words);
    }
}

/// `1.0`
fn is_float(expr: &Expr) -> bool {
    match peel(expr) {
        Expr::Lit(lit) => matches!(lit.lit, Lit::Float(_)),
        Expr::Unary(unary) => is_float(&unary.expr),
        _ => false,
    }
}

/// Sets slots from the first one on. `nonzero` if none of them may be zero: then a complaint about a zero points there.
fn fill(builtin: &mut Builtin, given: &Slotted, sizes: &[Dim], nonzero: bool) {
    for (offset, size) in sizes.iter().enumerate() {
        builtin.sizes[given.slot + offset] = Some(size.clone());
        builtin.size_ends[given.slot + offset] = nonzero.then(|| Ends::of_tokens(peel(given.expr)));
    }
}
