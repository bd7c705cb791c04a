//! `GroupNorm`.

use super::common::{alias, eps, first, numbers};
use super::table::{ArgSpec, Args, LayerSpec, OptionsForm, Place, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Cut, Problem, divides};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Normalises groups of neighbouring channels of a sample to mean 0 and standard deviation 1, over all its steps or pixels, \
          then scales and shifts each channel.",
    aliases: &[alias("GroupNormalization", "here it is `GroupNorm{args}`")],
    type_args: &[TypeArg::InLast, TypeArg::Slot(0)],
    positional: &[ArgSpec {
        name: "groups",
        kind: ValueKind::Size,
        place: Place::Slot(0),
        default: None,
        what: "the number of groups",
        example: "8",
    }],
    options: &[eps("Added to the variance.", "1e-3")],
    form: OptionsForm::Fields("GroupNormOptions"),
    parameters: Some(parameters),
    ..LayerSpec::new("GroupNorm", "group_norm", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Scale and shift of each channel.
pub const fn parameters(_args: &Args, inputs: &[Dims]) -> usize {
    first(inputs).last().saturating_mul(2)
}

/// Needs numbers, and a number of groups that divides the channels.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    if args.sizes[0] == 0 {
        return Check::Fails(Problem::ZeroSize);
    }
    match numbers(inputs) {
        Check::Fits => divides(Cut::Groups, args.sizes[0], first(inputs).last()),
        fails => fails,
    }
}
