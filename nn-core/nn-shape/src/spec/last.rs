//! `Last` and `First`.

use super::common::{first, wrong};
use super::table::{Args, LayerSpec};
use crate::dims::Dims;
use crate::problem::{Check, Needs};

/// The table entry of the last step.
pub static LAST: LayerSpec = LayerSpec {
    doc: "The last step of a sequence, or the last row of an image. In a stream each step is the last one so far.",
    ..LayerSpec::new("Last", "last", output, check)
};

/// The table entry of the first step.
pub static FIRST: LayerSpec = LayerSpec {
    doc: "The first step of a sequence, or the first row of an image.",
    snake: "first",
    ..LayerSpec::new("First", "last", output, check)
};

/// `[features]` of `[time, features]`, `[w, channels]` of `[h, w, channels]`.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs).frame()
}

/// Needs a sequence or an image.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    let got = first(inputs);
    if got.rank() > 1 && !got.is_tokens() { Check::Fits } else { wrong(Needs::SequenceOrImage, got) }
}
