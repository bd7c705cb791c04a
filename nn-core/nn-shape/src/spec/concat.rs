//! `Concat`.

use super::common::{alias, first, numbers};
use super::merge::OTHERS;
use super::table::{Args, LayerSpec, OptionSpec, Place, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Problem};

/// The slot of the axis.
const AXIS: usize = 0;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "The line above and one or more named entries, one after the other along an axis. They agree in the other axes.",
    aliases: &[alias("Concatenate", "here it is `Concat{args}`"), alias("Cat", "here it is `Concat{args}`")],
    type_args: &[TypeArg::Axis(AXIS)],
    positional: OTHERS,
    options: &[OptionSpec {
        key: "axis",
        kind: ValueKind::Axis,
        doc: "The axis, as in Keras: `[height, width, channels]` are 1, 2 and 3, or -3, -2 and -1.",
        default: "-1",
        place: Place::Slot(AXIS),
    }],
    ..LayerSpec::new("Concat", "concat", output, check)
};

/// The place of an axis in a shape of this rank, counted from zero; a wrong axis is the last one.
pub const fn axis_of(axis: isize, rank: usize) -> usize {
    let (rank, last) = (rank as isize, rank.saturating_sub(1));
    if axis > 0 && axis <= rank {
        (axis - 1) as usize
    } else if axis < 0 && -axis <= rank {
        (rank + axis) as usize
    } else {
        last
    }
}

/// The shape of the first input, along the axis as long as all together.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let out = first(inputs);
    let axis = axis_of(args.axis(AXIS), out.rank());
    let mut size = 0usize;
    let mut i = 0;
    while i < inputs.len() {
        size = size.saturating_add(inputs[i].dim(axis));
        i += 1;
    }
    out.with(axis, size)
}

/// Needs numbers, an axis that the shapes have, and equal sizes of the others.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let first = first(inputs);
    if let Check::Fails(problem) = numbers(inputs) {
        return Check::Fails(problem);
    }
    let (axis, rank) = (args.axis(AXIS), first.rank() as isize);
    if axis == 0 || axis > rank || -axis > rank {
        return Check::Fails(Problem::NoAxis { axis, shape: first });
    }
    let place = axis_of(axis, first.rank());
    let mut i = 1;
    while i < inputs.len() {
        let other = inputs[i];
        // The size along the axis may be any.
        if other.is_tokens() || other.rank() != first.rank() || !other.with(place, 1).same(&first.with(place, 1)) {
            return Check::Fails(Problem::Concat { first, other, index: i, axis: place });
        }
        i += 1;
    }
    Check::Fits
}
