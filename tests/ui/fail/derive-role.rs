//! A role that does not exist.
use nn::prelude::*;

#[derive(Parameters)]
struct Gain {
    #[parameter(weight)]
    gain: nalgebra::SVector<f32, 4>,
}

fn main() {}
