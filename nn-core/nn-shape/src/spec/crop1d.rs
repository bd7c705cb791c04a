//! `Crop1d`.

use super::common::{alias, first};
use super::table::{Args, LayerSpec, OptionsForm};
use super::zero_pad1d::ends;
use super::zero_pad2d::sides_of;
use crate::dims::Dims;
use crate::problem::{Check, Problem, sequence};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Cuts the ends off `[time, features]`: a size for both ends or `(before, after)`.",
    aliases: &[alias("Cropping1D", "here it is `Crop1d{args}`")],
    positional: &[ends("what is cut off")],
    form: OptionsForm::Fields("SidesOptions"),
    ..LayerSpec::new("Crop1d", "crop1d", output, check)
};

/// `[time, features]`, shorter.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let (input, [before, after, ..]) = (first(inputs), sides_of(args));
    Dims::seq(input.dim(0).saturating_sub(before).saturating_sub(after), input.last())
}

/// Needs a sequence of which something is left.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    match sequence(&first(inputs)) {
        Check::Fits if output(args, inputs).dim(0) == 0 => Check::Fails(Problem::EmptyShape { shape: output(args, inputs) }),
        found => found,
    }
}
