//! A reshape of a number of values that only the compiler knows.
use nn::prelude::*;

const HIDDEN: usize = 64;

network! {
    struct Net {
        input: [784],
        Dense(HIDDEN), Reshape([4, 4, 8]),
        GlobalAvgPool, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
