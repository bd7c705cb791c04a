//! A dense layer of unknown size.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
