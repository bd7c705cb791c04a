//! `Slice`.

use super::common::{first, numbers};
use super::concat::axis_of;
use super::table::{ArgSpec, Args, LayerSpec, OptionSpec, OptionsForm, Place, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Problem};

/// The slot of the first place.
const START: usize = 0;
/// The slot of the number of places.
const LENGTH: usize = 1;
/// The slot of the axis.
const AXIS: usize = 2;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "A part of an axis: `length` places from `start` on, which counts from 0. What `Concat` joined, it takes apart.",
    type_args: &[TypeArg::Axis(AXIS)],
    positional: &[
        ArgSpec {
            name: "start",
            kind: ValueKind::Size,
            place: Place::SlotAndField(START),
            default: None,
            what: "the first place",
            example: "0",
        },
        ArgSpec {
            name: "length",
            kind: ValueKind::Size,
            place: Place::Slot(LENGTH),
            default: None,
            what: "the number of places",
            example: "8",
        },
    ],
    options: &[OptionSpec {
        key: "axis",
        kind: ValueKind::Axis,
        doc: "The axis, as in Keras: `[height, width, channels]` are 1, 2 and 3, or -3, -2 and -1.",
        default: "-1",
        place: Place::Slot(AXIS),
    }],
    form: OptionsForm::Fields("SliceOptions"),
    ..LayerSpec::new("Slice", "slice", output, check)
};

/// The input's shape, along the axis as long as asked for.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let input = first(inputs);
    input.with(axis_of(args.axis(AXIS), input.rank()), args.sizes[LENGTH])
}

/// Needs numbers, an axis that the shape has, and places that the axis has.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let shape = first(inputs);
    if let Check::Fails(problem) = numbers(inputs) {
        return Check::Fails(problem);
    }
    let (axis, rank) = (args.axis(AXIS), shape.rank() as isize);
    if axis == 0 || axis > rank || -axis > rank {
        return Check::Fails(Problem::NoAxis { axis, shape });
    }
    let (start, length, place) = (args.sizes[START], args.sizes[LENGTH], axis_of(axis, shape.rank()));
    if length == 0 {
        return Check::Fails(Problem::ZeroOption { what: "length" });
    }
    if start.saturating_add(length) > shape.dim(place) {
        return Check::Fails(Problem::Slice { start, length, axis: place, shape });
    }
    Check::Fits
}
