//! A layer for images on a sequence.
use nn::prelude::*;

network! {
    struct Net {
        input: [9, 8],
        Conv2d(4, 3),
        Flatten, Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
