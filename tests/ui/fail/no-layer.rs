//! A name, and the layer not typed yet.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        hidden:,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
