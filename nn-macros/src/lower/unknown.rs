//! Names of layers that are not ours: other libraries', and misspelt ones.

use super::Lower;
use crate::diag::{catalogue, one_off};
use crate::model::Role;
use crate::span::Ends;
use crate::syntax::{ArgsSyntax, LayerSyntax};
use nn_shape::LayerSpec;
use nn_shape::spec;
use proc_macro2::Ident;

impl Lower<'_> {
    /// A name that is ours and, used in another way, somebody else's: `Linear(64)`.
    pub(super) fn foreign_use(&mut self, spec: &LayerSpec, layer: &LayerSyntax, ident: &Ident) -> bool {
        let positional = layer.args.as_ref().is_some_and(|args| args.list.iter().any(|a| a.key.is_none()));
        if !spec.positional.is_empty() || !positional {
            return false;
        }
        self.alias(ident, layer.args.as_ref())
    }

    /// Reports a name that other libraries use.
    fn alias(&mut self, ident: &Ident, args: Option<&ArgsSyntax>) -> bool {
        let name = ident.to_string();
        let Some((_, alias)) = spec::find_alias(&name) else {
            return false;
        };
        let args = args.map(|args| format!("({})", args.source)).unwrap_or_default();
        let hint = alias.hint.replace("{args}", &args);
        let words = [("name", &*name), ("hint", &*hint)];
        self.errors.report(&catalogue::FOREIGN_LAYER, Ends::at(ident.span()), &words);
        true
    }

    /// Reports a bare name that is one edit away from a known one. Any other is a type in scope.
    pub(super) fn misspelt(&mut self, ident: &Ident, args: Option<&ArgsSyntax>) -> bool {
        if self.alias(ident, args) {
            return true;
        }
        let name = ident.to_string();
        let ours = spec::LAYERS.iter().map(|spec| spec.name).chain(Role::keywords());
        let theirs = spec::LAYERS.iter().flat_map(|spec| spec.aliases).map(|alias| alias.name);
        let ends = Ends::at(ident.span());
        if let Some(near) = one_off(&name, ours) {
            let words = [("name", &*name), ("near", near)];
            self.errors.report(&catalogue::UNKNOWN_LAYER, ends, &words);
            return true;
        }
        let Some((_, alias)) = one_off(&name, theirs).and_then(spec::find_alias) else {
            return false;
        };
        let args = args.map(|args| format!("({})", args.source)).unwrap_or_default();
        let hint = alias.hint.replace("{args}", &args);
        self.errors.report(&catalogue::FOREIGN_LAYER, ends, &[("name", &*name), ("hint", &*hint)]);
        true
    }
}
