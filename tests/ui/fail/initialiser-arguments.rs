//! A normal distribution without its width.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512, init = Normal(0.1)), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
