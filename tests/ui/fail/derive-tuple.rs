//! Parameters without names.
use nn::prelude::*;

#[derive(Parameters)]
struct Gain(nalgebra::SVector<f32, 4>);

fn main() {}
