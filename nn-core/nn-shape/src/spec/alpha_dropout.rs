//! `AlphaDropout`.

use super::common::{first, numbers};
use super::table::{ArgSpec, Args, LayerSpec, OptionsForm, Place, Range, ValueKind};
use crate::dims::Dims;
use crate::problem::Check;

const RATE: Range = Range {
    text: "in 0.0..1.0",
    why: "it is the share of values set to the limit of `Selu`",
    contains: |x| (0.0..1.0).contains(&x),
    idle: Some(0.0),
};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Sets a random share of the values to the lower limit of `Selu` during training, and scales and shifts all so that mean 0 and \
          variance 1 stay. Prediction leaves it out.",
    positional: &[ArgSpec {
        name: "rate",
        kind: ValueKind::Float(Some(&RATE)),
        place: Place::Field,
        default: None,
        what: "the share of values to drop",
        example: "0.1",
    }],
    form: OptionsForm::Fields("AlphaDropoutOptions"),
    inference_identity: true,
    ..LayerSpec::new("AlphaDropout", "alpha_dropout", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Needs numbers.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    numbers(inputs)
}
