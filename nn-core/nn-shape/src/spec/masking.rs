//! `Masking`.

use super::common::first;
use super::table::{ArgSpec, Args, LayerSpec, OptionsForm, Place, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, sequence};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Which steps of `[time, features]` are padding, as token ids: 0 of a step all of whose features are `mask_value`, else 1. Layers \
          that skip padding take it by its name, as `mask`. No gradient goes through it.",
    positional: &[ArgSpec {
        name: "mask_value",
        kind: ValueKind::Float(None),
        place: Place::Field,
        default: Some("0.0"),
        what: "the number of which padding is made",
        example: "0.0",
    }],
    form: OptionsForm::Fields("MaskingOptions"),
    ..LayerSpec::new("Masking", "masking", output, check)
};

/// `[u32; time]`.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    Dims::tokens(first(inputs).dim(0))
}

/// Needs a sequence.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    sequence(&first(inputs))
}
