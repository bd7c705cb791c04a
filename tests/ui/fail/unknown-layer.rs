//! A misspelt layer.
use nn::prelude::*;

network! {
    struct Net {
        input: [784],
        Dence(512), Relu,
        Dense(10),
    }
}

fn main() {
    let _net = Net::new(42);
}
