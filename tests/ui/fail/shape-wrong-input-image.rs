//! An image layer on a plain vector.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512), GlobalAvgPool,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
