//! `GaussianNoise`.

use super::common::{first, numbers};
use super::table::{ArgSpec, Args, LayerSpec, OptionsForm, Place, Range, ValueKind};
use crate::dims::Dims;
use crate::problem::Check;

const STDDEV: Range =
    Range { text: "at least 0", why: "it is a standard deviation", contains: |x| x >= 0.0 && x.is_finite(), idle: Some(0.0) };

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Adds normal random numbers during training. Prediction leaves it out.",
    positional: &[ArgSpec {
        name: "stddev",
        kind: ValueKind::Float(Some(&STDDEV)),
        place: Place::Field,
        default: None,
        what: "the standard deviation of what is added",
        example: "0.1",
    }],
    form: OptionsForm::Fields("GaussianNoiseOptions"),
    inference_identity: true,
    ..LayerSpec::new("GaussianNoise", "gaussian_noise", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Needs numbers.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    numbers(inputs)
}
