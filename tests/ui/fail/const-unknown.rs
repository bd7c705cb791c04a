//! A constant that does not exist.
use nn::prelude::*;

const HIDDEN: usize = 64;

network! {
    struct Net {
        input: [784],
        Dense(HIDEN), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
