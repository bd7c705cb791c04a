//! A body of constant sizes that cannot follow itself.
use nn::prelude::*;

const HIDDEN: usize = 64;

network! {
    struct Net {
        input: [784],
        Dense(HIDDEN), Repeat(4) { Dense(HIDDEN / 2), Relu },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
