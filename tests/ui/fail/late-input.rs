//! The input below the first layer.
use nn::prelude::*;

network! {
    struct Net {
        Dense(512), Relu,
        input: [784],
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
