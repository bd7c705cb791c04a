//! `from = ..`, `Add(name)`: references to earlier entries.

use super::names::Scope;
use super::size::peel;
use super::{Lower, Site};
use crate::diag::{catalogue, nearest};
use crate::model::{Builtin, Network, What};
use crate::span::Ends;
use crate::text;
use nn_shape::spec::ArgSpec;
use proc_macro2::Ident;
use syn::Expr;
use syn::ext::IdentExt;

impl Lower<'_> {
    /// The value of a name. `None` after an error, or for a broken entry.
    pub(super) fn resolve(&mut self, name: &Ident, site: Site, scope: &Scope) -> Option<usize> {
        let word = name.unraw().to_string();
        let found = scope.names.iter().rev().find(|(known, _)| *known == word);
        if let Some((_, value)) = found {
            return *value;
        }
        let ends = Ends::at(name.span());
        let words = [("site", site.text), ("name", &*word)];
        if scope.all.contains(&word) {
            self.errors.report(&catalogue::LATER_NAME, ends, &words);
        } else if scope.outer.contains(&word) {
            self.errors.report(&catalogue::OUTER_NAME, ends, &words);
        } else {
            let known = scope.names.iter().map(|(name, _)| &**name);
            let near = nearest(&word, known.clone()).unwrap_or_default();
            let names = known.collect::<Vec<_>>().join(", ");
            let hint = "name the entry to use, `main: Dense(10)`";
            let words = [words[0], words[1], ("near", near), ("names", &*names), ("hint", hint)];
            self.errors.report(&catalogue::UNKNOWN_NAME, ends, &words);
        }
        None
    }

    /// `name`, or with `many` also `(a, b)`. Broken names are left out.
    pub(super) fn sources(&mut self, key: &str, expr: &Expr, many: bool, site: Site, scope: &Scope) -> Vec<usize> {
        let list: Vec<&Expr> = match peel(expr) {
            Expr::Tuple(tuple) if many => tuple.elems.iter().collect(),
            other => vec![other],
        };
        let mut values = Vec::new();
        for expr in list {
            if let Expr::Path(path) = peel(expr)
                && let Some(name) = path.path.get_ident()
            {
                values.extend(self.resolve(name, site, scope));
                continue;
            }
            let named = scope.names.last().map_or("input", |(name, _)| &**name);
            let words = [("site", site.text), ("key", key), ("example", named)];
            self.errors.report(&catalogue::NOT_A_NAME, Ends::of_tokens(expr), &words);
        }
        values
    }

    /// The entry whose parameters a layer uses: one of its type, with the same sizes.
    #[allow(clippy::too_many_arguments, reason = "an argument and its place")]
    pub(super) fn shared(&mut self, arg: &ArgSpec, expr: &Expr, builtin: &mut Builtin, network: &Network, site: Site, scope: &Scope) {
        let Some(&value) = self.sources(arg.name, expr, false, site, scope).first() else { return };
        let found = network.step_of(value).and_then(|step| match &network.steps[step].what {
            What::Builtin(owner) if owner.spec.layer == builtin.spec.layer && !owner.spec.shares() => Some((step, owner)),
            _ => None,
        });
        match found {
            Some((step, owner)) => {
                builtin.sizes.clone_from(&owner.sizes);
                builtin.shares = Some(step);
            }
            None => {
                let name = text::source(&quote::ToTokens::to_token_stream(expr).into_iter().collect::<Vec<_>>());
                let words = [("site", site.text), ("name", &*name), ("layer", builtin.spec.layer)];
                self.errors.report(&catalogue::NOT_SHARED, Ends::of_tokens(expr), &words);
            }
        }
    }
}
