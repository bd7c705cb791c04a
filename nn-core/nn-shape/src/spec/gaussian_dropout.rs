//! `GaussianDropout`.

use super::common::{first, numbers};
use super::table::{ArgSpec, Args, LayerSpec, OptionsForm, Place, Range, ValueKind};
use crate::dims::Dims;
use crate::problem::Check;

const RATE: Range = Range {
    text: "in 0.0..1.0",
    why: "it is the rate of the dropout that it replaces",
    contains: |x| (0.0..1.0).contains(&x),
    idle: Some(0.0),
};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Multiplies each value by a normal random number of mean 1 and variance `rate / (1 - rate)` during training. Prediction \
          leaves it out.",
    positional: &[ArgSpec {
        name: "rate",
        kind: ValueKind::Float(Some(&RATE)),
        place: Place::Field,
        default: None,
        what: "the rate of the dropout that it replaces",
        example: "0.2",
    }],
    form: OptionsForm::Fields("GaussianDropoutOptions"),
    inference_identity: true,
    ..LayerSpec::new("GaussianDropout", "gaussian_dropout", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Needs numbers.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    numbers(inputs)
}
