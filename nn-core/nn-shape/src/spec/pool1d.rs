//! What pools over time have in common.

use super::common::{first, wrong};
use super::pool2d::size;
use super::table::{ArgSpec, Args, LayerSpec, OptionSpec, OptionsForm, Place, ValueKind};
use super::window::{self, SIZE, STRIDE, Window};
use crate::dims::Dims;
use crate::problem::{Check, Needs};

const POSITIONAL: &[ArgSpec] = &[size(ValueKind::Size)];

/// A pool without its names and documentation.
pub(super) const fn spec(name: &'static str, module: &'static str) -> LayerSpec {
    LayerSpec {
        positional: POSITIONAL,
        form: OptionsForm::Fields("Pool1dOptions"),
        dropped: Some(dropped),
        ..LayerSpec::new(name, module, output, check)
    }
}

/// `stride = ..`: the size of the window, if it is not given.
pub(super) const STRIDE_OPTION: OptionSpec = window::stride(ValueKind::Size, "the size of the window", Place::SlotAndField(STRIDE));

const fn windows(args: &Args) -> [Window; 2] {
    window::windows(args, [args.or(SIZE, 1), 1])
}

/// `[time, features]`.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let input = first(inputs);
    Dims::seq(window::output(args, windows(args), input)[0], input.last())
}

/// The steps left out at the end.
pub const fn dropped(args: &Args, inputs: &[Dims]) -> [usize; 2] {
    window::dropped(args, windows(args), first(inputs))
}

/// Needs a sequence in which the window has a place.
pub const fn check(args: &Args, inputs: &[Dims]) -> Check {
    let got = first(inputs);
    if got.rank() != 2 || got.is_tokens() {
        return wrong(Needs::Sequence, got);
    }
    window::check_pool(args, windows(args), got)
}
