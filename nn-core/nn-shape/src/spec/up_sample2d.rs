//! `UpSample2d`.

use super::common::{alias, first};
use super::table::{ArgSpec, Args, Choice, LayerSpec, OptionSpec, OptionsForm, Place, ValueKind};
use super::window::{self, SIZE};
use crate::dims::Dims;
use crate::problem::Check;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Makes `[h, w, channels]` larger by whole factors.",
    aliases: &[alias("UpSampling2D", "here it is `UpSample2d{args}`"), alias("Upsample", "here it is `UpSample2d{args}`")],
    positional: &[ArgSpec {
        name: "size",
        kind: ValueKind::Pair,
        place: Place::SlotAndField(SIZE),
        default: None,
        what: "the factor",
        example: "2",
    }],
    options: &[OptionSpec {
        key: "interpolation",
        kind: ValueKind::Choice(&INTERPOLATIONS),
        doc: "`Nearest` repeats pixels. `Bilinear` goes linearly from the centre of one to the centre of the next.",
        default: "Nearest",
        place: Place::SlotAndField(0),
    }],
    form: OptionsForm::Fields("UpSample2dOptions"),
    ..LayerSpec::new("UpSample2d", "up_sample2d", output, check)
};

static INTERPOLATIONS: Choice = Choice { ty: "Interpolation", words: &["Nearest", "Bilinear"] };

/// `[h, w, channels]`, larger.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let input = first(inputs);
    let (h, w) = (input.dim(0).saturating_mul(args.or(SIZE, 1)), input.dim(1).saturating_mul(args.or(SIZE + 1, 1)));
    Dims::image(h, w, input.last())
}

/// Needs an image, and factors that are not zero.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let found = window::image(inputs);
    let Check::Fits = found else { return found };
    window::nonzero(window::windows(args, [1, 1]), "factor")
}
