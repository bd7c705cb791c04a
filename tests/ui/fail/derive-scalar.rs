//! A tensor of one scalar in a struct that leaves the scalar open.
use nn::prelude::*;

#[derive(Parameters)]
struct Gain {
    gain: nalgebra::SVector<f32, 4>,
}

fn main() {}
