//! `Reverse`.

use super::common::{alias, first, wrong};
use super::table::{Args, LayerSpec};
use crate::dims::Dims;
use crate::problem::{Check, Needs};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "The steps of a sequence, or the rows of an image, from the last to the first.",
    aliases: &[alias("Flip", "here it is `Reverse`")],
    ..LayerSpec::new("Reverse", "reverse", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Needs a sequence or an image.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    let got = first(inputs);
    if got.rank() > 1 && !got.is_tokens() { Check::Fits } else { wrong(Needs::SequenceOrImage, got) }
}
