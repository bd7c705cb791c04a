//! A constant that is no `usize`.
use nn::prelude::*;

const HIDDEN: u32 = 64;

network! {
    struct Net {
        input: [784],
        Dense(HIDDEN), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
