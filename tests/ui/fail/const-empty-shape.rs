//! A shape of a constant that is zero.
use nn::prelude::*;

const NONE: usize = 0;

network! {
    struct Net {
        input: [784],
        Reshape([784, NONE]),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
