//! `InstanceNorm`.

use super::common::{alias, eps, first, numbers};
use super::table::{Args, LayerSpec, OptionsForm, TypeArg};
use crate::dims::Dims;
use crate::problem::Check;

/// The table entry: `GroupNorm` with one channel a group.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Normalises each channel of a sample to mean 0 and standard deviation 1, over all its steps or pixels, then scales and \
          shifts it.",
    aliases: &[
        alias("InstanceNorm1d", "here it is `InstanceNorm`, without the number of channels"),
        alias("InstanceNorm2d", "here it is `InstanceNorm`, without the number of channels"),
    ],
    layer: "GroupNorm",
    type_args: &[TypeArg::InLast, TypeArg::InLast],
    options: &[eps("Added to the variance.", "1e-3")],
    form: OptionsForm::Fields("GroupNormOptions"),
    parameters: Some(parameters),
    ..LayerSpec::new("InstanceNorm", "instance_norm", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Scale and shift of each channel.
pub const fn parameters(_args: &Args, inputs: &[Dims]) -> usize {
    first(inputs).last().saturating_mul(2)
}

/// Needs numbers.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    numbers(inputs)
}
