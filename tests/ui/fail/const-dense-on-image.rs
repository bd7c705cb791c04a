//! A dense layer on an image of constant sizes.
use nn::prelude::*;

const SIDE: usize = 28;

network! {
    struct Net {
        input: [SIDE, SIDE, 1],
        Dense(512), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
