//! Two inputs, and no word where to start.
use nn::prelude::*;

network! {
    struct Net {
        input: { left: [64], right: [64] },
        Dense(64), Add(right),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
