//! `Permute`.

use super::common::{alias, first, numbers};
use super::table::{ArgSpec, Args, LayerSpec, Place, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Problem};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "The axes in another order: `Permute([2, 1])` makes `[features, time]` of `[time, features]`. As in Keras the first axis is 1.",
    aliases: &[alias("Transpose", "here it is `Permute([2, 1])`")],
    type_args: &[TypeArg::Shape(0), TypeArg::Shape(1), TypeArg::Shape(2)],
    positional: &[ArgSpec {
        name: "order",
        kind: ValueKind::Shape,
        place: Place::Shape,
        default: None,
        what: "the axes in their new order",
        example: "[2, 1]",
    }],
    ..LayerSpec::new("Permute", "permute", output, check)
};

/// The place of axis `i` of the output among those of the input, counted from zero; a wrong axis is the first one.
const fn place(order: &Dims, i: usize) -> usize {
    let axis = order.dim(i);
    if axis == 0 || axis > order.rank() { 0 } else { axis - 1 }
}

/// The sizes in their new order.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let (order, input) = (args.shape, first(inputs));
    let [a, b, c] = [input.dim(place(&order, 0)), input.dim(place(&order, 1)), input.dim(place(&order, 2))];
    match order.rank() {
        1 => Dims::flat(a),
        2 => Dims::seq(a, b),
        _ => Dims::image(a, b, c),
    }
}

/// Needs numbers, and each axis once.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let (order, shape) = (args.shape, first(inputs));
    if let Check::Fails(problem) = numbers(inputs) {
        return Check::Fails(problem);
    }
    let mut axis = 1;
    let mut all = order.rank() == shape.rank();
    while axis <= order.rank() {
        // The last one may be compared with a 1 beyond the rank, which is an axis of its own.
        let found = (order.dim(0) == axis) as usize
            + (order.rank() > 1 && order.dim(1) == axis) as usize
            + (order.rank() > 2 && order.dim(2) == axis) as usize;
        all = all && found == 1;
        axis += 1;
    }
    if all { Check::Fits } else { Check::Fails(Problem::Permutation { order, shape }) }
}
