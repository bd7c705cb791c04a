//! A declared shape that only the compiler can compare.
use nn::prelude::*;

const HIDDEN: usize = 64;

network! {
    struct Net {
        input: [784],
        Dense(HIDDEN) -> [32], Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
