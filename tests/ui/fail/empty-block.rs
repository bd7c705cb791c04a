//! A block without layers.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(10),
        head: {},
    }
}

fn main() {
    let _net = Net::new(42);
}
