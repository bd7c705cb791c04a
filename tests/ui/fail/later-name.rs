//! A name from below.
use nn::prelude::*;

network! {
    struct Net {
        input: [512],
        Add(hidden), Relu,
        hidden: Dense(512),
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
