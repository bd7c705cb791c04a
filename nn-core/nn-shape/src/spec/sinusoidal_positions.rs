//! `SinusoidalPositions`.

use super::common::{alias, first};
use super::table::{Args, LayerSpec};
use crate::dims::Dims;
use crate::problem::{Check, sequence};

/// The table entry.
pub static SPEC: LayerSpec = LayerSpec {
    doc: "Adds to each step of a sequence sines and cosines of its position, of wavelengths from 2 pi to 20000 pi.",
    aliases: &[
        alias("SinePositionEncoding", "here it is `SinusoidalPositions`, which also adds"),
        alias("PositionalEncoding", "here it is `SinusoidalPositions`"),
    ],
    ..LayerSpec::new("SinusoidalPositions", "sinusoidal_positions", output, check)
};

/// The input's shape.
pub const fn output(_args: &Args, inputs: &[Dims]) -> Dims {
    first(inputs)
}

/// Needs a sequence.
pub const fn check(_args: &Args, inputs: &[Dims]) -> Check {
    sequence(&first(inputs))
}
