//! `SpatialDropout`.

use super::common::{alias, first, wrong};
use super::table::{ArgSpec, Args, LayerSpec, OptionsForm, Place, Range, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Needs};

const RATE: Range =
    Range { text: "in 0.0..1.0", why: "it is the share of channels set to zero", contains: |x| (0.0..1.0).contains(&x), idle: Some(0.0) };

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Sets a random share of the channels of a sample to zero during training, each at all its steps or pixels, and scales the \
          others up. Prediction leaves it out.",
    aliases: &[
        alias("SpatialDropout1D", "here it is `SpatialDropout{args}`"),
        alias("SpatialDropout2D", "here it is `SpatialDropout{args}`"),
        alias("Dropout1d", "here it is `SpatialDropout{args}`"),
        alias("Dropout2d", "here it is `SpatialDropout{args}`"),
    ],
    positional: &[ArgSpec {
        name: "rate",
        kind: ValueKind::Float(Some(&RATE)),
        place: Place::Field,
        default: None,
        what: "the share of channels to drop",
        example: "0.2",
    }],
    form: OptionsForm::Fields("SpatialDropoutOptions"),
    inference_identity: true,
    ..LayerSpec::new("SpatialDropout", "spatial_dropout", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Needs a sequence or an image.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    let got = first(inputs);
    if got.rank() < 2 { wrong(Needs::SequenceOrImage, got) } else { Check::Fits }
}
