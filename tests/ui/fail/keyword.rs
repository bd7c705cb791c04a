//! A name that Rust keeps for itself.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        type: Dense(512), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
