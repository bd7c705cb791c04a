//! A field that is no tensor.
use nn::prelude::*;

use nn::Scalar;

#[derive(Parameters)]
struct Gain<T: Scalar = f32> {
    gain: nalgebra::SVector<T, 4>,
    name: String,
}

fn main() {}
