//! A key that does not exist.
use nn::prelude::*;

#[derive(Parameters)]
#[parameters(krate = nn)]
struct Gain {
    gain: nalgebra::SVector<f32, 4>,
}

fn main() {}
