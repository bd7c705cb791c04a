//! `Crop2d`.

use super::common::{alias, first};
use super::table::{ArgSpec, Args, LayerSpec, OptionsForm};
use super::window;
use super::zero_pad2d::{sides, sides_of};
use crate::dims::Dims;
use crate::problem::{Check, Problem};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Cuts the sides off `[h, w, channels]`: a size for all sides, `(vertical, horizontal)` or `(top, bottom, left, right)`.",
    aliases: &[alias("Cropping2D", "here it is `Crop2d{args}`")],
    positional: POSITIONAL,
    form: OptionsForm::Fields("SidesOptions"),
    ..LayerSpec::new("Crop2d", "crop2d", output, check)
};

const POSITIONAL: &[ArgSpec] = &[sides("what is cut off")];

/// `[h, w, channels]`, smaller.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let (input, [top, bottom, left, right]) = (first(inputs), sides_of(args));
    let (h, w) = (input.dim(0).saturating_sub(top).saturating_sub(bottom), input.dim(1).saturating_sub(left).saturating_sub(right));
    Dims::image(h, w, input.last())
}

/// Needs an image of which something is left.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let found = window::image(inputs);
    let Check::Fits = found else { return found };
    let made = output(args, inputs);
    if made.dim(0) == 0 || made.dim(1) == 0 {
        return Check::Fails(Problem::EmptyShape { shape: made });
    }
    Check::Fits
}
