//! A residual block of constant sizes.
use nn::prelude::*;

const HIDDEN: usize = 64;

network! {
    struct Net {
        input: [784],
        Dense(HIDDEN), Residual { Dense(HIDDEN / 2), Relu },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
