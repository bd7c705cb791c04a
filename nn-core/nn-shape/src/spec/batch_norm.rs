//! `BatchNorm`.

use super::common::{alias, eps, first, numbers};
use super::table::{Args, LayerSpec, OptionSpec, OptionsForm, Place, Range, TypeArg, ValueKind};
use crate::dims::Dims;
use crate::problem::Check;

const MOMENTUM: Range = Range {
    text: "in 0.0..=1.0",
    why: "it is the share of the old statistics that is kept",
    contains: |x| (0.0..=1.0).contains(&x),
    idle: None,
};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Normalises each feature over the batch, then scales and shifts it. Prediction uses the \
          moving statistics.",
    aliases: &[
        alias("BatchNormalization", "here it is `BatchNorm`"),
        alias("BatchNorm1d", "here it is `BatchNorm`, without the number of features"),
        alias("BatchNorm2d", "here it is `BatchNorm`, without the number of features"),
    ],
    type_args: &[TypeArg::InLast],
    options: &[
        OptionSpec {
            key: "momentum",
            kind: ValueKind::Float(Some(&MOMENTUM)),
            doc: "The share of the old moving statistics that each batch keeps.",
            default: "0.99",
            place: Place::Field,
        },
        eps("Added to the variance.", "1e-3"),
    ],
    form: OptionsForm::Fields("BatchNormOptions"),
    parameters: Some(parameters),
    ..LayerSpec::new("BatchNorm", "batch_norm", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Scale, shift, moving mean and moving variance of each feature.
pub const fn parameters(_args: &Args, inputs: &[Dims]) -> usize {
    first(inputs).last().saturating_mul(4)
}

/// Needs numbers.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    numbers(inputs)
}
