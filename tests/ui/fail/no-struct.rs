//! The layers without a struct around them.
use nn::prelude::*;

network! {
    input: [784],
    Dense(512), Relu,
    Dense(10),
}

fn main() {}
