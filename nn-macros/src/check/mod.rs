//! Shapes of all values, by the rules of nn-shape, what only shows when they are known, and what is hardly meant.

mod doubts;
mod shapes;
mod unused;

use crate::diag::Errors;
use crate::model::Declaration;

/// Computes every shape the macro can know and reports what does not fit.
pub(crate) fn check(declaration: &mut Declaration, errors: &mut Errors) {
    let generic = !declaration.generics.consts.is_empty();
    let context = shapes::Context { symbols: &declaration.symbols, generic };
    shapes::network(&mut declaration.network, &context, errors);
    if errors.is_empty() {
        unused::network(&declaration.network, errors);
    }
    if errors.is_empty() {
        doubts::network(&declaration.network, &declaration.attrs, &mut declaration.warnings);
    }
}
