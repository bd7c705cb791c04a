//! `Add`.

use super::common::{first, numbers};
use super::table::{ArgSpec, Args, LayerSpec, Place, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Problem};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Adds the output of a named entry to that of the line above.",
    positional: &[ArgSpec {
        name: "other",
        kind: ValueKind::Name,
        place: Place::Source,
        default: None,
        what: "the name of the entry to add",
        example: "main",
    }],
    ..LayerSpec::new("Add", "add", output, check)
};

/// The shape of the first input.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Needs numbers, and all inputs of one shape.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    let first = first(inputs);
    let mut i = 1;
    while i < inputs.len() {
        if !first.same(&inputs[i]) {
            return Check::Fails(Problem::Differ { first, second: inputs[i] });
        }
        i += 1;
    }
    numbers(inputs)
}
