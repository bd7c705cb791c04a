//! A shape of nothing.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512), Relu,
        Reshape([512, 0]),
    }
}

fn main() {
    let _net = Net::new(42);
}
