//! Two sources for a layer that takes one.
use nn::prelude::*;

network! {
    struct Net {
        input: { left: [64], right: [64] },
        Dense(64, from = (left, right)),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
