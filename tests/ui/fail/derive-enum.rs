//! Parameters of an enum.
use nn::prelude::*;

#[derive(Parameters)]
enum Gain {
    Soft,
    Loud,
}

fn main() {}
