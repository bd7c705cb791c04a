//! The merges of values of one shape, element by element.

use super::common::{alias, first, numbers};
use super::table::{Alias, ArgSpec, Args, LayerSpec, Place, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Problem};

const fn merge(name: &'static str, snake: &'static str, doc: &'static str, aliases: &'static [Alias]) -> LayerSpec {
    LayerSpec { snake, doc, aliases, positional: OTHERS, ..LayerSpec::new(name, "merge", output, check) }
}

/// The names of a merge, as many as there are.
pub(super) const OTHERS: &[ArgSpec] = &[ArgSpec {
    name: "other",
    kind: ValueKind::Names,
    place: Place::Source,
    default: None,
    what: "the name of the entry to merge with",
    example: "main",
}];

/// `x + a + b + ..`
pub static ADD: LayerSpec = merge("Add", "add", "The sum of the line above and of one or more named entries of its shape.", &[]);

/// `x - a`
pub static SUB: LayerSpec = LayerSpec {
    positional: &[ArgSpec {
        name: "other",
        kind: ValueKind::Name,
        place: Place::Source,
        default: None,
        what: "the name of the entry to subtract",
        example: "main",
    }],
    ..merge("Sub", "sub", "The line above minus a named entry of its shape.", &[alias("Subtract", "here it is `Sub{args}`")])
};

/// `x * a * b * ..`
pub static MUL: LayerSpec = merge(
    "Mul",
    "mul",
    "The product of the line above and of one or more named entries of its shape, element by element.",
    &[alias("Multiply", "here it is `Mul{args}`")],
);

/// `max(x, a, b, ..)`
pub static MAX: LayerSpec = merge(
    "Max",
    "max",
    "The largest of the line above and of one or more named entries of its shape, element by element. NaN propagates; of equal \
     values, the first gets the gradient.",
    &[alias("Maximum", "here it is `Max{args}`")],
);

/// `min(x, a, b, ..)`
pub static MIN: LayerSpec = merge(
    "Min",
    "min",
    "The smallest of the line above and of one or more named entries of its shape, element by element. NaN propagates; of equal \
     values, the first gets the gradient.",
    &[alias("Minimum", "here it is `Min{args}`")],
);

/// `(x + a + b + ..) / n`
pub static AVERAGE: LayerSpec =
    merge("Average", "average", "The mean of the line above and of one or more named entries of its shape, element by element.", &[]);

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
            return Check::Fails(Problem::Differ { first, other: inputs[i], index: i });
        }
        i += 1;
    }
    numbers(inputs)
}
