//! A layer of nothing.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(0), Relu,
    }
}

fn main() {
    let _net = Net::new(42);
}
