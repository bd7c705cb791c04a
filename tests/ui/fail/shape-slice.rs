//! A part of an axis that the axis does not have.
use nn::prelude::*;

network! {
    struct Net {
        input: [20],
        Dense(12), Slice(8, 8),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
