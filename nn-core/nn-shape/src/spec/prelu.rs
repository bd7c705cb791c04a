//! `Prelu`.

use super::common::{alias, first, init, numbers};
use super::table::{Args, LayerSpec, OptionsForm, TypeArg};
use crate::dims::Dims;
use crate::problem::Check;

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "`x` above zero, `alpha * x` below, with a learned `alpha` for each feature or channel.",
    aliases: &[alias("PReLU", "here it is `Prelu`"), alias("PRelu", "here it is `Prelu`")],
    type_args: &[TypeArg::InLast],
    options: &[init("init", "The initialiser of `alpha`.", "Zeros")],
    form: OptionsForm::Fields("PreluOptions"),
    parameters: Some(parameters),
    ..LayerSpec::new("Prelu", "prelu", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// One `alpha` for each feature or channel.
pub const fn parameters(_args: &Args, inputs: &[Dims]) -> usize {
    first(inputs).last()
}

/// Needs numbers.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    numbers(inputs)
}
