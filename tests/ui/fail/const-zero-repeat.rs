//! A repetition whose constant is zero.
use nn::prelude::*;

const NONE: usize = 0;

network! {
    struct Net {
        input: [64],
        Repeat(NONE) { Dense(64), Relu },
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
