//! `UpSample1d`.

use super::common::{alias, first};
use super::table::{ArgSpec, Args, LayerSpec, Place, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Problem, sequence};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Makes `[time, features]` longer: each step, `size` times in a row.",
    aliases: &[alias("UpSampling1D", "here it is `UpSample1d{args}`")],
    positional: &[ArgSpec { name: "size", kind: ValueKind::Size, place: Place::Slot(0), default: None, what: "the factor", example: "2" }],
    ..LayerSpec::new("UpSample1d", "up_sample1d", output, check)
};

/// `[time, features]`, longer.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let input = first(inputs);
    let time = if args.sizes[0] == 1 { input.dim(0) } else { input.dim(0).saturating_mul(args.sizes[0]) };
    Dims::seq(time, input.last())
}

/// Needs a sequence, and a factor that is not zero.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    if args.sizes[0] == 0 { Check::Fails(Problem::ZeroOption { what: "factor" }) } else { sequence(&first(inputs)) }
}
