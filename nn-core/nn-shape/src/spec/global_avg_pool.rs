//! `GlobalAvgPool`.

use super::common::{alias, first, wrong};
use super::table::{Args, LayerSpec};
use crate::dims::Dims;
use crate::problem::{Check, Needs};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "The mean over time or over the picture: `[time, features]` or `[h, w, channels]` \
          becomes `[features]` or `[channels]`.",
    aliases: &[
        alias("GlobalAveragePooling1D", "here it is `GlobalAvgPool`"),
        alias("GlobalAveragePooling2D", "here it is `GlobalAvgPool`"),
        alias("AdaptiveAvgPool2d", "here it is `GlobalAvgPool` (mean over the whole picture)"),
    ],
    ..LayerSpec::new("GlobalAvgPool", "global_avg_pool", output, check)
};

/// `[last]`.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    Dims::flat(first(inputs).last())
}

/// Needs a sequence or an image.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    let got = first(inputs);
    if got.rank() > 1 && !got.is_tokens() { Check::Fits } else { wrong(Needs::SequenceOrImage, got) }
}
