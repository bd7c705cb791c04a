//! A layer over time on a vector of a constant length.
use nn::prelude::*;

const HIDDEN: usize = 64;

network! {
    struct Net {
        input: [784],
        Dense(HIDDEN), Delay,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
