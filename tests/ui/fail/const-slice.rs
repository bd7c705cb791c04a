//! A part of an axis that the axis does not have, where only the compiler knows the sizes.
use nn::prelude::*;

const START: usize = 8;

network! {
    struct Net {
        input: [20],
        Dense(12), Slice(START, 8),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
