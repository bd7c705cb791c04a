//! `RmsNorm`.

use super::common::{alias, eps, first, numbers};
use super::table::{Args, LayerSpec, OptionsForm, TypeArg};
use crate::dims::Dims;
use crate::problem::Check;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Divides the features of each step (or pixel) by their root mean square, then scales them.",
    aliases: &[alias("RMSNormalization", "here it is `RmsNorm`"), alias("RMSNorm", "here it is `RmsNorm`")],
    type_args: &[TypeArg::InLast],
    options: &[eps("Added to the mean square.", "1e-6")],
    form: OptionsForm::Fields("RmsNormOptions"),
    parameters: Some(parameters),
    ..LayerSpec::new("RmsNorm", "rms_norm", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// The scale of each feature.
pub const fn parameters(_args: &Args, inputs: &[Dims]) -> usize {
    first(inputs).last()
}

/// Needs numbers.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    numbers(inputs)
}
