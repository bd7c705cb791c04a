//! `GlobalAvgPool`.

use super::common::{alias, first, mask, wrong};
use super::table::{Args, LayerSpec, OptionSpec, Place, UNSET, ValueKind};
use crate::dims::Dims;
use crate::problem::{Check, Needs, sequence};

const MASK: usize = 0;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "The mean over time or over the picture: `[time, features]` or `[h, w, channels]` \
          becomes `[features]` or `[channels]`.",
    aliases: &[
        alias("GlobalAveragePooling1D", "here it is `GlobalAvgPool`"),
        alias("GlobalAveragePooling2D", "here it is `GlobalAvgPool`"),
        alias("AdaptiveAvgPool2d", "here it is `GlobalAvgPool` (mean over the whole picture)"),
    ],
    options: &[OptionSpec {
        key: "mask",
        kind: ValueKind::Name,
        doc: "Token ids of the steps of a sequence, one each: a step of id 0 is padding and left out. The mean of no steps is zero.",
        default: "nothing is padding",
        place: Place::SourceAndSlot(MASK),
    }],
    ..LayerSpec::new("GlobalAvgPool", "global_avg_pool", output, check)
};

/// `[last]`.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    Dims::flat(first(inputs).last())
}

/// Needs a sequence or an image; with a mask, a sequence of as many steps.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let got = first(inputs);
    if got.rank() < 2 || got.is_tokens() {
        return wrong(Needs::SequenceOrImage, got);
    }
    if args.sizes[MASK] == UNSET {
        return Check::Fits;
    }
    match sequence(&got) {
        Check::Fits => mask(args, MASK, got.dim(0), inputs),
        fails => fails,
    }
}
