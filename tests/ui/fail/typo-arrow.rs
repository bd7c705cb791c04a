//! Inputs and outputs.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(784 -> 512), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
