//! `RepeatVector`.

use super::common::{first, wrong};
use super::table::{ArgSpec, Args, LayerSpec, Place, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Needs, Problem};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "A vector, `times` times in a row: `[features]` becomes `[times, features]`.",
    positional: &[ArgSpec {
        name: "times",
        kind: ValueKind::Size,
        place: Place::Slot(0),
        default: None,
        what: "the number of repetitions",
        example: "10",
    }],
    ..LayerSpec::new("RepeatVector", "repeat_vector", output, check)
};

/// `[times, features]`.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    Dims::seq(args.sizes[0], first(inputs).last())
}

/// Needs a vector, and a number that is not zero.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let got = first(inputs);
    if args.sizes[0] == 0 {
        Check::Fails(Problem::ZeroOption { what: "number of repetitions" })
    } else if got.rank() == 1 && !got.is_tokens() {
        Check::Fits
    } else {
        wrong(Needs::Vector, got)
    }
}
