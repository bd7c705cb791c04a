//! An input of a constant that is zero.
use nn::prelude::*;

const NONE: usize = 0;

network! {
    struct Net {
        input: [NONE],
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
