//! `Reshape`.

use super::common::{alias, first, numbers};
use super::table::{ArgSpec, Args, LayerSpec, Place, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Problem};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Gives the values another shape, in memory order.",
    aliases: &[alias("Unflatten", "here it is `Reshape([h, w, channels])`"), alias("View", "here it is `Reshape([..])`")],
    positional: &[ArgSpec {
        name: "shape",
        kind: ValueKind::Shape,
        place: Place::Shape,
        default: None,
        what: "the new shape",
        example: "[7, 7, 64]",
    }],
    ..LayerSpec::new("Reshape", "reshape", output, check)
};

/// The shape asked for.
pub const fn output(args: &Args, _inputs: &[Dims]) -> Dims {
    args.shape
}

/// Needs numbers, as many as the new shape has.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let (want, got) = (args.shape, first(inputs));
    if want.is_empty() {
        Check::Fails(Problem::EmptyShape { shape: want })
    } else if !got.is_tokens() && want.elements() != got.elements() {
        Check::Fails(Problem::Count { want, got })
    } else {
        numbers(inputs)
    }
}
