//! `ZeroPad2d`.

use super::common::{alias, first};
use super::table::{ArgSpec, Args, LayerSpec, OptionsForm, Padding, Place, ValueKind};
use super::window::{self, PADDING};
use crate::dims::Dims;
use crate::problem::Check;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Zeros around `[h, w, channels]`: a size for all sides, `(vertical, horizontal)` or `(top, bottom, left, right)`.",
    aliases: &[alias("ZeroPadding2D", "here it is `ZeroPad2d{args}`")],
    positional: POSITIONAL,
    form: OptionsForm::Fields("SidesOptions"),
    ..LayerSpec::new("ZeroPad2d", "zero_pad2d", output, check)
};

const POSITIONAL: &[ArgSpec] = &[sides("what is added")];

/// Sizes of all four sides.
pub(super) const fn sides(what: &'static str) -> ArgSpec {
    let kind = ValueKind::Padding(&[], false);
    ArgSpec { name: "sides", kind, place: Place::SlotAndField(PADDING), default: None, what, example: "1" }
}

/// The four sides.
pub(super) const fn sides_of(args: &Args) -> [usize; 4] {
    if let Padding::Explicit(sides) = args.padding(PADDING) { sides } else { [0; 4] }
}

/// `[h, w, channels]`, larger.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let (input, [top, bottom, left, right]) = (first(inputs), sides_of(args));
    let (h, w) = (input.dim(0).saturating_add(top).saturating_add(bottom), input.dim(1).saturating_add(left).saturating_add(right));
    Dims::image(h, w, input.last())
}

/// Needs an image.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    window::image(inputs)
}
