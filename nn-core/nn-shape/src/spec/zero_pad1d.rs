//! `ZeroPad1d`.

use super::common::{alias, first};
use super::table::{ArgSpec, Args, LayerSpec, OptionsForm, ValueKind};
use super::zero_pad2d::{sides, sides_of};
use crate::dims::Dims;
use crate::problem::{Check, sequence};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Zeros before and after `[time, features]`: a size for both ends or `(before, after)`.",
    aliases: &[alias("ZeroPadding1D", "here it is `ZeroPad1d{args}`")],
    positional: &[ends("what is added")],
    form: OptionsForm::Fields("SidesOptions"),
    ..LayerSpec::new("ZeroPad1d", "zero_pad1d", output, check)
};

/// Sizes of both ends.
pub(super) const fn ends(what: &'static str) -> ArgSpec {
    ArgSpec { kind: ValueKind::Padding(&[], true), ..sides(what) }
}

/// `[time, features]`, longer.
pub const fn output(args: &Args, inputs: &[Dims]) -> Dims {
    let (input, [before, after, ..]) = (first(inputs), sides_of(args));
    Dims::seq(input.dim(0).saturating_add(before).saturating_add(after), input.last())
}

/// Needs a sequence.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    sequence(&first(inputs))
}
