//! `Delay`.

use super::common::{first, wrong};
use super::table::{Args, LayerSpec};
use crate::dims::Dims;
use crate::problem::{Check, Needs};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Moves a sequence one step later; the first step is what the stream brought along, or \
          zero.",
    ..LayerSpec::new("Delay", "delay", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Needs a sequence.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    let got = first(inputs);
    if got.rank() == 2 && !got.is_tokens() { Check::Fits } else { wrong(Needs::Sequence, got) }
}
