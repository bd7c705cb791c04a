//! `Flatten`.

use super::common::{first, numbers};
use super::table::{Args, LayerSpec};
use crate::dims::Dims;
use crate::problem::Check;

/// The table entry.
pub static SPEC: LayerSpec =
    LayerSpec { doc: "Makes one axis of all axes, in memory order.", ..LayerSpec::new("Flatten", "flatten", output, check) };

/// `[elements]`.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    Dims::flat(first(inputs).elements())
}

/// Needs numbers.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    numbers(inputs)
}
