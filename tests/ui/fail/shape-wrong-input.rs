//! A layer over time on a plain vector.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512), Delay,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
