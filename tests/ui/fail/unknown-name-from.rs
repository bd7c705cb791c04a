//! Start from nowhere.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dense(512), Relu,
        Dense(10, from = hidden),
    }
}

fn main() {
    let _net = Net::new(42);
}
