//! `LayerNorm`.

use super::common::{alias, eps, first, numbers};
use super::table::{Args, LayerSpec, OptionSpec, OptionsForm, Place, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::Check;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Normalises the features of each step (or pixel) to mean 0 and standard deviation 1, then scales and shifts them.",
    aliases: &[alias("LayerNormalization", "here it is `LayerNorm`")],
    type_args: &[TypeArg::InLast, TypeArg::BiasLen],
    options: &[
        eps("Added to the variance.", "1e-3"),
        OptionSpec {
            key: "center",
            kind: ValueKind::Bool,
            doc: "Whether the features are shifted by a learned `beta`.",
            default: "true",
            place: Place::Bias,
        },
    ],
    form: OptionsForm::Fields("LayerNormOptions"),
    parameters: Some(parameters),
    ..LayerSpec::new("LayerNorm", "layer_norm", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Scale and shift of each feature.
pub const fn parameters(args: &Args, inputs: &[Dims]) -> usize {
    first(inputs).last().saturating_mul(if args.bias { 2 } else { 1 })
}

/// Needs numbers.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    numbers(inputs)
}
