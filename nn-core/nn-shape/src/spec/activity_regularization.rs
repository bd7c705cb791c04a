//! `ActivityRegularization`.

use super::common::{NOT_NEGATIVE, first, numbers};
use super::table::{Args, LayerSpec, OptionSpec, OptionsForm, Place, ValueKind};
use crate::dims::Dims;
use crate::problem::Check;

const fn penalty(key: &'static str, doc: &'static str) -> OptionSpec {
    OptionSpec { key, kind: ValueKind::Float(Some(&NOT_NEGATIVE)), doc, default: "0.0", place: Place::Field }
}

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Passes its values on and, during training, adds a penalty on them to the loss: per sample, averaged over the batch. Prediction \
          leaves it out.",
    options: &[penalty("l1", "Adds `l1 * sum(|x|)` of the values."), penalty("l2", "Adds `l2 * sum(x^2)` of the values.")],
    form: OptionsForm::Fields("ActivityRegularizationOptions"),
    inference_identity: true,
    ..LayerSpec::new("ActivityRegularization", "activity_regularization", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Needs numbers.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    numbers(inputs)
}
