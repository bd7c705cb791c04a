//! What pools over height and width have in common.

use super::common::first;
use super::table::{ArgSpec, Args, LayerSpec, OptionsForm, Place, ValueKind};
use super::window::{self, SIZE, STRIDE, Window};
use crate::dims::Dims;
use crate::problem::Check;

/// The size of the window as the first argument.
pub(super) const fn size(kind: ValueKind) -> ArgSpec {
    ArgSpec { name: "size", kind, place: Place::SlotAndField(SIZE), default: None, what: "the size of the window", example: "2" }
}

const POSITIONAL: &[ArgSpec] = &[size(ValueKind::Pair)];

/// A pool without its names and documentation.
pub(super) const fn spec(name: &'static str, module: &'static str) -> LayerSpec {
    LayerSpec {
        positional: POSITIONAL,
        form: OptionsForm::Fields("Pool2dOptions"),
        dropped: Some(dropped),
        ..LayerSpec::new(name, module, output, check)
    }
}

/// `stride = ..`: the size of the window, if it is not given.
pub(super) const STRIDE_OPTION: super::table::OptionSpec =
    window::stride(ValueKind::Pair, "the size of the window", Place::SlotAndField(STRIDE));

const fn windows(args: &Args) -> [Window; 2] {
    window::windows(args, [args.or(SIZE, 1), args.or(SIZE + 1, 1)])
}

/// `[h, w, channels]`.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let input = first(inputs);
    let [h, w] = window::output(args, windows(args), input);
    Dims::image(h, w, input.last())
}

/// The rows and columns left out at the end.
pub const fn dropped(args: &Args, inputs: &[Dims]) -> [usize; 2] {
    window::dropped(args, windows(args), first(inputs))
}

/// Needs an image in which the window has a place.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    match window::image(inputs) {
        Check::Fits => window::check_pool(args, windows(args), first(inputs)),
        wrong @ Check::Fails(_) => wrong,
    }
}
